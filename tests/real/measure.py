"""How well a real site was collected, in figures: what was found, what leaked, what came out, what a change costs."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from corpus.archive import Archive
from corpus.records import Document
from corpus.store import Store
from ingest.catalogue import Source
from ingest.fetch import Fetcher
from ingest.report import Report
from ingest.run import run

_AGENT = "Sourcier-essai/1 (+mailto:essai@example.org)"
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A publication that must be found. published: ISO day in the site's own time zone; text: its body."""

    url: str
    title: str
    published: str | None
    text: str
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One collection. downloaded: addresses of pages and files whose body came; listings are not counted."""

    report: Report
    downloaded: tuple[str, ...]

    def __getitem__(self, count: str) -> int:
        return self.report.total(count)


def collect(source: Source, data: Path) -> Run:
    """Collect a source with the real clock, against a real server."""
    downloaded = []
    with Store.open(data, create=True, write=True) as store, Fetcher(_AGENT) as fetcher:
        for event in run((source,), store, Archive(data), fetcher):
            if event.what == "fetched":
                downloaded.append(event.url)
            if event.report is not None:
                return Run(report=event.report, downloaded=tuple(downloaded))
    raise AssertionError("a run ends with its report")


def documents(data: Path) -> dict[str, Document]:
    """What answers today, by address."""
    with Store.open(data) as store:
        return {document.url: document for document in store.current()}


def a_day_passes(data: Path) -> None:
    """What was missing now was missing two days ago: the second look may confirm it."""
    with Store.open(data, write=True) as store:
        for visit in store.visits().values():
            if visit.status in (404, 410):
                earlier = datetime.fromisoformat(visit.fetched) - timedelta(days=2)
                store.remember(replace(visit, fetched=earlier.strftime("%Y-%m-%dT%H:%M:%SZ")))
            elif since := store.unlisted(visit.doc):
                earlier = datetime.fromisoformat(since) - timedelta(days=2)
                store.note_unlisted(visit.doc, earlier.strftime("%Y-%m-%dT%H:%M:%SZ"))


def figures(held: dict[str, Document], wanted: Sequence[Expected], files: Iterable[str], secret: Iterable[str]) -> Any:
    """Shares from 0 to 1. files: addresses of files that must be found; secret: strings that no document may hold,
    in its text or address."""
    found = [(one, held[one.url]) for one in wanted if one.url in held]
    files, secret = tuple(files), tuple(secret)
    scores = [_overlap(one.text, document.text) for one, document in found]
    words = sum(sum(_counted(document.text).values()) for _, document in found)
    foreign = sum((_counted(document.text) - _counted(one.text)).total() for one, document in found)
    return {
        "published": len(wanted),
        "found": _share(len(found), len(wanted)),
        "files": len(files),
        "files_found": _share(sum(url in held for url in files), len(files)),
        "leaked": sorted(url for url, one in held.items() if any(part in f"{url}\n{one.text}" for part in secret)),
        "others": sorted(set(held) - {one.url for one in wanted} - set(files)),
        "titles_right": _share(sum(one.title == document.title for one, document in found), len(found)),
        "dates_right": _share(sum(one.published == document.published for one, document in found), len(found)),
        "body_f1": round(sum(scores) / len(scores), 4) if scores else None,
        "body_f1_least": round(min(scores), 4) if scores else None,
        "leakage": round(foreign / words, 4) if words else None,
        "unwanted_strings": sum(part in document.text for one, document in found for part in one.unwanted),
        "wrong": [
            (one.url, one.title, document.title, one.published, document.published)
            for one, document in found
            if (one.title, one.published) != (document.title, document.published)
        ][:5],
    }


def counts(run: Run) -> dict[str, Any]:
    """What a run did, zeros left out; and why what failed did."""
    names = ("found", "fetched", "new", "edited", "unchanged", "gone", "withdrawn", "undated", "refused", "failed")
    held = {name: run[name] for name in names if run[name]}
    why = [source.failed | source.refused | source.alarms for source in run.report.sources]
    return held | ({"why": why[0]} if why and why[0] else {})


def _counted(text: str) -> Counter[str]:
    return Counter(_WORDS.findall(text.replace("\u00ad", "")))


def _overlap(wanted: str, got: str) -> float:
    """F1 over words, each as often as it stands there."""
    one, other = _counted(wanted), _counted(got)
    return 2 * (one & other).total() / (one.total() + other.total())


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
