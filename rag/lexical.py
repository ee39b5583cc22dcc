"""BM25 over French index terms, in plain arrays that can be memory-mapped.

Okapi BM25 with the non-negative idf ln(1 + (N - n + 0.5) / (n + 0.5))
(Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework"). Each
posting holds its finished weight, so a search only adds.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from rag.arrays import save
from rag.french import terms

K1, B = 1.2, 0.75
SLIP = 0.7
"""What a term that is only guessed weighs, beside one that was typed."""
SHORTEST_SLIP, LONG_SLIP, MOST_SLIPS = 4, 7, 4
"""Letters of a stem from which slips are looked for, from which two of them are, and how many terms are taken."""

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


class LexicalIndex:
    """Rows are passages in index order.

    Postings of term t are `rows[starts[t]:starts[t + 1]]`, increasing, with their `weights`.
    """

    FILES = ("terms.txt", "lexical.starts.npy", "lexical.rows.npy", "lexical.weights.npy")

    def __init__(
        self, vocabulary: dict[str, int], starts: npt.NDArray[np.int64], rows: Ints, weights: Floats, size: int
    ) -> None:
        self._vocabulary = vocabulary
        self._starts = starts
        self._rows = rows
        self._weights = weights
        self.size = size

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """Index `texts`, one row each, in order."""
        vocabulary: dict[str, int] = {}
        of_term: list[int] = []
        of_row: list[int] = []
        counts: list[int] = []
        lengths: list[int] = []
        for row, text in enumerate(texts):
            found = Counter(terms(text))
            lengths.append(found.total())
            for term, count in found.items():
                of_term.append(vocabulary.setdefault(term, len(vocabulary)))
                of_row.append(row)
                counts.append(count)
        term_ids, rows = np.array(of_term, np.int32), np.array(of_row, np.int32)
        order = np.argsort(term_ids, kind="stable")
        frequency = np.bincount(term_ids, minlength=len(vocabulary)).astype(np.float64)
        starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
        length = np.array(lengths, np.float64)
        norm = K1 * (1 - B + B * length / (length.mean() if length.sum() else 1.0))
        idf = np.log1p((len(lengths) - frequency + 0.5) / (frequency + 0.5))
        tf = np.array(counts, np.float64)
        weights = idf[term_ids] * tf * (K1 + 1) / (tf + norm[rows]) if len(rows) else np.zeros(0)
        return cls(vocabulary, starts, rows[order], weights[order].astype(np.float32), len(lengths))

    def save(self, folder: Path) -> None:
        """Write FILES into `folder`."""
        (folder / "terms.txt").write_text("".join(f"{term}\n" for term in self._vocabulary), encoding="utf-8")
        save(folder / "lexical.starts.npy", self._starts)
        save(folder / "lexical.rows.npy", self._rows)
        save(folder / "lexical.weights.npy", self._weights)

    @classmethod
    def open(cls, folder: Path, size: int) -> Self:
        """Open what `save` wrote for `size` rows; arrays stay on disk until they are touched."""
        lines = (folder / "terms.txt").read_text(encoding="utf-8").split("\n")[:-1]
        starts, rows, weights = (np.load(folder / name, mmap_mode="r") for name in cls.FILES[1:])
        return cls({term: number for number, term in enumerate(lines)}, starts, rows, weights, size)

    def scores(self, question_terms: Sequence[str]) -> Floats:
        """(size,) float32: the BM25 score of every row for the distinct terms of a question. A term that no passage
        holds counts as its `slips`, which share SLIP of a term's weight."""
        total = np.zeros(self.size, np.float32)
        for term in dict.fromkeys(question_terms):
            meant = (term,) if term in self._vocabulary else self.slips(term)
            for each in meant:
                number = self._vocabulary[each]
                begin, end = self._starts[number], self._starts[number + 1]
                weights = self._weights[begin:end]
                total[self._rows[begin:end]] += weights if each == term else weights * np.float32(SLIP / len(meant))
        return total

    def slips(self, term: str) -> tuple[str, ...]:
        """The known terms that an unknown one may be a typing slip of: the nearest by optimal string alignment (one
        letter replaced, left out, added or two swapped; two such slips in a long one). None for a number."""
        if len(term) < SHORTEST_SLIP or not term.isalpha() or not self._vocabulary:
            return ()
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        most = 2 if len(term) >= LONG_SLIP else 1
        near = extract(term, self._words, scorer=OSA.distance, score_cutoff=most, limit=MOST_SLIPS)
        return tuple(sorted(word for word, distance, _ in near if distance == near[0][1]))

    @cached_property
    def _words(self) -> list[str]:
        return list(self._vocabulary)

    def idf(self, term: str) -> float:
        """How telling a term is; an unknown one as much as a term seen once."""
        number = self._vocabulary.get(term)
        seen = 1 if number is None else int(self._starts[number + 1] - self._starts[number])
        return float(np.log1p((self.size - seen + 0.5) / (seen + 0.5))) if self.size else 0.0

    def knows(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return term in self._vocabulary
