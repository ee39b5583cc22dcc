"""The values that pass between the stages of ingest. Frozen, standard library only.

    Found -> Page -> Content -> Extracted (a Document)

Each stage gives its value, or says why not: `Refusal` (fetching) and `Rejected`
(extraction) are values too, with a reason code; nothing is raised for what a
site does.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Protocol

from corpus.original import Edit
from corpus.records import Document

FetchReason = Literal[
    "scheme",
    "bad_url",
    "host",
    "robots",
    "robots_unavailable",
    "private_address",
    "dns",
    "redirects",
    "too_large",
    "timeout",
    "tls",
    "tls_expired",
    "network",
    "bad_encoding",
    "http_status",
    "bad_listing",
    "file",
    "forbidden",
]
"""Why an address gave no page. The first five and "private_address" are our own refusals."""

RejectReason = Literal[
    "empty",
    "no_text",
    "unknown_type",
    "html_unreadable",
    "html_too_large",
    "password",
    "pdf_without_text",
    "pdf_unread",
    "pdf_unreadable",
    "pdf_picture_too_large",
    "pdf_encrypted",
    "pdf_corrupt",
    "pdf_too_long",
    "docx_corrupt",
    "odt_corrupt",
    "odt_encrypted",
    "docx_too_large",
    "odt_too_large",
    "extractor_error",
]
"""Why a body gave no document."""

REFUSED_BY_RULE = frozenset({"scheme", "bad_url", "host", "robots", "robots_unavailable", "private_address"})
"""Fetch reasons that are our rules at work, not a failure of the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address worth a visit, and what its listing says about it ("" or None: nothing).

    local: path of a file on this machine, or place in a WARC (`ingest.warc`), for sources of kind "files"; "" for
    the web.
    stamp: what the listing gives as the time of the last change, to the second; an
    address whose stamp has not moved is not asked again.
    listed: False for a known address that the listing no longer names.
    via: the publication that a file is attached to; such a file goes only when it is no longer there.
    """

    url: str
    title: str = ""
    published: str | None = None
    modified: str | None = None
    publisher: str = ""
    ministry: str = ""
    kind: str = ""
    local: str = ""
    stamp: str = ""
    listed: bool = True
    via: str = ""

    def to_json(self) -> str:
        """For the frontier and for reading again offline."""
        return json.dumps({key: value for key, value in asdict(self).items() if value}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Found":
        """The value that `to_json` wrote."""
        return cls(**{"listed": False, **json.loads(text)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A response whose body was read whole.

    requested: the address asked for; url: the address that answered, after redirects.
    headers: names in lower case, in order. body: decoded from gzip or deflate.
    digest: SHA-256 (hex) of the body. fetched: ISO 8601 time, UTC.
    """

    requested: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    digest: str
    fetched: str

    def header(self, name: str) -> str | None:
        """The first header of that name (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says (304) that what we have is still current."""

    requested: str
    url: str
    fetched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An address that gave no page. status: the HTTP status where there was one.
    wait_seconds: how long the site asks to be left alone (Retry-After of a 429 or 503)."""

    requested: str
    url: str
    reason: FetchReason
    detail: str = ""
    status: int | None = None
    wait_seconds: float = 0.0


FetchResult = Page | NotModified | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reader of one format found in a body; "" or None where the body does not say.

    pages: offset in `text` of each page's first character. alarms: what an
    operator must see although a document came out, e.g. "pdf_pages_without_text:2".
    ocr, edits: as in `Document`. files: (address as written, words of the link) of the files that the text links to.
    """

    text: str
    title: str = ""
    published: str | None = None
    modified: str | None = None
    publisher: str = ""
    ministry: str = ""
    kind: str = ""
    pages: tuple[int, ...] = ()
    ocr: tuple[int | None, ...] = ()
    edits: tuple[Edit, ...] = ()
    alarms: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A body that gives no document, and why."""

    reason: RejectReason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A document, the alarms of its extraction, and the files attached to it."""

    document: Document
    alarms: tuple[str, ...] = ()
    attachments: tuple[Found, ...] = ()


Selectors = Mapping[str, str]
"""CSS selectors by role: title, body, date, publisher, ministry, kind, item, next, drop."""


class Clock(Protocol):
    """Time, so that tests need not wait."""

    def monotonic(self) -> float:
        """Seconds that only grow."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def wake(self) -> None:
        """Who sleeps wakes up, and nobody sleeps any more: the work is being stopped."""

    def utcnow(self) -> str:
        """ISO 8601 time, UTC, to the second: "2025-03-27T10:00:00Z"."""
