"""What is remembered of a source's addresses: the last visit, and the body it gave, from the archive."""

from corpus.archive import Archive
from corpus.errors import DataDamaged
from corpus.records import Fetched
from corpus.store import Store
from ingest.catalogue import Source
from ingest.fetch import Fetcher
from ingest.report import Tally
from ingest.values import FetchResult, Found, NotModified, Page, Refusal


class Memory:
    """Asks for what is known with conditions, keeps what comes. Discovery reads its listings with it (`Visit`)."""

    def __init__(self, source: Source, store: Store, archive: Archive, fetcher: Fetcher, tally: Tally) -> None:
        self._source = source
        self._store = store
        self._archive = archive
        self._fetcher = fetcher
        self._tally = tally

    def page(self, url: str) -> Page | Refusal:
        """A listing; a 304 is answered from the archive."""
        result = self.get(url)
        if isinstance(result, Page):
            self.keep(result)
            self._store.remember(visit_of(url, result, ""))
        elif isinstance(result, NotModified):
            self._tally.counts["not_modified"] += 1
            return self.kept(url, result)
        return result

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps named by robots.txt."""
        return self._fetcher.sitemaps(url, self._source)

    def get(self, url: str) -> FetchResult:
        """Ask for an address, with the conditions of its last visit when that was good."""
        last = self._store.fetched(url)
        good = last is not None and last.status == 200 and last.digest in self._archive
        return self._fetcher.get(url, self._source, last if good else None)

    def unmoved(self, found: Found, last: Fetched | None) -> bool:
        """True when the listing says that nothing has changed since a good visit, whose body is still kept."""
        if not found.stamp or last is None or last.status != 200 or not last.doc or last.digest not in self._archive:
            return False
        return self._store.listed(found.url)[1] == found.stamp

    def is_of_another(self, url: str, doc: str) -> bool:
        """True when `url` gave another document than `doc`: WordPress leads the address of what was taken away to the
        publication whose name is nearest."""
        other = self._store.fetched(url)
        return other is not None and other.doc not in ("", doc)

    def again(self, doc: str, *, local: bool) -> Found:
        """A known document that its listing did not name: a file attached to a publication counts as listed."""
        url = self._store.get(doc).url
        said = self._store.listed(url)[0]
        if said and Found.from_json(said).via:
            return Found.from_json(said)
        return Found(url=url, local=url if local else "", listed=False)

    def keep(self, page: Page) -> None:
        """Write a response to the archive."""
        self._tally.counts["fetched"] += 1
        self._tally.counts["bytes"] += len(page.body)
        self._tally.counts["archived"] += self._archive.write(
            digest=page.digest, url=page.url, status=page.status, headers=page.headers, body=page.body,
            fetched=page.fetched,
        )  # fmt: skip

    def kept(self, url: str, answer: NotModified) -> Page | Refusal:
        """The page as it was kept; fetched again when the archive's file is damaged."""
        last = self._store.fetched(url)
        digest = last.digest if last is not None else ""
        try:
            kept = self._archive.response(digest)
        except DataDamaged as error:
            self._tally.problem(url, "archive_damaged", str(error))
            self._archive.discard(digest)
            again = self._fetcher.get(url, self._source)
            if isinstance(again, Page):
                self.keep(again)
                return again
            return again if isinstance(again, Refusal) else _refused(answer)
        except KeyError:  # nothing was kept, so no condition was sent
            return _refused(answer)
        return Page(
            requested=answer.requested,
            url=answer.url,
            status=kept.status,
            headers=(*_validators(last), *kept.headers),
            body=kept.body,
            digest=digest,
            fetched=answer.fetched,
        )


def visit_of(url: str, page: Page, doc: str) -> Fetched:
    """What to remember of a good visit."""
    return Fetched(
        url=url,
        status=page.status,
        fetched=page.fetched,
        etag=page.header("etag"),
        last_modified=page.header("last-modified"),
        digest=page.digest,
        doc=doc,
    )


def _validators(last: Fetched | None) -> tuple[tuple[str, str], ...]:
    """The ETag and Last-Modified of the last visit; they come before those kept with the body, which may be older."""
    if last is None:
        return ()
    return tuple((name, value) for name, value in (("etag", last.etag), ("last-modified", last.last_modified)) if value)


def _refused(answer: NotModified) -> Refusal:
    """A server that says 304 to a request without conditions."""
    return Refusal(requested=answer.requested, url=answer.url, reason="http_status", detail="304", status=304)
