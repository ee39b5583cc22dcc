"""Relative dates of a question made explicit: "l'an dernier" is the year before the day that the question is asked.

What a question then says is searched, weighed and shown: the rest of the house
reads calendar dates only. Pure.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from corpus.months import NAMES

__all__ = ["explicit"]

_RANKS = ("premier", "deuxième", "troisième", "quatrième")
_COUNTED = {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "dix": 10}
_LAST = r"(?:derni(?:er|ère)|pass[ée]e?|pr[ée]c[ée]dente?)"
_NEXT = r"(?:prochaine?|suivante?)"


def _year(day: date, years: int) -> str:
    return str(day.year + years)


def _month(day: date, months: int) -> str:
    number = day.year * 12 + day.month - 1 + months
    return f"{NAMES[number % 12]} {number // 12}"


def _part(day: date, length: int, shift: int) -> str:
    """The half-year or quarter of a day, `length` months long, shifted by so many: "deuxième trimestre 2025"."""
    number = day.year * (12 // length) + (day.month - 1) // length + shift
    year, rank = divmod(number, 12 // length)
    return f"{_RANKS[rank]} {'trimestre' if length == 3 else 'semestre'} {year}"


def _day(day: date, days: int) -> str:
    other = day + timedelta(days=days)
    return f"{'1er' if other.day == 1 else other.day} {NAMES[other.month - 1]} {other.year}"


_Named = Callable[[date, re.Match[str]], str]
# What is said -> (the preposition that the calendar's name takes, the name).
_TABLE: tuple[tuple[str, str, _Named], ...] = (
    (rf"l['’](?:an|ann[ée]e)\s{_LAST}", "en", lambda day, _: _year(day, -1)),
    (rf"l['’](?:an|ann[ée]e)\s{_NEXT}", "en", lambda day, _: _year(day, 1)),
    (r"(?:cette|la présente)\sann[ée]e|l['’]ann[ée]e\sen\scours", "en", lambda day, _: _year(day, 0)),
    (r"il\sy\sa\s(?P<n>un|deux|trois|quatre|cinq|six|dix|\d{1,2})\sans?", "en",
     lambda day, match: _year(day, -_number(match["n"]))),
    (rf"(?:le\s)?mois\s{_LAST}", "en", lambda day, _: _month(day, -1)),
    (rf"(?:le\s)?mois\s{_NEXT}", "en", lambda day, _: _month(day, 1)),
    (r"ce\smois(?:-ci)?|le\smois\sen\scours", "en", lambda day, _: _month(day, 0)),
    (rf"(?:le\s)?trimestre\s{_LAST}", "au", lambda day, _: _part(day, 3, -1)),
    (r"ce\strimestre(?:-ci)?|le\strimestre\sen\scours", "au", lambda day, _: _part(day, 3, 0)),
    (rf"(?:le\s)?semestre\s{_LAST}", "au", lambda day, _: _part(day, 6, -1)),
    (r"ce\ssemestre(?:-ci)?|le\ssemestre\sen\scours", "au", lambda day, _: _part(day, 6, 0)),
    (r"avant-hier", "le", lambda day, _: _day(day, -2)),
    (r"hier", "le", lambda day, _: _day(day, -1)),
    (r"demain", "le", lambda day, _: _day(day, 1)),
)  # fmt: skip
_BEFORE = (
    r"(?P<before>\b(?:au\scours\sd(?:e\s|u\s)|durant\s|pendant\s|courant\s|en\s|à\s|au\s|dans\s|pour\s|depuis\s|de\s|du\s"
    r"|d['’])|(?<![\w'’-]))"
)
_COMPILED = tuple((re.compile(rf"{_BEFORE}(?:{said})(?![\w-])", re.I), word, name) for said, word, name in _TABLE)
_KEPT = re.compile(r"(?:pour|depuis|de|d['’]|du)\s?$", re.I)
_DATED = re.compile(r"\s*(?:,\s*)?(?:en\s|de\s)?(?:19|20)\d\d")
"""Before these the calendar's name stands as it is: "de 2025", "depuis mars 2025"."""


def explicit(question: str, today: date) -> str:
    """The question with its relative dates named by the calendar; itself when it has none."""
    for pattern, word, name in _COMPILED:
        question = pattern.sub(partial(_said, word, name, today), question)
    return question


def _said(word: str, named: _Named, today: date, match: re.Match[str]) -> str:
    name = named(today, match)
    if _DATED.match(match.string, match.end()):  # "ce trimestre 2024" is dated already
        return match.group()
    before = match["before"]
    if _KEPT.fullmatch(before.strip()) or _KEPT.fullmatch(before):
        of = re.sub(r"^(?:d['’]|du\s?|de\s?)$", "du " if word in ("au", "le") else "de ", before, flags=re.I)
        elided = of == "de " and name[0] in "aeéoô"
        return f"d’{name}" if elided else f"{of.rstrip()} {name}"
    said = f"{word} {name}"
    return said[:1].upper() + said[1:] if match.group()[:1].isupper() else said


def _number(word: str) -> int:
    return _COUNTED.get(word.lower(), 0) or int(word)
