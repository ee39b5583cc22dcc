"""Training examples of the sentence reader, from question sets.

    python -m rag.training.prepare --data /path/to/data --out /path/to/examples.jsonl

An example is a question read against one passage: the sentence that answers,
or none. Splits never share a text: press-qa and PIAF by article (85 %
train), our own texts by family, NoMIRACL by question (halves). What is held out is only measured.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from corpus.records import Span, in_words
from rag.french import sentences, terms
from rag.lexical import LexicalIndex
from rag.passages import MAX_CHARS
from rag.training.alter import alter, names

Split = Literal["train", "validation"]
Kind = Literal["gold", "near", "negative", "altered"]

SHORT_CHARS = (450, 900)
"""Second cuts of a text are this long at most: the model meets passages of many lengths, and short ones cost less."""
OFFICE = tuple(Path(__file__).parent / name for name in ("office.jsonl", "families.jsonl"))
"""Texts in our own words with their questions, details invented: on publications that are not in the demonstration,
and families of two or three invented look-alikes, whose ids are FAMILY/NUMBER."""
PRESS_SHARE, PIAF_SHARE, NOMIRACL_SHARE, OFFICE_SHARE = 0.85, 0.85, 0.5, 0.75
"""Of the articles, and of NoMIRACL's questions, that are for training."""
NEGATIVES = 3
SEARCHED = 40
"""Passages, best first, among which negatives are taken."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One question against one passage. gold: number of the answering sentence, None when none answers.
    answer: its exact characters in `text`. group: examples of one question share it."""

    source: str
    split: Split
    kind: Kind
    type: str
    group: str
    question: str
    header: str
    text: str
    sentences: list[list[int]]
    gold: int | None = None
    answer: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a text. place: the answer's characters, or the nearest sentence's when not answerable."""

    text: str
    type: str
    answerable: bool
    place: Span | None


@dataclass(frozen=True, slots=True)
class Text:
    """A publication's text with its questions. date: in words, "" if unknown; published: the ISO day, where it is.
    family: texts of one family are in one split; "" for a text by itself."""

    source: str
    key: str
    title: str
    date: str
    text: str
    ministry: str = ""
    published: str | None = None
    family: str = ""
    questions: list[Question] = field(default_factory=list)

    def split(self, train_share: float) -> Split:
        """That of its family."""
        return split_of(self.family or self.key, train_share)

    @property
    def header(self) -> str:
        """As `rag.passages` makes it."""
        return " — ".join(part for part in (self.title, self.ministry, self.date) if part)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what its examples share."""

    question: Question
    group: str
    split: Split


def main() -> None:
    """Write the examples, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/, lefaso/, piaf/, nomiracl-fr/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20250327)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with options.out.open("w", encoding="utf-8") as out:
        sources = (
            office(chance),
            press(options.data, chance),
            piaf(options.data, chance),
            nomiracl(options.data, chance),
        )
        for examples in sources:
            for example in examples:
                out.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")


def office(chance: random.Random) -> Iterator[Example]:
    """Questions on press-office texts written for this project (`OFFICE`)."""
    texts = office_texts()
    yield from _examples(texts, OFFICE_SHARE, chance)


def office_texts() -> list[Text]:
    """The texts with their questions."""
    texts = []
    for item in (json.loads(line) for path in OFFICE for line in path.open(encoding="utf-8")):
        text = Text(
            source="office", key=item["id"], title=item["title"], date=in_words(item["date"]), text=item["text"],
            ministry=item["ministry"], published=item["date"], family=item["id"].partition("/")[0],
        )  # fmt: skip
        for asked in item["questions"]:
            start = text.text.index(asked["sentence"] if asked["answerable"] else asked["near"])
            start += asked["sentence"].index(asked["answer"]) if asked["answerable"] else 0
            place = Span(start, start + len(asked["answer"] if asked["answerable"] else asked["near"]))
            text.questions.append(Question(asked["question"], asked["type"], asked["answerable"], place))
        texts.append(text)
    return texts


def press(data: Path, chance: random.Random) -> Iterator[Example]:
    """press-qa on the articles of lefaso."""
    texts = press_texts(data)
    yield from _examples(list(texts.values()), PRESS_SHARE, chance)


def press_texts(data: Path) -> dict[str, Text]:
    """The articles by address, with their questions."""
    texts = {}
    for line in (data / "lefaso" / "articles-dev.jsonl").open(encoding="utf-8"):
        article = json.loads(line)
        date = re.search(r"(\d{1,2}(?:er)? \w+ \d{4})", article["published_text"] or "")
        texts[article["url"]] = Text("press-qa", article["url"], "", date[1] if date else "", article["text"])
    for line in (data / "train" / "press-qa.jsonl").open(encoding="utf-8"):
        item = json.loads(line)
        text = texts[item["doc"]].text
        start = text.find(item["sentence"] if item["answerable"] else item["near"])
        place = Span(start, start + len(item["near"])) if not item["answerable"] else None
        if item["answerable"]:
            start += item["sentence"].find(item["answer"])
            place = Span(start, start + len(item["answer"]))
        texts[item["doc"]].questions.append(Question(item["question"], item["type"], item["answerable"], place))
    return texts


def piaf(data: Path, chance: random.Random) -> Iterator[Example]:
    """PIAF: each paragraph is a text under its article's title."""
    yield from _examples(piaf_texts(data), PIAF_SHARE, chance)


