"""Values of one measure side by side: what the panel of conflicts shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.records import Document
from rag.compare.statements import Place, Statement, figures_of
from rag.compare.variants import Variant
from rag.figures import Figure
from rag.french import Token, fold, tokens

Kind = Literal["conflict", "evolution", "rounded"]


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
    kind: Kind
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement and where it stands."""

    place: Place
    what: Statement

    @property
    def document(self) -> Document:
        """Its publication."""
        return self.place.document

    def when(self) -> str:
        """Last day of the figure's time, else the day of its publication, for ordering."""
        time = self.what.time or self.what.near_time
        return time.end if time else self.document.published or ""


def point(one: Said) -> Point:
    """The value of a statement."""
    document, figure = one.document, one.what.figure
    start, end = one.place.start, one.place.end
    time = one.what.time or one.what.near_time
    return Point(
        value=document.text[start + figure.start : start + figure.end], unit=figure.unit,
        as_of=time.end if time and "/" not in time.end else None, doc=document.id, publisher=document.publisher,
        published=document.published, start=start, end=end, quote=document.text[start:end],
    )  # fmt: skip


def reading(variant: Variant) -> Point:
    """The value of a variant."""
    document, place = variant.place.document, variant.place
    return Point(
        value=variant.value, unit="", as_of=None, doc=document.id, publisher=document.publisher,
        published=document.published, start=place.start, end=place.end, quote=document.text[place.start : place.end],
    )  # fmt: skip


def merged(series: Sequence[Series]) -> tuple[Series, ...]:
    """The series without repetition: of two that tell the same values of one body, one, with the points of both.

    The first keeps its place, its name and its first point. Values of a series that says only that they are rounded
    are not told again beside a conflict or an evolution that has them.
    """
    kept: list[Series] = []
    for one in series:
        for place, other in enumerate(kept):
            if other.body == one.body and _repeats(one, other):
                if one.kind == other.kind and _values(one) & _values(other):
                    kept[place] = replace(other, points=_together(other, one))
                break
        else:
            kept.append(one)
    return tuple(kept)


def _repeats(one: Series, other: Series) -> bool:
    """Whether the one tells no sentence, or no value, that the other does not; or the other none that the one does."""
    if one.kind not in (other.kind, "rounded"):
        return False
    if {(point.doc, point.start) for point in one.points} <= {(point.doc, point.start) for point in other.points}:
        return True
    left, right = _values(one), _values(other)
    return len(left & right) > 1 and (left <= right or (right <= left and one.kind == other.kind))


def _values(series: Series) -> frozenset[tuple[str, str | None]]:
    """Each value with its time, written one way."""
    dated = series.kind == "evolution"
    return frozenset((_written(point), point.as_of if dated else None) for point in series.points)


def _written(point: Point) -> str:
    found = figures_of(point.value)
    if found and found[0].value is not None:
        return f"{found[0].value.normalize()} {found[0].unit}"
    return fold(point.value).replace(" ", "")


def _together(first: Series, second: Series) -> tuple[Point, ...]:
    """The points of two series, each sentence once; an evolution stays in the order of its times."""
    points = {(point.doc, point.start, point.value): point for point in [*first.points, *second.points]}
    ordered = list(points.values())
    if first.kind == "evolution":
        ordered.sort(key=lambda point: point.as_of or point.published or "")
    return tuple(ordered)


def label(one: Said, asked: frozenset[str]) -> str:
    """The words of the sentence that name what is measured: the run of its measure's words nearest to the figure."""
    sentence = one.document.text[one.place.start : one.place.end]
    figure = one.what.figure
    words = [word for word in tokens(sentence) if not word.stop and not figure.start <= word.start < figure.end]
    found: list[list[Token]] = []
    for wanted in (set(figure.measure), asked & one.what.own):
        runs: list[list[Token]] = []
        for word in words:
            if word.stem not in wanted:
                continue
            if runs and _JOINT.fullmatch(sentence, runs[-1][-1].end, word.start):
                runs[-1].append(word)
            else:
                runs.append([word])
        runs = [run for run in runs if run[-1].end <= figure.start or run[0].start >= figure.end]
        after = [run for run in runs if run[0].start >= figure.end]
        if figure.kind == "number" and after:
            found.append(after[0])
        elif runs:
            found.append(min(runs, key=lambda run: _apart(run, figure)))
    if not found:
        return ""
    best = max(found, key=lambda run: sum(word.stem in asked for word in run))
    return sentence[best[0].start : best[-1].end]


_JOINT = re.compile(r"[^,;:.()«»]{1,14}")
"""What may stand between two words of one noun phrase: "coût global de l'opération"."""


def _apart(run: Sequence[Token], figure: Figure) -> int:
    return figure.start - run[-1].end if run[-1].end <= figure.start else run[0].start - figure.end
