"""Index generations on disk: written beside the one that serves, swapped in by one rename, checked on open.

index/CURRENT               the name of the generation that serves, replaced atomically
index/g000003/manifest.json format, encoder, corpus digest, size and SHA-256 of each file
              documents.json  what a passage's row needs of its publication
              passages.npy    (id, document, start, end) per row
              vectors.bin     the vector engine's file, and vectors.* where it needs more
              tokens.npy, tokens.ends.npy  token vectors of the passages, where the encoder gives them
              copies.npy, minhash.npy  which passages copy another publication's
              terms.*npy, lexical.*.npy  which passages hold which terms (rag/postings.py)
"""

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged, DataFormatError, DataMissing
from corpus.records import earliest_day, latest_day
from rag.arrays import save
from rag.copies import Copies
from rag.late import TokenTable
from rag.lexical import LexicalIndex
from rag.postings import Postings
from rag.vectors import Ids, VectorIndex

FORMAT = 3
Column = Literal["ministry", "publisher"]
_NAME = re.compile(rb"(g\d+)\n")  # what CURRENT holds
_KEPT_GENERATIONS = 2  # the one before stays for servers that still have it open


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What the index knows of a document; `version` names the text that its offsets count in."""

    id: str
    version: int
    url: str
    title: str
    publisher: str
    ministry: str
    kind: str
    published: str | None


@dataclass(frozen=True, slots=True)
class Built:
    """What a generation keeps of its passages, row by row."""

    table: npt.NDArray[Any]
    vectors: VectorIndex
    tokens: TokenTable
    copies: Copies


class Generation:
    """An open generation. Arrays are read-only and may be memory-mapped."""

    def __init__(
        self,
        name: str,
        manifest: dict[str, Any],
        documents: tuple[Indexed, ...],
        rows: npt.NDArray[Any],
        vectors: VectorIndex,
        lexical: LexicalIndex,
        tokens: TokenTable,
        copies: Copies,
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.documents = documents
        self.number_of = {document.id: number for number, document in enumerate(documents)}
        self.rows = rows
        self.vectors = vectors
        self.lexical = lexical
        self.tokens = tokens
        self.copies = copies
        self._order = np.argsort(rows["id"], kind="stable")
        dates = [_days(document.published) for document in documents]
        self.earliest = np.array([first for first, _ in dates], np.int32)
        self.latest = np.array([last for _, last in dates], np.int32)
        self._coded: dict[Column, tuple[list[str], npt.NDArray[np.int32]]] = {
            "ministry": _numbered([document.ministry for document in documents]),
            "publisher": _numbered([document.publisher for document in documents]),
        }

    @classmethod
    def open(cls, folder: Path, engine: type[VectorIndex]) -> Self:
        """Open the current generation of an index folder.

        Raises DataMissing, DataFormatError, and DataDamaged when a file is not
        the one that the manifest describes.
        """
        name = current_name(folder)
        if name is None:
            raise DataMissing(f"no index in {folder}", path=str(folder), what="index")
        home = folder / name
        manifest = _manifest(home)
        for file, expected in manifest["files"].items():
            _check(home / file, expected)
        documents = tuple(Indexed(**item) for item in json.loads((home / "documents.json").read_bytes()))
        rows = np.load(home / "passages.npy", mmap_mode="r")
        lexical = LexicalIndex([Postings.open(home, len(rows))])
        vectors = engine.open(home / "vectors.bin")
        tokens, copies = TokenTable.open(home), Copies.open(home, len(rows))
        return cls(name, manifest, documents, rows, vectors, lexical, tokens, copies)

    def coded(self, column: Column) -> tuple[list[str], npt.NDArray[np.int32]]:
        """The distinct names of a column, and the number of each document's."""
        return self._coded[column]

    def rows_of(self, ids: Ids) -> npt.NDArray[np.int64]:
        """Row numbers of passage ids that this generation holds."""
        found: npt.NDArray[np.int64] = self._order[np.searchsorted(self.rows["id"], ids, sorter=self._order)]
        return found

    def holds(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of `ids` this generation holds."""
        known: npt.NDArray[np.bool_] = np.isin(ids, self.rows["id"])
        return known


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


def write(
    folder: Path,
    name: str,
    manifest: dict[str, Any],
    documents: Sequence[Indexed],
    built: Built,
    indexed: Sequence[str],
) -> None:
    """Write a generation beside the others, then point CURRENT at it."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{name}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir()
        (beside / "documents.json").write_text(_json([asdict(item) for item in documents]), encoding="utf-8")
        save(beside / "passages.npy", built.table)
        built.vectors.save(beside / "vectors.bin")
        built.tokens.save(beside)
        built.copies.save(beside)
        Postings.build(indexed).save(beside)
        files = {path.name: _fingerprint(path) for path in sorted(beside.iterdir())}
        manifest = manifest | {"files": files}
        (beside / "manifest.json").write_text(_json(manifest | {"seal": _seal(manifest)}), encoding="utf-8")
        beside.rename(folder / name)
        pointer = folder / ".CURRENT"
        pointer.write_text(name + "\n", encoding="utf-8")
        pointer.replace(folder / "CURRENT")
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    for old in sorted(path for path in folder.glob("g*") if path.is_dir())[:-_KEPT_GENERATIONS]:
        shutil.rmtree(old, ignore_errors=True)


def next_name(folder: Path) -> str:
    numbers = [int(path.name[1:]) for path in folder.glob("g*") if path.name[1:].isdigit()]
    return f"g{max(numbers, default=0) + 1:06d}"


def _fingerprint(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _manifest(home: Path) -> dict[str, Any]:
    path = home / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        found, seal = manifest["format"], manifest.pop("seal", None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataDamaged(f"{path} cannot be read", path=str(path), reason=str(error)) from error
    if found != FORMAT:
        raise DataFormatError(f"{path}: format {found}, not {FORMAT}", path=str(path), found=found, expected=FORMAT)
    if seal != _seal(manifest):
        raise DataDamaged(f"{path} is not as it was written", path=str(path), reason="digest")
    return manifest


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _seal(manifest: dict[str, Any]) -> str:
    """SHA-256 (hex) of what a manifest says: it describes the other files, nothing else describes it."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _check(path: Path, expected: dict[str, object]) -> None:
    try:
        found = _fingerprint(path)
    except OSError as error:
        raise DataDamaged(f"{path} cannot be read", path=str(path), reason=str(error)) from error
    if found != expected:
        raise DataDamaged(f"{path} is not the file of its manifest", path=str(path), reason="digest")


def _days(published: str | None) -> tuple[int, int]:
    """First and last possible day as ordinals; (0, 0) when undated, which no date filter lets through."""
    if published is None:
        return 0, 0
    return earliest_day(published).toordinal(), latest_day(published).toordinal()


def _numbered(names: list[str]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The distinct names, in order, and the number of each name."""
    known: dict[str, int] = {}
    codes = [known.setdefault(name, len(known)) for name in names]
    return list(known), np.array(codes, np.int32)
