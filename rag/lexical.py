"""BM25 over French index terms, over segments that are searched as one.

Okapi BM25 with the non-negative idf ln(1 + (N - n + 0.5) / (n + 0.5))
(Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework"). What a
term weighs in a passage is worked out when it is asked for: it depends on all
passages that are there, which change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

from rag.maxscore import SLACK, Run, Segment, contenders
from rag.postings import Mask, Postings

K1, B = 1.2, 0.75
SLIP = 0.7
"""What a term that is only guessed weighs, beside one that was typed."""
SHORTEST_SLIP, LONG_SLIP, MOST_SLIPS = 4, 7, 4
"""Letters of a stem from which slips are looked for, from which two of them are, and how many terms are taken."""
_KNOWN_TERMS = 4096
"""Terms whose places and frequencies are kept at hand."""
_FEW = 2_000
"""Rows that may be found up to which each is scored: 1 ms, beside 9 ms for 1,000 allowed ones of 1,000,000."""

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Term:
    """numbers: in each part's vocabulary, None where it is not held; passages: live rows that hold it."""

    numbers: tuple[int | None, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A term that a question is searched by. share: what it weighs of itself, 1 unless it is a guess."""

    term: _Term
    idf: float
    share: float


class LexicalIndex:
    """Rows are the passages of all parts, in order; removed ones keep their numbers and are never found or counted.

    parts: segments; live: of each, which of its rows are left, None for all of them; () where nothing was removed.
    places: (size,) the order in which rows of equal score stand, their own where None.
    """

    def __init__(
        self, parts: Sequence[Postings], live: Sequence[Mask | None] = (), places: npt.NDArray[np.int32] | None = None
    ) -> None:
        self._places = places
        self._parts = tuple(parts)
        self._live = tuple(live) or (None,) * len(self._parts)
        self._begins = np.cumsum([0, *(part.size for part in self._parts)])
        self.size = int(self._begins[-1])
        lengths = [
            part.lengths if mask is None else part.lengths[mask]
            for part, mask in zip(self._parts, self._live, strict=True)
        ]
        self.live = sum(map(len, lengths))
        total = sum(int(each.sum(dtype=np.int64)) for each in lengths)
        self._mean = total / self.live if total else 1.0
        self._shortest = [int(part.lengths.min(initial=2**31 - 1)) for part in self._parts]
        self._term = lru_cache(maxsize=_KNOWN_TERMS)(self._look_up)
        self._meant = lru_cache(maxsize=_KNOWN_TERMS)(self._nearest)

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """Of `texts`, one row each, in one part."""
        return cls([Postings.build(texts)])

    def top(
        self, question_terms: Sequence[str], k: int, allowed: Mask | None = None, above: float = 0.0
    ) -> tuple[Rows, Floats]:
        """The k rows that score best for the distinct terms of a question, with their scores: best first, ties by
        place, only those above `above` (never less than 0). allowed: (size,) which rows may be found, None for all."""
        wanted = self._wanted(question_terms)
        above = max(above, 0.0)
        if k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if allowed is not None and np.count_nonzero(allowed) <= _FEW:
            rows = np.flatnonzero(allowed)
        else:
            segments = [self._segment(number, wanted, allowed) for number in range(len(self._parts))]
            found = contenders(segments, k, above * (1 - SLACK))
            begins = self._begins[:-1]
            rows = np.concatenate([begins[:0], *(each + begin for each, begin in zip(found, begins, strict=True))])
        scores = self._scores(wanted, rows)
        rows, scores = rows[scores > above], scores[scores > above]
        best = np.lexsort((rows if self._places is None else self._places[rows], -scores))[:k]
        return rows[best], scores[best]

    def scores_of(self, question_terms: Sequence[str], rows: npt.ArrayLike) -> Floats:
        """The BM25 score of each of `rows` for the distinct terms of a question; 0 for a removed one. A term that no
        passage holds counts as its `slips`, which share SLIP of a term's weight."""
        return self._scores(self._wanted(question_terms), np.asarray(rows, np.int64))

    def slips(self, term: str) -> tuple[str, ...]:
        """The known terms that an unknown one may be a typing slip of: the nearest by optimal string alignment (one
        letter replaced, left out, added or two swapped; two such slips in a long one), in order. Of more than
        MOST_SLIPS those that most passages hold. None for a number."""
        return self._meant(term)

    def idf(self, term: str) -> float:
        """How telling a term is; an unknown one as much as a term seen once."""
        return self._idf(self._term(term).passages or 1) if self.live else 0.0

    def knows(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return self._term(term).passages > 0

    def _look_up(self, term: str) -> _Term:
        numbers = tuple(part.vocabulary.number(term) for part in self._parts)
        passages = 0
        for part, live, number in zip(self._parts, self._live, numbers, strict=True):
            if number is not None:
                rows = part.rows[part.of(number)]
                passages += len(rows) if live is None else int(np.count_nonzero(live[rows]))
        return _Term(numbers, passages)

    def _nearest(self, term: str) -> tuple[str, ...]:
        if len(term) < SHORTEST_SLIP or not term.isalpha():
            return ()
        most = 2 if len(term) >= LONG_SLIP else 1
        near = {word: slips for part in self._parts for word, slips in part.vocabulary.near(term, most)}
        known = {word: slips for word, slips in near.items() if self.knows(word)}
        fewest = min(known.values(), default=0)
        nearest = [word for word, slips in known.items() if slips == fewest]
        return tuple(sorted(sorted(nearest, key=lambda word: (-self._term(word).passages, word))[:MOST_SLIPS]))

    def _idf(self, passages: int) -> float:
        return float(np.log1p((self.live - passages + 0.5) / (passages + 0.5)))

    def _wanted(self, question_terms: Sequence[str]) -> list[_Wanted]:
        """In the order of the question."""
        wanted = []
        for term in dict.fromkeys(question_terms):
            meant = (term,) if self.knows(term) else self.slips(term)
            share = 1.0 if meant == (term,) else SLIP / max(len(meant), 1)
            for found in map(self._term, meant):
                wanted.append(_Wanted(found, self._idf(found.passages), share))
        return wanted

    def _segment(self, number: int, wanted: Sequence[_Wanted], allowed: Mask | None) -> Segment:
        """What is asked of one part. allowed: as in `top`."""
        part, live = self._parts[number], self._live[number]
        flat, slope = K1 * (1 - B), K1 * B / self._mean
        runs = []
        for each in wanted:
            place = each.term.numbers[number]
            if place is not None:
                at = part.of(place)
                said = int(part.counts[at].max())
                factor = each.idf * each.share * (K1 + 1)
                bound = factor * said / (said + flat + slope * self._shortest[number])
                runs.append(Run(part.rows[at], part.counts[at], factor, bound))
        if allowed is not None:
            allowed = allowed[self._begins[number] : self._begins[number + 1]]
            allowed = allowed if live is None else allowed & live
        else:
            allowed = live
        return Segment(runs, part.lengths, flat, slope, allowed)

    def _scores(self, wanted: Sequence[_Wanted], rows: Rows) -> Floats:
        """As `scores_of`, in double precision for each term, added up in their order: the same to the last bit
        however the parts lie."""
        scores = np.zeros(len(rows), np.float32)
        owner = np.searchsorted(self._begins, rows, side="right") - 1
        for number in np.unique(owner).tolist():
            part, live = self._parts[number], self._live[number]
            places = np.flatnonzero(owner == number)
            if live is not None:
                places = places[live[rows[places] - self._begins[number]]]
            own = rows[places] - self._begins[number]
            norm = K1 * (1 - B + B * part.lengths[own] / self._mean)
            for each in wanted:
                said = part.said(each.term.numbers[number], own)
                held = np.flatnonzero(said)
                weights = each.idf * said[held] * (K1 + 1) / (said[held] + norm[held])
                scores[places[held]] += weights.astype(np.float32) * np.float32(each.share)
        return scores
