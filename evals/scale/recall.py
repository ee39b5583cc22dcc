"""How many of the true nearest passages the vector index finds, for questions: a build measures it for passages."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.settings import Settings
from rag.generation import Generation
from rag.vectors import engine

if TYPE_CHECKING:
    from rag.encoder import Vectors

_BLOCK = 50_000  # vectors compared at once


def recall(data: Path, questions: "Sequence[Vectors]", k: int = 10) -> float:
    """Share of the k true nearest, by comparing all, that a search for k finds."""
    generation = Generation.open(data / "index", engine(Settings.load().vectors))
    asked = np.stack(questions)
    best = np.zeros((len(asked), 0), np.float32)
    rows = np.zeros((len(asked), 0), np.int64)
    for begin in range(0, generation.size, _BLOCK):
        own = generation.ordered[begin : begin + _BLOCK]
        cosines = asked @ generation.stack.vectors_of(own, asked.shape[1]).T
        best = np.concatenate([best, cosines], axis=1)
        rows = np.concatenate([rows, np.broadcast_to(own, cosines.shape)], axis=1)
        kept = np.argsort(-best, axis=1, kind="stable")[:, :k]
        best, rows = np.take_along_axis(best, kept, 1), np.take_along_axis(rows, kept, 1)
    found = [generation.vectors.search(vector, k)[0] for vector in asked]
    return sum(len(np.intersect1d(ours, true)) for ours, true in zip(found, rows, strict=True)) / rows.size
