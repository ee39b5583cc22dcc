"""Files that are there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from corpus.errors import translated


@contextmanager
def written_beside(path: Path) -> Iterator[BinaryIO]:
    """A stream whose bytes become the file `path` when the block ends well, by one rename; folders are made.

    Raises DataReadOnly, DiskFull; the former file, if any, stays then.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)  # mkstemp keeps its files from everybody else
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
