"""Figures of the sentence reader on what it was not trained on.

    python -m rag.training.measure --data DATA --examples examples.jsonl --weights rag/weights/reader.safetensors

1. The right sentence inside the right passage, against term overlap, by source and type.
2. Press questions read against the five best passages of the whole collection (BM25): the answer shown,
   alone and mixed with term overlap; AUROC and a logistic regression of "this is right" (two-fold).
3. NoMIRACL: AUROC of answerable against unanswerable questions.
4. Milliseconds per question.
"""

import argparse
import json
import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import Span
from rag.french import sentences, terms
from rag.lexical import LexicalIndex
from rag.passages import MAX_CHARS
from rag.reader import WEIGHTS, Reader, ReadPassage, SentenceReader
from rag.training.prepare import Example, cut, load, press_texts, split_of

PRESS_TRAIN_SHARE = 0.85
READ = 5
MIXES = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0)
"""Weights of term overlap (0 to 1) beside the reader's log-odds."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage read. overlap: share of the question's idf in it; cover: with the header's words."""

    odds: float
    overlap: float
    cover: float
    rank: int
    right: bool
    peak: bool


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "sourcier")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--precision", choices=("int8", "float32"), default="int8")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="at most so many examples a source")
    options = parser.parse_args()
    reader = SentenceReader.open(
        options.cache, weights=options.weights, precision=options.precision, threads=options.threads
    )
    held_out = [example for example in load(options.examples) if example.split == "validation"]
    report = {
        "precision": options.precision,
        "in_passage": in_passage(reader, _few(held_out, options.limit)),
        "press": whole_collection(reader, options.data, options.limit),
        "nomiracl": nomiracl(reader, options.data, options.limit),
        "milliseconds": {str(count): timing(reader, options.data, count) for count in (1, 3, 5)},
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))  # noqa: T201


def in_passage(reader: Reader, examples: Sequence[Example]) -> dict[str, Any]:
    """Right sentence in the right passage, reader and term overlap; null against near-misses."""
    index = LexicalIndex.build([example.text for example in examples])
    right: defaultdict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    odds: dict[bool, list[float]] = {True: [], False: []}
    for example in examples:
        passage = ReadPassage(example.header, example.text, tuple(Span(*span) for span in example.sentences))
        [reading] = reader.read(example.question, [passage])
        best = int(np.argmax(reading.odds))
        if example.source == "press-qa":
            odds[example.gold is not None].append(reading.odds[best])
        if example.gold is None or example.answer is None:
            continue
        overlaps = _overlaps(index, example.question, passage)
        peak = reading.peaks[best]
        marks = (
            best == example.gold,
            int(np.argmax(overlaps)) == example.gold,
            peak.start < example.answer[1] and peak.end > example.answer[0],
        )
        for name in (example.source, f"{example.source}/{example.type}"):
            right[name].append(marks)
    shares = {
        name: dict(zip(("reader", "overlap", "peak"), np.mean(values, axis=0).round(3).tolist(), strict=True))
        | {"n": len(values)}
        for name, values in sorted(right.items())
    }
    return {"right": shares, "near_miss_auroc": auroc(odds[True], odds[False])}


