"""Vector search that grows: inverted lists of 8-bit vectors in FAISS, the best ones compared again exactly.

Jégou et al. 2011. A question is compared with the vectors of the `probes` nearest lists;
REFINED times as many as are asked for are compared again in float32. The large files are
memory-mapped: vectors.bin the lists, vectors.rows.npy the float32 rows; vectors.ids.npy holds
their ids, vectors.json the facts.
"""

import json
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged
from rag.arrays import loaded, mapped, save
from rag.vectors import Facts, Ids, Vectors

RECALL = 0.995
"""Share of the ten true nearest that must be found for midpoints of two vectors: lists are probed until it is reached.
Questions lie beside the passages, and passages' own neighbours say nothing of them: on 100,000 vectors, 16 of 1,024
lists found 0.98 of a passage's neighbours, 0.88 of a midpoint's and 0.72 of a real question's; 128 lists 1.00, 0.99 and
0.92; 512 lists 1.00, 1.00 and 0.99. More than 0.98 is asked for here so that questions get it."""
REFINED = 4
ROUNDS = 10
"""Of k-means."""
TRAINED = 40
"""Vectors per list that k-means looks at; FAISS warns below 39."""
SAMPLE = 200
"""Midpoints asked for their neighbours to measure recall."""
FACTS = ".json"
"""What the facts' file is called, beside vectors.bin; a flat index has none."""
BRUTE = 5_000
"""Allowed rows up to which all of them are compared exactly. Of 150,000 vectors, 1,500 rows 24 ms and 15,000 rows
104 ms so, where 75,000 rows by the lists take 38 ms and a search without a filter 11 ms (load 10 on two cores)."""


class IvfIndex:
    """Rows in the order given. ids: (n,). rows: (n, dimension) float32, perhaps memory-mapped. probes: lists that a
    search looks into. recall: found by the build."""

    def __init__(self, lists: Any, ids: Ids, rows: Vectors, probes: int, recall: float) -> None:
        self._lists = lists
        self._ids = ids
        self._rows = rows
        self.probes = probes
        self.recall = recall
        self._by_row = np.array_equal(ids, np.arange(len(ids)))
        self._order = np.argsort(ids, kind="stable")
        self._sorted = ids[self._order]

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors, *, recall: float = RECALL) -> Self:
        """See VectorIndex. recall: how many lists are probed follows from it."""
        import faiss

        rows = np.ascontiguousarray(vectors, np.float32)
        count, dimension = rows.shape
        number = 2 ** round(np.log2(4 * np.sqrt(count)))
        lists: Any = faiss.index_factory(dimension, f"IVF{number},SQ8", faiss.METRIC_INNER_PRODUCT)
        lists.cp.niter = ROUNDS
        chance = np.random.default_rng(0)
        trained = chance.choice(count, min(count, number * TRAINED), replace=False)
        lists.train(rows[np.sort(trained)])
        lists.add(rows)
        made = cls(lists, np.ascontiguousarray(ids, np.int64), rows, 8, 0.0)
        pairs = chance.choice(count, (2, SAMPLE))
        middles = rows[pairs[0]] + rows[pairs[1]]
        asked = middles / np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), np.float32(1e-6))
        true = _nearest(rows, asked)
        while made.recall < recall and made.probes < number:
            made.probes = min(2 * made.probes, number)
            found = [made._near(vector, 10, None) for vector in asked]
            # Whatever is among the candidates is found: they are compared exactly.
            hits = sum(len(np.intersect1d(ours, wanted)) for ours, wanted in zip(found, true, strict=True))
            made.recall = hits / sum(map(len, true))
        return made

    @classmethod
    def open(cls, path: Path) -> Self:
        """See VectorIndex."""
        import faiss

        try:
            facts = json.loads(path.with_suffix(FACTS).read_bytes())
            if path.stat().st_size != facts["bytes"]:  # mapped, a shorter file would end the process
                raise ValueError("size")
            lists = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
            rows = mapped(path.with_suffix(".rows.npy"))
            ids = loaded(path.with_suffix(".ids.npy"))
            return cls(lists, ids, rows, int(facts["probes"]), float(facts["recall_at_10"]))
        except (RuntimeError, OSError, ValueError, KeyError, TypeError) as error:
            raise DataDamaged(f"{path}: not a FAISS index", path=str(path), reason=str(error)) from error

    @property
    def facts(self) -> Facts:
        """See VectorIndex."""
        recall = round(self.recall, 4)
        return {"kind": "ivf", "lists": self._lists.nlist, "probes": self.probes, "recall_at_10": recall}

    def save(self, path: Path) -> None:
        """See VectorIndex."""
        import faiss

        whole = faiss.serialize_index(self._lists)
        path.write_bytes(whole.data)
        save(path.with_suffix(".rows.npy"), self._rows)
        save(path.with_suffix(".ids.npy"), self._ids)
        path.with_suffix(FACTS).write_text(json.dumps(self.facts | {"bytes": len(whole)}), encoding="utf-8")

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """See VectorIndex."""
        rows = None if allowed is None else self._places(allowed)
        near = rows if rows is not None and len(rows) <= BRUTE else self._near(vector, k, rows)
        cosines = self._rows[near] @ vector
        best = np.lexsort((near, -cosines))[:k]
        return self._ids[near[best]], cosines[best]

    def vectors(self, ids: Ids) -> Vectors:
        """See VectorIndex."""
        rows: Vectors = self._rows[self._order[np.searchsorted(self._sorted, ids)]]
        return rows

    def _near(self, vector: Vectors, k: int, rows: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64]:
        """Rows that the lists give, REFINED times k. The fewer rows are allowed, the more lists are probed."""
        import faiss

        count = len(self._ids)
        probes, selector = self.probes, None
        if rows is not None:
            probes = min(self._lists.nlist, -(-probes * count // len(rows)))
            bits = np.zeros(count, bool)
            bits[rows] = True
            selector = faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))  # type: ignore[call-arg, arg-type]
        parameters = faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]
        _, found = self._lists.search(vector[None, :], min(REFINED * k, count), params=parameters)
        near: npt.NDArray[np.int64] = found[0][found[0] >= 0]
        return near

    def _places(self, ids: Ids) -> npt.NDArray[np.int64]:
        """Rows of the ids that are held. Sorted first, so that neighbours are looked up together."""
        if self._by_row:
            return ids[(ids >= 0) & (ids < len(self._ids))]
        wanted = np.sort(ids)
        places = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        known: npt.NDArray[np.int64] = self._order[places[self._sorted[places] == wanted]]
        return known


def _nearest(rows: Vectors, asked: Vectors) -> list[Ids]:
    """The ten rows nearest to each asked vector, by brute force."""
    block = 100_000
    best = [np.zeros(0, np.int64)] * len(asked)
    scores = [np.zeros(0, np.float32)] * len(asked)
    for begin in range(0, len(rows), block):
        cosines = asked @ rows[begin : begin + block].T
        for place in range(len(asked)):
            kept = np.argpartition(-cosines[place], min(10, cosines.shape[1]) - 1)[:10]
            best[place] = np.concatenate([best[place], kept + begin])
            scores[place] = np.concatenate([scores[place], cosines[place, kept]])
    return [near[np.argsort(-score, kind="stable")[:10]] for near, score in zip(best, scores, strict=True)]
