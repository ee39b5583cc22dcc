"""Articles of a SPIP site by its rubriques: the plan and the home page name them, each lists its articles page by
page (`debut_articles=10`). For sites whose sitemap is closed, or does not name everything."""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from bs4 import BeautifulSoup, Tag

from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.charset import decode
from ingest.discover.visit import MAX_LISTINGS, Visit
from ingest.text import clean_line
from ingest.values import Found, Page, Refusal

_RUBRIQUE = re.compile(r"[?&/]rubrique\d+|/rubriques?/|/-[^/?]+-(?:$|[?/])", re.IGNORECASE)
"""Addresses of rubriques: SPIP's own, those of common skeletons, and its « propres » ones, between hyphens."""
_ARTICLE = re.compile(r"[?&/]article\d+", re.IGNORECASE)
_PAGING = re.compile(r"debut_\w+")
_ITEMS = ".liste a, .articles a, .hentry a, .entry-title a, .item a, a[rel~=bookmark], h2 a, h3 a"
"""Where SPIP's skeletons put the links to articles, whatever these are called."""
_AROUND = ("nav", "header", "footer", "aside")
_PLACES = ("spip.php?page=plan", "")


def rubriques(source: Source, base: str, visit: Visit) -> Iterator[Found | Refusal]:
    """Articles of every rubrique within reach, each once; a Refusal where the walk breaks off."""
    waiting = deque(base + place for place in _PLACES)
    met = set(waiting)
    listed: set[str] = set()
    read = 0
    while waiting:
        url = waiting.popleft()
        if read == MAX_LISTINGS:
            yield Refusal(requested=url, url=url, reason="bad_listing", detail="too many rubriques")
            return
        read += 1
        page = visit.page(url)
        if isinstance(page, Refusal):
            if url != base + _PLACES[0]:  # not every site has a plan
                yield page
            continue
        soup = BeautifulSoup(decode(page.body, page.header("content-type") or ""), "lxml")
        for address in _further(soup, page, base):
            if address not in met:
                met.add(address)
                waiting.append(address)
        for found in _articles(soup, page, source, base):
            if found.url not in listed and found.url not in met:
                listed.add(found.url)
                yield found


def _further(soup: BeautifulSoup, page: Page, base: str) -> Iterator[str]:
    """Rubriques, and the other pages of the list at hand."""
    here = _without_paging(page.url)
    for link in soup.select("a[href]"):
        address = _address(link, page, base)
        if address is None:
            continue
        bare = _without_paging(address)
        if (_RUBRIQUE.search(bare) and bare == address) or (bare == here and bare != address):
            yield address


def _articles(soup: BeautifulSoup, page: Page, source: Source, base: str) -> Iterator[Found]:
    own = source.selectors.get("item")
    links = [link for item in soup.select(own) for link in _within(item)] if own else soup.select(_ITEMS)
    marked = [] if own else soup.select("a[href*=article]")
    for link in (*links, *(link for link in marked if _ARTICLE.search(str(link.get("href"))))):
        address = _address(link, page, base)
        if address is None or address == base or _RUBRIQUE.search(address) or urlsplit(address).query.count("page="):
            continue
        if _ARTICLE.search(address) or link.find_parent(_AROUND) is None:
            yield Found(url=_without_paging(address), title=clean_line(link.get_text(" ")))


def _within(item: Tag) -> list[Tag]:
    return [item] if item.name == "a" else item.select("a[href]")[:1]


def _address(link: Tag, page: Page, base: str) -> str | None:
    """Where a link leads, when that is on this site."""
    address = normalise(str(link.get("href") or ""), page.url)
    return address if address is not None and address.startswith(base) else None


def _without_paging(address: str) -> str:
    parts = urlsplit(address)
    kept = "&".join(pair for pair in parts.query.split("&") if not _PAGING.match(pair))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, kept, ""))
