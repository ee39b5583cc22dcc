"""The sentence reader in torch: the default encoder, its upper layers trained, with two linear scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from rag.reader_input import PAD, Row

FROZEN = 5
"""Lower layers that keep the encoder's weights, like its embeddings: less to train, and less to ship."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row with its number of sentences, the one that answers (None: none does) and the answer's characters."""

    row: Row
    gold: int | None
    answer: tuple[int, int] | None
    sentences: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one length. ids, mask (rows, tokens); of_sentence (rows, sentences, tokens) bool; gold (rows,): 0 for
    "none answers", else 1 + the sentence's number; answer (rows, tokens) bool: tokens of the exact answer."""

    ids: Tensor
    mask: Tensor
    of_sentence: Tensor
    gold: Tensor
    answer: Tensor
    numbers: list[int]


class ReaderModel(nn.Module):
    """Token scores, and the score of "nothing here answers" read at <s>."""

    def __init__(self, folder: Path, dropout: float = 0.1) -> None:
        super().__init__()
        from transformers import BertModel

        # no dropout inside attention: it would switch off the fast kernel, at three times the cost
        self.encoder: Any = BertModel.from_pretrained(
            folder, add_pooling_layer=False, attn_implementation="sdpa",
            hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0,
        )  # fmt: skip
        self.encoder.embeddings.requires_grad_(False)
        self.encoder.encoder.layer[:FROZEN].requires_grad_(False)
        self.head = nn.Linear(self.encoder.config.hidden_size, 2)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def train(self, mode: bool = True) -> "ReaderModel":
        """What is frozen has no dropout either: it runs in training as in service."""
        super().train(mode)
        self.encoder.embeddings.eval()
        self.encoder.encoder.layer[:FROZEN].eval()
        return self

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(rows, tokens) token scores and (rows,) null scores."""
        hidden = self.encoder(ids, attention_mask=mask).last_hidden_state
        scores = self.head(hidden.float())
        return scores[..., 0], scores[:, 0, 1]

    def trained(self) -> dict[str, Tensor]:
        """The parameters that differ from the encoder's, by name."""
        return {name: value.detach() for name, value in self.named_parameters() if value.requires_grad}


def sentence_scores(tokens: Tensor, of_sentence: Tensor) -> Tensor:
    """(rows, sentences): log of the mean of exp of a sentence's token scores; -1e4 where there is no sentence."""
    held = tokens.unsqueeze(1).masked_fill(~of_sentence, -1e4)
    return torch.logsumexp(held, -1) - of_sentence.sum(-1).clamp(min=1).log()


def loss(model: ReaderModel, batch: Batch, answer_weight: float) -> Tensor:
    """Cross entropy over a row's sentences and "none", and, where one answers, over its tokens for the exact answer."""
    tokens, null = model(batch.ids, batch.mask)
    choice = torch.cat([null.unsqueeze(1), sentence_scores(tokens, batch.of_sentence)], 1)
    sentence = nn.functional.cross_entropy(choice, batch.gold)
    known = batch.answer.any(1)
    if not known.any():
        return sentence
    readable = tokens[known].masked_fill(~batch.of_sentence[known].any(1), -1e4)
    exact = readable.masked_fill(~batch.answer[known], -1e4)
    span = (torch.logsumexp(readable, -1) - torch.logsumexp(exact, -1)).sum() / len(batch.gold)
    return sentence + answer_weight * span


def batches(items: Sequence[Item], budget: int, order: Sequence[int]) -> Iterator[Batch]:
    """Batches of at most `budget` padded tokens, the items taken in `order`."""
    held: list[int] = []
    width = 0
    for number in order:
        wider = max(width, len(items[number].row.ids))
        if held and wider * (len(held) + 1) > budget:
            yield _batch(items, held)
            held, wider = [], len(items[number].row.ids)
        held.append(number)
        width = wider
    if held:
        yield _batch(items, held)


def _batch(items: Sequence[Item], numbers: list[int]) -> Batch:
    width = max(len(items[number].row.ids) for number in numbers)
    sentences = max(items[number].sentences for number in numbers)
    ids = torch.full((len(numbers), width), PAD)
    mask = torch.zeros((len(numbers), width), dtype=torch.long)
    of_sentence = torch.zeros((len(numbers), sentences, width), dtype=torch.bool)
    answer = torch.zeros((len(numbers), width), dtype=torch.bool)
    gold = torch.zeros(len(numbers), dtype=torch.long)
    for place, number in enumerate(numbers):
        row, chosen, span = items[number].row, items[number].gold, items[number].answer
        ids[place, : len(row.ids)] = torch.tensor(row.ids)
        mask[place, : len(row.ids)] = 1
        for token, owner in enumerate(row.owners):
            if owner >= 0:
                of_sentence[place, owner, token] = True
                if span and row.starts[token] < span[1] and row.ends[token] > span[0]:
                    answer[place, token] = True
        if chosen is not None:
            gold[place] = chosen + 1
    return Batch(ids, mask, of_sentence, gold, answer, list(numbers))
