"""Sites as declarations: a TOML catalogue -> `Source` values.

    [[source]]
    name = "ministere"              # letters, digits, "-" and "_"; first part of document ids
    kind = "wordpress"              # a key of KINDS
    url = "https://www.example.bf/"
    publisher = "example.bf"
    [source.selectors]
    body = ".entry-content"

Unknown keys are refused, so that a misspelt one never passes silently.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

from corpus.errors import CatalogueError, UsageError
from ingest.addresses import ascii_host, normalise

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "wordpress": "ingest.discover.wordpress:wordpress",
        "spip": "ingest.discover.spip:spip",
        "rss": "ingest.discover.feeds:rss",
        "sitemap": "ingest.discover.sitemaps:sitemap",
        "listing": "ingest.discover.listing:listing",
        "files": "ingest.discover.files:files",
    }
)
"""Kind of source -> its discovery function, imported on first use."""

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "missing_file": "no such file",
        "unreadable": "cannot be read ({detail})",
        "not_utf8": "not UTF-8 ({detail})",
        "not_toml": "not TOML ({detail})",
        "no_source": "declares no [[source]]",
        "unknown_table": "unknown key {value!r}, expected [[source]]",
        "not_a_list": "write [[source]], an array of tables",
        "same_name": "two sources are named {value!r}",
        "unknown_key": "unknown key {value!r}; known: {known}",
        "wrong_type": "must be {expected}, not {found}",
        "missing": "is missing",
        "bad_name": "may hold letters without accents, digits, - and _ (64 at most)",
        "unknown_kind": "unknown kind {value!r}; known: {known}",
        "out_of_range": "must be between {least} and {most}",
        "unknown_selector": "unknown selector {value!r}; known: {known}",
        "bad_selector": "not a CSS selector ({detail})",
        "no_item": "a listing needs selectors.item",
        "bad_url": "bad address ({detail})",
        "not_http": "must start with http:// or https:// and name a host",
        "credentials": "must not hold a user name or password",
        "bad_hosts": 'must be a list of "host" or "host:port"',
        "bad_hours": 'must be two times of day in UTC, as "22-06" or "22:30-06:00"',
    }
)
"""Reason code of a CatalogueError -> what is wrong, with values of its details. `ui.reasons` has the French."""

SELECTORS = frozenset({"title", "body", "date", "publisher", "ministry", "kind", "item", "next", "drop"})
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOURS = re.compile(r"([01]?\d|2[0-4])(?::([0-5]\d))?-([01]?\d|2[0-4])(?::([0-5]\d))?")
_SHIPPED = Path(__file__).parent / "catalogues"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One site. `hosts` holds "host" (ports 80 and 443) or "host:port" entries, in lower case.

    publisher, ministry, document_kind: what documents carry when the page does not say.
    delay_seconds: least time between two requests to a host; robots.txt can ask for more.
    allow_private: loopback and private addresses may be fetched (tests, intranets).
    max_pages: most addresses listed in one round.
    pages_per_run: most requests for pages in one run, 0 for no limit; the next run takes the rest.
    hours: when the site may be visited, in UTC (the time of Burkina Faso), as "22-06"; "" for always.
    complete: the listing names every publication, so that what it no longer names is withdrawn.
    attachments: files (PDF, DOCX, ODT) that a publication links to are collected too, where they stand on `hosts`.
    ocr: scanned pages are read by optical character recognition, where the program is installed.
    """

    name: str
    kind: str
    url: str
    publisher: str = ""
    ministry: str = ""
    document_kind: str = ""
    delay_seconds: float = 1.0
    allow_private: bool = False
    enabled: bool = True
    max_pages: int = 2000
    pages_per_run: int = 0
    hours: str = ""
    complete: bool = False
    attachments: bool = True
    ocr: bool = True
    hosts: tuple[str, ...] = ()
    selectors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def allows(self, url: str) -> bool:
        """True when the host and port of `url` are on the allow-list."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        host = (parts.hostname or "").rstrip(".")
        if port is None or port in _DEFAULT_PORTS.values():
            return host in self.hosts or f"{host}:{port or _DEFAULT_PORTS.get(parts.scheme)}" in self.hosts
        return f"{host}:{port}" in self.hosts

    def open_at(self, now: str) -> bool:
        """True when `hours` allow a visit at `now` (ISO 8601 time, UTC)."""
        times = _HOURS.fullmatch(self.hours)
        if times is None:
            return True
        start, end = (int(times[n]) * 60 + int(times[n + 1] or 0) for n in (1, 3))
        minute = int(now[11:13]) * 60 + int(now[14:16])
        return start <= minute < end if start < end else minute >= start or minute < end

    def declaration(self) -> dict[str, Any]:
        """JSON object, from which `Source.declared` makes the same value."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "hosts": list(self.hosts), "selectors": dict(self.selectors)}

    @classmethod
    def declared(cls, values: Mapping[str, Any]) -> "Source":
        """The value that `declaration` wrote; keys of another version of Sourcier are left out."""
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        hosts, selectors = tuple(values.get("hosts", ())), MappingProxyType(dict(values.get("selectors", {})))
        return cls(**{**known, "hosts": hosts, "selectors": selectors})


