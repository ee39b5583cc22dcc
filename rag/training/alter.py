"""Questions changed by one word, so that the passage that answered them no longer does."""

import random
import re
from collections.abc import Callable, Sequence

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?=(?:e|ᵉ|ème|er|ère)?\b)(?![.,]?\d)")
_NAME = re.compile(r"(?<=[\s’'(«])[A-ZÉÈÀÎÔ][\w’-]+(?: (?:d[eu]s? |d’|d')?[A-ZÉÈÀÎÔ][\w’-]+)*")
_BEFORE = re.compile(r"[\w’']+[\s«]*$")

_OPPOSITES = (
    ("premier", "deuxième", "troisième", "quatrième", "dernier"),
    ("première", "deuxième", "troisième", "quatrième", "dernière"),
    ("physique", "financier", "financière"),
    ("maximal", "minimal"), ("maximum", "minimum"), ("augmentation", "baisse", "diminution"),
    ("augmenté", "baissé", "diminué"), ("nord", "sud"), ("est du", "ouest du"), ("hommes", "femmes", "enfants"),
    ("garçons", "filles"), ("président", "directeur", "secrétaire général", "trésorier"),
    ("présidente", "directrice", "secrétaire générale", "trésorière"),
    ("ministre", "ambassadeur", "gouverneur", "maire"), ("père", "mère", "frère", "sœur"),
    ("ouverture", "clôture"), ("début", "fin"), ("avant", "après"), ("primaire", "secondaire", "supérieur"),
    ("nationale", "régionale", "internationale", "communale"), ("national", "régional", "international"),
    ("public", "privé"), ("publique", "privée"), ("semaine", "année"), ("masculin", "féminin"),
    ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
     "décembre"),
    ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    ("or", "argent", "bronze"), ("naissance", "mort"), ("né", "mort"), ("recettes", "dépenses"),
    ("importations", "exportations"), ("prévu", "réalisé"), ("vainqueur", "finaliste"), ("victoire", "défaite"),
    ("parrain", "initiateur"), ("roman", "film", "pièce", "album"), ("réalisateur", "acteur", "producteur"),
    ("étudiants", "enseignants"), ("budget", "bénéfice"), ("hauteur", "longueur", "largeur"),
)  # fmt: skip
"""Words of one kind: whoever asks about one is not answered by another."""
_OTHERS = {word: [other for other in kind if other != word] for kind in _OPPOSITES for word in kind}
_WORD = re.compile("|".join(rf"(?<![-’'])\b{re.escape(word)}\b" for word in sorted(_OTHERS, key=len, reverse=True)))


def names(questions: Sequence[str]) -> dict[str, list[str]]:
    """The proper names in questions, by the word that stands before them: what can take each other's place."""
    found: dict[str, set[str]] = {}
    for question in questions:
        for match in _NAME.finditer(question):
            found.setdefault(_before(question, match), set()).add(match.group())
    return {word: sorted(values) for word, values in found.items()}


def alter(question: str, read: str, others: dict[str, list[str]], chance: random.Random) -> str | None:
    """The question with a year, a number, a name or a word of `read` (the passage with its header) changed into
    another that does not stand there; None when it has none. others: from `names`."""
    ways: list[Callable[[], str | None]] = [
        lambda: _replaced(_YEAR, question, read, chance, _other_year(chance)),
        lambda: _replaced(_NUMBER, question, read, chance, _other_number(chance)),
        lambda: _replaced(_NAME, question, read, chance, _other_name(others, chance)),
        lambda: _replaced(_WORD, question, read, chance, lambda _, match: chance.choice(_OTHERS[match.group()])),
    ]
    chance.shuffle(ways)
    return next((changed for way in ways if (changed := way())), None)


def _replaced(
    pattern: re.Pattern[str],
    question: str,
    read: str,
    chance: random.Random,
    other: Callable[[str, re.Match[str]], str | None],
) -> str | None:
    found = [match for match in pattern.finditer(question) if match.group() in read]
    if not found:
        return None
    match = chance.choice(found)
    new = other(question, match)
    if not new or new.lower() in read.lower():
        return None
    return question[: match.start()] + new + question[match.end() :]


def _other_year(chance: random.Random) -> Callable[[str, re.Match[str]], str]:
    return lambda _, match: str(int(match.group()) + chance.choice((-4, -3, -2, -1, 1, 2, 3)))


def _other_number(chance: random.Random) -> Callable[[str, re.Match[str]], str]:
    return lambda _, match: str(max(1, int(match.group()) + chance.choice((-3, -2, -1, 1, 2, 3, 5, 10))))


def _other_name(others: dict[str, list[str]], chance: random.Random) -> Callable[[str, re.Match[str]], str | None]:
    def other(question: str, match: re.Match[str]) -> str | None:
        length = len(match.group().split())
        kind = others.get(_before(question, match), ())
        alike = [name for name in kind if len(name.split()) == length and name != match.group()]
        return chance.choice(alike) if alike else None

    return other


def _before(question: str, match: re.Match[str]) -> str:
    found = _BEFORE.search(question[: match.start()])
    return found.group().strip(" «\u00a0").lower() if found else ""
