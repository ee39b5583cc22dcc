"""Lists in a publication: the sentence that announces one, and its items, each with its exact span.

A list is written in three ways here: items under a sentence that ends with a
colon, lines that open with a bullet or a number, and sentences that count
("La première… La deuxième…", "D'une part… D'autre part…"). Pure functions on
text; which list answers is decided in `rag.answer`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.records import Span
from rag.french import fold, sentences

__all__ = ["Listing", "enumerates", "is_heading", "listings"]

MOST_ITEMS = 30
"""A longer run of lines is a table or a page's menu, not an answer."""


@dataclass(frozen=True, slots=True)
class Listing:
    """intro: the sentence that announces the items, None where there is none. items: at least two, in order.
    above: the sentences and the heading just before, that speak of the list without announcing it by a colon."""

    intro: Span | None
    items: tuple[Span, ...]
    above: tuple[Span, ...]

    @property
    def parts(self) -> tuple[Span, ...]:
        """What is shown: the announcing sentence and the items."""
        return (self.intro, *self.items) if self.intro else self.items


_BULLET = re.compile(r"(?:[-–—•▪●◦*➢✓→]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)°])\s")
_ENDED = re.compile(r"[.!?…»”\")\]]$")
_HEADING_CHARS = 120
_ABOVE = 2
"""Sentences before a list, in the paragraph of the one that announces it, that may speak of it."""

# Rows of words that count the sentences of a list: the first row's word opens it. Folded.
_COUNTS: tuple[tuple[str, ...], ...] = (
    (r"(?:l[ae] |en )?premier(?:e|ement)?\b|l[ae] 1(?:er|re|ere)\b|1(?:er|re)\b",
     r"(?:l[ae] |en )?(?:second|deuxieme)(?:e|ement)?\b|l[ae] 2(?:e|eme|nd|nde)\b",
     r"(?:l[ae] |en )?troisieme(?:ment)?\b|l[ae] 3(?:e|eme)\b|l[ae] dernier(?:e)?\b|enfin\b",
     r"(?:l[ae] |en )?quatrieme(?:ment)?\b|l[ae] 4(?:e|eme)\b|l[ae] dernier(?:e)?\b|enfin\b",
     r"(?:l[ae] |en )?cinquieme(?:ment)?\b|l[ae] 5(?:e|eme)\b|l[ae] dernier(?:e)?\b|enfin\b"),
    (r"d'une part\b", r"d'autre part\b", r"enfin\b"),
    (r"d'un cote\b", r"de l'autre\b"),
    (r"d'abord\b|tout d'abord\b", r"ensuite\b|puis\b", r"ensuite\b|puis\b|enfin\b", r"enfin\b"),
)  # fmt: skip
_FIRST_IS_OTHER = re.compile(r"(?:l[ae] )?premier(?:e)? (?:ministre|vice|adjoint|responsable|fois|jour|magistrat)")


@lru_cache(maxsize=512)
def listings(text: str) -> tuple[Listing, ...]:
    """The lists of a publication, in order; none shares an item with another."""
    spans = sentences(text)
    found: list[Listing] = []
    place = 0
    while place < len(spans):
        length, intro = _under_colon(text, spans, place), place
        if not length:
            length, intro = _bulleted(text, spans, place), place - 1
        if not length:
            length, intro = _counted(text, spans, place), place - 1
        if not length:
            place += 1
            continue
        first = intro + 1
        announced = intro >= 0 and (intro == place or _announces(text, spans[intro], spans[first]))
        found.append(
            Listing(
                intro=spans[intro] if announced else None,
                items=tuple(spans[first : first + length]),
                above=_above(text, spans, intro if announced else first),
            )
        )
        place = first + length
    return tuple(found)


def enumerates(sentence: str) -> bool:
    """Whether one sentence holds several things side by side: "A, B et C", "A ; B", "A et B" of names."""
    return bool(_SERIES.search(sentence)) or sentence.count(";") > 0


