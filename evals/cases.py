"""What a benchmark is made of: a case, its gold quotes, a suite; and the door check.

A suite that cannot be read raises SuiteError, with the line and what is wrong.
A case that can be read but not scored (its gold text is not in its document) is
skipped, counted and named in `Suite.skipped`: nothing is dropped in silence.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from corpus.records import Document, Span
from evals.problems import Problems, Wrong, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """Where an answer stands. quote "" means the whole document (or the page, when given).

    doc: document id; the address or the title is accepted too and resolved by `located`.
      "" when only the text is known (RAGAS): any passage that holds it counts.
    start: offset of the quote in the document, None until it has been located.
    """

    doc: str
    quote: str = ""
    start: int | None = None
    page: int | None = None

    @property
    def span(self) -> Span | None:
        """The quote's place, None for a whole document."""
        return None if self.start is None or not self.quote else Span(self.start, self.start + len(self.quote))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question and what is expected.

    answers: every accepted short form; empty when only evidence or refusal can be scored.
    answerable: False means that the right answer is a refusal.
    subtype: of an unanswerable question, "adversarial" or "easy".
    cutoff: ISO date that the figure stands at; an answer that states other dates is wrong.
    within: the only documents that the question may be asked against; None for all.
    line: where it stands in its file, from 1 (0 when the format has no lines).
    """

    qid: str
    question: str
    type: str = ""
    subtype: str = ""
    answerable: bool = True
    answers: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    as_of: str | None = None
    cutoff: str | None = None
    family: str = ""
    within: tuple[str, ...] | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A case that is not scored, and why."""

    qid: str
    line: int
    wrong: Wrong

    @property
    def reason(self) -> str:
        """In English; `evals.words.skipped` has the French of `to_dict`."""
        return str(self.wrong)

    def to_dict(self) -> dict[str, Any]:
        told = {"qid": self.qid, "line": self.line, "reason": self.reason}
        return told | {"code": self.wrong.reason, "values": dict(self.wrong.values)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Cases in file order. documents: the suite's own, None when it is asked on a data folder.

    digest: SHA-256 (hex) of the file's bytes. notes: what the reader changed, for the record.
    """

    name: str
    format: str
    digest: str
    cases: tuple[Case, ...]
    documents: tuple[Document, ...] | None = None
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


def checked(path: object, cases: Iterable[Case]) -> tuple[Case, ...]:
    """The cases, or SuiteError: no case at all, empty questions, the same id twice, days that are none, answers to a
    question that has none."""
    problems = Problems(str(path))
    first: dict[str, int] = {}
    kept = []
    for case in cases:
        if case.qid in first:
            before = first[case.qid]
            reason = "same_id_line" if before else "same_id"
            problems.add(case.line or None, Wrong(reason, {"id": case.qid, "first": before}))
        first.setdefault(case.qid, case.line)
        if not case.question.strip():
            problems.add(case.line or None, Wrong("empty_question", {"qid": case.qid}))
        where = "" if case.line else case.qid
        for field, day in (("as_of", case.as_of), ("cutoff", case.cutoff)):
            if day is not None and not _is_day(day):
                problems.add(case.line or None, Wrong("bad_day", {"field": field, "value": day}), where=where)
        if not case.answerable and (case.answers or case.gold):
            problems.add(case.line or None, Wrong("answered"), where=where)
        kept.append(case)
    problems.raise_if_any()
    if not kept:
        raise refuse(path, None, "no_question")
    return tuple(kept)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def located(suite: Suite, documents: Iterable[Document], *, strict: bool = True) -> Suite:
    """The suite with every gold quote placed in its document.

    strict: a quote or a document that is missing raises SuiteError with all the lines;
    otherwise the case moves to `skipped`. A suite in which nothing is left raises too.
    """
    by_id: dict[str, Document] = {}
    also: dict[str, Document] = {}
    for document in documents:
        by_id[document.id] = document
        also.setdefault(document.url, document)
        also.setdefault(document.title, document)
    cases, skipped, problems = [], list(suite.skipped), Problems(suite.name)
    for case in suite.cases:
        placed, wrong = _placed(case, by_id, also)
        if wrong:
            problems.add(case.line or None, wrong, where=case.qid)
            skipped.append(Skipped(qid=case.qid, line=case.line, wrong=wrong))
        else:
            cases.append(placed)
    if strict or not cases:
        problems.raise_if_any()
    return replace(suite, cases=tuple(cases), skipped=tuple(skipped))


def _placed(case: Case, by_id: Mapping[str, Document], also: Mapping[str, Document]) -> tuple[Case, Wrong | None]:
    """The case with its quotes' offsets, and what is wrong (None when nothing is)."""
    found: list[Gold] = []
    for gold in case.gold:
        if not gold.doc:
            found.append(gold)
            continue
        document = by_id.get(gold.doc) or also.get(gold.doc)
        if document is None:
            return case, Wrong("gold_document", {"doc": gold.doc})
        quote, start = gold.quote, None
        if quote:
            start, quote = _find(document.text, gold)
            if start < 0:
                return case, Wrong("gold_quote", {"quote": gold.quote[:60], "doc": document.id})
        found.append(replace(gold, doc=document.id, quote=quote, start=start))
    return replace(case, gold=tuple(found)), None


def _find(text: str, gold: Gold) -> tuple[int, str]:
    """Where a quote stands, and its exact slice; (-1, "") if nowhere.

    Where its given place is wrong, its first occurrence; white space may differ, for PDFs
    and pages break lines and set no-break spaces as they like.
    """
    start = gold.start if gold.start is not None and gold.start >= 0 else text.find(gold.quote)
    if start < 0 or not text.startswith(gold.quote, start):
        start = text.find(gold.quote)
    if start >= 0:
        return start, gold.quote
    loose = re.search(r"\s+".join(map(re.escape, gold.quote.split())) or r"(?!)", text)
    return (loose.start(), loose.group()) if loose else (-1, "")
