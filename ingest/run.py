"""The loop: sources -> addresses -> pages -> documents in the store. A generator of events.

Every page is committed with the memory of its visit in one transaction, so a
run can be killed at any moment; the next one asks for what it has with
conditional requests and extracts nothing again that has not changed.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from corpus.archive import Archive
from corpus.errors import DataDamaged
from corpus.records import Fetched
from corpus.store import Store
from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.clock import SystemClock
from ingest.discover import discover
from ingest.extract import Body, extract
from ingest.fetch import Fetcher
from ingest.identity import document_id, url_slug
from ingest.local import read_local
from ingest.report import Report, SourceReport, Tally
from ingest.values import REFUSED_BY_RULE, Clock, Found, NotModified, Page, Refusal, Rejected

What = Literal[
    "source", "found", "fetched", "stored", "unchanged", "refused", "failed", "alarm", "gone", "withdrawn", "done"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    what: "source" (a source starts), "found", "fetched", "stored" (outcome:
    new, edited, restored, unchanged), "unchanged" (nothing was read again),
    "refused" (by our rules), "failed", "alarm" (stored, but look at it), "gone"
    (first 404 on a known publication), "withdrawn" (the second), "done" (report).
    """

    what: What
    source: str = ""
    url: str = ""
    doc: str = ""
    outcome: str = ""
    reason: str = ""
    detail: str = ""
    report: Report | None = None


_PARTIAL_KINDS = frozenset({"rss"})
"""Kinds whose listing shows only the latest: what it no longer names has not vanished."""
_GONE = frozenset({404, 410})


def run(
    sources: Iterable[Source], store: Store, archive: Archive, fetcher: Fetcher, *, clock: Clock | None = None
) -> Generator[Event, None, None]:
    """Collect the enabled sources, one after another; the last event carries the Report.

    `store` is open for writing. Raises only for the machine (DiskFull,
    DataReadOnly...), never for what a site does. Closing the generator keeps
    what was committed and stores the report as interrupted.
    """
    clock = clock or SystemClock()
    started, began = clock.utcnow(), clock.monotonic()
    tallies: list[Tally] = []

    def finish(*, interrupted: bool) -> Report:
        now = clock.monotonic()
        report = Report(
            started=started,
            finished=clock.utcnow(),
            seconds=round(now - began, 3),
            interrupted=interrupted,
            sources=tuple(done) + tuple(tally.report(now) for tally in tallies[len(done) :]),
        )
        store.add_run(report.to_dict())
        return report

    done: list[SourceReport] = []
    try:
        for source in sources:
            if source.enabled:
                tallies.append(Tally(source.name, clock.monotonic()))
                yield Event(what="source", source=source.name)
                yield from _Collector(source, store, archive, fetcher, tallies[-1]).collect(clock)
                done.append(tallies[-1].report(clock.monotonic()))
    except (GeneratorExit, KeyboardInterrupt):
        finish(interrupted=True)
        raise
    yield Event(what="done", report=finish(interrupted=False))


