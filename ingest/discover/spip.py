"""SPIP: its backend feed, with titles and dates, its sitemap, and where that is closed or does not name everything,
its rubriques, page by page."""

import re
from collections.abc import Iterator

from ingest.catalogue import Source
from ingest.discover.feeds import entries
from ingest.discover.rubriques import rubriques
from ingest.discover.sitemaps import site_sitemaps, walk
from ingest.discover.visit import Visit
from ingest.values import Found, Page, Refusal

# Pages of SPIP that are no articles.
_NOT_ARTICLES = re.compile(
    r"[?&/](?:rubrique|mot|auteur|site|forum)\d+|[?&](?:page|recherche|debut_\w+|id_forum)=|/(?:rubrique|mot|auteur)s?/",
    re.IGNORECASE,
)

_ABSENT = frozenset({404, 410})


def spip(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Articles of the feed, then those that only the sitemap or the rubriques name."""
    base = source.url if source.url.endswith("/") else f"{source.url.rsplit('/', 1)[0]}/"
    feed = visit.page(f"{base}spip.php?page=backend")
    listed = entries(feed) if isinstance(feed, Page) else []
    yield from listed
    mapped = list(site_sitemaps(source, visit))
    if not any(isinstance(item, Found) for item in mapped):
        mapped = list(walk([f"{base}spip.php?page=sitemap"], visit)) or mapped
    articles = [item for item in mapped if isinstance(item, Found) and _is_article(item.url, base)]
    yield from articles
    refusals: list[Refusal] = [item for item in mapped if isinstance(item, Refusal)]
    named = {item.url for item in articles}
    if not articles or refusals or any(item.url not in named for item in listed):
        walked = list(rubriques(source, base, visit))
        articles += (item for item in walked if isinstance(item, Found) and _is_article(item.url, base))
        yield from articles
        if articles:  # a site may do without a sitemap
            refusals = [item for item in refusals if item.status not in _ABSENT]
        refusals += (item for item in walked if isinstance(item, Refusal))
    yield from refusals
    if not listed and not articles and isinstance(feed, Refusal):
        yield feed


def _is_article(url: str, base: str) -> bool:
    return url != base and not _NOT_ARTICLES.search(url.removeprefix(base))
