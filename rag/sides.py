"""Is a sentence of one side of a comparison? By its time, what it measures and the names that it says. Pure."""

import re
from collections.abc import Sequence
from datetime import date

from corpus.records import Span
from rag.agreement import times
from rag.choice import Line
from rag.compare.aspects import MOVED, Time, agree_in_time, asks_aim, excluded, last_time, sides_of
from rag.compare.statements import At, Place, Statement, comparable, figures_of, statements, stems
from rag.french import sentences, terms
from rag.gather import listings
from rag.parts import Part

__all__ = ["beside", "in_time", "is_table", "merit", "names_time", "says_change", "told"]

PUBLISHED_WITHIN = 100
"""Days after a cut-off within which its figures are published, mostly."""


def told(part: Part, place: Place) -> list[Statement]:
    """What the figures of a sentence say that a part may ask for: no aim, unless it asks for one; no rate of change."""
    wanted = sides_of(part.question)
    aims = asks_aim(part.question)
    return [
        what
        for what in statements(place)
        if not excluded(what.sides - MOVED, wanted) and (aims or ("aim", 0) not in what.sides) and not _rate(what)
    ]


def says_change(place: Place) -> bool:
    """Whether a sentence says by how much something changed."""
    return any(("move", 0) in what.sides for what in statements(place))


def _rate(what: Statement) -> bool:
    """Whether a figure is that of a change, not a value: "en hausse de 3,73 %", "de 44,6 points"."""
    return ("move", 0) in what.sides and (what.figure.kind in ("percent", "fraction") or what.figure.unit == "point")


def beside(part: Part, line: Line) -> Line | None:
    """A sentence next to one that is shown, or that one itself, which gives the same measure at the part's time."""
    assert part.time is not None
    text, first = line.document.text, line.spans[0]
    begin, end = text.rfind("\n\n", 0, first.start) + 2, text.find("\n\n", first.end)
    begin, end = max(begin, 0) if begin > 1 else 0, len(text) if end < 0 else end
    own = [what.figure for what in told(part, line.places[0])]
    spans = [Span(begin + span.start, begin + span.end) for span in sentences(text[begin:end])]
    for span in sorted(spans, key=lambda span: abs(span.start - first.start)):
        for what in told(part, At(line.document, span.start, span.end)):
            timely = what.time is not None and _agrees(part.time, what.time)
            if timely and any(comparable(what.figure, figure) for figure in own):
                return line if span == first else Line(line.document, (span,), line.item)
    return None


def _agrees(wanted: Time, time: Time) -> bool:
    return bool(agree_in_time(wanted, time)) or (not wanted.cut and time.end[:4] == wanted.end[:4])


def is_table(text: str) -> bool:
    """Whether a sentence is rows of a table."""
    return text.count("|") > _BARS


def names_time(wanted: Time, text: str) -> bool:
    """Whether a text names a time: the month of a day, the year of a year."""
    named = times(text)
    return wanted.end[:7] in named.months if wanted.cut else wanted.end[:4] in named.years


def merit(part: Part, place: Place) -> float:
    """Log-odds by which a sentence is better or worse for a part than it was judged for its question.

    By hand: a table's figures have no words of their own; a name that the question does not say is another's; "combien
    de concours" asks for a count of that noun.
    """
    if not part.counts:
        return 0.0
    said = told(part, place)
    known = stems(f"{part.question} {place.document.ministry} FCFA CFA")
    text = place.document.text[place.start : place.end]
    noun = _COUNTED.search(part.question)
    counted = set(terms(noun[1] or noun[2])) if noun else set()
    score = _TABLE if is_table(text) else 0.0
    score += _OTHERS if all(what.names - known for what in said) else 0.0
    return score + (_NOUN if any({what.figure.unit, *what.figure.measure[:2]} & counted for what in said) else 0.0)


def _announced_time(place: Place) -> Time | None:
    """For an item of a list, the time that the sentence above the list names."""
    text = place.document.text
    for listing in listings(text):
        if listing.intro and Span(place.start, place.end) in listing.items:
            intro = text[listing.intro.start : listing.intro.end]
            return last_time(intro, figures_of(intro))
    return None


_TABLE, _OTHERS, _NOUN = -2.0, -1.5, 1.0
_BARS = 3
_COUNTED = re.compile(r"\bcombien d(?:e |['’])(\w+)|\bnombre d(?:e |['’])(?=(\w+))", re.I)


def in_time(wanted: Time, place: Place, said: Sequence[Statement]) -> bool:
    """Whether a sentence speaks of a time: by its figures, `said`, or else by the day of its publication."""
    listed = _announced_time(place)
    near = [time for what in said if (time := what.time or listed or what.near_time)]
    if any(_agrees(wanted, time) for time in near):
        return True
    if near and all(agree_in_time(wanted, time) is False for time in near):
        return False
    published = place.document.published or ""
    if not wanted.cut:
        return not near and published[:4] == wanted.end[:4]
    try:  # a figure without a day of its own is of the last day that was past when it was published
        after = (date.fromisoformat(published) - date.fromisoformat(wanted.end)).days
    except ValueError:
        return False
    return 0 <= after <= PUBLISHED_WITHIN
