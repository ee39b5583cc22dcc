"""Does a publication speak of the ministry and of the time that the question names?

Look-alike publications (the same rate for another ministry, session or year)
have nearly the same words and vectors. What tells them apart is whether the
dates and the ministry of the question agree with the publication's.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.months import PATTERN
from corpus.months import number as month_number
from rag.documents import Indexed
from rag.french import fold
from rag.ministries import acronyms_in, initials, portfolios

_DATE = re.compile(
    rf"(?:\b(\d{{1,2}})(?:er)?\s+)?\b({PATTERN})\s+((?:19|20)\d\d)\b|(?<![\d,.])((?:19|20)\d\d)(?!\d|[.,]\d)", re.I
)
_LEAD_CHARS = 3000
"""A publication says its date and session early: this much of it is read for them, besides the passage."""


@dataclass(frozen=True, slots=True)
class Times:
    """ISO days ("2025-03-27"), months ("2025-03"), years ("2025") named in a text; a day names its month and year."""

    days: frozenset[str]
    months: frozenset[str]
    years: frozenset[str]


@lru_cache(maxsize=4096)
def times(text: str) -> Times:
    """The calendar dates that a text names in full, by month, or by year."""
    days, months, years = set(), set(), set()
    for day, month, year, alone in _DATE.findall(text):
        if alone:
            years.add(alone)
            continue
        number = month_number(month) or 0  # the pattern has found a month
        years.add(year)
        months.add(f"{year}-{number:02d}")
        if day:
            days.add(f"{year}-{number:02d}-{int(day):02d}")
    return Times(frozenset(days), frozenset(months), frozenset(years))


def without_dates(text: str) -> str:
    """The text with its calendar dates left out: what is asked, without when."""
    return _DATE.sub(" ", text)


_RANKS = {
    "first": r"\b(?:1er|1ere|1re|premiere?s?)\b",
    "second": r"\b(?:2e|2eme|2nde?|deuxieme|seconde?)\b",
    "extraordinary": r"\bextraordinaires?\b",
}
_MEETING = r"(?:session|casem|conseil d'administration)"
_SESSIONS = {
    name: re.compile(rf"{rank}(?:\s+\w+){{0,2}}\s+{_MEETING}|{_MEETING}(?:\s+\w+)?\s+{rank}")
    for name, rank in _RANKS.items()
}


@lru_cache(maxsize=4096)
def sessions(text: str) -> frozenset[str]:
    """Which sessions of a council a text names: "first", "second" (of the year), "extraordinary"."""
    folded = fold(text)
    named = frozenset(name for name, pattern in _SESSIONS.items() if pattern.search(folded))
    # "la première session extraordinaire" is not the first session of the year
    return named & {"extraordinary"} or named


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """ministry, session: 1 the same, -1 another, 0 the question or the publication names none. The rest are shares,
    0 to 1, of the question's days, months and years; 1 when it names none. *_near: in the passage or as publication
    date; *_far: in the publication's title and beginning too."""

    ministry: int
    session: int
    days_near: float
    days_far: float
    months_far: float
    years_near: float
    years_far: float


NOTHING_NAMED = Agreement(
    ministry=0, session=0, days_near=1.0, days_far=1.0, months_far=1.0, years_near=1.0, years_far=1.0
)
"""With a question that names neither ministry nor time."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names; made once per question by `named`."""

    times: Times
    portfolios: frozenset[str]
    acronyms: frozenset[str]
    sessions: frozenset[str]


def named(question: str) -> Named:
    """The times and ministries that a question names."""
    return Named(times(question), portfolios(question), acronyms_in(question), sessions(question))


def agreement(asked: Named, known: Indexed, lead: str, passage: str) -> Agreement:
    """How far a passage and its publication agree. lead: the publication's text from its beginning."""
    published = known.published or ""
    near = times(passage)
    opening = f"{known.title}\n{lead[:_LEAD_CHARS]}"
    far, held = times(opening), sessions(opening)
    days, months, years = near.days | {published}, near.months | {published[:7]}, near.years | {published[:4]}
    return Agreement(
        ministry=_ministry(asked, known),
        session=(1 if asked.sessions & held else -1) if asked.sessions and held else 0,
        days_near=_share(asked.times.days, days),
        days_far=_share(asked.times.days, days | far.days),
        months_far=_share(asked.times.months, months | far.months),
        years_near=_share(asked.times.years, years),
        years_far=_share(asked.times.years, years | far.years),
    )


def _share(wanted: frozenset[str], there: frozenset[str] | set[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _ministry(asked: Named, known: Indexed) -> int:
    theirs = _portfolios_of(known.ministry, known.title)
    if not theirs or not (asked.portfolios or asked.acronyms):
        return 0
    short = _initials_of(known.ministry)
    if asked.portfolios & theirs or any(
        short == name or (len(name) > 3 and short.startswith(name)) for name in asked.acronyms
    ):
        return 1
    return -1


@lru_cache(maxsize=4096)
def _portfolios_of(ministry: str, title: str) -> frozenset[str]:
    return portfolios(ministry) | portfolios(title)


@lru_cache(maxsize=1024)
def _initials_of(ministry: str) -> str:
    return initials(ministry)
