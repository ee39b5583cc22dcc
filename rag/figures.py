"""Quantities and dates of French text as values with exact spans.

A figure's span is the number with its scale and unit of measure ("12,5 milliards
de FCFA", "69,89 %", "15 à 16 milliards"), the whole date ("1er avril 2025"), the
named period ("exercice 2024"); of a count it is the number alone ("3 025" in
"3 025 bâtiments"), the noun being in `measure`. Telephone numbers, addresses of
pages and list markers are no figures. "un" and "une" are figures only before
"million", "tiers", "pour cent" and the like.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal

from rag.french import Token, sentences, tokens
from rag.text import measures
from rag.text.dates import last_day
from rag.text.readings import Kind, Reading, readings

__all__ = ["Figure", "Kind", "figures", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One quantity, date or reference of a text; [start, end) is its exact surface.

    value, high: exact decimals; high only for a range, value its low end; both None for
      dates, periods and times. "69,89 %" is 69.89, "deux tiers" 0.666...
    unit: "%", "‰", "point", a currency ("FCFA", "EUR", "USD"), a unit of measure ("km", "ha"),
      of durations "an" to "seconde"; the stem of the counted noun; of periods their sort
      ("exercice", "campagne", "trimestre"); of references the word ("article", "n°").
    qualifier: "", "plus de", "moins de", "près de", "environ", "au moins", "au plus" or
      "seulement"; of dates "depuis", "avant", "après", "d'ici", "fin", "début", "mi",
      "à partir de", "jusque" or "dès".
    measure: stems (as `french.terms`) of what is counted or measured; of a reference its
      text, normalised ("2024-0123/pres",).
    as_of: ISO day of the cut-off that its sentence names ("au 31 décembre 2024"), or None.
    iso: of dates, periods and times, see `rag.text.dates`.
    """

    kind: Kind
    value: Decimal | None
    high: Decimal | None = None
    unit: str = ""
    qualifier: str = ""
    measure: tuple[str, ...] = ()
    as_of: str | None = None
    iso: str | None = None
    start: int
    end: int


_CALENDAR = frozenset({"date", "period", "time"})
_UNITED = frozenset({"money", "percent", "quantity", "duration"})
_GAP = r"[ \t\u00a0\u2009\u202f]"
_QUALIFIERS = (
    (r"plus d(?:e |['’])|au(?:-| )delà d(?:e |['’])|supérieure?s? à ", "plus de"),
    (r"moins d(?:e |['’])|inférieure?s? à |en dessous d(?:e |['’])", "moins de"),
    (r"près d(?:e |['’])|presque ", "près de"),
    (r"au moins |au minimum |minimum ", "au moins"),
    (r"au plus |au maximum |maximum |jusqu['’]à ", "au plus"),
    (r"environ |d['’]environ |quelque |à peu près |approximativement ", "environ"),
    (r"autour d(?:e |['’])|aux (?:environs|alentours) d(?:e |['’])|de l['’]ordre d(?:e |['’])", "environ"),
    (r"à peine |seulement ", "seulement"),
)
_DATE_QUALIFIERS = (
    (r"depuis (?:le |l['’])?", "depuis"),
    (r"d['’]ici (?:à |au |le |fin )*", "d'ici"),
    (r"avant(?:-| )(?:le |la |fin )?", "avant"),
    (r"après(?:-| )(?:le |la )?", "après"),
    (r"(?:jusqu['’](?:au |en |à ))(?:fin )?", "jusque"),
    (r"fin(?:-| )", "fin"),
    (r"début(?:-| )", "début"),
    (r"mi-? ?", "mi"),
    (r"à (?:compter|partir) d(?:e |u |['’])", "à partir de"),
    (r"dès (?:le )?", "dès"),
)
_NOT_LESS = re.compile(r"pas moins d(?:e |['’])$", re.I)


