"""The corpus on disk: documents with their versions, visits and run reports.

Versions are only ever added, so an index generation that names (doc, version)
stays valid.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.database import Database
from corpus.original import Edit, to_json
from corpus.records import Card, Document, Fetched, Outcome, Version

_PAGE = 256  # documents read per query while walking the corpus: bounds memory
_COLUMNS = (
    "v.number, v.captured, v.digest, v.doc, v.url, v.title, v.publisher, v.ministry, "
    "v.kind, v.published, v.modified, v.source, v.text, v.pages,"
    " EXISTS (SELECT 1 FROM reread r WHERE r.doc = v.doc AND r.number = v.number),"
    " (SELECT o.pages FROM recognised o WHERE o.doc = v.doc AND o.number = v.number)"
)
_VISIT = "url, status, fetched, etag, last_modified, digest, doc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Documents that answer today, versions kept in all, documents withdrawn."""

    documents: int
    versions: int
    withdrawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a version looks like from afar: when it was read, how long its text is, the publication's date."""

    captured: str
    chars: int
    published: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A version with pages read by optical character recognition: when it was read, and its `Document.ocr`."""

    captured: str
    pages: tuple[int | None, ...]


class Store(Database):
    """The corpus of one data folder. Safe to share between threads; close it, or use `with`."""

    def put(self, document: Document, captured: str, *, reread: bool = False) -> Outcome:
        """Store `document` as read at `captured` (ISO 8601, UTC); a changed one becomes a new version.

        reread: the same bytes read by another extractor. A withdrawn document stays withdrawn, where a visit
        that finds it again restores it.
        """
        digest = document.digest()
        with self.transaction():
            row = self.one(
                "SELECT d.version, d.withdrawn, v.digest FROM document d"
                " JOIN version v ON v.doc = d.id AND v.number = d.version WHERE d.id = ?",
                document.id,
            )
            if row is not None and row[2] == digest:
                return "restored" if not reread and self.restore(document.id) else "unchanged"
            number = 1 if row is None else int(row[0]) + 1
            self.execute(
                "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                document.id, number, captured, digest, document.url, document.title, document.publisher,
                document.ministry, document.kind, document.published, document.modified, document.source,
                document.text, json.dumps(document.pages),
            )  # fmt: skip
            if document.ocr:
                self.execute("INSERT INTO recognised VALUES (?, ?, ?)", document.id, number, json.dumps(document.ocr))
            if document.edits:
                edits = json.dumps(to_json(document.edits), ensure_ascii=False)
                self.execute("INSERT INTO original VALUES (?, ?, ?)", document.id, number, edits)
            if reread:
                self.execute("INSERT INTO reread VALUES (?, ?)", document.id, number)
            withdrawn = row[1] if row is not None and reread else None
            self.execute("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", document.id, number, withdrawn)
            return "new" if row is None else "edited"

    def withdraw(self, doc: str, at: str) -> bool:
        """Mark a document as withdrawn at time `at`: its versions stay, it answers no more. True if it did."""
        with self.transaction():
            return self.execute("UPDATE document SET withdrawn = ? WHERE id = ? AND withdrawn IS NULL", at, doc) > 0

    def restore(self, doc: str) -> bool:
        """A withdrawn document answers again. True if it was withdrawn."""
        with self.transaction():
            return self.execute("UPDATE document SET withdrawn = NULL WHERE id = ? AND withdrawn IS NOT NULL", doc) > 0

    def get(self, doc: str, version: int | None = None) -> Document:
        """The current version of a document (a withdrawn one too), or an earlier one. Raises KeyError."""
        row = self.one(
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

    def current_versions(self, *, withdrawn: bool = False) -> Iterator[Version]:
        """The same with version numbers, digests and times; `withdrawn`: also those that answer no more. Pages
        through, so writes may go on meanwhile."""
        after, standing = "", "" if withdrawn else "d.withdrawn IS NULL AND"
        while True:
            rows = self.all(
                f"SELECT {_COLUMNS} FROM document d JOIN version v ON v.doc = d.id AND v.number = d.version"
                f" WHERE {standing} d.id > ? ORDER BY d.id LIMIT ?",
                after, _PAGE,
            )  # fmt: skip
            yield from map(_version, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1][3]

    def cards(self) -> tuple[Card, ...]:
        """Every document that answers today, without its text, ordered by id."""
        names = ("id", "number", "captured", "url", "title", "publisher", "ministry", "kind", "published", "modified")
        columns = ", ".join(f"v.{name}" for name in names[1:])
        rows = self.all(
            f"SELECT v.doc, {columns} FROM document d JOIN version v ON v.doc = d.id AND v.number = d.version"
            " WHERE d.withdrawn IS NULL ORDER BY d.id"
        )
        return tuple(Card(**dict(zip(names, row, strict=True))) for row in rows)

    def current_digests(self, *, withdrawn: bool = False) -> dict[str, tuple[int, str]]:
        """(version number, digest) of every document that answers today, by id in order; `withdrawn`: also of those
        that answer no more."""
        standing = "" if withdrawn else " WHERE d.withdrawn IS NULL"
        rows = self.all(
            "SELECT d.id, v.number, v.digest FROM document d JOIN version v"
            f" ON v.doc = d.id AND v.number = d.version{standing} ORDER BY d.id"
        )
        return {doc: (number, digest) for doc, number, digest in rows}

    def withdrawals(self) -> dict[str, str]:
        """When each withdrawn document was withdrawn (ISO 8601, UTC), by id in order."""
        return dict(self.all("SELECT id, withdrawn FROM document WHERE withdrawn IS NOT NULL ORDER BY id"))

    def versions(self, doc: str) -> tuple[Version, ...]:
        """Every version of a document, oldest first; empty when unknown."""
        return tuple(
            map(_version, self.all(f"SELECT {_COLUMNS} FROM version v WHERE v.doc = ? ORDER BY v.number", doc))
        )

    def counts(self) -> Counts:
        """How much is kept."""
        row = self.one(
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
        row = self.one(f"SELECT {_VISIT} FROM visit WHERE url = ?", url)
        return None if row is None else _visit(row)

    def remember(self, visit: Fetched) -> None:
        """Remember a visit, in place of the last one to the same address."""
        with self.transaction():
            self.execute(
                "INSERT OR REPLACE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?)",
                visit.url, visit.status, visit.fetched, visit.etag, visit.last_modified, visit.digest, visit.doc,
            )  # fmt: skip

    def visits(self) -> dict[str, Fetched]:
        """The latest visit that each document came from, by document in order."""
        rows = self.all(f"SELECT {_VISIT} FROM visit WHERE doc != '' ORDER BY doc, fetched, url")
        return {visit.doc: visit for visit in map(_visit, rows)}

    def listed(self, url: str) -> tuple[str, str]:
        """(what the listing said of an address that gave a document, its stamp); ("", "") when unknown."""
        row = self.one("SELECT found, stamp FROM listed WHERE url = ?", url)
        return ("", "") if row is None else (row[0], row[1])

    def note_listed(self, url: str, found: str, stamp: str) -> None:
        """Keep what the listing says of an address. stamp: its own words for "this has not changed"; "" for none."""
        with self.transaction():
            self.execute("INSERT OR REPLACE INTO listed VALUES (?, ?, ?)", url, found, stamp)

    def unlisted(self, doc: str) -> str | None:
        """Since when a document is missing from its source's whole listing."""
        row = self.one("SELECT since FROM unlisted WHERE doc = ?", doc)
        return None if row is None else str(row[0])

    def note_unlisted(self, doc: str, since: str | None) -> None:
        """Keep that; None: it is listed again."""
        with self.transaction():
            if since is None:
                self.execute("DELETE FROM unlisted WHERE doc = ?", doc)
            else:
                self.execute("INSERT OR REPLACE INTO unlisted VALUES (?, ?)", doc, since)

    def declarations(self) -> dict[str, dict[str, Any]]:
        """The declarations that sources were last collected with, by name."""
        rows = self.all("SELECT name, declaration FROM source ORDER BY name")
        return {name: json.loads(declaration) for name, declaration in rows}

    def declare(self, name: str, declaration: dict[str, Any]) -> None:
        """Keep the declaration of a source."""
        with self.transaction():
            text = json.dumps(declaration, ensure_ascii=False, sort_keys=True)
            self.execute("INSERT OR REPLACE INTO source VALUES (?, ?)", name, text)

    def shapes(self, source: str, limit: int) -> list[Shape]:
        """The last `limit` versions that visits to a source gave, oldest first."""
        rows = self.all(
            "SELECT v.captured, length(v.text), v.published FROM version v WHERE v.source = ? AND NOT EXISTS"
            " (SELECT 1 FROM reread r WHERE r.doc = v.doc AND r.number = v.number)"
            " ORDER BY v.captured DESC, v.rowid DESC LIMIT ?",
            source, limit,
        )  # fmt: skip
        return [Shape(captured=captured, chars=chars, published=day) for captured, chars, day in reversed(rows)]

    def edits(self, doc: str, version: int | None = None) -> tuple[Edit, ...]:
        """What the publisher wrote where a version's text is cleaned, for `corpus.original`; of the current one
        unless said."""
        row = self.one(
            "SELECT o.edits FROM original o JOIN document d ON d.id = o.doc"
            " WHERE o.doc = ? AND o.number = coalesce(?, d.version)",
            doc, version,
        )  # fmt: skip
        return tuple(Edit(*edit) for edit in json.loads(row[0])) if row else ()

    def recognised(self) -> dict[str, tuple[int | None, ...]]:
        """`Document.ocr` of the documents that answer today and have pages read by OCR, by id in order."""
        rows = self.all(
            "SELECT d.id, o.pages FROM document d JOIN recognised o ON o.doc = d.id AND o.number = d.version"
            " WHERE d.withdrawn IS NULL ORDER BY d.id"
        )
        return {doc: tuple(json.loads(pages)) for doc, pages in rows}

    def recognitions(self, source: str) -> list[Recognised]:
        """Every version of a source's documents that has such pages, oldest first."""
        rows = self.all(
            "SELECT v.captured, o.pages FROM recognised o JOIN version v ON v.doc = o.doc AND v.number = o.number"
            " WHERE v.source = ? ORDER BY v.captured, v.rowid",
            source,
        )  # fmt: skip
        return [Recognised(captured=captured, pages=tuple(json.loads(pages))) for captured, pages in rows]

    def add_run(self, report: dict[str, Any]) -> None:
        """Keep the report of one ingest run."""
        with self.transaction():
            self.execute("INSERT INTO run (report) VALUES (?)", json.dumps(report, ensure_ascii=False))

    def runs(self, limit: int = 10) -> list[dict[str, Any]]:
        """Reports of past runs, newest first."""
        return [json.loads(row[0]) for row in self.all("SELECT report FROM run ORDER BY id DESC LIMIT ?", limit)]


def _version(row: Any) -> Version:
    (number, captured, digest, doc, url, title, publisher, ministry, kind, published, modified, source, text, pages,
     reread, ocr) = row  # fmt: skip
    document = Document(
        id=doc, url=url, title=title, publisher=publisher, ministry=ministry, kind=kind, published=published,
        modified=modified, source=source, text=text, pages=tuple(json.loads(pages)), ocr=tuple(json.loads(ocr or "[]")),
    )  # fmt: skip
    return Version(number=number, captured=captured, digest=digest, document=document, reread=bool(reread))


def _visit(row: Any) -> Fetched:
    return Fetched(**dict(zip(_VISIT.split(", "), row, strict=True)))