def whole_collection(reader: Reader, data: Path, limit: int) -> dict[str, Any]:
    """Held-out press questions against the whole collection's best passages."""
    texts = press_texts(data)
    whole = [(text, span) for text in texts.values() for span in cut(text.text, MAX_CHARS)]
    index = LexicalIndex.build([f"{text.date}\n{text.text[span.start : span.end]}" for text, span in whole])
    asked = [
        (text, question)
        for text in texts.values()
        if split_of(text.key, PRESS_TRAIN_SHARE) == "validation"
        for question in text.questions
    ]
    table: list[tuple[bool, str, list[Candidate]]] = []
    for text, question in random.Random(0).sample(asked, min(limit or len(asked), len(asked))):
        best = index.scores_of(terms(question.text), range(index.size)).argsort()[::-1][:READ].tolist()
        passages = []
        for row in best:
            passage = whole[row][0].text[whole[row][1].start : whole[row][1].end]
            passages.append(ReadPassage(whole[row][0].date, passage, sentences(passage)))
        found: list[Candidate] = []
        for rank, (row, passage, reading) in enumerate(
            zip(best, passages, reader.read(question.text, passages), strict=True)
        ):
            said = set(terms(passage.header))
            overlaps = _overlaps(index, question.text, passage)
            for number, span in enumerate(passage.sentences):
                start = whole[row][1].start + span.start
                place = question.place
                right = (
                    question.answerable and place is not None and whole[row][0] is text
                    and start <= place.start and place.end <= start + span.end - span.start
                )  # fmt: skip
                quote = passage.text[span.start : span.end]
                peak = reading.peaks[number]
                offset = whole[row][1].start
                met = bool(right and place and peak.start + offset < place.end and peak.end + offset > place.start)
                found.append(
                    Candidate(
                        reading.odds[number], overlaps[number], _cover(index, question.text, quote, said), rank,
                        bool(right), met,
                    )
                )  # fmt: skip
        table.append((question.answerable, question.type, found))
    return _summary(table)


def _summary(table: Sequence[tuple[bool, str, list[Candidate]]]) -> dict[str, Any]:
    def shown(score: Callable[[Candidate], float]) -> list[bool]:
        return [max(found, key=score).right for answerable, _, found in table if answerable]

    mixes = {}
    for weight in MIXES:
        mixes[str(weight)] = round(float(np.mean(shown(partial(_mixed, weight)))), 3)
    by_type: defaultdict[str, list[bool]] = defaultdict(list)
    rows, labels, kinds = [], [], []
    for answerable, kind, found in table:
        ordered = sorted(found, key=lambda item: -item.odds)
        best = ordered[0]
        if answerable:
            by_type[kind].append(best.right)
        silence = math.log1p(sum(math.exp(min(item.odds, 50)) for item in found if item.rank == best.rank))
        runner_up = ordered[1].odds if len(ordered) > 1 else -30.0
        rows.append([best.odds, silence, best.cover, best.odds - runner_up, float(best.rank)])
        labels.append(best.right)
        kinds.append(answerable)
    features, truth = np.array(rows), np.array(labels)
    return {
        "in_five": float(np.mean([any(item.right for item in found) for answerable, _, found in table if answerable])),
        "shown_by_overlap": float(np.mean(shown(lambda item: item.overlap - 0.01 * item.rank))),
        "shown_by_reader_plus_overlap_times": mixes,
        "shown_by_type": {kind: [round(float(np.mean(values)), 3), len(values)] for kind, values in by_type.items()},
        "auroc_answerable": auroc(features[np.array(kinds), 0], features[~np.array(kinds), 0]),
        "auroc_right": auroc(features[truth, 0], features[~truth, 0]),
        "confidence": confidence(features, truth),
    }


def _mixed(weight: float, item: Candidate) -> float:
    return item.odds + weight * item.overlap


def confidence(features: Any, truth: Any) -> dict[str, Any]:
    """Logistic regression of "right" on odds, silence, cover, margin, rank: two-fold AUROC and Brier, final weights."""
    from sklearn.linear_model import LogisticRegression

    names = ("odds", "silence", "cover", "margin", "rank")
    chosen = {"odds": [0], "odds+cover": [0, 2], "odds+cover+margin": [0, 2, 3], "all": [0, 1, 2, 3, 4]}
    report: dict[str, Any] = {}
    for name, columns in chosen.items():
        predicted = np.zeros(len(truth))
        for fold in (0, 1):
            test = np.arange(len(truth)) % 2 == fold
            model = LogisticRegression(C=10.0, max_iter=1000).fit(features[~test][:, columns], truth[~test])
            predicted[test] = model.predict_proba(features[test][:, columns])[:, 1]
        model = LogisticRegression(C=10.0, max_iter=1000).fit(features[:, columns], truth)
        weights = dict(zip([names[column] for column in columns], model.coef_[0].round(3).tolist(), strict=True))
        report[name] = {
            "auroc": auroc(predicted[truth], predicted[~truth]),
            "brier": round(float(np.mean((predicted - truth) ** 2)), 4),
            "weights": weights | {"constant": round(float(model.intercept_[0]), 3)},
        }
    return report


