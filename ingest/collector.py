"""One source: its listing into the frontier, then visits, then those it no longer lists.

Each visit is committed in one transaction: the document, the memory of the
visit, and that the address is done.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from corpus.archive import Archive
from corpus.frontier import Frontier, Waiting
from corpus.records import Fetched, days_between, earliest_day
from corpus.store import Store
from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.discover import discover
from ingest.events import Event
from ingest.extract import Body, extract
from ingest.fetch import Fetcher
from ingest.identity import document_id, url_slug
from ingest.local import read_local
from ingest.memory import Memory, visit_of
from ingest.report import Tally
from ingest.telling import Teller
from ingest.values import Clock, Found, NotModified, Page, Refusal, Rejected
from ingest.watch import Watch

DAYS_TO_WITHDRAW = 1.0
"""A publication is withdrawn when it is missing on two visits at least this far apart."""
DAYS_TO_TRUST = 30.0
"""A page is asked for at least this often, whatever its listing says: some never change their stamps."""

_DAYS_OF_A_LISTING = 1.0  # one read by an earlier run longer ago than this is read again
_PARTIAL_KINDS = frozenset({"rss"})  # their listing shows only the latest: what it does not name has not vanished
_COMPLETE_KINDS = frozenset({"wordpress", "files"})  # their listing names all there is
_SHRUNK = 0.5  # of the known publications missing from a listing at once: the listing is broken, not the site
_GONE = frozenset({404, 410})
_NO_LONGER = 410  # remembered of what the public can no longer read, whatever the site answers
_BATCH = 100  # addresses per transaction while listing, and per look at the frontier


class Collector:
    """Collects one source."""

    def __init__(
        self,
        source: Source,
        store: Store,
        archive: Archive,
        fetcher: Fetcher,
        tally: Tally,
        *,
        clock: Clock,
        spent: Callable[[], str],
    ) -> None:
        """spent: why the run must stop before another request ("budget", "interrupted"), or ""; counts the request."""
        self._source = source
        self._store = store
        self._archive = archive
        self._fetcher = fetcher
        self._tally = tally
        self._clock = clock
        self._spent = spent
        self._memory = Memory(source, store, archive, fetcher, tally)
        self._frontier = Frontier(store, source.name)
        self._tell = Teller(source.name, tally)
        self._watch = Watch()
        self._asked = 0
        self._shrunk = False  # the listing is broken: what it leaves out says nothing

    def collect(self) -> Iterator[Event]:
        """Go on with the round under way, or start one; all of it, or until a reason to stop."""
        self._store.declare(self._source.name, self._source.declaration())
        yield self._tell.event("source")
        yield from self._round()
        if self._tally.stopped:
            self._tally.counts["waiting"] = self._left()
            yield self._tell.event("stopped", reason=self._tally.stopped, detail=str(self._left()))
        yield self._tell.event("ended")

    def _round(self) -> Iterator[Event]:
        now = self._clock.utcnow()
        under_way = self._frontier.round()
        if not self._source.open_at(now):
            self._tally.stopped = "hours"
            return
        if under_way is None:
            self._frontier.begin(now)
        else:
            total, done = self._frontier.counts()
            self._tally.counts["resumed"] = done
            yield self._tell.event("resumed", detail=str(total - done))
        listed = under_way.listed if under_way is not None else None
        if listed is None or not 0 <= days_between(listed, now) < _DAYS_OF_A_LISTING:
            yield from self._list()
        else:
            self._tally.counts["found"] += self._left()
        yield from self._visit_waiting()
        if not self._tally.stopped:
            yield from self._unlisted()
        if not self._tally.stopped:
            self._frontier.end()

    def _list(self) -> Iterator[Event]:
        whole = self._source.kind not in _PARTIAL_KINDS
        found = 0
        batch: list[Waiting] = []
        for item in discover(self._source, self._memory):
            if isinstance(item, Refusal):
                whole = False
                yield self._tell.refusal(item)
                continue
            found += 1
            self._tally.counts["found"] += 1
            yield self._tell.event("found", url=item.url)
            batch.append(Waiting(item.url, item.to_json()))
            if len(batch) == _BATCH:
                self._frontier.add(batch)
                batch = []
        with self._store.transaction():
            self._frontier.add(batch)
            self._frontier.listed(self._clock.utcnow(), whole=whole and found < self._source.max_pages)

    def _visit_waiting(self) -> Iterator[Event]:
        while not self._tally.stopped and (batch := self._frontier.waiting(_BATCH)):
            for waiting in batch:
                found = Found.from_json(waiting.found)
                last = self._store.fetched(found.url)
                if self._memory.unmoved(found, last) and last is not None and self._trusted(last):
                    yield from self._unchanged(found, last)
                    continue
                self._tally.stopped = self._watch.trouble or self._closed() or self._spent()
                if self._tally.stopped:
                    return
                self._asked += 1
                yield from self._visit(found, last)

    def _unlisted(self) -> Iterator[Event]:
        """Visit what is known and no longer listed."""
        under_way = self._frontier.round()
        if under_way is None or not under_way.whole:
            return
        prefix, met = f"{self._source.name}/", self._frontier.met()
        known = [doc for doc in self._store.current_digests() if doc.startswith(prefix)]
        missing = [doc for doc in known if doc not in met]
        local = self._source.kind == "files"
        attached = 0  # files of publications that were not read again: no listing names them
        for doc in missing:
            again = self._memory.again(doc, local=local)
            attached += again.listed
            self._frontier.add([Waiting(again.url, again.to_json())])
        listable, left = len(known) - attached, len(known) - len(missing)
        if listable - left > _SHRUNK * listable and listable > 1:
            yield self._tell.alarm(self._source.url, "listing_shrunk", f"{left}/{listable}")
            self._shrunk = True
        yield from self._visit_waiting()

    def _closed(self) -> str:
        if not self._source.open_at(self._clock.utcnow()):
            return "hours"
        limit = self._source.pages_per_run
        return "budget" if limit and self._asked >= limit else ""

    def _trusted(self, last: Fetched) -> bool:
        return 0 <= days_between(last.fetched, self._clock.utcnow()) < DAYS_TO_TRUST

    def _left(self) -> int:
        total, done = self._frontier.counts()
        return total - done

    # One address.

    def _visit(self, found: Found, last: Fetched | None) -> Iterator[Event]:
        result = read_local(found, self._clock) if found.local else self._memory.get(found.url)
        if self._watch.see(result, self._fetcher.skew_seconds):
            yield self._tell.alarm(self._source.url, "clock", f"{self._watch.skew_days:+.0f}")
        if isinstance(result, Refusal):
            yield from self._missing(found, result, last)
            return
        good = last is not None and last.status == 200 and last.doc != ""
        if isinstance(result, NotModified):
            self._tally.counts["not_modified"] += 1
            if good and last is not None:
                yield from self._unchanged(found, replace(last, fetched=result.fetched))
                return
            kept = self._memory.kept(found.url, result)  # it gave no document then: the extractor may be better now
            if isinstance(kept, Refusal):
                self._frontier.done(found.url, last.doc if last is not None else "")
                yield self._tell.refusal(kept)
                return
            result = kept
        else:
            self._memory.keep(result)
            yield self._tell.event("fetched", url=found.url)
            if good and last is not None and last.digest == result.digest:
                yield from self._unchanged(found, visit_of(found.url, result, last.doc))
                return
        yield from self._read(found, result, last)

    def _read(self, found: Found, page: Page, last: Fetched | None) -> Iterator[Event]:
        url = found.url if found.local else normalise(page.url) or page.url
        known = last.doc if last is not None else ""
        home = normalise(self._source.url)
        if url == home and found.url != home:
            self._frontier.done(found.url, known)
            yield self._tell.fail(found.url, "redirects", "to the home page")
            return
        if known and last is not None and self._memory.is_of_another(url, known):
            yield from self._gone(found, last, _NO_LONGER, "redirect")
            return
        doc = known or self._new_id(url)
        body = Body(data=page.body, content_type=page.header("content-type") or "", name=url)
        try:
            outcome = extract(body, doc=doc, url=url, source=self._source, found=found)
        except Exception as error:  # one page that breaks a parser must not end the run
            outcome = Rejected(reason="extractor_error", detail=f"{type(error).__name__}: {error}")
        if isinstance(outcome, Rejected):
            if outcome.reason == "password" and known and last is not None:
                yield from self._gone(found, last, _NO_LONGER, outcome.reason)
                return
            # A publication whose page is broken now keeps the memory of its good body: reported until it is mended.
            memory = visit_of(found.url, page, "")
            if last is not None and last.doc:
                memory = replace(last, status=page.status, fetched=page.fetched)
            with self._store.transaction():
                self._store.remember(memory)
                self._frontier.done(found.url, known)
            yield self._tell.fail(found.url, outcome.reason, outcome.detail)
            if known:
                yield from self._not_listed(found, known)
            return
        document = outcome.document
        with self._store.transaction():
            stored = self._store.put(document, page.fetched)
            # Where it was redirected, the document's own address too: that is what is visited once it is not listed.
            for address in dict.fromkeys((found.url, url)):
                self._store.remember(visit_of(address, page, doc))
            attached = self._attach(outcome.attachments)
            self._settle(found, doc)
        self._tally.counts[stored] += 1
        self._tally.counts["undated"] += document.published is None
        self._tally.chars.append(len(document.text))
        for address in attached:
            yield self._tell.event("found", url=address)
        yield self._tell.event("stored", url=found.url, doc=doc, outcome=stored)
        for alarm in (*outcome.alarms, *self._future(document.published)):
            kind, _, detail = alarm.partition(":")
            yield replace(self._tell.alarm(found.url, kind, detail), doc=doc)
        yield from self._not_listed(found, doc)

    def _attach(self, files: Sequence[Found]) -> list[str]:
        """Files of a publication, behind what waits; the addresses that the round did not know."""
        room = self._source.max_pages - self._frontier.counts()[0] if files else 0
        new = [each.url for each in files[: max(0, room)] if self._frontier.add([Waiting(each.url, each.to_json())])]
        self._tally.counts["found"] += len(new)
        return new

    def _unchanged(self, found: Found, memory: Fetched) -> Iterator[Event]:
        with self._store.transaction():
            self._store.remember(memory)
            restored = found.listed and self._store.restore(memory.doc)
            self._settle(found, memory.doc)
        self._tally.counts["restored" if restored else "unchanged"] += 1
        if restored:
            yield self._tell.event("stored", url=found.url, doc=memory.doc, outcome="restored")
        else:
            yield self._tell.event("unchanged", url=found.url, doc=memory.doc)
        yield from self._not_listed(found, memory.doc)

    def _settle(self, found: Found, doc: str) -> None:
        """The address is done, inside the transaction of what it gave."""
        if found.listed:
            self._store.note_listed(found.url, found.to_json(), found.stamp)
            self._store.note_unlisted(doc, None)
        self._frontier.done(found.url, doc)

    def _new_id(self, url: str) -> str:
        def owner(doc: str) -> str | None:
            try:
                return self._store.get(doc).url
            except KeyError:
                return None

        return document_id(self._source.name, url_slug(url), url, owner)

    # What is missing.

    def _missing(self, found: Found, refusal: Refusal, last: Fetched | None) -> Iterator[Event]:
        """A 404 on a known publication is noted; on a second visit at least a day later it is withdrawn."""
        doc = last.doc if last is not None else ""
        if refusal.status not in _GONE or last is None or not doc:
            self._frontier.done(found.url, doc)
            yield self._tell.refusal(refusal)
            return
        yield from self._gone(found, last, refusal.status, str(refusal.status))

    def _gone(self, found: Found, last: Fetched, status: int, why: str) -> Iterator[Event]:
        now = self._clock.utcnow()
        since = last.fetched if last.status in _GONE and last.fetched <= now else now
        with self._store.transaction():
            self._store.remember(replace(last, status=status, fetched=since))
            withdrawn = self._confirmed(since, now) and self._store.withdraw(last.doc, now)
            self._frontier.done(found.url, last.doc)
        yield self._tell.gone(found.url, last.doc, why, withdrawn=withdrawn)

    def _not_listed(self, found: Found, doc: str) -> Iterator[Event]:
        """The page still answers, and a listing that names everything names it no longer: the same two visits."""
        complete = self._source.complete or self._source.kind in _COMPLETE_KINDS
        if found.listed or not complete or self._shrunk:
            return
        now = self._clock.utcnow()
        before = self._store.unlisted(doc)
        since = before if before is not None and before <= now else now
        with self._store.transaction():
            self._store.note_unlisted(doc, since)
            withdrawn = self._confirmed(since, now) and self._store.withdraw(doc, now)
        yield self._tell.gone(found.url, doc, "unlisted", withdrawn=withdrawn)

    def _confirmed(self, since: str, now: str) -> bool:
        return not self._watch.doubtful and days_between(since, now) >= DAYS_TO_WITHDRAW

    # What to look at.

    def _future(self, published: str | None) -> tuple[str, ...]:
        """A date after tomorrow: the page means another one, or our clock is wrong."""
        now = self._clock.utcnow()
        late = published is not None and days_between(now[:10], earliest_day(published).isoformat()) > 1
        return (f"future_date:{published}",) if late else ()
