"""Two sentences that are nearly one: in which figure, date, ministry or negation do they differ?

A counterfeit, or a slip of the pen, copies a sentence and changes one thing in
it. No meaning is read: the words of both are aligned (Ratcliff & Obershelp, as
`difflib` has it), and each place where they part is looked at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from corpus.records import Span
from rag.compare.aspects import AMOUNTS, CALENDAR, MONTHS
from rag.compare.rounding import compatible
from rag.compare.statements import figures_of
from rag.compare.wording import DENIAL, OPPOSITES
from rag.figures import Figure, same
from rag.french import Token, tokens
from rag.ministries import acronyms_in, portfolios

Sort = Literal["figure", "rank", "date", "ministry", "negation"]

ALIKE_FROM = 0.75
"""Share of their words that two near-copies have in common, what is altered left out."""
_SAME_WORDS = 3
"""Words at least that must be the same: of shorter sentences too many are alike."""
_REACH = 4  # words before a change that may name the ministry it is in
_BAGS = 0.35  # share of the pieces between blanks that near-copies have in common at least
_TURNED = 2  # content words of what a negation or a word's opposite replaces
_NO_LESS = re.compile(r"\s+(?:moins|plus|seulement)\b", re.I)
_LONGEST = 160  # words; longer than that is a table, not a sentence


@dataclass(frozen=True, slots=True)
class Altered:
    """What was altered, and where: in the one sentence and in the other."""

    sort: Sort
    mine: Span
    theirs: Span


@dataclass(frozen=True, slots=True)
class _Read:
    """counted: for each word, "word" for one that says something, "number" for one of a figure, "" for grammar."""

    words: tuple[Token, ...]
    keys: tuple[str, ...]
    content: frozenset[str]
    counted: tuple[str, ...]


@lru_cache(maxsize=8192)
def _bag(sentence: str) -> frozenset[str]:
    return frozenset(sentence.split())


@lru_cache(maxsize=8192)
def _read(sentence: str) -> _Read:
    words = tokens(sentence)
    spans = [(figure.start, figure.end) for figure in figures_of(sentence)]
    counted = []
    for word in words:
        figure = word.text[0].isdigit() or any(start <= word.start < end for start, end in spans)
        counted.append("number" if figure else "" if word.stop or word.text in MONTHS else "word")
    content = frozenset(word.text for word in words if not word.stop)
    return _Read(words, tuple(word.text for word in words), content, tuple(counted))


def share_words(mine: str, theirs: str) -> bool:
    """Whether two sentences may be near-copies; cheap, and most are not."""
    few, many = sorted((_bag(mine), _bag(theirs)), key=len)
    return len(few & many) >= _BAGS * len(few)


def altered(mine: str, theirs: str, alike: float = ALIKE_FROM) -> tuple[Altered, ...] | None:
    """What two near-copies differ in, in reading order: () when they say the same, None when they are no near-copies.

    alike: share of their words, dates and numbers not counted, that they must have in common.
    """
    if not share_words(mine, theirs):
        return None
    a, b = _read(mine), _read(theirs)
    if a.keys == b.keys:
        return () if len(a.content) >= _SAME_WORDS else None
    fewest = min(len(a.content), len(b.content))
    if fewest < _SAME_WORDS or 2 * len(a.content & b.content) < fewest or max(len(a.keys), len(b.keys)) > _LONGEST:
        return None
    found: list[Altered] = []
    equal = reworded = numbers = 0
    for what, i, j, k, m in SequenceMatcher(None, a.keys, b.keys, autojunk=False).get_opcodes():
        if what == "equal":
            equal += a.counted[i:j].count("word")
            numbers += a.counted[i:j].count("number")
            continue
        one = _Change(mine, a.words, i, j), _Change(theirs, b.words, k, m)
        change = _figure(*one) or _negation(*one) or _ministry(*one)
        if change is None or change.sort in {"figure", "rank", "date"}:  # what stands beside the figure is reworded
            reworded += max(a.counted[i:j].count("word"), b.counted[k:m].count("word"))
        if change is not None and change not in found:  # a long figure may be touched twice
            found.append(change)
    turned = [one for one in found if one.sort == "negation"]
    # word for word but for a negation: one word less is enough ("5 centres n'ont pas été installés")
    least = _SAME_WORDS if turned and len(turned) == len(found) else _SAME_WORDS + 1
    enough = equal >= _SAME_WORDS or (not reworded and equal + numbers >= least)
    if not enough or equal < alike * (equal + reworded):
        return None
    if len(turned) > 1:  # "ne" and "pas" are one
        whole = Altered("negation", _over([one.mine for one in turned]), _over([one.theirs for one in turned]))
        found = [one for one in found if one.sort != "negation"] + [whole]
        found.sort(key=lambda one: one.mine.start)
    return tuple(found)


def _over(spans: Sequence[Span]) -> Span:
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def denies(text: str) -> bool:
    """Whether a sentence has a word of grammar that denies; "pas moins de" is none."""
    return any(_denies(word, text) for word in tokens(text))


def _denies(word: Token, text: str) -> bool:
    return bool(DENIAL.fullmatch(word.text)) and not _NO_LESS.match(text, word.end)


class _Change:
    """The words i to j of a sentence, where it parts from another."""

    def __init__(self, text: str, words: tuple[Token, ...], i: int, j: int) -> None:
        self.text = text
        self._words, self._i, self._j = words, i, j
        self.words = words[i:j]
        self.content = sum(not word.stop for word in self.words)

    def span(self, before: int = 0, after: int = 0) -> Span:
        """Its characters, with so many words before and after it."""
        words = self._words[max(0, self._i - before) : self._j + after]
        if not words:
            return Span(0, 0)
        start = words[0].start
        if self.text[max(0, start - 2) : start].lower() in ("n'", "n’"):
            start -= 2
        return Span(start, words[-1].end)

    def said(self, before: int = 0) -> str:
        """Its text, with so many words before it."""
        span = self.span(before)
        return self.text[span.start : span.end]

    def denies(self) -> bool:
        """Whether it has a word of denial."""
        return any(_denies(word, self.text) for word in self.words)

    def figure(self) -> Figure | None:
        """The first figure that it touches."""
        if not self.words:
            return None
        span = self.span()
        return next((one for one in figures_of(self.text) if one.start < span.end and span.start < one.end), None)


def _ministry(mine: _Change, theirs: _Change) -> Altered | None:
    """Another ministry: a portfolio or a ministry's acronym that the other sentence does not name at all."""
    told, other = _bodies(mine.text), _bodies(theirs.text)
    if not (mine.content and theirs.content and told and other):
        return None
    if not (_bodies(mine.said(_REACH)) - other or _bodies(theirs.said(_REACH)) - told):
        return None
    return Altered("ministry", mine.span(_REACH), theirs.span(_REACH))


