"""Documents on their way into one segment: cut, encoded, and put together."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.errors import translated
from corpus.records import Document
from rag.copies import PERMUTATIONS, signature
from rag.documents import Edition, Indexed, Part
from rag.encoder import Encoder, TokenEncoder
from rag.late import NO_TOKENS, Tokens, TokenTable
from rag.passages import passages
from rag.postings import Postings
from rag.scratch import Scratch
from rag.segment import ROW, Content
from rag.stack import Stack
from rag.vectors import Ids, VectorIndex, Vectors

_ENCODED = 64  # passages embedded between two progress events


class Batch:
    """The documents of one segment to be. rows: as ROW; indexed: the text that each is embedded and indexed under."""

    def __init__(self) -> None:
        self.documents: list[Indexed] = []
        self.rows: list[tuple[int, int, int, int]] = []
        self.indexed: list[str] = []
        self.digests: list[int] = []
        self.signatures: list[npt.NDArray[np.uint32]] = []
        self.vectors: Vectors = np.zeros((0, 0), np.float32)
        self.tokens: list[Tokens] = []

    def add(self, document: Document, edition: Edition) -> int:
        """Cut a document; how many passages it has."""
        taken: set[int] = set()
        for passage in passages(document):
            key = _passage_id(document.id, passage.indexed, taken)
            self.rows.append((key, len(self.documents), passage.start, passage.end))
            self.indexed.append(passage.indexed)
        self.signatures.append(signature(document.text))
        version, digest = edition
        self.digests.append(digest)
        self.documents.append(
            Indexed(
                id=document.id, version=version, url=document.url, title=document.title, publisher=document.publisher,
                ministry=document.ministry, kind=document.kind, published=document.published,
            )
        )  # fmt: skip
        return len(taken)

    @property
    def ids(self) -> Ids:
        """Of the passages, by row."""
        return np.array([row[0] for row in self.rows], np.int64)


class Maker:
    """Makes the content of segments. known: holds vectors that are not computed again. embedded: passages that were
    encoded, in all; left: those of the batch at hand that are not yet."""

    def __init__(self, encoder: Encoder, known: Stack, scratch: Scratch) -> None:
        self._encoder = encoder
        self._known = known
        self._scratch = scratch
        self.embedded = 0
        self.left = 0

    def encoded(self, batch: Batch, folder: Path) -> Iterator[None]:
        """Give a batch its vectors and tokens, some passages between two turns. Raises DiskFull, DataReadOnly."""
        ids = batch.ids
        rows = self._known.find(ids)
        held = np.flatnonzero(rows >= 0)
        batch.vectors = np.zeros((len(ids), self._encoder.dimension), np.float32)
        batch.tokens = [NO_TOKENS] * len(ids)
        for segment, own, which in self._known.of_rows(rows[held]):
            batch.vectors[held[which]] = segment.vectors.vectors(own)
            for place, row in zip(held[which].tolist(), own.tolist(), strict=True):
                batch.tokens[place] = segment.tokens.of(row)
        missing = {int(number): place for place, number in enumerate(ids) if rows[place] < 0}
        for kept, vectors, tokens in self._scratch.kept():
            for place, number in enumerate(kept.tolist()):
                own_place = missing.pop(number, None)
                if own_place is not None:
                    batch.vectors[own_place], batch.tokens[own_place] = vectors[place], tokens.of(place)
        self.left = len(missing)
        # Texts of like length together: padding costs time.
        order = sorted(missing.values(), key=lambda place: len(batch.indexed[place]))
        for begin in range(0, len(order), _ENCODED):
            places = order[begin : begin + _ENCODED]
            self._encode(batch, places)
            with translated(folder):
                self._scratch.keep(ids[places], batch.vectors[places], [batch.tokens[place] for place in places])
            self.embedded += len(places)
            self.left -= len(places)
            yield

    def content(self, batch: Batch, engine: type[VectorIndex]) -> Content:
        """A batch that is encoded, as a segment keeps it."""
        return Content(
            Part.build(batch.documents, batch.digests),
            np.array(batch.rows, ROW),
            engine.build(np.arange(len(batch.rows)), batch.vectors),
            TokenTable.build(batch.tokens),
            np.array(batch.signatures, np.uint32).reshape(-1, PERMUTATIONS),
            Postings.build(batch.indexed),
        )

    def _encode(self, batch: Batch, places: list[int]) -> None:
        texts = [batch.indexed[place] for place in places]
        if isinstance(self._encoder, TokenEncoder):
            batch.vectors[places], found = self._encoder.passages_and_tokens(texts)
            for place, item in zip(places, found, strict=True):
                batch.tokens[place] = item
        else:
            batch.vectors[places] = self._encoder.passages(texts)


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