def load(path: Path) -> tuple[Source, ...]:
    """Read a catalogue; every problem is a CatalogueError with path, line, key and a reason of REASONS.

    A bare name ("burkina") that is no file means a catalogue shipped with Sourcier.
    """
    shipped = _SHIPPED / f"{path.name}.toml"
    if len(path.parts) == 1 and not path.exists() and shipped.is_file():
        path = shipped
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _error(path, None, None, "not_utf8", detail=str(error)) from error
    except FileNotFoundError as error:
        raise _error(path, None, None, "missing_file") from error
    except OSError as error:
        raise _error(path, None, None, "unreadable", detail=error.strerror or str(error)) from error
    return parse(text, path)


def parse(text: str, path: Path) -> tuple[Source, ...]:
    """The sources of a catalogue's text; `path` is for messages and for relative folders."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise _error(path, line, None, "not_toml", detail=str(error)) from error
    lines = _Lines(text)
    for key in data:
        if key != "source":
            raise _error(path, lines.of(None, key), key, "unknown_table", value=key)
    entries = data.get("source", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _error(path, lines.of(None, "source"), "source", "not_a_list")
    sources: list[Source] = []
    for number, entry in enumerate(entries):
        source = _source(entry, path, lines, number)
        if any(source.name == other.name for other in sources):
            raise _error(path, lines.of(number, "name"), "name", "same_name", value=source.name)
        sources.append(source)
    if not sources:
        raise _error(path, None, None, "no_source")
    return tuple(sources)


def named(sources: Sequence[Source], names: Iterable[str], path: Path) -> tuple[Source, ...]:
    """The sources of these names, in the catalogue's order. Raises UsageError for a name that it does not have."""
    wanted = set(names)
    unknown = wanted - {source.name for source in sources}
    if unknown:
        known = ", ".join(source.name for source in sources)
        message = f"no source {', '.join(sorted(unknown))} in {path}"
        raise UsageError(
            message, reason="unknown_source", path=str(path), value=", ".join(sorted(unknown)), known=known
        )
    return tuple(source for source in sources if source.name in wanted)


_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "kind", "url", "publisher", "ministry", "document_kind", "hours"), (str,)),
    "delay_seconds": (int, float),
    **dict.fromkeys(("allow_private", "enabled", "complete", "attachments", "ocr"), (bool,)),
    "max_pages": (int,),
    "pages_per_run": (int,),
    "hosts": (list,),
    "selectors": (dict,),
}


class Fail(Protocol):
    """Key, reason and its values -> the error, with the place filled in."""

    def __call__(self, key: str, reason: str, **values: object) -> CatalogueError: ...


def _source(entry: dict[str, Any], path: Path, lines: "_Lines", number: int) -> Source:
    def fail(key: str, reason: str, **values: object) -> CatalogueError:
        return _error(path, lines.of(number, key), key, reason, **values)

    _check_types(entry, fail)
    _check_values(entry, fail)
    selectors = entry.get("selectors", {})
    for key, value in selectors.items():
        _check_selector(key, value, fail)
    if entry["kind"] == "listing" and "item" not in selectors:
        raise fail("selectors", "no_item")
    values = dict(entry)
    values["delay_seconds"] = float(entry.get("delay_seconds", 1.0))
    values["selectors"] = MappingProxyType(dict(selectors))
    if entry["kind"] == "files":
        values["url"] = str((path.parent / entry["url"]).resolve())
        values["hosts"] = ()
    else:
        values["hosts"] = _hosts(entry, fail)
        address = normalise(entry["url"])  # what discovery builds on, and compares addresses with
        if address is None:
            raise fail("url", "bad_url", detail=entry["url"][:80])
        values["url"] = address
    return Source(**values)


