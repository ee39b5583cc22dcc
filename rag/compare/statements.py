"""What a figure of a publication says: which measure, of which body, at what time; and when two say the same thing.

The base of both the panel of conflicts and the check of claims. No meaning is
read: measures are told apart by their words, by words that exclude one another
("physique", "financière"), by the body and by the time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from corpus.records import Document
from rag.compare.aspects import AMOUNTS, MONTHS, Sides, Time, last_time, sides, time_of
from rag.figures import Figure, figures
from rag.french import Token, fold, sentences, tokens
from rag.ministries import portfolios

Weight = Callable[[str], float]
"""Stem -> how much it tells apart (idf)."""


class Place(Protocol):
    """A sentence where it stands: `document.text[start:end]`. `rag.judge.Judged` is one."""

    @property
    def document(self) -> Document: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class At:
    """A plain Place."""

    document: Document
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A figure with what its sentence says of it; offsets are within the sentence.

    own: stems of its part of the sentence; all: of the sentence; behind: of the
    sentence before it and the title. sides: (pair, side) of excluding words near it.
    time: as the sentence says; near_time: as the sentence before or the title says.
    """

    figure: Figure
    own: frozenset[str]
    all: frozenset[str]
    behind: frozenset[str]
    sides: Sides
    names: frozenset[str]
    time: Time | None
    near_time: Time | None


_REACH = 160  # characters before a figure whose words are its own
_ELLIPTIC = 3  # stems; fewer around a figure tell nothing of what it measures


def statements(place: Place) -> tuple[Statement, ...]:
    """One for each amount of the sentence at `place`, in order."""
    text = place.document.text
    begin = text.rfind("\n\n", 0, place.start) + 2 if place.start else 0
    begin = begin if begin > 1 else 0
    before = text[begin : place.start]
    if not before:  # the first sentence of a paragraph: what stands above may be its heading
        above = text.rfind("\n\n", 0, max(place.start - 2, 0))
        before = text[above + 2 if above >= 0 else 0 : place.start]
        before = before if len(before) < 120 else ""
    title, published = place.document.title, place.document.published
    if published and any(year > published[:4] for year in re.findall(r"\b20\d\d\b", title)):
        title = re.sub(r"\b20\d\d\b", "", title)  # "adopte son plan 2026": its figures are of before
    return read(text[place.start : place.end], before[-600:], title)


@lru_cache(maxsize=8192)
def read(sentence: str, before: str, title: str) -> tuple[Statement, ...]:
    """The statements of a sentence; `before` is what precedes it in its paragraph."""
    found = figures_of(sentence)
    amounts = [figure for figure in found if figure.kind in AMOUNTS]
    if not amounts:
        return ()
    whole = stems(sentence)
    behind = stems(before) | stems(title)
    near = last_time(before, figures_of(before)) or last_time(title, figures_of(title))
    made = []
    for place, figure in enumerate(amounts):
        begin = amounts[place - 1].end if place else 0
        end = amounts[place + 1].start if place + 1 < len(amounts) else len(sentence)
        begin = max(begin, figure.start - _REACH)
        own = stems(sentence[begin : figure.start] + " " + sentence[figure.end : end])
        own |= frozenset(figure.measure) | ({figure.unit} if figure.kind == "number" and figure.unit else set())
        named = frozenset(word.stem for word in _named(sentence) if begin <= word.start < end)
        if len(own) <= _ELLIPTIC:  # "Elle représente un peu plus de cinq milliards": the measure stands before
            own |= stems(_last(before))
        made.append(
            Statement(
                names=named, figure=figure, own=own, all=whole, behind=behind,
                sides=sides(sentence[begin:figure.start], sentence[figure.end : end], figure),
                time=time_of(sentence, figure, found), near_time=near,
            )
        )  # fmt: skip
    return tuple(made)


def _last(before: str) -> str:
    """The last sentence of a text."""
    spans = sentences(before)
    return before[spans[-1].start : spans[-1].end] if spans else ""


def names_of(question: str) -> frozenset[str]:
    """Stems of the proper names of a question that are no ministry's nor a council's."""
    return frozenset(
        word.stem for word in _named(question) if not portfolios(word.text) and word.text not in {"casem", "mtdpce"}
    )


def _named(sentence: str) -> list[Token]:
    """The capitalised words of a sentence, its first one left out unless it is an acronym."""
    words = tokens(sentence)
    return [
        word
        for place, word in enumerate(words)
        if sentence[word.start].isupper() and not word.stop and (place or word.acronym)
    ]


@lru_cache(maxsize=16384)
def stems(text: str) -> frozenset[str]:
    """Content stems of a text without its numbers and months."""
    return frozenset(
        word.stem for word in tokens(text) if not word.stop and not word.text[0].isdigit() and word.text not in MONTHS
    )


@lru_cache(maxsize=1024)
def amounts_of(text: str) -> tuple[Figure, ...]:
    """Every amount of a whole publication."""
    return tuple(figure for figure in figures(text) if figure.kind in AMOUNTS)


def only_one(document: Document, figure: Figure) -> bool:
    """Whether a publication has one single value in the unit of this amount of money."""
    return (
        figure.kind == "money"
        and len(
            {
                other.value
                for other in amounts_of(document.text)
                if (other.kind, other.unit) == (figure.kind, figure.unit)
            }
        )
        == 1
    )


figures_of = lru_cache(maxsize=8192)(figures)
"""`figures` of a sentence, remembered."""


def similar(a: frozenset[str], b: frozenset[str], weight: Weight) -> float:
    """Weighted cosine of two sets of stems, 0 to 1."""
    both = sum(weight(stem) for stem in a & b)
    if not both:
        return 0.0
    left, right = sum(weight(stem) for stem in a), sum(weight(stem) for stem in b)
    return float(both / (left * right) ** 0.5)


def comparable(a: Figure, b: Figure) -> bool:
    """Whether two figures are in one kind of unit, so that they could state one measure."""
    kinds = {a.kind, b.kind}
    if kinds == {"number"}:
        return (
            bool({a.unit, *a.measure[:3]} & {b.unit}) or bool({b.unit, *b.measure[:3]} & {a.unit})
            if a.unit or b.unit
            else bool(set(a.measure) & set(b.measure))
        )
    if kinds == {"fraction", "percent"}:
        return True
    return a.kind == b.kind and a.unit == b.unit


@lru_cache(maxsize=4096)
def body_of(ministry: str, title: str) -> frozenset[str]:
    """The portfolios that a publication is about: its ministry's, or where that tells none, those of its title."""
    return portfolios(ministry) or portfolios(title) - {"primature"}


def same_body(a: Document, b: Document) -> bool:
    """Whether two publications are about one body: a portfolio, or a ministry named alike."""
    return a.id == b.id or _same_body(a.ministry, a.title, b.ministry, b.title)


@lru_cache(maxsize=16384)
def _same_body(ministry: str, title: str, other: str, other_title: str) -> bool:
    if ministry and fold(ministry) == fold(other):
        return True
    return bool(body_of(ministry, title) & body_of(other, other_title))


SIBLINGS_WITHIN = 6
"""Days between two publications on one event."""


def near(a: Document, b: Document) -> bool:
    """Whether two publications came within days of each other: on one event, most likely."""
    try:
        gap = date.fromisoformat(a.published or "") - date.fromisoformat(b.published or "")
    except ValueError:
        return a.id == b.id
    return a.id == b.id or abs(gap.days) <= SIBLINGS_WITHIN
