"""Vectors on their way into an index: kept batch by batch, so that a killed build does not compute them again.

index/.encoding-<encoder>/b000001.npz  ids, vectors, tokens and their ends, of one batch
                          s000007      empty: the segment of that name is whole, and no generation names it yet
"""

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from rag.encoder import Vectors
from rag.late import Tokens, TokenTable
from rag.vectors import Ids

_PREFIX = ".encoding-"


class Scratch:
    """The batches of one encoder beside the generations of an index folder. One writer: the store's lock holds."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._written = max((int(path.stem[1:]) for path in self._batches()), default=0)

    @classmethod
    def beside(cls, folder: Path, *made_with: str) -> "Scratch":
        """made_with: all that vectors depend on; those of another encoder are not looked at."""
        return cls(folder / (_PREFIX + sha256("\0".join(made_with).encode()).hexdigest()[:16]))

    def keep(self, ids: Ids, vectors: Vectors, tokens: Sequence[Tokens]) -> None:
        """Write a batch beside and rename it: a reader sees all of it or nothing. Raises OSError."""
        self._home.mkdir(parents=True, exist_ok=True)
        self._written += 1
        path = self._home / f"b{self._written:06d}.npz"
        table = TokenTable.build(tokens)
        beside = path.with_suffix(".part")
        with beside.open("wb") as file:
            np.savez(file, ids=ids, vectors=vectors, tokens=table.tokens, ends=table.ends)
        beside.replace(path)

    def kept(self) -> Iterator[tuple[Ids, Vectors, TokenTable]]:
        """The batches that can be read; a damaged one is passed over, and computed again."""
        for path in self._batches():
            try:
                with path.open("rb") as raw, np.load(raw) as file:
                    batch = (file["ids"], file["vectors"], TokenTable(file["tokens"], file["ends"]))
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                continue
            yield batch

    def finish(self, segment: str) -> None:
        """Note that the batches kept so far are in a segment, which is written, and drop them. Raises OSError."""
        self._home.mkdir(parents=True, exist_ok=True)
        (self._home / segment).touch()
        for path in self._batches():
            path.unlink()

    def finished(self) -> list[str]:
        """The segments noted, oldest first."""
        return sorted(path.name for path in self._home.glob("s*"))

    def clear(self) -> None:
        """Remove every encoder's batches of this index folder."""
        for home in self._home.parent.glob(f"{_PREFIX}*"):
            shutil.rmtree(home, ignore_errors=True)

    def _batches(self) -> list[Path]:
        return sorted(self._home.glob("b*.npz"))
