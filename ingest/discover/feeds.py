"""RSS and Atom feeds, read by feedparser from bytes that the fetcher brought."""

import time
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.dates import day, find_day
from ingest.discover.visit import Visit
from ingest.text import clean_line
from ingest.values import Found, Page, Refusal


def rss(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """The entries of the feed at the source's address."""
    page = visit.page(source.url)
    if isinstance(page, Refusal):
        yield page
        return
    yield from entries(page)


def entries(page: Page) -> list[Found]:
    """The entries of a feed, in its order; empty when the body is no feed."""
    import feedparser

    # feedparser opens what looks like an address or a file name: only ever give it bytes of a document.
    if b"<" not in page.body[:1000]:
        return []
    headers = {"content-type": page.header("content-type") or "", "content-location": page.url}
    try:
        feed = feedparser.parse(page.body, response_headers=headers, sanitize_html=False)
    except Exception:  # a feed that breaks the parser is no feed, and must not end the run
        return []
    # dc:date, which feedparser calls "updated", is the day of publication in RSS; in Atom "updated" is not.
    atom = str(feed.get("version", "")).startswith("atom")
    found = []
    for entry in feed.entries:
        url = normalise(str(entry.get("link") or entry.get("id") or ""), page.url)
        if url is not None:
            found.append(
                Found(
                    url=url,
                    title=plain_text(str(entry.get("title") or "")),
                    published=_day(entry, "published") or (None if atom else _day(entry, "updated")),
                    modified=_day(entry, "updated"),
                )
            )
    return found


def plain_text(markup: str) -> str:
    """A title as feeds and REST give it, with entities and tags, as text."""
    if "<" not in markup and "&" not in markup:
        return clean_line(markup)
    return clean_line(BeautifulSoup(markup, "lxml").get_text())


def _day(entry: Any, name: str) -> str | None:
    """The day as the feed writes it (its own time zone); feedparser's UTC time for other ways of writing."""
    # dict.get, because feedparser's own answers "updated" for a missing "published", and warns.
    text = dict.get(entry, name)
    if isinstance(text, str) and (found := find_day(text)):
        return found
    moment = dict.get(entry, f"{name}_parsed")
    if not isinstance(moment, time.struct_time):
        return None
    return day(*moment[:3])
