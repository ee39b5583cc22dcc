"""Arrays to files in NumPy's own format, and back without reading them."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged


def save(path: Path, array: npt.NDArray[Any]) -> None:
    """Write what `np.load` reads. `np.save` reports a full disk without errno; here the OSError keeps it."""
    save_blocks(path, array.shape, array.dtype, [array])


def save_blocks(path: Path, shape: tuple[int, ...], dtype: npt.DTypeLike, blocks: Iterable[npt.NDArray[Any]]) -> None:
    """The same for an array that comes in pieces, one after the other along its first axis: never held whole."""
    kind = np.dtype(dtype)
    header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for block in blocks:
            file.write(np.ascontiguousarray(block, kind).reshape(-1).view(np.uint8).data)


def mapped(path: Path) -> npt.NDArray[Any]:
    """What `save` wrote, read-only, on disk until it is touched. Raises DataDamaged when the file is missing, shorter
    than its header says, or no array: nothing later reads beyond its end. A plain view: slices of `np.memmap` cost
    three times as much.

    The header is read here: `np.load` evaluates it as Python, which under several threads CPython 3.11 may answer with
    a SystemError (its issue 106905).
    """
    try:
        with path.open("rb") as file:
            if np.lib.format.read_magic(file) != (1, 0):
                raise ValueError("version")
            told = _header(file.read(int.from_bytes(file.read(2), "little")).decode("latin-1"))
            at = file.tell()
        return np.asarray(np.memmap(path, _kind(told["descr"]), "r", at, tuple(told["shape"])))
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise DataDamaged(f"{path} cannot be read", path=str(path), reason=str(error)) from error


def loaded(path: Path) -> npt.NDArray[Any]:
    """The same in memory. Raises DataDamaged."""
    return mapped(path).copy()


def _header(text: str) -> dict[str, Any]:
    """A header as `save` writes it. Raises ValueError."""
    plain = text.translate(str.maketrans("'()", '"[]')).replace("False", "false")
    told: dict[str, Any] = json.loads(re.sub(r",\s*([\]}])", r"\1", plain))
    if told["fortran_order"]:
        raise ValueError("order")
    return told


def _kind(described: Any) -> np.dtype[Any]:
    return np.dtype(described if isinstance(described, str) else [tuple(field) for field in described])
