"""The same measure of the same body with several values: told apart by time (evolution) or by outlet (conflict).

A false conflict costs more than a missed one: each publication is aligned with
the answer's sentence by itself, its figure must be the nearest to the answer's
and the answer's the nearest to it, in one kind of unit, for one body and time,
and a publication that gives the answer's value anywhere near agrees with it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from corpus.records import Document
from rag.agreement import times
from rag.compare.aspects import MOVED, agree_in_time, excluded, sides_of
from rag.compare.near_copies import near_copies
from rag.compare.rounding import compatible
from rag.compare.series import Kind, Point, Said, Series, label, merged, point, reading
from rag.compare.statements import (
    Place,
    Statement,
    Weight,
    amounts_of,
    comparable,
    names_of,
    near,
    only_one,
    same_body,
    similar,
    statements,
    stems,
)  # fmt: skip
from rag.compare.variants import variants
from rag.figures import Figure, same

__all__ = ["Point", "Series", "find_conflicts"]


ALIKE, ALIKE_FAR = 0.15, 0.38
"""Similarity from which two figures measure the same thing, in publications on one event and in others."""
_ABOUT_AS = 0.8
"""Of the best similarity: from here on the time decides between two figures."""
ASKED_FROM = 0.6
"""Share of the best figure's weight in the question that a figure of the answer must have to be the one asked for."""


def find_conflicts(
    question: str,
    shown: Sequence[Place],
    others: Sequence[Place],
    *,
    near: Sequence[Place] = (),
    weight: Weight | None = None,
) -> tuple[Series, ...]:
    """The series of the figures that answer, then those of altered copies; empty where all agree.

    shown: the answer's sentences, best first. others: the sentences of the best passages (those shown may be
    among them). near: sentences among which near-copies of those shown may be, if not among the others. weight: a
    stem's idf; counted on the sentences given when left out. Pure.
    """
    copies = [*others, *near]
    others = [place for place in others if any(same_body(place.document, one.document) for one in shown)]
    spans = {(place.document.id, place.start): place for place in [*shown, *others]}
    said = [Said(place, what) for place in spans.values() for what in statements(place)]
    weight = weight or _counted(said)
    asked = _Asked(question, weight)
    series: list[Series] = []
    told: set[tuple[str, int, str]] = set()
    begun: list[Figure] = []
    for place in shown:
        for anchor in asked.of([one for one in said if _where(one) == (place.document.id, place.start)]):
            own, figure = point(anchor), anchor.what.figure
            if (own.doc, own.start, own.value) in told or any(same(figure, other) for other in begun):
                continue
            begun.append(figure)
            for found in _Against(anchor, said, asked, weight).series():
                series.append(found)
                told |= {(point.doc, point.start, point.value) for point in found.points}
    for name, group in variants(question, shown, others):
        body = group[0].place.document.ministry
        series.append(Series(measure=name, body=body, kind="conflict", points=tuple(map(reading, group))))
    return merged([*series, *near_copies(shown, copies, series)])


def _where(one: Said) -> tuple[str, int]:
    return one.document.id, one.place.start


def _counted(said: Sequence[Said]) -> Weight:
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

    def of(self, said: Sequence[Said]) -> list[Said]:
        """The figures of one sentence that the question is about."""
        kept = [one for one in said if not excluded(one.what.sides - MOVED, self._sides)]
        kept = [one for one in kept if not self._another_year(one.what)] or kept
        best = max((self.share(one.what) for one in kept), default=0.0)
        return [one for one in kept if best and self.share(one.what) >= ASKED_FROM * best]

    def _another_year(self, what: Statement) -> bool:
        return bool(self._years and what.time and what.time.end[:4] not in self._years)


