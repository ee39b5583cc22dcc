"""Segments of the index: what some documents come to, written once, never changed, merged into larger ones later.

index/s000007/segment.json         sizes, recipe, facts of the vectors; size and digest of each other file
              documents.*, names.json  rag/documents.py
              passages.npy         (id, document, start, end) per row; documents by their number in the segment
              vectors.bin          the vector engine's file, and vectors.* where it needs more; ids are rows
              tokens.npy, tokens.ends.npy  token vectors of the passages, where the encoder gives them
              minhash.npy, bands.npy, bands.documents.npy  what tells copies (rag/copies.py, rag/bands.py)
              the files of rag/postings.py
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged
from rag import sealed
from rag.arrays import mapped, save
from rag.bands import Bands, Signatures
from rag.documents import Part
from rag.late import TokenTable
from rag.postings import Postings
from rag.sealed import Facts
from rag.vectors import VectorIndex

ROW = np.dtype([("id", "<i8"), ("document", "<i4"), ("start", "<i4"), ("end", "<i4")])
LISTING = "segment.json"


class Saved(Protocol):
    """Something that is written into a folder."""

    def save(self, home: Path) -> None: ...


@dataclass(frozen=True, slots=True)
class Content:
    """What a segment is made of. rows: ROW by passage, those of a document together, documents in order. vectors: under
    their rows. signatures: by document."""

    documents: Part
    rows: npt.NDArray[Any]
    vectors: VectorIndex
    tokens: Saved
    signatures: Signatures
    postings: Postings


@dataclass(frozen=True, slots=True)
class Segment:
    """An open segment. Arrays are read-only and may be memory-mapped. facts: what its listing says."""

    name: str
    home: Path
    facts: Facts
    documents: Part
    rows: npt.NDArray[Any]
    vectors: VectorIndex
    tokens: TokenTable
    signatures: Signatures
    bands: Bands
    postings: Postings

    @classmethod
    def open(cls, folder: Path, name: str, engine: type[VectorIndex], seal: str | None = None) -> Self:
        """Open a segment of an index folder; `seal`, where given, is what its listing must be sealed with.

        Raises DataDamaged, DataFormatError.
        """
        home = folder / name
        facts = sealed.read(home / LISTING)
        if seal is not None and facts["seal"] != seal:
            raise DataDamaged(f"{home} is another segment", path=str(home / LISTING), reason="digest")
        sealed.check(home, facts["files"])
        try:
            rows = mapped(home / "passages.npy")
            return cls(
                name, home, facts, Part.open(home), rows, engine.open(home / "vectors.bin"), TokenTable.open(home),
                mapped(home / "minhash.npy"), Bands.open(home), Postings.open(home, len(rows)),
            )  # fmt: skip
        except (OSError, ValueError, KeyError) as error:  # removed or cut while it was opened
            raise DataDamaged(f"{home} cannot be read", path=str(home), reason=str(error)) from error

    def prove(self) -> None:
        """Hash every file whole. Raises DataDamaged."""
        sealed.check(self.home, self.facts["files"], whole=True)


def write(folder: Path, name: str, recipe: int, content: Content) -> None:
    """Write a segment beside the others, then rename it into place. Raises OSError."""
    facts = {
        "recipe": recipe,
        "documents": len(content.documents),
        "passages": len(content.rows),
        "vectors": content.vectors.facts,
    }
    sealed.write(
        folder, name, LISTING, facts,
        [
            content.documents.save,
            _array("passages.npy", content.rows),
            lambda home: content.vectors.save(home / "vectors.bin"),
            content.tokens.save,
            _array("minhash.npy", content.signatures),
            Bands.build(content.signatures).save,
            content.postings.save,
        ],
    )  # fmt: skip


def _array(name: str, values: npt.NDArray[Any]) -> Callable[[Path], None]:
    return lambda home: save(home / name, values)


def next_name(folder: Path, letter: str) -> str:
    """The name after those that are in use: "s" for segments, "g" for generations."""
    numbers = [int(path.name[1:]) for path in folder.glob(f"{letter}*") if path.name[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1:06d}"
