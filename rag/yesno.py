"""Yes/no questions: the claim that one makes, and what the sentences shown say to it.

A verdict is given only where a claim is decided by `rag.claims`, or where a
question asks whether a figure rose or fell and both figures are shown. It
stands beside the quotes; without it they speak for themselves. Pure.
"""

import re
from collections.abc import Sequence

from rag.claims import verify_claim
from rag.compare.aspects import MOVED, Time, excluded, sides_of
from rag.compare.statements import Place, Statement, Weight, comparable, statements
from rag.french import fold
from rag.values import Verdict

__all__ = ["asks_yes_no", "claim_of", "decided", "moved"]

_OPENS_OTHERWISE = re.compile(
    r"^(?:[^:?]{3,120}: )?(?:(?:a|de|d'|en|dans|par|pour|sur|avec|depuis|jusqu'a|vers|selon|chez|sous)\b.{0,40}?)?"
    r"\b(?:combien|quel(?:le)?s?|qui|que|qu'|quoi|ou|quand|pourquoi|comment|lequel|laquelle|lesquel(?:le)?s)\b(?! ?-)"
)
_EST_CE = re.compile(r"^(?P<head>.*?)\best-ce qu(?:e |['’] ?)(?P<rest>.+)$", re.I | re.S)
_PRONOUN = r"(?:il|elle|ils|elles|on)"
_INVERTED = re.compile(
    rf"^(?P<subject>.*?)\b(?P<aux>(?:n['’])?[^\W\d_]+)-(?:t-)?(?P<pronoun>{_PRONOUN})\b(?P<rest>.*)$", re.I | re.S
)
_CHOICE = re.compile(r"\bou (?:non|pas)\b|\bou\b", re.I)


def asks_yes_no(question: str) -> bool:
    """Whether a question is answered by yes or no: an inversion or "est-ce que", no word that asks otherwise."""
    folded = fold(question)
    if re.search(r"\best-ce qu", folded) and not re.search(
        r"\b(?:qu'|qui |comment |quand |ou |combien )est-ce", folded
    ):
        return not re.match(r"^(?:pourquoi|comment|quand|combien|quel)", folded)
    return bool(re.search(rf"\w-(?:t-)?{_PRONOUN}\b", folded)) and not _asks_otherwise(folded)


def _asks_otherwise(folded: str) -> bool:
    head = re.split(rf"\w+-(?:t-)?{_PRONOUN}\b", folded)[0]
    return bool(re.search(_WH, head)) or bool(re.match(_WH, folded)) or bool(_OPENS_OTHERWISE.match(folded))


_WH = (
    r"(?:^|[ ,:])(?:combien|quel(?:le)?s?|quoi|quand|pourquoi|comment|lequel|laquelle|lesquels|lesquelles|que|qu')\b"
    r"|^(?:qui|ou|d'ou|par ou)\b|(?:^|[ ,:])(?:a|de|par|pour|avec|chez) qui\b"
)


def claim_of(question: str) -> str:
    """The claim that a yes/no question makes, or "": "La Santé a-t-elle atteint X ?" claims "La Santé a atteint X"."""
    text = question.strip().rstrip("?!. \u00a0")
    match = _EST_CE.match(text)
    if match:
        return _sentence(f"{match['head']}{match['rest']}")
    match = _INVERTED.match(text)
    if not match or _CHOICE.search(text):
        return ""
    if not match["subject"].strip(" ,"):
        pronoun = match["pronoun"].lower()
        return _sentence(f"{pronoun} {match['aux']}{match['rest']}")
    return _sentence(f"{match['subject'].rstrip(' ,')} {match['aux'].lower()}{match['rest']}")


def _sentence(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def decided(
    question: str, places: Sequence[Place], weight: Weight
) -> tuple[Verdict, frozenset[tuple[str, int]]] | None:
    """Yes or no, and where the sentences stand that say so ((document, start)); None where the claim is not decided."""
    claim = claim_of(question)
    if not claim:
        return None
    found = verify_claim(claim, places, weight=weight)
    if found.status == "not_found":
        return None
    verdict: Verdict = "yes" if found.status == "confirmed" else "no"
    return verdict, frozenset((quote.doc, quote.start) for quote in found.quotes)


_UP = re.compile(r"\baugment|\bprogress|\bhausse|\bmont|\bgrimp|\baccru|\bcrû\b|\bcroi|\bamelior|\bdepass")
_DOWN = re.compile(r"\bbaiss|\bdiminu|\brecul|\bchut|\bredui|\bdegrad|\brepli")


def moved(question: str, sides: Sequence[tuple[Place, Time | None]]) -> Verdict | None:
    """Yes or no to "a-t-il augmenté entre A et B ?", from the two figures shown; None where they do not tell.

    sides: the sentence of each side and when its figure stands, earlier side first.
    """
    folded = fold(question)
    up, down = bool(_UP.search(folded)), bool(_DOWN.search(folded))
    if up == down or len(sides) != 2 or not asks_yes_no(question):
        return None
    (place, early), (other, late) = sides
    if early is None or late is None or early.end == late.end:
        return None
    first = _stated(question, place, early)
    last = _stated(question, other, late)
    if not first or not last or not comparable(first.figure, last.figure):
        return None
    before, after = first.figure.value, last.figure.value
    if before is None or after is None or first.figure.high is not None or last.figure.high is not None:
        return None
    if early.end > late.end:
        before, after = after, before
    if before == after:
        return "no"
    return "yes" if (after > before) == up else "no"


def _stated(question: str, place: Place, when: Time) -> Statement | None:
    """The one amount of a sentence that stands at a time; None where there are several, or none says when."""
    found = [
        what
        for what in statements(place)
        if not excluded(what.sides - MOVED, sides_of(question))
        and not what.sides & MOVED
        and (time := what.time or what.near_time) is not None
        and (time.end == when.end or (not when.cut and time.end[:4] == when.end[:4]))
    ]
    return found[0] if len(found) == 1 else None
