"""Two things that tell look-alike figures apart: words near them that exclude one another, and their time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.months import FOLDED
from rag.figures import Figure
from rag.french import fold
from rag.text.dates import last_day

AMOUNTS = frozenset({"number", "percent", "fraction", "money", "quantity", "duration"})
CALENDAR = frozenset({"date", "period"})
MONTHS = frozenset(FOLDED)
"""Folded."""
Sides = frozenset[tuple[str, int]]
"""(pair, side) of words that exclude one another."""


@dataclass(frozen=True, slots=True)
class Time:
    """When a figure stood: `end` is the ISO last day, or years "2023/2025"; cut: it stood at that day, not over a
    whole period."""

    end: str
    cut: bool


# Words that exclude one another near a figure; of the rows with one pattern, its presence excludes its absence.
_SIDES: dict[str, tuple[str, ...]] = {
    "sort": (r"\bphysiques?\b", r"\bfinanci\w+|\bbudgetaires?\b|\bdecaissement|\bengagement|\bliquidation"),
    "contract": (
        r"\bcontrats? d'objectifs?\b|\blettres? de mission\b|\bfeuilles? de route\b",
        r"\bpta\b|plan de travail|plan d'action du minist",
    ),
    "sex": (r"\bfemmes?\b|\bfilles?\b", r"\bhommes?\b|\bgarcons?\b"),
    "flow": (r"\brecettes?\b|\brecouvr\w+", r"\bdepenses?\b"),
    "contest": (r"\bdirects?\b", r"\bprofessionnels?\b"),
    "exam": (r"\bcep\b|certificat d'etudes", r"\bbepc\b|brevet", r"\bbac(?:calaureat)?\b"),
    "aim": (
        r"\bcibles?\b|\bprevisions?\b|\bprevus?\b|\bprevues?\b|\battendue?s?\b|(?<!d')\bobjectif\b|\bambition\w*"
        r"|\bprojett\w+|\bprevoi\w+|\bvisee?s?\b|\benvisag\w+|\bdoi(?:t|vent)\b|\bdevr\w+",
    ),
    "move": (
        r"\bhausse\b|\bbaisse\b|\baugment\w+|\bprogress\w+|\bdiminu\w+|\brecul\w*|\baccroissement"
        r"|\bsupplementaires?|\bpoints?\b|\bbond\b",
    ),
}
_COMPILED = {name: tuple(re.compile(side) for side in pair) for name, pair in _SIDES.items()}
_JOINED = re.compile(r"[^,;.:!?]{0,24}?\b(?:en|de|pour|fin|au|sur|du|l['’]ann[ée]e|titre de)\s*(?:l['’])?$", re.I)
_NEAR = frozenset({"aim", "move"})
_ASKS_AIM = re.compile(
    r"\bobjectif\b(?! de la ministre)|\bcible|\bprevision|\bprev(?:u|oi)|\battendu|\bvis(?:e|ait)\b|\bdoi(?:t|vent)\b"
    r"|\bdev(?:ait|aient|ra|ront)\b|\bsera|\benvisag|\bestim|\battend"
)
MOVED: Sides = frozenset((name, 0) for name in _NEAR)
"""An aim, a change: of a figure, never of a question."""
_CLOSE = 45  # characters within which an aim or a change is that of a figure
_OF = re.compile(r"\s*(?:de |d'|des |du )")
_DAY = re.compile(r"\d{4}-\d\d-\d\d$")


def sides(left: str, right: str, figure: Figure) -> Sides:
    """The excluding words of a figure: those of its measure, or nearest before it, or else after it."""
    found = set()
    before, after = fold(left), fold(right)
    after_comma = re.split(r"[,;:]", after)[0]  # what follows a comma is of the next figure, mostly
    if figure.kind != "number":
        after = after_comma
    for name, pair in _COMPILED.items():
        near = name in _NEAR
        parts = [(before[-_CLOSE:] if near else before, max), (after_comma[:_CLOSE] if near else after, min)]
        if figure.kind == "number" or _OF.match(after):  # "256 concours directs", "69,89 % d'exécution financière"
            parts.reverse()
        for part, nearest in parts:
            last = [(match.start(), side) for side, pattern in enumerate(pair) for match in pattern.finditer(part)]
            if last:
                found.add((name, nearest(last)[1]))
                break
    return frozenset(found)


@lru_cache(maxsize=1024)
def sides_of(question: str) -> Sides:
    """The excluding words of a question, where it names one side only."""
    folded = fold(question)
    found = set()
    for name, pair in _COMPILED.items():
        named = [side for side, pattern in enumerate(pair) if pattern.search(folded)]
        if len(named) == 1 and name not in _NEAR:
            found.add((name, named[0]))
    return frozenset(found)


@lru_cache(maxsize=1024)
def asks_aim(question: str) -> bool:
    """Whether a question is for what was aimed at or foreseen, not for what is."""
    return bool(_ASKS_AIM.search(fold(question)))


def excluded(a: Sides, b: Sides) -> bool:
    """Whether two figures speak of things that exclude one another; an aim excludes what is silent on it."""
    left, right = dict(a), dict(b)
    for name in left.keys() | right.keys():
        mine, theirs = left.get(name), right.get(name)
        if mine != theirs and (name in _NEAR or (mine is not None and theirs is not None)):
            return True
    return False


def time_of(sentence: str, figure: Figure, found: tuple[Figure, ...]) -> Time | None:
    """The time that a sentence gives to one of its figures."""
    place = found.index(figure)
    if place + 1 < len(found):
        after = found[place + 1]
        if after.kind in CALENDAR and _JOINED.match(sentence[figure.end : after.start]):
            return as_time(after, sentence)
    if figure.as_of:
        return Time(figure.as_of, True)
    taken = {
        other.start
        for amount, other in pairwise(found)
        if amount.kind in AMOUNTS and other.kind in CALENDAR and _JOINED.match(sentence[amount.end : other.start])
    }
    dated = [
        (other, time)
        for other in found
        if other.kind in CALENDAR and other.start not in taken and (time := as_time(other, sentence))
    ]
    earlier = [time for other, time in dated if other.end <= figure.start]
    return earlier[-1] if earlier else dated[0][1] if dated else None


def as_time(figure: Figure, text: str) -> Time | None:
    """The time that a date or period names; None for a day that is no cut-off: it dates an event."""
    iso = figure.iso or ""
    if iso.startswith("-") or not iso:
        return None
    if "/" in iso:
        return Time(iso, False) if len(iso) == 9 else None  # years "2023/2025"; days are an event's
    before = text[max(0, figure.start - 16) : figure.start]
    if _DAY.match(iso):
        cut = re.search(r"(?:\bau|arr[êe]t[ée]+s? au|date du|d['’]ici au)\s$", before, re.I)
        return Time(iso, True) if cut else None
    year = len(iso) == 4
    return Time(last_day(iso), not year or bool(re.search(r"\bfin\s$", before, re.I)))


def last_time(text: str, found: Iterable[Figure]) -> Time | None:
    """The last time that a text names."""
    dated = [time for figure in found if figure.kind in CALENDAR and (time := as_time(figure, text))]
    return dated[-1] if dated else None


def agree_in_time(a: Time | None, b: Time | None) -> bool | None:
    """True for the same time, False for two different ones, None where it cannot be told."""
    if a is None or b is None:
        return None
    if a.end == b.end:
        return True
    if "/" in a.end + b.end:
        return None
    if a.end[:4] == b.end[:4] and a.cut != b.cut:
        return None
    return False
