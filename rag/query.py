"""What a question asks: its terms and the kind of thing wanted."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.errors import QuestionError
from rag.agreement import without_dates
from rag.french import fold, terms
from rag.periods import explicit
from rag.text.shorthand import written_out
from rag.yesno import asks_yes_no

Recency = Literal["latest", "earliest"]
Wanted = Literal["figure", "date", "person", "place", "theme", "list", "reason", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """text: the question with its relative dates made explicit. terms: index terms, distinct, in order. content: those
    that an answer may repeat: neither a date's nor the name of what is wanted. wanted: what an answer must hold.
    several: it asks for more than one thing. yes_no: yes or no answers it. recency: which of several publications in
    time it asks for, None where it does not say."""

    text: str
    terms: tuple[str, ...]
    content: tuple[str, ...]
    wanted: Wanted
    several: bool = False
    yes_no: bool = False
    recency: Recency | None = None


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
    ("list", r"\bquel(le)?s sont\b|\bcomment se repartit\b|\bcitez\b|\benumerez\b|\bquels (?!.*taux)|"
             r"\bquelles (?!.*date)|\blistez\b"),
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


_SEVERAL = re.compile(
    r"\b(?:des?|aux?|a|dans|sur|par|pour|avec|en)? ?quel(?:le)?s\b|\blesquel(?:le)?s\b|\bcite[rz]?\b|\benumere[rz]?\b"
    r"|\bliste[rz]?\b|\bcomment se (?:repartit|repartissent|decompose|decomposent|compose|composent)\b|\bqui sont\b"
    r"|\bque (?:risqu|comprend|comport|propos|prevoi|contien|recouvr)|\bde quoi (?:se compose|sont compos)"
)
"""Matched against the folded question: plural words that ask. Not of figures, which have their own reading."""
_RECENCY: tuple[tuple[Recency, str], ...] = (
    ("latest", r"\bderni(?:er|ere|ers|eres)\b(?! (?:trimestre|semestre|jour|mot|acte|souffle|ressort|recours|delai"
               r"|temps|mois|an\b|annee))|\bplus recente?s?\b|\bactuel(?:le)?s?\b|\bactuellement\b|\ba ce jour\b"
               r"|\ben cours\b(?! d)"),
    ("earliest", r"\btoute premiere? (?:fois|edition|session)\b|\b(?:la|le) plus ancien(?:ne)?\b"),
)  # fmt: skip


def stripped(text: str, limit: int, *, empty: str = "empty", too_long: str = "too_long") -> str:
    """`text` without white space around it. Raises QuestionError, with the reason `empty` when it holds no word,
    `too_long` beyond `limit` characters."""
    text = text.strip()
    if not any(char.isalnum() for char in text):
        raise QuestionError("empty question", reason=empty, length=len(text), limit=limit)
    if len(text) > limit:
        raise QuestionError(f"{len(text)} characters, limit {limit}", reason=too_long, length=len(text), limit=limit)
    return text


def understand(question: str, limit: int, today: date | None = None) -> Query:
    """Read a question. today: what its relative dates count from; without one they stand as they are.

    Raises QuestionError when it is empty or longer than `limit` characters.
    """
    text = written_out(stripped(question, limit))
    if today is not None:
        text = explicit(text, today)
    found = tuple(dict.fromkeys(terms(text)))
    folded = fold(text)
    wanted: Wanted = next((kind for kind, pattern in _WANTED if re.search(pattern, folded)), "any")
    kind_words = _KIND_WORDS.get(wanted, frozenset())
    content = tuple(term for term in dict.fromkeys(terms(without_dates(text))) if term not in kind_words) or found
    return Query(
        text=text,
        terms=found,
        content=content,
        wanted=wanted,
        several=wanted != "figure" and bool(_SEVERAL.search(folded)),
        yes_no=asks_yes_no(text),
        recency=next((kind for kind, pattern in _RECENCY if re.search(pattern, folded)), None),
    )
