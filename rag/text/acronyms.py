"""Acronyms that a text defines: "Conseil d'administration du secteur ministériel (CASEM)"."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

_ACRONYM = r"[A-ZÀ-Ö0-9][A-Za-zÀ-ÿ0-9]{0,13}(?:[-/&.][A-Za-zÀ-ÿ0-9]{1,13}){0,7}\.?"
_AFTER = re.compile(rf"\(\s*[«“\"]?\s*({_ACRONYM})\s*[»”\"]?\s*\)")
_BEFORE = re.compile(rf"(?<![\w(])({_ACRONYM})\s*[»”\"]?\s*\(\s*([^()]{{8,160}}?)\s*\)")
_WORD = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[.!?;:()\n](?=\s|$|\()|[()«»]")
_EMPTY = frozenset(
    ["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "pour", "sur"]
)


def acronyms(text: str) -> dict[str, str]:
    """Acronym -> the long name that the text gives it, each as first defined.

    Keys are upper case without dots ("ONU"); values are exact slices of `text`.
    Letters must agree: every letter of the acronym is met in order in the long
    name, the first one at the start of its first word (after Schwartz and Hearst,
    "A simple algorithm for identifying abbreviation definitions", 2003), words
    tried from the nearest.
    """
    found: dict[str, str] = {}
    for match in _AFTER.finditer(text):
        short = _short(match[1])
        if short and short not in found:
            floor = max(0, match.start() - 200)
            for stop in _BREAK.finditer(text, floor, match.start()):
                floor = stop.end()
            long = _long_before(short, text, floor, match.start())
            if long:
                found[short] = long
    for match in _BEFORE.finditer(text):
        short = _short(match[1])
        if short and short not in found:
            name = match[2]
            words = [word.group() for word in _WORD.finditer(name)]
            if words and len(words) > 1 and _plain(words[0])[0] == _plain(short)[0] and _agrees(short, words):
                found[short] = name
    return found


def _short(written: str) -> str:
    """The acronym's key, "" when it does not look like one."""
    bare = written.replace(".", "")
    capitals = sum(char.isupper() for char in bare)
    return bare.upper() if 2 <= len(bare) <= 14 and capitals >= 2 and capitals * 2 >= len(bare) else ""


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if c.isalnum())


def _long_before(short: str, text: str, floor: int, end: int) -> str:
    words = list(_WORD.finditer(text, floor, end))
    best = ""
    for place in range(len(words) - 1, -1, -1):
        if len(words) - place > 3 * len(short) + 4:
            break
        first = words[place].group()
        if _plain(first)[:1] != _plain(short)[:1] or _plain(first) in _EMPTY:
            continue
        tail = [word.group() for word in words[place:]]
        if _initials(short, tail):
            return text[words[place].start() : end].rstrip(' \t\n\u00a0,«“"')
        if not best and len(tail) > 1 and _agrees(short, tail):
            best = text[words[place].start() : end].rstrip(' \t\n\u00a0,«“"')
    return best


def _initials(short: str, words: list[str]) -> bool:
    full = "".join(_plain(word)[:1] for word in words)
    meant = "".join(_plain(word)[:1] for word in words if _plain(word) not in _EMPTY)
    return _plain(short) in (full, meant)


def _agrees(short: str, words: list[str]) -> bool:
    """Whether the acronym's letters stand in order in the words, each word giving its first letter or nothing.

    Function words may give nothing freely; of the others, at most a third may.
    """
    letters = _plain(short)
    plain = [_plain(word) for word in words]
    meant = sum(word not in _EMPTY for word in plain)
    allowed = meant // 3

    @cache
    def fits(at: int, word: int, skipped: int) -> bool:
        if at == len(letters):
            return skipped + sum(left not in _EMPTY for left in plain[word:]) <= allowed
        if word == len(plain) or skipped > allowed:
            return False
        if fits(at, word + 1, skipped + (plain[word] not in _EMPTY)):
            return True
        return plain[word].startswith(letters[at]) and any(
            fits(given, word + 1, skipped) for given in gives(at, plain[word])
        )

    def gives(at: int, word: str) -> Iterator[int]:
        """How far into the acronym one word can bring: its first letter, then any later ones in order."""
        place = 0
        while at < len(letters) and (place := word.find(letters[at], place) + 1):
            at += 1
            yield at

    return fits(0, 0, 0)
