"""Bringing the index up to what the store holds.

A passage's id is a hash of its document and of the text it is indexed under,
so an update embeds only passages whose id neither the last generation holds nor a
build that was cut short (rag/scratch.py).
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged, DataFormatError, DataMissing, translated
from corpus.store import Store
from rag.copies import PERMUTATIONS, Copies, Read, Signatures, signature
from rag.encoder import Encoder, TokenEncoder
from rag.generation import FORMAT, Built, Generation, Indexed, next_name, write
from rag.late import NO_TOKENS, Tokens, TokenTable
from rag.passages import passages
from rag.scratch import Scratch
from rag.vectors import VectorIndex, Vectors

RECIPE = 3
"""Raise when passages, headers, terms or groups of copies change: the same corpus is then indexed anew. (FORMAT is
for the files.)"""
_BATCH = 64  # passages embedded between two progress events
_ROW = np.dtype([("id", "<i8"), ("document", "<i4"), ("start", "<i4"), ("end", "<i4")])


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


def build(store: Store, folder: Path, encoder: Encoder, engine: type[VectorIndex]) -> Iterator[IndexEvent]:
    """Bring the index up to the store's documents, each in its current version. The last event carries the report.
    Withdrawn ones are held too, for questions as of a day when they stood; `rag.search` leaves them out otherwise.

    Whatever happens before the final rename, the former generation keeps
    serving. Raises DiskFull, DataReadOnly.
    """
    began = time.monotonic()
    former = _former(folder, encoder, engine)
    corpus = store.digest()
    if former is not None and _serves(former, corpus, store):
        size = len(former.rows)
        yield _done(former.name, store.counts().documents, size, embedded=0, began=began)
        return
    documents: list[Indexed] = []
    rows: list[tuple[int, int, int, int]] = []
    indexed: list[str] = []
    counts = store.counts()
    total = counts.documents + counts.withdrawn
    for version in store.current_versions(withdrawn=True):
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
    tokens: list[Tokens] = [NO_TOKENS] * len(rows)
    known = former.holds(table["id"]) if former is not None else np.zeros(len(rows), bool)
    if former is not None and known.any():
        vectors[known] = former.vectors.vectors(table["id"][known])
        for row, place in zip(np.flatnonzero(known), former.rows_of(table["id"][known]), strict=True):
            tokens[row] = former.tokens.of(int(place))
    scratch = Scratch.beside(folder, encoder.digest, projection(encoder))
    _resume(scratch, table["id"], known, vectors, tokens)
    missing = np.flatnonzero(~known)
    done = 0
    for batch in _encode(encoder, indexed, missing, vectors, tokens):
        with translated(folder):
            scratch.keep(table["id"][batch], vectors[batch], [tokens[row] for row in batch])
        done += len(batch)
        yield IndexEvent(stage="encode", done=done, total=len(missing))
    yield IndexEvent(stage="write", done=0, total=1)
    nearest = engine.build(table["id"], vectors)
    manifest = {
        "format": FORMAT,
        "recipe": RECIPE,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "corpus_digest": corpus,
        "documents": len(documents),
        "passages": len(rows),
        "vectors": nearest.facts,
        "encoder": {
            "name": encoder.name,
            "digest": encoder.digest,
            "dimension": encoder.dimension,
            "projection": projection(encoder),
        },
    }
    name = next_name(folder)
    with translated(folder):
        copies = Copies.build(documents, table, _signatures(documents, store, former), _reader(documents, store))
        built = Built(table, nearest, TokenTable.build(tokens), copies)
        write(folder, name, manifest, documents, built, indexed)
    scratch.clear()
    yield _done(name, counts.documents, len(rows), embedded=len(missing), began=began)


def _reader(documents: list[Indexed], store: Store) -> Read:
    """Documents by number; the few last ones are kept."""
    return lru_cache(maxsize=64)(lambda number: store.get(documents[number].id, documents[number].version))


def _signatures(documents: list[Indexed], store: Store, former: Generation | None) -> Signatures:
    """What tells copies, read anew only for texts that the last generation did not hold."""
    known = dict[tuple[str, int], npt.NDArray[np.uint32]]()
    if former is not None:
        known = {
            (document.id, document.version): values
            for document, values in zip(former.documents, former.copies.signatures, strict=False)
        }
    made = np.zeros((len(documents), PERMUTATIONS), np.uint32)
    for number, document in enumerate(documents):
        values = known.get((document.id, document.version))
        made[number] = values if values is not None else signature(store.get(document.id, document.version).text)
    return made


def _serves(former: Generation, corpus: str, store: Store) -> bool:
    """Whether a generation is up to date; equal texts under newer version numbers are not."""
    now = {doc: number for doc, (number, _) in store.current_digests(withdrawn=True).items()}
    then = {document.id: document.version for document in former.documents}
    return (former.manifest["corpus_digest"], former.manifest["recipe"], then) == (corpus, RECIPE, now)


def _former(folder: Path, encoder: Encoder, engine: type[VectorIndex]) -> Generation | None:
    """The generation to reuse vectors of; a damaged, foreign or otherwise embedded one is rebuilt whole."""
    try:
        former = Generation.open(folder, engine)
    except (DataMissing, DataDamaged, DataFormatError):
        return None
    made_with = former.manifest["encoder"]
    same = (made_with["digest"], made_with["projection"]) == (encoder.digest, projection(encoder))
    return former if same else None


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


def projection(encoder: Encoder | None) -> str:
    """How an encoder makes token vectors small; "" where it gives none."""
    return encoder.projection if isinstance(encoder, TokenEncoder) else ""


def _resume(
    scratch: Scratch, ids: npt.NDArray[np.int64], known: npt.NDArray[np.bool_], vectors: Vectors, tokens: list[Tokens]
) -> None:
    """Fill the rows that a build which was cut short had done, and mark them known."""
    rows = {int(number): row for row, number in enumerate(ids) if not known[row]}
    for kept, made, table in scratch.kept():
        for place, number in enumerate(kept.tolist()):
            row = rows.get(number)
            if row is not None:
                vectors[row], tokens[row], known[row] = made[place], table.of(place), True


def _encode(
    encoder: Encoder, texts: list[str], missing: npt.NDArray[np.intp], vectors: Vectors, tokens: list[Tokens]
) -> Iterator[list[int]]:
    """Fill the missing rows, texts of like length together (padding costs time); yields the rows of each batch."""
    order = sorted(missing.tolist(), key=lambda row: len(texts[row]))
    for begin in range(0, len(order), _BATCH):
        batch = order[begin : begin + _BATCH]
        taken = [texts[row] for row in batch]
        if isinstance(encoder, TokenEncoder):
            vectors[batch], found = encoder.passages_and_tokens(taken)
            for row, item in zip(batch, found, strict=True):
                tokens[row] = item
        else:
            vectors[batch] = encoder.passages(taken)
        yield batch


def _done(name: str, documents: int, size: int, *, embedded: int, began: float) -> IndexEvent:
    report = IndexReport(
        generation=name, documents=documents, passages=size, embedded=embedded, reused=size - embedded,
        seconds=time.monotonic() - began,
    )  # fmt: skip
    return IndexEvent(stage="done", done=1, total=1, report=report)
