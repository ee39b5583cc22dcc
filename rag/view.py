"""One index generation with the documents under it: what one question sees, whatever changes meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus.records import Document
from corpus.settings import Retrieval
from rag.compare.statements import At, Place
from rag.encoder import Encoder
from rag.filters import allowed_documents, rows_allowed
from rag.french import sentences, terms
from rag.generation import Generation
from rag.orders import gives_orders
from rag.query import Query
from rag.search import Candidate, Found, search
from rag.values import Copy, CorpusState, Evidence, Filters

Fetch = Callable[[str, int], Document]
"""(document id, version number) -> document."""
ALIKE = 12
"""Passages most like a sentence that are read for its near-copies."""
ALIKE_FROM = 0.5
"""Share of the BM25 score of a sentence's own passage that a passage with its near-copy has at least."""


@dataclass(frozen=True, slots=True)
class View:
    """gone: when each withdrawn document was withdrawn (ISO 8601), by id."""

    generation: Generation
    fetch: Fetch
    gone: Mapping[str, str]

    def lookup(self, number: int) -> Document:
        """A document by its number in the generation, in the version that is indexed."""
        known = self.generation.documents[number]
        return self.fetch(known.id, known.version)

    def document(self, doc: str) -> Document:
        """A document by its id, in the version that is indexed. Raises KeyError."""
        return self.lookup(self.generation.number_of[doc])

    def passage(self, row: int) -> tuple[Document, int, int]:
        """A passage by its row: its document, start and end."""
        entry = self.generation.rows[row]
        return self.lookup(int(entry["document"])), int(entry["start"]), int(entry["end"])

    def search(self, query: Query, filters: Filters, encoder: Encoder | None, retrieval: Retrieval) -> Found:
        """See `rag.search.search`; of passages that say the same, one. Raises FilterError."""
        allowed = allowed_documents(self.generation, filters, self.gone)
        return self._once(search(self.generation, encoder, query, allowed, retrieval, self.lookup))

    def _once(self, found: Found) -> Found:
        """Each group of copies at the place of its best passage: its head, where that was found too."""
        copies = self.generation.copies
        by_row = {candidate.row: candidate for candidate in found.candidates}
        kept: dict[int, Candidate] = {}
        for candidate in found.candidates:
            head = copies.head(candidate.row)
            if head not in kept:
                kept[head] = replace(by_row.get(head, candidate), score=candidate.score)
        return replace(found, candidates=tuple(kept.values()))

    def quotable(self, found: Found) -> Found:
        """What was found without the passages that speak to whoever answers: they are evidence, never an answer."""
        return replace(found, candidates=tuple(one for one in found.candidates if not self._orders(one.row)))

    def _orders(self, row: int) -> bool:
        document, start, end = self.passage(row)
        return gives_orders(document.text[start:end])

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
                    page=document.page_at(start), ocr=document.ocr_at(start),
                    copies=self._copies(candidate.row, found), orders=gives_orders(document.text[start:end]),
                )
            )  # fmt: skip
        return tuple(evidence)

    def _copies(self, row: int, found: Found) -> tuple[Copy, ...]:
        """Where else the text of a passage was published, of the documents that were searched, oldest first."""
        copies: dict[str, Copy] = {}
        own = int(self.generation.rows[row]["document"])
        for other in self.generation.copies.group(row):
            number = int(self.generation.rows[other]["document"])
            if number == own or (found.allowed is not None and not found.allowed[number]):
                continue
            document, start, end = self.passage(other)
            copies.setdefault(
                document.id,
                Copy(
                    doc=document.id, url=document.url, publisher=document.publisher, published=document.published,
                    start=start, end=end,
                ),
            )  # fmt: skip
        return tuple(sorted(copies.values(), key=lambda copy: (copy.published or "9", copy.doc)))

    def places(self, found: Found, passages: int) -> list[At]:
        """Every sentence of the first passages found, in their order."""
        return [place for candidate in found.candidates[:passages] for place in self._sentences(candidate.row)]

    def places_like(self, shown: Sequence[Place], found: Found) -> list[At]:
        """Every sentence of the passages of other publications whose words are most like those of the sentences shown:
        where their near-copies stand, if there are any. By BM25 alone, at most ALIKE passages for each, from the
        documents that `found` was searched in."""
        lexical = self.generation.lexical
        allowed = rows_allowed(self.generation, found.allowed)
        rows: dict[int, None] = {}
        for place in shown:
            words = terms(place.document.text[place.start : place.end])
            own = self.generation.rows_of(place.document.id)
            least = ALIKE_FROM * lexical.scores_of(words, own).max(initial=0.0)
            near, _ = lexical.top(words, ALIKE + len(own), allowed, above=float(least))
            rows |= dict.fromkeys([row for row in near.tolist() if row not in own][:ALIKE])
        return [place for row in rows if not self._orders(row) for place in self._sentences(row)]

    def _sentences(self, row: int) -> list[At]:
        document, start, end = self.passage(row)
        return [At(document, start + span.start, start + span.end) for span in sentences(document.text[start:end])]

    def state(self) -> CorpusState:
        """What is searched."""
        generation = self.generation
        stands = generation.live.copy()
        stands[[generation.number_of[doc] for doc in self.gone if doc in generation.number_of]] = False
        dates = np.where(stands, generation.documents.columns["published"], 0)
        latest = int(dates.argmax()) if dates.any() else None
        return CorpusState(
            documents=int(np.count_nonzero(stands)),
            passages=generation.size,
            latest=None if latest is None else generation.documents[latest].published,
            generation=generation.name,
        )

    def check(self) -> list[tuple[str, str]]:
        """Read every file whole and every passage back: (document, problem) of the bad ones; problem "missing" or
        "empty". Raises DataDamaged."""
        self.generation.prove()
        problems = []
        for row in self.generation.ordered:
            entry = self.generation.rows[row]
            known = self.generation.documents[int(entry["document"])]
            try:
                text = self.fetch(known.id, known.version).text
            except KeyError:
                problems.append((known.id, "missing"))
                continue
            if not text[int(entry["start"]) : int(entry["end"])].strip():
                problems.append((known.id, "empty"))
        return problems
