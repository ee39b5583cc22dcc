"""Which passages hold which terms, how often: one immutable segment of the lexical index.

Nothing in it depends on other passages (no idf, no mean length), so that
segments can be searched together and merged without reading a text again.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged
from rag.arrays import mapped, save
from rag.french import terms
from rag.vocabulary import Vocabulary

Ints = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

MOST = 255
"""A term said more often in one row counts as said this often; a passage of 1,200 characters has fewer words."""
_BLOCK = 16_384
"""Passages analysed before their terms become arrays: some 100 MB of numbers at 1,200 characters each."""
_MOVED = 4_000_000
"""Postings moved at once in a merge."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Rows are passages, in the order in which they were given.

    Those of term t are `rows[starts[t]:starts[t + 1]]`, increasing and never none, with how often each says it in
    `counts` (1 to MOST). lengths: (size,) terms of each row, repeated ones too.
    """

    vocabulary: Vocabulary
    starts: npt.NDArray[np.int64]
    rows: Ints
    counts: npt.NDArray[np.uint8]
    lengths: Ints

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.lengths)

    def of(self, term: int) -> slice:
        """Where the postings of a term, by its number, stand."""
        return slice(int(self.starts[term]), int(self.starts[term + 1]))

    def said(self, term: int | None, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """How often each of `rows` says a term; 0 for all where it is None."""
        said = np.zeros(len(rows))
        if term is not None and len(rows):
            at = self.of(term)
            holding = self.rows[at]
            places = np.minimum(np.searchsorted(holding, rows.astype(np.int32)), len(holding) - 1)
            held = np.flatnonzero(holding[places] == rows)
            said[held] = self.counts[at][places[held]]
        return said

    @classmethod
    def files(cls) -> tuple[str, ...]:
        """What `save` writes."""
        return (*Vocabulary.files(), *_FILES)

    @classmethod
    def build(cls, texts: Iterable[str]) -> Self:
        """Of `texts`, one row each, in order; they are read as they come, a block at a time."""
        coming = iter(texts)
        blocks = [cls._block(block) for block in iter(lambda: list(islice(coming, _BLOCK)), [])]
        return blocks[0] if len(blocks) == 1 else cls.merged(blocks, [None] * len(blocks))

    @classmethod
    def _block(cls, texts: Sequence[str]) -> Self:
        seen: defaultdict[str, int] = defaultdict()
        seen.default_factory = seen.__len__
        said, counted = array("i"), array("i")
        for text in texts:
            found = terms(text)
            said.extend(map(seen.__getitem__, found))
            counted.append(len(found))
        lengths = np.array(counted, np.int32)
        place = np.zeros(len(seen), np.int64)
        place[[seen[word] for word in sorted(seen)]] = np.arange(len(seen))
        keys = place[np.array(said, np.int32)] * len(texts) + np.repeat(np.arange(len(texts)), lengths)
        keys, counts = np.unique(keys, return_counts=True)
        of_term, rows = np.divmod(keys, len(texts))
        starts = np.searchsorted(of_term, np.arange(len(seen) + 1))
        small = np.minimum(counts, MOST).astype(np.uint8)
        return cls(Vocabulary.of(seen), starts.astype(np.int64), rows.astype(np.int32), small, lengths)

    @classmethod
    def merged(cls, parts: Sequence[Self], kept: Sequence[Mask | None]) -> Self:
        """The rows of all parts, in order, as if built from their texts. kept: of each part, which rows stay, None for
        all of them."""
        held = [part.held(mask) for part, mask in zip(parts, kept, strict=True)]
        words = {
            word
            for part, passages in zip(parts, held, strict=True)
            for word, count in zip(part.vocabulary, passages.tolist(), strict=True)
            if count
        }
        vocabulary = Vocabulary.of(words)
        numbers = {word: number for number, word in enumerate(vocabulary)}
        places = [
            np.fromiter((numbers.get(word, -1) for word in part.vocabulary), np.int64, len(part.vocabulary))
            for part in parts
        ]
        passages = np.zeros(len(vocabulary), np.int64)
        for place, count in zip(places, held, strict=True):
            passages[place[place >= 0]] += count[place >= 0]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(passages)])
        rows, counts = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint8)
        lengths: list[Ints] = []
        free, first = starts[:-1].copy(), 0
        for part, mask, count, place in zip(parts, kept, held, places, strict=True):
            numbered = None if mask is None else np.cumsum(mask) - 1
            for begin, end in part._spans():
                at = slice(part.starts[begin], part.starts[end])
                of_row, said, number = part.rows[at], part.counts[at], count[begin:end]
                if mask is not None and numbered is not None:
                    stays = mask[of_row]
                    of_row, said = numbered[of_row[stays]], said[stays]
                before = np.cumsum(number) - number
                target = free[np.repeat(place[begin:end], number)] - np.repeat(before, number) + np.arange(len(of_row))
                rows[target] = of_row + first
                counts[target] = said
            free[place[place >= 0]] += count[place >= 0]
            lengths.append(part.lengths if mask is None else part.lengths[mask])
            first += len(lengths[-1])
        return cls(vocabulary, starts, rows, counts, np.concatenate([np.zeros(0, np.int32), *lengths]))

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Neighbouring terms, first and behind the last, of about _MOVED postings each."""
        begin = 0
        while begin < len(self.vocabulary):
            end = max(begin + 1, int(np.searchsorted(self.starts, self.starts[begin] + _MOVED, side="right")) - 1)
            yield begin, end
            begin = end

    def held(self, live: Mask | None) -> npt.NDArray[np.int64]:
        """(terms,) how many rows hold each term, of all rows or of those in `live`."""
        if live is None or not len(self.vocabulary):
            return np.diff(self.starts)
        return np.add.reduceat(live[self.rows], self.starts[:-1], dtype=np.int64)

    def save(self, folder: Path) -> None:
        """Write `files()` into `folder`."""
        self.vocabulary.save(folder)
        arrays: tuple[npt.NDArray[Any], ...] = (self.starts, self.rows, self.counts, self.lengths)
        for name, values in zip(_FILES, arrays, strict=True):
            save(folder / name, values)

    @classmethod
    def open(cls, folder: Path, size: int) -> Self:
        """What `save` wrote for `size` rows; arrays stay on disk until they are touched. Raises DataDamaged when a
        file is missing or not as long as the others say."""
        vocabulary = Vocabulary.open(folder)
        starts, rows, counts, lengths = (mapped(folder / name) for name in _FILES)
        whole = vocabulary.whole() and len(starts) == len(vocabulary) + 1 and len(lengths) == size
        if not whole or not starts[-1] == len(rows) == len(counts):
            raise DataDamaged(f"{folder}: postings of unlike lengths", path=str(folder), reason="length")
        return cls(vocabulary, starts, rows, counts, lengths)


_FILES = ("lexical.starts.npy", "lexical.rows.npy", "lexical.counts.npy", "lexical.lengths.npy")
