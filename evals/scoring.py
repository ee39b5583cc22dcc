"""From what a system said to a scored row. Pure, but for asking the system itself."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from corpus.errors import UsageError
from corpus.records import Document, Span
from evals import matching
from evals.cases import Case, Gold
from evals.metrics import CRAG, CitationView, citation_scores, outcome, ranking
from evals.results import Row
from rag import Answer, Citation, Evidence

DEPTH = 20
"""Passages asked of retrieval: recall@20 is the deepest figure."""
MAX_PASSAGE_CHARS = 4000
"""A longer passage finds nothing: handing back whole publications must not win."""
MAX_QUOTE_CHARS = 1000
"""A longer quote proves nothing, for the same reason."""
SHOWN_TEXTS = 8
"""Passages whose text is kept in the results, for reports and exports."""
MAX_FIGURE_FORM_TOKENS = 6
"""Accepted answers of at most so many words are judged by their figures too."""

SEVERAL = frozenset({"list", "comparison", "evolution", "conflict"})
"""Types whose accepted answers are items to be given together, so that coverage can be told."""
HALF_NEEDED = frozenset({"list", "comparison"})
"""Types where one item alone is no right answer."""


class Asker(Protocol):
    """What a system must do to be evaluated; `rag.Assistant` does it.

    `as_of` and `within` (the only documents to look in) are passed only when a case has them.
    """

    def ask(self, question: str, *, as_of: str | None = None, within: frozenset[str] | None = None) -> Answer: ...

    def search(
        self, question: str, *, k: int = 10, as_of: str | None = None, within: frozenset[str] | None = None
    ) -> Sequence[Evidence]: ...

    def document(self, doc_id: str) -> Document: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What came back for one case. answer is None when the question was refused at the door (`error`)."""

    answer: Answer | None
    evidence: Sequence[Evidence]
    latency_ms: float
    error: str = ""


def observe(asker: Asker, case: Case) -> Observation:
    """Search, then ask, and time the asking."""
    narrow: dict[str, Any] = {}
    if case.as_of:
        narrow["as_of"] = case.as_of
    if case.within is not None:
        narrow["within"] = frozenset(case.within)
    started = time.perf_counter()
    try:
        answer = asker.ask(case.question, **narrow)
        latency = (time.perf_counter() - started) * 1000
        evidence = asker.search(case.question, k=DEPTH, **narrow) if case.gold else answer.evidence
    except UsageError as error:
        elapsed = (time.perf_counter() - started) * 1000
        return Observation(answer=None, evidence=(), latency_ms=elapsed, error=str(error))
    return Observation(answer=answer, evidence=evidence, latency_ms=latency)


def finds(passage: Evidence, gold: Gold, *, whole: bool = False) -> bool:
    """Does a retrieved passage find a gold item: at least half of its quote, or its document when `whole`.

    A passage that stands for its copies finds what stands in one of them, if it says the gold quote word for word
    itself: naming a publication is not enough, but where the gold is a whole document without a quote.
    """
    if not gold.doc:
        return len(passage.text) <= MAX_PASSAGE_CHARS and _same_text(passage.text, gold.quote)
    if any(copy.doc == gold.doc for copy in passage.copies):
        return len(passage.text) <= MAX_PASSAGE_CHARS and _holds(passage.text, gold.quote)
    if passage.doc != gold.doc or (gold.page is not None and passage.page not in (None, gold.page)):
        return False
    span = gold.span
    if whole or span is None:
        return True
    fits = passage.end - passage.start <= MAX_PASSAGE_CHARS
    return fits and 2 * _overlap(Span(passage.start, passage.end), span) >= span.end - span.start


def proves(citation: Citation, gold: Gold, evidence: Sequence[Evidence] = ()) -> bool:
    """Does a citation stand on a gold item: half of the shorter of the two quotes is shared.

    evidence: passages shown with the citation; where one of them stands for a copy that the gold is in, the cited
    text must say the gold quote word for word, or be a part of it.
    """
    if citation.end - citation.start > MAX_QUOTE_CHARS:
        return False
    if any(
        item.doc == citation.doc and item.start <= citation.start < item.end and copy.doc == gold.doc
        for item in evidence
        for copy in item.copies
    ):
        return _same_text(citation.quote, gold.quote)
    if not gold.doc:
        return _same_text(citation.quote, gold.quote)
    if citation.doc != gold.doc:
        return False
    span = gold.span
    if span is None:
        return gold.page is None or citation.page in (None, gold.page)
    shorter = min(span.end - span.start, citation.end - citation.start)
    return 2 * _overlap(Span(citation.start, citation.end), span) >= shorter > 0


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _holds(text: str, quote: str) -> bool:
    return " ".join(quote.split()) in " ".join(text.split())


