"""rag/vectors.py: the contract of a vector engine, ids and scores, against numpy's brute force."""

from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pytest

from corpus.errors import DataDamaged, SettingsError
from rag import ivf
from rag.ivf import IvfIndex
from rag.vectors import ENGINES, FlatIndex, GrowingIndex, Ids, VectorIndex, Vectors, engine

DIMENSION = 16


class Lists(GrowingIndex):
    """Inverted lists as soon as there are enough vectors for some, all of them probed so that everything is found."""

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        return cls(IvfIndex.build(ids, vectors, recall=1.1) if len(ids) > 40 else FlatIndex.build(ids, vectors))


@pytest.fixture(params=[*ENGINES, "lists"])
def made(request: pytest.FixtureRequest) -> type[VectorIndex]:
    return Lists if request.param == "lists" else engine(request.param)


def unit_rows(count: int, seed: int = 1) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def some_ids(count: int) -> Ids:
    """Neither dense nor ordered, some near 2**63."""
    return np.random.default_rng(2).permutation(np.arange(count, dtype=np.int64) * 7919 + 2**62 - 11)


def brute_force(ids: Ids, rows: Vectors, vector: Vectors, k: int, allowed: Ids | None) -> tuple[Ids, Vectors]:
    cosines = rows.astype(np.float64) @ vector.astype(np.float64)
    kept = np.isin(ids, allowed) if allowed is not None else np.ones(len(ids), bool)
    order = np.argsort(-cosines[kept], kind="stable")[:k]
    return ids[kept][order], cosines[kept][order]


def check(found: tuple[Ids, Vectors], expected: tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]) -> None:
    assert found[0].tolist() == expected[0].tolist()
    assert found[1] == pytest.approx(expected[1], abs=1e-5)


@pytest.mark.parametrize("count", [1, 7, 500])
@pytest.mark.parametrize("k", [1, 10, 1000])
def test_ids_and_cosines_are_those_of_brute_force(made: type[VectorIndex], count: int, k: int) -> None:
    ids, rows = some_ids(count), unit_rows(count)
    index = made.build(ids, rows)
    for vector in unit_rows(5, seed=3):
        found = index.search(vector, k)
        assert len(found[0]) == len(found[1]) == min(k, count)
        check(found, brute_force(ids, rows, vector, k, None))


@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_only_allowed_ids_are_found(made: type[VectorIndex], share: float) -> None:
    ids, rows = some_ids(400), unit_rows(400)
    index = made.build(ids, rows)
    allowed = np.random.default_rng(4).choice(ids, max(1, int(share * 400)), replace=False)
    for vector in unit_rows(5, seed=5):
        check(index.search(vector, 20, allowed), brute_force(ids, rows, vector, 20, allowed))


@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_ids_that_are_row_numbers_are_filtered_alike(made: type[VectorIndex], share: float) -> None:
    ids, rows = np.arange(400), unit_rows(400)
    index = made.build(ids, rows)
    allowed = np.append(np.random.default_rng(4).choice(ids, max(1, int(share * 400)), replace=False), [-1, 400, 2**62])
    for vector in unit_rows(5, seed=5):
        check(index.search(vector, 20, allowed), brute_force(ids, rows, vector, 20, allowed))


def test_fewer_than_k_allowed_gives_them_all_best_first(made: type[VectorIndex]) -> None:
    ids, rows = some_ids(50), unit_rows(50)
    found, cosines = made.build(ids, rows).search(rows[0], 10, ids[:3])
    assert set(found.tolist()) == set(ids[:3].tolist())
    assert found[0] == ids[0]
    assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)


def test_nothing_allowed_or_unknown_ids_find_nothing(made: type[VectorIndex]) -> None:
    index = made.build(some_ids(50), unit_rows(50))
    for allowed in (np.zeros(0, np.int64), np.array([5, 6], np.int64)):
        found, cosines = index.search(unit_rows(1)[0], 10, allowed)
        assert (found.tolist(), cosines.tolist()) == ([], [])