class _Against:
    """One figure of the answer against all others."""

    def __init__(self, anchor: Said, said: Sequence[Said], asked: _Asked, weight: Weight) -> None:
        self._anchor = anchor
        self._asked = asked
        self._weight = weight
        self._of: dict[str, list[Said]] = defaultdict(list)
        for one in said:
            self._of[one.document.id].append(one)

    def _other_sort(self, document: Document) -> bool:
        """A rate told by another sort of publication is another rate: of a CASEM, of a "contrat d'objectifs"..."""
        kinds = {self._anchor.document.kind, document.kind} - {""}
        return self._anchor.what.figure.kind == "percent" and len(kinds) > 1

    def series(self) -> list[Series]:
        """Conflict, rounded and evolution series, those that there are."""
        conflict, rounded, moved = [], [], []
        for doc, said in self._of.items():
            close = near(self._anchor.document, said[0].document)
            if self._other_sort(said[0].document) or not same_body(self._anchor.document, said[0].document):
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
            made.append(self._made("evolution", sorted([self._anchor, *moved], key=Said.when)))
        return made

    def _rival(self, said: Sequence[Said], close: bool) -> tuple[Said | None, bool | None]:
        """The figure of a publication that gives the anchor's measure another value, and whether for its time."""
        alike, rival = self._nearest(said, close)
        if rival is None or not self._one_measure(alike, rival, close):
            return None, None
        at_once = self._at_once(rival, close)
        mine, theirs = self._anchor.what.figure, rival.what.figure
        if same(theirs, mine):  # one value: worth showing where one of the two qualifies it
            kept = bool(at_once) and theirs.qualifier != mine.qualifier
        else:
            kept = not (at_once and (_gives(rival.document, mine) or _gives(self._anchor.document, theirs)))
            home = self._of[self._anchor.document.id]
            kept &= all(self.alike(rival, one) <= alike for one in home if one != self._anchor)
        return (rival, at_once) if kept and at_once is not None else (None, None)

    def _nearest(self, said: Sequence[Said], close: bool) -> tuple[float, Said | None]:
        """The figure that is most alike; of two that are about as near, the one for the same time."""
        anchor = self._anchor
        ranked = sorted(((self.alike(anchor, one), one) for one in said if one != anchor), key=lambda pair: -pair[0])
        about = [pair for pair in ranked if pair[0] >= _ABOUT_AS * ranked[0][0]]
        timely = [pair for pair in about if self._at_once(pair[1], close)]
        return (timely or ranked)[0] if ranked else (0.0, None)

    def _one_measure(self, alike: float, rival: Said, close: bool) -> bool:
        """Whether a figure is alike enough to be the anchor's measure, given what else speaks for it."""
        anchor = self._anchor
        if close and alike and all(only_one(one.document, one.what.figure) for one in (anchor, rival)):
            return True
        wanted = ALIKE if close or self._asked_for(rival.what) else ALIKE_FAR
        return alike >= wanted and (close or not self._other_subject(rival.what))

    def _earlier(self, said: Sequence[Said]) -> list[Said]:
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

    def alike(self, a: Said, b: Said) -> float:
        """How far two figures measure the same thing: 0 where they cannot."""
        left, right = a.what, b.what
        if not comparable(left.figure, right.figure) or excluded(left.sides, right.sides):
            return 0.0
        own = similar(left.own, right.own, self._weight)
        wide = similar(left.own | left.behind, right.own | right.behind, self._weight)
        asked = min(self._asked.share(left), self._asked.share(right))
        return 0.5 * own + 0.2 * wide + 0.5 * asked

    def _at_once(self, rival: Said, close: bool) -> bool | None:
        """Whether a figure is for the anchor's time: said, or told by what stands around it."""
        left, right = self._anchor.what, rival.what
        told = agree_in_time(left.time, right.time)
        if told is None:
            told = agree_in_time(left.time or left.near_time, right.time or right.near_time)
            if told is False and close:
                told = None
        return True if told is None and close else told

    def _made(self, kind: Kind, said: Sequence[Said]) -> Series:
        return Series(
            measure=label(self._anchor, self._asked.stems), body=self._anchor.document.ministry, kind=kind,
            points=tuple(point(one) for one in said),
        )  # fmt: skip


def _gives(document: Document, figure: Figure) -> bool:
    """Whether a publication has this very figure anywhere: then it does not contradict it."""
    return any(same(figure, other) and comparable(figure, other) for other in amounts_of(document.text))
