"""A collection from a loopback site into a real store, in a few words."""

from pathlib import Path
from typing import Any

from loopback import FakeClock, Loopback, Reply, page

from corpus.archive import Archive
from corpus.store import Store
from ingest.catalogue import Source
from ingest.events import Event
from ingest.fetch import Fetcher
from ingest.report import Report
from ingest.run import run

PROSE = "<p>Le ministère a publié hier un long communiqué sur ses résultats de l’année écoulée.</p>"


def collect(
    store: Store, data: Path, *sources: Source, day: int = 1, time: str = "10:00", budget: int | None = None
) -> tuple[list[Event], Report]:
    """The events of a run on a day of November 2026, but the last, and its report."""
    clock = FakeClock(f"2026-11-{day:02}T{time}:00Z")
    with Fetcher("Sourcier/0.1", clock=clock) as fetcher:
        *events, last = run(sources, store, Archive(data), fetcher, clock=clock, budget=budget)
    assert last.what == "done" and last.report is not None
    return events, last.report


def listing(*names: str) -> Reply:
    """A page of links to the answers of these names."""
    return page("".join(f"<a class=l href='/{name}'>{name}</a>" for name in names))


def source(site: Loopback, **values: Any) -> Source:
    """The site, read by its page of links."""
    return site.source("listing", **{"selectors": {"item": "a.l"}, **values})


def article(text: str, tag: str = "") -> Reply:
    """A publication with this title, and an ETag."""
    reply = page(f"<article><h1>{text}</h1>{PROSE}<p>{text}, dit la note.</p></article>")
    return Reply(reply.body, headers={**reply.headers, **({"ETag": tag} if tag else {})})
