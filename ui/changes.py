"""What changed between two versions of a text, as safe HTML: paragraphs that stayed are left out, words are marked."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from ui.escape import safe

_WORDS = 4000
"""Words of a changed stretch that are still compared one by one; longer ones are shown whole, before and after."""
_KEPT = '<p class="small" aria-hidden="true">[…]</p>'


def changes(before: str, after: str) -> str:
    """The changed paragraphs with <del> and <ins>; "" when the texts are equal."""
    if before == after:
        return ""
    old, new = before.split("\n\n"), after.split("\n\n")
    parts = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(_KEPT)
        else:
            parts.append(f"<p>{_words(chr(10).join(old[a:b]), chr(10).join(new[c:d]))}</p>")
    return "".join(parts)


def _words(before: str, after: str) -> str:
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    if max(len(old), len(new)) > _WORDS:
        return _wrapped("del", before) + _wrapped("ins", after)
    return "".join(_pieces(old, new))


def _pieces(old: list[str], new: list[str]) -> Iterator[str]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield safe("".join(old[a:b]))
        else:
            yield _wrapped("del", "".join(old[a:b])) + _wrapped("ins", "".join(new[c:d]))


def _wrapped(tag: str, text: str) -> str:
    return f"<{tag}>{safe(text)}</{tag}>" if text else ""
