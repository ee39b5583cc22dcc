"""Arrays to files in NumPy's own format, and back without reading them."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged


def save(path: Path, array: npt.NDArray[Any]) -> None:
    """Write what `np.load` reads. `np.save` reports a full disk without errno; here the OSError keeps it."""
    whole = np.ascontiguousarray(array)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(whole))
        file.write(whole.view(np.uint8).data)


def mapped(path: Path) -> npt.NDArray[Any]:
    """What `save` wrote, read-only, on disk until it is touched. Raises DataDamaged when the file is missing, shorter
    than its header says, or no array: nothing later reads beyond its end. A plain view: slices of `np.memmap` cost
    three times as much."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise DataDamaged(f"{path} cannot be read", path=str(path), reason=str(error)) from error
