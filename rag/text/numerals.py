"""Numbers in French text, in digits and in letters, read at a place.

Written here, not taken from text2num: that one was tried and reads every "une" as
1, "deux virgule cinq millions" as 2,5000000, knows no fraction, and gives word
positions where exact character spans are needed.
"""

import re
from decimal import Decimal
from typing import NamedTuple

_UNITS = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_SCALES = {
    "mille": 10**3,
    "millier": 10**3,
    "million": 10**6,
    "milliard": 10**9,
    "billion": 10**12,
    "md": 10**9,
    "mrd": 10**9,
}
_COLLECTIVES = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
_DENOMINATORS = {
    "tiers": 3, "quart": 4, "quarts": 4, "cinquieme": 5, "sixieme": 6, "septieme": 7,
    "huitieme": 8, "neuvieme": 9, "dixieme": 10, "centieme": 100,
}  # fmt: skip
_IRREGULAR_ORDINALS = {"premier": 1, "premiere": 1, "second": 2, "seconde": 2}

_WORD = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?"
    r"|trente|quarante|cinquante|soixante|septante|huitante|octante|nonante|cents?|mille)"
)
NUMBER_WORD = rf"{_WORD}(?![\w’'])"
ORDINAL_WORD = (
    r"(?:premi(?:er|[èe]re)s?|seconde?s?"
    rf"|(?:{_WORD}(?:-et-|-|\s+et\s+|\s+)){{0,9}}"
    r"(?:deuxi|troisi|quatri|cinqui|sixi|septi|huiti|neuvi|dixi|onzi|douzi|treizi|quatorzi|quinzi|seizi|vingti|uni"
    r"|trenti|quaranti|cinquanti|soixanti|centi|milli)[èe]mes?)(?![\w])"
)
_RUN = re.compile(rf"{NUMBER_WORD}(?:(?:\s?-\s?|[^\S\n]+)(?:et(?:\s?-\s?|[^\S\n]+))?{NUMBER_WORD}){{0,19}}", re.I)
_RUN_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(
    r"(?:[1-9]\d{0,2}(?:(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:,\d+)?|(?:\.\d{3})+(?![.\d])(?:,\d+)?"
    r"|(?:['’]\d{3})+(?!\d)|(?:,\d{3}){2,}(?!\d))|\d+(?:[.,]\d+)?)(?!\d)"
)
_MOST_DIGITS = 24  # longer ones are codes, and Decimal would round them
_GROUPED_BY_DOT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_GROUPED_BY_COMMA = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,}")
_GAPS = re.compile(r"[ \u00a0\u2009\u202f'’]")
_SCALE = re.compile(r"[^\S\n]*(?:(mille|milliers?|millions?|milliards?|billions?)|(mds?|mrds?))(?![\w’'])\.?", re.I)
_NEXT = re.compile(r"[^\S\n]+(?:et[^\S\n]+)?")
_HALF = re.compile(r"[^\S\n]+et[^\S\n]+demie?(?!\w)", re.I)
_DOUBLED_DIGITS = re.compile(r"[^\S\n]*\([^\S\n]*0*(\d[\d \u00a0\u202f]*)[^\S\n]*\)")
_DOUBLED_WORDS = re.compile(rf"[^\S\n]*\([^\S\n]*({NUMBER_WORD}[^()]*)\)", re.I)
_FRACTION = re.compile(
    r"[^\S\n]+(tiers|quarts?|cinqui[èe]mes?|sixi[èe]mes?|septi[èe]mes?|huiti[èe]mes?|neuvi[èe]mes?|dixi[èe]mes?"
    r"|centi[èe]mes?)(?!\w)",
    re.I,
)
_COLLECTIVE = re.compile(
    r"(?:(une?|deux|trois|quatre|cinq|quelque)[^\S\n]+)?(bonne[^\S\n]+|petite[^\S\n]+)?"
    r"(dizaine|douzaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine|soixantaine|centaine|millier)s?(?!\w)",
    re.I,
)
_VIRGULE = re.compile(rf"[^\S\n]+virgule[^\S\n]+(?={NUMBER_WORD})", re.I)


