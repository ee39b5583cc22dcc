"""Clean text: Unicode normal form, invisible characters, spaces."""

import re
import unicodedata
from collections.abc import Iterable

from corpus.original import Edit, shifted

# Soft hyphen, zero-width space/joiners/no-break, bidi marks, byte-order mark: they
# break words for search and cannot be seen.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Runs of ordinary white space; no-break spaces (U+00A0, U+202F) are French typography and stay.
_SPACES = re.compile("[ \t\n\r\x0b\x0c\x85\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
# White space, or one character with the accents that follow it.
_LETTER = re.compile(_SPACES.pattern + "|(?s:.)[\u0300-\u036f]*")
_BETWEEN = "\n\n"
_EDGES = " \t\n\r\u00a0\u202f"


class Cleaned(str):
    """Clean text that remembers what it was made of. What is made from it is a plain string."""

    raw: str


def clean_line(text: str) -> str:
    """One block of text on one line: NFC, no invisible characters, single spaces, edges trimmed.

    Where more than white space was changed the result is `Cleaned`, for `edits_of`.
    """
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", _visible(text))).strip(_EDGES)
    if line == _SPACES.sub(" ", text).strip(_EDGES):
        return line
    cleaned = Cleaned(line)
    cleaned.raw = text
    return cleaned


def _visible(text: str) -> str:
    return _CONTROL.sub("", _INVISIBLE.sub("", text)).translate(_LIGATURES)


def edits_of(line: str) -> tuple[Edit, ...]:
    """What was written where `clean_line` changed more than white space."""
    return _aligned(line.raw, line) if isinstance(line, Cleaned) else ()


def block_edits(blocks: Iterable[str]) -> tuple[Edit, ...]:
    """The edits of the text that `join_blocks` makes."""
    edits: list[Edit] = []
    at = 0
    for block in blocks:
        edits += shifted(edits_of(block), at)
        at += len(block) + len(_BETWEEN)
    return tuple(edits)


def _aligned(raw: str, clean: str) -> tuple[Edit, ...]:
    """Walk both texts, one letter with its accents at a time; all of it is one edit where they do not fit."""
    edits: list[Edit] = []
    at = 0
    for found in _LETTER.finditer(raw):
        letter = found[0]
        made = " " if _SPACES.fullmatch(letter) else unicodedata.normalize("NFC", _visible(letter))
        if made and clean.startswith(made, at):
            if made not in (letter, " "):
                edits.append(Edit(at, at + len(made), letter))
            at += len(made)
        elif not made:
            edits.append(Edit(at, at, letter))
        elif made.strip(_EDGES):
            return (Edit(0, len(clean), raw),)
    return tuple(edits) if at == len(clean) else (Edit(0, len(clean), raw),)


def clean_blocks(blocks: Iterable[str]) -> list[str]:
    """Every block cleaned; empty ones left out."""
    return [block for block in map(clean_line, blocks) if block]


def join_blocks(blocks: Iterable[str]) -> str:
    """The text of a document: blocks separated by a blank line."""
    return _BETWEEN.join(blocks)
