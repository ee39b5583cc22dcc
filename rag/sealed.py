"""Folders that never change once written: a JSON file lists the others with their sizes and digests, under a seal.

A small file is hashed whenever its folder is opened. Of a large one the size and both ends are compared then, since a
million passages are gigabytes; `check(whole=True)`, which `sourcier verify` calls, hashes all of it.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from corpus.errors import DataDamaged, DataFormatError

FORMAT = 4
"""Of all files of an index. Raise it when one of them changes."""
SMALL = 1_000_000
"""Bytes up to which a file is hashed whole at opening: 1 ms."""
EDGE = 65_536
"""Bytes at each end of a larger file that are hashed at opening: where formats keep their header and their tail."""

Facts = dict[str, Any]
Save = Callable[[Path], None]
"""Writes files into a folder."""


def write(folder: Path, name: str, listing: str, facts: Facts, saves: Iterable[Save]) -> str:
    """Write folder `name` beside the others of `folder`, then rename it into place; its seal. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{name}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir()
        for save in saves:
            save(beside)
        told = {"format": FORMAT} | facts | {"files": {path.name: _told(path) for path in sorted(beside.iterdir())}}
        seal = _seal(told)
        (beside / listing).write_text(json.dumps(told | {"seal": seal}, indent=1, ensure_ascii=False), encoding="utf-8")
        beside.rename(folder / name)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return seal


def read(path: Path) -> Facts:
    """What a listing says, its seal among it. Raises DataDamaged, DataFormatError."""
    try:
        told: Facts = json.loads(path.read_bytes())
        found, seal = told["format"], told.pop("seal", None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataDamaged(f"{path} cannot be read", path=str(path), reason=str(error)) from error
    if found != FORMAT:
        raise DataFormatError(f"{path}: format {found}, not {FORMAT}", path=str(path), found=found, expected=FORMAT)
    if seal != _seal(told):
        raise DataDamaged(f"{path} is not as it was written", path=str(path), reason="digest")
    return told | {"seal": seal}


def check(home: Path, files: dict[str, Facts], *, whole: bool = False) -> None:
    """Compare files with what their listing says of them. Raises DataDamaged."""
    for name, expected in files.items():
        path = home / name
        try:
            if path.stat().st_size == expected["bytes"]:
                if whole or "edges" not in expected:
                    sound = _digest(path) == expected["sha256"]
                else:
                    sound = _edges(path) == expected["edges"]
            else:
                sound = False
        except OSError as error:
            raise DataDamaged(f"{path} cannot be read", path=str(path), reason=str(error)) from error
        if not sound:
            raise DataDamaged(f"{path} is not the file of its manifest", path=str(path), reason="digest")


def _told(path: Path) -> Facts:
    size = path.stat().st_size
    told = {"bytes": size, "sha256": _digest(path)}
    return told if size <= SMALL else told | {"edges": _edges(path)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _edges(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(EDGE))
        file.seek(-EDGE, 2)
        digest.update(file.read(EDGE))
    return digest.hexdigest()


def _seal(told: Facts) -> str:
    """SHA-256 (hex) of what a listing says: it describes the other files, nothing else describes it."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
