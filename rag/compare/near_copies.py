"""Sentences copied from one publication to another with one thing altered: the counterfeits of an answer.

What `rag.conflicts` reads as measures asks what the question is about; here the
copy itself is the proof that two sentences speak of one thing, so whatever is
altered is told: a figure, a date, the ministry, a negation. The same template
filled in for another session or ministry is no copy: the two must stand in
publications on one event, or have more in common than their words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from corpus.records import Span
from rag.compare.altered import ALIKE_FROM, Altered, Sort, altered, share_words
from rag.compare.aspects import AMOUNTS
from rag.compare.series import Point, Said, Series, label, point
from rag.compare.statements import At, Place, figures_of, near, same_body, statements, stems
from rag.figures import same
from rag.french import sentences

_NAMES: dict[Sort, str] = {
    "figure": "chiffre", "rank": "rang", "date": "date", "ministry": "ministère", "negation": "négation",
}  # fmt: skip
"""What a series is called; that of a figure only where its sentence does not say what it measures."""
_ALIKE_FAR = 0.9  # share of the words in common in publications that are not on one event
_AROUND = 6  # sentences on each side of a quoted one that are compared with those around its copy
_TELLING = 100  # amounts below this, and whole, come by chance in two sentences
_SHORT = 3  # stems; of fewer, too many sentences are alike
_MOST_POINTS = 5

Where = tuple[str, int]
"""(document, start of a sentence)."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A sentence of the answer's publication, its near-copy, and what differs."""

    mine: At
    theirs: At
    change: Altered

    @property
    def places(self) -> frozenset[Where]:
        return frozenset({_where(self.mine), _where(self.theirs)})

    @property
    def altered(self) -> tuple[str, int, int]:
        """What of the answer's publication is told otherwise."""
        return self.mine.document.id, self.mine.start + self.change.mine.start, self.mine.start + self.change.mine.end


def near_copies(shown: Sequence[Place], others: Iterable[Place], told: Iterable[Series] = ()) -> tuple[Series, ...]:
    """Conflicts between the sentences shown and their near-copies among `others`; empty where none is altered.

    Where a sentence stands word for word in another publication, what stands around the two is compared: what is
    altered there changes what the quoted sentence means. told: conflicts known already, not repeated.
    """
    known = [frozenset((point.doc, point.start) for point in series.points) for series in told]
    found: dict[tuple[str, int, int], list[_Pair]] = {}
    places = [At(place.document, place.start, place.end) for place in others]
    for place in shown:
        mine = At(place.document, place.start, place.end)
        own, short = _text(mine), _is_short(mine)
        for other in places:
            if other.document.id == mine.document.id or not (short or share_words(own, _text(other))):
                continue
            for pair in _pairs(mine, other):
                if not any(pair.places <= one for one in known):
                    known.append(pair.places)
                    found.setdefault(pair.altered, []).append(pair)
    return tuple(map(_series, found.values()))


def _pairs(mine: At, theirs: At) -> Iterator[_Pair]:
    """What is altered between two sentences or, where they are one, around them."""
    if _is_short(mine):
        mine, theirs = _with_former(mine), _with_former(theirs)
    at_once = near(mine.document, theirs.document) or (mine.document.published or "?") == theirs.document.published
    changes = altered(_text(mine), _text(theirs), ALIKE_FROM if at_once else _ALIKE_FAR)
    if changes is None:
        return
    if changes:
        if _one_thing(mine, theirs, changes, at_once):
            yield _Pair(mine, theirs, changes[0])
        return
    around = _around(theirs)
    for one in _around(mine):
        for other in around:
            there = altered(_text(one), _text(other))
            if there and len({change.sort for change in there}) == 1:
                yield _Pair(one, other, there[0])


def _is_short(place: At) -> bool:
    """ "En 2022, il atteignait 115,7 %.": to be compared with the sentence before it."""
    return len(stems(_text(place))) < _SHORT


def _one_thing(mine: At, theirs: At, changes: Sequence[Altered], at_once: bool) -> bool:
    """Whether two sentences that differ so tell of one thing, and are not a template filled in twice."""
    sorts = {change.sort for change in changes}
    if len(sorts) > 1:  # another figure at another date, another ministry with another figure: another thing
        return False
    if not same_body(mine.document, theirs.document):
        return False
    if at_once:
        return True
    days, amounts = _shared(_text(mine), _text(theirs))
    return days if sorts <= {"figure", "rank"} else amounts


def _shared(a: str, b: str) -> tuple[bool, bool]:
    """Whether two sentences name one whole day or end of a period, and one telling amount."""
    days = amounts = False
    for one in figures_of(a):
        for other in figures_of(b):
            if one.kind == other.kind and same(one, other):
                days |= one.kind == "date" and len(one.iso or "") == 10
                value = one.value or Decimal(0)
                amounts |= one.kind in AMOUNTS and not (value == value.to_integral_value() and abs(value) < _TELLING)
    return days, amounts


def _with_former(place: At) -> At:
    """A sentence with the one before it in its paragraph, if there is one."""
    before = [one for one in _around(place) if one.end <= place.start]
    return At(place.document, before[-1].start, place.end) if before else place


def _around(place: At) -> list[At]:
    """The sentences of the paragraph of a sentence, without itself."""
    text = place.document.text
    begin, end = text.rfind("\n\n", 0, place.start), text.find("\n\n", place.end)
    begin, end = begin + 2 if begin >= 0 else 0, end if end >= 0 else len(text)
    spans = [Span(begin + span.start, begin + span.end) for span in sentences(text[begin:end])]
    here = next((number for number, span in enumerate(spans) if span.end > place.start), 0)
    return [
        At(place.document, span.start, span.end)
        for number, span in enumerate(spans)
        if abs(number - here) <= _AROUND and (span.end <= place.start or span.start >= place.end)
    ]


def _series(pairs: Sequence[_Pair]) -> Series:
    """The answer's version first, then the others: those of the ministry and the oldest first, one a publication."""
    first = pairs[0]
    others = {pair.theirs.document.id: pair for pair in reversed(pairs)}
    ordered = sorted(others.values(), key=lambda pair: (pair.theirs.document.published or "9", pair.theirs.document.id))
    points = [_point(first.mine, first.change.mine), *(_point(pair.theirs, pair.change.theirs) for pair in ordered)]
    named = _said(first.mine, first.change.mine)
    measure = label(named, stems(_text(first.mine))) if named else ""
    return Series(
        measure=measure or _NAMES[first.change.sort], body=first.mine.document.ministry, kind="conflict",
        points=tuple(points[:_MOST_POINTS]),
    )  # fmt: skip


def _said(place: At, span: Span) -> Said | None:
    """The statement whose figure stands at a span of a sentence."""
    return next(
        (
            Said(place, what)
            for what in statements(place)
            if (what.figure.start, what.figure.end) == (span.start, span.end)
        ),
        None,
    )


def _point(place: At, span: Span) -> Point:
    said = _said(place, span)
    if said is not None:
        return point(said)
    document = place.document
    return Point(
        value=document.text[place.start + span.start : place.start + span.end], unit="", as_of=None, doc=document.id,
        publisher=document.publisher, published=document.published, start=place.start, end=place.end,
        quote=_text(place),
    )  # fmt: skip


def _text(place: At) -> str:
    return place.document.text[place.start : place.end]


def _where(place: At) -> Where:
    return place.document.id, place.start
