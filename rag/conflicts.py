"""The same measure of the same body with several values: told apart by time (evolution) or by outlet (conflict).

A false conflict costs more than a missed one: each publication is aligned with
the answer's sentence by itself, its figure must be the nearest to the answer's
and the answer's the nearest to it, in one kind of unit, for one body and time,
and a publication that gives the answer's value anywhere near agrees with it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.records import Document
from rag.agreement import times
from rag.figures import Figure, same
from rag.french import Token, tokens
from rag.rounding import compatible
from rag.statements import (
    Place, Statement, Weight, agree_in_time, amounts_of, comparable, excluded, names_of, near, only_one, same_body, sides_of, similar, statements, stems,
)  # fmt: skip
from rag.variants import Variant, variants

__all__ = ["Point", "Series", "find_conflicts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value: exact text of the figure, its unit, ISO day of its cut-off or None, and the sentence that says it.

    `document.text[start:end] == quote`; published as in Document.
    """

    value: str
    unit: str
    as_of: str | None
    doc: str
    publisher: str
    published: str | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values of one measure; the first point is the answer's, the others by date then as retrieved.

    measure: words of the answer's sentence. body: ministry as its publication names it.
    kind: "conflict" one time, values that cannot both be; "rounded" one time, one value rounded or
    qualified otherwise; "evolution" several times, oldest first.
    """

    measure: str
    body: str
    kind: Literal["conflict", "evolution", "rounded"]
    points: tuple[Point, ...]


ALIKE, ALIKE_FAR = 0.15, 0.38
"""Similarity from which two figures measure the same thing, in publications on one event and in others."""
_ABOUT_AS = 0.8
ASKED_FROM = 0.6
"""Share of the best figure's weight in the question that a figure of the answer must have to be the one asked for."""


