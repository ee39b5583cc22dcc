"""Vectors and tokens across segments. Each is searched by an index of its own, the best are compared again exactly.

Cosines are computed in float64 and rounded, so that a vector has the same one wherever it stands; ties go by place, the
order of the passages in a fresh build. What is found does not tell in how many updates an index was made.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rag.bands import Numbers
from rag.late import Tokens
from rag.vectors import Ids, VectorIndex, Vectors

if TYPE_CHECKING:
    from rag.stack import Stack

Mask = npt.NDArray[np.bool_]
_MORE = 10  # asked for beyond k, for vectors as near as the last
_ALIKE = 1e-5  # cosines nearer than this may be equal: float32 sums over 384 numbers, in some order


class SegmentVectors:
    """The vectors of a stack. places: (passages,) the order of the passages in a fresh build."""

    def __init__(self, stack: "Stack", places: npt.NDArray[np.int32]) -> None:
        self._stack = stack
        self._places = places
        self._stood = cache(lambda part: np.flatnonzero(stack.live_rows(part)))

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> tuple[Numbers, Vectors]:
        """Rows and cosines of the k nearest that stand, best first, among those `allowed` (by row) when given; fewer
        if there are fewer."""
        stack = self._stack
        found, near = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        for part, segment in enumerate(stack.segments):
            ids = self._searched(part, allowed)
            if len(segment.rows) and (ids is None or len(ids)):
                own, cosines = _nearest(segment.vectors, vector, k, ids)
                found.append(own + stack.begins[part])
                near.append(cosines)
        rows, cosines = np.concatenate(found), np.concatenate(near)
        if len(rows) > k:
            rows = rows[cosines >= np.partition(cosines, -k)[-k] - _ALIKE]
        cosines = self.cosines(rows, vector)
        best = np.lexsort((self._places[rows], -cosines))[:k]
        return rows[best], cosines[best]

    def cosines(self, rows: Numbers, vector: Vectors) -> Vectors:
        """(rows,): of stored vectors with a vector."""
        stored = self._stack.vectors_of(rows, len(vector)).astype(np.float64)
        return (stored @ vector.astype(np.float64)).astype(np.float32)

    def _searched(self, part: int, allowed: Mask | None) -> Ids | None:
        """The rows of a segment that may be found, None for all."""
        standing = self._stack.standing[part]
        if allowed is None:
            return None if standing is None else self._stood(part)
        mask = allowed[self._stack.begins[part] : self._stack.ends[part]]
        return np.flatnonzero(mask if standing is None else mask & standing)


class SegmentTokens:
    """The token vectors of a stack."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def of(self, row: int) -> Tokens:
        """Those of one passage; none where its encoder gave none."""
        ((segment, (own,), _),) = self._stack.of_rows(np.array([row]))
        return segment.tokens.of(int(own))


def _nearest(index: VectorIndex, vector: Vectors, k: int, ids: Ids | None) -> tuple[Ids, Vectors]:
    """The k nearest, and all that are as near as the last of them."""
    asked = k + _MORE
    while True:
        found, cosines = index.search(vector, asked, ids)
        if len(found) < asked or cosines[-1] < cosines[k - 1] - _ALIKE:
            return found, cosines
        asked *= 2
