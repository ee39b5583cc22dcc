"""Fit the sentence judge on a suite with gold quotes: `python -m evals.fit --data DATA [--suite demo]`.

Prints the weights of `rag.judge.WEIGHTS`, and how often the right sentence comes
first and among two, cross-validated by family of texts so that no family is
judged by weights that have seen it. Needs scikit-learn, which sentence-transformers brings.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.cases import Case, located
from evals.formats_in import load
from evals.run import find_suite

FOLDS = 4


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--suite", default="demo")
    args = parser.parse_args()
    from corpus.store import Store
    from rag import Assistant

    suite = load(find_suite(args.suite))
    with Store.open(args.data) as store:
        suite = located(suite, store.current())
    with Assistant.open(args.data) as assistant:
        groups = [(case, assistant.judged(case.question, as_of=case.as_of)) for case in suite.cases if case.gold]
    sys.stdout.write(report([(case, items) for case, items in groups if items]) + "\n")


def report(groups: Sequence[tuple[Case, Sequence[Any]]]) -> str:
    """Fit on everything, validate by folds of families; text for a terminal."""
    from sklearn.linear_model import LogisticRegression

    names = list(groups[0][1][0].features)
    features = [np.array([[item.features[name] for name in names] for item in items]) for _, items in groups]
    labels = [np.array([_right(case, item) for item in items]) for case, items in groups]
    families = sorted({case.family for case, _ in groups})
    fold = np.array([families.index(case.family) % FOLDS for case, _ in groups])

    def fitted(chosen: np.ndarray[Any, Any]) -> Any:
        model = LogisticRegression(max_iter=5000, class_weight="balanced")
        return model.fit(np.concatenate([features[i] for i in chosen]), np.concatenate([labels[i] for i in chosen]))

    hits = np.zeros((len(groups), 2))
    for number in range(FOLDS):
        model = fitted(np.flatnonzero(fold != number))
        for i in np.flatnonzero(fold == number):
            order = np.argsort(-model.decision_function(features[i]), kind="stable")
            hits[i] = labels[i][order[0]], labels[i][order[:2]].any()
    whole = fitted(np.arange(len(groups)))
    weights = dict(zip(("bias", *names), (whole.intercept_[0], *whole.coef_[0]), strict=True))
    lines = [f"{len(groups)} questions, right first {hits[:, 0].mean():.3f}, among two {hits[:, 1].mean():.3f}"]
    for kind in sorted({case.type for case, _ in groups}):
        of_kind = hits[[case.type == kind for case, _ in groups]]
        lines.append(f"  {kind:<14}{len(of_kind):4d}  {of_kind[:, 0].mean():.2f}  {of_kind[:, 1].mean():.2f}")
    return "\n".join([*lines, ", ".join(f'"{name}": {value:.2f}' for name, value in weights.items())])


def _right(case: Case, item: Any) -> bool:
    return any(
        gold.doc == item.document.id
        and (gold.span is None or (item.start < gold.span.end and gold.span.start < item.end))
        for gold in case.gold
    )


if __name__ == "__main__":
    main()
