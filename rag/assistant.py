"""`Assistant`: the public face of answering, and the place where the parts are put together."""

import importlib.util
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Self

from corpus.errors import DataMissing, ModelError
from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from rag import index
from rag.answer import compose, places
from rag.claims import ClaimVerdict, claims_in, verify_claim
from rag.confidence import features
from rag.encoder import Encoder
from rag.index import Generation, IndexEvent
from rag.judge import Judged, judge
from rag.query import understand
from rag.search import Found, allowed_documents, search
from rag.values import Answer, CorpusState, Evidence, Filters
from rag.vectors import engine

_DOCUMENTS_KEPT = 512  # documents held in memory between questions


def load_encoder(settings: Settings) -> Encoder:
    """The embedding model of the settings. Raises ModelError."""
    from rag.encoder import BUNDLED, SentenceEncoder

    installed = importlib.util.find_spec("onnxruntime") is not None
    if settings.model == BUNDLED and (settings.engine == "onnx" or (settings.engine == "auto" and installed)):
        from rag.onnx_encoder import OnnxEncoder

        return OnnxEncoder.load(cache_folder(settings))
    return SentenceEncoder.load(settings.model, cache_folder(settings))


def cache_folder(settings: Settings) -> Path:
    """Where unpacked models are kept."""
    return Path(settings.cache) if settings.cache else Path.home() / ".cache" / "sourcier"


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


