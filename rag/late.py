"""Late interaction: a question's tokens compared with a passage's tokens, whose vectors are kept with the index.

Khattab & Zaharia 2020 (ColBERT), with the vectors of the encoder as it is: centred on
the mean token of French text, projected on its principal axes (`rag/training/project.py`),
of unit length, one signed byte a number. Same weights, so nothing more to download, and
no model runs at the time of the question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.records import Span
from rag.arrays import loaded, mapped, save, save_blocks

Floats = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int8]
"""(tokens, axes): unit vectors times SCALE."""

PROJECTION = Path(__file__).parent / "weights" / "tokens.npz"
SCALE = 127
_MOVED = 100_000  # tokens copied at once in a merge: 10 MB
ALONE = 200_000
"""Multiplications in one product: from 262,144 on OpenBLAS wakes a thread for each core, and waits for them all. A
product of 350 tokens took 6 ms so beside busy programs."""
NO_TOKENS: Tokens = np.zeros((0, 0), np.int8)


@dataclass(frozen=True, slots=True)
class Projection:
    """mean: (hidden,); axes: (hidden, kept); name: 16 hex digits over both."""

    mean: Floats
    axes: Floats
    name: str

    @classmethod
    def open(cls, path: Path = PROJECTION) -> "Projection":
        """Read what `rag/training/project.py` wrote."""
        with np.load(path) as file:
            mean, axes = file["mean"], file["axes"]
        name = sha256(mean.tobytes() + axes.tobytes()).hexdigest()[:16]
        return cls(mean.astype(np.float32), axes.astype(np.float32), name)

    def __call__(self, states: Floats) -> Tokens:
        """(tokens, hidden) states of the encoder to the vectors that are kept."""
        kept = (states - self.mean) @ self.axes
        unit = kept / np.maximum(np.linalg.norm(kept, axis=1, keepdims=True), 1e-6)
        small: Tokens = np.rint(unit * SCALE).astype(np.int8)
        return small


@dataclass(frozen=True, slots=True)
class TokenTable:
    """The tokens of many passages, one after the other. ends: (passages + 1,), where each passage begins and ends."""

    tokens: Tokens
    ends: npt.NDArray[np.int64]

    @classmethod
    def build(cls, passages: Sequence[Tokens]) -> "TokenTable":
        """In the order given."""
        ends = np.cumsum([0, *(len(passage) for passage in passages)], dtype=np.int64)
        held = [passage for passage in passages if len(passage)]
        return cls(np.concatenate(held) if held else NO_TOKENS, ends)

    @classmethod
    def open(cls, home: Path) -> "TokenTable":
        """Read what `save` wrote; the vectors stay on disk until they are compared."""
        return cls(mapped(home / "tokens.npy"), loaded(home / "tokens.ends.npy"))

    def save(self, home: Path) -> None:
        """Write tokens.npy and tokens.ends.npy into a folder."""
        save(home / "tokens.npy", self.tokens)
        save(home / "tokens.ends.npy", self.ends)

    def of(self, row: int) -> Tokens:
        """Those of one passage; none where its encoder gave none."""
        return self.tokens[self.ends[row] : self.ends[row + 1]]


@dataclass(frozen=True, slots=True)
class JoinedTokens:
    """The tokens of several tables on their way into one file, never held whole. kept: which passages of each."""

    tables: Sequence[TokenTable]
    kept: Sequence[npt.NDArray[np.bool_]]

    def save(self, home: Path) -> None:
        """What `TokenTable.save` writes."""
        lengths = [np.diff(table.ends)[kept] for table, kept in zip(self.tables, self.kept, strict=True)]
        ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *lengths]))
        width = max(table.tokens.shape[1] for table in self.tables)
        save_blocks(home / "tokens.npy", (int(ends[-1]), width), np.int8, self._blocks())
        save(home / "tokens.ends.npy", ends)

    def _blocks(self) -> Iterator[Tokens]:
        for table, kept in zip(self.tables, self.kept, strict=True):
            turns = np.flatnonzero(np.diff(kept.astype(np.int8), prepend=0, append=0))  # where runs begin and end
            for first, last in turns.reshape(-1, 2).tolist():
                begin, end = int(table.ends[first]), int(table.ends[last])
                yield from (table.tokens[at : min(at + _MOVED, end)] for at in range(begin, end, _MOVED))


def cosines(question: Tokens, passage: Tokens) -> Floats:
    """(question tokens, passage tokens) cosines; exact, for whole numbers below 2**24 are in float32."""
    asked = question.astype(np.float32)
    found = np.empty((len(question), len(passage)), np.float32)
    step = max(1, ALONE // max(1, question.size))
    for begin in range(0, len(passage), step):
        np.matmul(asked, passage[begin : begin + step].astype(np.float32).T, out=found[:, begin : begin + step])
    found /= np.float32(SCALE**2)
    return found


def nearness(question: Tokens, passages: Sequence[Tokens]) -> list[float]:
    """Of each passage: mean over the question's tokens of the best cosine with one of its tokens; 0 where either has
    none. All passages at once, since forty calls take ten times as long."""
    found = [0.0] * len(passages)
    held = [number for number, passage in enumerate(passages) if len(passage)]
    if not len(question) or not held:
        return found
    begins = np.cumsum([0, *(len(passages[number]) for number in held[:-1])])
    best = np.maximum.reduceat(cosines(question, np.concatenate([passages[number] for number in held])), begins, axis=1)
    for number, mean in zip(held, best.mean(axis=0), strict=True):
        found[number] = float(mean)
    return found


def by_span(similar: Floats, offsets: Sequence[Span], spans: Sequence[Span]) -> list[float]:
    """As `nearness`, of each span alone. similar: as from `cosines`; offsets: the characters of each passage token."""
    ends = np.array([offset.end for offset in offsets])
    found = []
    for span in spans:
        inside = (ends > span.start) & (ends <= span.end)
        found.append(float(similar[:, inside].max(axis=1).mean()) if inside.any() and len(similar) else 0.0)
    return found
