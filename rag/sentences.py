"""Sentence boundaries in French press-office text, with exact offsets.

Rules, not a model: a boundary is a closing mark (. ! ? …) with the quotes and
brackets that close after it, followed by white space and something that can
begin a sentence. What looks like one and is not (abbreviations, initials, list
markers, marks inside a short quotation) is in the tables at the top.
"""

import re

from corpus.records import Span

# Never end a sentence: what they announce follows (a name, a number, a reference).
_OPEN_ABBREVIATIONS = frozenset(
    "m mm mme mmes mlle mlles dr drs pr prs prof me mes mgr st ste sr s.e s.e.m s.e.mme s.m lt cdt cpt cne col gal gén gen "
    "adj sgt ing art al p pp pg n no nos nº n° vol chap fig tab éd ed cf ex env tél tel réf ref bd bld av rés ph i.e "
    "p.ex c.-à-d sect sec ch dir min max v vs hon".split()
)
# May end one: only the next word tells.
_STARTERS = frozenset(
    "le la les l un une des du de il elle ils elles on nous vous je ce cet cette ces c ceci cela en au aux à dans pour par "
    "sur selon lors après avant depuis pendant avec sans sous son sa ses leur leurs notre nos mon ma mes tout toute tous "
    "toutes ainsi aussi cependant toutefois enfin ensuite puis mais or car donc et si quand lorsque comme parmi outre "
    "concernant quant chaque plusieurs a-t-il y d qu qui que".split()
)
_BLOCK = re.compile(r"(?:[^\S\n]*\n){2,}\s*")
_LIST_LINE = re.compile(r"\n(?=[^\S\n]*(?:[-–—•▪●◦*·o➢✓→]|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)°/])[^\S\n]+\S)")
_MARK = re.compile(r"(?:[.!?…]|\.{2,})+(?:\s?»|[”\"’')\]])*(?:[.])?(?=\s|$|[A-ZÀ-ÖØ-Þ«•])")
_NEXT = re.compile(r"\s*")
_OPENERS = "«“\"‘'([–—-•▪●*→"
_LAST_WORD = re.compile(r"[^\s«“\"‘’'(\[/]*$")
_FIRST_WORD = re.compile(r"[\w-]+")
_LIST_MARKER = re.compile(r"[^\w]*(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})(?:[.]\d{1,2})*$")
_QUOTED_MAX_CHARS = 90


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of `text` in order: trimmed, never overlapping, covering all that is not blank.

    Blocks, separated by blank lines, are never merged. Within a block a new line
    is a space, unless a list item begins there.
    """
    found: list[Span] = []
    begin = 0
    for gap in _BLOCK.finditer(text):
        _block(text, begin, gap.start(), found)
        begin = gap.end()
    _block(text, begin, len(text), found)
    return tuple(found)


def _block(text: str, begin: int, end: int, found: list[Span]) -> None:
    for item in _LIST_LINE.finditer(text, begin, end):
        _line(text, begin, item.start(), found)
        begin = item.end()
    _line(text, begin, end, found)


def _line(text: str, begin: int, end: int, found: list[Span]) -> None:
    start = begin
    for mark in _MARK.finditer(text, begin, end):
        if _ends(text, start, mark, end):
            _add(text, start, mark.end(), found)
            start = mark.end()
    _add(text, start, end, found)


def _add(text: str, start: int, end: int, found: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append(Span(start, end))


def _ends(text: str, start: int, mark: re.Match[str], end: int) -> bool:
    after = _NEXT.match(text, mark.end(), end)
    at = after.end() if after else mark.end()
    if at >= end:
        return True
    if not any(char.isalnum() for char in text[start : mark.start()]):
        return False  # "(...) Le ministre"
    if not _can_begin(text, at, end):
        return False
    word_match = _LAST_WORD.search(text, start, mark.start())
    word = word_match.group() if word_match else ""
    glued = at == mark.end()
    if glued and not _glued_boundary(text, word, at, end):
        return False
    single = mark.group() == "."
    if single and _is_open(text, start, mark.start(), word, at, end):
        return False
    return not _in_short_quote(text, start, mark, end)


def _can_begin(text: str, at: int, end: int) -> bool:
    char = text[at]
    if char.isupper() or char.isdigit():
        return True
    if char in _OPENERS:
        return not (char in "([-–—" and at + 1 < end and text[at + 1 : at + 3].strip()[:1].islower())
    return char.islower() and text[at + 1 : at + 2] in {"-"} and text[at + 2 : at + 3].isalpha() and char == "e"


def _glued_boundary(text: str, word: str, at: int, end: int) -> bool:
    """ "numérique.La ministre": a space was forgotten; not so in "Node.js", "U.E.", "www.Faso.bf"."""
    if text[at] in "«•":
        return True
    if any(char in word for char in "@/.:") or len(word) < 3 or not word[-1].islower():
        return False
    return at + 1 < end and (text[at + 1].islower() or text[at + 1] in " ’'")


def _is_open(text: str, start: int, dot: int, word: str, at: int, end: int) -> bool:
    """Whether the full stop at `dot` belongs to `word` and the sentence goes on."""
    bare = word.strip("([«").lower()
    if _LIST_MARKER.match(text[start:dot].strip()) and len(word) <= 5:
        return True
    if bare.isdigit() and len(bare) <= 2:
        before = text[start : dot - len(word)].rstrip()
        if before[-1:] in (":", ";"):
            return True
    first = _FIRST_WORD.match(text, at, end)
    following = first.group() if first else ""
    starter = following.lower() in _STARTERS and _next_is_lower(text, first.end() if first else at, end)
    if bare in _OPEN_ABBREVIATIONS:
        return True
    letters = bare.replace(".", "").replace("-", "")
    if "." in bare and all(len(part.strip("-")) <= 1 for part in bare.split(".")) and letters.isalpha():
        return not starter and following[:1].isupper()
    if len(word) == 1 and word.isupper():
        return not starter and following[:1].isupper()
    return False


def _next_is_lower(text: str, at: int, end: int) -> bool:
    rest = text[at : min(end, at + 3)].lstrip(" \u00a0\u202f’'")
    return not rest or not rest[0].isupper()


def _in_short_quote(text: str, start: int, mark: re.Match[str], end: int) -> bool:
    """A ! or ? inside « … » that opened in this sentence, not at its start, and closes soon after."""
    if "." in mark.group() or "»" in mark.group():
        return False
    opened = text.rfind("«", start, mark.start())
    if opened <= start or text.find("»", opened, mark.start()) >= 0:
        return False
    closed = text.find("»", mark.end(), min(end, opened + _QUOTED_MAX_CHARS))
    return closed >= 0
