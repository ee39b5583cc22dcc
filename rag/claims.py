"""Is a claim confirmed, contradicted, or not found in what retrieval brings?

A figure of a claim is held against the figures of the sentences found that are
in the same unit, for the same body and the same time, and whose words are those
of the claim: an equal one confirms, others contradict. A claim about another
year, body or thing than the sentences' is not found: silence of the corpus is
no contradiction.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from corpus.records import Document
from rag.check import check, covered
from rag.compare.altered import denies
from rag.compare.aspects import AMOUNTS, MOVED, Time, agree_in_time, excluded
from rag.compare.rounding import compatible
from rag.compare.statements import (
    Place,
    Statement,
    Weight,
    amounts_of,
    body_of,
    comparable,
    figures_of,
    names_of,
    read,
    statements,
    stems,
)  # fmt: skip
from rag.figures import Figure, same
from rag.french import sentences
from rag.ministries import acronyms_in, initials, portfolios
from rag.values import Citation

__all__ = ["ClaimStatus", "ClaimVerdict", "claims_in", "verify_claim"]

ClaimStatus = Literal["confirmed", "contradicted", "not_found"]
MEASURED_FROM = 0.55
"""Share of a claim's weight that a sentence with its surroundings has when it speaks of the same."""
OWN_FROM = 0.3
"""The same share in the sentence itself."""
HELD_FROM = 0.75
"""Support from which a claim without a figure is confirmed by a sentence."""
_NAMED_FROM = 0.5
_QUOTES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVerdict:
    """quotes prove the status, best first, none when not_found. value: the exact text of the true figure when
    contradicted, of the confirming one when confirmed by a figure; None otherwise. claimed: the claim's own text of
    the figure that `value` answers; None without one."""

    claim: str
    status: ClaimStatus
    value: str | None
    quotes: tuple[Citation, ...]
    claimed: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Its JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a place says on one figure of the claim."""

    place: Place
    figure: Figure
    score: float


def claims_in(text: str) -> tuple[str, ...]:
    """The sentences of a text to be verified, each as it stands, questions left out."""
    found = [text[span.start : span.end].strip() for span in sentences(text)]
    return tuple(part for part in found if any(char.isalnum() for char in part) and not part.endswith("?"))


def verify_claim(claim: str, evidence: Sequence[Place], *, weight: Weight) -> ClaimVerdict:
    """The verdict on one sentence from the sentences that retrieval found for it; pure.

    weight: idf of a stem. Each figure of the claim must be confirmed; one that is contradicted decides.
    """
    said = _Claim(claim, weight)
    about = [place for place in evidence if said.concerns(place.document)]
    verdicts = [(what.figure, *said.amount(what, about)) for what in read(claim, "", "")]
    verdicts += [(figure, *said.day(figure, about)) for figure in said.days]
    if not verdicts:
        verdicts = [(_NOWHERE, *said.fact(about))]
    status: ClaimStatus = "confirmed"
    for wanted in ("not_found", "contradicted"):
        if any(found == wanted for _, found, _ in verdicts):
            status = wanted
    if status == "not_found":
        return ClaimVerdict(claim=claim, status=status, value=None, quotes=())
    mine, held = next((figure, held) for figure, found, held in verdicts if found == status)
    first = held[0]
    if status == "contradicted":  # the quotes prove the value that is given, not others that contradict too
        held = [one for one in held if same(first.figure, one.figure) or compatible(first.figure, one.figure)] or held
    value = first.place.document.text[first.place.start + first.figure.start : first.place.start + first.figure.end]
    quotes = list(dict.fromkeys(Citation.of(one.place.document, one.place.start, one.place.end) for one in held))[
        :_QUOTES
    ]
    return ClaimVerdict(
        claim=claim, status=status, value=value or None, quotes=tuple(quotes),
        claimed=claim[mine.start : mine.end] or None,
    )  # fmt: skip


_Verdict = tuple[ClaimStatus, list[_Held]]
_NOT_FOUND: _Verdict = ("not_found", [])
_STATING = stems(
    "est était être a avait atteint atteignait atteindre s'élève s'élevait s'établit s'établissait établi affiche "
    "affichait enregistre enregistrait compte comptait dépasse dépassait dépassé ressort ressortait situe situait "
    "passe passé arrêté arrêtée"
)
"""Verbs that bring a figure and say nothing of what it measures."""
_ONE = (stems("exécution exécuté"), stems("réalisation réalisé"))
"""Words of the reports for one thing: the rate of execution is that of realisation."""
_NOWHERE = Figure(kind="number", value=None, start=0, end=0)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class _Claim:
    """A claim taken apart: its words, body, times and names."""

    def __init__(self, text: str, weight: Weight) -> None:
        self.text = text
        self._weight = weight
        self._bodies = portfolios(text)
        self._acronyms = acronyms_in(text)
        found = figures_of(text)
        self.days = [figure for figure in found if figure.kind == "date" and len(figure.iso or "") == 10]
        amounts = [figure for figure in found if figure.kind in AMOUNTS]
        if amounts:
            self.days = []  # the day is the time of its figures
        self._ordinals = {figure.value for figure in found if figure.kind == "ordinal"}
        ministries = stems("ministère ministre département CASEM MTDPCE Burkina Faso")
        self._stems = stems(text) - ministries - _STATING
        self._names = names_of(text) - ministries
        self._years = frozenset(_YEAR.findall(text))

    def concerns(self, document: Document) -> bool:
        """Whether a publication is about the body that the claim names, if it names one."""
        if not self._bodies and not self._acronyms:
            return True
        short = initials(document.ministry)
        theirs = body_of(document.ministry, document.title) | portfolios(document.ministry)
        known = any(short == name or (len(name) > 3 and short.startswith(name)) for name in self._acronyms)
        return known or (bool(self._bodies & theirs) if self._bodies else True)

    def _share(self, there: frozenset[str]) -> float:
        whole = sum(self._weight(stem) for stem in self._stems) or 1.0
        for words in _ONE:
            there |= frozenset().union(*_ONE) if there & words else frozenset()
        return sum(self._weight(stem) for stem in self._stems & there) / whole

    def _score(self, what: Statement, document: Document) -> float:
        """How far a sentence speaks of what the claim does, 0 where a name of the claim is nowhere near it."""
        around = what.all | what.behind | stems(document.ministry)
        if self._names - around - stems(document.text[:_LEAD]) or self._share(what.own | what.all) < OWN_FROM:
            return 0.0
        return 0.5 * self._share(around) + 0.3 * self._share(what.all) + 0.2 * self._share(what.own)

    def amount(self, mine: Statement, places: Sequence[Place]) -> _Verdict:
        """The verdict on one amount of the claim."""
        held = [
            _Held(place, what.figure, score)
            for place in places
            for what in statements(place)
            if comparable(mine.figure, what.figure)
            and not excluded(mine.sides - (MOVED - what.sides), what.sides)
            and self._timed(mine, what, place.document)
            and self._ranked(place)
            and (score := self._score(what, place.document)) >= MEASURED_FROM
        ]
        held.sort(key=lambda one: -one.score)
        agreeing = [one for one in held if _agrees(mine.figure, one.figure)]
        if agreeing:
            return "confirmed", agreeing
        held = [one for one in held if self._named(mine.figure, one)]
        return ("contradicted", held) if held else _NOT_FOUND

    def _named(self, mine: Figure, held: _Held) -> bool:
        """Whether a sentence, its publication's title counted, names what the claim measures: another figure of it."""
        document = held.place.document
        if not self._stems - stems(document.ministry):
            return False  # "le ministère a atteint 95 %": of what, nobody can say
        there = stems(document.text[held.place.start : held.place.end]) | stems(document.title)
        wanted = frozenset(mine.measure) & self._stems
        whole = sum(map(self._weight, wanted))
        return not whole or sum(map(self._weight, wanted & there)) >= _NAMED_FROM * whole

    def _timed(self, mine: Statement, what: Statement, document: Document) -> bool:
        """Whether a figure is for the claim's time; where its sentence names none, what its publication speaks of."""
        claimed = mine.time
        if claimed is None:
            if len(self._years) != 1:
                return True
            claimed = Time(f"{min(self._years)}-12-31", False)
        for time in (what.time, what.near_time):
            if time is not None:
                return agree_in_time(claimed, time) is not False and claimed.end[:4] == time.end[:4]
        return claimed.end[:4] in _years_of(document)

    def _ranked(self, place: Place) -> bool:
        """Whether the sentence or its publication's beginning names the edition or session that the claim names."""
        if not self._ordinals:
            return True
        document = place.document
        near = document.text[place.start : place.end], document.title, document.text[:_LEAD]
        ranks = {figure.value for text in near for figure in figures_of(text) if figure.kind == "ordinal"}
        return self._ordinals <= ranks

    def _placed(self, place: Place) -> bool:
        """Whether every name of the claim is in the sentence, its publication's header or its beginning."""
        document = place.document
        around = (document.text[place.start : place.end], document.title, document.ministry, document.text[:_LEAD])
        return not self._names - frozenset().union(*map(stems, around))

    def day(self, mine: Figure, places: Sequence[Place]) -> _Verdict:
        """The verdict on the day of an event: the same month told for it elsewhere contradicts."""
        agreeing, others = [], []
        for place in places:
            text = place.document.text[place.start : place.end]
            days = [one for one in figures_of(text) if one.kind == "date" and len(one.iso or "") == 10]
            score = self._share(stems(text) | stems(place.document.title) | stems(place.document.ministry))
            if not days or score < MEASURED_FROM or not self._ranked(place) or not self._placed(place):
                continue
            for one in days:
                if same(mine, one):
                    agreeing.append(_Held(place, one, score))
                elif (one.iso or "")[:7] == (mine.iso or "")[:7]:
                    others.append(_Held(place, one, score))
        for status, held in (("confirmed", agreeing), ("contradicted", others)):
            if held:
                held.sort(key=lambda one: -one.score)
                return ("confirmed" if status == "confirmed" else "contradicted"), held
        return _NOT_FOUND

    def fact(self, places: Sequence[Place]) -> _Verdict:
        """The verdict on a claim without figures: a sentence that carries all of it, or all but its negation."""
        kept: list[_Held] = []
        denied: list[_Held] = []
        for place in places:
            quote = place.document.text[place.start : place.end]
            if covered(self.text, quote) < HELD_FROM:  # most sentences; the check takes ten times as long
                continue
            verdict = check(self.text, [quote])
            kinds = {problem.kind for problem in verdict.problems}
            if not kinds and denies(self.text) and not denies(quote):  # "n'a pas été suspendue", "a été suspendue"
                denied.append(_Held(place, _NOWHERE, verdict.score))
            elif not kinds:
                kept.append(_Held(place, _NOWHERE, verdict.score))
            elif kinds in ({"negation"}, {"opposite"}):
                denied.append(_Held(place, _NOWHERE, verdict.score))
        if kept or denied:
            return ("confirmed", kept) if kept else ("contradicted", denied)
        return _NOT_FOUND


_LEAD = 600


@lru_cache(maxsize=1024)
def _cut_years(text: str) -> tuple[str, ...]:
    """The years at whose end, or in which, most of a publication's dated figures stood."""
    counted = Counter(figure.as_of[:4] for figure in amounts_of(text) if figure.as_of)
    return tuple(year for year, _ in counted.most_common(1))


def _years_of(document: Document) -> frozenset[str]:
    """The year that a publication's undated figures are of: that of its cut-off dates, else of its day."""
    return frozenset(_cut_years(document.text)) or frozenset({(document.published or "")[:4]})


def _agrees(claimed: Figure, true: Figure) -> bool:
    """Whether the true figure bears the claim out: equal and not less qualified, or what the claim rounds."""
    if same(claimed, true):
        return True
    return bool(claimed.qualifier) and compatible(claimed, true)