_WORDS = r"[^,;:.!?()]{2,60}"
_SERIES = re.compile(
    rf",\s{_WORDS},?\s(?:et|ou|ainsi que)\s|,\s{_WORDS},\s{_WORDS},"
    r"|\b[A-ZÀ-Ý][\w’'-]+(?:\s[A-ZÀ-Ý][\w’'-]+)*\s(?:et|ou)\s(?:l[ea]s?\s|l['’]|d[eu]s?\s|d['’])?[A-ZÀ-Ý]"
)


def is_heading(text: str, span: Span) -> bool:
    """Whether a sentence is a section's heading: a short paragraph of its own, without a closing mark."""
    said = text[span.start : span.end]
    if len(said) > _HEADING_CHARS or said.endswith((";", ",", ":")) or (_ENDED.search(said) and said[-1] not in "?!»"):
        return False
    before, after = text[: span.start].rstrip(" \t"), text[span.end :].lstrip(" \t")
    alone = (not before or before.endswith("\n\n")) and after.startswith("\n\n")
    return alone and not _BULLET.match(said) and said[:1].isupper() and not said.endswith("»")


def _under_colon(text: str, spans: Sequence[Span], place: int) -> int:
    """How many items stand under the sentence at `place`, 0 when it announces none."""
    if not _said(text, spans[place]).endswith(":"):
        return 0
    count = 0
    bulleted = place + 1 < len(spans) and bool(_BULLET.match(_said(text, spans[place + 1])))
    for span in spans[place + 1 : place + 1 + MOST_ITEMS]:
        said = _said(text, span)
        if bulleted != bool(_BULLET.match(said)) or "\n" not in text[spans[place + count].end : span.start]:
            break
        if not bulleted and not said.endswith((";", ",")):
            previous = _said(text, spans[place + count]) if count else ""
            # the last item closes with a full stop; a list without semicolons is one of bare lines
            closes = previous.endswith((";", ",")) or (not _ENDED.search(said) and not is_heading(text, span))
            if not closes:
                break
            count += 1
            if previous.endswith((";", ",")):
                break
            continue
        count += 1
    return count if count > 1 else 0


def _bulleted(text: str, spans: Sequence[Span], place: int) -> int:
    """How many lines with a bullet or a number follow one another from `place`."""
    count = 0
    for span in spans[place : place + MOST_ITEMS]:
        if not _BULLET.match(_said(text, span)) or (
            count and "\n" not in text[spans[place + count - 1].end : span.start]
        ):
            break
        count += 1
    return count if count > 1 else 0


def _counted(text: str, spans: Sequence[Span], place: int) -> int:
    """How many sentences from `place` count a list."""
    opening = fold(_said(text, spans[place])[:40])
    if _FIRST_IS_OTHER.match(opening):
        return 0
    for row in _COUNTS:
        if not re.match(row[0], opening):
            continue
        count = 1
        for pattern, span in zip(row[1:], spans[place + 1 :], strict=False):
            if not re.match(pattern, fold(_said(text, span)[:40])):
                break
            count += 1
        if count > 1:
            return count
    return 0


def _announces(text: str, intro: Span, first: Span) -> bool:
    """Whether the sentence before a list stands just before it, in its paragraph or as one of its own."""
    between = text[intro.end : first.start]
    return not is_heading(text, intro) and ("\n\n" not in between or _said(text, intro).endswith(":"))


def _above(text: str, spans: Sequence[Span], place: int) -> tuple[Span, ...]:
    """The sentences before `place` in its paragraph, and the heading over it."""
    found: list[Span] = []
    for number in range(place - 1, max(place - 1 - _ABOVE, -1), -1):
        if "\n\n" in text[spans[number].end : spans[number + 1].start]:
            break
        found.append(spans[number])
    over = place - len(found) - 1
    if over >= 0 and is_heading(text, spans[over]):
        found.append(spans[over])
    return tuple(reversed(found))


def _said(text: str, span: Span) -> str:
    return text[span.start : span.end]
