"""What changed between two versions of a publication, for people: field by field, then paragraph by paragraph."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.records import Document

_FIELDS = ("title", "published", "modified", "publisher", "ministry", "kind", "url")
_ALIKE = 0.5  # of two paragraphs' words and spaces: below that, one was taken out and another put in
_LOOK_AHEAD = 8  # paragraphs among which the new wording of one is looked for
_MOST_PAIRS = 4_000_000  # of words, to be compared within a paragraph: about a second
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a changed paragraph."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """field: a field of the document, or "text" for a paragraph. pieces: in reading order; joined without the removed
    ones they are the new value, without the added ones the old one."""

    field: str
    pieces: tuple[Piece, ...]


def changes(before: Document, after: Document) -> tuple[Change, ...]:
    """From one version to the next; empty when a reader sees no difference."""
    found = []
    for name in _FIELDS:
        old, new = getattr(before, name) or "", getattr(after, name) or ""
        if old != new:
            found.append(Change(field=name, pieces=_replaced(old, new)))
    found += [Change(field="text", pieces=pieces) for pieces in paragraphs(before.text, after.text) if pieces]
    return tuple(found)


def paragraphs(before: str, after: str) -> Iterator[tuple[Piece, ...]]:
    """Each changed paragraph of two texts, in order, and () for each run of those that stayed the same."""
    old, new = before.split("\n\n"), after.split("\n\n")
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield ()
            continue
        yield from _block(old[a:b], new[c:d])


def _block(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Paragraphs that stand for each other, in order; the others one by one."""
    after = 0
    for text in old:
        near = range(after, min(len(new), after + _LOOK_AHEAD))
        match = next((at for at in near if _alike(text, new[at])), None)
        if match is None:
            yield _replaced(text, "")
            continue
        yield from (_replaced("", added) for added in new[after:match])
        yield _words(text, new[match])
        after = match + 1
    yield from (_replaced("", added) for added in new[after:])


def _alike(before: str, after: str) -> bool:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > _MOST_PAIRS:
        return False
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _words(before: str, after: str) -> tuple[Piece, ...]:
    """What changed within a paragraph."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += _replaced("".join(old[a:b]), "".join(new[c:d]))
    return tuple(pieces)


def _replaced(old: str, new: str) -> tuple[Piece, ...]:
    return tuple(piece for piece in (Piece("removed", old), Piece("added", new)) if piece.text)
