"""French wording shared by the chat and the terminal: dates, counts, certainty, what was searched.

Plain text with French typography: U+00A0 inside « » and before : ; ! ?,
U+202F between thousands. Nothing here is HTML.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.records import earliest_day, in_words, latest_day
from rag import Answer, CorpusState

NBSP = "\u00a0"

CERTAINTY = ((0.85, "sûr"), (0.65, "probable"), (0.0, "incertain"))
"""Least confidence -> the word shown, best first."""

SERIES = {
    "conflict": "D’autres valeurs ont été publiées",
    "evolution": "Évolution",
    "rounded": "Même valeur, arrondie ailleurs",
}
"""Kind of a series of `Answer.conflicts` -> its heading, most pressing first."""

_FILTER_WORDS = {
    "as_of": "publié au plus tard le {date}",
    "since": "publié depuis le {date}",
    "until": "publié jusqu’au {date}",
    "ministry": "ministère\u00a0: {value}",
    "publisher": "éditeur\u00a0: {value}",
}


def typeset(message: str) -> str:
    """A message of ours with its ordinary spaces made non-breaking where French asks for it."""
    return re.sub(r" (?=[:;!?»])|(?<=«) ", NBSP, message)


def certainty(confidence: float) -> str:
    """ "sûr", "probable" or "incertain"."""
    return next(word for least, word in CERTAINTY if confidence >= least or least == 0.0)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun, agreed: "1 848 publications", "0 publication"."""
    word = noun if abs(number) < 2 else plural or f"{noun}s"
    return f"{number:,}".replace(",", "\u202f") + NBSP + word


def day(published: str | None) -> str:
    """A whole or reduced ISO date in words that do not break over lines; « date inconnue »."""
    return in_words(published).replace(" ", NBSP) if published else "date inconnue"


def when(published: str | None) -> str:
    """« publié le 27 mars 2025 », « publié en mars 2025 », « date inconnue »."""
    if not published:
        return "date de publication inconnue"
    return f"publié {'le' if _is_whole(published) else 'en'}{NBSP}{day(published)}"


def date_span(dates: Iterable[str | None]) -> str:
    """The period that several publications cover: « publié le… », or « publications du… au… »."""
    known = sorted({date for date in dates if date}, key=lambda date: (earliest_day(date), latest_day(date)))
    if len(known) < 2:
        return when(known[0] if known else None)
    first, last = known[0], known[-1]
    start, end = ("du" if _is_whole(first) else "de"), ("au" if _is_whole(last) else "à")
    return f"publications {start}{NBSP}{day(first)} {end}{NBSP}{day(last)}"


def searched(corpus: CorpusState, as_of: str | None = None) -> str:
    """« recherché dans 118 publications, jusqu’au 3 février 2026 », and the day it speaks from."""
    said = f"recherché dans {count(corpus.documents, 'publication')}"
    if as_of:
        return f"{said}, en s’arrêtant au{NBSP}{day(as_of)}"
    if not corpus.latest:
        return said
    until = "jusqu’au" if _is_whole(corpus.latest) else "jusqu’à"
    return f"{said}, {until}{NBSP}{day(corpus.latest)}"


def answer_dates(answer: Answer) -> str:
    """`date_span` of the publications that an answer cites."""
    return date_span(citation.published for sentence in answer.sentences for citation in sentence.citations)


def filters_in_words(filters: Mapping[str, str | None]) -> str:
    """The filters that are set, in words, joined by « ; »; "" when none is."""
    set_ones = ((words, filters.get(name)) for name, words in _FILTER_WORDS.items())
    return f"{NBSP}; ".join(words.format(value=value, date=_day_or_raw(value)) for words, value in set_ones if value)


def about(series: Mapping[str, Any]) -> str:
    """What a series measures, and whose: « Taux d’exécution physique — Transition digitale »."""
    named = " — ".join(part.strip() for part in (series["measure"], series["body"]) if part.strip())
    return capital(re.sub(r"[ \t\n]+", " ", named)) or "Valeurs publiées"


def capital(text: str) -> str:
    """`text` with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def _day_or_raw(value: str) -> str:
    try:
        return day(value)
    except ValueError:
        return value


def _is_whole(date: str) -> bool:
    return date.count("-") == 2
