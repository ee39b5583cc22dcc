"""Finds and reads the figures of a text, one place after the other, without their context."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from rag.french import fold
from rag.text.dates import MONTH, read_when
from rag.text.numerals import NUMBER_WORD, ORDINAL_WORD, Number, ordinal_word, plain, read_number, roman
from rag.text.units import Unit, read_unit

Kind = Literal[
    "number", "percent", "fraction", "money", "quantity", "duration", "ordinal", "date", "period", "time", "reference"
]


class Reading(NamedTuple):
    """A figure as it stands at [start, end); see `rag.figures.Figure` for kind, value, high, unit and iso.

    name: of a reference, its normalised text; about: the word itself is approximate ("une dizaine").
    """

    kind: Kind
    value: Decimal | None
    high: Decimal | None
    unit: str
    iso: str | None
    start: int
    end: int
    name: str = ""
    about: bool = False


_GAP = r"[ \t\u00a0\u2009\u202f]"
_REFERENCE_WORD = (
    r"articles?|art\.|alinéas?|chapitres?|chap\.|annexes?|titre|section|pages?|p\.|lots?|axes?|objectifs?|composantes?"
    r"|phases?|tableaux?|figures?|points?|étapes?|ODD|secteurs?|arrondissements?|zones?|groupes?|niveau|classe|série"
    r"|salle|porte"
)
_ACT_WORD = r"loi|décret|arrêté|ordonnance|raabo|kiti|zatu"
_NUMERO = rf"n{_GAP}?[°º]"
_REFERENCE = re.compile(
    rf"(?:(?P<word>{_REFERENCE_WORD}){_GAP}*(?:n{_GAP}?[°ºo]\.?{_GAP}*)?(?P<number>\d[\d.]*(?:-\d+)?)"
    rf"(?![\w,]|{_GAP}?%|{_GAP}\d)"
    rf"|(?P<act>(?:[^\W\d_]+{_GAP}+)?{_NUMERO}{_GAP}*|(?:{_ACT_WORD}){_GAP}+(?=\d+[-/]\d))"
    r"(?P<code>(?:\d|[A-Z])[\w.]*(?:[-/_.][\w.]*\w)*))",
    re.I,
)
_ABBREVIATED = {"art": "article", "p": "page", "chap": "chapitre", "arrete": "arrêté", "decret": "décret"}
_ORDINAL_DIGITS = re.compile(
    r"(\d+)[ \u00a0\u202f]?(?:ᵉʳᵉ|ᵉʳ|ʳᵉ|ᵉᵐᵉ|ᵉ|[èe]mes?|i[èe]mes?|ers?|[èe]res?|res?|es?|nde?s?)(?!\w)"
)
_ROMAN_ORDINAL = re.compile(r"([IVX]+)(?:ᵉ|e|ème|er|ère|re)(?!\w)")
_ORDINAL_WORDS = re.compile(ORDINAL_WORD, re.I)
# "Premier ministre", "première responsable", "en premier lieu", "matière première" rank nothing.
_NOT_RANKED = re.compile(
    rf"{_GAP}+(?:ministre|minist[èe]re|minist[ée]riel\w*|responsables?|dames?|lieu|plan|abord|temps|secours|né[es]*"
    r"|nécessité|heure|chef|magistrat|vice|rangs?|citoyen|main)(?!\w)",
    re.I,
)
_RANKED_THING_BEFORE = re.compile(r"(?:matières?|\ben|\bde)\s$", re.I)
_DIGIT_FRACTION = re.compile(rf"(\d{{1,2}})/(\d{{1,3}})(?={_GAP}+(?:des?|du|de la)\b)")
_PART = re.compile(
    rf"(?:(?:la{_GAP}+)?(?P<half>moiti[ée])|le{_GAP}+(?P<third>tiers)|le{_GAP}+(?P<quarter>quart))"
    r"(?!\w|[ -]d['’]heure|[ -]monde)",
    re.I,
)
_RANGE = re.compile(rf"{_GAP}*(à|et|-|–|—|ou){_GAP}*", re.I)
_DASHES = frozenset("-–—")
_HALF_MORE = re.compile(rf"{_GAP}+et{_GAP}+demie?(?!\w)", re.I)
# "passer de 2 921 à 3 025" goes from one figure to another: no range.
_MOVES = re.compile(
    r"(?:pass|évolu|progress|augment|hauss|baiss|recul|port[ée]|ramen|chut|bond|grimp|mont[ée]|rédui|diminu|accru|crû)"
    r"[^\s.]*(?:\s+[^\s.]+){0,7}\s+(?:de|d['’])\s*$",
    re.I,
)
_BEFORE_RANGE = re.compile(rf"(?:\bde|\bd['’]|\bentre){_GAP}*$", re.I)
_BETWEEN = re.compile(rf"\bentre{_GAP}+$", re.I)
_SCALE_WORD = re.compile(r"(mille|million|milliard|billion|md)s?\.?$", re.I)
_POUR = re.compile(r"pour\s$", re.I)
_COUNTED_NEXT = re.compile(r"\s(?:[^\W\d_]+[sx]\b|mill|cent|ans\b|heures|\()", re.I)

_PHONE_TAIL = rf"(?!\d|[.,]\d|{_GAP}\d{{3}}(?!\d)|{_GAP}?(?:%|F\b|€|fcfa|francs|bo[iî]|personnes|habitants|tonnes))"
_SKIP = re.compile(
    r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+"  # addresses
    r"|(?:\+|00)[ \u00a0]?\d{3}[ .\u00a0-]?(?:\d\d[ .\u00a0-]?){4}(?!\d)"  # +226 25 30 12 34
    r"|(?:\+|00)\d[\d ()\u00a0.-]{8,24}\d"
    rf"|(?<![\d,.])\d\d(?:([ .\u00a0\u202f/-])\d\d)(?:\1\d\d){{2,3}}{_PHONE_TAIL}"  # 25 30 12 34
    r"|(?:t[ée]l(?:[ée]phone)?|fax|whatsapp|contacts?|appeler le|num[ée]ro vert)[ \u00a0.]*:?[ \u00a0]*"
    r"(?:\(?\+?\d[\d ()\u00a0./-]{5,40}\d|\d{2,4}\b)"
    r"|\bOuaga(?:dougou)?\s2000\b",  # a district
    re.I,
)
_CANDIDATE = re.compile(
    rf"(?<!\w)(?:(?P<digit>\d)"
    rf"|(?P<when>{MONTH}|exercice|gestion|campagne|ann[ée]e|rentr[ée]e|saison|[TS][1-4][\s-]*20)"
    rf"|(?P<reference>(?:{_REFERENCE_WORD}){_GAP}*(?:n{_GAP}?[°ºo]\.?{_GAP}*)?\d"
    rf"|(?:[^\W\d_]+{_GAP}+)?{_NUMERO}{_GAP}*[\dA-Z]|(?:{_ACT_WORD}){_GAP}+\d)"
    rf"|(?P<ordinal>{ORDINAL_WORD}|dernier{_GAP}+(?:tri|se)mestre)|(?P<roman>[IVX]+(?:ᵉ|e|ème|er|ère|re)(?!\w))"
    rf"|(?P<part>(?:la{_GAP}+)?moiti[ée]|le{_GAP}+(?:tiers|quart)(?!\w))"
    rf"|(?P<word>{NUMBER_WORD}))",
    re.I,
)
_CODE_BEFORE = re.compile(r"[^\W\d_][-.]$")  # "COVID-19"
_MID = re.compile(r"(?<!\w)(?:mi|avant|après|post|fin|début)-$", re.I)
_LINE_START = re.compile(r"\n[ \t\u00a0•-]*$")
_SLASHED = re.compile(r"\d+(?:/\d+){2,}")  # "31/02/2024", no date
_LIST_MARKER = re.compile(r"\d{1,2}(?:[.)°][ \u00a0\t]+(?=\D)|\.\d{1,2}\.?[ \u00a0\t]+(?=[A-ZÀ-Þ«]))")


def readings(text: str) -> Iterator[Reading]:
    """The figures of `text` in order, none overlapping another; telephones and addresses are stepped over."""
    end = len(text)
    skips = [(match.start(), match.end()) for match in _SKIP.finditer(text)]
    skips.append((end, end))
    skip = 0
    at = 0
    while match := _CANDIDATE.search(text, at):
        start = match.start()
        while skip < len(skips) - 1 and skips[skip][1] <= start:
            skip += 1
        if skips[skip][0] <= start < skips[skip][1]:
            at = skips[skip][1]
            continue
        reading = _read(text, start, end, match.lastgroup or "")
        if reading:
            yield reading
            at = reading.end
        else:
            at = _past(text, match)


def _past(text: str, match: re.Match[str]) -> int:
    """Where to go on after a candidate that was none: after its whole word, so that "4G" gives no 4."""
    if match.lastgroup == "reference":
        return match.end() - 1
    at = match.start() + 1
    while at < len(text) and (text[at].isalnum() or _within_number(text, at)):
        at += 1
    return at


def _within_number(text: str, at: int) -> bool:
    return text[at] in ".,/" and text[at - 1].isdigit() and text[at + 1 : at + 2].isdigit()


def _read(text: str, at: int, end: int, group: str) -> Reading | None:
    """What stands at `at`: the readers of the candidate's group, the first that can wins."""
    readers: tuple[_Reader, ...] = _READERS[group]
    if group == "digit" and _is_label(text, at):
        readers = (_calendar,)
    for read in readers:
        reading = read(text, at, end)
        if reading:
            return reading
    return None


