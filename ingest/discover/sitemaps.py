"""Sitemaps (sitemaps.org), plain or gzip, indexes of sitemaps, and lists of addresses in plain text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.dates import find_day
from ingest.discover.visit import MAX_LISTINGS, Visit
from ingest.inflate import BadEncoding, TooLarge, gunzip
from ingest.values import Found, Page, Refusal

_MAX_DEPTH = 4
_MAX_BYTES = 60_000_000  # the standard's own limit is 50 MB unpacked
_TIMED = re.compile(r"T\d\d:\d\d:\d\d")
_USUAL = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Other sitemaps, and pages with the time of their last change as it is written, "" where it is not."""

    sitemaps: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]


def sitemap(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Every page of the source's sitemap; its url names one, or a site whose sitemap is looked for."""
    if re.search(r"\.(?:xml|txt)(?:\.gz)?$|[?&].*sitemap", source.url, re.IGNORECASE):
        yield from walk([source.url], visit)
    else:
        yield from site_sitemaps(source, visit)


def site_sitemaps(
    source: Source, visit: Visit, choose: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda urls: urls
) -> Iterator[Found | Refusal]:
    """Pages of the sitemaps that robots.txt names, else of the first usual place that has one.

    Named sitemaps count when they stand below the source's address: a host can
    carry several sites. choose: picks among the sitemaps of an index.
    """
    base = source.url if source.url.endswith("/") else f"{source.url.rsplit('/', 1)[0]}/"
    named = [url for url in visit.sitemaps(source.url) if (normalise(url, base) or "").startswith(base)]
    if named:
        yield from walk(named, visit, choose)
        return
    refused: Refusal | None = None
    for name in _USUAL:
        items = list(walk([base + name], visit, choose))
        if any(isinstance(item, Found) for item in items):
            yield from items
            return
        refused = refused or next((item for item in items if isinstance(item, Refusal)), None)
    if refused is not None:
        yield refused


def walk(
    urls: list[str], visit: Visit, choose: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda urls: urls
) -> Iterator[Found | Refusal]:
    """Pages of these sitemaps and of those they name; each is read once, so loops end."""
    waiting = [(url, 0) for url in urls]
    seen: set[str] = set()
    while waiting and len(seen) < MAX_LISTINGS:
        raw, depth = waiting.pop(0)
        url = normalise(raw)
        if url is None or url in seen:
            continue
        seen.add(url)
        page = visit.page(url)
        if isinstance(page, Refusal):
            yield page
            continue
        listed = read_sitemap(page)
        if listed is None:
            yield Refusal(requested=url, url=page.url, reason="bad_listing", detail="not a sitemap")
            continue
        for address, changed in listed.pages:
            target = normalise(address, page.url)
            if target is not None:
                # A day alone is no stamp: a page can change twice in a day.
                yield Found(url=target, modified=find_day(changed), stamp=changed if _TIMED.search(changed) else "")
        if depth < _MAX_DEPTH:
            waiting += [(other, depth + 1) for other in choose(listed.sitemaps)]


def read_sitemap(page: Page) -> Sitemap | None:
    """What a sitemap lists; None when it is none."""
    try:
        body = gunzip(page.body, _MAX_BYTES) if page.body.startswith(b"\x1f\x8b") else page.body
    except (TooLarge, BadEncoding):
        return None
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body.startswith(b"<"):
        return _text_sitemap(body.decode("utf-8", "replace").split())
    root = _root(body)
    if root is None:
        return None
    return Sitemap(tuple(url for url, _ in _children(root, "sitemap")), tuple(_children(root, "url")))


def _text_sitemap(lines: list[str]) -> Sitemap | None:
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines[:20]):
        return None
    return Sitemap((), tuple((line, "") for line in lines))


def _root(body: bytes) -> Any:
    """The root element of a sitemap, or None."""
    from lxml import etree  # type: ignore[import-untyped]

    if b"<!ENTITY" in body:
        return None  # no sitemap needs entities; who declares some means harm
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None and etree.QName(root).localname in ("urlset", "sitemapindex") else None


def _children(root: Any, name: str) -> Iterator[tuple[str, str]]:
    for child in root.iterchildren(f"{{*}}{name}"):
        location = child.findtext("{*}loc")
        if location and location.strip():
            yield location.strip(), (child.findtext("{*}lastmod") or "").strip()
