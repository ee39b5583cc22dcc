"""What a run gives: rows, estimates, the result; their JSON, which opens with its format.

Times (`times`, and `latency_ms` of each row) are the only parts that differ
between two runs with the same inputs; `without_times` leaves them out.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from corpus.errors import translated
from corpus.files import written_beside
from evals.problems import refuse

FORMAT = "sourcier-eval/1"

Outcome = Literal["right", "wrong", "refused", "right_refusal", "answered_unanswerable", "unjudged", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question as it went.

    gold: {doc, quote, start, end}; sentences: {text, citations: [{doc, start, end, quote, exact}]};
    evidence: {rank, score, doc, start, end, title, relevant, text}, best first, text for the first ones;
    gold_ranks: rank of the first passage that finds each gold item, None if not found;
    series: other values shown beside the answer: {kind, points: [{doc, start, end}]};
    scores: name -> value, None where the metric does not apply (never 0 for that).
    """

    qid: str
    question: str
    type: str
    subtype: str
    answerable: bool
    as_of: str | None
    answers: tuple[str, ...]
    gold: tuple[dict[str, Any], ...]
    status: str
    answer: str
    sentences: tuple[dict[str, Any], ...]
    evidence: tuple[dict[str, Any], ...]
    gold_ranks: tuple[int | None, ...]
    confidence: float
    conflicts: int
    outcome: Outcome
    scores: dict[str, float | None]
    latency_ms: float
    error: str = ""
    series: tuple[dict[str, Any], ...] = ()

    @property
    def refused(self) -> bool:
        return self.status == "abstained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95 % bootstrap interval; n: what it was computed over."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A run. metrics: name -> Estimate over all rows; by_type: the same per question type;
    curves: points of the plots; suite: name, digest, counts, what was skipped and why;
    baselines, robustness: filled when they were asked for; judge: what a language model thinks of the answers
    (`evals.model_judge`), which enters none of the other parts."""

    suite: dict[str, Any]
    conditions: dict[str, Any]
    metrics: dict[str, Estimate]
    by_type: dict[str, dict[str, Estimate]]
    curves: dict[str, Any]
    rows: tuple[Row, ...]
    times: dict[str, Any]
    baselines: dict[str, dict[str, Estimate]] = field(default_factory=dict)
    robustness: dict[str, Any] = field(default_factory=dict)
    judge: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}

    def without_times(self) -> dict[str, Any]:
        """The same, less everything that a clock wrote."""
        whole = self.to_dict()
        del whole["times"]
        for row in whole["rows"]:
            del row["latency_ms"]
        return whole


def dump(result: Result) -> str:
    """The result's JSON text, keys in a fixed order."""
    return json.dumps(result.to_dict(), ensure_ascii=False, indent=1)


def parse(path: Path) -> Result:
    """Read a results file. Raises SuiteError when it is none."""
    from pydantic import TypeAdapter, ValidationError

    with translated(path):
        raw = path.read_bytes()
    try:
        whole = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise refuse(path, None, "not_results", detail=str(error)) from error
    found = whole.pop("format", None) if isinstance(whole, dict) else None
    if found != FORMAT:
        raise refuse(path, None, "other_format", found=found, wanted=FORMAT)
    try:
        result = TypeAdapter(Result).validate_python(whole)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise refuse(path, None, "damaged_results", where=where, detail=first["msg"]) from error
    for part, names in _PARTS.items():
        for name, kind in names.items():
            if not isinstance(getattr(result, part).get(name), kind):
                raise refuse(path, None, "damaged_results", where=f"{part}.{name}", detail="missing or of another type")
    return result


_PARTS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "suite": {
        **dict.fromkeys(("name", "format", "digest"), str),
        **dict.fromkeys(("questions", "scored", "unjudged", "errors"), int),
        **dict.fromkeys(("skipped", "notes"), list),
    },
    "curves": {"risk_coverage": list, "calibration": list, "judged_answers": int},
    "times": {"started": str, "seconds": (int, float), "latency_ms": dict},
}
"""What reports and comparisons read of a result's open parts."""


def writable(folder: Path) -> None:
    """Make `folder` and try it, so that no long run ends in an error. Raises DataReadOnly, DiskFull, OSError."""
    probe = folder / ".sourcier.part"
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()


def save(text: str, path: Path) -> None:
    """The whole file or none: a reader never sees half a one. Raises DataReadOnly, DiskFull."""
    with written_beside(path) as stream:
        stream.write(text.encode())
