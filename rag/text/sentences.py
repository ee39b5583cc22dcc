"""Sentence boundaries in French press-office text, with exact offsets.

Rules, not a model: a boundary is a closing mark (. ! ? …) with the quotes and
brackets that close after it, followed by white space and something that can
begin a sentence. What looks like one and is not (abbreviations, initials, list
markers, marks inside a short quotation) is in the tables at the top.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from corpus.records import Span


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


# A name follows: never the end of a sentence.
_BEFORE_NAME = _words("""
    m mm mme mmes mlle mlles dr drs pr prs prof me mgr st ste s.e s.e.m s.e.mme s.m lt cdt cpt cne col gal gén adj sgt
    ing ph hon cf ex p.ex c.-à-d i.e vs
""")
# A number or a reference follows: the end of a sentence otherwise ("le 7e art. Notre équipe").
_BEFORE_NUMBER = _words("""
    art al p pp pg n no nos nº n° vol chap fig tab éd ed tél tel réf ref bd av rés sect sec ch tit annexe min max env
    ann v janv févr fév avr juil sept oct nov déc
""")
# After a single letter or a dotted acronym, these begin a sentence when a small letter follows them.
_STARTERS = _words("""
    le la les l un une des du de il elle ils elles on nous vous je ce cet cette ces c ceci cela en au aux à dans pour
    par sur selon lors après avant depuis pendant avec sans sous son sa ses leur leurs notre nos mon ma mes tout toute
    tous toutes ainsi aussi cependant toutefois enfin ensuite puis mais or car donc et si quand lorsque comme parmi
    outre concernant quant chaque plusieurs y d qu qui que celui celle autre autres
""")
_BLOCK = re.compile(r"\n[^\S\n]*\n\s*")
# A new line that begins a list item or a table row.
_LIST_LINE = re.compile(
    r"\n(?=[^\S\n]*(?:[-–—•▪●◦*➢✓→|]|\(?(?:\d{1,2}[.)°/]|(?:[a-z]|[ivx]{1,4}|[IVX]{1,4})[.)]))[^\S\n]+\S)"
)
_MARK = re.compile(r"(?<![.!?…])[.!?…]++(?:\s?»|[”\"’')\]])*\.?(?=\s|$|[A-ZÀ-ÖØ-Þ«•])")
_SPACE = re.compile(r"\s*")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_OPENERS = frozenset("«“\"‘'’([–—-•▪●*→")
_LAST_WORD = re.compile(r"[^\s«“\"‘’'(\[/]*$")
_FIRST_WORD = re.compile(r"[\w-]+")
_LIST_MARKER = re.compile(r"\W*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})(?:\.\d{1,2})*")
_LIST_MARKER_CHARS = 5
# Longer quotations are speech, which has sentences of its own.
_SHORT_QUOTE_CHARS = 90
# No abbreviation is longer; looking no further back keeps the time linear in the text.
_WORD_CHARS = 40
# No passage is longer. A question reads thirty passages and more, and the next one many of the same: with 4,096 of them
# remembered, some 15 MB.
KEPT_CHARS = 2000


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of `text` in order: trimmed, never overlapping, covering all that is not blank.

    Blocks, separated by blank lines, are never merged. Within a block a new line
    is a space, unless a list item or a table row begins there. Those of passages are remembered.
    """
    return _remembered(text) if len(text) <= KEPT_CHARS else _sentences(text)


