"""The values that pass from room to room. Frozen, standard library only.

`Document` is one version of a publication. All offsets in Sourcier count
characters (code points) of `Document.text`; a quote is always the slice
`document.text[start:end]`.
"""

import calendar
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

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

    def digest(self) -> str:
        """SHA-256 (hex) of everything a reader could see change; `source` is left out."""
        content = asdict(self)
        del content["source"]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def page_at(self, offset: int) -> int | None:
        """Number, from 1, of the page that holds the character at `offset`; None if unpaged."""
        page = None
        for number, start in enumerate(self.pages, 1):
            if start > offset:
                break
            page = number
        return page

    def to_record(self) -> dict[str, Any]:
        """The JSON object that `sourcier export` prints and `sourcier add` takes."""
        record = asdict(self)
        record["pages"] = list(self.pages)
        return record


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A document as it stood from `captured` (ISO 8601 time, UTC) on; `number` counts from 1."""

    number: int
    captured: str
    digest: str
    document: Document


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


_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def in_words(partial: str | None) -> str:
    """A whole or reduced ISO date in French: "27 mars 2025", "1er avril 2025", "mars 2025", "2025"; "" for None."""
    if partial is None:
        return ""
    day = earliest_day(partial)
    month = _MONTHS[day.month - 1]
    number = "1er" if day.day == 1 else str(day.day)
    return (f"{day.year}", f"{month} {day.year}", f"{number} {month} {day.year}")[partial.count("-")]
