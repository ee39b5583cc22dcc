"""Evidence to an answer: the fewest verbatim sentences that hold what is asked, or silence."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.compare.series import Series
from rag.confidence import confidence, features
from rag.conflicts import find_conflicts
from rag.judge import Judged, Models, judge
from rag.query import Query
from rag.search import Found
from rag.values import Citation, Sentence
from rag.view import View

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


def compose(query: Query, found: Found, view: View, models: Models, *, most: int) -> Reply:
    """Answer from what retrieval found, in at most `most` sentences, or abstain."""
    judged = judge(query, found, view.generation, view.lookup, models)
    if not judged:
        return Reply((), 0.0)
    sure = confidence(features(query, judged, found, view.generation))
    if sure < ANSWER_FROM or _another_year(found, judged[0]):
        return Reply((), min(sure, ANSWER_FROM))
    shown = _choose(query, judged, most)
    others = view.places(found, COMPARED)
    conflicts = find_conflicts(query.text, shown, others, weight=view.generation.lexical.idf)
    return Reply(tuple(_cite(item) for item in shown), sure, conflicts)


def _another_year(found: Found, best: Judged) -> bool:
    """The question names years and the publication names none of them: whatever it says, it is of another time."""
    agrees = found.candidates[best.rank].agreement
    return agrees is not None and agrees.years_far == 0


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