def _is_label(text: str, at: int) -> bool:
    """A digit of a code ("COVID-19") or of a list marker ("1. ")."""
    if _SLASHED.match(text, at):
        return True
    if _CODE_BEFORE.search(text, max(0, at - 2), at) and not _MID.search(text, max(0, at - 7), at):
        return True
    return (
        bool(_LIST_MARKER.match(text, at)) and _LINE_START.search(text[max(0, at - 8) : at].rjust(8, "\n")) is not None
    )


def _calendar(text: str, at: int, end: int) -> Reading | None:
    when = read_when(text, at, end)
    return Reading(when.kind, None, None, when.unit, when.iso, at, when.end) if when else None


def _reference(text: str, at: int, end: int) -> Reading | None:
    match = _REFERENCE.match(text, at, end)
    if not match:
        return None
    number = (match["number"] or match["code"]).rstrip(".")
    if not any(char.isdigit() for char in number):
        return None
    start = match.start()
    act = match["act"] or ""
    word = re.sub(rf"\s*{_NUMERO}\s*$", "", (match["word"] or act).strip(), flags=re.I).strip().lower().rstrip(".")
    if act and word and fold(word) not in _NUMBERED:
        start = match.start() + act.lower().rindex("n")  # "du n° 12": the word before is no part of it
        word = ""
    word = _ABBREVIATED.get(fold(word), word)
    unit = word if word in {"", "odd"} else word.removesuffix("s")
    value = Decimal(number) if number.isdecimal() else None
    finish = match.start("number" if match["number"] else "code") + len(number)
    return Reading("reference", value, None, unit or "n°", None, start, finish, name=re.sub(r"\s", "", fold(number)))


