"""`bench extraction`: the main text of web pages, ours beside other extractors in one table."""

import argparse
import json
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from ui.columns import columns
from ui.french import NBSP
from ui.progress import bar

if TYPE_CHECKING:
    from evals.extraction import Score

_COLUMNS = ("extracteur", "version", "précision", "rappel", "F1", "F1 à 95 %", "pages vides", "secondes")
_WIDTHS = (13, 10, 9, 7, 7, 15, 11, 8)


def extraction(args: argparse.Namespace) -> int:
    """Measure on the folder of `--pages`; see `evals.extraction`."""
    from evals.bench import conditions
    from evals.extraction import EXTRACTORS, digest, measure, read_pages
    from evals.show import conditions_text

    if args.pages is None:
        raise UsageError("« bench extraction » demande le dossier des pages : --pages DOSSIER")
    pages = read_pages(args.pages)
    told = conditions() | {"pages": len(pages), "digest": digest(pages)[:12]}
    scores: list[Score] = []
    with bar() as show:
        for score in measure(pages):
            scores.append(score)
            show("Extraction", len(scores), len(EXTRACTORS))
    if args.json:
        found = {"conditions": told, "scores": [score.to_dict() for score in scores]}
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print(f"Conditions{NBSP}: {conditions_text(told)}")
        print(columns([_COLUMNS, *map(_row, scores)], _WIDTHS, left=2))
    return 0


def _row(score: "Score") -> tuple[str, ...]:
    shares = (score.precision, score.recall, score.f1)
    interval = f"{_decimal(score.f1_low)} à {_decimal(score.f1_high)}"
    return (
        score.name, score.version, *map(_decimal, shares), interval, str(score.empty), _decimal(score.seconds, 1)
    )  # fmt: skip


def _decimal(value: float, places: int = 3) -> str:
    return f"{value:.{places}f}".replace(".", ",")