class Number(NamedTuple):
    """A number read in text: `end` is the offset after it.

    kind: "plain", "one" ("un", "une" alone: an article until something says otherwise),
    "about" ("une dizaine"), "fraction"; scaled: a word such as "millions" was part of it.
    """

    value: Decimal
    end: int
    kind: str
    scaled: bool


def plain(word: str) -> str:
    """Lower case without the accents that number words bear."""
    return word.lower().replace("é", "e").replace("è", "e")


def digits(surface: str) -> Decimal:
    """The value of a number in digits with French marks: "1 848" "1.848" -> 1848, "69,89" "69.89" -> 69.89."""
    if _GROUPED_BY_COMMA.fullmatch(surface):
        surface = surface.replace(",", "")
    elif _GROUPED_BY_DOT.fullmatch(surface):
        surface = surface.replace(".", "")
    return Decimal(_GAPS.sub("", surface).replace(",", "."))


def read_number(text: str, at: int, end: int) -> Number | None:
    """The longest number that begins exactly at `at`, scales ("12,5 milliards") and fractions included."""
    first = _simple(text, at, end)
    if first is None:
        collective = _COLLECTIVE.match(text, at, end)
        return _read_collective(collective) if collective else None
    value, stop = first
    spelled = not text[at].isdigit()
    if spelled:
        collective = _COLLECTIVE.match(text, at, end)
        if collective:
            return _read_collective(collective)
        fraction = _FRACTION.match(text, stop, end)
        if fraction:
            name = plain(fraction[1])
            below = _DENOMINATORS.get(name) or _DENOMINATORS[name.removesuffix("s")]
            if value < below:
                return Number(value / below, fraction.end(), "fraction", False)
    value, stop, scaled = _scales(text, value, stop, end)
    one = spelled and value == 1 and not scaled
    doubled = _doubled(text, value, stop, end, spelled=spelled)
    return Number(value, doubled or stop, "one" if one and not doubled else "plain", scaled)


def _scales(text: str, value: Decimal, stop: int, end: int) -> tuple[Decimal, int, bool]:
    """Applies "millions", "milliards ... millions ...", "et demi" that follow a number ending at `stop`."""
    total = Decimal(0)
    last = Decimal(10**15)
    scaled = False
    while True:
        scale = _SCALE.match(text, stop, end)
        if not scale:
            break
        factor = Decimal(_SCALES[plain(scale[1] or scale[2]).removesuffix("s")])
        if factor >= last:
            break
        stop = scale.end()
        twice = _SCALE.match(text, stop, end)  # "deux mille milliards"
        if twice and factor == 1000 and not twice[2]:
            factor *= _SCALES[plain(twice[1]).removesuffix("s")]
            stop = twice.end()
        total += value * factor
        scaled = True
        last = factor
        value = Decimal(0)
        half = _HALF.match(text, stop, end)
        if half:
            total += factor / 2
            stop = half.end()
            break
        gap = _NEXT.match(text, stop, end)
        more = _simple(text, gap.end(), end) if gap else None
        if not more or more[0] >= last:
            break
        follows = _SCALE.match(text, more[1], end)
        # "12 millions 500 000" is one amount; "2 milliards et 300 agents" is not
        whole = follows is not None or (more[0] >= 1000 and "et" not in text[stop : more[1]].split())
        if not whole or (follows and _SCALES[plain(follows[1] or follows[2]).removesuffix("s")] >= last):
            break
        value, stop = more
        if not follows:
            break
    total += value
    if scaled and total == total.to_integral_value():
        total = total.quantize(Decimal(1))
    return total, stop, scaled


def _simple(text: str, at: int, end: int) -> tuple[Decimal, int] | None:
    """A number without scale at `at`: digits, or a spelled number below a million."""
    if at < end and text[at].isdigit():
        match = _DIGITS.match(text, at, end)
        if not match or len(match.group()) > _MOST_DIGITS:
            return None
        return digits(match.group()), match.end()
    run = _RUN.match(text, at, end)
    if not run:
        return None
    words = [(plain(word.group()), word.end()) for word in _RUN_WORD.finditer(run.group())]
    value, used = spelled([word for word, _ in words])
    if used == 0:
        return None
    stop = at + words[used - 1][1]
    point = _VIRGULE.match(text, stop, end)
    if point:
        decimals = _simple(text, point.end(), end)
        if decimals:
            return Decimal(f"{value}.{decimals[0]}"), decimals[1]
    return Decimal(value), stop


