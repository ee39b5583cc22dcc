"""Dates, periods and times of day in French text, read at a place.

Values are ISO 8601 where it has a form: "2024-12-31", "2025-03", "2024",
"T09:30", intervals "2025-03-24/2025-03-28" (years "2023/2024"). Quarters and
half-years, which it lacks, are "2025-Q2" and "2025-H1". What the text leaves
out stays out: "le 27 mars" is "--03-27", "premier semestre" is "--H1".
"""

import calendar
import re
from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from corpus import months
from rag.text.numerals import ORDINAL_WORD, ordinal_word, plain, roman


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


MONTH = rf"(?:{months.PATTERN}|(?:janv|f[ée]vr?|avr|juil|sept|oct|nov|d[ée]c)\.)(?!\w)"
_S = r"[^\S\n]+"
_G = r"[ \u00a0\u202f]"
_DAY = r"(?:1[ \u00a0\u202f]?(?:er|ᵉʳ)|0?[1-9]|[12]\d|3[01])(?!\w)"
_YEAR = r"(?:19|20)\d\d(?!\d|,\d)"
_OF_YEAR = rf"(?:{_S}(?:de{_S})?(?:l['’](?:ann[ée]e|exercice|an){_S})?({_YEAR}))?"
_RANK = rf"(?:\d(?:er|re|e|[èe]me|ᵉʳ|ᵉ)|I{{1,3}}V?(?:er|e|[èe]me)|{ORDINAL_WORD}|dernier)"

