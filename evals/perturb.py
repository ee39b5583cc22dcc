"""Questions as people really type them: each perturbation keeps the meaning, figures above all.

Every function takes (text, random source) and is deterministic for a seed.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from evals.cases import Suite

Perturbation = Callable[[str, random.Random], str]

_AZERTY = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_NEIGHBOURS = {
    key: "".join(
        row[at]
        for row in _AZERTY[max(0, line - 1) : line + 2]
        for at in range(max(0, column - 1), min(len(row), column + 2))
        if row[at] != key
    )
    for line, keys in enumerate(_AZERTY)
    for column, key in enumerate(keys)
}
_WORD = re.compile(r"[^\W\d_]{5,}")
_TYPO_RATE = 0.15
"""Share of the words of five letters or more that get one typo; at least one word does."""

_SMS = {
    "qu'est-ce que": "c koi",
    "qu'est-ce qui": "c koi ki",
    "est-ce que": "esk",
    "combien": "combi1",
    "beaucoup": "bcp",
    "quelles": "kel",
    "quelle": "kel",
    "quels": "kel",
    "quel": "kel",
    "quand": "kan",
    "pourquoi": "pk",
    "comment": "cmt",
    "parce que": "pcq",
    "que": "ke",
    "qui": "ki",
    "quoi": "koi",
    "pour": "pr",
    "dans": "ds",
    "avec": "avc",
    "était": "t",
    "c'est": "c",
    "est": "e",
    "et": "é",
    "les": "lé",
    "des": "dé",
    "tous": "ts",
    "toujours": "tjr",
    "ministère": "ministr",
}
_SMS_WORDS = re.compile(r"\b(?:" + "|".join(map(re.escape, _SMS)) + r")\b")


def without_accents(text: str, _: random.Random) -> str:
    """é -> e, ç -> c, œ -> oe."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def with_typos(text: str, rng: random.Random) -> str:
    """Slips of an AZERTY keyboard: a neighbouring key, a letter left out, doubled or swapped. Digits never."""
    words = list(_WORD.finditer(text))
    chosen = [word for word in words if rng.random() < _TYPO_RATE] or ([rng.choice(words)] if words else [])
    for word in reversed(chosen):
        text = text[: word.start()] + _slip(word.group(), rng) + text[word.end() :]
    return text


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    before, here, after = word[:at], word[at], word[at + 1 :]
    near = _NEIGHBOURS.get(here.lower(), "")
    ways = [before + after, before + here + here + after]
    ways += [before + rng.choice(near) + after] * 2 if near else []
    ways += [before + after[0] + here + after[1:]] if after[0] != here else []
    return rng.choice(ways)


def in_capitals(text: str, _: random.Random) -> str:
    """CAPS LOCK, accents kept as French typography wants them."""
    return text.upper()


def as_sms(text: str, rng: random.Random) -> str:
    """Text-message spelling: lower case, usual abbreviations, no final mark, few accents."""
    text = text.lower().replace("’", "'").rstrip(" ?!.\u00a0\u202f")
    return without_accents(_SMS_WORDS.sub(lambda m: _SMS[m.group()], text), rng)


def other_apostrophes(text: str, rng: random.Random) -> str:
    """Every apostrophe becomes another one that people type: ', ’, ʼ, ` or a space."""
    return re.sub("['’ʼ`]", lambda m: rng.choice([c for c in "'’ʼ` " if c != m.group()]), text)


PERTURBATIONS: Mapping[str, Perturbation] = {
    "accents": without_accents,
    "typos": with_typos,
    "capitals": in_capitals,
    "sms": as_sms,
    "apostrophes": other_apostrophes,
}


def perturbed(suite: Suite, name: str, *, seed: int = 0) -> Suite:
    """The suite with its questions perturbed; gold and ids as they were. KeyError for an unknown name.

    Each question has a random source of its own, so that leaving one out changes no other.
    """
    change = PERTURBATIONS[name]
    cases = (
        replace(case, question=change(case.question, random.Random(f"{seed}/{name}/{case.qid}")))
        for case in suite.cases
    )
    return replace(suite, cases=tuple(cases), notes=(*suite.notes, f"questions perturbed: {name}, seed {seed}"))
