"""Fit the sentence judge and the confidence: `python -m evals.fit [--on DATA SUITE]... [--public FOLDER]`.

--on: a suite with gold quotes and its corpus (default: the demonstration suite on `data`). --public: what the
reader was not trained on of the press-office texts, of the development halves of press-qa and PIAF (by article) and of
NoMIRACL (by question). Prints the weights of `rag.judge` and `rag.confidence`, and how often the right sentence comes
first and among two, cross-validated by family of texts so that no family is
judged by weights that have seen it. Needs scikit-learn, which sentence-transformers brings.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from evals.cases import Case, Gold, Suite, located
from evals.formats_in import load
from evals.run import built, find_suite
from rag import Assistant, load_encoder
from rag.training.prepare import (
    NOMIRACL_SHARE,
    OFFICE_SHARE,
    PIAF_SHARE,
    PRESS_SHARE,
    Text,
    office_texts,
    press_texts,
    split_of,
)

FOLDS = 4
WEIGHTS = {"demo": 2.0, "office": 0.5}
"""What a question of a suite counts, 1 where it is not here: those on real publications as told here count most, those
on invented ones, of which there are many, least. Right sentence first, cross-validated, with these and with all alike:
demonstration 0.694 and 0.678, press-qa 0.524 and 0.513, PIAF 0.739 in both."""

Group = tuple[Case, Sequence[Any], Mapping[str, float], float]
"""A question, its sentences (rag.judge.Judged), best first, the signs of its confidence, and what it counts."""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--on", nargs=2, action="append", metavar=("DATA", "SUITE"), help="repeatable; default data demo"
    )
    parser.add_argument("--public", type=Path, help="folder with train/, lefaso/, piaf/, nomiracl-fr/")
    args = parser.parse_args()
    groups = [
        group for data, suite in args.on or [("data", "demo")] for group in weighed(Path(data), load(find_suite(suite)))
    ]
    with TemporaryDirectory(prefix="sourcier-fit-") as scratch:
        for suite in public(args.public) if args.public else ():
            folder = Path(scratch) / suite.name
            for _ in built(suite.documents or (), folder, Settings.load(), load_encoder(Settings.load())):
                pass
            groups += weighed(folder, suite)
    sys.stdout.write(judge_report([group for group in groups if group[0].gold]) + "\n\n")
    sys.stdout.write(confidence_report(groups) + "\n")


def public(folder: Path) -> Iterator[Suite]:
    """The public development sets, and the texts written for training, without what the reader was trained on."""
    yield _held_out("office", office_texts(), OFFICE_SHARE)
    yield _held_out("press", list(press_texts(folder).values()), PRESS_SHARE)
    piaf = load(folder / "piaf" / "piaf-dev.json", "squad")
    titles = {document.id: document.title for document in piaf.documents or ()}
    yield replace(piaf, cases=tuple(c for c in piaf.cases if split_of(titles[c.gold[0].doc], PIAF_SHARE) != "train"))
    nomiracl = load(folder / "nomiracl-fr" / "dev.jsonl", "nomiracl")
    unseen = tuple(c for c in nomiracl.cases if c.answerable or split_of(c.qid, NOMIRACL_SHARE) != "train")
    yield replace(nomiracl, cases=unseen)


def _held_out(name: str, texts: Sequence[Text], share: float) -> Suite:
    """All texts, and the questions of those that are not for training."""
    documents = tuple(
        Document(
            id=text.key, url=text.key, title=text.title, publisher="", ministry=text.ministry, kind="",
            published=text.published, text=text.text,
        )
        for text in texts
    )  # fmt: skip
    cases = []
    for text in texts:
        for number, question in enumerate(text.questions):
            place = question.place
            if place is None or text.split(share) == "train":
                continue
            quote = text.text[place.start : place.end]
            gold = (Gold(doc=text.key, quote=quote, start=place.start),) if question.answerable else ()
            cases.append(
                Case(
                    qid=f"{text.key}#{number}", question=question.text, type=question.type, gold=gold,
                    answerable=question.answerable, answers=(quote,) if gold else (),
                    family=text.family or text.key,
                )
            )  # fmt: skip
    return Suite(name=name, format="cases", cases=tuple(cases), documents=documents, digest="")


def weighed(data: Path, suite: Suite) -> list[Group]:
    """Every question of a suite with the sentences weighed for it; those for which nothing was found are left out."""
    with Store.open(data) as store:
        suite = located(suite, store.current())
    with Assistant.open(data) as assistant:
        groups = [
            (
                case,
                *assistant.judged(case.question, as_of=case.as_of, within=_within(case)),
                WEIGHTS.get(suite.name, 1.0),
            )
            for case in suite.cases
        ]
    return [group for group in groups if group[1]]


def _within(case: Case) -> frozenset[str] | None:
    return None if case.within is None else frozenset(case.within)


def judge_report(groups: Sequence[Group]) -> str:
    """Fit on everything, validate by folds of families; text for a terminal."""
    from sklearn.linear_model import LogisticRegression

    names = list(groups[0][1][0].features)
    features = [np.array([[item.features[name] for name in names] for item in items]) for _, items, _, _ in groups]
    labels = [np.array([_right(case, item) for item in items]) for case, items, _, _ in groups]
    counts = [np.full(len(items), weight) for _, items, _, weight in groups]
    fold = np.array([_fold(case) for case, _, _, _ in groups])

    def fitted(chosen: np.ndarray[Any, Any]) -> Any:
        x, y, weight = (np.concatenate([values[i] for i in chosen]) for values in (features, labels, counts))
        return LogisticRegression(max_iter=5000).fit(x, y, sample_weight=weight / weight.mean())

    hits = np.zeros((len(groups), 2))
    for number in range(FOLDS):
        model = fitted(np.flatnonzero(fold != number))
        for i in np.flatnonzero(fold == number):
            order = np.argsort(-model.decision_function(features[i]), kind="stable")
            hits[i] = labels[i][order[0]], labels[i][order[:2]].any()
    whole = fitted(np.arange(len(groups)))
    weights = dict(zip(("bias", *names), (whole.intercept_[0], *whole.coef_[0]), strict=True))
    lines = [f"{len(groups)} questions, right first {hits[:, 0].mean():.3f}, among two {hits[:, 1].mean():.3f}"]
    for kind in sorted({case.type for case, _, _, _ in groups}):
        of_kind = hits[[case.type == kind for case, _, _, _ in groups]]
        lines.append(f"  {kind:<14}{len(of_kind):4d}  {of_kind[:, 0].mean():.2f}  {of_kind[:, 1].mean():.2f}")
    return "\n".join([*lines, ", ".join(f'"{name}": {value:.2f}' for name, value in weights.items())])


def confidence_report(groups: Sequence[Group]) -> str:
    """Fit the probability that an answer is right, and say what refusing below each threshold would give."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.preprocessing import StandardScaler

    names = list(groups[0][2])
    features = np.array([[signs[name] for name in names] for _, _, signs, _ in groups])
    right = np.array([_shown(case, items) for case, items, _, _ in groups])
    answerable = np.array([case.answerable for case, _, _, _ in groups])
    counts = np.array([weight for _, _, _, weight in groups])
    fold = np.array([_fold(case) for case, _, _, _ in groups])

    def fitted(chosen: np.ndarray[Any, Any]) -> tuple[Any, Any]:
        scaler = StandardScaler().fit(features[chosen])
        model = LogisticRegression(max_iter=5000, C=0.1)
        weight = counts[chosen] / counts[chosen].mean()
        return scaler, model.fit(scaler.transform(features[chosen]), right[chosen], sample_weight=weight)

    sure = np.zeros(len(groups))
    for number in range(FOLDS):
        scaler, model = fitted(fold != number)
        sure[fold == number] = model.predict_proba(scaler.transform(features[fold == number]))[:, 1]
    lines = [f"AUROC right {roc_auc_score(right, sure):.3f}, answerable {roc_auc_score(answerable, sure):.3f}"]
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
        refused = sure < threshold
        precision = (refused & ~answerable).sum() / max(1, refused.sum())
        lines.append(
            f"  below {threshold}: unanswerable refused {refused[~answerable].mean():.2f}, answerable refused"
            f" {refused[answerable].mean():.2f}, right answers lost {refused[right].mean():.2f},"
            f" precision {precision:.2f}"
        )
    scaler, model = fitted(np.ones(len(groups), bool))
    scaled = model.coef_[0] / scaler.scale_
    bias = model.intercept_[0] - float(scaled @ scaler.mean_)
    weights = dict(zip(("bias", *names), (bias, *scaled), strict=True))
    return "\n".join([*lines, ", ".join(f'"{name}": {value:.2f}' for name, value in weights.items())])


def _shown(case: Case, items: Sequence[Any]) -> bool:
    """Whether an answer of two sentences is right; where a set tells no sentence, whether there is one at all."""
    return case.answerable and (not case.gold or any(_right(case, item) for item in items[:2]))


def _fold(case: Case) -> int:
    """Questions on one family of texts (or one text) stay together."""
    family = case.family or (case.gold[0].doc if case.gold else case.qid)
    return hashlib.sha256(family.encode()).digest()[0] % FOLDS


def _right(case: Case, item: Any) -> bool:
    return any(
        gold.doc == item.document.id
        and (gold.span is None or (item.start < gold.span.end and gold.span.start < item.end))
        for gold in case.gold
    )


if __name__ == "__main__":
    main()