class _Collector:
    """Collects one source. Also what discovery fetches its listings with (`Visit`)."""

    def __init__(self, source: Source, store: Store, archive: Archive, fetcher: Fetcher, tally: Tally) -> None:
        self._source = source
        self._store = store
        self._archive = archive
        self._fetcher = fetcher
        self._tally = tally
        self._seen: set[str] = set()  # ids of documents that this run met

    def collect(self, clock: Clock) -> Iterator[Event]:
        """Visit what is listed, then what is known and no longer listed."""
        whole = True
        for item in discover(self._source, self):
            if isinstance(item, Refusal):
                whole = False
                yield self._refusal(item)
                continue
            self._tally.counts["found"] += 1
            yield Event(what="found", source=self._source.name, url=item.url)
            yield from self._visit(item, clock)
        spent = self._tally.counts["found"] >= self._source.max_pages
        if whole and not spent and self._source.kind not in _PARTIAL_KINDS:
            for found in self._unlisted():
                yield from self._visit(found, clock)

    def _unlisted(self) -> list[Found]:
        prefix = f"{self._source.name}/"
        known = [doc for doc in self._store.current_digests() if doc.startswith(prefix) and doc not in self._seen]
        urls = [self._store.get(doc).url for doc in known[: self._source.max_pages]]
        return [Found(url=url, local=url if self._source.kind == "files" else "") for url in urls]

    # What discovery may do.

    def page(self, url: str) -> Page | Refusal:
        """A listing; a 304 is answered from the archive."""
        result = self._fetcher.get(url, self._source, self._known(url))
        if isinstance(result, Page):
            self._keep(result)
            with self._store.transaction():
                self._store.remember(_memory(url, result, ""))
        elif isinstance(result, NotModified):
            self._tally.counts["not_modified"] += 1
            return self._kept(url, result)
        return result

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps named by robots.txt."""
        return self._fetcher.sitemaps(url, self._source)

    # One address.

    def _visit(self, found: Found, clock: Clock) -> Iterator[Event]:
        last = self._store.fetched(found.url)
        if last is not None and last.doc:
            self._seen.add(last.doc)
        result: Page | NotModified | Refusal
        if found.local:
            result = read_local(found, clock)
        else:
            result = self._fetcher.get(found.url, self._source, self._known(found.url))
        if isinstance(result, Refusal):
            yield from self._failed(found, result, last, clock)
            return
        good = last is not None and last.status == 200 and last.doc != ""
        if isinstance(result, NotModified):
            self._tally.counts["not_modified"] += 1
            if good and last is not None:
                yield self._unchanged(replace(last, fetched=result.fetched))
                return
            kept = self._kept(found.url, result)  # it gave no document then: the extractor may be better now
            if isinstance(kept, Refusal):
                yield self._refusal(kept)
                return
            result = kept
        else:
            self._keep(result)
            yield Event(what="fetched", source=self._source.name, url=found.url)
            if good and last is not None and last.digest == result.digest:
                yield self._unchanged(_memory(found.url, result, last.doc))
                return
        yield from self._read(found, result, last)

    def _read(self, found: Found, page: Page, last: Fetched | None) -> Iterator[Event]:
        url = found.url if found.local else normalise(page.url) or page.url
        home = normalise(self._source.url)
        if url == home and found.url != home:
            yield self._fail(found.url, "redirects", "to the home page")
            return
        doc = last.doc if last is not None and last.doc else self._new_id(url)
        body = Body(data=page.body, content_type=page.header("content-type") or "", name=url)
        try:
            outcome = extract(body, doc=doc, url=url, source=self._source, found=found)
        except Exception as error:  # one page that breaks a parser must not end the run
            outcome = Rejected(reason="extractor_error", detail=f"{type(error).__name__}: {error}")
        if isinstance(outcome, Rejected):
            # A publication whose page is broken now keeps the memory of its good body: reported until it is mended.
            memory = _memory(found.url, page, "")
            if last is not None and last.doc:
                memory = replace(last, status=page.status, fetched=page.fetched)
            self._store.remember(memory)
            yield self._fail(found.url, outcome.reason, outcome.detail)
            return
        with self._store.transaction():
            stored = self._store.put(outcome.document, page.fetched)
            # Where it was redirected, the document's own address too: that is what is visited once it is not listed.
            for address in dict.fromkeys((found.url, url)):
                self._store.remember(_memory(address, page, doc))
        self._seen.add(doc)
        self._tally.counts[stored] += 1
        self._tally.counts["undated"] += outcome.document.published is None
        yield Event(what="stored", source=self._source.name, url=found.url, doc=doc, outcome=stored)
        for alarm in outcome.alarms:
            kind, _, detail = alarm.partition(":")
            self._tally.alarms[kind] += 1
            self._tally.problem(found.url, kind, detail)
            yield Event(what="alarm", source=self._source.name, url=found.url, doc=doc, reason=kind, detail=detail)

    def _new_id(self, url: str) -> str:
        def owner(doc: str) -> str | None:
            try:
                return self._store.get(doc).url
            except KeyError:
                return None

        return document_id(self._source.name, url_slug(url), url, owner)

    def _failed(self, found: Found, refusal: Refusal, last: Fetched | None, clock: Clock) -> Iterator[Event]:
        """A 404 on a known publication is noted; on the second run in a row the publication is withdrawn."""
        if refusal.status not in _GONE or last is None or not last.doc:
            yield self._refusal(refusal)
            return
        now = clock.utcnow()
        if last.status not in _GONE:
            self._store.remember(replace(last, status=refusal.status, fetched=now))
            self._tally.problem(found.url, "gone", str(refusal.status))
            yield Event(what="gone", source=self._source.name, url=found.url, doc=last.doc, detail=str(refusal.status))
        elif self._store.withdraw(last.doc, now):
            self._tally.counts["withdrawn"] += 1
            yield Event(what="withdrawn", source=self._source.name, url=found.url, doc=last.doc)

    def _unchanged(self, memory: Fetched) -> Event:
        self._store.remember(memory)
        self._tally.counts["unchanged"] += 1
        return Event(what="unchanged", source=self._source.name, url=memory.url, doc=memory.doc)

    def _refusal(self, refusal: Refusal) -> Event:
        if refusal.reason not in REFUSED_BY_RULE:
            return self._fail(refusal.requested, refusal.reason, refusal.detail)
        self._tally.refused[refusal.reason] += 1
        self._tally.problem(refusal.requested, refusal.reason, refusal.detail)
        return Event(
            what="refused",
            source=self._source.name,
            url=refusal.requested,
            reason=refusal.reason,
            detail=refusal.detail,
        )

    def _fail(self, url: str, reason: str, detail: str) -> Event:
        self._tally.failed[reason] += 1
        self._tally.problem(url, reason, detail)
        return Event(what="failed", source=self._source.name, url=url, reason=reason, detail=detail)

    # Memory and archive.

    def _known(self, url: str) -> Fetched | None:
        """The last visit, when it was good and its body is still in the archive."""
        last = self._store.fetched(url)
        return last if last is not None and last.status == 200 and last.digest in self._archive else None

    def _keep(self, page: Page) -> None:
        self._tally.counts["fetched"] += 1
        self._tally.counts["bytes"] += len(page.body)
        self._tally.counts["archived"] += self._archive.write(
            digest=page.digest, url=page.url, status=page.status, headers=page.headers, body=page.body,
            fetched=page.fetched,
        )  # fmt: skip

    def _kept(self, url: str, answer: NotModified) -> Page | Refusal:
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
                self._keep(again)
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


def _validators(last: Fetched | None) -> tuple[tuple[str, str], ...]:
    """The ETag and Last-Modified of the last visit; they come before those kept with the body, which may be older."""
    if last is None:
        return ()
    return tuple((name, value) for name, value in (("etag", last.etag), ("last-modified", last.last_modified)) if value)


def _refused(answer: NotModified) -> Refusal:
    """A server that says 304 to a request without conditions."""
    return Refusal(requested=answer.requested, url=answer.url, reason="http_status", detail="304", status=304)


def _memory(url: str, page: Page, doc: str) -> Fetched:
    return Fetched(
        url=url,
        status=page.status,
        fetched=page.fetched,
        etag=page.header("etag"),
        last_modified=page.header("last-modified"),
        digest=page.digest,
        doc=doc,
    )
