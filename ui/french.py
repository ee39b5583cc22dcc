"""French wording shared by the chat and the terminal: dates, counts, certainty, what was searched.

Plain text with French typography: U+00A0 inside « » and before : ; ! ?,
U+202F between thousands. Nothing here is HTML.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corpus.records import earliest_day, in_words, latest_day
from rag import Answer, Copy, CorpusState, Writing
from ui.escape import clean

NBSP = "\u00a0"

CERTAINTY = ((0.85, "sûr"), (0.65, "probable"), (0.0, "incertain"))
"""Least confidence -> the word shown, best first."""

SERIES = {
    "conflict": "D’autres valeurs ont été publiées",
    "evolution": "Évolution",
    "rounded": "Même valeur, arrondie ailleurs",
}
"""Kind of a series of `Answer.conflicts` -> its heading, most pressing first."""

ORDERS = "Ce passage donne des consignes à qui répond\u00a0: il n’est jamais cité comme une réponse."
"""Said of `Evidence.orders`."""
_NAMED = 3  # publishers of copies that are named

_UNUSED = {
    "llm_timeout": "n’a pas répondu à temps",
    "llm_failed": "a répondu par une erreur",
    "unproved": "n’a rien écrit que les passages prouvent\u00a0; ses phrases ont été retirées",
    "nothing": "n’a rien répondu",
    "beside": "a répondu à côté de la question\u00a0; ses phrases ont été retirées",
    "": "n’a pas servi",
}
"""Reasons of `Writing` why its sentences are not shown."""

_FILTER_WORDS = {
    "as_of": "publié au plus tard le {date}",
    "since": "publié depuis le {date}",
    "until": "publié jusqu’au {date}",
    "ministry": "ministère\u00a0: {value}",
    "publisher": "éditeur\u00a0: {value}",
    "kind": "genre\u00a0: {value}",
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


def optical(percents: Iterable[int | None]) -> str:
    """« lu par reconnaissance optique, confiance 87 % », the least of them; "" when no page was read so."""
    read = [percent for percent in percents if percent is not None]
    return f"lu par reconnaissance optique, confiance {min(read)}{NBSP}%" if read else ""


def also(copies: Sequence[Copy]) -> str:
    """Who else published a text: "aussi publié par A, B et 3 autres éditeurs"; "" where nobody did."""
    names = list(dict.fromkeys(clean(copy.publisher).strip() or "un éditeur inconnu" for copy in copies))
    if not names:
        return ""
    shown, more = names[:_NAMED], len(names) - _NAMED
    if more > 0:
        shown.append(count(more, "autre éditeur", "autres éditeurs"))
    return f"aussi publié par {', '.join(shown[:-1])}{' et ' if len(shown) > 1 else ''}{shown[-1]}"


def day(published: str | None) -> str:
    """A whole or reduced ISO date in words that do not break over lines; « date inconnue »."""
    return in_words(published).replace(" ", NBSP) if published else "date inconnue"


def moment(time: str | None) -> str:
    """An ISO 8601 time in UTC in words: « 22 novembre 2026 à 18 h 18 (UTC) »; « jamais »; another text as it is."""
    if not time:
        return "jamais"
    found = re.match(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})", time)
    return f"{day(found[1])} à{NBSP}{int(found[2])}{NBSP}h{NBSP}{found[3]}{NBSP}(UTC)" if found else time


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


def written(writing: Writing | None) -> str:
    """What a language model did with the answer, in one or two sentences; "" without one."""
    if writing is None:
        return ""
    named = f"«{NBSP}{clean(writing.model)}{NBSP}»"
    if not writing.used:
        return f"Le modèle de langue {named} {_UNUSED.get(writing.reason, _UNUSED[''])}. La réponse cite les textes."
    said = f"Phrases rédigées par le modèle de langue {named}, chacune vérifiée contre le passage cité."
    if not writing.withheld:
        return said
    one = writing.withheld == 1
    gone = "a été retirée, que rien ne prouvait" if one else "ont été retirées, que rien ne prouvait"
    return f"{said} {capital(count(writing.withheld, 'autre phrase', 'autres phrases'))} {gone}."


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
