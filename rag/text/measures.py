"""What a figure measures: the stems of its head words, from the words around it.

No tagger: the words after a count ("3 025 bâtiments interconnectés"), or the
words before a rate or an amount back to a noun that announces one ("un taux
d'exécution financière de 69,89 %"), with a table of verbs to step over.
"""

import re
from collections.abc import Iterable

from rag.french import Token, terms


def _stems(words: str) -> frozenset[str]:
    return frozenset(terms(words))


# Nouns that announce a measure.
_HEADS = _stems("""
    taux montant budget coût nombre total part proportion niveau score indice note somme enveloppe production produit
    recettes dépenses dette croissance financement investissement subvention dotation chiffre valeur volume superficie
    capacité pourcentage prix tarif salaire effectif population masse durée moyenne crédits allocation contribution
    progression réalisation exécution performance couverture rendement cotisation bénéfice accroissement augmentation
    hausse baisse excédent déficit chèque longueur débit réserve facture appui décaissement préjudice
""")
# Words that link a measure to its figure and are no part of it: verbs of press reports, qualifiers.
_LINKS = _stems("""
    établi établit établissent établir élève élèvent élevait élevé atteint atteignent atteindre atteignant enregistre
    enregistrent enregistré affiche affichent affichant affiché ressort ressortent passe passent passé passée passer
    monte chiffré chiffrent estimé estimée évalué évaluée situe situent situé porte portent porté compte comptent connu
    connaît fixé fixée représente représentent représentant totalise totalisent obtient obtenu permet permis repart
    vient gagne perdu ramené reçu respectivement soit hauteur global globale globalement correspond correspondant
    près supérieur supérieure inférieur inférieure maximum minimum environ seul presque désormais aujourd'hui
""")
_PRENOMINAL = _stems("""
    nouveau nouvelle nouveaux nouvelles grand grande petit petite bon bonne principal principale principaux premier
    première dernier dernière seul seule vrai divers autre différents différentes beau belle meilleur jeune
""")
_BREAKS = re.compile(r"[.;:()«»!?\n\]\[]|\s[-–—]\s")
_OF = frozenset({"de", "des", "du"})
_ARTICLES = frozenset({"la", "le", "les"})
_MOST = 5


def after(words: tuple[Token, ...], text: str, at: int) -> tuple[tuple[str, ...], str, int]:
    """(measure, head stem, end) of the noun phrase that begins at `at`, where `words` start."""
    found: list[str] = []
    head = ""
    reached = at
    subject = False
    after_of = False
    for word in words:
        if len(found) == _MOST or not _close(text[reached : word.start]):
            break
        linking = word.text in _OF or (word.text in _ARTICLES and after_of)
        verb = subject and word.text.endswith("ent") and not word.text.endswith("ment")
        if (word.stop and not linking) or word.text[0].isdigit() or verb:
            break
        reached = word.end
        after_of = linking
        if linking:
            continue
        found.append(word.stem)
        subject = word.text[-1] in "sx"
        if not head and word.stem not in _PRENOMINAL:
            head = word.stem
    return tuple(found), head, reached


def before(words: tuple[Token, ...], text: str, at: int) -> tuple[tuple[str, ...], bool]:
    """(measure, announced) from the `words` of the clause that ends at `at`.

    announced: a noun that announces a figure was found, and the measure begins with it;
    otherwise it is the last content words, a guess.
    """
    start = 0
    for mark in _BREAKS.finditer(text, words[0].start if words else at, at):
        if text[mark.end() : at].strip():
            start = mark.end()
    kept = _content(word for word in words if word.start >= start)
    for place in range(len(kept) - 1, -1, -1):
        if kept[place].stem in _HEADS:
            first = _first_head(kept, place)
            rest = [word.stem for word in kept[first:] if word.stem in _HEADS or word.stem not in _LINKS]
            return tuple(rest[:_MOST]), True
    return tuple(word.stem for word in kept if word.stem not in _LINKS)[-3:], False


def _first_head(words: list[Token], place: int) -> int:
    """Where the measure begins whose last announcing noun is at `place`: "taux global d'exécution" at "taux"."""
    for back in (1, 2):
        if place >= back and words[place - back].stem in _HEADS and words[place].start - words[place - back].end < 16:
            return _first_head(words, place - back)
    return place


def pair(words: tuple[Token, ...]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The two measures of "le taux d'exécution physique et financière"; None if there are not two.

    The words after "et" are either a whole measure of their own or replace the last word before it.
    """
    places = [place for place, word in enumerate(words) if word.text == "et"]
    if not places:
        return None
    left, right = _content(words[: places[-1]]), _content(words[places[-1] + 1 :])
    second = [word.stem for word in right if word.stem not in _LINKS]
    heads = [place for place, word in enumerate(left) if word.stem in _HEADS]
    if not heads or not second:
        return None
    begin = _first_head(left, heads[-1])
    first = [word.stem for word in left[begin:]]
    if second[0] in _HEADS:
        return tuple(first[:_MOST]), tuple(second[:_MOST])
    return tuple(first[:_MOST]), tuple([*first[:-1], second[0]][:_MOST])


def _content(words: Iterable[Token]) -> list[Token]:
    return [word for word in words if not word.stop and not word.text[0].isdigit()]


def _close(gap: str) -> bool:
    """Whether two words are in one phrase: blank, hyphen, or an elided article between them."""
    bare = gap.strip().lower()
    return bare in {"", "-"} or (bare.endswith(("'", "’")) and bare[:-1].strip() in {"d", "l"})