def _same_text(one: str, other: str) -> bool:
    a, b = " ".join(one.split()), " ".join(other.split())
    return bool(a and b) and (a in b or b in a)


def ranked_ids(
    evidence: Sequence[Evidence], golds: Sequence[Gold], *, whole: bool
) -> tuple[list[str], list[int | None]]:
    """The ranking in ids for trec_eval, and each gold item's rank.

    A passage that finds gold item i is "gold-i" the first time, and an irrelevant id
    afterwards. whole: documents are ranked, each at its first passage.
    """
    ids: list[str] = []
    ranks: list[int | None] = [None] * len(golds)
    seen: set[str] = set()
    for rank, passage in enumerate(evidence, 1):
        found = [i for i, gold in enumerate(golds) if finds(passage, gold, whole=whole)]
        new = [i for i in found if ranks[i] is None]
        for i in new:
            ranks[i] = rank
        fallback = passage.doc if whole else f"{passage.doc}:{passage.start}"
        names = [f"gold-{i}" for i in new] or ([] if whole and passage.doc in seen else [f"other-{fallback}"])
        seen.add(passage.doc)
        ids += names
    return ids, ranks


def gold_items(case: Case, *, whole: bool) -> tuple[Gold, ...]:
    """The distinct items that a ranking must find: quotes, or documents when `whole`."""
    if not whole:
        return tuple(dict.fromkeys(case.gold))
    return tuple({gold.doc: gold for gold in reversed(case.gold)}.values())[::-1]


def scored(
    pairs: Sequence[tuple[Case, Observation]],
    document: Callable[[str], Document],
    *,
    whole: bool,
    read: matching.FigureReader = matching.plain_figures,
) -> list[Row]:
    """One row per case, in order. whole: gold is the document (suites that bring their own)."""
    rows, relevant, ranked = [], {}, {}
    for case, seen in pairs:
        items = gold_items(case, whole=whole)
        ids, ranks = ranked_ids(seen.evidence, items, whole=whole)
        if items:
            relevant[case.qid] = [f"gold-{i}" for i in range(len(items))]
            ranked[case.qid] = ids
        rows.append(_row(case, seen, items, ranks, document, whole=whole, read=read))
    found: Mapping[str, Mapping[str, float]] = ranking(relevant, ranked) if relevant else {}
    return [replace(row, scores={**found.get(row.qid, {}), **row.scores}) for row in rows]


def _row(
    case: Case,
    seen: Observation,
    items: Sequence[Gold],
    ranks: Sequence[int | None],
    document: Callable[[str], Document],
    *,
    whole: bool,
    read: matching.FigureReader,
) -> Row:
    answer = seen.answer
    views = _views(answer, case, document)
    scores = _answer_scores(case, answer, views, read)
    kind = outcome(
        answerable=case.answerable,
        refused=answer is not None and answer.status == "abstained",
        right=_right(case, scores, views),
    )
    if answer is None:
        kind = "error"
    scores["crag"] = CRAG.get(kind)
    scores["correct"] = None if kind == "unjudged" else float(kind in {"right", "right_refusal"})
    return Row(
        qid=case.qid,
        question=case.question,
        type=case.type,
        subtype=case.subtype,
        answerable=case.answerable,
        as_of=case.as_of,
        answers=case.answers,
        gold=tuple(_gold_record(gold) for gold in items),
        status=answer.status if answer else "error",
        answer=answer.text if answer else "",
        sentences=tuple(_sentences(answer, views)),
        evidence=tuple(_evidence_records(seen.evidence, items, whole=whole)),
        gold_ranks=tuple(ranks),
        confidence=answer.confidence if answer else 0.0,
        conflicts=len(answer.conflicts) if answer else 0,
        outcome=kind,
        scores=scores,
        latency_ms=round(seen.latency_ms, 3),
        error=seen.error,
        series=tuple(map(_series_record, answer.conflicts)) if answer else (),
    )