def _check_types(entry: dict[str, Any], fail: Fail) -> None:
    for key, value in entry.items():
        if key not in _TYPES:
            raise fail(key, "unknown_key", value=key, known=", ".join(f.name for f in fields(Source)))
        if type(value) not in _TYPES[key]:
            raise fail(key, "wrong_type", expected=_TYPES[key][-1].__name__, found=type(value).__name__)
    for key in ("name", "kind", "url"):
        if not entry.get(key):
            raise fail(key, "missing")


def _check_values(entry: dict[str, Any], fail: Fail) -> None:
    if not _NAME.fullmatch(entry["name"]):
        raise fail("name", "bad_name")
    if entry["kind"] not in KINDS:
        raise fail("kind", "unknown_kind", value=entry["kind"], known=", ".join(KINDS))
    if not 0 <= entry.get("delay_seconds", 1.0) <= 3600:
        raise fail("delay_seconds", "out_of_range", least=0, most=3600)
    if not 1 <= entry.get("max_pages", 1) <= 1_000_000:
        raise fail("max_pages", "out_of_range", least=1, most=1_000_000)
    if not 0 <= entry.get("pages_per_run", 0) <= 1_000_000:
        raise fail("pages_per_run", "out_of_range", least=0, most=1_000_000)
    if entry.get("hours") and not _HOURS.fullmatch(entry["hours"]):
        raise fail("hours", "bad_hours")


def _check_selector(key: str, value: object, fail: Fail) -> None:
    import soupsieve

    if key not in SELECTORS:
        raise fail(key, "unknown_selector", value=key, known=", ".join(sorted(SELECTORS)))
    if not isinstance(value, str) or not value.strip():
        raise fail(key, "bad_selector", detail=type(value).__name__)
    try:
        soupsieve.compile(value)
    except soupsieve.SelectorSyntaxError as error:
        raise fail(key, "bad_selector", detail=str(error).splitlines()[0]) from error


def _hosts(entry: dict[str, Any], fail: Fail) -> tuple[str, ...]:
    try:
        parts = urlsplit(entry["url"])
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise fail("url", "bad_url", detail=str(error)) from error
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise fail("url", "not_http")
    if parts.username is not None or parts.password is not None:
        raise fail("url", "credentials")
    given = entry.get("hosts")
    if given is not None:
        if not given or not all(isinstance(item, str) and item and "/" not in item for item in given):
            raise fail("hosts", "bad_hosts")
        try:
            return tuple(
                ":".join((ascii_host(name), *port)) for name, *port in (item.lower().split(":") for item in given)
            )
        except UnicodeError as error:
            raise fail("hosts", "bad_hosts") from error
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        return (f"{host}:{port}",)
    # Sites move between example.bf and www.example.bf; both are the same publisher.
    return (host, host.removeprefix("www.") if host.startswith("www.") else f"www.{host}")


def _error(path: Path, line: int | None, key: str | None, reason: str, **values: object) -> CatalogueError:
    place = str(path) + (f", line {line}" if line else "") + (f", {key}" if key else "")
    what = REASONS[reason].format_map(values)
    return CatalogueError(f"{place}: {what}", path=str(path), line=line, key=key, reason=reason, **values)


class _Lines:
    """Line numbers of keys; tomllib keeps none. Good enough for messages: one key a line."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._starts = [i for i, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*source\s*\]\]", line)]

    def of(self, entry: int | None, key: str) -> int | None:
        """Line (from 1) where `key` stands in the entry, else where the entry starts."""
        start, end = 0, len(self._lines)
        if entry is not None and entry < len(self._starts):
            start = self._starts[entry]
            end = self._starts[entry + 1] if entry + 1 < len(self._starts) else end
        pattern = re.compile(rf"\s*(\[+\s*)?(source\.)?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
        for index in range(start, end):
            if pattern.match(self._lines[index]):
                return index + 1
        return start + 1 if entry is not None and entry < len(self._starts) else None
