"""Questions that are not answered whatever the corpus holds, and why: a code, whose French stands in `ui`.

Word tables, kept narrow: a question refused here by mistake is worse than one
that the search refuses. None of the 2,212 answerable questions of press-qa and
none of the demonstration suite is caught. Pure.
"""

import re
from datetime import date

from rag.agreement import times
from rag.french import fold, tokens
from rag.values import Notice

__all__ = ["notice"]


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


_INSTRUCTIONS = re.compile(
    r"\b(?:ignore[zrs]?|oublie[zrs]?|neglige[zr]?|desactive[zr]?|contourne[zr]?)\b.{0,40}"
    r"\b(?:instruction|consigne|regle|directive|prompt|filtre|ce qui precede|tout ce que)s?"
    r"|\b(?:ignore|forget|disregard|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous)s?"
    r"|\b(?:system|systeme) ?prompt\b|\bprompt (?:systeme|cache|initial)\b|\btes instructions\b"
    r"|\btu es (?:maintenant|desormais)\b|\byou are now\b|\bfais comme si tu\b|\bact as\b|\bjailbreak"
    r"|\bmode developpeur\b"
    r"|\b(?:reponds|repondez|dis|ecris|affirme)(?:-moi|-nous)? (?:(?:seulement|uniquement|simplement|toujours|juste) )?"
    r"(?:que|oui|non)\b|\binvente[zrs]? (?:un|une|des|moi)\b|</?(?:system|script|instructions?)>|\[/?inst\]|<\|"
)
_INSULTS = _words(
    "connard connards connasse con cons salaud salauds salope ordure ordures encule encules pute putain merde merdes "
    "cretin cretins imbecile imbeciles idiot idiots idiote debile debiles abruti abrutis batard batards fdp ntm "
    "pourri pourris fuck shit asshole bitch stupid"
)
_MILD = frozenset(["con", "cons", "pourri", "pourris", "idiot", "idiots", "idiote", "ordure", "ordures", "imbecile"])
"""Words that a title or a name may hold: an insult only when nothing much else is said."""
_PRIVATE = re.compile(
    r"\b(?:marie|mariee|celibataire|divorcee?|enceinte|homosexuel(?:le)?|lesbienne|musulmane?|catholique|chretienne?"
    r"|malade|seropositi(?:f|ve))\b(?! a (?:la|l'))"
    r"|\b(?:adresse (?:personnelle|privee|du domicile)|domicile|habite|loge"
    r"|numero (?:personnel|de telephone|de portable|de whatsapp)|telephone personnel|mail personnel|vie privee"
    r"|vie sentimentale|vie amoureuse|maitresse|amant"
    r"|religion|ethnie|orientation sexuelle|etat de sante|casier judiciaire|compte bancaire|salaire|fortune"
    r"|patrimoine personnel|date de naissance|quel age)\b"
    r"|\b(?:combien d'enfants|epouse|mari|femme|conjointe?|enfants|fils|fille|famille) (?:a |du |de la |de l'|de |d')"
)
_OFFICE = re.compile(
    r"\b(?:la |le |l'|du |de la |au |a la |d'un |d'une )(?:premiere? )?(?:ministre|directeur|directrice|presidente?"
    r"|secretaire general|secretaire generale|garde des sceaux|porte-parole|gouverneur|maire|deputee?)\b"
)
_ENGLISH = _words(
    "the what which who whom whose when where why how is are was were does did do has have had many much of in at on "
    "to from for with by and or not this that these those it its their there been be will would can could should shall "
    "please tell me give rate ministry government year budget number people about between during"
)
_FRENCH = _words(
    "le la les l un une des du de d au aux et ou où que qui quoi quel quelle quels quelles combien comment pourquoi "
    "quand est était sont étaient a ont avait été en dans par pour sur avec sans entre selon il elle ils elles "
    "ce cet cette ces son sa ses leur leurs ne pas plus moins se y"
)
_AMBIGUOUS = frozenset(["a", "on", "me", "or", "do", "has", "note", "in", "budget", "rate", "at", "be"])
_LANGUAGE_FROM = 3
"""English words, and more of them than French ones, from which a question is taken as English."""


def notice(question: str) -> Notice | None:
    """Why a question is not answered, the most pressing reason first; None for a question to be searched."""
    folded = fold(question)
    words = [word.text for word in tokens(question)]
    if _INSTRUCTIONS.search(folded):
        return "instructions"
    insults = [word for word in words if word in _INSULTS]
    if any(word not in _MILD for word in insults) or (insults and len(words) <= _FEW_WORDS):
        return "insult"
    if _is_private(folded):
        return "private"
    return "language" if _is_english(words) else None


def in_future(question: str, today: date) -> bool:
    """Whether all the dates that a question names are still to come."""
    named = times(question)
    days = [*named.days, *(f"{month}-01" for month in named.months), *(f"{year}-01-01" for year in named.years)]
    whole = [day for day in days if not any(other != day and other.startswith(_stem(day)) for other in days)]
    return bool(whole) and min(whole) > today.isoformat()


def _stem(day: str) -> str:
    """The month or year that a first day stands for."""
    return day.removesuffix("-01").removesuffix("-01")


_FEW_WORDS = 6


def _is_private(folded: str) -> bool:
    """Whether a question is about the private life of somebody who holds an office."""
    return bool(_PRIVATE.search(folded) and _OFFICE.search(folded))


def _is_english(words: list[str]) -> bool:
    english = sum(word in _ENGLISH and word not in _AMBIGUOUS for word in words)
    french = sum(word in _FRENCH_FOLDED for word in words)
    return english >= _LANGUAGE_FROM and english > 2 * french


_FRENCH_FOLDED = frozenset(fold(word) for word in _FRENCH)
