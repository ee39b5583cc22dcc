"""Every French word that tables and reports show, and how numbers are written."""

import re
from collections.abc import Mapping
from typing import Any

NBSP = "\u00a0"

METRICS: Mapping[str, tuple[str, str]] = {
    "recall@1": ("Rappel@1", "part des passages attendus trouvés au 1ᵉʳ rang"),
    "recall@5": ("Rappel@5", "part des passages attendus parmi les 5 premiers"),
    "recall@10": ("Rappel@10", "part des passages attendus parmi les 10 premiers"),
    "recall@20": ("Rappel@20", "part des passages attendus parmi les 20 premiers"),
    "success@1": ("Succès@1", "au moins un passage attendu au 1ᵉʳ rang"),
    "success@5": ("Succès@5", "au moins un passage attendu parmi les 5 premiers"),
    "mrr@10": ("MRR@10", "inverse du rang du premier passage attendu"),
    "ndcg@10": ("nDCG@10", "qualité du classement des 10 premiers"),
    "correct": ("Questions réussies", "bonne réponse, ou refus quand il le fallait"),
    "contains": ("Réponse contenue", "la réponse contient une forme acceptée"),
    "figure": ("Chiffre exact", "valeur et unité (et date d’arrêté) justes"),
    "coverage": ("Couverture", "listes, comparaisons, désaccords\u00a0: part des éléments donnés"),
    "exact_match": ("Correspondance exacte", "réponse normalisée identique à une forme acceptée"),
    "exact_match_accents": ("Correspondance exacte, accents gardés", "la même, accents compris"),
    "f1": ("F1 des mots", "recouvrement des mots avec la forme acceptée la plus proche"),
    "f1_accents": ("F1 des mots, accents gardés", "le même, accents compris"),
    "citation_exact": ("Exactitude des citations", "la citation est un extrait exact du document"),
    "citation_recall": ("Rappel des citations", "part des phrases prouvées par un passage attendu"),
    "citation_precision": ("Précision des citations", "part des citations qui sont nécessaires"),
    "crag": ("Score CRAG", "+1 juste, 0 sans réponse, −1 faux\u00a0; de −1 à +1"),
    "refusal_precision": ("Précision des refus", "part des refus qui étaient justifiés"),
    "refusal_recall": ("Rappel des refus", "part des questions sans réponse qui sont refusées"),
    "refusal_f1": ("F1 des refus", "moyenne harmonique des deux"),
    "error_unanswerable": ("Réponses à tort", "part des questions sans réponse auxquelles il est répondu"),
    "error_adversarial": ("Réponses à tort, questions pièges", "la même, questions pièges seules"),
    "error_easy": ("Réponses à tort, questions faciles", "la même, questions hors sujet seules"),
    "refused_answerable": ("Refus à tort", "part des questions à réponse qui sont refusées"),
}
"""Figure -> (label, what it is)."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Recherche": (
        "recall@1",
        "recall@5",
        "recall@10",
        "recall@20",
        "success@1",
        "success@5",
        "mrr@10",
        "ndcg@10",
    ),
    "Réponse": (
        "correct",
        "contains",
        "figure",
        "coverage",
        "exact_match",
        "exact_match_accents",
        "f1",
        "f1_accents",
        "crag",
    ),
    "Citations": ("citation_exact", "citation_recall", "citation_precision"),
    "Refus": (
        "refusal_precision",
        "refusal_recall",
        "refusal_f1",
        "error_unanswerable",
        "error_adversarial",
        "error_easy",
        "refused_answerable",
    ),
}

OUTCOMES: Mapping[str, str] = {
    "right": "juste",
    "wrong": "faux",
    "refused": "refus à tort",
    "right_refusal": "refus justifié",
    "answered_unanswerable": "réponse à tort",
    "unjudged": "non jugé",
    "error": "erreur",
}

TYPES: Mapping[str, str] = {
    "figure": "chiffre",
    "date": "date",
    "person": "personne",
    "place": "lieu",
    "theme": "thème",
    "list": "liste",
    "comparison": "comparaison",
    "evolution": "évolution",
    "reason": "raison",
    "organisation": "organisme",
    "paraphrase": "paraphrase",
    "degraded": "graphie dégradée",
    "as_of": "à une date",
    "conflict": "désaccord",
    "yesno": "oui ou non",
    "unanswerable": "sans réponse",
    "": "sans type",
}

BASELINES: Mapping[str, str] = {
    "default": "réglage actuel",
    "lexical": "BM25 seul",
    "dense": "vecteurs seuls",
    "fusion": "fusion seule",
}

ROBUSTNESS: Mapping[str, str] = {
    "accents": "accents ôtés",
    "typos": "fautes de frappe",
    "capitals": "capitales",
    "sms": "écriture SMS",
    "apostrophes": "apostrophes variées",
    "distractors": "pages ressemblantes",
    "counterfeit": "contrefaçons",
    "injection": "injections",
}

KINDS: Mapping[str, str] = {
    "distractor": "page ressemblante",
    "figure": "chiffre changé",
    "year": "année changée",
    "ministry": "ministère changé",
    "negation": "phrase niée",
    "order": "ordre donné",
    "hidden": "texte caché",
    "fake_citation": "fausse citation",
    "html": "HTML",
    "markdown": "Markdown",
    "role": "faux rôle",
}

CONDITIONS: Mapping[str, str] = {
    "system": "système",
    "settings": "réglages",
    "model": "modèle",
    "corpus_digest": "empreinte du corpus",
    "documents": "publications",
    "passages": "passages",
    "seed": "graine",
    "commit": "version du code",
    "machine": "machine",
    "processor": "processeur",
    "cores": "cœurs",
    "memory_gib": "mémoire (Gio)",
    "python": "Python",
    "libraries": "bibliothèques",
    "load_average": "charge",
    "questions": "questions",
}
"""Names of conditions, of a run or of a machine."""

WARNINGS: Mapping[str, str] = {
    "the two runs saw different corpora": "les deux passages n’ont pas vu le même corpus",
    "the two suites differ": "les deux suites diffèrent",
}
"""The French of `Comparison.warnings`."""

_NOTES: Mapping[str, tuple[str, str]] = {
    r"first (\d+) questions only": (
        "la première question seulement",
        "les {0} premières questions seulement",
    ),
    r"(\d+) titles that were the question itself left empty": (
        "un titre qui était la question même est laissé vide",
        "{0} titres qui étaient la question même sont laissés vides",
    ),
    r"(\d+) queries without a relevant document left out": (
        "une question sans document pertinent est laissée de côté",
        "{0} questions sans document pertinent sont laissées de côté",
    ),
    r"(\d+) repeated paragraphs merged": (
        "un paragraphe répété est fondu avec le premier",
        "{0} paragraphes répétés sont fondus avec le premier",
    ),
}
"""The French of `Suite.notes`, for one and for several; others are shown as they are."""

_SKIPPED: Mapping[str, str] = {
    "gold_document": "le document attendu « {doc} » n’est pas dans le corpus",
    "gold_quote": "l’extrait attendu « {quote} » n’est pas dans « {doc} »",
}
"""Why a question is not scored: reason code of `evals.problems` -> French."""

STAGES: Mapping[str, str] = {
    "index": "Indexation",
    "ask": "Questions",
    "judge": "Avis du modèle de langue",
    "done": "Terminé",
}

VERDICTS: Mapping[str, str] = {"right": "juste", "partial": "incomplet", "wrong": "faux"}
"""What a language model says of an answer."""

FAILURES: Mapping[str, str] = {
    "llm_timeout": "délai dépassé",
    "llm_failed": "erreur du serveur",
    "unreadable": "avis illisible",
}
"""Why a language model gave no verdict."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number and its words, agreed: "1 732 questions", "0 question"."""
    noun = one if abs(number) < 2 else many or f"{one}s"
    return f"{whole(number)}{NBSP}{noun}"


