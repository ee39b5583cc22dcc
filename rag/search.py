"""Hybrid retrieval: dense and BM25 candidates, fused by reciprocal rank, then ordered by agreement too."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus.records import Document
from corpus.settings import Retrieval
from rag.agreement import Agreement, agreement, named
from rag.encoder import Encoder, TokenEncoder
from rag.filters import rows_allowed
from rag.generation import Generation
from rag.late import NO_TOKENS, Tokens, nearness
from rag.query import Query
from rag.vectors import Vectors

CANDIDATES = 50
"""Passages taken from each retriever before fusion."""
RRF_K = 10
"""Cormack, Clarke & Buettcher 2009; 10 rather than their 60: PIAF dev R@1 0.776 against 0.77 (shared notes)."""
ORDERED = 40
"""Fused candidates whose agreement with the question is read; the others keep their places behind."""

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Lookup = Callable[[int], Document]
"""Document number -> the indexed version of the document."""

# Right publication first with 0.5 / 1 / 1, and without late interaction (0.35 / 1.2 / 0): PIAF dev 0.811 and 0.781,
# CNIL dev 0.703 and 0.670, held-out press questions 0.825 and 0.809, demonstration suite 0.876 and 0.860. The weights
# of agreement come from a logistic regression on the demonstration suite.
_DENSE, _LEXICAL, _LATE = 0.5, 1.0, 1.0
_MINISTRY, _SESSION = 1.0, 1.0
_DAYS_NEAR, _DAYS_FAR, _MONTHS_FAR, _YEARS_NEAR, _YEARS_FAR = 0.7, 0.9, 0.9, 1.6, 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage row with its scores: cosine, BM25, and the one that orders candidates.

    agreement: None where the order is by fusion alone.
    """

    row: int
    dense: float
    lexical: float
    score: float
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates, best first, with the question's vector and tokens where they were made.

    allowed: which documents may answer (by document number), None for all.
    """

    candidates: tuple[Candidate, ...]
    vector: Vectors | None
    tokens: Tokens
    allowed: Mask | None = None


def search(
    generation: Generation,
    encoder: Encoder | None,
    query: Query,
    allowed: Mask | None,
    retrieval: Retrieval,
    lookup: Lookup,
) -> Found:
    """The passages nearest to a question, best first, at most 2 * CANDIDATES.

    encoder: None is fine for "lexical". allowed: which documents may answer
    (by document number), None for all.
    """
    among = rows_allowed(generation, allowed)
    lists: list[Rows] = []
    vector, tokens = None, NO_TOKENS
    if retrieval != "dense":
        best, _ = generation.lexical.top(query.terms, CANDIDATES, among)
        lists.append(best)
    if retrieval != "lexical" and generation.size:
        assert encoder is not None
        if isinstance(encoder, TokenEncoder):
            vector, tokens = encoder.question_and_tokens(query.text)
        else:
            vector = encoder.question(query.text)
        near, _ = generation.vectors.search(vector, CANDIDATES, among)
        lists.append(near)
    # By place, so that ties do not tell in which order passages came into the index.
    fused = reciprocal_rank_fusion([generation.places[rows].astype(np.int64) for rows in lists], RRF_K)
    rows = generation.ordered[np.array(list(fused), np.int64)]
    dense = np.zeros(len(rows), np.float32)
    if vector is not None and len(rows):
        dense = generation.vectors.cosines(rows, vector)
    lexical = generation.lexical.scores_of(query.terms, rows)
    candidates = tuple(
        Candidate(int(row), float(cosine), float(bm25), score)
        for row, cosine, bm25, score in zip(rows, dense, lexical, fused.values(), strict=True)
    )
    if retrieval == "full":
        candidates = _ordered(generation, query, candidates, tokens, lookup)
    return Found(candidates, vector, tokens, allowed)


def reciprocal_rank_fusion(lists: list[Rows], k: int) -> dict[int, float]:
    """Row -> sum of 1 / (k + rank), rank from 1, best first; ties by row, so that results repeat exactly."""
    scores: dict[int, float] = {}
    for ranked in lists:
        for rank, row in enumerate(ranked.tolist(), 1):
            scores[row] = scores.get(row, 0.0) + 1 / (k + rank)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def _ordered(
    generation: Generation, query: Query, candidates: tuple[Candidate, ...], tokens: Tokens, lookup: Lookup
) -> tuple[Candidate, ...]:
    """The first ORDERED candidates by standardised scores and agreement, the rest behind in fused order."""
    head = candidates[:ORDERED]
    if not head:
        return candidates
    asked = named(query.text)
    dense = _standard([candidate.dense for candidate in head])
    lexical = _standard([candidate.lexical for candidate in head])
    late = _standard(nearness(tokens, [generation.tokens.of(candidate.row) for candidate in head]))
    scored = []
    for place, candidate in enumerate(head):
        row = generation.rows[candidate.row]
        number = int(row["document"])
        text = lookup(number).text
        agrees = agreement(asked, generation.documents[number], text, text[int(row["start"]) : int(row["end"])])
        score = float(_DENSE * dense[place] + _LEXICAL * lexical[place] + _LATE * late[place]) + _weighed(agrees)
        scored.append(replace(candidate, score=score, agreement=agrees))
    scored.sort(key=lambda candidate: -candidate.score)  # stable: ties keep the fused order
    floor = scored[-1].score
    tail = [replace(candidate, score=floor - place) for place, candidate in enumerate(candidates[ORDERED:], 1)]
    return (*scored, *tail)


def _weighed(agrees: Agreement) -> float:
    return (
        _MINISTRY * agrees.ministry
        + _SESSION * agrees.session
        + _DAYS_NEAR * agrees.days_near
        + _DAYS_FAR * agrees.days_far
        + _MONTHS_FAR * agrees.months_far
        + _YEARS_NEAR * agrees.years_near
        + _YEARS_FAR * agrees.years_far
    )


def _standard(values: list[float]) -> npt.NDArray[np.float64]:
    """Z-scores; zeros where all are equal."""
    scores = np.array(values, np.float64)
    spread = scores.std()
    standard: npt.NDArray[np.float64] = (scores - scores.mean()) / spread if spread > 0 else np.zeros(len(scores))
    return standard