class Assistant:
    """Answers from one data folder. Safe to use from several threads."""

    def __init__(self, store: Store, folder: Path, generation: Generation, settings: Settings, encoder: Encoder | None):
        self.settings = settings
        self._store = store
        self._folder = folder
        self._generation = generation
        self._encoder = encoder
        self._loading = threading.Lock()
        self._read = lru_cache(maxsize=_DOCUMENTS_KEPT)(self._read_version)

    @classmethod
    def open(
        cls, data: str | Path = "data", settings: Settings | None = None, *, encoder: Encoder | None = None
    ) -> Self:
        """Open a data folder that `ingest` and `index` have filled. The model is loaded at the first question.

        encoder: a ready one to share, in place of the settings' model.
        Raises DataMissing, DataFormatError, DataDamaged, SettingsError.
        """
        settings = settings or Settings.load()
        folder = Path(data)
        store = Store.open(folder)
        try:
            generation = Generation.open(folder / "index", engine(settings.vectors))
        except BaseException:
            store.close()
            raise
        return cls(store, folder, generation, settings, encoder)

    def close(self) -> None:
        """Close the corpus."""
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
    ) -> Answer:
        """Answer a question in verbatim sentences with citations, or abstain. Filters as in `Filters`.

        Raises QuestionError, FilterError, ModelError.
        """
        filters = Filters(as_of=as_of, since=since, until=until, ministry=ministry, publisher=publisher, within=within)
        began = time.perf_counter()
        generation = self._generation
        query = understand(question, self.settings.max_question_chars)
        found = self._search(generation, question, filters)
        searched = time.perf_counter()
        reply = compose(
            query,
            found,
            generation,
            lambda number: self._document(generation, number),
            None if self.settings.retrieval == "lexical" else self._model(generation),
            most=self.settings.max_sentences,
        )
        ended = time.perf_counter()
        return Answer(
            question=question,
            status="answered" if reply.sentences else "abstained",
            text=" ".join(sentence.text for sentence in reply.sentences),
            sentences=reply.sentences,
            evidence=self._evidence(generation, found, self.settings.evidence),
            as_of=as_of,
            corpus=_state(generation),
            confidence=reply.confidence,
            conflicts=tuple(asdict(series) for series in reply.conflicts),
            timings_ms={
                "search": 1000 * (searched - began),
                "answer": 1000 * (ended - searched),
                "total": 1000 * (ended - began),
            },
        )

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
        generation = self._generation
        return self._evidence(generation, self._search(generation, question, filters), k)

    def verify(self, text: str, *, as_of: str | None = None, ministry: str | None = None) -> tuple[ClaimVerdict, ...]:
        """Each claim of a sentence or paragraph held against the corpus: confirmed, contradicted or not found.

        Raises QuestionError (empty, too long), FilterError, ModelError.
        """
        understand(text, self.settings.max_question_chars)
        generation = self._generation
        filters = Filters(as_of=as_of, ministry=ministry)

        def read(number: int) -> Document:
            return self._document(generation, number)

        return tuple(
            verify_claim(
                claim,
                places(self._search(generation, claim, filters), generation, read),
                weight=generation.lexical.idf,
            )
            for claim in claims_in(text)
        )

    def judged(self, question: str, *, as_of: str | None = None) -> tuple[list[Judged], dict[str, float]]:
        """Every sentence weighed for an answer, best first, with its features, and the signs that confidence is made
        of: for fitting and explaining."""
        generation = self._generation
        query = understand(question, self.settings.max_question_chars)
        found = self._search(generation, question, Filters(as_of=as_of))
        encoder = None if self.settings.retrieval == "lexical" else self._model(generation)

        def read(number: int) -> Document:
            return self._document(generation, number)

        items = judge(query, found, generation, read, encoder)
        return items, features(query, items, found, generation, read) if items else {}

    def document(self, doc: str) -> Document:
        """A document in the version that is indexed, to which offsets of citations refer. Raises KeyError."""
        generation = self._generation
        number = generation.number_of[doc]
        return self._document(generation, number)

    def state(self) -> CorpusState:
        """What is searched."""
        return _state(self._generation)

    def late(self) -> int:
        """Documents that are newer, changed or gone since the index was built: `build_index` takes them up."""
        now = {doc: number for doc, (number, _) in self._store.current_digests().items()}
        then = {document.id: document.version for document in self._generation.documents}
        return sum(now.get(doc) != then.get(doc) for doc in now.keys() | then.keys())

    def check(self) -> tuple[int, list[tuple[str, str]]]:
        """Read every indexed passage back from the corpus: how many there are, and (document, problem) of the bad."""
        generation = self._generation
        problems = []
        for row in generation.rows:
            known = generation.documents[int(row["document"])]
            try:
                text = self._document(generation, int(row["document"])).text
            except KeyError:
                problems.append((known.id, "document absent du corpus"))
                continue
            if not text[int(row["start"]) : int(row["end"])].strip():
                problems.append((known.id, "passage vide ou hors du texte"))
        return len(generation.rows), problems

    def passage_texts(self, limit: int) -> list[str]:
        """The text of the first `limit` indexed passages, in index order."""
        generation = self._generation
        return [
            self._document(generation, int(row["document"])).text[int(row["start"]) : int(row["end"])]
            for row in generation.rows[:limit]
        ]

    def refresh(self) -> bool:
        """Take up a newer index generation, if there is one; questions under way end on the old one. True if taken."""
        folder = self._folder / "index"
        if index.current_name(folder) == self._generation.name:
            return False
        self._generation = Generation.open(folder, engine(self.settings.vectors))
        return True

    def _search(self, generation: Generation, question: str, filters: Filters) -> Found:
        query = understand(question, self.settings.max_question_chars)
        allowed = allowed_documents(generation, filters, self._store.withdrawn())
        encoder = None if self.settings.retrieval == "lexical" else self._model(generation)
        return search(
            generation,
            encoder,
            query,
            allowed,
            self.settings.retrieval,
            lambda number: self._document(generation, number),
        )

    def _evidence(self, generation: Generation, found: Found, k: int) -> tuple[Evidence, ...]:
        evidence = []
        for rank, candidate in enumerate(found.candidates[:k], 1):
            row = generation.rows[candidate.row]
            document = self._document(generation, int(row["document"]))
            start, end = int(row["start"]), int(row["end"])
            evidence.append(
                Evidence(
                    rank=rank, score=candidate.score, doc=document.id, start=start, end=end,
                    text=document.text[start:end], url=document.url, title=document.title,
                    publisher=document.publisher, ministry=document.ministry, published=document.published,
                    page=document.page_at(start),
                )
            )  # fmt: skip
        return tuple(evidence)

    def _document(self, generation: Generation, number: int) -> Document:
        known = generation.documents[number]
        return self._read(known.id, known.version)

    def _read_version(self, doc: str, version: int) -> Document:
        return self._store.get(doc, version)

    def _model(self, generation: Generation) -> Encoder:
        with self._loading:
            if self._encoder is None:
                self._encoder = load_encoder(self.settings)
            encoder = self._encoder
        made_with = generation.manifest["encoder"]
        if made_with["digest"] != encoder.digest:  # vectors of two models cannot be compared
            reason = f"the index was made with {made_with['name']} ({made_with['digest']}): build it again"
            raise ModelError(f"{encoder.name}: {reason}", model=encoder.name, reason=reason)
        return encoder


def _state(generation: Generation) -> CorpusState:
    return CorpusState(
        documents=len(generation.documents),
        passages=len(generation.rows),
        latest=max((document.published for document in generation.documents if document.published), default=None),
        generation=generation.name,
    )
