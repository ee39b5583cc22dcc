"""Dates as pages write them -> ISO 8601 days. Never today's date, never a guess from one number alone."""

import re
from collections.abc import Iterable
from datetime import date

from corpus.months import FOLDED, SHORT, fold

_ENGLISH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {
    name: number
    for number, (french, short, english) in enumerate(zip(FOLDED, SHORT, _ENGLISH_NAMES, strict=True), 1)
    for name in (french, fold(short), english, english[:3], french[:3])
    if name != "jui"
}
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NAMED = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}})(?:er)?\s*(?:-|\s)\s*({_NAMED})\.?\s*(?:-|,|\s)\s*(\d{{4}})(?!\d)")
_MONTH = re.compile(rf"\b({_NAMED})\.?\s+(\d{{4}})(?!\d)")
_ENGLISH = re.compile(rf"\b({_NAMED})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:T\d{4,6}Z?)?(?!\d)")
_DATELINE = re.compile(r"^(?:date|publiée? le|[^\W\d_][\w’' -]{1,30}, le)\s*:?\s*(.{8,40})$", re.IGNORECASE)
_DATELINE_CHARS = 80
_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)


def day(year: int, month: int, number: int) -> str | None:
    """The ISO day, or None when there is no such day between 1900 and 2100."""
    if not 1900 <= year <= 2100:
        return None
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None


def find_day(text: str) -> str | None:
    """The first date in `text`, day first as in French: "jeudi 27 mars 2025", "1er avril 2025", "27/03/2025", ISO.

    An ISO time keeps the day as written, in the publisher's own time zone.
    """
    return next(iter(days_in(text)), None)


def days_in(text: str) -> list[str]:
    """Every date that `find_day` would recognise, in order."""
    plain = fold(text)
    found: list[tuple[int, str | None]] = []
    for match in _ISO.finditer(plain):
        found.append((match.start(), day(int(match[1]), int(match[2]), int(match[3]))))
    for match in _WORDS.finditer(plain):
        found.append((match.start(), day(int(match[3]), _MONTHS[match[2]], int(match[1]))))
    for match in _ENGLISH.finditer(plain):
        found.append((match.start(), day(int(match[3]), _MONTHS[match[1]], int(match[2]))))
    for match in _NUMERIC.finditer(plain):
        found.append((match.start(), day(int(match[3]), int(match[2]), int(match[1]))))
    for match in _COMPACT.finditer(plain):
        found.append((match.start(), day(int(match[1]), int(match[2]), int(match[3]))))
    return [value for _, value in sorted(found, key=lambda item: item[0]) if value]


def find_date(text: str) -> str | None:
    """Like `find_day`, and where there is no whole date the month or the year that is all of `text`.

    "mars 2025" -> "2025-03", "2025" -> "2025": only for text known to be a date.
    """
    if whole := find_day(text):
        return whole
    plain = fold(text).strip(" .,;:()")
    if (month := _MONTH.search(plain)) and day(int(month[2]), _MONTHS[month[1]], 1):
        return f"{month[2]}-{_MONTHS[month[1]]:02d}"
    return plain if re.fullmatch(r"(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2]))?", plain) else None


def dateline(blocks: Iterable[str]) -> str | None:
    """The date under which a document without metadata is signed: a short block such as
    "Date : 27 mars 2025" or "Ouagadougou, le 27 mars 2025"."""
    for block in blocks:
        if len(block) <= _DATELINE_CHARS and (found := _DATELINE.match(block)):
            return find_day(found[1])
    return None


def is_partial_date(value: str) -> bool:
    """True for "2025-03-27", "2025-03" and "2025", when the day exists."""
    if not _PARTIAL.fullmatch(value):
        return False
    numbers = [int(part) for part in value.split("-")]
    return day(*[*numbers, 1, 1][:3]) is not None
