"""The SQLite file of a data folder: opened, locked, upgraded; transactions. `Store` and `Frontier` stand on it.

`corpus.sqlite` is in WAL mode. Every write is a transaction; a process killed
at any instant leaves every committed row readable. One writer at a time, held
by an flock on `lock`, which the system releases with the process; readers are
never blocked.

Formats only add tables, so an older file stays readable as it is: a writer
adds what is missing in one transaction, a reader stands on empty temporary
tables until then.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from corpus.errors import DataBusy, DataForbidden, DataFormatError, DataMissing, translated

FORMAT = 3
_APPLICATION = 0x53524352  # "SRCR", in the file's header: says whose database this is
_BUSY_MS = 10_000  # a checkpoint by another process is waited for this long

TABLES: dict[int, tuple[str, ...]] = {
    1: (
        "document (id TEXT PRIMARY KEY, version INTEGER NOT NULL, withdrawn TEXT) WITHOUT ROWID",
        "version (doc TEXT NOT NULL, number INTEGER NOT NULL, captured TEXT NOT NULL, digest TEXT NOT NULL,"
        " url TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL, ministry TEXT NOT NULL,"
        " kind TEXT NOT NULL, published TEXT, modified TEXT, source TEXT NOT NULL, text TEXT NOT NULL,"
        " pages TEXT NOT NULL, PRIMARY KEY (doc, number))",
        "visit (url TEXT PRIMARY KEY, status INTEGER NOT NULL, fetched TEXT NOT NULL, etag TEXT,"
        " last_modified TEXT, digest TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
        "run (id INTEGER PRIMARY KEY, report TEXT NOT NULL)",
    ),
    2: (
        # What the listing said of an address when it last gave a document: for reading it again offline.
        "listed (url TEXT PRIMARY KEY, found TEXT NOT NULL, stamp TEXT NOT NULL) WITHOUT ROWID",
        # Since when a document is missing from its source's whole listing.
        "unlisted (doc TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID",
        # Versions that a better extractor made of the same bytes, not the publisher.
        "reread (doc TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (doc, number)) WITHOUT ROWID",
        # The declaration that a source was last collected with.
        "source (name TEXT PRIMARY KEY, declaration TEXT NOT NULL) WITHOUT ROWID",
        # The collection of a source that is under way, and its addresses in the order of their listing.
        "round (source TEXT PRIMARY KEY, started TEXT NOT NULL, listed TEXT, whole INTEGER NOT NULL) WITHOUT ROWID",
        "frontier (id INTEGER PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, found TEXT NOT NULL,"
        " doc TEXT NOT NULL, done INTEGER NOT NULL, UNIQUE (source, url))",
    ),
    3: (
        # Pages that were read by OCR: `Document.ocr` of a version that has some.
        "recognised (doc TEXT NOT NULL, number INTEGER NOT NULL, pages TEXT NOT NULL, PRIMARY KEY (doc, number))"
        " WITHOUT ROWID",
        # What the publisher wrote where the text of a version is cleaned: `Original.edits`.
        "original (doc TEXT NOT NULL, number INTEGER NOT NULL, edits TEXT NOT NULL, PRIMARY KEY (doc, number))"
        " WITHOUT ROWID",
    ),
}
"""Format -> the tables that it added."""


class Database:
    """The file of one data folder. Safe to share between threads; close it, or use `with`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: int | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._guard = threading.RLock()
        self._depth = 0

    @classmethod
    def open(cls, data: Path, *, create: bool = False, write: bool = False) -> Self:
        """Open the corpus of folder `data`.

        create: make the folder and an empty corpus where there is none.
        write: take the single writer's lock, and bring a file of an older format
        up to date. Raises DataMissing, DataFormatError, DataDamaged,
        DataReadOnly, DataForbidden, DiskFull, and DataBusy when another process holds the lock.
        """
        path = data / "corpus.sqlite"
        with translated(data):
            if create:
                data.mkdir(parents=True, exist_ok=True)
            if not data.is_dir():
                raise DataMissing(f"no data folder at {data}", path=str(data), what="folder")
            if not create and not path.is_file():
                raise DataMissing(f"no corpus in {data}", path=str(data), what="corpus")
            lock = _take_lock(data) if write else None
            try:
                connection = _connect(path, create=create, write=write)
            except BaseException:
                if lock is not None:
                    os.close(lock)
                raise
        return cls(path, connection, lock)

    def close(self) -> None:
        """Close the database and give the writer's lock back."""
        with self._guard:
            self._connection.close()
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside become visible together, or not at all. May be nested."""
        with self._guard, translated(self.path):
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                try:
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise

    def execute(self, sql: str, *values: object) -> int:
        """Write, inside a transaction; the number of rows changed."""
        return self._connection.execute(sql, values).rowcount

    def one(self, sql: str, *values: object) -> Any:
        """The first row, or None."""
        with self._guard, translated(self.path):
            return self._connection.execute(sql, values).fetchone()

    def all(self, sql: str, *values: object) -> list[Any]:
        """Every row."""
        with self._guard, translated(self.path):
            return self._connection.execute(sql, values).fetchall()


def _take_lock(data: Path) -> int:
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise DataBusy(f"another process is writing {data}", path=str(data)) from error
    return lock


def _connect(path: Path, *, create: bool, write: bool) -> sqlite3.Connection:
    writable = os.access(path.parent, os.W_OK)
    # A folder that cannot be written (a DVD, a snapshot) has no place for WAL's shared memory: the file
    # cannot change either, so it is opened as immutable. Not so beside a WAL, left by a killed writer or
    # used by one that sees this folder writable: what it holds is committed, and immutable would pass over it.
    still = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
    query = ("mode=rwc" if create else "mode=rw") if writable else f"mode=ro{still}"
    if path.exists() and not os.access(path, os.R_OK):
        raise DataForbidden(f"cannot read {path}", path=str(path))
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        application, found = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _HEADER)
        empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if (application, found) == (0, 0) and empty and create:
            connection.execute("PRAGMA journal_mode = WAL")
            _add_tables(connection, 0)
        elif application != _APPLICATION or not 1 <= found <= FORMAT:
            raise DataFormatError(f"{path}: format {found}, not {FORMAT}", path=str(path), found=found, expected=FORMAT)
        elif found < FORMAT and write:
            _add_tables(connection, found)
        elif found < FORMAT:
            connection.execute("PRAGMA temp_store = MEMORY")
            for table in _added_after(found):
                connection.execute(f"CREATE TEMP TABLE {table}")
        if writable:
            connection.execute("PRAGMA synchronous = FULL")  # committed means committed, power cut included
    except BaseException:
        connection.close()
        raise
    return connection


def _add_tables(connection: sqlite3.Connection, found: int) -> None:
    """Bring a file of format `found` (0: empty) to FORMAT, in one transaction."""
    tables = "".join(f"CREATE TABLE {table}; " for table in _added_after(found))
    connection.executescript(
        f"BEGIN IMMEDIATE; {tables} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;"
    )


def _added_after(found: int) -> Iterator[str]:
    for number, tables in TABLES.items():
        if number > found:
            yield from tables


_HEADER = ("application_id", "user_version")
