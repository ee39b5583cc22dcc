"""What a question asks: its terms and the kind of thing wanted."""

import re
from dataclasses import dataclass
from typing import Literal

from corpus.errors import QuestionError
from rag.agreement import without_dates
from rag.french import fold, terms

Wanted = Literal["figure", "date", "person", "place", "theme", "list", "reason", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """terms: index terms, distinct, in order. content: those that an answer may repeat: neither a date's nor the
    name of what is wanted. wanted: what an answer must hold."""

    text: str
    terms: tuple[str, ...]
    content: tuple[str, ...]
    wanted: Wanted


# First match wins; matched against the folded question.
_WANTED: tuple[tuple[Wanted, str], ...] = (
    ("theme", r"\btheme\b|\bintitule\b|\bplace sous\b"),
    ("figure", r"\bcombien\b|\bquel(le)?s? (est|etait|a ete|fut|sont|etaient)? ?(le |la |les |l')?(taux|montant|nombre|"
               r"cout|budget|pourcentage|part|chiffre|effectif|moyenne|valeur|enveloppe|prix|total|score|note)\b|"
               r"\btaux\b|\bmontant\b|\ba combien\b|\bnombre de\b|\bpourcentage\b|\bkb1\b|\bcbien\b"),
    ("date", r"\bquand\b|\bquelle (est la )?date\b|\bquel jour\b|\ben quelle annee\b|\ba quelle date\b|\bquel mois\b"),
    ("place", r"\bou (s'est|a|ont|est|se|fut|sera|etait|la|le|les|l')|\bdans quel(le)?s? "
              r"(ville|pays|region|lieu|salle|localite|province|commune|quartier)\b|"
              r"\bquel(le)? (ville|lieu|endroit|region)\b|\ben quel lieu\b"),
    ("list", r"\bquel(le)?s sont\b|\bcitez\b|\benumerez\b|\bquels (?!.*taux)|\bquelles (?!.*date)|\blistez\b"),
    ("reason", r"\bpourquoi\b|\bquelle(s)? (est|sont) (la|les) (raison|cause)s?\b|\bdans quel but\b|\ba quelle fin\b"),
    ("person", r"\bqui\b|\bpar qui\b|\bnom d[ue]\b|\bcomment s'appelle\b|\bquel(le)? (ministre|directeur|directrice|"
               r"responsable|president|presidente|secretaire)\b"),
)  # fmt: skip

_KIND_WORDS: dict[Wanted, frozenset[str]] = {
    "theme": frozenset(terms("thème sujet intitulé")),
    "date": frozenset(terms("date jour mois année")),
    "place": frozenset(terms("ville lieu endroit localité pays région")),
    "person": frozenset(terms("nom personne")),
}
"""Words that name what is wanted: the sentence that answers need not say them, the one beside it often does."""


def stripped(text: str, limit: int, *, empty: str = "empty", too_long: str = "too_long") -> str:
    """`text` without white space around it. Raises QuestionError, with the reason `empty` when it holds no word,
    `too_long` beyond `limit` characters."""
    text = text.strip()
    if not any(char.isalnum() for char in text):
        raise QuestionError("empty question", reason=empty, length=len(text), limit=limit)
    if len(text) > limit:
        raise QuestionError(f"{len(text)} characters, limit {limit}", reason=too_long, length=len(text), limit=limit)
    return text


def understand(question: str, limit: int) -> Query:
    """Read a question. Raises QuestionError when it is empty or longer than `limit` characters."""
    text = stripped(question, limit)
    found = tuple(dict.fromkeys(terms(text)))
    folded = fold(text)
    wanted: Wanted = next((kind for kind, pattern in _WANTED if re.search(pattern, folded)), "any")
    kind_words = _KIND_WORDS.get(wanted, frozenset())
    content = tuple(term for term in dict.fromkeys(terms(without_dates(text))) if term not in kind_words) or found
    return Query(text=text, terms=found, content=content, wanted=wanted)