@lru_cache(maxsize=4096)
def _bodies(text: str) -> frozenset[str]:
    named = portfolios(text)
    return named | frozenset(short for short in acronyms_in(text) if not portfolios(short))


def _figure(mine: _Change, theirs: _Change) -> Altered | None:
    """Another value, day or year; None where one of the two rounds or leaves out what the other says."""
    left, right = mine.figure(), theirs.figure()
    number = all(len(side.words) == 1 and side.words[0].text[0].isdigit() for side in (mine, theirs))
    if left is None or right is None:
        return Altered("figure", mine.span(), theirs.span()) if number else None
    ranges = left.high is not None and right.high is not None  # of which one may lie in the other
    if same(left, right) or (compatible(left, right) and not ranges):
        return None
    where = Span(left.start, left.end), Span(right.start, right.end)
    kinds = {left.kind, right.kind}
    if kinds & CALENDAR:  # "77 mars 2025" for "27 mars 2025" is altered, "en 2025" for "370 localités" reworded
        return Altered("date", *where) if kinds <= CALENDAR or number else None
    if kinds & AMOUNTS:
        return Altered("figure", *where)
    return Altered("rank", *where)


def _negation(mine: _Change, theirs: _Change) -> Altered | None:
    """A denial on one side only, or a word for its opposite."""
    if max(mine.content, theirs.content) > _TURNED:
        return None  # told in other words: no copy turned round
    if mine.denies() == theirs.denies() and not _opposed(mine, theirs):
        return None
    return Altered("negation", mine.span(1, 1), theirs.span(1, 1))


def _opposed(mine: _Change, theirs: _Change) -> bool:
    left, right = ([word.text for word in side.words if not word.stop] for side in (mine, theirs))
    return any(
        any(one.fullmatch(word) for word in left) and any(other.fullmatch(word) for word in right)
        for pair in OPPOSITES
        for one, other in (pair, pair[::-1])
    )
