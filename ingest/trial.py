"""Trying a declaration: what it finds, and what comes out of a page. Saving such a page with what must come out."""

import json
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.files import written_beside
from corpus.records import Document
from ingest.catalogue import Source
from ingest.discover import discover
from ingest.extract import EXTENSIONS, Body, extract, format_of
from ingest.fetch import Fetcher
from ingest.identity import url_slug
from ingest.local import read_local
from ingest.preview import Listings
from ingest.report import Problem
from ingest.values import Clock, Extracted, Found, NotModified, Page, Refusal, Rejected

_LISTED = 50  # addresses read from the listing
_TRIED = 3  # pages fetched before giving up


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """listed: addresses found, up to a limit. problems: what went wrong on the way, listing and pages.
    document: what came out of the first page that gave one, None when none did; alarms: of its extraction."""

    source: str
    listed: int
    problems: tuple[Problem, ...]
    document: Document | None
    alarms: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON object."""
        return asdict(self)


def check(source: Source, fetcher: Fetcher, clock: Clock) -> Trial:
    """Read the listing of a source and a page or a few of it. Writes nothing."""
    found: list[Found] = []
    problems: list[Problem] = []
    for item in islice(discover(source, Listings(source, fetcher)), _LISTED):
        if isinstance(item, Refusal):
            problems.append(Problem(url=item.requested, reason=item.reason, detail=item.detail))
        else:
            found.append(item)
    for each in found[:_TRIED]:
        page = read_local(each, clock) if each.local else fetcher.get(each.url, source)
        result = _read(page, source, each)
        if isinstance(result, Extracted):
            return Trial(
                source=source.name, listed=len(found), problems=tuple(problems),
                document=result.document, alarms=result.alarms,
            )  # fmt: skip
        problems.append(Problem(url=each.url, reason=result.reason, detail=result.detail))
    return Trial(source=source.name, listed=len(found), problems=tuple(problems), document=None)


def record(url: str, source: Source, fetcher: Fetcher, folder: Path, name: str) -> tuple[Path, Path] | Problem:
    """Save the page at `url` as <name>.html (or .pdf...) in `folder`, and as <name>.json what comes out of it.

    The JSON holds the address, the content type, the declaration and "expected",
    the document's fields that are not empty: a test reads the page again and compares. Raises
    DataReadOnly, DiskFull.
    """
    page = fetcher.get(url, source)
    result = _read(page, source, Found(url=url))
    if not isinstance(page, Page) or isinstance(result, Rejected | Refusal):
        assert not isinstance(result, Extracted)
        return Problem(url=url, reason=result.reason, detail=result.detail)
    body = folder / f"{name}{_extension(page)}"
    expected = folder / f"{name}.json"
    pair = {
        "page": body.name,
        "url": page.url,
        "content_type": page.header("content-type") or "",
        "source": replace(source, allow_private=False).declaration(),
        "expected": {name: value for name, value in asdict(result.document).items() if value},
    }
    for path, content in (
        (body, page.body),
        (expected, f"{json.dumps(pair, ensure_ascii=False, indent=1)}\n".encode()),
    ):
        with written_beside(path) as stream:
            stream.write(content)
    return body, expected


def _read(page: Page | NotModified | Refusal, source: Source, found: Found) -> Extracted | Rejected | Refusal:
    if isinstance(page, NotModified):
        return Refusal(requested=found.url, url=page.url, reason="http_status", detail="304", status=304)
    if isinstance(page, Refusal):
        return page
    url = page.url
    body = Body(data=page.body, content_type=page.header("content-type") or "", name=url)
    try:
        return extract(body, doc=f"{source.name}/{url_slug(url)}", url=url, source=source, found=found)
    except Exception as error:  # what breaks a parser is what a trial is for
        return Rejected(reason="extractor_error", detail=f"{type(error).__name__}: {error}")


def _extension(page: Page) -> str:
    body = Body(data=page.body, content_type=page.header("content-type") or "", name=page.url)
    kind = format_of(body)
    return next((end for end, format_ in EXTENSIONS.items() if format_ == kind), ".bin")
