"""The corpus on disk: documents with their versions, visits and run reports. The only file that speaks SQL.

One SQLite database in WAL mode, `corpus.sqlite` in the data folder. Every
write is a transaction; a process killed at any instant leaves every committed
document readable. One writer at a time, held by an flock on `lock`, which the
system releases with the process; readers are never blocked. Versions are only
ever added, so an index generation that names (doc, version) stays valid.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from corpus.errors import DataBusy, DataFormatError, DataMissing, translated
from corpus.records import Document, Fetched, Outcome, Version

FORMAT = 1
_APPLICATION = 0x53524352  # "SRCR", in the file's header: says whose database this is
_BUSY_MS = 10_000  # a checkpoint by another process is waited for this long
_PAGE = 256  # documents read per query while walking the corpus: bounds memory

_SCHEMA = """
CREATE TABLE document (id TEXT PRIMARY KEY, version INTEGER NOT NULL, withdrawn TEXT) WITHOUT ROWID;
CREATE TABLE version (
    doc TEXT NOT NULL, number INTEGER NOT NULL, captured TEXT NOT NULL, digest TEXT NOT NULL,
    url TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL, ministry TEXT NOT NULL,
    kind TEXT NOT NULL, published TEXT, modified TEXT, source TEXT NOT NULL, text TEXT NOT NULL,
    pages TEXT NOT NULL, PRIMARY KEY (doc, number));
