"""What every door shares, the chat's apart: the assistant, its gate, and the corpus beside it.

A door (REST, the light pages, receipts) is a table of routes that asks this
desk; it opens no store and knows no thread.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.archive import Archive
from corpus.errors import Overloaded, SourcierError
from corpus.health import SourceHealth, health, now
from corpus.records import Document, Fetched, Version
from corpus.store import Store
from rag import Answer, Assistant, ClaimVerdict, CorpusState, Evidence
from ui.catalogue import Catalogue
from ui.current import documents_of, refreshed
from ui.filters import Filters
from ui.gate import AT_ONCE, Gate
from ui.sources import publications

if TYPE_CHECKING:
    from anyio import CapacityLimiter

log = logging.getLogger(__name__)

T = TypeVar("T")
_FRESH_SECONDS = 30  # the corpus may change without a new index: a withdrawal shows within this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A publication with its past. versions: oldest first, never empty. indexed: the number that answers are drawn
    from, None when it is not searched. withdrawn: when (ISO 8601, UTC), or None. original: the last good fetch of its
    address, None for one added by hand; kept: whether its bytes are in the archive."""

    versions: tuple[Version, ...]
    indexed: int | None
    withdrawn: str | None
    original: Fetched | None
    kept: bool

    @property
    def current(self) -> Version:
        """The last version."""
        return self.versions[-1]

    def version(self, number: int | None) -> Version:
        """A version by its number; the current one for None. Raises KeyError."""
        if number is None:
            return self.current
        for version in self.versions:
            if version.number == number:
                return version
        raise KeyError(number)


