"""What the sentence reader sees: a question and a passage in one row of tokens, each token owned by a sentence.

Training (`rag/training/train.py`) and run time (`rag/reader.py`) both stand on
this file, so that the model meets in service what it met in training:

    <s> query: QUESTION </s> </s> HEADER \\n TEXT </s>

The header gives the publication's context; its tokens are read but owned by no
sentence, so it can never be quoted.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.records import Span

BEGIN, PAD, END = 0, 1, 2
"""Ids of <s>, <pad> and </s> in the default encoder's vocabulary."""
MAX_TOKENS = 512
"""Positions of the encoder."""
QUESTION_TOKENS = 96
"""A longer question is cut: room is left for the passage."""


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage to read. header: title, ministry and date of its publication, "" for none; sentences: in `text`."""

    header: str
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """ids: token ids, at most MAX_TOKENS. owners: for each token the number of its sentence, -1 for none.
    starts, ends: its characters in the passage's text without the leading space; 0 where no sentence owns it."""

    ids: list[int]
    owners: list[int]
    starts: list[int]
    ends: list[int]


def rows(tokenizer: Any, question: str, passages: Sequence[ReadPassage]) -> list[Row]:
    """One row per passage, in order. tokenizer: a `tokenizers.Tokenizer`."""
    texts = [f"{passage.header}\n{passage.text}" if passage.header else passage.text for passage in passages]
    asked, *read = tokenizer.encode_batch([f"query: {question}", *texts], add_special_tokens=False)
    head = [BEGIN, *asked.ids[:QUESTION_TOKENS], END, END]
    return [_row(head, encoding, passage) for encoding, passage in zip(read, passages, strict=True)]


def _row(head: list[int], encoding: Any, passage: ReadPassage) -> Row:
    room = MAX_TOKENS - len(head) - 1
    shift = len(passage.header) + 1 if passage.header else 0
    begins = [sentence.start for sentence in passage.sentences]
    nothing = [0] * len(head)
    owners, starts, ends = [-1] * len(head), list(nothing), list(nothing)
    for start, end in encoding.offsets[:room]:
        # the last character decides: a token of this vocabulary carries the space before its word
        number = bisect_right(begins, end - 1 - shift) - 1 if end > shift else -1
        owned = number >= 0 and end - shift <= passage.sentences[number].end
        owners.append(number if owned else -1)
        begin = max(start - shift, 0)
        starts.append(begin + passage.text[begin : begin + 1].isspace() if owned else 0)
        ends.append(end - shift if owned else 0)
    return Row([*head, *encoding.ids[:room], END], [*owners, -1], [*starts, 0], [*ends, 0])
