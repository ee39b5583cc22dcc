"""The errors of Sourcier, in one tree.

    SourcierError
    ├── UsageError          the caller asked for something that cannot be: exit code 2
    │   ├── QuestionError       empty, too long
    │   ├── FilterError         a date that is no date, `since` after `until`
    │   ├── SettingsError       unknown key, wrong type
    │   ├── CatalogueError      a source declaration that cannot be read
    │   ├── DocumentError       a document that cannot be added (a record's line, an unreadable file)
    │   └── SuiteError          a benchmark suite that cannot be read
    └── StateError          the machine or the data folder does not allow it: exit code 1
        ├── DataMissing         no data folder, or nothing in it yet
        ├── DataFormatError     a data folder or index of another format version
        ├── DataDamaged         a file that is not what its manifest says
        ├── DataBusy            another process is writing
        ├── DataReadOnly        the folder cannot be written
        ├── DataForbidden       the file or folder cannot be read
        ├── DiskFull            no space left
        ├── ModelError          the embedding model cannot be loaded
        ├── PortBusy            the address to serve on is taken
        ├── Overloaded          too many requests wait already
        └── ExtraMissing        an optional package is not installed

Messages are in English, for programmers and logs. `details` carries the values
(path, line, limit...), from which `ui/messages.py` makes the French sentence
that a reader sees. Foreign exceptions (sqlite3, OSError...) are translated
where they enter, by `translated`.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class SourcierError(Exception):
    """Base of all errors raised on purpose; `details` holds the values of the message."""

    def __init__(self, message: str, /, **details: object) -> None:
        super().__init__(message)
        self.details = details


class UsageError(SourcierError):
    """The request itself cannot be honoured."""


class QuestionError(UsageError):
    """An empty or too long question. details: reason ("empty" | "too_long"), length, limit."""


class FilterError(UsageError):
    """A filter that contradicts itself or is no date. details: name, value, reason."""


class SettingsError(UsageError):
    """An unknown or badly typed setting. details: key, value, origin (and reason "unknown_engine", known)."""


class CatalogueError(UsageError):
    """A catalogue that cannot be used. details: path, line (or None), key (or None), reason."""


class DocumentError(UsageError):
    """A document that cannot be taken. details: path, line (or None), reason."""


class SuiteError(UsageError):
    """A file of the benchmark that cannot be used. details: path, line (or None), where (or ""), reason (a code of
    `evals.problems`) and its values; or reason "several", problems (each with the same details) and more (a count)."""


class StateError(SourcierError):
    """The data folder or the machine does not allow the request."""


class DataMissing(StateError):
    """details: path, what ("folder" | "corpus" | "index")."""


class DataFormatError(StateError):
    """details: path, found, expected."""


class DataDamaged(StateError):
    """details: path, reason."""


class DataBusy(StateError):
    """details: path."""


class DataReadOnly(StateError):
    """details: path."""


class DataForbidden(StateError):
    """details: path."""


class DiskFull(StateError):
    """details: path."""


class ModelError(StateError):
    """details: model, reason ("other_index", "not_installed", "other_weights", or what the engine said; of a language
    model "llm_load", "llm_package", "llm_timeout", "llm_failed")."""


class PortBusy(StateError):
    """details: host, port."""


class Overloaded(StateError):
    """No details."""


class ExtraMissing(StateError):
    """details: extra (the name to install: `pip install sourcier[extra]`), package."""


_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_FULL = {errno.ENOSPC, errno.EDQUOT}


def _forbidden(path: str) -> bool:
    """True when `path` is there and may not be read; a folder must also be open to its files."""
    return os.access(path, os.F_OK) and not os.access(path, os.R_OK | (os.X_OK if Path(path).is_dir() else 0))


@contextmanager
def translated(path: object) -> Iterator[None]:
    """Turn operating-system and SQLite errors about `path` into errors of this tree.

    A refusal is of reading where what was opened is there and may not be read, else of writing.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(f"no space left while writing {path}", path=str(path)) from error
        if error.errno in _READ_ONLY:
            place = str(error.filename or path)
            if _forbidden(place):
                raise DataForbidden(f"cannot read {place}", path=place) from error
            raise DataReadOnly(f"cannot write {path}", path=str(path)) from error
        raise
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")):
            raise DiskFull(f"no space left while writing {path}", path=str(path)) from error
        if _forbidden(str(path)):
            raise DataForbidden(f"cannot read {path}", path=str(path)) from error
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
            raise DataReadOnly(f"cannot write {path}", path=str(path)) from error
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise DataBusy(f"another process is writing {path}", path=str(path)) from error
        raise DataDamaged(f"{path}: {error}", path=str(path), reason=str(error)) from error
    except sqlite3.DatabaseError as error:
        raise DataDamaged(f"{path}: {error}", path=str(path), reason=str(error)) from error
