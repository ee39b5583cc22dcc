"""Index generations: built beside the one that serves, swapped in by one rename, checked on open.

    index/CURRENT               the name of the generation that serves, replaced atomically
    index/g000003/manifest.json format, encoder, corpus digest, size and SHA-256 of each file
                  documents.json  what a passage's row needs of its publication
                  passages.npy    (id, document, start, end) per row
                  vectors.bin     the vector engine's file
                  terms.txt, lexical.*.npy

A passage's id is a hash of its document and of the text it is indexed under,
so an update embeds only passages whose id the last generation does not hold.
"""

import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged, DataFormatError, DataMissing, translated
from corpus.records import earliest_day, latest_day
from corpus.store import Store
from rag.arrays import save
from rag.encoder import Encoder
from rag.lexical import LexicalIndex
from rag.passages import passages
from rag.vectors import Ids, VectorIndex, Vectors

FORMAT = 1
RECIPE = 2
"""Raise when passages, headers or terms change: the same corpus is then indexed anew. (FORMAT is for the files.)"""
_BATCH = 64  # passages embedded between two progress events
_ROW = np.dtype([("id", "<i8"), ("document", "<i4"), ("start", "<i4"), ("end", "<i4")])
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What a build did; embedded + reused == passages."""

    generation: str
    documents: int
    passages: int
    embedded: int
    reused: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEvent:
    """Progress of a build; the last event is "done" and carries the report."""

    stage: Literal["cut", "encode", "write", "done"]
    done: int
    total: int
    report: IndexReport | None = None


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
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.documents = documents
        self.number_of = {document.id: number for number, document in enumerate(documents)}
        self.rows = rows
        self.vectors = vectors
        self.lexical = lexical
        self._order = np.argsort(rows["id"], kind="stable")
        dates = [_days(document.published) for document in documents]
        self.earliest = np.array([first for first, _ in dates], np.int32)
        self.latest = np.array([last for _, last in dates], np.int32)

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
        lexical = LexicalIndex.open(home, len(rows))
        return cls(name, manifest, documents, rows, engine.open(home / "vectors.bin"), lexical)

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


def build(store: Store, folder: Path, encoder: Encoder, engine: type[VectorIndex]) -> Iterator[IndexEvent]:
    """Bring the index up to the store's current documents. The last event carries the report.

    Whatever happens before the final rename, the former generation keeps
    serving. Raises DiskFull, DataReadOnly.
    """
    began = time.monotonic()
    former = _former(folder, encoder, engine)
    corpus = store.digest()
    if former is not None and _serves(former, corpus, store):
        size = len(former.rows)
        yield _done(former.name, len(former.documents), size, embedded=0, began=began)
        return
    documents: list[Indexed] = []
    rows: list[tuple[int, int, int, int]] = []
    indexed: list[str] = []
    total = store.counts().documents
    for version in store.current_versions():
        document = version.document
        taken: set[int] = set()
        for passage in passages(document):
            key = _passage_id(document.id, passage.indexed, taken)
            rows.append((key, len(documents), passage.start, passage.end))
            indexed.append(passage.indexed)
        documents.append(
            Indexed(
                id=document.id, version=version.number, url=document.url, title=document.title,
                publisher=document.publisher, ministry=document.ministry, kind=document.kind,
                published=document.published,
            )
        )  # fmt: skip
        yield IndexEvent(stage="cut", done=len(documents), total=total)
    table = np.array(rows, _ROW)
    vectors = np.zeros((len(rows), encoder.dimension), np.float32)
    known = former.holds(table["id"]) if former is not None else np.zeros(len(rows), bool)
    if former is not None and known.any():
        vectors[known] = former.vectors.vectors(table["id"][known])
    missing = np.flatnonzero(~known)
    for done in _encode(encoder, indexed, missing, vectors):
        yield IndexEvent(stage="encode", done=done, total=len(missing))
    yield IndexEvent(stage="write", done=0, total=1)
    manifest = {
        "format": FORMAT,
        "recipe": RECIPE,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "corpus_digest": corpus,
        "documents": len(documents),
        "passages": len(rows),
        "encoder": {"name": encoder.name, "digest": encoder.digest, "dimension": encoder.dimension},
    }
    name = _next_name(folder)
    with translated(folder):
        _write(folder, name, manifest, documents, table, engine.build(table["id"], vectors), indexed)
    yield _done(name, len(documents), len(rows), embedded=len(missing), began=began)


def _serves(former: Generation, corpus: str, store: Store) -> bool:
    """Whether a generation is up to date; equal texts under newer version numbers are not."""
    now = {doc: number for doc, (number, _) in store.current_digests().items()}
    then = {document.id: document.version for document in former.documents}
    return (former.manifest["corpus_digest"], former.manifest["recipe"], then) == (corpus, RECIPE, now)


def _former(folder: Path, encoder: Encoder, engine: type[VectorIndex]) -> Generation | None:
    """The generation to reuse vectors of; a damaged, foreign or otherwise embedded one is rebuilt whole."""
    try:
        former = Generation.open(folder, engine)
    except (DataMissing, DataDamaged, DataFormatError):
        return None
    return former if former.manifest["encoder"]["digest"] == encoder.digest else None


def _passage_id(doc: str, indexed: str, taken: set[int]) -> int:
    """63 bits of SHA-256; repeated passages of one document are told apart by their occurrence."""
    occurrence = 0
    while True:
        digest = hashlib.sha256(f"{doc}\0{occurrence}\0{indexed}".encode()).digest()
        key = int.from_bytes(digest[:8], "little") >> 1
        if key not in taken:
            taken.add(key)
            return key
        occurrence += 1


def _encode(encoder: Encoder, texts: list[str], missing: npt.NDArray[np.intp], vectors: Vectors) -> Iterator[int]:
    """Fill the missing rows, texts of like length together (padding costs time); yields how many are done."""
    order = sorted(missing.tolist(), key=lambda row: len(texts[row]))
    for begin in range(0, len(order), _BATCH):
        batch = order[begin : begin + _BATCH]
        vectors[batch] = encoder.passages([texts[row] for row in batch])
        yield begin + len(batch)


def _write(
    folder: Path,
    name: str,
    manifest: dict[str, Any],
    documents: list[Indexed],
    table: npt.NDArray[Any],
    vectors: VectorIndex,
    indexed: list[str],
) -> None:
    """Write a generation beside the others, then point CURRENT at it."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{name}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir()
        (beside / "documents.json").write_text(_json([asdict(item) for item in documents]), encoding="utf-8")
        save(beside / "passages.npy", table)
        vectors.save(beside / "vectors.bin")
        LexicalIndex.build(indexed).save(beside)
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


def _next_name(folder: Path) -> str:
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


def _done(name: str, documents: int, size: int, *, embedded: int, began: float) -> IndexEvent:
    report = IndexReport(
        generation=name, documents=documents, passages=size, embedded=embedded, reused=size - embedded,
        seconds=time.monotonic() - began,
    )  # fmt: skip
    return IndexEvent(stage="done", done=1, total=1, report=report)
