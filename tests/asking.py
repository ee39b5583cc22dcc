"""Plain systems for the evaluation's tests: they implement `evals.scoring.Asker` on a few documents."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence

from builders import document

from corpus.errors import QuestionError
from corpus.records import Document
from evals.cases import Case, Gold, Suite
from rag import Answer, Citation, CorpusState, Evidence, Sentence

Reply = tuple[Sequence[tuple[Document, int, int]], float]
"""The slices that an answer quotes (none: a refusal), and the confidence."""


class PlainAsker:
    """Ranks and answers with two plain functions of (question, documents it may look in)."""

    def __init__(
        self,
        documents: Collection[Document],
        rank: Callable[[str, list[Document]], list[Document]],
        reply: Callable[[str, list[Document]], Reply],
    ) -> None:
        self.documents: Mapping[str, Document] = {d.id: d for d in documents}
        self._rank, self._reply = rank, reply

    def document(self, doc_id: str) -> Document:
        return self.documents[doc_id]

    def _seen(self, within: frozenset[str] | None, as_of: str | None) -> list[Document]:
        return [
            d
            for d in self.documents.values()
            if (within is None or d.id in within) and (as_of is None or (d.published or "9") <= as_of)
        ]

    def search(
        self, question: str, *, k: int = 10, as_of: str | None = None, within: frozenset[str] | None = None
    ) -> tuple[Evidence, ...]:
        ranked = self._rank(question, self._seen(within, as_of))[:k]
        return tuple(
            Evidence(
                rank=rank, score=1 / rank, doc=d.id, start=0, end=len(d.text), text=d.text, url=d.url, title=d.title,
                publisher=d.publisher, ministry=d.ministry, published=d.published, page=None,
            )
            for rank, d in enumerate(ranked, 1)
        )  # fmt: skip

    def ask(self, question: str, *, as_of: str | None = None, within: frozenset[str] | None = None) -> Answer:
        if len(question) > 2000:
            raise QuestionError("the question is too long", reason="too_long", length=len(question), limit=2000)
        slices, confidence = self._reply(question, self._seen(within, as_of))
        sentences = tuple(Sentence(text=d.text[a:b], citations=(cite(d, a, b),)) for d, a, b in slices)
        return Answer(
            question=question,
            status="answered" if sentences else "abstained",
            text=" ".join(s.text for s in sentences),
            sentences=sentences,
            evidence=self.search(question, k=8, as_of=as_of, within=within),
            as_of=as_of,
            corpus=CorpusState(documents=len(self.documents), passages=len(self.documents), latest=None, generation=""),
            confidence=confidence,
        )


def cite(d: Document, start: int, end: int, quote: str | None = None) -> Citation:
    """A citation of a slice; `quote` falsifies it."""
    return Citation(
        doc=d.id, url=d.url, title=d.title, publisher=d.publisher, ministry=d.ministry, published=d.published,
        page=None, start=start, end=end, quote=d.text[start:end] if quote is None else quote,
    )  # fmt: skip


def town(count: int = 40, *, unanswerable: int = 40) -> tuple[list[Document], Suite]:
    """A corpus of `count` one-sentence documents and a suite: one question on each, and as many without answer.

    The answers are five-digit codes that differ pairwise, so that one is never found by luck.
    """
    documents = [
        document(f"v{n}", f"La ville numéro {n} a reçu le code {50000 + 37 * n} cette année.") for n in range(count)
    ]
    cases = [
        Case(
            qid=f"q{n}",
            question=f"Quel code a reçu la ville numéro {n} ?",
            type="figure",
            answers=(str(50000 + 37 * n),),
            gold=(Gold(doc=d.id, quote=d.text, start=0),),
            line=n + 1,
        )
        for n, d in enumerate(documents)
    ]
    cases += [
        Case(
            qid=f"u{n}",
            question=f"Quel code a reçu le village {n} ?",
            type="unanswerable",
            subtype="easy" if n % 4 == 0 else "adversarial",
            answerable=False,
            line=count + n + 1,
        )
        for n in range(unanswerable)
    ]
    return documents, Suite(name="villes", format="cases", digest="0" * 64, cases=tuple(cases))


def perfect(documents: Collection[Document]) -> PlainAsker:
    """Finds the right document first, quotes it, refuses the rest."""

    def rank(question: str, seen: list[Document]) -> list[Document]:
        number = question.rstrip(" ?").split()[-1]
        right = [d for d in seen if f"numéro {number} a" in d.text and "numéro" in question]
        return right + [d for d in seen if d not in right]

    def reply(question: str, seen: list[Document]) -> Reply:
        if "village" in question:
            return (), 0.05
        first = rank(question, seen)[0]
        return ((first, 0, len(first.text)),), 0.95

    return PlainAsker(documents, rank, reply)


def by_chance(documents: Collection[Document], seed: int = 0) -> PlainAsker:
    """Shuffles the documents, answers half of the questions with one at random, at a random confidence."""
    rng = random.Random(seed)

    def rank(_: str, seen: list[Document]) -> list[Document]:
        return rng.sample(seen, len(seen))

    def reply(_: str, seen: list[Document]) -> Reply:
        chosen = rng.choice(seen)
        return ((chosen, 0, len(chosen.text)),) if rng.random() < 0.5 else (), rng.random()

    return PlainAsker(documents, rank, reply)


def everything(documents: Collection[Document]) -> PlainAsker:
    """The cheat: quotes every document in every answer."""
    return PlainAsker(documents, lambda _, seen: seen, lambda _, seen: ([(d, 0, len(d.text)) for d in seen], 1.0))


def silent(documents: Collection[Document]) -> PlainAsker:
    """Refuses everything."""
    return PlainAsker(documents, lambda _, seen: seen, lambda _, seen: ((), 0.0))
