"""rag/arrays.py against NumPy: what it writes NumPy reads, what it reads is what NumPy reads."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from corpus.errors import DataDamaged
from rag.arrays import loaded, mapped, save, save_blocks
from rag.documents import COLUMNS
from rag.segment import ROW

ARRAYS = [
    np.arange(12, dtype=np.int32),
    np.arange(12, dtype=np.float32).reshape(3, 4),
    np.arange(12, dtype=np.uint64).reshape(4, 3).T,
    np.zeros((0, 384), np.float32),
    np.zeros(0, np.int64),
    np.array([True, False]),
    np.array([(2**62, 1, 2, 3), (5, 6, 7, 8)], ROW),
    np.zeros(1, COLUMNS),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype.kind}{array.shape}")
def test_numpy_reads_what_is_written_and_it_comes_back_as_it_was(tmp_path: Path, array: npt.NDArray[Any]) -> None:
    path = tmp_path / "a.npy"
    save(path, array)
    for found in (np.load(path, allow_pickle=False), mapped(path), loaded(path)):
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        assert found.tolist() == array.tolist()
    assert not mapped(path).flags.writeable


def test_pieces_make_the_whole(tmp_path: Path) -> None:
    whole = np.random.default_rng(0).normal(size=(100, 7)).astype(np.float32)
    save_blocks(tmp_path / "a.npy", whole.shape, np.float32, (whole[at : at + 9] for at in range(0, 100, 9)))
    assert np.load(tmp_path / "a.npy").tolist() == whole.tolist()


def test_what_is_cut_missing_or_no_array_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    save(path, np.arange(100, dtype=np.int32))
    whole = path.read_bytes()
    for content in (
        b"", whole[:5], whole[:9], whole[:60], whole[:-1], b"x" * 200, whole.replace(b"<i4", b"|O "),
        whole.replace(b"(100,)", b"(999,)"), whole.replace(b"(100,)", b"(-10,)"), whole.replace(b"False", b"True "),
    ):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(DataDamaged) as caught:
            mapped(path)
        assert caught.value.details["path"] == str(path)
    path.unlink()
    with pytest.raises(DataDamaged):
        loaded(path)
