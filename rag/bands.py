"""Which signatures share a band, in arrays: locality-sensitive hashing (Leskovec, Rajaraman & Ullman, chapter 3).

A signature is cut in BANDS of RUN values; texts of which one band is equal may be copies. What a segment keeps is
sorted, so that an update looks its own bands up in all segments and reads nothing else of theirs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from rag.arrays import mapped, save

BANDS, RUN = 14, 9
"""What datasketch.MinHashLSH takes for a threshold of 0.7 and 128 values: two texts that have 0.7 of their runs of
words in common are compared in 44 cases of 100, with 0.8 in 87, with 0.9 in 99.9."""
UNSIGNED = np.iinfo(np.uint32).max
"""What fills the signature of a text that is too short to be compared."""

Signatures = npt.NDArray[np.uint32]
"""(documents, values)."""
Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_FACTORS = np.random.default_rng(0).integers(2**62, 2**63, size=(BANDS, RUN), dtype=np.uint64) * np.uint64(
    2
) + np.uint64(1)


def keys_of(signatures: Signatures) -> Keys:
    """(documents, BANDS): equal where a band is equal; otherwise by a chance of 2**-64 a pair."""
    bands = signatures[:, : BANDS * RUN].reshape(-1, BANDS, RUN).astype(np.uint64)
    mixed = bands * _FACTORS
    mixed ^= mixed >> np.uint64(29)
    keys: Keys = (mixed * _FACTORS[:, ::-1]).sum(axis=2, dtype=np.uint64)
    return keys


def compared(signatures: Signatures) -> npt.NDArray[np.bool_]:
    """Which texts are long enough to be compared."""
    long: npt.NDArray[np.bool_] = signatures[:, 0] != UNSIGNED
    return long


class Bands:
    """The bands of one segment's documents. keys: sorted; owners: the document of each."""

    def __init__(self, keys: Keys, owners: npt.NDArray[np.int32]) -> None:
        self.keys = keys
        self.owners = owners

    @classmethod
    def build(cls, signatures: Signatures) -> Self:
        """Of signatures by document; short texts have none."""
        numbers = np.flatnonzero(compared(signatures))
        keys = keys_of(signatures[numbers]).reshape(-1)
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], np.repeat(numbers, BANDS).astype(np.int32)[order])

    @classmethod
    def open(cls, home: Path) -> Self:
        """Read what `save` wrote; it stays on disk until it is looked at."""
        return cls(mapped(home / "bands.npy"), mapped(home / "bands.documents.npy"))

    def save(self, home: Path) -> None:
        """Write bands.npy and bands.documents.npy into a folder."""
        save(home / "bands.npy", self.keys)
        save(home / "bands.documents.npy", self.owners)

    def sharing(self, keys: Keys) -> Numbers:
        """The documents that have one of these keys, each once."""
        begins = np.searchsorted(self.keys, keys, side="left")
        counts = np.searchsorted(self.keys, keys, side="right") - begins
        places = np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        found: Numbers = np.unique(self.owners[places]).astype(np.int64)
        return found


def repeated(keys: Sequence[Keys]) -> Keys:
    """The keys that stand more than once in several arrays together, each once."""
    whole = np.sort(np.concatenate([np.zeros(0, np.uint64), *keys]))
    twice: Keys = np.unique(whole[1:][whole[1:] == whole[:-1]])
    return twice