def _sentences(text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    begin = 0
    for gap in _BLOCK.finditer(text):
        _block(text, begin, gap.start(), found)
        begin = gap.end()
    _block(text, begin, len(text), found)
    return tuple(found)


_remembered = lru_cache(maxsize=4096)(_sentences)


def _block(text: str, begin: int, end: int, found: list[Span]) -> None:
    for item in _LIST_LINE.finditer(text, begin, end):
        _line(text, begin, item.start(), found)
        begin = item.end()
    _line(text, begin, end, found)


def _line(text: str, begin: int, end: int, found: list[Span]) -> None:
    start = begin
    first = _LETTER_OR_DIGIT.search(text, start, end)
    for mark in _MARK.finditer(text, begin, end):
        if first is None or mark.start() < first.start():
            continue  # "(...) Le ministre"
        if _ends(text, start, mark, end):
            _add(text, start, mark.end(), found)
            start = mark.end()
            first = _LETTER_OR_DIGIT.search(text, start, end)
    _add(text, start, end, found)


def _add(text: str, start: int, end: int, found: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append(Span(start, end))


class _Place(NamedTuple):
    """A closing mark in its sentence: `word` stands before it, `at` is what comes after the white space."""

    text: str
    start: int
    mark: re.Match[str]
    word: str
    at: int
    end: int


def _ends(text: str, start: int, mark: re.Match[str], end: int) -> bool:
    space = _SPACE.match(text, mark.end(), end)
    at = space.end() if space else mark.end()
    if at >= end:
        return True
    last = _LAST_WORD.search(text, max(start, mark.start() - _WORD_CHARS), mark.start())
    place = _Place(text, start, mark, last.group() if last else "", at, end)
    if not _can_begin(place) or (at == mark.end() and not _space_forgotten(place)):
        return False
    return not (mark.group() == "." and _is_abbreviation(place)) and not _in_short_quote(place)


def _can_begin(place: _Place) -> bool:
    """Whether what follows can begin a sentence: a capital, a figure, an opening mark; "e-services"."""
    char = place.text[place.at]
    if char in "([–—-":
        return not place.text[place.at + 1 : place.at + 3].strip()[:1].islower()
    return char.isupper() or char.isdigit() or char in _OPENERS or place.text.startswith(("e-", "i-"), place.at)


def _space_forgotten(place: _Place) -> bool:
    """ "numérique.La ministre" is a boundary; "Node.js", "U.E.", "www.Faso.bf" hold none."""
    if place.text[place.at] in "«•":
        return True
    word = place.word
    if any(char in word for char in "@/.:") or len(word) < 3 or not word[-1].islower():
        return False
    after = place.text[place.at + 1 : place.at + 2]
    return after.islower() or after in {" ", "\u00a0", "’", "'"}


def _is_abbreviation(place: _Place) -> bool:
    """Whether the full stop belongs to the word before it, and the sentence goes on."""
    bare = place.word.strip("([«-–").lower()
    following = place.text[place.at]
    if bare in _BEFORE_NAME or _is_list_marker(place):
        return True
    if bare in _BEFORE_NUMBER:
        return following.isdigit() or place.text.startswith(("n°", "N°", "L.", "R."), place.at)
    if place.word in {"L", "R"} and following.isdigit():
        return True  # "art. L. 12"
    if not following.isupper() or _begins_sentence(place):
        return False
    dotted = "." in bare and all(part.isalpha() and len(part) == 1 for part in re.split("[.-]+", bare))
    if dotted:
        return True  # "S.E.M. Zerbo"
    initial = len(place.word) == 1 and place.word.isupper()
    amount = (
        place.text[max(place.start, place.mark.start() - 3) : place.mark.start() - 1].rstrip()[-1:].isdigit()
    )  # "250 000 F. Celui"
    return initial and not amount


def _is_list_marker(place: _Place) -> bool:
    """ "1." or "a." that opens the sentence, or follows a colon within it."""
    mark = place.mark.start()
    if mark - place.start <= _WORD_CHARS:
        opening = place.text[place.start : mark].strip()
        if len(opening) <= _LIST_MARKER_CHARS and _LIST_MARKER.fullmatch(opening):
            return True
    if not place.word.isdigit() or len(place.word) > 2:
        return False
    before = place.text[max(place.start, mark - len(place.word) - 3) : mark - len(place.word)]
    return before.rstrip()[-1:] in {":", ";"}


def _begins_sentence(place: _Place) -> bool:
    first = _FIRST_WORD.match(place.text, place.at, place.end)
    if not first or first.group().lower() not in _STARTERS:
        return False
    rest = place.text[first.end() : min(place.end, first.end() + 3)].lstrip(" \u00a0\u202f’'")
    return not rest or not rest[0].isupper()


def _in_short_quote(place: _Place) -> bool:
    """A ! or ? inside « … » that opened within this sentence and closes soon after."""
    text, mark = place.text, place.mark
    if "." in mark.group() or "»" in mark.group():
        return False
    opened = text.rfind("«", max(place.start, mark.start() - _SHORT_QUOTE_CHARS), mark.start())
    if opened <= place.start or text.find("»", opened, mark.start()) >= 0:
        return False
    return text.find("»", mark.end(), min(place.end, opened + _SHORT_QUOTE_CHARS)) >= 0
