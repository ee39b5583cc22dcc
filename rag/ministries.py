"""Which ministry a text speaks of, under its old and new names.

Governments rename ministries at each reshuffle ("Développement de l'Économie
numérique et des Postes", then "Transition digitale, Postes et Communications
électroniques"): a portfolio is what stays. Patterns are matched against folded
text; one pattern is enough. An acronym is matched against the initials of the
ministries' names in the corpus, so that it needs no table.
"""

import re
from collections.abc import Mapping

from rag.french import STOP_WORDS, fold

PORTFOLIOS: Mapping[str, str] = {
    "numérique": r"transition digitale|transformation digitale|economie numerique|\bmtd(pce)?\b|\bmdenp\b|\bmenptd\b|"
    r"communications electroniques|ministre du numerique|ministere du numerique",
    "santé": r"\bsante\b",
    "justice": r"\bjustice\b|\bdroits humains\b|garde des sceaux",
    "économie": r"economie et (des )?finances?|l'economie,? (et )?(des )?finances|ministere des finances|"
    r"ministre des finances|economie, finances|grand argentier|ministere de l'economie\b(?! numerique)",
    "sécurité": r"(ministere|ministre|casem) de la securite|"
    r"\bsecurite\b(?! (sociale|routiere|alimentaire|des systemes|informatique))",
    "territoire": r"administration territoriale|\bmatm\b|\bmatds\b",
    "commerce": r"\bcommerce\b|\bartisanat\b|\bindustrie\b",
    "fonction publique": r"fonction publique|serviteurs du peuple",
    "éducation": r"education nationale|enseignement de base|alphabetisation",
    "secondaire": r"enseignement secondaire|enseignements secondaire",
    "supérieur": r"enseignement superieur|recherche scientifique|et superieur\b",
    "jeunesse": r"\bsports?\b|\bjeunesse\b",
    "culture": r"\bculture\b|arts et tourisme|porte-parole du gouvernement",
    "mines": r"\bmines\b|\bcarrieres\b|ministere de l'energie|ministre de l'energie",
    "urbanisme": r"\burbanisme\b|\bhabitat\b",
    "agriculture": r"\bagriculture\b|ressources animales|amenagements hydr",
    "environnement": r"\benvironnement\b|eau et (de l')?assainissement",
    "transports": r"\btransports\b|mobilite urbaine",
    "infrastructures": r"\binfrastructures?\b(?! (numerique|de communication|de telecom))|desenclavement",
    "humanitaire": r"action humanitaire|solidarite nationale|ministere de la (femme|famille)",
    "diplomatie": r"affaires etrangeres|cooperation regionale|diplomatie",
    "défense": r"\bdefense\b|anciens combattants",
    "primature": r"\bprimature\b|premier ministre|premier ministere",
    "télécoms": r"\barcep\b|regulateur des communications",
}
"""Portfolio -> pattern over folded text."""

_COMPILED = {name: re.compile(pattern) for name, pattern in PORTFOLIOS.items()}
_ACRONYM = re.compile(r"\bM[A-Z]{2,}\b")


def portfolios(text: str) -> frozenset[str]:
    """The portfolios that a text names."""
    folded = fold(text)
    return frozenset(name for name, pattern in _COMPILED.items() if pattern.search(folded))


def initials(ministry: str) -> str:
    """The acronym that a ministry's name makes: "Économie et Finances" -> "mef"."""
    words = re.findall(r"[^\W\d_]+", fold(re.sub(r"\(.*?\)", "", ministry)))
    return "m" + "".join(word[0] for word in words if word not in STOP_WORDS)


def acronyms_in(text: str) -> frozenset[str]:
    """Acronyms in a text that may be ministries' ("MTDPCE", "MEF"), folded."""
    return frozenset(match.lower() for match in _ACRONYM.findall(text))
