"""What a quote leaves to be understood: the day its figures stand at, who its "elle" is, the sentence it leans on.

The first two are shown beside the quote, never in it, and only where the
publication leaves no doubt: a label that may be wrong is worse than none. Where
there is none, the sentence before is quoted too. Pure.
"""

import re
from functools import lru_cache

from corpus.records import Document, Span
from rag.compare.aspects import CALENDAR, MOVED
from rag.compare.statements import Place, figures_of, statements
from rag.french import fold, sentences
from rag.values import Referent

__all__ = ["cutoff", "leans_on", "referent"]


def cutoff(place: Place) -> str | None:
    """The ISO day at which the figures of a sentence stand, where the text just before it says so and it does not."""
    text = place.document.text[place.start : place.end]
    if any(figure.kind in CALENDAR for figure in figures_of(text)):
        return None
    told = [what for what in statements(place) if not what.sides & MOVED]
    days = {what.near_time.end if what.near_time and what.near_time.cut else None for what in told}
    dated = any(what.figure.kind == "percent" for what in told) or (told and _SAME_DAY.search(fold(text)))
    return days.pop() if dated and len(days) == 1 else None


_SAME_DAY = re.compile(r"\b(?:meme|cette) (?:date|periode|echeance)\b")
_PERSON = (
    r"(?!M\.|Mme|Mlle|Dr)(?:[A-ZÀ-Ý][\w’'-]+|[A-ZÀ-Ý]{2,})"
    r"(?:[ \u00a0](?:de |d['’]|[A-ZÀ-Ý]\.[ \u00a0])?[A-ZÀ-Ý][\w’'/-]+){1,3}"
)
_OF = r" (?:délégué|chargé|d[eu]|des|d['’])[^.;:()«»]{2,140}?,"
_OFFICES = (
    r"ministre|Premier ministre|directeur|directrice|président|présidente|secrétaire général|secrétaire générale"
    r"|garde des Sceaux|porte-parole|gouverneur|gouverneure|coordonnateur|coordonnatrice|commissaire|chef|responsable"
)
_PEOPLE = re.compile(_PERSON)
_OPENS = re.compile(rf"^(?P<article>L[ea]) (?P<role>{_OFFICES})\b")
_THE_OFFICE = re.compile(rf"\b(?:l[ea]|L[ea]|du|au) (?:{_OFFICES})")
_ROLE = re.compile(
    rf"^(?P<said>(?:L[ea]|Cette?|Ce) (?P<role>{_OFFICES}))"
    r"(?=\s(?!d[eu]|d['’]|des|adjoint|chargé|délégué|[A-ZÀ-Ý]|\w+(?:ien|ais|ois|éen|abè|ain|ique)(?:ne|e)?\b)|,)"
)
_PRONOUN = re.compile(
    r"^(?P<said>Elle|Il|Ce dernier|Cette dernière|Celle-ci|Celui-ci)"
    r"(?=\s(?!s['’]agi|y\s|n['’]y\s|faut|fallait|faudra|convient|reste|apparaît|ressort|semble|suffit|n['’]en\s|en\s(?:est|ressort)"
    r"|(?:est|était|sera|a\sété|avait\sété)\s(?:question|prévu|important|nécessaire|attendu|à\s|temps|possible|décidé|procédé)))"
)
_LEANS = re.compile(
    r"^(?:Ils|Elles|Lui aussi|Eux aussi|Ce(?:lui|lle|ux|lles)-(?:ci|là)|(?:Ce|Cette|Ces) derni\w+|Son|Sa|Ses|Leurs?"
    r"|(?:Ce|Cet|Cette|Ces) (?!(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|jour|matin|soir|ann[ée]e|mois|fois"
    r"|sont?\b)\w+"
    r"|C['’](?:est|était) (?:là|ainsi|pourquoi|donc|(?:dans|pour|à) ce(?:t|tte|s)?"
    r"|(?:l[ea]\s|l['’]|une?\s)(?![^.;]*\bqu(?:i|e|['’])))"
    r"|On y|Depuis(?= lors|,)|Sur ce(?:t|tte|s)?\b|Parmi (?:eux|elles|ces)|Il s['’]agi\w+|L['’]une? d|Les deux\b"
    r"|À (?:la|cette) même|D['’]autre part|(?:En|Au|À|Fin|Début) [^,]{1,40}, (?:ils?|elles?)"
    r"|L[ea] (?:premi[eè]re?|seconde?|deuxième|troisième)(?:,| (?:est|a|porte|vise|concerne|compte)))\b"
    r"|\bleur (?:a|ont|avait|avaient|est|sont|sera|seront)\b|\ben (?:compte|comptent|comptait|dénombre|recense"
    r"|(?:a|ont|avait|avaient|est|sont) \w+)\b|^Les (?:\w+ )?(?:restante?s?|autres)\b"
)
"""A sentence that means something else, or nothing, without the one before. By hand, on 200 answers that were read."""
_SHORT = 60
_LONGEST_BEFORE = 400
"""Characters below which a sentence says too little to lean on, and beyond which none is quoted with another."""
_FEMININE = frozenset(["elle", "cette derniere", "celle-ci"])


