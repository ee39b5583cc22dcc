"""Train the sentence reader.

    python -m rag.training.train --examples examples.jsonl --encoder ~/.cache/sourcier/multilingual-e5-small-... \\
        --out checkpoints

Each epoch reads, for every question, one of its cuts and at times a passage that
does not answer. Writes `epoch-N.safetensors` (trained parameters, float32) and one
line of figures per epoch to `log.jsonl`. The seed fixes data order and dropout;
results still vary in the last digits with the number of threads, and with the
speed of the machine where `--minutes` ends the training.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from corpus.records import Span
from rag.french import fold
from rag.reader import layers
from rag.reader_input import ReadPassage, rows
from rag.training.model import Batch, Item, ReaderModel, batches, loss, sentence_scores
from rag.training.prepare import Example, load

SHARES = {"gold": 1.0, "near": 1.0, "negative": 0.5, "altered": 0.5}
"""Questions per epoch that are read against a passage of each kind they have."""
PLAIN_SHARE = 0.1
"""Questions per epoch that lose accents and capitals, as people type them."""
WARM_UP = 0.06
BUDGET = 3072
"""Padded tokens in a batch."""


@dataclass(slots=True)
class Pace:
    """How far the training is: by examples seen, or by the time allowed when that is sooner up."""

    total: int
    minutes: float
    seen: int = 0
    begun: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def factor(self) -> float:
        """Of the learning rate: rises over WARM_UP, then falls to zero at the end; negative past it."""
        share = self.seen / self.total
        if self.minutes:
            share = max(share, self.seconds() / 60 / self.minutes)
        return min(share / WARM_UP, (1 - share) / (1 - WARM_UP))


def main() -> None:
    """Train, measure after each epoch, save."""
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    examples = load(options.examples)
    tokenizer = _tokenizer(options.encoder)
    model = ReaderModel(options.encoder)
    if options.start:
        model.load_state_dict(_start(options.start), strict=False)
    held_out = [example for example in examples if example.split == "validation"]
    held_out = random.Random(0).sample(held_out, min(options.measured, len(held_out)))
    options.out.mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    questions = _questions(examples)
    epochs = [_epoch(questions, chance) for _ in range(options.epochs)]
    pace = Pace(sum(len(epoch) for epoch in epochs), options.minutes)
    optimiser = torch.optim.AdamW(
        [
            {"params": [value for value in model.encoder.parameters() if value.requires_grad], "base": options.rate},
            {"params": list(model.head.parameters()), "base": options.head_rate},
        ],
        weight_decay=0.01,
    )
    for number, epoch in enumerate(epochs, 1):
        items = _items(tokenizer, epoch, chance)
        mean = _train(model, optimiser, _shuffled(items, chance), pace, options)
        save_file(model.trained(), options.out / f"epoch-{number}.safetensors")
        report = {"epoch": number, "examples": pace.seen, "loss": mean, "seconds": pace.seconds()}
        report |= measure(model, tokenizer, held_out)
        with (options.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(report, ensure_ascii=False) + "\n")
        if pace.factor() < 0:
            break


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="unpacked folder of the default encoder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from, or the weights that ship")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=0, help="end by then, the rate falling to zero; 0: no limit")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--answer-weight", type=float, default=0.3)
    parser.add_argument("--measured", type=int, default=700, help="held-out examples measured after each epoch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20250327)
    return parser.parse_args()


def _start(path: Path) -> dict[str, torch.Tensor]:
    """Parameters by their names in the model. Those that ship have the encoder's names and int8 matrices."""
    with safe_open(path, framework="np") as file:
        if not any(name.endswith(".scales") for name in file.keys()):  # noqa: SIM118
            return load_file(path)
        heads = {name: torch.from_numpy(file.get_tensor(name)) for name in ("head.weight", "head.bias")}
        return {f"encoder.{name}": torch.from_numpy(values) for name, values in layers(file).items()} | heads


