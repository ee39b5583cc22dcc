"""Segments one after the other, as one table: documents and passages are numbered through all of them.

What is removed (superseded, or gone from the corpus) keeps its number until its segment is merged; it is never found,
counted or listed.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rag.bands import BANDS, Keys, Numbers, Signatures, keys_of
from rag.copies import PERMUTATIONS
from rag.documents import Documents, Edition, Mask
from rag.segment import ROW, Segment
from rag.vectors import Ids, Vectors

_BLOCK = 8192  # signatures whose bands are hashed at once: some 30 MB


class Stack:
    """removed: numbers of the documents that are.

    rows: (passages,) ROW, documents numbered through. begins, ends: rows at which each segment begins and ends. live:
    which documents stand. standing: of each segment, which rows do; None where all do.
    """

    def __init__(self, segments: Sequence[Segment], removed: npt.NDArray[np.integer[Any]]) -> None:
        self.segments = tuple(segments)
        self.documents = Documents([segment.documents for segment in segments])
        self.removed = removed
        bounds = np.cumsum([0, *(len(segment.rows) for segment in segments)])
        self.begins, self.ends = bounds[:-1], bounds[1:]
        self.rows = np.concatenate([np.zeros(0, ROW), *(segment.rows for segment in segments)])
        for begin, end, first in zip(self.begins, self.ends, self.documents.begins, strict=False):
            self.rows["document"][begin:end] += first
        self.owners = np.ascontiguousarray(self.rows["document"])
        self.live = np.ones(len(self.documents), bool)
        self.live[removed] = False
        stands = self.live[self.owners]
        self.size = int(np.count_nonzero(stands))
        parts = [stands[begin:end] for begin, end in zip(self.begins, self.ends, strict=True)]
        self.standing: list[Mask | None] = [None if part.all() else part for part in parts]

    @classmethod
    def of(cls, segments: Sequence[Segment], now: Mapping[str, Edition]) -> Self:
        """What stands of some segments in a corpus of these documents: each in the last one that holds
        it. Segments of which nothing stands are left out."""
        documents = Documents([segment.documents for segment in segments])
        live = np.zeros(len(documents), bool)
        taken = set[str]()
        for number in reversed(range(len(documents))):
            doc = documents.ids[number]
            if now.get(doc) == documents.editions[number] and doc not in taken:
                live[number] = True
                taken.add(doc)
        kept = [
            (segment, live[begin:end])
            for segment, begin, end in zip(segments, documents.begins, documents.begins[1:], strict=False)
            if live[begin:end].any()
        ]
        stands = np.concatenate([np.zeros(0, bool), *(mask for _, mask in kept)])
        return cls([segment for segment, _ in kept], np.flatnonzero(~stands).astype(np.int32))

    def live_in(self, part: int) -> Mask:
        """Which documents of a segment stand."""
        return self.live[self.documents.begins[part] : self.documents.begins[part + 1]]

    def live_rows(self, part: int) -> Mask:
        """Which passages of a segment stand."""
        mask = self.standing[part]
        return np.ones(len(self.segments[part].rows), bool) if mask is None else mask

    def editions(self) -> dict[str, Edition]:
        """Of the documents that stand, by id."""
        return {doc: self.documents.editions[number] for doc, number in self.number_of.items()}

    @cached_property
    def number_of(self) -> dict[str, int]:
        """The numbers of the documents that stand, by id."""
        return {doc: number for number, doc in compress(enumerate(self.documents.ids), self.live.tolist())}

    def rows_of(self, number: int) -> range:
        """The passages of a document: its rows stand together."""
        begin, end = np.searchsorted(self.owners, [number, number + 1])
        return range(int(begin), int(end))

    def find(self, ids: Ids, *, standing: bool = False) -> Numbers:
        """The row of each passage id, -1 where none holds it; `standing`: of rows that stand only."""
        found = np.full(len(ids), -1, np.int64)
        if not len(ids):
            return found
        order = np.argsort(ids)
        wanted = ids[order]
        places = np.minimum(np.searchsorted(wanted, self.rows["id"]), len(ids) - 1)
        hits = wanted[places] == self.rows["id"]
        if standing:
            hits &= self.live[self.owners]
        found[order[places[hits]]] = np.flatnonzero(hits)
        return found

    def of_rows(self, rows: Numbers) -> list[tuple[Segment, Numbers, Mask]]:
        """Rows by segment: the segment, their numbers in it, and which of `rows` they are."""
        places = np.searchsorted(self.ends, rows, side="right")
        return [
            (self.segments[place], rows[places == place] - self.begins[place], places == place)
            for place in np.unique(places).tolist()
        ]

    def vectors_of(self, rows: Numbers, dimension: int) -> Vectors:
        """(rows, dimension): the stored vectors."""
        made = np.zeros((len(rows), dimension), np.float32)
        for segment, own, which in self.of_rows(rows):
            made[which] = segment.vectors.vectors(own)
        return made

    def signatures(self, numbers: Numbers) -> Signatures:
        """(documents, PERMUTATIONS)."""
        made = np.zeros((len(numbers), PERMUTATIONS), np.uint32)
        places = np.searchsorted(self.documents.begins, numbers, side="right") - 1
        for place in np.unique(places).tolist():
            own = numbers[places == place] - self.documents.begins[place]
            made[places == place] = self.segments[place].signatures[own]
        return made

    def keys(self, numbers: Numbers) -> Keys:
        """(documents, BANDS): the bands of documents."""
        made = np.zeros((len(numbers), BANDS), np.uint64)
        for begin in range(0, len(numbers), _BLOCK):
            made[begin : begin + _BLOCK] = keys_of(self.signatures(numbers[begin : begin + _BLOCK]))
        return made

    def sharing(self, keys: Keys) -> Numbers:
        """The documents, removed ones too, that have one of these bands."""
        found = [
            segment.bands.sharing(keys) + first
            for segment, first in zip(self.segments, self.documents.begins, strict=False)
        ]
        return np.concatenate([np.zeros(0, np.int64), *found])