def referent(place: Place) -> Referent | None:
    """Who the pronoun or the bare office that opens a sentence is; None where it is not certain."""
    document = place.document
    text = document.text[place.start : place.end]
    role = _ROLE.match(text)
    if role:
        name = _holder(document, role["role"])
        return Referent(said=role["said"], name=name) if name and name not in text else None
    pronoun = _PRONOUN.match(text)
    if not pronoun:
        return None
    name = _subject_before(document, place.start, feminine=fold(pronoun["said"]) in _FEMININE)
    return Referent(said=pronoun["said"], name=name) if name and name not in text else None


def leans_on(place: Place) -> Span | None:
    """What stands before a sentence in its paragraph, one sentence or two, where it cannot be understood without: it
    leans on it, or replies to a question. None where it can, or where `referent` tells."""
    text = place.document.text
    replies = text[: place.start].rstrip().endswith("?")
    if not (replies or _leans(text[place.start : place.end])) or referent(place) is not None:
        return None
    begin = text.rfind("\n\n", 0, place.start) + 2 if place.start else 0
    begin = begin if begin > 1 else 0
    before = [Span(begin + span.start, begin + span.end) for span in sentences(text[begin : place.start])]
    if len(before) > 1 and (_leans(last := text[before[-1].start : before[-1].end]) or len(last) < _SHORT):
        before[-2:] = [Span(before[-2].start, before[-1].end)]
    return before[-1] if before and before[-1].end - before[-1].start <= _LONGEST_BEFORE else None


def _leans(sentence: str) -> bool:
    return bool(_LEANS.search(sentence) or _PRONOUN.match(sentence))


def _holder(document: Document, role: str) -> str | None:
    """The one person that a publication names with this office; None where it names none, or two."""
    found = _holders(document.text).get(fold(role), frozenset())
    return next(iter(found)) if len(found) == 1 else None


@lru_cache(maxsize=512)
def _holders(text: str) -> dict[str, frozenset[str]]:
    """Office -> the names that stand with it: "la ministre de la Santé, X", "le ministre X"."""
    found: dict[str, set[str]] = {}
    for match in _NAMED.finditer(text):
        found.setdefault(fold(match["role"]), set()).add(match["name"])
    for match in _NAMED_FIRST.finditer(text):
        found.setdefault(fold(match["role"]), set()).add(match["name"])
    return {role: _merged(names) for role, names in found.items()}


_NAMED = re.compile(
    rf"\b(?:[Ll]a|[Ll]e|du|au|[Mm]adame la|[Mm]onsieur le) (?P<role>{_OFFICES})(?:{_OF}| )"
    rf"\s?(?P<name>{_PERSON})(?=[\s,.;:)])"
)
_NAMED_FIRST = re.compile(rf"(?P<name>{_PERSON}), (?:la |le )?(?P<role>{_OFFICES})\b")


def _merged(names: set[str]) -> frozenset[str]:
    """One person named twice, in full and by the surname, is one."""
    full = sorted(names, key=len, reverse=True)
    kept: list[str] = []
    for name in full:
        if not any(set(fold(name).split()) <= set(fold(other).split()) for other in kept):
            kept.append(name)
    return frozenset(kept)


_SUBJECT = re.compile(
    rf"^(?P<article>L[ea]) (?P<role>{_OFFICES})(?:{_OF}|,)?\s(?P<name>{_PERSON})"
    rf"(?=[,\s])"
)


def _subject_before(document: Document, start: int, *, feminine: bool) -> str | None:
    """The person that the sentence before, in the same paragraph, has as its subject; None without one alone.

    The gender must be told by an article or an office; a first name does not tell it.
    """
    begin = document.text.rfind("\n\n", 0, start) + 2 if start else 0
    begin = begin if begin > 1 else 0
    spans = sentences(document.text[begin:start])
    if not spans:
        return None
    before = document.text[begin + spans[-1].start : begin + spans[-1].end]
    people = set(_PEOPLE.findall(before))
    match = _SUBJECT.match(before)
    if match:
        article = match["article"]
        if (article == "La") != feminine:
            return None
        others = [name for name in people if name not in match["name"] and match["name"] not in name]
        offices = _THE_OFFICE.findall(before, match.end())
        return match["name"] if not _same_gender(offices, feminine) and not _rivals(others) else None
    role = _OPENS.match(before)
    if role and (role["article"] == "La") == feminine and not people:
        offices = _THE_OFFICE.findall(before, role.end())
        return _holder(document, role["role"]) if not _same_gender(offices, feminine) else None
    return None


def _same_gender(offices: list[str], feminine: bool) -> bool:
    return any((office.lower().startswith("la ")) == feminine for office in offices)


_INSTITUTION = re.compile(
    r"Burkina|Faso|Ouaga|Bobo|Transition|Conseil|Semaine|Fonds|Agence|Premier|Assembl|Afrique|Minist"
)


def _rivals(names: list[str]) -> list[str]:
    """Of some capitalised names those that may be a person's."""
    return [name for name in names if not _INSTITUTION.search(name)]