def _train(
    model: ReaderModel,
    optimiser: torch.optim.Optimizer,
    found: Sequence[Batch],
    pace: Pace,
    options: argparse.Namespace,
) -> float:
    """One epoch, or what the time allows of it; the mean loss of an example."""
    model.train()
    sums, begun_at = 0.0, pace.seen
    trainable = [value for group in optimiser.param_groups for value in group["params"]]
    for step, batch in enumerate(found):
        factor = pace.factor()
        if factor < 0:
            break
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * max(factor, 1e-3)
        with torch.autocast("cpu", torch.bfloat16):
            value = loss(model, batch, options.answer_weight)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trainable, 1.0)
        optimiser.step()
        pace.seen += len(batch.gold)
        sums += value.item() * len(batch.gold)
        if step % 20 == 19:
            save_file(model.trained(), options.out / "latest.safetensors")
            mean = sums / (pace.seen - begun_at)
            print(f"{pace.seen}/{pace.total} loss {mean:.3f} {pace.seconds():.0f} s", flush=True)  # noqa: T201
    return sums / max(1, pace.seen - begun_at)


def measure(model: ReaderModel, tokenizer: Any, examples: Sequence[Example]) -> dict[str, Any]:
    """Share of right sentences in the right passage by source and type, and AUROC of the best log-odds against null."""
    model.eval()
    items = _items(tokenizer, examples, None)
    by_length = sorted(range(len(items)), key=lambda number: len(items[number].row.ids))
    right: defaultdict[str, list[bool]] = defaultdict(list)
    odds: dict[bool, list[float]] = {True: [], False: []}
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches(items, 2 * BUDGET, by_length):
            tokens, null = model(batch.ids, batch.mask)
            scores = sentence_scores(tokens, batch.of_sentence)
            for row, number in enumerate(batch.numbers):
                example = examples[number]
                best = int(scores[row].argmax())
                if example.gold is not None:
                    for name in (example.source, f"{example.source}/{example.type}"):
                        right[name].append(best == example.gold)
                if example.source == "press-qa":
                    odds[example.gold is not None].append(float(scores[row, best] - null[row]))
    higher = [(a > b) + 0.5 * (a == b) for a in odds[True] for b in odds[False]]
    return {
        "right": {name: [round(sum(values) / len(values), 4), len(values)] for name, values in sorted(right.items())},
        "null_auroc": round(sum(higher) / max(1, len(higher)), 4),
        "answered_above_null": round(sum(value > 0 for value in odds[True]) / max(1, len(odds[True])), 4),
        "near_above_null": round(sum(value > 0 for value in odds[False]) / max(1, len(odds[False])), 4),
    }


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def _questions(examples: Sequence[Example]) -> list[dict[str, list[Example]]]:
    """Training examples of each question by kind."""
    by_group: defaultdict[str, defaultdict[str, list[Example]]] = defaultdict(lambda: defaultdict(list))
    for example in examples:
        if example.split == "train":
            by_group[example.group][example.kind].append(example)
    return [dict(kinds) for kinds in by_group.values()]


def _epoch(questions: Sequence[dict[str, list[Example]]], chance: random.Random) -> list[Example]:
    """One reading of every question against its own passage, and of some against another."""
    return [
        chance.choice(examples)
        for kinds in questions
        for kind, examples in kinds.items()
        if chance.random() < SHARES[kind] * (0.5 if kind == "negative" and "near" in kinds else 1.0)
    ]


def _items(tokenizer: Any, examples: Sequence[Example], chance: random.Random | None) -> list[Item]:
    """chance: for questions typed plainly; None for none. An answer cut off by the row's length counts as none."""
    items: list[Item] = []
    for example in examples:
        question = fold(example.question) if chance and chance.random() < PLAIN_SHARE else example.question
        passage = ReadPassage(example.header, example.text, tuple(Span(*span) for span in example.sentences))
        row = rows(tokenizer, question, [passage])[0]
        gold = example.gold if example.gold is not None and example.gold in row.owners else None
        answer = (example.answer[0], example.answer[1]) if gold is not None and example.answer else None
        items.append(Item(row, gold, answer, len(example.sentences)))
    return items


def _shuffled(items: Sequence[Item], chance: random.Random) -> list[Batch]:
    """Batches of like lengths, in random order."""
    order = sorted(range(len(items)), key=lambda number: len(items[number].row.ids) + chance.uniform(0, 24))
    found = list(batches(items, BUDGET, order))
    chance.shuffle(found)
    return found


if __name__ == "__main__":
    main()
