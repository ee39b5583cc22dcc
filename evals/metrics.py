"""The metrics, pure: values in, numbers out.

Ranking metrics come from ir-measures (trec_eval's definitions). Every summary
figure is a ratio of sums over questions, so one bootstrap serves them all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.results import Estimate, Outcome, Row

RANKING = ("recall@1", "recall@5", "recall@10", "recall@20", "success@1", "success@5", "mrr@10", "ndcg@10")

CRAG: Mapping[Outcome, float] = {
    "right": 1.0,
    "right_refusal": 1.0,
    "refused": 0.0,
    "error": 0.0,
    "wrong": -1.0,
    "answered_unanswerable": -1.0,
}
"""CRAG's score (Yang et al. 2024): right +1, no answer 0, wrong -1. A correct refusal is right."""


def ranking(relevant: Mapping[str, Sequence[str]], ranked: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Per question, each of RANKING. relevant: question -> gold ids; ranked: question -> ids, best first.

    recall@k is trec_eval's: the share of all gold ids found. success@k: at least one.
    A question whose ranking is empty scores 0.
    """
    import ir_measures
    from ir_measures import RR, R, Success, nDCG

    named = {
        **{R @ k: f"recall@{k}" for k in (1, 5, 10, 20)},
        **{Success @ k: f"success@{k}" for k in (1, 5)},
        RR @ 10: "mrr@10",
        nDCG @ 10: "ndcg@10",
    }
    qrels = [ir_measures.Qrel(qid, doc, 1) for qid, docs in relevant.items() for doc in dict.fromkeys(docs)]
    run = [
        ir_measures.ScoredDoc(qid, doc, float(-rank))
        for qid in relevant
        for rank, doc in enumerate(dict.fromkeys(ranked.get(qid, ())))
    ]
    scores = {qid: dict.fromkeys(RANKING, 0.0) for qid in relevant}
    if run:
        for metric in ir_measures.iter_calc(list(named), qrels, run):
            scores[metric.query_id][named[metric.measure]] = float(metric.value)
    return scores


@dataclass(frozen=True, slots=True)
class CitationView:
    """One citation as judged: is its quote the exact slice, and which gold items it proves."""

    exact: bool
    proves: frozenset[int]


def citation_scores(sentences: Sequence[Sequence[CitationView]], *, gold: bool) -> dict[str, float | None]:
    """Exactness, recall and precision of an answer's citations, after ALCE (Gao et al. 2023).

    ALCE asks a language model whether citations entail a sentence; here gold quotes tell:
    recall: share of sentences whose citations prove at least one gold item;
    precision: share of citations that are needed, i.e. prove a gold item that no earlier
    citation of the same sentence proves. None without citations, or (recall,
    precision) without gold.
    """
    views = [view for sentence in sentences for view in sentence]
    scores: dict[str, float | None] = {"citation_exact": None, "citation_recall": None, "citation_precision": None}
    if views:
        scores["citation_exact"] = sum(view.exact for view in views) / len(views)
    if not gold or not sentences:
        return scores
    needed = 0
    for sentence in sentences:
        proved: set[int] = set()
        for view in sentence:
            needed += bool(view.proves - proved)
            proved |= view.proves
    scores["citation_recall"] = sum(any(v.proves for v in s) for s in sentences) / len(sentences)
    scores["citation_precision"] = needed / len(views) if views else 0.0
    return scores


def outcome(*, answerable: bool, refused: bool, right: bool | None) -> Outcome:
    """What became of a question. right: None when nothing tells (no accepted answer, no gold)."""
    if refused:
        return "refused" if answerable else "right_refusal"
    if not answerable:
        return "answered_unanswerable"
    return "unjudged" if right is None else ("right" if right else "wrong")


Parts = Callable[[Row], tuple[float, float]]
"""A row's share in the numerator and denominator of a summary figure."""


def _mean(name: str) -> Parts:
    def parts(row: Row) -> tuple[float, float]:
        value = row.scores.get(name)
        return (0.0, 0.0) if value is None else (value, 1.0)

    return parts


def _refusals(row: Row) -> tuple[int, int, int]:
    """(true refusal, false refusal, missed refusal)"""
    return (
        int(row.refused and not row.answerable),
        int(row.refused and row.answerable),
        int(not row.refused and not row.answerable),
    )


def _precision(row: Row) -> tuple[float, float]:
    true, false, _ = _refusals(row)
    return true, true + false


def _recall(row: Row) -> tuple[float, float]:
    true, _, missed = _refusals(row)
    return true, true + missed


def _f1(row: Row) -> tuple[float, float]:
    true, false, missed = _refusals(row)
    return 2 * true, 2 * true + false + missed


def _answered(subtype: str | None) -> Parts:
    def parts(row: Row) -> tuple[float, float]:
        counts = not row.answerable and (subtype is None or row.subtype == subtype)
        return float(counts and not row.refused), float(counts)

    return parts


def _refused_answerable(row: Row) -> tuple[float, float]:
    return float(row.answerable and row.refused), float(row.answerable)


ANSWER = (
    "correct",
    "contains",
    "figure",
    "coverage",
    "exact_match",
    "exact_match_accents",
    "f1",
    "f1_accents",
    "citation_exact",
    "citation_recall",
    "citation_precision",
    "crag",
)

SUMMARY: Mapping[str, Parts] = {
    **{name: _mean(name) for name in (*RANKING, *ANSWER)},
    "refusal_precision": _precision,
    "refusal_recall": _recall,
    "refusal_f1": _f1,
    "error_unanswerable": _answered(None),
    "error_adversarial": _answered("adversarial"),
    "error_easy": _answered("easy"),
    "refused_answerable": _refused_answerable,
}
"""Every summary figure: name -> its parts. Those of LOWER_IS_BETTER are errors."""

LOWER_IS_BETTER = frozenset({"error_unanswerable", "error_adversarial", "error_easy", "refused_answerable"})


def ratio(parts: Sequence[tuple[float, float]], *, seed: int, resamples: int = 1000) -> Estimate | None:
    """sum(numerators) / sum(denominators) with a 95 % percentile bootstrap over questions.

    Efron & Tibshirani 1993, ch. 13. None when the denominators sum to 0: nothing to score.
    Questions with a zero share stay in the draw, so that paired figures use the same draws.
    """
    values = np.asarray(parts, dtype=np.float64).reshape(-1, 2)
    total = values.sum(axis=0)
    if total[1] == 0:
        return None
    drawn = draws(values, seed, resamples)
    valid = drawn[:, 1] > 0
    low, high = np.percentile(drawn[valid, 0] / drawn[valid, 1], [2.5, 97.5])
    scored = int((values[:, 1] > 0).sum())
    return Estimate(value=rounded(total[0] / total[1]), low=rounded(low), high=rounded(high), n=scored)


def draws(
    values: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", seed: int, resamples: int
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """(resamples, columns) sums over questions drawn with replacement; a hundred draws at a time."""
    rng = np.random.default_rng(seed)
    n = len(values)
    sums = np.empty((resamples, values.shape[1]))
    for at in range(0, resamples, 100):
        chosen = rng.integers(0, n, size=(min(100, resamples - at), n))
        sums[at : at + len(chosen)] = values[chosen].sum(axis=1)
    return sums


def rounded(value: float) -> float:
    """Six decimals: more than any interval carries, and the same on every machine."""
    return round(float(value), 6)


def percentiles(values: Sequence[float], *wanted: int) -> dict[str, float]:
    """ "p50"... of `values`, linear between neighbours; all 0 without values."""
    found = np.percentile(np.asarray(values, dtype=np.float64), wanted) if len(values) else [0.0] * len(wanted)
    return {f"p{percent}": float(value) for percent, value in zip(wanted, found, strict=True)}


def scorable(rows: Sequence[Row]) -> tuple[str, ...]:
    """The figures that these rows can say something about: refusal needs a question to refuse."""
    refusable = any(not row.answerable for row in rows)
    return tuple(name for name in SUMMARY if refusable or not name.startswith("refusal_")) if rows else ()


def summarise(rows: Sequence[Row], *, seed: int) -> dict[str, Estimate]:
    """Every figure of SUMMARY that has something to score, in the table's order."""
    found = {name: ratio([SUMMARY[name](row) for row in rows], seed=seed) for name in scorable(rows)}
    return {name: estimate for name, estimate in found.items() if estimate is not None}