def test_a_vector_is_its_own_nearest_with_cosine_one(made: type[VectorIndex]) -> None:
    ids, rows = some_ids(100), unit_rows(100)
    index = made.build(ids, rows)
    for identifier, row in zip(ids, rows, strict=True):
        found, cosines = index.search(row, 1)
        assert found.tolist() == [identifier]
        assert cosines == pytest.approx([1.0], abs=1e-5)


def test_an_empty_index_finds_nothing(made: type[VectorIndex], tmp_path: Path) -> None:
    built = made.build(np.zeros(0, np.int64), np.zeros((0, DIMENSION), np.float32))
    built.save(tmp_path / "vectors")
    for index in (built, made.open(tmp_path / "vectors")):
        assert index.search(unit_rows(1)[0], 3)[0].tolist() == []


def test_stored_rows_come_back_in_the_order_asked(made: type[VectorIndex]) -> None:
    ids, rows = some_ids(100), unit_rows(100)
    order = np.random.default_rng(6).permutation(100)[:30]
    assert made.build(ids, rows).vectors(ids[order]) == pytest.approx(rows[order])


def test_what_is_saved_finds_the_same_when_opened(made: type[VectorIndex], tmp_path: Path) -> None:
    ids, rows = some_ids(100), unit_rows(100)
    built = made.build(ids, rows)
    built.save(tmp_path / "vectors")
    opened = made.open(tmp_path / "vectors")
    for vector in unit_rows(5, seed=7):
        before, after = built.search(vector, 10, ids[:40]), opened.search(vector, 10, ids[:40])
        assert (before[0].tolist(), before[1].tolist()) == (after[0].tolist(), after[1].tolist())
    assert opened.vectors(ids) == pytest.approx(rows)


def test_a_file_that_is_not_its_own_is_damaged(made: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    made.build(some_ids(100), unit_rows(100)).save(path)
    whole = path.read_bytes()
    for content in (b"", b"x" * len(whole), whole[: len(whole) // 2], whole[:20]):
        path.write_bytes(content)
        with pytest.raises(DataDamaged) as caught:
            made.open(path)
        assert caught.value.details["path"] == str(path)
    path.unlink()
    with pytest.raises(DataDamaged):
        made.open(path)


def clustered(count: int) -> Vectors:
    """Around 50 centres, as texts are."""
    chance = np.random.default_rng(8)
    rows = chance.normal(size=(50, DIMENSION))[chance.integers(50, size=count)] + chance.normal(
        scale=0.5, size=(count, DIMENSION)
    )
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.mark.parametrize("share", [1.0, 0.5, 0.02])
def test_the_recall_that_a_build_measures_is_what_searches_find(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ivf, "BRUTE", 100)  # so that the lists are used whatever the share
    ids, rows = some_ids(8000), clustered(8000)
    index = IvfIndex.build(ids, rows, recall=0.9)
    assert 0.9 <= index.recall <= 1
    assert index.probes < 256
    assert index.facts == {"kind": "ivf", "lists": 256, "probes": index.probes, "recall_at_10": round(index.recall, 4)}
    allowed = np.random.default_rng(9).choice(ids, int(share * len(ids)), replace=False) if share < 1 else None
    found = [
        len(set(index.search(row, 10, allowed)[0]) & set(brute_force(ids, rows, row, 10, allowed)[0]))
        for row in rows[::100]
    ]
    assert np.mean(found) / 10 > 0.88


def test_a_growing_index_changes_its_kind_and_keeps_its_rows(tmp_path: Path) -> None:
    class Small(GrowingIndex):
        flat_most = 300

    for count, kind in ((300, "flat"), (301, "ivf")):
        ids, rows = some_ids(count), unit_rows(count)
        Small.build(ids, rows).save(tmp_path / f"{kind}.bin")
        opened = Small.open(tmp_path / f"{kind}.bin")
        assert opened.facts["kind"] == kind
        assert opened.vectors(ids).tolist() == rows.tolist()
        assert opened.search(rows[7], 1)[0].tolist() == [ids[7]]


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="faiss") as caught:
        engine("magique")
    assert (caught.value.details["key"], caught.value.details["value"]) == ("vectors", "magique")