def _compiled(table: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each phrase of `table` anchored just before a figure, any space, with or without accents."""
    loose = str.maketrans({"é": "[ée]", "è": "[èe]", "à": "[àa]"})
    return tuple(
        (re.compile(rf"(?<!\w)(?:{phrase.translate(loose).replace(' ', f'{_GAP}+')})$", re.I), name)
        for phrase, name in table
    )


_BEFORE_AMOUNT = _compiled(_QUALIFIERS)
_BEFORE_DATE = _compiled(_DATE_QUALIFIERS)
_AFTER_AMOUNT = re.compile(
    rf"{_GAP}+(?:au{_GAP}+)?(moins|plus|environ|minimum|maximum)(?!\w|{_GAP}+(?:de|d['’]|que)\b)", re.I
)
_AFTER_NAMES = {
    "moins": "au moins", "minimum": "au moins", "plus": "au plus", "maximum": "au plus", "environ": "environ",
}  # fmt: skip
_CUT_OFF = re.compile(
    r"(?:\bdate d[ue]|\bau|\barrêtée?s? au|\bfin|\bfin d(?:e|u)|\bau terme de)\s+(?:l['’](?:année|exercice)\s+)?$",
    re.I,
)
_END_OF = re.compile(r"\b(?:fin|terme|date)\b", re.I)
_FROM = re.compile(r"\bdu\s+\S+(?:\s+\S+)?\s+au\s$|\bjusqu['’]au\s$", re.I)
_REACH_CHARS = 300  # how far back a measure is looked for
_LISTED = re.compile(r"\s*(?:,|;|\bet\b|\bou\b|puis)\s*", re.I)
_TO = re.compile(r"\s*à\s*")


def figures(text: str) -> tuple[Figure, ...]:
    """Every figure of `text`, in order, none overlapping another."""
    found = _with_shared_units(text, list(readings(text)))
    if not found:
        return ()
    words = _Words(tokens(text))
    result: list[Figure] = []
    place = 0
    for span in sentences(text):
        first = place
        while place < len(found) and found[place].start < span.end:
            place += 1
        if place > first:
            result += _Sentence(text, span.start, span.end, found[first:place], words).figures()
    return tuple(result)


def _with_shared_units(text: str, found: list[Reading]) -> list[Reading]:
    """Gives the unit of a list's last amount to the others: "1000, 2000 et 5000 FCFA", "88 et 69 %"."""
    for place in range(len(found) - 2, -1, -1):
        this, after = found[place], found[place + 1]
        link = _LISTED.fullmatch(text, this.end, after.start)
        if not link or after.kind not in _UNITED:
            continue
        listed = (
            place > 0
            and found[place - 1].kind == "number"
            and _LISTED.fullmatch(text, found[place - 1].end, this.start)
        )
        bare_year = this.kind == "period" and (this.iso or "-") == text[this.start : this.end] and bool(listed)
        if this.kind == "number" or bare_year:
            value = this.value if this.value is not None else Decimal(text[this.start : this.end])
            found[place] = this._replace(kind=after.kind, value=value, unit=after.unit, iso=None)
    return found


class _Words:
    """The tokens of a text, found by their offsets."""

    def __init__(self, words: tuple[Token, ...]) -> None:
        self._words = words
        self._starts = [word.start for word in words]

    def between(self, start: int, end: int) -> tuple[Token, ...]:
        """The tokens that begin in [start, end)."""
        return self._words[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


class _Sentence:
    """One sentence and its readings, to be given measures, qualifiers and cut-off dates."""

    def __init__(self, text: str, begin: int, end: int, found: list[Reading], words: _Words) -> None:
        self._text = text
        self._begin = begin
        self._end = end
        self._found = found
        self._words = words

    def figures(self) -> list[Figure]:
        """The figures, in order."""
        noted = self._measures()
        cuts = [(reading.start, day) for reading in self._found if (day := self._cut_off(reading))]
        result = []
        for reading, (measure, unit) in zip(self._found, noted, strict=True):
            as_of = None
            if cuts and reading.kind not in {*_CALENDAR, "reference", "ordinal"}:
                as_of = min(cuts, key=lambda cut: abs(cut[0] - reading.start))[1]
            result.append(
                Figure(
                    kind=reading.kind,
                    value=reading.value,
                    high=reading.high,
                    unit=unit,
                    qualifier=self._qualifier(reading),
                    measure=measure,
                    as_of=as_of,
                    iso=reading.iso,
                    start=reading.start,
                    end=reading.end,
                )
            )
        return result

    def _measures(self) -> list[tuple[tuple[str, ...], str]]:
        """(measure, unit) of each reading; what one lacks it takes from its neighbour in the same series."""
        noted = []
        previous = self._begin
        for place, reading in enumerate(self._found):
            # "les six premières villes": an ordinal does not end the phrase
            ahead = (other.start for other in self._found[place + 1 : place + 3] if other.kind != "ordinal")
            measure, unit, previous = self._measure(
                reading, previous, min(next(ahead, self._end), reading.end + _REACH_CHARS)
            )
            noted.append((measure, unit))
        last: dict[str, tuple[tuple[str, ...], str]] = {}
        for place, reading in enumerate(self._found):
            if place + 1 < len(self._found) and self._found[place + 1].kind == reading.kind:
                self._share(place, noted)
            if not noted[place][0] and reading.kind in last:
                measure, unit = last[reading.kind]
                noted[place] = (measure, noted[place][1] or unit)
            if noted[place][0] and reading.kind in {"percent", "money", "number"}:
                last[reading.kind] = noted[place]
        return noted

    def _share(self, place: int, noted: list[tuple[tuple[str, ...], str]]) -> None:
        """Settles the measures of two figures of one kind that stand side by side."""
        reading, after = self._found[place : place + 2]
        between = self._text[reading.end : after.start]
        if _TO.fullmatch(between) and not noted[place][0]:
            noted[place] = noted[place + 1]  # "de 2 921 à 3 025 bâtiments"
        elif reading.kind in _UNITED and _LISTED.fullmatch(between):
            pair = measures.pair(self._words.between(max(self._begin, reading.start - _REACH_CHARS), reading.start))
            if pair:
                noted[place], noted[place + 1] = (pair[0], reading.unit), (pair[1], after.unit)

    def _measure(self, reading: Reading, previous: int, stop: int) -> tuple[tuple[str, ...], str, int]:
        """(measure, unit, where the words begin that the next reading may use)."""
        if reading.kind == "reference":
            return (reading.name,), reading.unit, reading.end
        if reading.kind in _CALENDAR:
            return (), reading.unit, reading.end
        phrase, head, reached = measures.after(self._words.between(reading.end, stop), self._text, reading.end)
        if phrase and reading.kind not in {"percent", "money"}:
            return phrase, reading.unit or head or phrase[0], reached
        words = self._words.between(max(previous, reading.start - _REACH_CHARS), reading.start)
        earlier, announced = measures.before(words, self._text, reading.start)
        if phrase and not announced:
            return phrase, reading.unit, reached
        return earlier, reading.unit, reading.end

    def _qualifier(self, reading: Reading) -> str:
        if reading.kind in {"reference", "ordinal"}:
            return ""
        calendar = reading.kind in _CALENDAR
        before = self._text[max(self._begin, reading.start - 32) : reading.start]
        for pattern, name in _BEFORE_DATE if calendar else _BEFORE_AMOUNT:
            if pattern.search(before):
                return "au moins" if name == "moins de" and _NOT_LESS.search(before) else name
        if calendar:
            return ""
        after = _AFTER_AMOUNT.match(self._text, reading.end, self._end)
        if after and (after[1].lower() not in {"moins", "plus"} or "au" in after.group().lower().split()):
            return _AFTER_NAMES[after[1].lower()]
        return "environ" if reading.about else ""

    def _cut_off(self, reading: Reading) -> str | None:
        """The ISO day at which the sentence says its figures stood, if this date is one."""
        iso = reading.iso or ""
        if reading.kind not in {"date", "period"} or iso.startswith("-") or "/" in iso:
            return None
        before = self._text[max(self._begin, reading.start - 24) : reading.start]
        if not _CUT_OFF.search(before) or _FROM.search(before):
            return None
        if reading.kind == "period" and not _END_OF.search(before):
            return None
        return last_day(iso)


def same(a: Figure, b: Figure) -> bool:
    """Whether two figures say the same: equal values in compatible units, whatever their writing.

    Counted nouns are not compared ("3 025 bâtiments" and "3 025 édifices" agree), nor are
    qualifiers, measures and cut-off dates. A number without a unit or noun agrees with any
    amount, never with a rate. A half agrees with 50 %.
    """
    kinds = {a.kind, b.kind}
    if kinds & _CALENDAR:
        return _same_time(a, b)
    if "reference" in kinds:
        return a.kind == b.kind and a.measure == b.measure and (a.unit == b.unit or "n°" in {a.unit, b.unit})
    if kinds == {"fraction", "percent"}:
        part, rate = (a, b) if a.kind == "fraction" else (b, a)
        return rate.unit == "%" and part.value is not None and part.value * 100 == rate.value
    if a.value != b.value or a.high != b.high:
        return False
    if a.kind == b.kind:
        return a.kind in {"number", "ordinal", "fraction"} or a.unit == b.unit
    bare, other = (a, b) if a.kind == "number" else (b, a)
    return bare.kind == "number" and not bare.unit and other.kind in {"money", "quantity", "duration"}


def _same_time(a: Figure, b: Figure) -> bool:
    if a.iso is not None and b.iso is not None:
        return a.iso == b.iso
    year, other = (a, b) if a.iso is not None else (b, a)
    return other.kind == "number" and other.value is not None and year.iso == str(other.value)