_NEAR_SIDES = frozenset({("aim", 0), ("move", 0)})


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement and where it stands."""

    place: Place
    what: Statement

    @property
    def document(self) -> Document:
        return self.place.document


def find_conflicts(
    question: str, shown: Sequence[Place], others: Sequence[Place], *, weight: Weight | None = None
) -> tuple[Series, ...]:
    """The series of the figures that answer; empty where all agree.

    shown: the answer's sentences, best first. others: the sentences of the best passages (those shown may be
    among them). weight: a stem's idf; counted on the sentences given when left out. Pure.
    """
    others = [place for place in others if any(same_body(place.document, one.document) for one in shown)]
    spans = {(place.document.id, place.start): place for place in [*shown, *others]}
    said = [_Said(place, what) for place in spans.values() for what in statements(place)]
    weight = weight or _counted(said)
    asked = _Asked(question, weight)
    series: list[Series] = []
    told: set[tuple[str, int, str]] = set()
    for place in shown:
        for anchor in asked.of([one for one in said if _where(one) == (place.document.id, place.start)]):
            point = _point(anchor)
            if (point.doc, point.start, point.value) in told:
                continue
            for found in _Against(anchor, said, asked, weight).series():
                series.append(found)
                told |= {(point.doc, point.start, point.value) for point in found.points}
    for group in variants(question, shown, others):
        series.append(
            Series(
                measure="", body=group[0].place.document.ministry, kind="conflict", points=tuple(map(_reading, group))
            )
        )
    return tuple(series)


def _where(one: _Said) -> tuple[str, int]:
    return one.document.id, one.place.start


def _counted(said: Sequence[_Said]) -> Weight:
    """idf over the sentences at hand; title words of one family of publications weigh little."""
    seen: Counter[str] = Counter()
    counted = {_where(one): one.what.all for one in said}
    for held in counted.values():
        seen.update(held)
    whole = len(counted) + 1
    return lambda stem: math.log(1 + whole / (1 + seen[stem]))


class _Asked:
    """What the question names, to choose the figures of the answer that it is about."""

    def __init__(self, question: str, weight: Weight) -> None:
        self.stems = stems(question)
        self._weight = weight
        self._years = times(question).years
        self._sides = sides_of(question)
        self.names = names_of(question)
        self._whole = sum(weight(stem) for stem in self.stems) or 1.0

    def share(self, what: Statement) -> float:
        """Share of the question's weight that is a figure's own, and less of that of its sentence, 0 to 1."""
        own = sum(self._weight(stem) for stem in self.stems & what.own)
        rest = sum(self._weight(stem) for stem in (self.stems & (what.all | what.behind)) - what.own)
        return (own + 0.3 * rest) / self._whole

    def of(self, said: Sequence[_Said]) -> list[_Said]:
        """The figures of one sentence that the question is about."""
        kept = [one for one in said if not excluded(one.what.sides - _NEAR_SIDES, self._sides)]
        kept = [one for one in kept if not self._another_year(one.what)] or kept
        best = max((self.share(one.what) for one in kept), default=0.0)
        return [one for one in kept if best and self.share(one.what) >= ASKED_FROM * best]

    def _another_year(self, what: Statement) -> bool:
        return bool(self._years and what.time and what.time.end[:4] not in self._years)


class _Against:
    """One figure of the answer against all others."""

    def __init__(self, anchor: _Said, said: Sequence[_Said], asked: _Asked, weight: Weight) -> None:
        self._anchor = anchor
        self._asked = asked
        self._weight = weight
        self._of: dict[str, list[_Said]] = defaultdict(list)
        for one in said:
            self._of[one.document.id].append(one)

    def series(self) -> list[Series]:
        """Conflict, rounded and evolution series, those that there are."""
        conflict, rounded, moved = [], [], []
        for doc, said in self._of.items():
            close = near(self._anchor.document, said[0].document)
            if not same_body(self._anchor.document, said[0].document):
                continue
            if doc == self._anchor.document.id:
                moved += self._earlier(said)
                continue
            rival, at_once = self._rival(said, close)
            if rival is None:
                continue
            if at_once is False:
                moved.append(rival)
            elif compatible(self._anchor.what.figure, rival.what.figure):
                rounded.append(rival)
            else:
                conflict.append(rival)
        made = []
        if conflict:
            made.append(self._made("conflict", [self._anchor, *conflict, *rounded]))
        elif rounded:
            made.append(self._made("rounded", [self._anchor, *rounded]))
        if moved:
            made.append(self._made("evolution", sorted([self._anchor, *moved], key=_when)))
        return made

    def _rival(self, said: Sequence[_Said], close: bool) -> tuple[_Said | None, bool | None]:
        """The figure of a publication that states the anchor's measure with another value, and whether for its time."""
        anchor = self._anchor
        ranked = sorted(((self.alike(anchor, one), one) for one in said if one != anchor), key=lambda pair: -pair[0])
        if not ranked:
            return None, None
        alike, rival = ranked[0]
        for other, one in ranked[1:]:  # of two that are about as near, the one for the same time
            if other < _ABOUT_AS * alike or self._at_once(rival, close):
                break
            if self._at_once(one, close):
                alike, rival = other, one
        alone = close and only_one(anchor.document, anchor.what.figure) and only_one(rival.document, rival.what.figure)
        if not (alone and alike) and alike < (ALIKE if close or self._asked_for(rival.what) else ALIKE_FAR):
            return None, None
        if not close and self._other_subject(rival.what):
            return None, None
        at_once = self._at_once(rival, close)
        if at_once is None:
            return None, None
        if same(rival.what.figure, anchor.what.figure):
            return (
                (rival, at_once)
                if rival.what.figure.qualifier != anchor.what.figure.qualifier and at_once
                else (None, None)
            )
        if at_once and (_gives(rival.document, anchor.what.figure) or _gives(anchor.document, rival.what.figure)):
            return None, None
        back = max((self.alike(rival, one) for one in self._of[anchor.document.id] if one != anchor), default=0.0)
        return (None, None) if back > alike else (rival, at_once)

    def _earlier(self, said: Sequence[_Said]) -> list[_Said]:
        """Values that the answer's own publication gives for other times."""
        anchor = self._anchor
        return [
            one
            for one in said
            if agree_in_time(anchor.what.time, one.what.time) is False and self.alike(anchor, one) >= ALIKE_FAR
        ]

    def _asked_for(self, what: Statement) -> bool:
        """Whether a count is of the noun that is counted in the answer and asked for, for a time that both name."""
        mine = self._anchor.what
        return (
            what.figure.unit == mine.figure.unit in self._asked.stems
            and agree_in_time(mine.time, what.time) is True
            and self._asked.share(what) >= self._asked.share(mine)
        )

    def _other_subject(self, what: Statement) -> bool:
        """Whether a figure is of something with a name that neither the answer nor the question speaks of."""
        mine = self._anchor.what
        ministry = stems(self._anchor.document.ministry)
        known = mine.all | mine.behind | self._asked.stems | ministry
        asked = (self._asked.names & (mine.all | mine.behind)) - ministry
        return bool(what.names - known) or bool(asked - what.all - what.behind)

    def alike(self, a: _Said, b: _Said) -> float:
        """How far two figures measure the same thing: 0 where they cannot."""
        left, right = a.what, b.what
        if not comparable(left.figure, right.figure) or excluded(left.sides, right.sides):
            return 0.0
        own = similar(left.own, right.own, self._weight)
        wide = similar(left.own | left.behind, right.own | right.behind, self._weight)
        asked = min(self._asked.share(left), self._asked.share(right))
        return 0.5 * own + 0.2 * wide + 0.5 * asked

    def _at_once(self, rival: _Said, close: bool) -> bool | None:
        """Whether a figure is for the anchor's time: said, or told by what stands around it."""
        left, right = self._anchor.what, rival.what
        told = agree_in_time(left.time, right.time)
        if told is None:
            told = agree_in_time(left.time or left.near_time, right.time or right.near_time)
            if told is False and close:
                told = None
        return True if told is None and close else told

    def _made(self, kind: Literal["conflict", "evolution", "rounded"], said: Sequence[_Said]) -> Series:
        return Series(
            measure=_label(self._anchor, self._asked.stems), body=self._anchor.document.ministry, kind=kind,
            points=tuple(_point(one) for one in said),
        )  # fmt: skip


