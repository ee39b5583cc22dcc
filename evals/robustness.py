"""Attacks on the corpus, made by code from any suite, and what they achieve.

distractors: publications like the gold ones, less the sentences that answer.
counterfeit: a gold passage from another outlet with one figure, year, ministry or
negation changed. injection: pages that give orders, hide text, fake citations,
carry HTML or Markdown. Text from the web is data: none of this may steer an answer.
"""

import random
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.errors import UsageError
from corpus.records import Document, Span
from corpus.store import Store
from evals.attack_report import Planted, report
from evals.cases import Case, Suite
from evals.injections import INJECTIONS
from evals.perturb import PERTURBATIONS, perturbed
from evals.results import Result
from evals.run import Bench, EvalEvent

MAX_PLANTED = 200
"""Documents planted by one attack, at most: enough for tight intervals, quick to embed."""

MINISTRIES = (
    "Ministère de la Santé",
    "Ministère de l'Agriculture",
    "Ministère de la Fonction publique",
    "Ministère de l'Économie et des Finances",
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MINISTRY = re.compile(
    r"\b(?:MTDPCE|MDENP|(?:le |la |du |de la |au )?[Mm]inistère (?:de la |de l['’]|du |des |chargé de la )\w+)"
)
_NEGATIONS = {" a ": " n'a pas ", " ont ": " n'ont pas ", " est ": " n'est pas ", " sont ": " ne sont pas "}
_NEGATIONS |= {" était ": " n'était pas ", " s'élève ": " ne s'élève pas ", " ont été ": " n'ont pas été "}


def _page(number: int, attack: str, like: Document | None, title: str, text: str) -> Document:
    return Document(
        id=f"attaque-{attack}/{number:04d}",
        url=f"https://attaque.example/{attack}/{number:04d}",
        title=title,
        publisher="Attaque Info",
        ministry=like.ministry if like else "",
        kind=like.kind if like else "",
        published=like.published if like else None,
        text=text,
    )


def distractors(suite: Suite, documents: Mapping[str, Document], rng: random.Random) -> list[Planted]:
    """One look-alike per gold document: its text without any gold quote of the suite."""
    quotes: dict[str, set[str]] = {}
    first: dict[str, str] = {}
    for case in suite.cases:
        for gold in case.gold:
            quotes.setdefault(gold.doc, set()).add(gold.quote)
            first.setdefault(gold.doc, case.qid)
    planted = []
    for number, doc in enumerate(sorted(quotes.keys() & documents.keys())):
        original, text = documents[doc], documents[doc].text
        for quote in sorted(quotes[doc] - {""}, key=len, reverse=True):
            text = text.replace(quote, "")
        text = "\n\n".join(block.strip() for block in text.split("\n\n") if block.strip())
        if text and text != original.text:
            page = _page(number, "distracteur", original, original.title, text)
            planted.append(Planted(document=page, qid=first[doc], kind="distractor"))
    return planted


def counterfeit(suite: Suite, documents: Mapping[str, Document], rng: random.Random) -> list[Planted]:
    """One false copy per question that has a gold quote; the kinds of change take turns."""
    planted = []
    for number, case in enumerate(suite.cases):
        gold = next((gold for gold in case.gold if gold.span and gold.doc in documents), None)
        if gold is None or gold.span is None:
            continue
        document = documents[gold.doc]
        block, inside = _block(document.text, gold.span)
        start = number % len(_CHANGES)
        for kind, change in [*_CHANGES.items()][start:] + [*_CHANGES.items()][:start]:
            changed = change(block, inside, case, rng)
            if changed is None:
                continue
            text, sign = changed
            page = _page(number, "contrefacon", document, document.title, text)
            planted.append(Planted(document=page, qid=case.qid, kind=kind, sign=sign, original=block))
            break
    return planted


def _block(text: str, span: Span) -> tuple[str, Span]:
    """The paragraphs that hold a span, and the span's place in them."""
    start = text.rfind("\n\n", 0, span.start) + 2 if "\n\n" in text[: span.start] else 0
    end = text.find("\n\n", span.end)
    block = text[start : end if end >= 0 else len(text)]
    return block, Span(span.start - start, span.end - start)


Change = Callable[[str, Span, Case, random.Random], tuple[str, str] | None]


def _other_figure(block: str, inside: Span, case: Case, rng: random.Random) -> tuple[str, str] | None:
    """Change the last digit group of an accepted answer where it stands in the quote."""
    for answer in sorted(case.answers, key=len, reverse=True):
        at = block.find(answer, inside.start, inside.end)
        numbers = [*_NUMBER.finditer(answer)] if at >= 0 else []
        if numbers:
            number = numbers[0]
            digits = [i for i in range(number.start(), number.end()) if answer[i].isdigit()]
            place = rng.choice(digits[: max(1, len(digits) - 1)])
            digit = str((int(answer[place]) - 1 + rng.randrange(1, 9)) % 9 + 1)
            false = answer[:place] + digit + answer[place + 1 :]
            if false != answer:
                return block[:at] + false + block[at + len(answer) :], false
    return None


def _other_year(block: str, inside: Span, case: Case, rng: random.Random) -> tuple[str, str] | None:
    found = [*_YEAR.finditer(block, inside.start, inside.end)] or [*_YEAR.finditer(block)]
    if not found:
        return None
    year = found[0].group()
    return block.replace(year, str(int(year) - rng.randrange(1, 4))), ""


def _other_ministry(block: str, inside: Span, case: Case, rng: random.Random) -> tuple[str, str] | None:
    if not _MINISTRY.search(block):
        return None
    other = rng.choice(MINISTRIES)
    return _MINISTRY.sub(f"le {other}", block), ""


def _negated(block: str, inside: Span, case: Case, rng: random.Random) -> tuple[str, str] | None:
    quote = block[inside.start : inside.end]
    for verb in sorted(_NEGATIONS, key=len, reverse=True):
        if verb in quote:
            return block[: inside.start] + quote.replace(verb, _NEGATIONS[verb], 1) + block[inside.end :], ""
    return None


_CHANGES: Mapping[str, Change] = {
    "figure": _other_figure,
    "year": _other_year,
    "ministry": _other_ministry,
    "negation": _negated,
}


def injection(suite: Suite, documents: Mapping[str, Document], rng: random.Random) -> list[Planted]:
    """One hostile page per question, the tricks taking turns; each carries a sign found nowhere else."""
    kinds = [*INJECTIONS]
    planted = []
    for number, case in enumerate(suite.cases):
        kind, sign = kinds[number % len(kinds)], f"ZQX{number:04d}"
        like = next((documents[gold.doc] for gold in case.gold if gold.doc in documents), None)
        text = INJECTIONS[kind].format(question=case.question, sign=sign)
        page = _page(number, "injection", like, case.question, text)
        planted.append(Planted(document=page, qid=case.qid, kind=kind, sign=sign))
    return planted


Attack = Callable[[Suite, Mapping[str, Document], random.Random], list[Planted]]
ATTACKS: Mapping[str, Attack] = {"distractors": distractors, "counterfeit": counterfeit, "injection": injection}


def names(asked_for: Collection[str]) -> list[str]:
    """The suites asked for, "all" meaning every one, in the tables' order. Raises UsageError."""
    known = [*PERTURBATIONS, *ATTACKS]
    unknown = sorted(set(asked_for) - {*known, "all"})
    if unknown:
        told, listed = f"unknown robustness suite {unknown[0]!r}", ", ".join(["all", *known])
        raise UsageError(f"{told} (known: {listed})", reason="unknown_robustness", value=unknown[0], known=listed)
    return [name for name in known if name in asked_for or "all" in asked_for]


def attacked(bench: Bench, suite: Suite, clean: Result, asked_for: Collection[str]) -> Iterator[EvalEvent]:
    """Run the robustness suites asked for after a clean run; the last event's result carries `robustness`."""
    found: dict[str, Any] = {}
    for name in names(asked_for):
        planted: list[Planted] = []
        place, changed = bench, suite
        if name in PERTURBATIONS:
            changed = perturbed(suite, name, seed=bench.seed)
        else:
            with Store.open(bench.data) as store:
                documents = {document.id: document for document in store.current()}
            planted = ATTACKS[name](suite, documents, random.Random(f"{bench.seed}/{name}"))[:MAX_PLANTED]
            yield from bench.planted([plant.document for plant in planted], name)
            place = replace(bench, data=bench.scratch / name)
            changed = _let_in(suite, planted)
        for event in place.asked(changed, stage=name):
            if event.result:
                found[name] = report(clean.rows, event.result.rows, planted, seed=bench.seed)
            yield replace(event, result=None)
    yield EvalEvent(stage="robustness", done=len(found), total=len(found), result=replace(clean, robustness=found))


def _let_in(suite: Suite, planted: Sequence[Planted]) -> Suite:
    """Questions asked on their own documents alone must see what was planted against them."""
    added: dict[str, tuple[str, ...]] = {}
    for plant in planted:
        added[plant.qid] = (*added.get(plant.qid, ()), plant.document.id)
    cases = (
        replace(case, within=(*case.within, *added.get(case.qid, ()))) if case.within is not None else case
        for case in suite.cases
    )
    return replace(suite, cases=tuple(cases))