_INTERVAL = re.compile(
    rf"({_DAY})(?:{_S}({MONTH}))?(?:{_S}({_YEAR}))?\s?(?:au|à|-|–|—)\s?(?:le{_S})?({_DAY}){_S}({MONTH}){_OF_YEAR}", re.I
)
# "24" in "les 24, 25 et 26 mars 2025"
_SHARED = re.compile(
    rf"({_DAY})(?=(?:\s?,\s?{_DAY})*(?:\s?,\s?|{_S}(?:et|ou){_S})(?:le{_S}|du{_S})?{_DAY}{_S}({MONTH}){_OF_YEAR})",
    re.I,
)
_LONG_DAY = re.compile(rf"({_DAY}){_S}({MONTH}){_OF_YEAR}", re.I)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?![\d-])")
_NUMERIC_DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?![\w/]|[.-]\d)")
_MONTH_SPAN = re.compile(rf"({MONTH})(?:{_S}({_YEAR}))?\s?(?:à|au|-|–){_S}?({MONTH}){_OF_YEAR}", re.I)
_MONTH_YEAR = re.compile(rf"({MONTH}){_OF_YEAR}", re.I)
_PART = re.compile(rf"({_RANK}){_S}(trimestre|semestre)(?!\w){_OF_YEAR}", re.I)
_PART_SHORT = re.compile(rf"([TS])([1-4])[\s-]*({_YEAR})")
_TWO_YEARS = re.compile(rf"({_YEAR})\s?([-–/])\s?({_YEAR})(?![-/]\d)")
_TWO_YEARS_SHORT = re.compile(rf"({_YEAR})([-/])(\d\d)(?![\w/]|[-.,]\d)")
_YEARS_TO = re.compile(rf"({_YEAR}){_S}(à|et){_S}({_YEAR})", re.I)
_NAMED_YEAR = re.compile(
    rf"(exercice|gestion|campagne|ann[ée]e|rentr[ée]e|saison)"
    rf"((?:{_S}(?!{_YEAR})[^\W\d_]+){{0,2}}?){_S}(?:de{_S})?({_YEAR})(?:\s?[-/–]\s?({_YEAR}|\d\d(?!\w)))?",
    re.I,
)
_ONE_YEAR = re.compile(_YEAR)
_TIME = re.compile(
    rf"([01]?\d|2[0-4])(?:{_G}?h(?:eures?)?{_G}?([0-5]\d)(?:{_G}?(?:mn|min|m))?|:([0-5]\d)(?::[0-5]\d)?|{_G}?h)(?![\w:])",
    re.I,
)
_BEFORE_TIME = re.compile(r"(?:à|vers|dès|de|jusqu['’]à|entre|partir de|et|avant|après)\s$", re.I)
_BEFORE_MONTH = re.compile(
    r"(?:\ben|\bmois d(?:e\s|['’])|\b(?:fin|début|courant|dès|depuis|dernier)\s|\bmi-|\bd['’]ici|\bà)\s*$", re.I
)
_BEFORE_YEAR = re.compile(
    r"(?:\ben|ann[ée]es?|exercices?|depuis|\bfin|début|courant|d['’]ici(?: à)?|\bdès|horizon|\bvers|avant|après"
    r"|jusqu['’]en|session|édition|campagne|rentrée|\bmi-?|agenda|vision)\s*$",
    re.I,
)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)['’]?\s$")
# What may stand before a count and before a year alike.
_LITTLE_WORDS = _words(
    "les des ces ses leurs nos quelque soit environ près plus moins à de d avec dont et pour sur par a ont total "
    "nombre formé recruté équipé compte"
)
_COUNTED = re.compile(rf"{_S}(?:nouve(?:aux|lles){_S})?((?-i:[a-zà-ÿœ])[^\W\d_]*[sx])(?!\w)")
_NOT_COUNTED = _words(
    "dans sans sous vers très puis mais plus moins alors depuis après dès lors ses ces les des mes nos vos leurs nous "
    "vous ils elles tous toutes plusieurs certains sauf hors près fois suis pas jamais toujours"
)
_MEASURED = re.compile(
    rf"{_G}?(?:[%°€$]|(?:F|FCFA|kg|km|ha|MW|t)\b|m[²³]|milliers?|millions?|milliards?"
    r"|tonnes?\b|hectares|francs|euros|dollars|pour cent)"
)


class When(NamedTuple):
    """A date or period read in text; `unit` names a period's sort ("exercice"), `end` is the offset after it."""

    kind: Literal["date", "period", "time"]
    iso: str
    unit: str
    end: int


def month_number(word: str) -> int:
    """1 to 12 from a French month name or abbreviation, with or without accents. Raises KeyError."""
    found = months.number(word)
    if found is None:
        raise KeyError(word)
    return found


def last_day(iso: str) -> str:
    """The last day of a dated period: "2024" -> "2024-12-31", "2025-H1" -> "2025-06-30"; a day is itself."""
    year, _, rest = iso.partition("-")
    part = {"": 12, "Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "H1": 6, "H2": 12}.get(rest)
    if part is None:
        if "-" in rest:
            return iso
        part = int(rest)
    return f"{year}-{part:02}-{calendar.monthrange(int(year), part)[1]:02}"


def read_when(text: str, at: int, end: int) -> When | None:
    """The date, period or time that begins exactly at `at`, the longest form first."""
    for read in _DIGIT_READERS if text[at].isdigit() else _WORD_READERS:
        when = read(text, at, end)
        if when:
            return when
    return None


def _day(year: str | int | None, month: int, day: str | int) -> str:
    """ISO day, "--MM-DD" without a year; "" when the calendar has no such day."""
    number = int(re.sub(r"\D", "", str(day)))
    try:
        date(int(year) if year else 2024, month, number)
    except ValueError:
        return ""
    return f"{year or '-'}-{month:02}-{number:02}"


def _interval(text: str, at: int, end: int) -> When | None:
    match = _INTERVAL.match(text, at, end)
    if not match:
        return None
    last_month = month_number(match[5])
    first_month = month_number(match[2]) if match[2] else last_month
    year = match[6]
    first_year = match[3] or (str(int(year) - 1) if year and first_month > last_month else year)
    first, last = _day(first_year, first_month, match[1]), _day(year, last_month, match[4])
    if not first or not last or (first_year == year and first >= last):
        return None
    return When("period", f"{first}/{last}", "", match.end())


def _shared_month(text: str, at: int, end: int) -> When | None:
    match = _SHARED.match(text, at, end)
    iso = _day(match[3], month_number(match[2]), match[1]) if match else ""
    return When("date", iso, "", match.end()) if match and iso else None


def _long_day(text: str, at: int, end: int) -> When | None:
    match = _LONG_DAY.match(text, at, end)
    iso = _day(match[3], month_number(match[2]), match[1]) if match else ""
    return When("date", iso, "", match.end()) if match and iso else None


def _iso_day(text: str, at: int, end: int) -> When | None:
    match = _ISO_DAY.match(text, at, end)
    if not match or not 1 <= int(match[2]) <= 12:
        return None
    iso = _day(match[1], int(match[2]), match[3])
    return When("date", iso, "", match.end()) if iso else None


def _numeric_day(text: str, at: int, end: int) -> When | None:
    match = _NUMERIC_DAY.match(text, at, end)
    if not match or not 1 <= int(match[3]) <= 12 or (len(match[4]) == 2 and match[2] != "/"):
        return None
    iso = _day(match[4] if len(match[4]) == 4 else f"20{match[4]}", int(match[3]), match[1])
    return When("date", iso, "", match.end()) if iso else None


def _part(text: str, at: int, end: int) -> When | None:
    match = _PART.match(text, at, end)
    if match:
        rank = _rank(match[1])
        letter, most = ("Q", 4) if match[2].lower() == "trimestre" else ("H", 2)
        rank = most if rank == 0 else rank
        if rank and rank <= most:
            return When("period", f"{match[3] or '-'}-{letter}{rank}", match[2].lower(), match.end())
    short = _PART_SHORT.match(text, at, end)
    if short and (short[1] == "T" or short[2] in "12"):
        letter, name = ("Q", "trimestre") if short[1] == "T" else ("H", "semestre")
        return When("period", f"{short[3]}-{letter}{short[2]}", name, short.end())
    return None


def _rank(surface: str) -> int | None:
    if surface[0].isdigit():
        return int(surface[0])
    if plain(surface) == "dernier":
        return 0
    numeral = re.match(r"[IV]+(?=er|e|è)", surface)
    return roman(numeral.group()) if numeral else ordinal_word(surface)


def _months(text: str, at: int, end: int) -> When | None:
    span = _MONTH_SPAN.match(text, at, end)
    if span:
        first, last = month_number(span[1]), month_number(span[3])
        year = span[4]
        first_year = span[2] or (str(int(year) - 1) if year and first > last else year)
        return When("period", f"{first_year or '-'}-{first:02}/{year or '-'}-{last:02}", "mois", span.end())
    match = _MONTH_YEAR.match(text, at, end)
    if match and (match[2] or _BEFORE_MONTH.search(text, max(0, at - 12), at)):
        return When("period", f"{match[2] or '-'}-{month_number(match[1]):02}", "mois", match.end())
    return None


def _named_year(text: str, at: int, end: int) -> When | None:
    match = _NAMED_YEAR.match(text, at, end)
    if not match:
        return None
    name = plain(match[1])
    iso = match[3]
    if match[4]:
        second = match[4] if len(match[4]) == 4 else match[3][:2] + match[4]
        if int(second) <= int(match[3]):
            return None
        iso = f"{match[3]}/{second}"
    return When("period", iso, "année" if name == "annee" else "rentrée" if name == "rentree" else name, match.end())


def _two_years(text: str, at: int, end: int) -> When | None:
    match = _TWO_YEARS.match(text, at, end)
    if match and int(match[1]) < int(match[3]) <= int(match[1]) + 50:
        return When("period", f"{match[1]}/{match[3]}", "", match.end())
    short = _TWO_YEARS_SHORT.match(text, at, end)
    if short and int(short[3]) == (int(short[1]) + 1) % 100:
        return When("period", f"{short[1]}/{int(short[1]) + 1}", "", short.end())
    spelled = _YEARS_TO.match(text, at, end)
    if spelled and int(spelled[1]) < int(spelled[3]):
        before = text[max(0, at - 8) : at].lower().split()
        if before[-1:] == ["entre" if spelled[2].lower() == "et" else "de"]:
            return When("period", f"{spelled[1]}/{spelled[3]}", "", spelled.end())
    return None


def _one_year(text: str, at: int, end: int) -> When | None:
    """Four digits that are a year: not a count ("2025 bâtiments"), not an amount ("2000 FCFA")."""
    match = _ONE_YEAR.match(text, at, end)
    if not match or _MEASURED.match(text, match.end(), end):
        return None
    if not _BEFORE_YEAR.search(text, max(0, at - 14), at):
        counted = _COUNTED.match(text, match.end(), end)
        before = _WORD_BEFORE.search(text, max(0, at - 24), at)
        little = before is None or before[1].lower() in _LITTLE_WORDS
        if counted and counted[1] not in _NOT_COUNTED and little:
            return None
    return When("period", match.group(), "", match.end())


def _time(text: str, at: int, end: int) -> When | None:
    match = _TIME.match(text, at, end)
    if not match:
        return None
    minutes = match[2] or match[3]
    if not minutes and not _BEFORE_TIME.search(text, max(0, at - 12), at):
        return None
    return When("time", f"T{int(match[1]):02}:{minutes or '00'}", "", match.end())


_Reader = Callable[[str, int, int], When | None]
_DIGIT_READERS: tuple[_Reader, ...] = (
    _iso_day, _numeric_day, _interval, _shared_month, _long_day, _two_years, _part, _time, _one_year,
)  # fmt: skip
_WORD_READERS: tuple[_Reader, ...] = (_part, _named_year, _months)
