"""SPIP: its backend feed, with titles and dates, and its sitemap, which is whole."""

import re
from collections.abc import Iterator

from ingest.catalogue import Source
from ingest.discover.feeds import entries
from ingest.discover.sitemaps import site_sitemaps, walk
from ingest.discover.visit import Visit
from ingest.values import Found, Page, Refusal

# Pages of SPIP that are no articles.
_NOT_ARTICLES = re.compile(
    r"[?&/](?:rubrique|mot|auteur|site|forum)\d+|[?&](?:page|recherche|debut_\w+|id_forum)=|/(?:rubrique|mot|auteur)s?/",
    re.IGNORECASE,
)


def spip(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Articles of the feed, then those that only the sitemap names."""
    base = source.url if source.url.endswith("/") else f"{source.url.rsplit('/', 1)[0]}/"
    feed = visit.page(f"{base}spip.php?page=backend")
    listed = entries(feed) if isinstance(feed, Page) else []
    yield from listed
    mapped = list(site_sitemaps(source, visit))
    if not any(isinstance(item, Found) for item in mapped):
        mapped = list(walk([f"{base}spip.php?page=sitemap"], visit)) or mapped
    yield from (
        item
        for item in mapped
        if isinstance(item, Refusal) or (item.url != base and not _NOT_ARTICLES.search(item.url.removeprefix(base)))
    )
    if not listed and isinstance(feed, Refusal) and not any(isinstance(item, Found) for item in mapped):
        yield feed