def nomiracl(reader: Reader, data: Path, limit: int) -> dict[str, Any]:
    """Best log-odds over a question's ten passages; the unanswerable ones of the training half left out."""
    odds: dict[bool, list[float]] = {True: [], False: []}
    lines = (data / "nomiracl-fr" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    asked = [item for item in items if item["answerable"] or split_of(item["query_id"], 0.5) != "train"]
    for item in random.Random(0).sample(asked, min(limit or len(asked), len(asked))):
        passages = [ReadPassage(read["title"], read["text"], sentences(read["text"])) for read in item["passages"]]
        odds[item["answerable"]].append(
            max(value for reading in reader.read(item["question"], passages) for value in reading.odds)
        )
    kept = float(np.quantile(odds[True], 0.12))
    return {
        "auroc": auroc(odds[True], odds[False]),
        "n": [len(odds[True]), len(odds[False])],
        "unanswerable_answered_at_12_percent_refused": round(float(np.mean(np.array(odds[False]) > kept)), 3),
    }


def timing(reader: Reader, data: Path, count: int) -> dict[str, float]:
    """Median and 95th percentile over 20 questions read against `count` passages of about 1,200 characters."""
    text = " ".join(text.text for text in list(press_texts(data).values())[:30])
    spans = [span for span in cut(text, MAX_CHARS) if span.end - span.start > MAX_CHARS - 200]
    passages = [ReadPassage("31 décembre 2021", text[s.start : s.end], sentences(text[s.start : s.end])) for s in spans]
    taken = []
    for turn in range(20):
        chosen = [passages[(turn * count + number) % len(passages)] for number in range(count)]
        begun = time.perf_counter()
        reader.read("Combien de membres ont pris part à la formation du 30 décembre 2021 ?", chosen)
        taken.append((time.perf_counter() - begun) * 1000)
    return {"p50": round(float(np.median(taken)), 1), "p95": round(float(np.quantile(taken, 0.95)), 1)}


def auroc(higher: Iterable[float], lower: Iterable[float]) -> float:
    """Probability that one of `higher` is above one of `lower`, ties counting half."""
    up, down = np.array(list(higher), np.float64)[:, None], np.array(list(lower), np.float64)[None, :]
    return round(float(((up > down) + 0.5 * (up == down)).mean()), 3) if up.size and down.size else float("nan")


def _few(examples: Sequence[Example], limit: int) -> list[Example]:
    """At most `limit` examples of each source, drawn evenly."""
    seen: defaultdict[str, int] = defaultdict(int)
    kept = []
    for example in random.Random(0).sample(examples, len(examples)):
        seen[example.source] += 1
        if not limit or seen[example.source] <= limit:
            kept.append(example)
    return kept


def _overlaps(index: LexicalIndex, question: str, passage: ReadPassage) -> list[float]:
    """Share of the question's idf that stands in each sentence."""
    return [_cover(index, question, passage.text[span.start : span.end], set()) for span in passage.sentences]


def _cover(index: LexicalIndex, question: str, quote: str, also: set[str]) -> float:
    weights = {term: index.idf(term) for term in terms(question)}
    said = set(terms(quote)) | also
    return sum(weight for term, weight in weights.items() if term in said) / (sum(weights.values()) or 1.0)


if __name__ == "__main__":
    main()