_NUMBERED = frozenset(
    [
        *("loi", "decret", "arrete", "ordonnance", "raabo", "kiti", "zatu", "avis", "note", "lettre", "circulaire"),
        *("deliberation", "communique", "decision", "marche", "secteur", "lot", "article", "contrat", "convention"),
        *("arrondissement", "axe", "zone", "projet", "recepisse", "tableau", "annexe"),
    ]
)


def _part(text: str, at: int, end: int) -> Reading | None:
    match = _PART.match(text, at, end)
    if not match:
        return None
    parts = {"half": 2, "third": 3, "quarter": 4}
    value = Decimal(1) / parts[match.lastgroup or "half"]
    return Reading("fraction", value, None, "", None, at, match.end())


def _ordinal(text: str, at: int, end: int) -> Reading | None:
    match = (
        _ORDINAL_DIGITS.match(text, at, end)
        or _ROMAN_ORDINAL.match(text, at, end)
        or _ORDINAL_WORDS.match(text, at, end)
    )
    if not match or _NOT_RANKED.match(text, match.end(), end):
        return None
    rank: int | None
    if match.re is _ORDINAL_WORDS:
        adverb = _RANKED_THING_BEFORE.search(text, max(0, at - 9), at) is not None
        if adverb and not re.match(r"\s[^\W\d_]", text[match.end() : match.end() + 2]):
            return None  # "matière première", "en premier,"
        rank = ordinal_word(match.group())
    else:
        rank = roman(match[1]) if match.re is _ROMAN_ORDINAL else int(match[1])
    return Reading("ordinal", Decimal(rank), None, "", None, at, match.end()) if rank else None


