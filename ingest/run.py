"""The loop: sources -> addresses -> pages -> documents in the store. A generator of events.

Sources of different hosts are collected side by side, each host by one thread,
so that its delays stay its own. A run can be killed at any moment: the next one
goes on where it stopped, and fetches nothing again that was committed.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from corpus.archive import Archive
from corpus.store import Store
from ingest.catalogue import Source
from ingest.clock import SystemClock
from ingest.collector import Collector
from ingest.events import Event
from ingest.fetch import Fetcher
from ingest.report import Report, Tally
from ingest.values import Clock

SIDE_BY_SIDE = 8
"""Most threads."""
_LAST_WORDS_SECONDS = 5.0  # a thread that has not stopped by then is left behind; what it had in hand is not committed


def run(
    sources: Iterable[Source],
    store: Store,
    archive: Archive,
    fetcher: Fetcher,
    *,
    clock: Clock | None = None,
    budget: int | None = None,
) -> Generator[Event, None, None]:
    """Collect the enabled sources; the last event carries the Report.

    `store` is open for writing. budget: most requests for pages in this run,
    over all sources; what is left waits for the next. Raises only for the
    machine (DiskFull, DataReadOnly...), never for what a site does. Closing the
    generator keeps what was committed and stores the report as interrupted.
    """
    clock = clock or SystemClock()
    chosen = [source for source in sources if source.enabled]
    started, began = clock.utcnow(), clock.monotonic()
    tallies: dict[str, Tally] = {}
    spent = _Spending(budget)

    def collect(source: Source, with_: Fetcher) -> Iterator[Event]:
        tally = tallies[source.name] = Tally(source.name, clock.monotonic())
        yield from Collector(source, store, archive, with_, tally, clock=clock, spent=spent).collect()
        tally.ended = clock.monotonic()

    def finish(*, interrupted: bool) -> Report:
        now = clock.monotonic()
        report = Report(
            started=started,
            finished=clock.utcnow(),
            seconds=round(now - began, 3),
            interrupted=interrupted,
            sources=tuple(tallies[source.name].report(now) for source in chosen if source.name in tallies),
        )
        store.add_run(report.to_dict())
        return report

    groups = by_host(chosen)
    try:
        if len(groups) > 1:
            yield from _side_by_side(groups, fetcher, collect, spent)
        else:
            for source in chosen:
                yield from collect(source, fetcher)
    except (GeneratorExit, KeyboardInterrupt):
        finish(interrupted=True)
        raise
    yield Event(what="done", report=finish(interrupted=False))


def by_host(sources: Sequence[Source]) -> list[list[Source]]:
    """Sources in groups, in their order, such that no host is in two of them. Folders of this machine are one."""
    groups: list[tuple[set[str], list[Source]]] = []
    for source in sources:
        hosts = {host.removeprefix("www.") for host in source.hosts} or {""}
        members = [source]
        apart: list[tuple[set[str], list[Source]]] = []
        for group in groups:
            if group[0] & hosts:
                hosts, members = hosts | group[0], group[1] + members
            else:
                apart.append(group)
        groups = [*apart, (hosts, members)]
    order = {source.name: number for number, source in enumerate(sources)}
    return sorted((members for _, members in groups), key=lambda members: order[members[0].name])


class _Spending:
    """Counts the requests of a run, over its threads; "budget" or "interrupted" when there may be no more."""

    def __init__(self, budget: int | None) -> None:
        self._left = budget
        self._guard = threading.Lock()
        self._over = False

    def __call__(self) -> str:
        with self._guard:
            if self._over:
                return "interrupted"
            if self._left is None:
                return ""
            self._left -= 1
            return "" if self._left >= 0 else "budget"

    def stop(self) -> None:
        self._over = True


def _side_by_side(
    groups: Sequence[Sequence[Source]],
    fetcher: Fetcher,
    collect: Callable[[Source, Fetcher], Iterator[Event]],
    spent: _Spending,
) -> Iterator[Event]:
    """The events of all groups as they come. What one thread raises ends the others, and is raised."""
    waiting: queue.SimpleQueue[Sequence[Source]] = queue.SimpleQueue()
    for group in groups:
        waiting.put(group)
    said: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            with fetcher.another() as mine:
                while not waiting.empty():
                    try:
                        group = waiting.get_nowait()
                    except queue.Empty:
                        break
                    for source in group:
                        for event in collect(source, mine):
                            said.put(event)
        except BaseException as error:
            said.put(error)
        finally:
            said.put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in groups[:SIDE_BY_SIDE]]
    for thread in threads:
        thread.start()
    running = len(threads)
    try:
        while running:
            item = said.get()
            if item is None:
                running -= 1
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item
    except BaseException:
        spent.stop()
        fetcher.wake()
        for thread in threads:
            thread.join(_LAST_WORDS_SECONDS)
        raise