def _gives(document: Document, figure: Figure) -> bool:
    """Whether a publication has this very figure anywhere: then it does not contradict it."""
    return any(same(figure, other) and comparable(figure, other) for other in amounts_of(document.text))


def _when(one: _Said) -> str:
    time = one.what.time or one.what.near_time
    return time.end if time else one.document.published or ""


def _point(one: _Said) -> Point:
    document, figure = one.document, one.what.figure
    start, end = one.place.start, one.place.end
    time = one.what.time or one.what.near_time
    return Point(
        value=document.text[start + figure.start : start + figure.end], unit=figure.unit,
        as_of=time.end if time and "/" not in time.end else None, doc=document.id, publisher=document.publisher,
        published=document.published, start=start, end=end, quote=document.text[start:end],
    )  # fmt: skip


def _reading(variant: Variant) -> Point:
    document, place = variant.place.document, variant.place
    return Point(
        value=variant.value, unit="", as_of=None, doc=document.id, publisher=document.publisher,
        published=document.published, start=place.start, end=place.end, quote=document.text[place.start : place.end],
    )  # fmt: skip


def _label(one: _Said, asked: frozenset[str]) -> str:
    """The words of the sentence that name what is measured: the run of its measure's words nearest to the figure."""
    sentence = one.document.text[one.place.start : one.place.end]
    figure = one.what.figure
    words = [word for word in tokens(sentence) if not word.stop and not figure.start <= word.start < figure.end]
    for wanted in (set(figure.measure), asked & one.what.own):
        runs: list[list[Token]] = []
        for word in words:
            if word.stem not in wanted:
                continue
            if runs and word.start - runs[-1][-1].end <= _GAP:
                runs[-1].append(word)
            else:
                runs.append([word])
        runs = [run for run in runs if run[-1].end <= figure.start or run[0].start >= figure.end]
        after = [run for run in runs if run[0].start >= figure.end]
        chosen = (
            after[:1]
            if figure.kind == "number" and after
            else runs and [min(runs, key=lambda run: _apart(run, figure))]
        )
        if chosen:
            return sentence[chosen[0][0].start : chosen[0][-1].end]
    return ""


_GAP = 14  # characters between two words of one noun phrase: "coût global de l'opération"


def _apart(run: Sequence[Token], figure: Figure) -> int:
    return figure.start - run[-1].end if run[-1].end <= figure.start else run[0].start - figure.end
