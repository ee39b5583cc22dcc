"""In what kind of figure a question wants its answer: money, a share, a duration, a measure, a count.

"Combien coûte… ?" is not answered by a number of buildings, nor "quel taux" by an amount.
"""

import re
from functools import lru_cache

from rag.figures import Figure, Kind
from rag.french import fold

_COUNT: frozenset[Kind] = frozenset({"number", "quantity", "fraction"})
_MONEY = r"cout\w*|montant|somme|budget\w*|enveloppe|prix|prejudice|benefice|perte|dotation|salaire|amende|subvention"
# First match wins; matched against the folded question.
_ASKED: tuple[tuple[frozenset[Kind], str], ...] = (
    (frozenset({"duration", "period"}),
     r"\bcombien d(?:e |')(?:temps|jours?|mois|ans?|annees?|semaines?|heures?|minutes?)"
     r"|\bquel(?:le)? (?:est |etait )?(?:le |la )?(?:duree|delai)\b"),
    (frozenset({"money"}), r"\bcombien d(?:e |')(?:francs?|fcfa|cfa|euros?|dollars?|argent|milliards?\b(?! d))"),
    (frozenset({"quantity"}),
     r"\bcombien d(?:e |')(?:km|kilometres?|metres?|hectares?|tonnes?|litres?|mw|megawatts?)\b"
     r"|\bquel(?:le)? (?:est |etait )?(?:la )?(?:longueur|distance|superficie|puissance|hauteur)\b"),
    (frozenset({"percent", "fraction"}),
     r"\b(?:quel(?:le)?s?|combien)\b(?: \S+){0,4}? (?:l[ea'] ?)?(?:taux|pourcentages?|proportion)\b|^(?:le )?taux\b"),
    (frozenset({"money"}), rf"\b(?:quel(?:le)?s?|combien)\b(?! de?\b)(?: \S+){{0,4}}? (?:l[ea'] ?)?(?:{_MONEY})\b"
                           rf"|\bcombien\b(?! d[e'])[^?]*\bcoute\w*\b"),
    (_COUNT, r"\bcombien d(?:e |')|\bquel (?:est |etait )?(?:le )?nombre\b"),
)  # fmt: skip
_LARGE = 1_000_000
"""An amount without its currency is one of money from here on."""


@lru_cache(maxsize=1024)
def units_of(question: str) -> frozenset[Kind]:
    """The kinds of figures that can answer a question; empty where it leaves them open."""
    folded = fold(question)
    return next((kinds for kinds, pattern in _ASKED if re.search(pattern, folded)), frozenset())


def fits(figure: Figure, kinds: frozenset[Kind]) -> bool:
    """Whether a figure is of one of the kinds asked for; any is where none is."""
    large = figure.kind == "number" and figure.value is not None and figure.value >= _LARGE and not figure.unit
    return not kinds or figure.kind in kinds or ("money" in kinds and large)
