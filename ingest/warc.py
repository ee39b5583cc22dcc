"""WARC files (ISO 28500) of other collectors -> pages, one for each address that answered with a document.

Read record by record: a file of any size takes the memory of its largest record.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.extract import TYPES
from ingest.values import Clock, Found, Page, Refusal

SUFFIXES = (".warc", ".warc.gz")
MAX_BYTES = 50_000_000
"""Larger bodies are refused, as from the web; counted after decompression."""
_SCHEME = "warc:"
_PART = 1 << 16
_SLACK = 16  # line ends after the last record
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response stands. captured: WARC-Date, ISO 8601; offset: of its record in the file."""

    url: str
    captured: str
    offset: int


def is_warc(path: Path) -> bool:
    """True by the name."""
    return path.name.lower().endswith(SUFFIXES)


def places(path: Path) -> Iterator[Place | Refusal]:
    """The last good response for every address, in order of their first one; a damaged file ends with a Refusal.

    Pictures, scripts and styles are passed over: they are no publications.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    latest: dict[str, Place] = {}
    problem: Refusal | None = None
    end, whole = 0, True
    try:
        with path.open("rb") as stream:
            records = ArchiveIterator(stream)
            for record in records:
                known, offset = _is_document(record), records.get_record_offset()
                while record.raw_stream.read(_PART):
                    pass
                end = offset + records.get_record_length()
                whole = record.raw_stream.limit == 0
                if known and whole:
                    url = record.rec_headers.get_header("WARC-Target-URI") or ""
                    captured = record.rec_headers.get_header("WARC-Date") or ""
                    latest[url] = Place(url, captured, offset)
            # warcio ends in silence where a file is cut.
            if end + _SLACK < path.stat().st_size or not whole:
                problem = _refused(path.as_uri(), "WARC: cut short")
    except OSError as error:
        problem = _refused(path.as_uri(), error.strerror or str(error))
    except (ArchiveLoadFailed, EOFError, ValueError, AttributeError, zlib.error) as error:
        problem = _refused(path.as_uri(), f"WARC: {error}")
    yield from latest.values()
    if problem is not None:
        yield problem


def located(path: Path, place: Place) -> Found:
    """The place as something to visit, which `read_warc` takes."""
    return Found(url=place.url, local=f"{_SCHEME}{path}#{place.offset}")


def holds(local: str) -> bool:
    """True for a `Found.local` that `located` made."""
    return local.startswith(_SCHEME)


def read_warc(found: Found, clock: Clock) -> Page | Refusal:
    """The response of a `located` place, `fetched` when it was captured."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    name, _, offset = found.local.removeprefix(_SCHEME).rpartition("#")
    try:
        with Path(name).open("rb") as stream:
            stream.seek(int(offset))
            record = next(iter(ArchiveIterator(stream)))
            if record.rec_headers.get_header("WARC-Target-URI") != found.url:
                return _refused(found.url, "WARC: another record")
            body = bytes(record.content_stream().read(MAX_BYTES + 1))
            headers = tuple((key.lower(), value) for key, value in record.http_headers.headers)
            captured = record.rec_headers.get_header("WARC-Date") or ""
    except FileNotFoundError:
        return Refusal(requested=found.url, url=found.url, reason="file", detail="no such file", status=404)
    except OSError as error:
        return _refused(found.url, error.strerror or str(error))
    except (ArchiveLoadFailed, EOFError, ValueError, AttributeError, StopIteration, zlib.error) as error:
        return _refused(found.url, f"WARC: {error}")
    if len(body) > MAX_BYTES:
        detail = f"more than {MAX_BYTES} bytes"
        return Refusal(requested=found.url, url=found.url, reason="too_large", detail=detail)
    return Page(
        requested=found.url,
        url=found.url,
        status=200,
        headers=headers,
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
        fetched=f"{captured[:19]}Z" if _TIME.match(captured) else clock.utcnow(),
    )


def _is_document(record: Any) -> bool:
    if record.rec_type != "response" or record.http_headers is None or record.http_headers.get_statuscode() != "200":
        return False
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    media = (record.http_headers.get_header("Content-Type") or "").split(";", 1)[0].strip().lower()
    return url.startswith(("http://", "https://")) and media in TYPES


def _refused(url: str, detail: str) -> Refusal:
    return Refusal(requested=url, url=url, reason="file", detail=detail)
