"""The French months: one table for everything that reads or writes a date. Standard library only."""

import re
import unicodedata

NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
"""Month 1 first, with accents, in lower case."""

SHORT = ("janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc")
"""Usual abbreviations, without their dot."""


def fold(text: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


FOLDED = tuple(map(fold, NAMES))
"""NAMES without accents."""

PATTERN = "(?:" + "|".join(re.sub("[éû]", lambda found: f"[{fold(found[0])}{found[0]}]", name) for name in NAMES) + ")"
"""Regular expression of a whole name, with or without its accents, in lower case."""

# Three letters name a month but "jui", which is juin or juillet.
_PREFIXES = {name[:size]: month for month, name in enumerate(FOLDED, 1) for size in (3, 4) if name[:size] != "jui"}


def number(word: str) -> int | None:
    """1 to 12 from a name or an abbreviation of three letters and more ("déc.", "JUIL"); None for another word.

    Only the first letters are looked at: a pattern has found the word to be one.
    """
    low = fold(word)
    return _PREFIXES.get(low[:4]) or _PREFIXES.get(low[:3])
