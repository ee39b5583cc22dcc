"""`Assistant`: the public face of answering, and the place where the parts are put together."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Self, TypedDict, Unpack

from corpus.errors import DataMissing
from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from rag import index
from rag.answer import COMPARED, Reply, compose
from rag.claims import ClaimVerdict, claims_in, verify_claim
from rag.confidence import features
from rag.documents import editions
from rag.encoder import Encoder
from rag.followup import rewrite
from rag.generation import Generation, current_name
from rag.index import IndexEvent
from rag.judge import Judged, judge
from rag.loading import Shelf, load_encoder
from rag.manners import in_future, notice
from rag.query import Query, stripped, understand
from rag.search import Found
from rag.values import Answer, CorpusState, Evidence, Filters, Notice
from rag.vectors import engine
from rag.view import View
from rag.writer import reworded

_DOCUMENTS_KEPT = 512  # documents held in memory between questions


def build_index(
    data: str | Path, settings: Settings | None = None, *, encoder: Encoder | None = None
) -> Iterator[IndexEvent]:
    """Bring the index of folder `data` up to date; the last event carries the report.

    Raises DataMissing, DataBusy (another writer), DiskFull, DataReadOnly, ModelError.
    """
    settings = settings or Settings.load()
    folder = Path(data)
    with Store.open(folder, write=True) as store:
        if store.counts().documents == 0:
            raise DataMissing(f"no document in {folder}", path=str(folder), what="documents")
        yield from index.build(store, folder / "index", encoder or load_encoder(settings), engine(settings.vectors))


class Narrowed(TypedDict, total=False):
    """The filters of a question, as in `Filters`."""

    as_of: str | None
    since: str | None
    until: str | None
    ministry: str | None
    publisher: str | None
    within: frozenset[str] | None


class Assistant:
    """Answers from one data folder. Safe to use from several threads."""

    def __init__(self, store: Store, folder: Path, generation: Generation, settings: Settings, shelf: Shelf):
        self.settings = settings
        self._store = store
        self._folder = folder
        self._generation = generation
        self._shelf = shelf
        self._fetch = lru_cache(maxsize=_DOCUMENTS_KEPT)(store.get)

    @classmethod
    def open(
        cls, data: str | Path = "data", settings: Settings | None = None, *, encoder: Encoder | None = None
    ) -> Self:
        """Open a data folder that `ingest` and `index` have filled. Models are loaded at the first question.

        encoder: a ready one to share, in place of the settings' model.
        Raises DataMissing, DataFormatError, DataDamaged, SettingsError; ExtraMissing, ModelError for a language model.
        """
        settings = settings or Settings.load()
        folder = Path(data)
        store = Store.open(folder)
        try:
            generation = Generation.open(folder / "index", engine(settings.vectors))
            shelf = Shelf(settings, encoder)
            shelf.writer()  # a language model that cannot be used is told here, not at the first question
        except BaseException:
            store.close()
            raise
        return cls(store, folder, generation, settings, shelf)

    def close(self) -> None:
        """Close the corpus, and the language model where there is one."""
        self._shelf.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        question: str,
        *,
        as_of: str | None = None,
        since: str | None = None,
        until: str | None = None,
        ministry: str | None = None,
        publisher: str | None = None,
        within: frozenset[str] | None = None,
        after: Sequence[str] = (),
        found_passages: Callable[[int], None] | None = None,
    ) -> Answer:
        """Answer a question in verbatim sentences with citations, or abstain. Filters as in `Filters`.

        after: the questions asked before, oldest first, that a follow-up ("et en 2023 ?") is understood from; relative
        dates ("l'an dernier") count from `as_of`, or from today. `Answer.understood` tells what became of the question.

        found_passages: called once, when the search is over and the reading begins, with the number of passages found.

        Raises QuestionError, FilterError, ModelError.
        """
        filters = Filters(as_of=as_of, since=since, until=until, ministry=ministry, publisher=publisher, within=within)
        began = time.perf_counter()
        view = self._view()
        query, found = self._search(view, rewrite(question, after), filters)
        searched = time.perf_counter()
        if found_passages is not None:
            found_passages(len(found.candidates))
        refused, reply = self._refused(query, found, filters), Reply()
        if refused is None:
            models, most = self._shelf.models(view.generation), self.settings.max_sentences
            quotable = view.quotable(found)
            reply = compose(query, quotable, view, models, most=most, again=partial(self._quotable, view, filters))
            if not reply.sentences and in_future(query.text, _day(filters)):
                refused = "future"
        ended = time.perf_counter()
        answer = Answer(
            question=question,
            status="abstained" if not reply.sentences else "partial" if reply.missing else "answered",
            text=" ".join(sentence.text for sentence in reply.sentences),
            sentences=reply.sentences,
            evidence=view.evidence(found, self.settings.evidence),
            as_of=as_of,
            corpus=view.state(),
            confidence=reply.confidence,
            conflicts=tuple(asdict(series) for series in reply.conflicts),
            missing=reply.missing,
            verdict=reply.verdict,
            understood=query.text if query.text != question.strip() else "",
            notice=refused,
            timings_ms={
                "search": 1000 * (searched - began),
                "answer": 1000 * (ended - searched),
                "total": 1000 * (ended - began),
            },
        )
        writer = self._shelf.writer()
        return answer if writer is None else reworded(answer, writer, view.document, most=self.settings.max_sentences)

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        as_of: str | None = None,
        since: str | None = None,
        until: str | None = None,
        ministry: str | None = None,
        publisher: str | None = None,
        within: frozenset[str] | None = None,
    ) -> tuple[Evidence, ...]:
        """The k passages nearest to a question, best first. Raises as `ask`."""
        filters = Filters(as_of=as_of, since=since, until=until, ministry=ministry, publisher=publisher, within=within)
        view = self._view()
        return view.evidence(self._search(view, question, filters)[1], k)

    def verify(self, text: str, *, as_of: str | None = None, ministry: str | None = None) -> tuple[ClaimVerdict, ...]:
        """Each claim of a sentence or paragraph held against the corpus: confirmed, contradicted or not found.

        Raises QuestionError (empty_text, text_too_long), FilterError, ModelError.
        """
        stripped(text, self.settings.max_question_chars, empty="empty_text", too_long="text_too_long")
        view = self._view()
        filters = Filters(as_of=as_of, ministry=ministry)
        verdicts = []
        for claim in claims_in(text):
            _, found = self._quotable(view, filters, claim)
            weight = view.generation.lexical.idf
            verdicts.append(verify_claim(claim, view.places(found, COMPARED), weight=weight))
        return tuple(verdicts)

    def ask_all(
        self, questions: Iterable[str], *, workers: int = 0, **narrowed: Unpack[Narrowed]
    ) -> tuple[Answer, ...]:
        """Answers to several questions under the same filters, in their order; each is what `ask` gives for it alone.

        workers: questions answered side by side, 0 for one a processor core. They share the models, whose work lets
        other threads run; a question's own vector is too small a part of an answer for batches of questions to pay.
        Raises as `ask`, a QuestionError before anything is searched.
        """
        asked = list(questions)
        for question in asked:
            stripped(question, self.settings.max_question_chars)
        with ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="sourcier") as pool:
            return tuple(pool.map(lambda question: self.ask(question, **narrowed), asked))

    async def aask(self, question: str, **narrowed: Unpack[Narrowed]) -> Answer:
        """`ask` for asynchronous programs: it runs in a thread (`asyncio.to_thread`), so that the event loop goes on.

        Nothing in answering waits for a network: there is no faster way than a thread, only a way that blocks nobody.
        A cancelled task stops waiting; the thread ends its answer, which is dropped.
        """
        return await asyncio.to_thread(self.ask, question, **narrowed)

    async def asearch(self, question: str, *, k: int = 10, **narrowed: Unpack[Narrowed]) -> tuple[Evidence, ...]:
        """`search` in a thread, as `aask`."""
        return await asyncio.to_thread(self.search, question, k=k, **narrowed)

    async def averify(
        self, text: str, *, as_of: str | None = None, ministry: str | None = None
    ) -> tuple[ClaimVerdict, ...]:
        """`verify` in a thread, as `aask`."""
        return await asyncio.to_thread(self.verify, text, as_of=as_of, ministry=ministry)

    def judged(
        self, question: str, *, as_of: str | None = None, within: frozenset[str] | None = None
    ) -> tuple[list[Judged], dict[str, float]]:
        """Every sentence weighed for an answer, best first, with its features, and the signs that confidence is made
        of: for fitting and explaining."""
        view = self._view()
        query, found = self._quotable(view, Filters(as_of=as_of, within=within), question)
        items = judge(query, found, view.generation, view.lookup, self._shelf.models(view.generation))
        return items, features(query, items, found, view.generation) if items else {}

    def document(self, doc: str) -> Document:
        """A document in the version that is indexed, to which offsets of citations refer. Raises KeyError."""
        return self._view().document(doc)

    def state(self) -> CorpusState:
        """What is searched."""
        return self._view().state()

    def late(self) -> int:
        """Documents that are newer, changed or gone since the index was built: `build_index` takes them up."""
        now, then = editions(self._store.current_digests(withdrawn=True)), self._generation.stack.editions()
        return sum(now.get(doc) != then.get(doc) for doc in now.keys() | then.keys())

    def check(self) -> tuple[int, list[tuple[str, str]]]:
        """Hash every file of the index whole, and read every indexed passage back from the corpus: how many there are,
        and (document, problem) of the bad. Raises DataDamaged."""
        view = self._view()
        return view.generation.size, view.check()

    def passage_texts(self, limit: int) -> list[str]:
        """The text of the first `limit` indexed passages, in index order."""
        view = self._view()
        passages = (view.passage(row) for row in view.generation.ordered[:limit].tolist())
        return [document.text[start:end] for document, start, end in passages]

    def refresh(self) -> bool:
        """Take up a newer index generation, if there is one; questions under way end on the old one. True if taken."""
        folder = self._folder / "index"
        if current_name(folder) == self._generation.name:
            return False
        self._generation = Generation.open(folder, engine(self.settings.vectors))
        return True

    def _view(self) -> View:
        return View(self._generation, self._fetch, self._store.withdrawals())

    def _refused(self, query: Query, found: Found, filters: Filters) -> Notice | None:
        """Why a question is not answered whatever is found, or because its filters leave nothing to find it in."""
        if found.candidates or filters == Filters(within=filters.within):
            return notice(query.text)
        return notice(query.text) or "filters"

    def _search(self, view: View, question: str, filters: Filters) -> tuple[Query, Found]:
        query = understand(question, self.settings.max_question_chars, _day(filters))
        encoder = self._shelf.encoder(view.generation)
        return query, view.search(query, filters, encoder, self.settings.retrieval)

    def _quotable(self, view: View, filters: Filters, question: str) -> tuple[Query, Found]:
        query, found = self._search(view, question, filters)
        return query, view.quotable(found)


def _day(filters: Filters) -> date:
    """The day that a question is asked from."""
    try:
        return date.fromisoformat(filters.as_of or "")
    except ValueError:  # none given; or no date, which the search refuses by name
        return date.today()
