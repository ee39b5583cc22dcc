"""What a run would do, without doing it: listings are read, nothing is written, no page is fetched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.store import Store
from ingest.catalogue import Source
from ingest.discover import discover
from ingest.fetch import Fetcher
from ingest.values import NotModified, Page, Refusal

Plan = Literal["new", "again", "unmoved", "refused", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One address. plan: "new" (never visited), "again" (asked whether it changed), "unmoved" (its listing says
    that it did not: not asked), "refused" (our rules; reason), "failed" (a listing that cannot be read; reason)."""

    source: str
    url: str
    plan: Plan
    title: str = ""
    reason: str = ""
    detail: str = ""


class Listings:
    """Reads listings with nothing remembered (`ingest.discover.Visit`)."""

    def __init__(self, source: Source, fetcher: Fetcher) -> None:
        self._source = source
        self._fetcher = fetcher

    def page(self, url: str) -> Page | Refusal:
        """A listing."""
        result = self._fetcher.get(url, self._source)
        if isinstance(result, NotModified):  # to a request without conditions
            return Refusal(requested=url, url=result.url, reason="http_status", detail="304", status=304)
        return result

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps named by robots.txt."""
        return self._fetcher.sitemaps(url, self._source)


def preview(sources: Iterable[Source], fetcher: Fetcher, store: Store | None) -> Iterator[Planned]:
    """The addresses of the enabled sources, in the order in which a new round would visit them.

    store: what is known already, open for reading; None when there is nothing.
    """
    for source in sources:
        if source.enabled:
            for item in discover(source, Listings(source, fetcher)):
                if isinstance(item, Refusal):
                    yield Planned(
                        source=source.name, url=item.requested, plan="failed", reason=item.reason, detail=item.detail
                    )
                    continue
                refusal = None if item.local else fetcher.refusal(item.url, source)
                last = store.fetched(item.url) if store is not None else None
                plan: Plan = "new" if last is None else "again"
                if refusal is not None:
                    plan = "refused"
                elif store is not None and item.stamp and store.listed(item.url)[1] == item.stamp:
                    plan = "unmoved"
                yield Planned(
                    source=source.name, url=item.url, plan=plan, title=item.title,
                    reason=refusal.reason if refusal else "", detail=refusal.detail if refusal else "",
                )  # fmt: skip
