"""Vector search behind a tiny protocol: FAISS, flat while there are few vectors, inverted lists (rag/ivf.py) then."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged, SettingsError

Vectors = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]
Facts = dict[str, object]

FLAT_MOST = 200_000
"""Vectors up to which all are compared: 17 ms a question on two cores (85 ms at a million, shared notes). At 100,000,
lists that find as much for real questions take 7 ms."""


ALONE_MOST = 30_000
"""Vectors up to which one thread compares them: of 10,000 in 1.7 ms, where two wait for each other 35 ms when other
programs are at work (load 4 on two cores)."""


class VectorIndex(Protocol):
    """Unit vectors under stable 63-bit ids; the owner knows what an id stands for.

    facts: "kind" and "recall_at_10" (share of the ten true nearest that a search finds), for the manifest.
    """

    @property
    def facts(self) -> Facts: ...

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        """Index (n, dim) float32 unit rows under their ids."""
        ...

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open what `save` wrote. Raises DataDamaged."""
        ...

    def save(self, path: Path) -> None:
        """Write `path`, and what else is needed beside it under names that begin alike."""
        ...

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """Ids and cosines of the k nearest, best first, among `allowed` when given; fewer if there are fewer."""
        ...

    def vectors(self, ids: Ids) -> Vectors:
        """The stored rows of known ids, in their order."""
        ...


ENGINES = {"faiss": "rag.vectors:GrowingIndex", "flat": "rag.vectors:FlatIndex"}
"""Settings.vectors -> module:Class, imported on first use."""


def engine(name: str) -> type[VectorIndex]:
    """The class of a vector engine. Raises SettingsError."""
    if name not in ENGINES:
        known = ", ".join(ENGINES)
        told = f"unknown vector engine {name!r}; known: {known}"
        raise SettingsError(told, key="vectors", value=name, origin="", reason="unknown_engine", known=known)
    module, _, attribute = ENGINES[name].partition(":")
    found: type[VectorIndex] = getattr(import_module(module), attribute)
    return found


@contextmanager
def _one_thread(alone: bool) -> Iterator[None]:
    """Keep FAISS to the calling thread, if `alone`; OpenMP keeps the number for each thread that calls it."""
    import faiss

    threads = faiss.omp_get_max_threads()
    try:
        faiss.omp_set_num_threads(1 if alone else threads)
        yield
    finally:
        faiss.omp_set_num_threads(threads)


class FlatIndex:
    """Exact inner product in FAISS (IndexIDMap2 over IndexFlatIP)."""

    def __init__(self, index: Any) -> None:
        import faiss

        self._index = index
        ids = faiss.vector_to_array(index.id_map)
        self._by_row = np.array_equal(ids, np.arange(len(ids)))
        self.facts: Facts = {"kind": "flat", "recall_at_10": 1.0}

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        """See VectorIndex."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.ascontiguousarray(ids, np.int64))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> Self:
        """See VectorIndex."""
        import faiss

        try:
            return cls(faiss.read_index(str(path)))
        except (RuntimeError, AttributeError) as error:  # no file of FAISS; another kind of index
            raise DataDamaged(f"{path}: not a FAISS index", path=str(path), reason=str(error)) from error

    def save(self, path: Path) -> None:
        """See VectorIndex."""
        import faiss

        # FAISS reports a full disk as a bare RuntimeError; written through Python it stays an OSError.
        path.write_bytes(faiss.serialize_index(self._index).data)

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """See VectorIndex."""
        import faiss

        if allowed is not None and len(allowed) == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if allowed is not None:
            parameters = faiss.SearchParameters(sel=self._selector(allowed))  # type: ignore[call-arg]
        with _one_thread(self._index.ntotal <= ALONE_MOST):
            cosines, ids = self._index.search(vector[None, :], k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], cosines[0][found]

    def _selector(self, allowed: Ids) -> Any:
        """Bits where ids are row numbers: of 50,000, built in 0.1 ms where a set of them takes 5."""
        import faiss

        if not self._by_row:
            return faiss.IDSelectorBatch(np.ascontiguousarray(allowed, np.int64))
        bits = np.zeros(self._index.ntotal, bool)
        bits[allowed[(allowed >= 0) & (allowed < len(bits))]] = True
        return faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))  # type: ignore[call-arg, arg-type]

    def vectors(self, ids: Ids) -> Vectors:
        """See VectorIndex."""
        rows: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(ids, np.int64))
        return rows


class GrowingIndex:
    """FlatIndex up to `flat_most` vectors, IvfIndex beyond."""

    flat_most = FLAT_MOST

    def __init__(self, index: VectorIndex) -> None:
        self._index = index
        self.facts = index.facts
        self.save = index.save
        self.search = index.search
        self.vectors = index.vectors

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        """See VectorIndex."""
        from rag.ivf import IvfIndex

        return cls(FlatIndex.build(ids, vectors) if len(ids) <= cls.flat_most else IvfIndex.build(ids, vectors))

    @classmethod
    def open(cls, path: Path) -> Self:
        """See VectorIndex."""
        from rag.ivf import FACTS, IvfIndex

        return cls(IvfIndex.open(path) if path.with_suffix(FACTS).exists() else FlatIndex.open(path))
