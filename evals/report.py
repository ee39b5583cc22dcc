"""The report: one HTML file in French, no outside resource, everything escaped.

Jinja2 with autoescape writes the page; only the SVG of `evals.plots`, which
escapes its own texts, enters unescaped. A content security policy in the page
allows its one style and its one script by hash and nothing else, so that even a
hole in the escaping would run nothing and load nothing.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus.records import in_words
from evals import plots, words
from evals.results import Estimate, Result, Row

TEMPLATES = Path(__file__).parent / "templates"

HEADLINE = ("correct", "contains", "figure", "recall@5", "citation_exact", "citation_recall", "refusal_recall", "crag")
"""The figures shown large at the top, where they apply."""
FAILURES = ("wrong", "answered_unanswerable", "refused", "error")
"""Outcomes listed as failures, gravest first; the others are listed too, but filtered out at first."""
MAX_LISTED = 2000
"""Questions listed in a page; beyond that, failures first, and the page says how many are left out."""
MAX_DISAGREEMENTS = 200
BY_TYPE = "correct"


def render(result: Result) -> str:
    """The page's HTML. Deterministic for a result."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    order = [*FAILURES, "unjudged", "right", "right_refusal"]
    listed = sorted(result.rows, key=lambda row: order.index(row.outcome))[:MAX_LISTED]
    return environment.get_template("report.html.j2").render(
        result=result,
        words=words,
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'",
        style=Markup(style),
        script=Markup(script),
        measured=_french_time(result.times["started"]),
        headline=[(name, result.metrics[name]) for name in HEADLINE if name in result.metrics],
        plots={name: Markup(svg) for name, svg in _plots(result).items()},
        rows=[_listed(row) for row in listed],
        left_out=len(result.rows) - len(listed),
        outcomes=[(key, words.OUTCOMES[key], sum(r.outcome == key for r in listed)) for key in order],
        failures=FAILURES,
        conditions=json.dumps(result.conditions, ensure_ascii=False, indent=2),
        number=words.number,
        interval=words.interval,
        points=words.points,
        day=_day,
        disagreements=_disagreements(result),
    )


def _disagreements(result: Result) -> list[tuple[Row, str]]:
    """Answers of which the language model and the measures say another thing, MAX_DISAGREEMENTS at most."""
    verdicts = {told["qid"]: told["verdict"] for told in result.judge.get("rows", ())}
    told = ((row, verdicts[row.qid]) for row in result.rows if row.qid in verdicts)
    other = [pair for pair in told if (pair[0].outcome == "right") != (pair[1] == "right")]
    return other[:MAX_DISAGREEMENTS]


def _day(iso: str) -> str:
    """2025-03-27 -> 27 mars 2025; what is no date as it is."""
    try:
        return in_words(iso).replace(" ", words.NBSP)
    except ValueError:
        return iso


def _french_time(iso: str) -> str:
    """2026-11-22T18:01:15+00:00 -> 22 novembre 2026 à 18 h 01 (UTC), with no-break spaces."""
    moment = datetime.fromisoformat(iso)
    text = f"{in_words(f'{moment:%Y-%m-%d}')} à {moment.hour} h {moment.minute:02d} (UTC)"
    return text.replace(" ", words.NBSP)


def _hash(text: str) -> str:
    """A CSP source for an inline element with exactly this text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _plots(result: Result) -> dict[str, str]:
    curves = result.curves
    return {
        "types": plots.bars(_bars(result), "Questions réussies par type de question"),
        "risk": plots.risk_coverage(curves["risk_coverage"]),
        "calibration": plots.calibration(curves["calibration"]),
        "latency": plots.latency([row.latency_ms for row in result.rows]),
    }


def _bars(result: Result) -> Sequence[tuple[str, float, float, float, str]]:
    found = [(words.TYPES.get(kind, kind), part[BY_TYPE]) for kind, part in result.by_type.items() if BY_TYPE in part]
    if not found and BY_TYPE in result.metrics:
        found = [("toutes", result.metrics[BY_TYPE])]
    return [
        (f"{name} ({e.n})", e.value, e.low, e.high, words.number(BY_TYPE, e.value))
        for name, e in sorted(found, key=lambda pair: _order(pair[1]))
    ]


def _order(estimate: Estimate) -> float:
    return -estimate.value


def _about(row: Row) -> Iterator[str]:
    if row.type:
        yield words.TYPES.get(row.type, row.type)
    if row.as_of:
        yield f"au{words.NBSP}{_day(row.as_of)}"


def _listed(row: Row) -> dict[str, Any]:
    """A question as the list shows it; `find` is what the text filter looks in."""
    return {
        "row": row,
        "outcome": words.OUTCOMES[row.outcome],
        "about": ", ".join(_about(row)),
        "find": " ".join([row.qid, row.question, *row.answers, row.answer]).casefold(),
        "ranks": ["non trouvé" if rank is None else f"rang {rank}" for rank in row.gold_ranks],
    }
