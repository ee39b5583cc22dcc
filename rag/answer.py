"""Evidence to an answer: the fewest verbatim sentences that hold what is asked, or silence.

Every sentence is a slice of a document. Sentences of the best passages are
scored on the question's terms that the publication's title does not already
give to every sentence, on nearness to the question, and on holding the kind of
thing that is asked for. How sure the best one is decides whether it is shown.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.records import Document
from rag.encoder import Encoder
from rag.figures import Figure, figures
from rag.french import fold, sentences, terms
from rag.index import Generation
from rag.passages import header
from rag.query import Query, Wanted
from rag.search import Candidate, Found
from rag.values import Citation, Sentence

READ_PASSAGES = 6
"""Passages, best first, whose sentences are judged."""
NEAREST = 16
"""Sentences, best first by words, that are also compared by vector: bounds the encoder's work per question."""
SECOND_WITHIN = 0.12
"""A second sentence is shown when it scores this close to the first."""
ANSWER_FROM = 0.5
"""Confidence from which an answer is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sentence with its scores. local: share of the question's weight that stands in the sentence, words of the
    title counting little; cover: the same with title, ministry and date counted as said; holds: has what is wanted."""

    document: Document
    start: int
    end: int
    rank: int
    local: float
    cover: float
    near: float
    holds: float
    score: float


@dataclass(frozen=True, slots=True)
class Reply:
    """Sentences in the order to show (empty when abstaining) and the confidence, 0 to 1."""

    sentences: tuple[Sentence, ...]
    confidence: float


def compose(
    query: Query,
    found: Found,
    generation: Generation,
    read: Callable[[int], Document],
    encoder: Encoder | None,
    max_sentences: int,
) -> Reply:
    """Answer from what retrieval found. read: document number -> the indexed version of it."""
    judged = judge(query, found, generation, read, encoder)
    if not judged:
        return Reply((), 0.0)
    sure = confidence(query, judged[0], found.candidates)
    if sure < ANSWER_FROM:
        return Reply((), sure)
    return Reply(tuple(_cite(item) for item in _choose(query, judged, max_sentences)), sure)


def judge(
    query: Query,
    found: Found,
    generation: Generation,
    read: Callable[[int], Document],
    encoder: Encoder | None,
) -> list[Judged]:
    """The sentences of the best passages, best first."""
    weights = {term: generation.lexical.idf(term) for term in query.terms}
    whole = sum(weights.values()) or 1.0
    judged: list[Judged] = []
    for rank, candidate in enumerate(found.candidates[:READ_PASSAGES]):
        row = generation.rows[candidate.row]
        document = read(int(row["document"]))
        start, end = int(row["start"]), int(row["end"])
        above = set(terms(header(document)))
        for span in sentences(document.text[start:end]):
            quote = document.text[start + span.start : start + span.end]
            said = set(terms(quote))
            local = sum(weight * (0.3 if term in above else 1.0) for term, weight in weights.items() if term in said)
            cover = sum(weight for term, weight in weights.items() if term in said or term in above)
            holds = _holds(query.wanted, quote)
            judged.append(
                Judged(
                    document=document, start=start + span.start, end=start + span.end, rank=rank,
                    local=local / whole, cover=cover / whole, near=0.0, holds=holds, score=0.0,
                )
            )  # fmt: skip
    judged.sort(key=lambda item: (-_score(item), item.rank, item.start))
    nearest = judged[:NEAREST]
    if encoder is not None and found.vector is not None and nearest:
        vectors = encoder.passages([item.document.text[item.start : item.end] for item in nearest])
        cosines = (vectors @ found.vector).tolist()
    else:
        cosines = [0.0] * len(nearest)
    scored = [_with_score(item, cosine) for item, cosine in zip(nearest, cosines, strict=True)]
    scored.sort(key=lambda item: (-item.score, item.rank, item.start))
    return scored


def confidence(query: Query, best: Judged, candidates: Sequence[Candidate]) -> float:
    """Probability that the best sentence answers."""
    context = f"{header(best.document)} {best.document.text}"
    missing = sum(1 for year in query.years if year not in context)
    logit = -3.0 + 6.0 * best.cover + 8.0 * (candidates[0].dense - 0.85) + 0.7 * best.holds - 3.0 * missing
    return 1 / (1 + math.exp(-logit))


def _score(item: Judged) -> float:
    return item.local + 0.5 * item.cover + 0.25 * item.holds - 0.05 * item.rank


def _with_score(item: Judged, near: float) -> Judged:
    return Judged(
        document=item.document, start=item.start, end=item.end, rank=item.rank, local=item.local,
        cover=item.cover, near=near, holds=item.holds, score=_score(item) + 4.0 * near,
    )  # fmt: skip


def _choose(query: Query, judged: Sequence[Judged], most: int) -> list[Judged]:
    """The best sentence, and those nearly as good, in reading order within one document."""
    best = judged[0]
    chosen = [best]
    for item in judged[1:]:
        if len(chosen) >= (most if query.wanted == "list" else min(most, 2)) or best.score - item.score > SECOND_WITHIN:
            break
        chosen.append(item)
    return chosen


_NUMBERS = {"number", "percent", "money", "ordinal", "duration"}
_HOLDS: dict[Wanted, Callable[[list[Figure], str], bool]] = {
    "figure": lambda found, _: any(figure.kind in _NUMBERS for figure in found),
    "date": lambda found, _: any(figure.kind in ("date", "period") for figure in found),
    "person": lambda _, text: _has_name(text),
    "theme": lambda _, text: "«" in text or "theme" in fold(text),
    "place": lambda _, text: _has_name(text),
    "list": lambda _, text: text.count(",") + text.count(";") >= 2,
    "reason": lambda _, text: any(mark in fold(text) for mark in ("afin", "pour ", "car ", "en raison", "grace a")),
}


def _holds(wanted: Wanted, quote: str) -> float:
    """1.0 when the sentence holds the kind of thing that is asked for."""
    check = _HOLDS.get(wanted)
    return float(check(list(figures(quote)), quote)) if check else 0.0


def _has_name(text: str) -> bool:
    """A capitalised word that does not open the sentence."""
    return any(word[:1].isupper() for word in text.split()[1:])


def _cite(item: Judged) -> Sentence:
    document = item.document
    quote = document.text[item.start : item.end]
    citation = Citation(
        doc=document.id, url=document.url, title=document.title, publisher=document.publisher,
        ministry=document.ministry, published=document.published, page=document.page_at(item.start),
        start=item.start, end=item.end, quote=quote,
    )  # fmt: skip
    return Sentence(text=quote, citations=(citation,))
