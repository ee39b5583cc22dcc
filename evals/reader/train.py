"""Train the sentence reader.

    python -m evals.reader.train --examples examples.jsonl --encoder ~/.cache/sourcier/multilingual-e5-small-... \\
        --out checkpoints

Each epoch reads, for every question, one of its cuts and at times a hard
negative. Writes `epoch-N.safetensors` (trained parameters, float32) and one line
of figures per epoch to `log.jsonl`. The seed fixes data order and dropout;
results still vary in the last digits with the number of threads.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from corpus.records import Span
from evals.reader.model import ReaderModel, batches, loss, sentence_scores
from evals.reader.prepare import Example, load
from rag.french import fold
from rag.reader_input import ReadPassage, Row, rows

NEGATIVE_SHARE = 0.4
"""Questions per epoch that are also read against a passage that does not answer."""
ALTERED_SHARE = 0.5
PLAIN_SHARE = 0.1
"""Questions per epoch that lose accents and capitals, as people type them."""

Item = tuple[Row, int | None, tuple[int, int] | None, int]


def main() -> None:
    """Train, measure after each epoch, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="unpacked folder of the default encoder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--answer-weight", type=float, default=0.3)
    parser.add_argument("--budget", type=int, default=3072, help="padded tokens in a batch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20250327)
    parser.add_argument("--limit", type=int, default=0, help="at most so many questions, for a trial")
    parser.add_argument("--measured", type=int, default=700, help="held-out examples measured after each epoch")
    parser.add_argument("--measure", type=Path, help="only measure these saved parameters")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    examples = load(options.examples)
    tokenizer = _tokenizer(options.encoder)
    model = ReaderModel(options.encoder)
    held_out = [example for example in examples if example.split == "validation"]
    if options.measure:
        model.load_state_dict(load_file(options.measure), strict=False)
        print(json.dumps(measure(model, tokenizer, held_out, options.budget), ensure_ascii=False, indent=1))  # noqa: T201
        return
    held_out = random.Random(0).sample(held_out, min(options.measured, len(held_out)))
    options.out.mkdir(parents=True, exist_ok=True)
    questions = _questions(examples)
    if options.limit:
        questions = chance.sample(questions, options.limit)
    epochs = [_epoch(questions, chance) for _ in range(options.epochs)]
    rated = [
        {"params": [value for value in model.encoder.parameters() if value.requires_grad], "lr": options.rate},
        {"params": list(model.head.parameters()), "lr": options.head_rate},
    ]
    optimiser = torch.optim.AdamW(rated, weight_decay=0.01)
    total = sum(len(epoch) for epoch in epochs)

    def pace(seen: int) -> float:
        """Warm up over 6 % of the examples, then fall to zero."""
        share = seen / total
        return min(share / 0.06, (1 - share) / 0.94) + 1e-3

    seen, begun = 0, time.monotonic()
    for number, epoch in enumerate(epochs, 1):
        items = _items(tokenizer, epoch, chance)
        model.train()
        sums = 0.0
        for step, batch in enumerate(_shuffled(items, options.budget, chance)):
            factor = pace(seen)
            for group, rate in zip(optimiser.param_groups, (options.rate, options.head_rate), strict=True):
                group["lr"] = rate * factor
            with torch.autocast("cpu", torch.bfloat16):
                value = loss(model, batch, options.answer_weight)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_([*model.encoder.parameters(), *model.head.parameters()], 1.0)
            optimiser.step()
            seen += len(batch.gold)
            sums += value.item() * len(batch.gold)
            if step % 20 == 0:
                print(f"epoch {number} {seen}/{total} loss {value.item():.3f} {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
        save_file(model.trained(), options.out / f"epoch-{number}.safetensors")
        report = {"epoch": number, "loss": sums / len(items), "seconds": time.monotonic() - begun}
        report |= measure(model, tokenizer, held_out, options.budget)
        with (options.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(report, ensure_ascii=False) + "\n")


def measure(model: ReaderModel, tokenizer: Any, examples: Sequence[Example], budget: int) -> dict[str, Any]:
    """Share of right sentences in the right passage by source and type, and AUROC of the best log-odds against null."""
    model.eval()
    items = _items(tokenizer, examples, None)
    by_length = sorted(range(len(items)), key=lambda number: len(items[number][0].ids))
    right: defaultdict[str, list[bool]] = defaultdict(list)
    odds: dict[bool, list[float]] = {True: [], False: []}
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches(items, 2 * budget, by_length):
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
    shares = {"gold": 1.0, "near": 1.0, "negative": NEGATIVE_SHARE, "altered": ALTERED_SHARE}
    return [
        chance.choice(examples)
        for kinds in questions
        for kind, examples in kinds.items()
        if chance.random() < shares[kind] * (0.5 if kind == "negative" and "near" in kinds else 1.0)
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
        items.append((row, gold, answer, len(example.sentences)))
    return items


def _shuffled(items: Sequence[Item], budget: int, chance: random.Random) -> list[Any]:
    """Batches of like lengths, in random order."""
    order = sorted(range(len(items)), key=lambda number: len(items[number][0].ids) + chance.uniform(0, 24))
    found = list(batches(items, budget, order))
    chance.shuffle(found)
    return found


if __name__ == "__main__":
    main()
