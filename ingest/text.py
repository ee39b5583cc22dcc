"""Clean text: Unicode normal form, invisible characters, spaces."""

import re
import unicodedata
from collections.abc import Iterable

# Soft hyphen, zero-width space/joiners/no-break, bidi marks, byte-order mark: they
# break words for search and cannot be seen.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# Runs of ordinary white space; no-break spaces (U+00A0, U+202F) are French typography and stay.
_SPACES = re.compile("[ \t\n\r\x0b\x0c\x85\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_EDGES = " \t\n\r\u00a0\u202f"


def clean_line(text: str) -> str:
    """One block of text on one line: NFC, no invisible characters, single spaces, edges trimmed."""
    text = _CONTROL.sub("", _INVISIBLE.sub("", text)).translate(_LIGATURES)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(_EDGES)


def clean_blocks(blocks: Iterable[str]) -> list[str]:
    """Every block cleaned; empty ones left out."""
    return [block for block in map(clean_line, blocks) if block]


def join_blocks(blocks: Iterable[str]) -> str:
    """The text of a document: blocks separated by a blank line."""
    return "\n\n".join(blocks)
