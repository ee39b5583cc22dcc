"""Arrays to files in NumPy's own format."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def save(path: Path, array: npt.NDArray[Any]) -> None:
    """Write what `np.load` reads. `np.save` reports a full disk without errno; here the OSError keeps it."""
    whole = np.ascontiguousarray(array)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(whole))
        file.write(whole.view(np.uint8).data)