CREATE TABLE visit (
    url TEXT PRIMARY KEY, status INTEGER NOT NULL, fetched TEXT NOT NULL, etag TEXT,
    last_modified TEXT, digest TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE run (id INTEGER PRIMARY KEY, report TEXT NOT NULL);
"""
_COLUMNS = (
    "v.number, v.captured, v.digest, v.doc, v.url, v.title, v.publisher, v.ministry, "
    "v.kind, v.published, v.modified, v.source, v.text, v.pages"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Documents that answer today, versions kept in all, documents withdrawn."""

    documents: int
    versions: int
    withdrawn: int


class Store:
    """The corpus of one data folder. Safe to share between threads; close it, or use `with`."""

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
        write: take the single writer's lock. Raises DataMissing,
        DataFormatError, DataDamaged, DataReadOnly, DiskFull, and DataBusy when
        another process holds the lock.
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
                connection = _connect(path, create=create)
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

    def put(self, document: Document, captured: str) -> Outcome:
        """Store `document` as read at `captured` (ISO 8601, UTC); a changed one becomes a new version."""
        digest = document.digest()
        with self.transaction():
            row = self._one(
                "SELECT d.version, d.withdrawn, v.digest FROM document d"
                " JOIN version v ON v.doc = d.id AND v.number = d.version WHERE d.id = ?",
                document.id,
            )
            if row is not None and row[2] == digest:
                if row[1] is None:
                    return "unchanged"
                self._execute("UPDATE document SET withdrawn = NULL WHERE id = ?", document.id)
                return "restored"
            number = 1 if row is None else int(row[0]) + 1
            self._execute(
                "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                document.id, number, captured, digest, document.url, document.title, document.publisher,
                document.ministry, document.kind, document.published, document.modified, document.source,
                document.text, json.dumps(document.pages),
            )  # fmt: skip
            self._execute("INSERT OR REPLACE INTO document VALUES (?, ?, NULL)", document.id, number)
            return "new" if row is None else "edited"

    def withdraw(self, doc: str, at: str) -> bool:
        """Mark a document as withdrawn at time `at`: its versions stay, it answers no more. True if it did."""
        with self.transaction():
            cursor = self._execute("UPDATE document SET withdrawn = ? WHERE id = ? AND withdrawn IS NULL", at, doc)
            return cursor.rowcount > 0

    def get(self, doc: str, version: int | None = None) -> Document:
        """The current version of a document (a withdrawn one too), or an earlier one. Raises KeyError."""
        row = self._one(
            f"SELECT {_COLUMNS} FROM version v JOIN document d ON d.id = v.doc"
            " WHERE v.doc = ? AND v.number = coalesce(?, d.version)",
            doc, version,
        )  # fmt: skip
        if row is None:
            raise KeyError(doc if version is None else f"{doc}, version {version}")
        return _version(row).document

    def current(self) -> Iterator[Document]:
        """Every document that answers today, ordered by id."""
        return (version.document for version in self.current_versions())

    def current_versions(self) -> Iterator[Version]:
        """The same with version numbers, digests and times. Pages through, so writes may go on meanwhile."""
        after = ""
        while True:
            rows = self._all(
                f"SELECT {_COLUMNS} FROM document d JOIN version v ON v.doc = d.id AND v.number = d.version"
                " WHERE d.withdrawn IS NULL AND d.id > ? ORDER BY d.id LIMIT ?",
                after, _PAGE,
            )  # fmt: skip
            yield from map(_version, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1][3]

    def current_digests(self) -> dict[str, tuple[int, str]]:
        """(version number, digest) of every document that answers today, by id in order."""
        rows = self._all(
            "SELECT d.id, v.number, v.digest FROM document d JOIN version v"
            " ON v.doc = d.id AND v.number = d.version WHERE d.withdrawn IS NULL ORDER BY d.id"
        )
        return {doc: (number, digest) for doc, number, digest in rows}

    def withdrawn(self) -> frozenset[str]:
        """Ids of the documents that answer no more."""
        return frozenset(row[0] for row in self._all("SELECT id FROM document WHERE withdrawn IS NOT NULL"))

    def versions(self, doc: str) -> tuple[Version, ...]:
        """Every version of a document, oldest first; empty when unknown."""
        return tuple(
            map(_version, self._all(f"SELECT {_COLUMNS} FROM version v WHERE v.doc = ? ORDER BY v.number", doc))
        )

    def counts(self) -> Counts:
        """How much is kept."""
        row = self._one(
            "SELECT (SELECT count(*) FROM document WHERE withdrawn IS NULL), (SELECT count(*) FROM version),"
            " (SELECT count(*) FROM document WHERE withdrawn IS NOT NULL)"
        )
        assert row is not None
        return Counts(documents=row[0], versions=row[1], withdrawn=row[2])

    def digest(self) -> str:
        """SHA-256 (hex) over ids and digests of all current documents: equal corpora, equal digest."""
        lines = (f"{doc} {digest}\n" for doc, (_, digest) in self.current_digests().items())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def fetched(self, url: str) -> Fetched | None:
        """What the last good visit to `url` gave, if there was one."""
        row = self._one("SELECT url, status, fetched, etag, last_modified, digest, doc FROM visit WHERE url = ?", url)
        if row is None:
            return None
        names = ("url", "status", "fetched", "etag", "last_modified", "digest", "doc")
        return Fetched(**dict(zip(names, row, strict=True)))

    def remember(self, visit: Fetched) -> None:
        """Remember a visit, in place of the last one to the same address."""
        with self.transaction():
            self._execute(
                "INSERT OR REPLACE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?)",
                visit.url, visit.status, visit.fetched, visit.etag, visit.last_modified, visit.digest, visit.doc,
            )  # fmt: skip

    def add_run(self, report: dict[str, Any]) -> None:
        """Keep the report of one ingest run."""
        with self.transaction():
            self._execute("INSERT INTO run (report) VALUES (?)", json.dumps(report, ensure_ascii=False))

    def runs(self, limit: int = 10) -> list[dict[str, Any]]:
        """Reports of past runs, newest first."""
        return [json.loads(row[0]) for row in self._all("SELECT report FROM run ORDER BY id DESC LIMIT ?", limit)]

    def _execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def _one(self, sql: str, *values: object) -> Any:
        with self._guard, translated(self.path):
            return self._execute(sql, *values).fetchone()

    def _all(self, sql: str, *values: object) -> list[Any]:
        with self._guard, translated(self.path):
            return self._execute(sql, *values).fetchall()


def _version(row: Any) -> Version:
    number, captured, digest, doc, url, title, publisher, ministry, kind, published, modified, source, text, pages = row
    document = Document(
        id=doc, url=url, title=title, publisher=publisher, ministry=ministry, kind=kind, published=published,
        modified=modified, source=source, text=text, pages=tuple(json.loads(pages)),
    )  # fmt: skip
    return Version(number=number, captured=captured, digest=digest, document=document)


def _take_lock(data: Path) -> int:
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise DataBusy(f"another process is writing {data}", path=str(data)) from error
    return lock


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    writable = os.access(path.parent, os.W_OK)
    # A folder that cannot be written (a DVD, a snapshot) has no place for WAL's shared memory: the file
    # cannot change either, so it is opened as immutable. Not so beside a WAL, left by a killed writer or
    # used by one that sees this folder writable: what it holds is committed, and immutable would pass over it.
    still = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
    query = ("mode=rwc" if create else "mode=rw") if writable else f"mode=ro{still}"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        application, found = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _HEADER)
        empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if (application, found) == (0, 0) and empty and create:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {_APPLICATION};"
                f" PRAGMA user_version = {FORMAT}; COMMIT;"
            )
        elif (application, found) != (_APPLICATION, FORMAT):
            raise DataFormatError(f"{path}: format {found}, not {FORMAT}", path=str(path), found=found, expected=FORMAT)
        if writable:
            connection.execute("PRAGMA synchronous = FULL")  # committed means committed, power cut included
    except BaseException:
        connection.close()
        raise
    return connection


_HEADER = ("application_id", "user_version")