class Desk:
    """Safe to use from several threads. data: the folder that the assistant was opened on.

    gate: shared with the chat, so that all doors together stay within what the machine can do.
    tell_questions: whether questions may stand in the log; without, the log says only how long they took.
    """

    def __init__(self, assistant: Assistant, data: Path, gate: Gate, *, tell_questions: bool = False) -> None:
        self.assistant = assistant
        self.data = data
        self._gate = gate
        self._tell = tell_questions
        self._guard = threading.Lock()
        self._known: tuple[str, float, Catalogue] | None = None
        self._health: tuple[float, tuple[SourceHealth, ...]] | None = None
        self._lanes: CapacityLimiter | None = None

    def ask(self, question: str, filters: Filters, after: Sequence[str] = ()) -> Answer:
        """Answer a question; after: those before it that a follow-up is read from. Raises as `Assistant.ask`."""
        question, after = _encodable(question), [_encodable(each) for each in after]
        refreshed(self.assistant)
        return self._timed(
            "ask", question, lambda: self.assistant.ask(question, after=after, **self._narrowed(filters))
        )

    def search(self, question: str, filters: Filters, k: int) -> tuple[Evidence, ...]:
        """The k nearest passages. Raises as `Assistant.search`."""
        question = _encodable(question)
        refreshed(self.assistant)
        return self._timed("search", question, lambda: self.assistant.search(question, k=k, **self._narrowed(filters)))

    def verify(self, text: str, filters: Filters) -> tuple[ClaimVerdict, ...]:
        """The verdict on each claim; of the filters, as_of and ministry count. Raises as `Assistant.verify`."""
        text = _encodable(text)
        refreshed(self.assistant)
        narrowed = {"as_of": filters.get("as_of"), "ministry": filters.get("ministry")}
        return self._timed("verify", text, lambda: self.assistant.verify(text, **narrowed))

    async def turn(self, call: Callable[[], T]) -> T:
        """Run `call` in a thread, in its turn. Waiting holds no thread. Raises Overloaded when too many wait."""
        from anyio import CapacityLimiter
        from anyio.to_thread import run_sync

        if not self._gate.enter():
            raise Overloaded("too many requests wait")
        try:
            if self._lanes is None:
                self._lanes = CapacityLimiter(AT_ONCE)
            return await run_sync(self._inside, call, limiter=self._lanes)
        finally:
            self._gate.leave()

    def documents(self, answer: Answer) -> dict[str, Document]:
        """The publications of an answer by id, in the version that its offsets count in."""
        return documents_of(self.assistant, publications(answer))

    def catalogue(self) -> Catalogue:
        """What the corpus holds now, read again with each index generation and at most every half minute."""
        generation, now = self.state().generation, time.monotonic()
        with self._guard:
            if self._known is None or self._known[0] != generation or now - self._known[1] > _FRESH_SECONDS:
                with Store.open(self.data) as store:
                    self._known = (generation, now, Catalogue.of(store.cards()))
            return self._known[2]

    def publication(self, doc: str) -> Publication:
        """A publication, withdrawn ones too. Raises KeyError."""
        with Store.open(self.data) as store:
            versions = store.versions(doc)
            if not versions:
                raise KeyError(doc)
            withdrawn = store.withdrawals().get(doc)
            visit = store.fetched(versions[-1].document.url)
        original = visit if visit is not None and visit.doc == doc else None
        try:
            digest = self.assistant.document(doc).digest()
        except KeyError:
            digest = ""
        numbers = [version.number for version in versions if version.digest == digest]
        return Publication(
            versions=versions, indexed=numbers[-1] if numbers else None, withdrawn=withdrawn, original=original,
            kept=original is not None and original.digest in Archive(self.data),
        )  # fmt: skip

    def original(self, publication: Publication) -> tuple[Fetched, bytes, str]:
        """The archived original: its visit, its bytes, its content type. Raises KeyError, DataDamaged."""
        if publication.original is None:
            raise KeyError(publication.current.document.id)
        response = Archive(self.data).response(publication.original.digest)
        return publication.original, response.body, dict(response.headers).get("content-type", "")

    def state(self) -> CorpusState:
        """What is searched."""
        return self.assistant.state()

    def status(self) -> dict[str, Any]:
        """Corpus, index, last collection and each source's health, as `sourcier status --json` tells them, addresses
        of failures left out. "alarms": how many there are."""
        from dataclasses import asdict

        with Store.open(self.data) as store:
            counts, runs = asdict(store.counts()), store.runs(1)
        last = runs[0] if runs else None
        sources = [each.to_dict() for each in self._sources()]
        return {
            "corpus": counts,
            "index": asdict(self.state()) | {"late": self.assistant.late()},
            "last_run": {name: last.get(name) for name in ("started", "finished", "interrupted")} if last else None,
            "sources": sources,
            "alarms": sum(len(source["alarms"]) for source in sources),
        }

    def runs(self, limit: int) -> list[dict[str, Any]]:
        """Reports of past collections, newest first."""
        with Store.open(self.data) as store:
            return store.runs(limit)

    def _sources(self) -> tuple[SourceHealth, ...]:
        """Reckoned from hundreds of reports: every half minute at most."""
        began = time.monotonic()
        with self._guard:
            if self._health is None or began - self._health[0] > _FRESH_SECONDS:
                with Store.open(self.data) as store:
                    self._health = (began, health(store, now()))
            return self._health[1]

    def _inside(self, call: Callable[[], T]) -> T:
        with self._gate:
            return call()

    def _narrowed(self, filters: Filters) -> dict[str, Any]:
        """Filters as keyword arguments of the assistant."""
        kind = filters.get("kind")
        known = {name: filters.get(name) for name in ("as_of", "since", "until", "ministry", "publisher")}
        return known | {"within": self.catalogue().within(kind)} if kind else known

    def _timed(self, what: str, text: str, call: Callable[[], T]) -> T:
        began = time.monotonic()
        outcome = "done"
        try:
            return call()
        except SourcierError as error:
            outcome = type(error).__name__
            raise
        finally:
            told = f": {text!r}" if self._tell else ""
            log.info("%s, %d characters, %s, %.0f ms%s", what, len(text), outcome, _since(began), told)


def _since(began: float) -> float:
    return 1000 * (time.monotonic() - began)


def _encodable(text: str) -> str:
    """`text` without lone surrogates, which broken clients send and nothing can write."""
    return text.encode("utf-8", "replace").decode("utf-8")
