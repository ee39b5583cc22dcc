"""Small segments made into larger ones: what they hold is copied from their files, nothing is computed again but the
lists of the vectors. Tiers by size, as in a log-structured merge tree (O'Neil et al. 1996)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag import segment as segments
from rag.arrays import mapped, save_blocks
from rag.documents import Mask, Part
from rag.late import JoinedTokens
from rag.postings import Postings
from rag.segment import Content, Segment
from rag.vectors import FLAT_MOST, VectorIndex, Vectors

SMALLEST = 4_000
"""Passages up to which segments are of the lowest tier; each tier above goes to MANY times as many."""
MANY = 8
"""Segments of one tier that are merged: a passage is copied once a tier, so four times on its way to 2,000,000."""
HOLLOW = 0.3
"""Share of removed passages from which a segment is written anew without them."""
_MOVED = 8_192  # vectors copied at once


def plan(sizes: Sequence[int], standing: Sequence[int]) -> list[list[int]]:
    """Which segments to merge with which, by number: sizes are all their passages, standing those not removed."""
    flat = [number for number, size in enumerate(sizes) if size <= FLAT_MOST]
    if len(flat) > 1 and sum(standing[number] for number in flat) > FLAT_MOST:
        groups = [flat]
    else:
        tiers: dict[int, list[int]] = {}
        for number, size in enumerate(standing):
            tiers.setdefault(_tier(size), []).append(number)
        groups = [group for group in tiers.values() if len(group) >= MANY]
    taken = {number for group in groups for number in group}
    hollow = [
        number for number, size in enumerate(sizes) if number not in taken and size - standing[number] > HOLLOW * size
    ]
    return [*groups, *([number] for number in hollow)]


def _tier(size: int) -> int:
    return next(tier for tier in range(64) if size <= SMALLEST * MANY**tier)


def merge(
    folder: Path,
    name: str,
    recipe: int,
    parts: Sequence[Segment],
    documents: Sequence[Mask],
    engine: type[VectorIndex],
    dimension: int,
) -> None:
    """Write one segment of what stands in several, in their order. documents: which of each part's do. dimension: of
    the vectors.

    Each part is hashed whole first, so that damage is not sealed anew. Raises DataDamaged, OSError.
    """
    for part in parts:
        part.prove()
    rows = [mask[part.rows["document"]] for part, mask in zip(parts, documents, strict=True)]
    beside = folder / f".{name}.vectors.npy"
    try:
        vectors = _gathered(beside, parts, rows, dimension)
        content = Content(
            Part.merged([part.documents for part in parts], documents),
            _renumbered(parts, documents, rows),
            engine.build(np.arange(len(vectors)), vectors),
            JoinedTokens([part.tokens for part in parts], rows),
            np.concatenate([part.signatures[mask] for part, mask in zip(parts, documents, strict=True)]),
            Postings.merged([part.postings for part in parts], [None if kept.all() else kept for kept in rows]),
        )
        segments.write(folder, name, recipe, content)
    finally:
        beside.unlink(missing_ok=True)


def _renumbered(parts: Sequence[Segment], documents: Sequence[Mask], rows: Sequence[Mask]) -> npt.NDArray[Any]:
    made, first = [], 0
    for part, mask, kept in zip(parts, documents, rows, strict=True):
        own = part.rows[kept]
        own["document"] = (np.cumsum(mask) - 1)[own["document"]] + first
        made.append(own)
        first += int(np.count_nonzero(mask))
    return np.concatenate(made)


def _gathered(path: Path, parts: Sequence[Segment], rows: Sequence[Mask], dimension: int) -> Vectors:
    """The vectors of the rows that stay: in a file, for many are more than memory should hold."""
    places = [np.flatnonzero(kept) for kept in rows]

    def blocks() -> Iterator[Vectors]:
        for part, own in zip(parts, places, strict=True):
            yield from (part.vectors.vectors(own[at : at + _MOVED]) for at in range(0, len(own), _MOVED))

    save_blocks(path, (sum(map(len, places)), dimension), np.float32, blocks())
    return mapped(path)
