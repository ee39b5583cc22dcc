"""`sourcier add`: files of this machine into the corpus, without a catalogue.

HTML, PDF, DOCX, ODT, TXT and MD files give one document each, with id
"fichier/<name>": adding a file of the same name again is a new version. JSONL
files give one document a line, WARC files one for each address.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

from corpus.records import Document
from corpus.store import Store
from ingest.catalogue import Source
from ingest.clock import SystemClock
from ingest.extract import EXTENSIONS, Body, extract
from ingest.identity import short_hash, slug_of, url_slug
from ingest.local import read_local
from ingest.records import BadRecord, parse_record
from ingest.values import Clock, Found, Refusal, Rejected
from ingest.warc import is_warc, located, places

PREFIX = "fichier"
_RECORD_FILES = frozenset({".jsonl", ".ndjson"})
_BATCH = 500
_MAX_LINE = 32_000_000
"""Bytes of a line of JSONL: a book has 2 million. A longer line is passed over without being held."""
_BY_HAND = Source(name="", kind="files", url="")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReport:
    """Counts of outcomes (new, edited, unchanged, restored), of failures and of alarms by reason."""

    outcomes: dict[str, int]
    failures: dict[str, int]
    alarms: dict[str, int]

    @property
    def stored(self) -> int:
        """Documents that are in the corpus now."""
        return sum(self.outcomes.values())

    @property
    def failed(self) -> int:
        """Files and lines that gave no document."""
        return sum(self.failures.values())

    def to_dict(self) -> dict[str, Any]:
        """JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvent:
    """One thing that happened: "stored" (doc, outcome), "failed" or "alarm" (reason, detail), "done" (report).

    line: from 1, for JSONL files.
    """

    what: Literal["stored", "failed", "alarm", "done"]
    path: str = ""
    line: int | None = None
    doc: str = ""
    outcome: str = ""
    reason: str = ""
    detail: str = ""
    report: AddReport | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A document on its way to the store, and the alarms of its reading."""

    document: Document
    path: str
    line: int | None
    alarms: tuple[tuple[str, str], ...] = ()


def add(paths: Iterable[Path], store: Store, *, clock: Clock | None = None) -> Iterator[AddEvent]:
    """Add files to the corpus; the last event carries the AddReport.

    Documents are committed in batches, each with its events after it. Raises
    only for the machine (DiskFull, DataReadOnly...); a bad file or line is an event.
    """
    clock = clock or SystemClock()
    outcomes: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    names: dict[str, str] = {}
    items = (item for path in paths for item in _read(path, names, clock))
    while batch := list(islice(items, _BATCH)):
        events: list[AddEvent] = []
        with store.transaction():
            for item in batch:
                if isinstance(item, AddEvent):
                    failures[item.reason] += 1
                    events.append(item)
                    continue
                outcome = store.put(item.document, clock.utcnow())
                outcomes[outcome] += 1
                doc = item.document.id
                events.append(AddEvent(what="stored", path=item.path, line=item.line, doc=doc, outcome=outcome))
                for reason, detail in item.alarms:
                    alarms[reason] += 1
                    events.append(
                        AddEvent(what="alarm", path=item.path, line=item.line, doc=doc, reason=reason, detail=detail)
                    )
        yield from events
    yield AddEvent(what="done", report=AddReport(outcomes=dict(outcomes), failures=dict(failures), alarms=dict(alarms)))


def _read(path: Path, names: dict[str, str], clock: Clock) -> Iterator[_Read | AddEvent]:
    suffix = path.suffix.lower()
    if suffix in _RECORD_FILES:
        yield from _records(path)
    elif is_warc(path):
        yield from _responses(path, names, clock)
    elif suffix in EXTENSIONS:
        yield _file(path, names, clock)
    else:
        yield _failed(path, None, "unreadable" if not path.exists() else "unknown_type", suffix or path.name)


def _records(path: Path) -> Iterator[_Read | AddEvent]:
    first: dict[str, int] = {}
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(_lines(stream), 1):
                if not line.strip():
                    continue
                if len(line) > _MAX_LINE:
                    yield _failed(path, number, "line_too_long", f"plus de {_MAX_LINE // 1_000_000} Mo")
                    continue
                record = parse_record(line)
                if isinstance(record, BadRecord):
                    yield _failed(path, number, record.reason, record.detail)
                    continue
                document, unknown = record
                if document.id in first:
                    yield _failed(path, number, "duplicate_id", f"{document.id}, first on line {first[document.id]}")
                    continue
                first[document.id] = number
                yield _Read(document, str(path), number, tuple(("unknown_key", key) for key in unknown))
    except OSError as error:
        reason = "forbidden" if isinstance(error, PermissionError) else "unreadable"
        yield _failed(path, None, reason, error.strerror or str(error))


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of a file; of one above the limit its beginning, one byte too long."""
    while line := stream.readline(_MAX_LINE + 1):
        yield line
        while len(line) > _MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(_MAX_LINE + 1)


def _responses(path: Path, names: dict[str, str], clock: Clock) -> Iterator[_Read | AddEvent]:
    """The documents of a WARC: ids from their addresses."""
    for place in places(path):
        if isinstance(place, Refusal):
            yield _failed(path, None, "unreadable", place.detail)
        else:
            yield _page(path, located(path, place), url_slug(place.url), place.url, names, clock)


def _file(path: Path, names: dict[str, str], clock: Clock) -> _Read | AddEvent:
    absolute = path.absolute()
    found = Found(url=absolute.as_uri(), local=str(absolute))
    return _page(path, found, slug_of(path.stem) or short_hash(path.name), "", names, clock)


def _page(path: Path, found: Found, slug: str, url: str, names: dict[str, str], clock: Clock) -> _Read | AddEvent:
    """The document of one file or of one response in it; url: its address on the web, "" for none."""
    page = read_local(found, clock)
    if isinstance(page, Refusal):
        reason = page.reason if page.reason in ("too_large", "forbidden") else "unreadable"
        return _failed(path, None, reason, page.detail)
    if names.setdefault(slug, found.url) != found.url:  # two files of one name in one call
        slug = f"{slug}-{short_hash(found.url)}"
    body = Body(data=page.body, content_type=page.header("content-type") or "", name=url or path.name)
    try:
        result = extract(body, doc=f"{PREFIX}/{slug}", url=url, source=_BY_HAND, found=Found(url=url))
    except Exception as error:  # one file that breaks a parser must not stop the others
        return _failed(path, None, "extractor_error", f"{type(error).__name__}: {error}")
    if isinstance(result, Rejected):
        return _failed(path, None, result.reason, f"{url} {result.detail}".strip())
    pairs = tuple((kind, detail) for kind, _, detail in (alarm.partition(":") for alarm in result.alarms))
    return _Read(result.document, str(path), None, pairs)


def _failed(path: Path, line: int | None, reason: str, detail: str) -> AddEvent:
    return AddEvent(what="failed", path=str(path), line=line, reason=reason, detail=detail[:300])