def whole(number: int) -> str:
    """1732 -> "1 732", with a narrow no-break space."""
    return f"{number:,}".replace(",", "\u202f")


def tally(suite: Mapping[str, Any]) -> str:
    """How many questions a run had and what became of them: nothing is dropped in silence."""
    parts = [
        counted(suite["scored"], "jugée"),
        counted(suite["unjudged"], "sans réponse de référence", "sans réponse de référence"),
        counted(len(suite["skipped"]), "écartée"),
        counted(suite["errors"], "en erreur", "en erreur"),
    ]
    return f"{counted(suite['questions'], 'question')}{NBSP}: {', '.join(parts)}"


def note(text: str) -> str:
    """A note of a suite in French."""
    for pattern, (one, many) in _NOTES.items():
        if found := re.fullmatch(pattern, text):
            number = int(found[1])
            return (one if number < 2 else many).format(whole(number)).replace(" :", f"{NBSP}:")
    return re.sub(r"^judgements of ", "jugements de ", text)


def skipped(entry: Mapping[str, Any]) -> str:
    """Why a question was not scored, from an entry of a result's `suite["skipped"]`."""
    words = _SKIPPED.get(entry.get("code", ""))
    told = words.format_map(entry["values"]) if words else str(entry["reason"])
    return re.sub(r"(?<=«) | (?=»)", NBSP, told)


def label(name: str) -> str:
    """The French name of a figure."""
    return METRICS[name][0] if name in METRICS else name


def number(name: str, value: float) -> str:
    """A figure as French readers write it: "69,9 %"; CRAG's score "+0,37"."""
    if name == "crag":
        return f"{value:+.2f}".replace(".", ",").replace("-", "−")
    return f"{100 * value:.1f}{NBSP}%".replace(".", ",").replace("-", "−")


def interval(name: str, low: float, high: float) -> str:
    """[66,1 – 73,4]"""
    short = (number(name, bound).removesuffix(f"{NBSP}%") for bound in (low, high))
    return f"[{f'{NBSP}–{NBSP}'.join(short)}]"


def change(name: str, low: float, high: float) -> str:
    """The interval of a change: [−1,2 à +3,4]"""
    return f"[{f'{NBSP}à{NBSP}'.join(points(name, bound).removesuffix(f'{NBSP}pt') for bound in (low, high))}]"


def points(name: str, delta: float) -> str:
    """A change: "+1,2 pt", or in CRAG's own unit."""
    if name == "crag":
        return number(name, delta)
    return f"{100 * delta:+.1f}{NBSP}pt".replace(".", ",").replace("-", "−")