def _digit_fraction(text: str, at: int, end: int) -> Reading | None:
    match = _DIGIT_FRACTION.match(text, at, end)
    if not match or not 0 < int(match[1]) < int(match[2]):
        return None
    return Reading("fraction", Decimal(match[1]) / Decimal(match[2]), None, "", None, at, match.end())


def _quantity(text: str, at: int, end: int) -> Reading | None:
    first = read_number(text, at, end)
    if not first or _is_no_number(text, at, first):
        return None
    start = at
    if text[at - 1 : at] in {"-", "−"} and text[at].isdigit() and (at == 1 or text[at - 2] in " \u00a0("):
        first = first._replace(value=-first.value)
        start = at - 1
    unit, stop = read_unit(text, first.end, end, scaled=first.scaled)
    span = _Range(first.value, None, unit, stop)
    if stop > first.end or not text[stop : stop + 1].isalpha():
        span = _second(text, at, first, span, end) or span
    if span.stop == first.end and text[span.stop : span.stop + 1].isalpha():
        return None  # "4G", "2iE"
    if first.kind == "one" and span.high is None and (span.unit is None or span.unit.kind != "percent"):
        return None  # "un agent", "un an"
    low, stop = span.low, span.stop
    if span.unit is not None and span.unit.kind in {"duration", "quantity"} and span.high is None:
        half = _HALF_MORE.match(text, stop, end)
        if half:
            low, stop = low + Decimal("0.5"), half.end()
    kind: Kind = span.unit.kind if span.unit else "fraction" if first.kind == "fraction" else "number"
    name = span.unit.name if span.unit else ""
    return Reading(kind, low, span.high, name, None, start, stop, about=first.kind == "about")


def _is_no_number(text: str, at: int, number: Number) -> bool:
    """ "pour cent" without a number before it; "neuf" that means new."""
    word = plain(text[at : number.end])
    if word in {"cent", "mille"} and _POUR.search(text, max(0, at - 6), at):
        return not _COUNTED_NEXT.match(text, number.end)
    return word == "neuf" and not _COUNTED_NEXT.match(text, number.end)


class _Range(NamedTuple):
    low: Decimal
    high: Decimal | None
    unit: Unit | None
    stop: int


def _second(text: str, at: int, first: Number, found: _Range, end: int) -> _Range | None:
    """The range that `first` begins, if it does: "15 à 16 milliards", "entre 10 et 20 %"."""
    link = _RANGE.match(text, found.stop, end)
    before = text[max(0, at - 80) : at]
    if not link or link.end() >= end or not _links(text, at, link, before):
        return None
    last = read_number(text, link.end(), end)
    if not last or last.kind not in {"plain", "about"}:
        return None
    unit, stop = read_unit(text, last.end, end, scaled=last.scaled)
    glued = stop == last.end and text[last.end : last.end + 1].isalpha()
    if glued or (found.unit is not None and unit != found.unit):
        return None
    low = first.value
    if last.scaled and not first.scaled and low < 1000:
        low *= _scale(text[link.end() : last.end])
    # "10 à 15" is a range by itself; "de 10 à 900" is one because "de" says so
    if low >= last.value or (low * 20 < last.value and not _BEFORE_RANGE.search(before)):
        return None
    return _Range(low, last.value, unit, stop)


def _links(text: str, at: int, link: re.Match[str], before: str) -> bool:
    """Whether the word between two numbers makes them one range."""
    word = link[1].lower()
    if word == "et":
        return _BETWEEN.search(before) is not None
    if word == "à":
        return _MOVES.search(before) is None
    if word == "ou":
        return text[at].isalpha()
    return link.group() in _DASHES and text[link.end()].isdigit()


def _scale(surface: str) -> Decimal:
    word = _SCALE_WORD.search(surface.strip())
    number = read_number(f"1 {word[1]}", 0, 2 + len(word[1])) if word else None
    return number.value if number else Decimal(1)


_Reader = Callable[[str, int, int], Reading | None]
_READERS: dict[str, tuple[_Reader, ...]] = {
    "reference": (_reference,),
    "part": (_part,),
    "when": (_calendar,),
    "ordinal": (_calendar, _ordinal, _quantity),
    "roman": (_calendar, _ordinal),
    "digit": (_calendar, _ordinal, _digit_fraction, _quantity),
    "word": (_quantity,),
}
