"""One index generation with the documents under it: what one question sees, whatever changes meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

from corpus.records import Document
from corpus.settings import Retrieval
from rag.compare.statements import At
from rag.encoder import Encoder
from rag.french import sentences
from rag.index import Generation
from rag.query import Query
from rag.search import Found, allowed_documents, search
from rag.values import CorpusState, Evidence, Filters

Fetch = Callable[[str, int], Document]
"""(document id, version number) -> document."""


@dataclass(frozen=True, slots=True)
class View:
    """gone: ids of documents withdrawn since the generation was built."""

    generation: Generation
    fetch: Fetch
    gone: frozenset[str]

    def lookup(self, number: int) -> Document:
        """A document by its number in the generation, in the version that is indexed."""
        known = self.generation.documents[number]
        return self.fetch(known.id, known.version)

    def passage(self, row: int) -> tuple[Document, int, int]:
        """A passage by its row: its document, start and end."""
        entry = self.generation.rows[row]
        return self.lookup(int(entry["document"])), int(entry["start"]), int(entry["end"])

    def search(self, query: Query, filters: Filters, encoder: Encoder | None, retrieval: Retrieval) -> Found:
        """See `rag.search.search`. Raises FilterError."""
        allowed = allowed_documents(self.generation, filters, self.gone)
        return search(self.generation, encoder, query, allowed, retrieval, self.lookup)

    def evidence(self, found: Found, k: int) -> tuple[Evidence, ...]:
        """The first k passages found, with what a reader needs of their publications."""
        evidence = []
        for rank, candidate in enumerate(found.candidates[:k], 1):
            document, start, end = self.passage(candidate.row)
            evidence.append(
                Evidence(
                    rank=rank, score=candidate.score, doc=document.id, start=start, end=end,
                    text=document.text[start:end], url=document.url, title=document.title,
                    publisher=document.publisher, ministry=document.ministry, published=document.published,
                    page=document.page_at(start),
                )
            )  # fmt: skip
        return tuple(evidence)

    def places(self, found: Found, passages: int) -> list[At]:
        """Every sentence of the first passages found, in their order."""
        places = []
        for candidate in found.candidates[:passages]:
            document, start, end = self.passage(candidate.row)
            spans = sentences(document.text[start:end])
            places += [At(document, start + span.start, start + span.end) for span in spans]
        return places

    def state(self) -> CorpusState:
        """What is searched."""
        documents = self.generation.documents
        return CorpusState(
            documents=len(documents),
            passages=len(self.generation.rows),
            latest=max((document.published for document in documents if document.published), default=None),
            generation=self.generation.name,
        )

    def check(self) -> list[tuple[str, str]]:
        """Read every passage back: (document, problem) of the bad ones; problem "missing" or "empty"."""
        problems = []
        for entry in self.generation.rows:
            known = self.generation.documents[int(entry["document"])]
            try:
                text = self.fetch(known.id, known.version).text
            except KeyError:
                problems.append((known.id, "missing"))
                continue
            if not text[int(entry["start"]) : int(entry["end"])].strip():
                problems.append((known.id, "empty"))
        return problems
