"""Bringing the index up to what the store holds.

Documents that are new or changed become a segment (rag/segment.py); those that are superseded or gone are removed from
theirs, and small segments are merged (rag/merging.py). A passage's id is a hash of its document and of the text it is
indexed under, so only passages are embedded whose id neither the last generation holds nor a build that was cut short
(rag/scratch.py).
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged, DataFormatError, DataMissing, translated
from corpus.records import Document
from corpus.store import Store
from rag import generation, merging, segment
from rag.bands import Numbers
from rag.batch import Batch, Maker
from rag.copies import Pairs, Read, around, twins
from rag.documents import Edition, editions
from rag.encoder import Encoder, TokenEncoder
from rag.generation import Generation
from rag.scratch import Scratch
from rag.segment import Segment
from rag.stack import Stack
from rag.vectors import VectorIndex

RECIPE = 4
"""Raise when passages, headers, terms or groups of copies change: the same corpus is then indexed anew. (sealed.FORMAT
is for the files.)"""
SEGMENT_MOST = 10_000
"""Passages of a new segment, about: with token vectors they take 300 MB of memory until they are written."""


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
    """Progress of a build; the last event is "done" and carries the report. How many passages there are to encode is
    estimated until all documents are cut."""

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
    now = editions(store.current_digests(withdrawn=True))
    corpus, counts = store.digest(), store.counts()
    former = _former(folder, encoder, engine)
    if former is not None and _serves(former, corpus, now):
        yield _done(former.name, counts.documents, former.size, embedded=0, began=began)
        return
    scratch = Scratch.beside(folder, encoder.digest, projection(encoder))
    unnamed = _unnamed(folder, scratch, engine)
    known = [*(former.stack.segments if former is not None else ()), *unnamed]
    held = known if former is None or former.manifest["recipe"] == RECIPE else unnamed
    standing = Stack.of(held, now).number_of
    missing = [doc for doc in now if doc not in standing]
    maker = Maker(encoder, Stack(known, np.zeros(0, np.int32)), scratch)
    batch = Batch()
    passages = 0
    for place, doc in enumerate(missing, 1):
        passages += batch.add(store.get(doc, now[doc][0]), now[doc])
        yield IndexEvent(stage="cut", done=place, total=len(missing))
        if len(batch.rows) < SEGMENT_MOST and place < len(missing):
            continue
        whole = -(-passages * len(missing) // place)
        for _ in maker.encoded(batch, folder):
            yield IndexEvent(stage="encode", done=maker.embedded, total=max(maker.embedded + maker.left, whole))
        yield IndexEvent(stage="write", done=0, total=1)
        name = segment.next_name(folder, "s")
        with translated(folder):
            segment.write(folder, name, RECIPE, maker.content(batch, engine))
            held = [*held, Segment.open(folder, name, engine)]
            scratch.finish(name)
        batch = Batch()
    yield IndexEvent(stage="write", done=0, total=1)
    try:
        stack = _merged(folder, Stack.of(held, now), now, engine, encoder.dimension)
    except DataDamaged:  # a former segment, in a place that opening it does not look at
        with translated(folder):
            generation.mark(folder)
        scratch.clear()
        yield from build(store, folder, encoder, engine)
        return
    manifest = {
        "recipe": RECIPE,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "corpus_digest": corpus,
        "documents": int(np.count_nonzero(stack.live)),
        "passages": stack.size,
        "vectors": _facts(stack),
        "encoder": {
            "name": encoder.name,
            "digest": encoder.digest,
            "dimension": encoder.dimension,
            "projection": projection(encoder),
        },
    }
    name = segment.next_name(folder, "g")
    grouped = former if former is not None and former.manifest["recipe"] == RECIPE else None
    with translated(folder):
        pairs = _copies(grouped, stack, _reader(stack, store))
        generation.write(folder, name, manifest, stack, _places(stack, now), pairs)
    scratch.clear()
    generation.sweep(folder)
    yield _done(name, counts.documents, stack.size, embedded=maker.embedded, began=began)


def projection(encoder: Encoder | None) -> str:
    """How an encoder makes token vectors small; "" where it gives none."""
    return encoder.projection if isinstance(encoder, TokenEncoder) else ""


def _former(folder: Path, encoder: Encoder, engine: type[VectorIndex]) -> Generation | None:
    """The generation to go on from; where it is damaged, foreign or otherwise embedded, all is made anew."""
    if generation.marked(folder):
        return None
    try:
        former = Generation.open(folder, engine)
    except (DataMissing, DataDamaged, DataFormatError):
        return None
    made_with = former.manifest["encoder"]
    same = (made_with["digest"], made_with["projection"]) == (encoder.digest, projection(encoder))
    return former if same else None


def _serves(former: Generation, corpus: str, now: Mapping[str, Edition]) -> bool:
    """Whether a generation is up to date; equal texts under newer numbers are not."""
    return (former.manifest["corpus_digest"], former.manifest["recipe"]) == (corpus, RECIPE) and (
        former.stack.editions() == now
    )


def _unnamed(folder: Path, scratch: Scratch, engine: type[VectorIndex]) -> list[Segment]:
    """The segments that a build which was cut short had finished."""
    found = []
    for name in scratch.finished():
        try:
            opened = Segment.open(folder, name, engine)
        except (DataDamaged, DataFormatError):
            continue
        if opened.facts["recipe"] == RECIPE:
            found.append(opened)
    return found


def _merged(folder: Path, stack: Stack, now: Mapping[str, Edition], engine: type[VectorIndex], dimension: int) -> Stack:
    """The same documents in fewer segments, where it is time for that. Raises DataDamaged, DiskFull, DataReadOnly."""
    parts = list(stack.segments)
    standing = [int(np.count_nonzero(stack.live_rows(number))) for number in range(len(parts))]
    gone = set[int]()
    for group in merging.plan([len(part.rows) for part in parts], standing):
        name = segment.next_name(folder, "s")
        merged = [stack.segments[number] for number in group]
        with translated(folder):
            merging.merge(folder, name, RECIPE, merged, [stack.live_in(number) for number in group], engine, dimension)
        parts.append(Segment.open(folder, name, engine))
        gone.update(group)
    return Stack.of([part for number, part in enumerate(parts) if number not in gone], now) if gone else stack


def _copies(former: Generation | None, stack: Stack, read: Read) -> Pairs:
    """The pairs of `Copies`. Of a former generation those stay whose documents are tied to none that came or went."""
    if former is None:
        return twins(stack, around(stack, np.flatnonzero(stack.live), np.zeros(0, np.uint64)), read)
    gone = _not_in(former.stack, stack.editions())
    near = around(stack, _not_in(stack, former.stack.editions()), np.unique(former.stack.keys(gone)))
    pairs = former.copies.pairs
    kept = stack.find(former.rows["id"][pairs.reshape(-1)], standing=True).reshape(-1, 2)
    kept = kept[(kept >= 0).all(axis=1)]
    kept = kept[~np.isin(stack.owners[kept], near).any(axis=1)]
    return np.concatenate([kept.astype(np.int32), twins(stack, near, read)])


def _not_in(stack: Stack, others: Mapping[str, Edition]) -> Numbers:
    """The documents that stand in a stack and not, in the same edition, elsewhere."""
    return np.array(
        [stack.number_of[doc] for doc, mine in stack.editions().items() if others.get(doc) != mine], np.int64
    )


def _places(stack: Stack, now: Mapping[str, Edition]) -> npt.NDArray[np.int32]:
    """For each passage its place among all, documents in the order of `now`; removed ones behind."""
    order = {doc: place for place, doc in enumerate(now)}
    documents = np.full(len(stack.documents), len(now), np.int64)
    for doc, number in stack.number_of.items():
        documents[number] = order[doc]
    made = np.empty(len(stack.rows), np.int32)
    made[np.argsort(documents[stack.owners], kind="stable")] = np.arange(len(made), dtype=np.int32)
    return made


def _facts(stack: Stack) -> dict[str, object]:
    """Of the vectors: how many segments are of which kind, and the least recall that one was built with."""
    told = [part.facts["vectors"] for part in stack.segments]
    kinds = [str(facts["kind"]) for facts in told]
    return {
        "kinds": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "recall_at_10": min((facts["recall_at_10"] for facts in told), default=1.0),
    }


def _reader(stack: Stack, store: Store) -> Read:
    """Documents by number; the few last ones are kept."""

    def read(number: int) -> Document:
        known = stack.documents[number]
        return store.get(known.id, known.version)

    return lru_cache(maxsize=64)(read)


def _done(name: str, documents: int, size: int, *, embedded: int, began: float) -> IndexEvent:
    report = IndexReport(
        generation=name, documents=documents, passages=size, embedded=embedded, reused=size - embedded,
        seconds=time.monotonic() - began,
    )  # fmt: skip
    return IndexEvent(stage="done", done=1, total=1, report=report)