def piaf_texts(data: Path) -> list[Text]:
    """The paragraphs with their questions."""
    texts = []
    for article in json.loads((data / "piaf" / "piaf-dev.json").read_text(encoding="utf-8"))["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            title = article["title"]
            text = Text("piaf", f"{title}#{number}", title, "", paragraph["context"], family=title)
            for item in paragraph["qas"]:
                answer = item["answers"][0]
                place = Span(answer["answer_start"], answer["answer_start"] + len(answer["text"]))
                text.questions.append(Question(item["question"], "piaf", True, place))
            texts.append(text)
    return texts


def nomiracl(data: Path, chance: random.Random) -> Iterator[Example]:
    """NoMIRACL: only that nothing answers is told, so only the unanswerable questions teach."""
    for line in (data / "nomiracl-fr" / "dev.jsonl").open(encoding="utf-8"):
        item = json.loads(line)
        if item["answerable"] or split_of(item["query_id"], NOMIRACL_SHARE) != "train":
            continue
        index = LexicalIndex.build([passage["text"] for passage in item["passages"]])
        scores = index.scores_of(terms(item["question"]), range(index.size))
        for number in scores.argsort()[::-1][:NEGATIVES].tolist():
            passage = item["passages"][number]
            asked = Asked(Question(item["question"], "nomiracl", False, None), item["query_id"], "train")
            text = Text("nomiracl", item["query_id"], passage["title"], "", passage["text"])
            span = Span(0, len(passage["text"]))
            yield _example(asked, text, span, "near", _header(text, span, asked.question, chance))


def split_of(key: str, train_share: float) -> Split:
    """The split of a text, from its name alone: adding texts never moves others."""
    return "train" if int(sha256(key.encode()).hexdigest()[:8], 16) / 2**32 < train_share else "validation"


def cut(text: str, most: int) -> list[Span]:
    """Neighbouring sentences up to `most` characters, as `rag.passages` packs them."""
    packed: list[Span] = []
    for sentence in sentences(text):
        if packed and sentence.end - packed[-1].start <= most:
            packed[-1] = Span(packed[-1].start, sentence.end)
        else:
            packed.append(sentence)
    return packed


def _examples(texts: Sequence[Text], share: float, chance: random.Random) -> Iterator[Example]:
    """Validation: one example a question, cut as in service. Training: two cuts, hard negatives, altered questions."""
    splits = {text.key: text.split(share) for text in texts}
    whole = [(text, span) for text in texts for span in cut(text.text, MAX_CHARS)]
    index = LexicalIndex.build([text.text[span.start : span.end] for text, span in whole])
    others = names([question.text for text in texts for question in text.questions])
    for text in texts:
        short = cut(text.text, chance.randint(*SHORT_CHARS))
        learning = splits[text.key] == "train"
        for question in text.questions:
            if question.place is None:
                continue
            asked = Asked(question, f"{text.key}|{question.text}", splits[text.key])
            for spans in (cut(text.text, MAX_CHARS), short) if learning else (cut(text.text, MAX_CHARS),):
                yield from _readings(asked, text, spans, "gold" if question.answerable else "near", chance)
            if learning:
                scores = index.scores_of(terms(question.text), range(index.size))
                order = [whole[row] for row in scores.argsort()[::-1][:SEARCHED].tolist()]
                yield from _negatives(asked, text, [item for item in order if splits[item[0].key] == "train"], chance)
                yield from _altered(asked, text, short, others, chance)


def _readings(
    asked: Asked, text: Text, spans: Sequence[Span], kind: Kind, chance: random.Random | None
) -> Iterator[Example]:
    """The question against the passages that hold its place whole. chance: for the header; None for the date alone."""
    place = asked.question.place
    for span in spans:
        if place is not None and span.start <= place.start and place.end <= span.end:
            yield _example(
                asked, text, span, kind, _header(text, span, asked.question, chance) if chance else text.date
            )


def _negatives(
    asked: Asked, text: Text, nearest: Sequence[tuple[Text, Span]], chance: random.Random
) -> Iterator[Example]:
    """Passages that share words with the question but do not hold its answer: one of the same text at most."""
    place = asked.question.place or Span(0, 0)
    answer = text.text[place.start : place.end] if asked.question.answerable else ""
    silent = [(other, span) for other, span in nearest if not answer or answer not in other.text[span.start : span.end]]
    here = [
        (other, span)
        for other, span in silent
        if other is text and (span.end <= place.start or span.start >= place.end)
    ][:1]
    elsewhere = [(other, span) for other, span in silent if other is not text][: NEGATIVES - len(here)]
    for other, span in [*here, *elsewhere]:
        yield _example(asked, other, span, "negative", _header(other, span, asked.question, chance))


def _altered(
    asked: Asked, text: Text, spans: Sequence[Span], others: dict[str, list[str]], chance: random.Random
) -> Iterator[Example]:
    """The question with one word changed against the passage that answered it."""
    if not asked.question.answerable:
        return
    for example in _readings(asked, text, spans, "gold", None):
        changed = alter(example.question, f"{example.header} {example.text}", others, chance)
        if changed:
            yield replace(example, kind="altered", question=changed, gold=None, answer=None)


def _header(text: Text, span: Span, question: Question, chance: random.Random) -> str:
    """As in service, title and date. Articles that lost their title get the date, at times with how they begin."""
    if text.title:
        return text.header if chance.random() < 0.8 else ""
    draw = chance.random()
    if draw < 0.15 and not _YEAR.search(question.text):
        return ""
    first = cut(text.text, 1)[0]
    lead = " ".join(text.text[first.start : first.end].split()[:14])
    return f"{lead} — {text.date}" if draw > 0.6 and span.start >= first.end else text.date


def _example(asked: Asked, text: Text, span: Span, kind: Kind, header: str) -> Example:
    passage = text.text[span.start : span.end]
    spans = sentences(passage)
    place = asked.question.place
    gold, answer = None, None
    if kind == "gold" and place is not None:
        start, end = place.start - span.start, place.end - span.start
        answer = [start, end]
        gold = max(range(len(spans)), key=lambda n: min(end, spans[n].end) - max(start, spans[n].start))
    return Example(
        source=text.source, split=asked.split, kind=kind, type=asked.question.type, group=asked.group,
        question=asked.question.text, header=header, text=passage, sentences=[[s.start, s.end] for s in spans],
        gold=gold, answer=answer,
    )  # fmt: skip


def load(path: Path) -> list[Example]:
    """The examples of a file that `main` wrote."""
    records: list[dict[str, Any]] = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [Example(**record) for record in records]


if __name__ == "__main__":
    main()
