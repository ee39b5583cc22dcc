"""The values that pass from room to room. Frozen, standard library only.

`Document` is one version of a publication. All offsets in Sourcier count
characters (code points) of `Document.text`; a quote is always the slice
`document.text[start:end]`.
"""

import calendar
import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from corpus.months import NAMES
from corpus.original import Edit

Outcome = Literal["new", "edited", "unchanged", "restored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a publication, as it was read.

    id: stable across versions, "source/slug" for scraped ones.
    published, modified: ISO 8601 dates, whole ("2025-03-27") or reduced
      ("2025-03", "2025"); None when the publication gives no date.
      They are the publication's dates, never the crawl's.
    text: paragraphs separated by a blank line; what quotes are slices of.
    pages: offset of the first character of each page, in order, for paged
      documents (PDF); empty otherwise.
    source: name of the catalogue's source that brought it, "" when added by hand.
    ocr: for every page its confidence in percent where it was read by optical
      character recognition, None where the file had text; empty when no page was.
    edits: what was written where `text` is cleaned, for `corpus.original`. Only the
      extractor gives it; the store keeps it apart (`Store.edits`).
    """

    id: str
    url: str
    title: str
    publisher: str
    ministry: str
    kind: str
    published: str | None
    text: str
    modified: str | None = None
    source: str = ""
    pages: tuple[int, ...] = ()
    ocr: tuple[int | None, ...] = ()
    edits: tuple[Edit, ...] = field(default=(), compare=False, repr=False)

    def digest(self) -> str:
        """SHA-256 (hex) of what the publisher could change: `source`, `ocr` and `edits` are left out."""
        content = asdict(self)
        del content["source"], content["ocr"], content["edits"]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def page_at(self, offset: int) -> int | None:
        """Number, from 1, of the page that holds the character at `offset`; None if unpaged."""
        page = None
        for number, start in enumerate(self.pages, 1):
            if start > offset:
                break
            page = number
        return page

    def ocr_at(self, offset: int) -> int | None:
        """Confidence in percent of the page that holds the character at `offset`, if it was read by OCR."""
        page = self.page_at(offset)
        return self.ocr[page - 1] if page is not None and page <= len(self.ocr) else None

    def to_record(self) -> dict[str, Any]:
        """The JSON object that `sourcier export` prints and `sourcier add` takes."""
        record = asdict(self)
        record["pages"] = list(self.pages)
        del record["edits"], record["ocr"]
        if self.ocr:
            record["ocr"] = list(self.ocr)
        return record


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A document as it stood from `captured` (ISO 8601 time, UTC) on; `number` counts from 1.

    reread: our extractor changed, not the publication; read again from the archive.
    """

    number: int
    captured: str
    digest: str
    document: Document
    reread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A current document without its text: what lists and filters need. Fields as in Document and Version."""

    id: str
    number: int
    captured: str
    url: str
    title: str
    publisher: str
    ministry: str
    kind: str
    published: str | None
    modified: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What is remembered of the last good visit to an address, for conditional requests.

    digest: SHA-256 of the body; doc: id of the document it gave, "" if none.
    """

    url: str
    status: int
    fetched: str
    etag: str | None
    last_modified: str | None
    digest: str
    doc: str


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of a text."""

    start: int
    end: int


def latest_day(partial: str) -> date:
    """The last day of a whole or reduced ISO date: "2025-02" -> 2025-02-28.

    A document dated only to the month counts as published by the month's end,
    so that an as-of question never sees it too early. Raises ValueError.
    """
    parts = [int(part) for part in partial.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return date(year, month, day)


def earliest_day(partial: str) -> date:
    """The first day of a whole or reduced ISO date: "2025-02" -> 2025-02-01. Raises ValueError."""
    parts = [int(part) for part in partial.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def days_between(earlier: str, later: str) -> float:
    """Days from one ISO 8601 time to another; negative where the clock was set back."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 86_400


def in_words(partial: str | None) -> str:
    """A whole or reduced ISO date in French: "27 mars 2025", "1er avril 2025", "mars 2025", "2025"; "" for None."""
    if partial is None:
        return ""
    day = earliest_day(partial)
    month = NAMES[day.month - 1]
    number = "1er" if day.day == 1 else str(day.day)
    return (f"{day.year}", f"{month} {day.year}", f"{number} {month} {day.year}")[partial.count("-")]