def spelled(words: list[str]) -> tuple[int, int]:
    """(value, how many words used) of the longest French number below a million that `words` begin with."""
    high, used = _below_thousand(words, 0)
    if used < len(words) and words[used] == "mille" and (used == 0 or high > 1):
        thousand = max(high, 1) * 1000
        low, after = _below_thousand(words, used + 1)
        return thousand + low, after
    return high, used


def _below_thousand(words: list[str], at: int) -> tuple[int, int]:
    value, after = _below_hundred(words, at)
    if after < len(words) and words[after] in {"cent", "cents"} and (after == at or 2 <= value <= 9):
        hundreds = max(value, 1) * 100
        low, end = _below_hundred(words, after + 1)
        return hundreds + low, end
    return value, after


def _below_hundred(words: list[str], at: int) -> tuple[int, int]:
    if at >= len(words):
        return 0, at
    word = words[at]
    if word == "quatre" and words[at + 1 : at + 2] in (["vingt"], ["vingts"]):
        low, after = _digit_or_teen(words, at + 2, allow_and=False)
        return 80 + low, after
    if word in _TENS:
        ten = _TENS[word]
        low, after = _digit_or_teen(words, at + 1, allow_and=True)
        if low >= 10 and ten != 60:
            return ten, at + 1
        return ten + low, after
    return _digit_or_teen(words, at, allow_and=False)


def _digit_or_teen(words: list[str], at: int, *, allow_and: bool) -> tuple[int, int]:
    if allow_and and words[at : at + 1] == ["et"] and words[at + 1 : at + 2] in (["un"], ["une"], ["onze"]):
        return _UNITS[words[at + 1]], at + 2
    if at >= len(words) or words[at] not in _UNITS:
        return 0, at
    value = _UNITS[words[at]]
    if value == 10 and words[at + 1 : at + 2] in (["sept"], ["huit"], ["neuf"]):
        return 10 + _UNITS[words[at + 1]], at + 2
    return value, at + 1


def _read_collective(match: re.Match[str]) -> Number | None:
    if not match[1]:
        return None
    count = _UNITS.get(plain(match[1]), 1)
    return Number(Decimal(count * _COLLECTIVES[plain(match[3])]), match.end(), "about", True)


def _doubled(text: str, value: Decimal, stop: int, end: int, *, spelled: bool) -> int:
    """The end of a number said twice, "cinq (05)" or "5 (cinq)"; 0 when it is not."""
    match = (_DOUBLED_DIGITS if spelled else _DOUBLED_WORDS).match(text, stop, end)
    if not match:
        return 0
    if spelled:
        return match.end() if digits(match[1].strip()) == value else 0
    inner = _simple(text, match.start(1), match.end(1))
    if not inner:
        return 0
    again, after, _ = _scales(text, inner[0], inner[1], match.end(1))
    return match.end() if again == value and not text[after : match.end(1)].strip() else 0


def ordinal_word(surface: str) -> int | None:
    """The rank that a spelled ordinal gives: "dix-neuvième" -> 19, "première" -> 1; None if it is not one."""
    words = [plain(word.group()) for word in _RUN_WORD.finditer(surface)]
    last = words[-1]
    for form in (last, last.removesuffix("s")):
        if form in _IRREGULAR_ORDINALS:
            return _IRREGULAR_ORDINALS[form]
    root = last.removesuffix("s").removesuffix("ieme")
    cardinal = {"neuv": "neuf", "cinqu": "cinq"}.get(root)
    for guess in (cardinal, root, root + "e"):
        if guess and (guess in _UNITS or guess in _TENS or guess in {"cent", "mille"}):
            value, used = spelled([*words[:-1], guess])
            return value if used == len(words) else None
    return None


def roman(surface: str) -> int | None:
    """The value of a roman numeral up to 39, enough for centuries and chapters; None if malformed."""
    if not re.fullmatch(r"X{0,3}(?:IX|IV|V?I{0,3})", surface) or not surface:
        return None
    value = 0
    for char, after in zip(surface, surface[1:] + " ", strict=True):
        step = {"I": 1, "V": 5, "X": 10}[char]
        value += -step if {"I": 1, "V": 5, "X": 10}.get(after, 0) > step else step
    return value
