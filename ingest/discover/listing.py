"""Listing pages: links found by the source's selectors, page after page.

selectors.item finds the links themselves, or the elements that hold one each;
in the second case selectors title, date, publisher, ministry and kind are read
inside the element, for what a file (a PDF) does not say itself.
"""

from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.charset import decode
from ingest.dates import find_day
from ingest.discover.visit import MAX_LISTINGS, Visit
from ingest.html.meta import date_of, selected
from ingest.text import clean_line
from ingest.values import Found, Page, Refusal

_NEXT = "a[rel~=next], link[rel~=next]"


def listing(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Items of the listing at the source's address and of the pages that follow it."""
    url = normalise(source.url)
    seen: set[str] = set()
    while url is not None and url not in seen and len(seen) < MAX_LISTINGS:
        seen.add(url)
        page = visit.page(url)
        if isinstance(page, Refusal):
            yield page
            return
        soup = BeautifulSoup(decode(page.body, page.header("content-type") or ""), "lxml")
        items = soup.select(source.selectors["item"])
        if not items and len(seen) == 1:
            yield Refusal(requested=url, url=page.url, reason="bad_listing", detail="selectors.item finds nothing")
        for item in items:
            found = _found(item, source, page)
            if found is not None:
                yield found
        following = soup.select_one(source.selectors.get("next", _NEXT))
        target = following.get("href") if following is not None else None
        url = normalise(target, page.url) if isinstance(target, str) else None


def _found(item: Tag, source: Source, page: Page) -> Found | None:
    link = item if item.name == "a" else item.select_one("a[href]")
    target = link.get("href") if link is not None else None
    url = normalise(target, page.url) if isinstance(target, str) else None
    if url is None or link is None:
        return None
    if item is link:
        return Found(url=url, title=clean_line(link.get_text(" ")))
    selectors = source.selectors
    date = item.select_one(selectors["date"]) if "date" in selectors else None
    return Found(
        url=url,
        title=selected(item, selectors, "title") or clean_line(link.get_text(" ")),
        published=date_of(date) if date is not None else find_day(item.get_text(" ")),
        publisher=selected(item, selectors, "publisher"),
        ministry=selected(item, selectors, "ministry"),
        kind=selected(item, selectors, "kind"),
    )