def _series_record(series: Mapping[str, Any]) -> dict[str, Any]:
    points = [{key: point[key] for key in ("doc", "start", "end")} for point in series["points"]]
    return {"kind": series["kind"], "points": points}


def _views(answer: Answer | None, case: Case, document: Callable[[str], Document]) -> list[list[CitationView]]:
    if answer is None or answer.status == "abstained":
        return []
    return [
        [
            CitationView(
                exact=is_exact(citation, document),
                proves=frozenset(i for i, gold in enumerate(case.gold) if proves(citation, gold, answer.evidence)),
            )
            for citation in sentence.citations
        ]
        for sentence in answer.sentences
    ]


def is_exact(citation: Citation, document: Callable[[str], Document]) -> bool:
    """The quote is the slice of a document that exists, and not empty."""
    try:
        text = document(citation.doc).text
    except KeyError:
        return False
    return bool(citation.quote) and text[citation.start : citation.end] == citation.quote


def _answer_scores(
    case: Case, answer: Answer | None, views: Sequence[Sequence[CitationView]], read: matching.FigureReader
) -> dict[str, float | None]:
    scores: dict[str, float | None] = citation_scores(views, gold=bool(case.gold))
    if not case.answerable or not case.answers:
        return scores
    said = "" if answer is None or answer.status == "abstained" else answer.text
    short = [form for form in case.answers if len(form.split()) <= MAX_FIGURE_FORM_TOKENS]
    scores |= {
        "contains": matching.contains(said, case.answers),
        "exact_match": matching.exact_match(said, case.answers),
        "exact_match_accents": matching.exact_match(said, case.answers, accents=True),
        "f1": matching.token_f1(said, case.answers),
        "f1_accents": matching.token_f1(said, case.answers, accents=True),
        "figure": matching.figure_right(said, short, cutoff=case.cutoff, read=read),
        "coverage": matching.coverage(said, case.answers) if case.type in SEVERAL else None,
    }
    return scores


def _right(case: Case, scores: Mapping[str, float | None], views: Iterable[Sequence[CitationView]]) -> bool | None:
    """An accepted answer is said, as words or as figures (of a list or a comparison, at least half of it).

    Without accepted answers: a gold item is cited.
    """
    if case.answers:
        figure = scores.get("figure")
        if case.cutoff and figure is not None:
            return figure == 1.0
        if case.type in HALF_NEEDED:
            return (scores.get("coverage") or 0.0) >= 0.5
        return scores.get("contains") == 1.0 or figure == 1.0
    if case.gold:
        return any(view.proves for sentence in views for view in sentence)
    return None


def _gold_record(gold: Gold) -> dict[str, Any]:
    span = gold.span
    return {
        "doc": gold.doc,
        "quote": gold.quote,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "page": gold.page,
    }


def _sentences(answer: Answer | None, views: Sequence[Sequence[CitationView]]) -> Iterable[dict[str, Any]]:
    for sentence, judged in zip(answer.sentences if answer and views else (), views, strict=True):
        yield {
            "text": sentence.text,
            "citations": [
                {"doc": c.doc, "start": c.start, "end": c.end, "quote": c.quote, "page": c.page}
                | {"title": c.title, "publisher": c.publisher, "published": c.published, "url": c.url}
                | {"exact": view.exact, "proves": sorted(view.proves)}
                for c, view in zip(sentence.citations, judged, strict=True)
            ],
        }


def _evidence_records(evidence: Sequence[Evidence], items: Sequence[Gold], *, whole: bool) -> Iterable[dict[str, Any]]:
    for rank, passage in enumerate(evidence, 1):
        yield {
            "rank": rank,
            "score": round(passage.score, 6),
            "doc": passage.doc,
            "start": passage.start,
            "end": passage.end,
            "title": passage.title,
            "relevant": any(finds(passage, gold, whole=whole) for gold in items),
            "text": passage.text if rank <= SHOWN_TEXTS else "",
        }
