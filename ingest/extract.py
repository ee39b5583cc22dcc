"""Bytes -> Document. Pure: opens no connection, reads no clock.

One table names the reader of each format. What a page does not say about
itself comes from its listing, then from its source's declaration.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from urllib.parse import urlsplit

from corpus.original import Edit, shifted
from corpus.records import Document
from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.dates import dateline
from ingest.identity import slug_of
from ingest.text import clean_line
from ingest.values import Content, Extracted, Found, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is to be read. content_type: as the server says it, with charset; name: file name or address."""

    data: bytes
    content_type: str
    name: str


Reader = Callable[[Body, Source], Content | Rejected]


def _html(body: Body, source: Source) -> Content | Rejected:
    from ingest.html import read_html

    host = (urlsplit(body.name).hostname or "").removeprefix("www.")
    signatures = frozenset(name.casefold() for name in (source.publisher, host) if name)
    return read_html(
        body.data, body.content_type, system=source.kind, selectors=source.selectors, signatures=signatures
    )


def _pdf(body: Body, source: Source) -> Content | Rejected:
    from ingest.pdf import read_pdf
    from ingest.pdf_scan import no_ocr

    return read_pdf(body.data) if source.ocr else read_pdf(body.data, no_ocr)


def _docx(body: Body, source: Source) -> Content | Rejected:
    from ingest.office import read_docx

    return read_docx(body.data)


def _odt(body: Body, source: Source) -> Content | Rejected:
    from ingest.office import read_odt

    return read_odt(body.data)


def _text(body: Body, source: Source, *, markdown: bool) -> Content | Rejected:
    from ingest.office import read_markdown, read_text

    return (read_markdown if markdown else read_text)(body.data, body.content_type)


READERS: Mapping[str, Reader] = {
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
    "odt": _odt,
    "text": partial(_text, markdown=False),
    "markdown": partial(_text, markdown=True),
}

_DATELINE_BLOCKS = 12
_MOST_FILES = 50
"""Files that one page brings along: more is a directory, for a source of kind "listing"."""
TYPES: Mapping[str, str] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "text/markdown": "markdown",
    "text/plain": "text",
}
"""Media types that can be read, and their format."""

EXTENSIONS: Mapping[str, str] = {
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".txt": "text",
    ".md": "markdown",
}
"""File name extensions that can be read, and their format."""

_LOOKS_HTML = re.compile(
    rb"^\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|\?xml[^>]*\?>\s*<!doctype\s+html)",
    re.I | re.S,
)


def format_of(body: Body) -> str | None:
    """Format of a body: its first bytes, then its content type, then its name's extension."""
    head = body.data[:2048]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office_format(body.data)
    media = body.content_type.split(";", 1)[0].strip().lower()
    by_name = next((kind for end, kind in EXTENSIONS.items() if urlsplit(body.name).path.lower().endswith(end)), None)
    if media == "text/plain" and by_name == "markdown":
        return "markdown"
    known = TYPES.get(media) or (by_name if media in ("", "application/octet-stream") else None)
    if known in (None, "text") and _LOOKS_HTML.match(head):
        return "html"
    # A PDF that does not begin like one is broken, or is the site's error page.
    return known


def _office_format(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            if "word/document.xml" in names:
                return "docx"
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
            return "odt" if kind.strip() == b"application/vnd.oasis.opendocument.text" else None
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, zlib.error):
        return "docx"  # its reader says what is wrong


def extract(body: Body, *, doc: str, url: str, source: Source, found: Found) -> Extracted | Rejected:
    """Make the document `doc` of a body fetched from `url`.

    Publisher, ministry, kind and dates: the page, else `found` (its listing),
    else the source; publisher falls back to the host's name.
    """
    if not body.data.strip():
        return Rejected(reason="empty")
    kind = format_of(body)
    if kind is None:
        return Rejected(reason="unknown_type", detail=body.content_type[:100])
    content = READERS[kind](body, source)
    if isinstance(content, Rejected):
        return content
    title = _title(content, found, kind)
    text, pages, edits = _without_title(content, title)
    published = content.published or found.published
    if published is None and kind != "html":
        published = dateline(text.split("\n\n")[:_DATELINE_BLOCKS])
    modified = content.modified or found.modified
    document = Document(
        id=doc,
        url=url,
        title=title,
        publisher=content.publisher or found.publisher or source.publisher or (urlsplit(url).hostname or ""),
        ministry=content.ministry or found.ministry or source.ministry,
        kind=slug_of(content.kind or found.kind or source.document_kind),
        published=published,
        modified=modified if modified and published and modified > published else None,
        text=text,
        source=source.name,
        pages=pages,
        ocr=content.ocr,
        edits=edits,
    )
    attachments = tuple(_attachments(content, document, source)) if source.attachments else ()
    return Extracted(document=document, alarms=content.alarms, attachments=attachments)


def _attachments(content: Content, document: Document, source: Source) -> Iterator[Found]:
    """The files that a page links to, on its own hosts; what they do not say of themselves is what the page says."""
    seen = {document.url}
    for target, words in content.files:
        address = normalise(target, document.url)
        if address is None or address in seen or not source.allows(address) or len(seen) > _MOST_FILES:
            continue
        seen.add(address)
        yield Found(
            url=address, title=words or document.title, published=document.published, ministry=document.ministry,
            kind=document.kind, via=document.url,
        )  # fmt: skip


def _title(content: Content, found: Found, kind: str) -> str:
    """A page knows its own title; the title of a file is better known to the list that links it."""
    listed = clean_line(found.title)
    if kind == "html":
        return content.title or listed or content.text.split("\n", 1)[0][:200]
    return listed or content.title or content.text.split("\n", 1)[0][:200]


def _words(text: str) -> list[str]:
    return text.casefold().replace("’", "'").split()


def _without_title(content: Content, title: str) -> tuple[str, tuple[int, ...], tuple[Edit, ...]]:
    """The text without its title at the head of the first page of a PDF; page offsets and edits to match."""
    head, _, rest = content.text.partition("\n\n")
    if not content.pages or not rest or _words(head) != _words(title):
        return content.text, content.pages, content.edits
    cut = len(content.text) - len(rest)
    return rest, tuple(max(0, start - cut) for start in content.pages), shifted(content.edits, -cut)
