"""Index generations on disk: which segments serve, and what is removed from them; swapped in by one rename.

index/CURRENT               the name of the generation that serves, replaced atomically
index/s000007/              a segment (rag/segment.py): written once, shared by generations
index/g000012/manifest.json format, recipe, encoder, corpus digest, counts; the segments in order, with their seals
              removed.npy   numbers of the documents that are superseded or gone
              places.npy    for each passage its place in a fresh build, the order of documents by id
              copies.npy    which passages copy another publication's, by row
index/DAMAGED               left by a check that found damage: the next build makes everything anew
"""

import re
import shutil
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged, DataFormatError, DataMissing
from rag import sealed
from rag.across import SegmentTokens, SegmentVectors
from rag.arrays import loaded, mapped, save
from rag.copies import Copies, Pairs
from rag.documents import Column
from rag.lexical import LexicalIndex
from rag.sealed import Facts
from rag.segment import Segment
from rag.stack import Stack
from rag.vectors import VectorIndex

LISTING = "manifest.json"
_NAME = re.compile(rb"(g\d+)\n")  # what CURRENT holds
_MARK = "DAMAGED"
_KEPT_GENERATIONS = 2  # the one before stays for servers that still have it open


class Generation:
    """An open generation. Arrays are read-only and may be memory-mapped. places: (passages,) int32. See `Stack` for
    documents, rows, live and size."""

    def __init__(
        self, name: str, home: Path, manifest: Facts, stack: Stack, places: npt.NDArray[np.int32], pairs: Pairs
    ) -> None:
        self.name = name
        self.home = home
        self.manifest = manifest
        self.stack = stack
        self.places = places
        self.copies = Copies(pairs)
        self.documents = stack.documents
        self.rows = stack.rows
        self.live = stack.live
        self.size = stack.size
        self.tokens = SegmentTokens(stack)
        self.lexical = LexicalIndex([segment.postings for segment in stack.segments], stack.standing, places)
        self.vectors = SegmentVectors(stack, places)
        self.earliest = stack.documents.columns["earliest"]
        self._coded = cache(stack.documents.coded)
        self.latest = stack.documents.columns["latest"]

    @classmethod
    def open(cls, folder: Path, engine: type[VectorIndex]) -> Self:
        """Open the current generation of an index folder.

        Raises DataMissing, DataFormatError, and DataDamaged when a file is not
        the one that its manifest describes.
        """
        name = current_name(folder)
        while True:
            if name is None:
                raise DataMissing(f"no index in {folder}", path=str(folder), what="index")
            try:
                return cls._open(folder, name, engine)
            except DataDamaged:  # or swapped and swept away while it was opened
                before, name = name, current_name(folder)
                if name == before:
                    raise

    @classmethod
    def _open(cls, folder: Path, name: str, engine: type[VectorIndex]) -> Self:
        home = folder / name
        manifest = sealed.read(home / LISTING)
        sealed.check(home, manifest["files"])
        parts = [Segment.open(folder, told["name"], engine, told["seal"]) for told in manifest["segments"]]
        stack = Stack(parts, loaded(home / "removed.npy"))
        return cls(name, home, manifest, stack, mapped(home / "places.npy"), loaded(home / "copies.npy"))

    @property
    def number_of(self) -> dict[str, int]:
        """The numbers of the documents that stand, by id."""
        return self.stack.number_of

    @cached_property
    def ordered(self) -> npt.NDArray[np.int64]:
        """The passages that stand, in the order of a fresh build: what `places` numbers."""
        rows = np.empty(len(self.places), np.int64)
        rows[self.places] = np.arange(len(rows))
        return rows[: self.size]

    def rows_of(self, doc: str) -> range:
        """The passages of a document that stands. Raises KeyError."""
        return self.stack.rows_of(self.number_of[doc])

    def coded(self, column: Column) -> tuple[list[str], npt.NDArray[np.int32]]:
        """The distinct names of a column, and the number of each document's."""
        return self._coded(column)

    def prove(self) -> None:
        """Hash every file whole, and leave a mark for the next build where one is not its own. Raises DataDamaged."""
        try:
            sealed.check(self.home, self.manifest["files"], whole=True)
            for segment in self.stack.segments:
                segment.prove()
        except DataDamaged:
            with suppress(OSError):  # a folder that cannot be written cannot be built anew either
                mark(self.home.parent)
            raise


def current_name(folder: Path) -> str | None:
    """Name of the generation that serves, None where there is none. Raises DataDamaged."""
    path = folder / "CURRENT"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    name = _NAME.fullmatch(content)
    if name is None:
        raise DataDamaged(f"{path} names no generation", path=str(path), reason=repr(content[:40]))
    return name[1].decode()


def mark(folder: Path) -> None:
    """Note that something here is damaged. Raises OSError."""
    (folder / _MARK).touch()


def marked(folder: Path) -> bool:
    """Whether a check found damage since the last build."""
    return (folder / _MARK).exists()


def write(folder: Path, name: str, facts: Facts, stack: Stack, places: npt.NDArray[np.int32], pairs: Pairs) -> None:
    """Write a generation beside the others, then point CURRENT at it. Raises OSError."""
    arrays: dict[str, npt.NDArray[Any]] = {"removed.npy": stack.removed, "places.npy": places, "copies.npy": pairs}
    held = [{"name": segment.name, "seal": segment.facts["seal"]} for segment in stack.segments]

    def saved(home: Path) -> None:
        for file, values in arrays.items():
            save(home / file, values)

    sealed.write(folder, name, LISTING, facts | {"segments": held}, [saved])
    pointer = folder / ".CURRENT"
    pointer.write_text(name + "\n", encoding="utf-8")
    pointer.replace(folder / "CURRENT")
    (folder / _MARK).unlink(missing_ok=True)


def sweep(folder: Path, kept: frozenset[str] = frozenset()) -> None:
    """Remove what is half-written, the generations before the last two, and the segments that neither of them names and
    that are not `kept`. Who has them open goes on reading."""
    generations = sorted(path for path in folder.glob("g*") if path.is_dir())
    for old in generations[:-_KEPT_GENERATIONS]:
        shutil.rmtree(old, ignore_errors=True)
    named = set(kept)
    for home in generations[-_KEPT_GENERATIONS:]:
        with suppress(DataDamaged, DataFormatError):
            named |= {told["name"] for told in sealed.read(home / LISTING)["segments"]}
    unnamed = [path for path in folder.glob("s*") if path.name not in named]
    for path in (*unnamed, *folder.glob(".g*"), *folder.glob(".s*")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
