"""Evidence to an answer: the fewest verbatim sentences that hold what is asked, or silence."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.confidence import confidence, features
from rag.conflicts import find_conflicts
from rag.encoder import Encoder
from rag.french import sentences
from rag.index import Generation
from rag.judge import Judged, judge
from rag.query import Query
from rag.search import Found, Reader
from rag.series import Series
from rag.statements import At
from rag.values import Citation, Sentence

WITHIN = 1.0
"""Log-odds: another sentence is shown when it scores this close to the best."""
COMPARED = 20
"""Passages, best first, that are read for other values of what is answered or claimed."""
ANSWER_FROM = 0.3
"""Confidence from which an answer is shown; `python -m evals.fit` prints what other thresholds would refuse."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Sentences in the order to show (empty when abstaining), the confidence, 0 to 1, and other values published."""

    sentences: tuple[Sentence, ...]
    confidence: float
    conflicts: tuple[Series, ...] = ()


def compose(
    query: Query, found: Found, generation: Generation, read: Reader, encoder: Encoder | None, *, most: int
) -> Reply:
    """Answer from what retrieval found, in at most `most` sentences, or abstain."""
    judged = judge(query, found, generation, read, encoder)
    if not judged:
        return Reply((), 0.0)
    sure = confidence(features(query, judged, found, generation, read))
    if sure < ANSWER_FROM:
        return Reply((), sure)
    shown = _choose(query, judged, most)
    conflicts = find_conflicts(query.text, shown, places(found, generation, read), weight=generation.lexical.idf)
    return Reply(tuple(_cite(item) for item in shown), sure, conflicts)


def places(found: Found, generation: Generation, read: Reader) -> list[At]:
    """Every sentence of the first COMPARED passages, in their order."""
    spans = []
    for candidate in found.candidates[:COMPARED]:
        row = generation.rows[candidate.row]
        document, begin = read(int(row["document"])), int(row["start"])
        text = document.text[begin : int(row["end"])]
        spans += [At(document, begin + span.start, begin + span.end) for span in sentences(text)]
    return spans


def _choose(query: Query, judged: Sequence[Judged], most: int) -> list[Judged]:
    """The best sentence, and those nearly as good: one more at most, unless a list is asked for."""
    most = most if query.wanted == "list" else min(most, 2)
    return [item for item in judged[:most] if judged[0].score - item.score <= WITHIN]


def _cite(item: Judged) -> Sentence:
    document = item.document
    quote = document.text[item.start : item.end]
    citation = Citation(
        doc=document.id, url=document.url, title=document.title, publisher=document.publisher,
        ministry=document.ministry, published=document.published, page=document.page_at(item.start),
        start=item.start, end=item.end, quote=quote,
    )  # fmt: skip
    return Sentence(text=quote, citations=(citation,))
