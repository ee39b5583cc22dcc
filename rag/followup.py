"""A follow-up ("et en 2023 ?", "et celui de la Justice ?", "pourquoi ?") made a full question from those before it.

Each kind of follow-up changes one thing of the question before: its time, its
ministry or another name, its measure, or what is asked about it. A question
that stands on its own is given back as it is. Pure; the result is shown to the
reader, who can put it right.
"""

import re
from collections.abc import Callable, Sequence

from corpus.months import PATTERN as _MONTH
from rag.french import STOP_WORDS, fold, terms, tokens
from rag.ministries import portfolios

__all__ = ["rewrite"]

_YEAR = r"(?:19|20)\d\d(?!\d)"
_RANK = r"(?:premier|second|deuxi[èe]me|troisi[èe]me|quatri[èe]me|1er|2e|3e|4e)"
_PART = rf"{_RANK}\s(?:semestre|trimestre)"
_POINT = (
    rf"(?:(?:fin|d[ée]but)\s(?:(?:du\smois\s)?d(?:e\s|['’])|de\sl['’]ann[ée]e\s)?|mi-)?"
    rf"(?:(?:\d{{1,2}}|1er)\s)?{_MONTH}(?:\s{_YEAR})?"
    rf"|(?:fin\s|d[ée]but\s|mi-)?{_YEAR}|{_PART}(?:\s(?:de\s)?{_YEAR})?"
)
_TIMED = re.compile(
    rf"(?:\b(?:en|à|au|pour|du|de|le|sur|durant|pendant|courant|à\sla|l['’]ann[ée]e|l['’]exercice)\s)*"
    rf"(?:l['’](?:ann[ée]e|exercice)\s)?(?P<point>{_POINT})(?![\w-])",
    re.I,
)
_ADJECTIVE = (
    r"(?:\s(?:digitale|num[ée]rique|territoriale|publique|supérieure?|nationale|humains|animales|civile|humanitaire"
    r"|[ée]lectroniques|étrangères|sociale|scientifique|secondaire))?"
)
_OF = r"(?:de\sla\s|de\sl['’]|du\s|des\s|d['’]|de\s)"
_CAPITAL = rf"(?-i:[A-ZÀ-Ý])[\w’'&/-]*{_ADJECTIVE}"
_NAMED = rf"{_CAPITAL}(?:(?:,?\set\s|,\s)(?:{_OF}|les?\s|la\s|l['’])?{_CAPITAL})*"
_MINISTRY = re.compile(
    rf"(?P<det>\b(?:du|au|le|de\sla|à\sla|la|de|à|chez)\s|)"
    rf"(?P<role>minist[èe]re|ministre)\s(?:burkinab[èe]\s)?(?:en\scharge\s|délégué\s)?{_OF}(?P<name>{_NAMED})(?:\s\([^)]*\))?",
    re.I,
)
_BARE = re.compile(
    rf"(?P<det>\b(?:du|au|le|de\sla|à\sla|la|de|à|chez)\s|\b(?:de\sl|à\sl|l)['’]|)(?P<name>(?-i:M[A-Z]{{2,}})|{_NAMED})(?:\s\([^)]*\))?",
    re.I,
)
_WH = (
    r"(?:(?:à|de|en|dans|par|pour|sur|depuis|jusqu['’]à|selon)\s)?"
    r"(?:combien|quel(?:le)?s?|qui|que|o[ùu]|quand|pourquoi|comment|lequel|laquelle)"
)
_AND = re.compile(
    r"^(?:et|mais|puis|alors|ok|oui|non|d['’]accord|merci)\b[\s,:;]*(?:(?:et|alors|sinon|du\scoup|qu['’]en\sest-il)\b[\s,]*)*",
    re.I,
)
_LEADS = re.compile(r"^(?:qu['’]en\sest-il|quid|idem|m[êe]me\squestion|pareil)\b[\s,:]*", re.I)
_DEMONSTRATIVE = re.compile(r"^(?:pour\s|dans\s|avec\s)?(?:celui|celle|ceux|celles)(?:-ci|-là)?\s", re.I)
_MEASURES = frozenset(
    terms(
        "taux montant nombre budget coût prix date lieu ville part total exécution réalisation durée thème bilan "
        "résultat effectif recettes dépenses objectif cible prévision invité parrain ministre directeur président "
        "moyenne score note délai chiffre sujet titre nom cause raison adresse responsable auteur vainqueur"
    )
)
_ANAPHORA = re.compile(
    r"-(?:t-)?(?:il|elle|ils|elles)\b|\b(?:qui|que|quand|pourquoi|comment|o[ùu])\s(?:l['’]|l[ea]s?\s|en\s|y\s|lui\s|leur\s)"
    r"|\b(?:son|sa|ses|leurs?)\s\w+|\bquel(?:le)?s?\s(?:en|y)\s|\b(?:cet|cette|ce|ces)\s\w+|\bl['’](?:a|ont|avait|avaient)\b",
    re.I,
)
_NOUN_SUBJECT = re.compile(
    r"\b(?:l[ea]s?|l['’]|un|une|des|du|cet|cette|ces|ce|son|sa|ses|leurs?)\s?[^\W\d_]+.*?\s\w+-(?:t-)?(?:il|elle|ils|elles)\b",
    re.I,
)
_SHORT = re.compile(
    r"^(?P<wh>(?:(?:à|de|depuis|jusqu['’]à|par|pour|selon|avec|en|dans)\s)?(?:pourquoi|quand|o[ùu]|qui|comment|combien"
    r"|quelle\s(?:date|année|ville|raison)|quel\s(?:jour|lieu|endroit)|quelles?\s(?:raisons?|causes?)))"
    r"(?:\s(?:ça|cela|donc|exactement|précisément|alors))*$",
    re.I,
)
_SAID = re.compile(
    r"^(?:qui\s(?:(?:l['’]a|l['’]avait|a)\s(?:dit|annonc[ée]e?|affirm[ée]e?|d[ée]clar[ée]e?|publi[ée]e?|r[ée]v[ée]l[ée]e?|pr[ée]cis[ée]e?)"
    r"(?:\s(?:ça|cela))?|le\sdit|dit\s(?:ça|cela)|l['’]affirme)|(?:selon|d['’]apr[èe]s)\s(?:qui|quelle\ssource)|de\squi\s(?:est|vient)\s.*)$",
    re.I,
)
_OTHER_YEAR = re.compile(
    r"^(?:(?:pour|en|de)\s)?l['’](?:an|ann[ée]e)\s(?:(?P<before>d['’]avant|pr[ée]c[ée]dente?)|(?P<after>d['’]apr[èe]s|suivante?))$",
    re.I,
)
_ASKING = re.compile(
    r"^(?:(?P<topic>[^:?]{3,120}\s?:\s)?)(?:(?:à|de|en|dans|par|pour|sur)\s)?"
    r"(?:quel(?:le)?s?\s(?:est|était|sont|étaient|a\sété|ont\sété|fut|sera|seront)\s|combien\s(?:de\s|d['’])|combien\s"
    r"|qui\s(?:est|a|ont|était)\s(?:\w{3,}é[es]?\s(?=l[ea]s?\s|l['’]))?|quand\s|o[ùu]\s|comment\s|pourquoi\s|quel(?:le)?s?\s|qui\s|que\s|qu['’]|est-ce\squ[e'’]\s?)",
    re.I,
)
_TERMS_ALONE = 5
"""Content words from which a question with "et" before it stands on its own."""


def rewrite(question: str, history: Sequence[str]) -> str:
    """`question` in full, from the questions asked before it, oldest first; itself where it is no follow-up."""
    full = ""
    for asked in [*history, question]:
        full = _rewritten(asked, full) if full else asked
    return full if history else question


def _rewritten(question: str, before: str) -> str:
    text = re.sub(r"\s+", " ", question).strip().rstrip("?.! \u00a0…").strip()
    previous = re.sub(r"\s+", " ", before).strip().rstrip("?.! \u00a0").strip()
    if not text or not previous or not any(char.isalpha() for char in previous):
        return question
    opened = _AND.match(text)
    bare = text[opened.end() :].strip() if opened else text
    linked = bool(opened and re.match(r"(?:et|mais|puis)\b", text, re.I)) or bool(_LEADS.match(bare))
    bare = _LEADS.sub("", bare).strip()
    for reader in _READERS:
        found = reader(bare, previous, linked)
        if found:
            return f"{found[:1].upper()}{found[1:]} ?"
    return question


def _other_year(bare: str, previous: str, linked: bool) -> str:
    """ "Et l'année d'avant ?": a year before the one that was asked."""
    match = _OTHER_YEAR.match(bare)
    years = re.findall(_YEAR, previous)
    if not match or not years:
        return ""
    return _with_time(previous, f"en {int(years[-1]) + (-1 if match['before'] else 1)}")


def _time(bare: str, previous: str, linked: bool) -> str:
    """ "Et en 2023 ?", "au premier semestre ?", "et celui de 2022 ?"."""
    said = _DEMONSTRATIVE.sub("", bare)
    match = _TIMED.fullmatch(said)
    if not match or (not linked and said == bare and re.fullmatch(_YEAR, said)):
        return ""
    return _with_time(previous, _placed(match["point"]))


def _placed(point: str) -> str:
    """A point of time with its preposition."""
    if re.match(rf"\d{{1,2}}\s|1er\s(?!s|t)|{_PART}", point, re.I):
        return f"au {point}"
    return (
        f"à {point}"
        if re.match(r"mi-|d[ée]but", point, re.I)
        else point
        if point.lower().startswith("fin")
        else f"en {point}"
    )


def _with_time(previous: str, when: str) -> str:
    """The question before at another time: in place of the one that it names of the same grain, or at its end."""
    found = [match for match in _TIMED.finditer(previous) if not _in_name(previous, match)]
    if not re.search(_YEAR, when):
        years = [year for match in found for year in re.findall(_YEAR, match.group())] or re.findall(_YEAR, previous)
        when = f"{when} {years[-1]}" if years else when
    if not found:
        return f"{previous} {when}"
    place = next((match for match in reversed(found) if _grain(match["point"]) == _grain(when)), found[-1])
    start = place.start()
    # "du CASEM de mars 2025" keeps its "de"; "pour l'exercice 2024" becomes "en 2023"
    of = re.match(r"(?:de|du)\s", place.group(), re.I)
    if of:
        when = re.sub(r"^(?:en|à)\s", "de ", re.sub(r"^au\s", "du ", when))
    middle = previous[:start] + when + previous[place.end() :]
    return re.sub(r"\s+", " ", middle).strip()


def _in_name(text: str, match: re.Match[str]) -> bool:
    """Whether a year belongs to a name: "le PNDES 2021-2025"."""
    return text[match.end() : match.end() + 1] == "-"


def _grain(said: str) -> str:
    for name, pattern in (
        ("part", _PART),
        ("day", rf"\d{{1,2}}\s{_MONTH}|1er\s{_MONTH}"),
        ("month", _MONTH),
        ("year", _YEAR),
    ):
        if re.search(pattern, said, re.I):
            return name
    return ""


def _ministry(bare: str, previous: str, linked: bool) -> str:
    """ "Et celui de la Justice ?", "et pour la Santé ?", "et le MEF ?"."""
    name = _name_of(bare, linked)
    if name is None or not (_is_ministry(name)):
        return ""
    new = _full(name)
    for match in _MINISTRY.finditer(previous):
        if match["role"].lower().startswith("ministre"):
            new = f"ministre {_of(name)}" if not name.isupper() else f"ministre du {name}"
        return _put(previous, match, new)
    for match in _BARE.finditer(previous):
        if _is_ministry(match["name"]) and not (
            match.start() == 0 and not match["name"].isupper() and not match["det"]
        ):
            return _put(previous, match, new)
    return f"{previous} pour le {new}"


def _name_of(bare: str, linked: bool) -> str | None:
    """What a follow-up names, with its article: "la Justice"; None when it is no bare name."""
    said = _DEMONSTRATIVE.sub("", bare)
    demonstrative = said != bare
    stripped = re.sub(r"^(?:pour|chez|dans|avec|côté|concernant|du\scôté\sde)\s", "", said, flags=re.I)
    prefixed = stripped != said
    if not (linked or demonstrative or prefixed) or len(stripped.split()) > 9 or re.match(rf"{_WH}\b", stripped, re.I):
        return None
    if re.search(r"-(?:t-)?(?:il|elle|ils|elles|on)\b", stripped):
        return None
    stripped = re.sub(r"^du\s", "le ", stripped, flags=re.I)
    stripped = re.sub(r"^des\s", "les ", stripped, flags=re.I)
    stripped = re.sub(r"^au\s", "le ", stripped, flags=re.I)
    return re.sub(r"^(?:de|d['’]|à)\s?(?=l[ea]s?\s|l['’]|[A-ZÀ-Ý])", "", stripped, flags=re.I)


def _is_ministry(name: str) -> bool:
    bare = re.sub(r"^(?:l[ea]s?\s|l['’])", "", name, flags=re.I)
    return (
        bool(portfolios(name))
        or bool(re.fullmatch(r"M[A-Z]{2,}", bare))
        or bool(re.match(r"minist[èe]re\b", bare, re.I))
    )


def _full(name: str) -> str:
    """A ministry in full, without its article: "ministère de la Justice", "MEF"."""
    bare = re.sub(r"^(?:l[ea]s?\s|l['’])", "", name, flags=re.I)
    if re.match(r"minist[èe]re\b", bare, re.I) or bare.isupper():
        return bare
    return f"ministère {_of(name)}"


def _of(name: str) -> str:
    """A name after "de": "de la Justice", "du Commerce", "des Sports"."""
    article = re.match(r"(?:l[ea]s?\s|l['’])", name, re.I)
    if not article:
        return f"d’{name}" if name[:1].lower() in "aeéèêiouyh" else f"de {name}"
    word = article.group().lower().strip()
    rest = name[article.end() :]
    rest = rest[:1].upper() + rest[1:]
    return {"le": f"du {rest}", "les": f"des {rest}", "la": f"de la {rest}"}.get(word, f"de l’{rest}")


_MASCULINE = {
    "du": "du", "de la": "du", "de l'": "du", "de": "du", "au": "au", "a la": "au", "a l'": "au", "a": "au",
    "chez": "chez le",
}  # fmt: skip


def _put(previous: str, match: re.Match[str], new: str) -> str:
    det = fold(match["det"])
    word = _MASCULINE.get(det, "le")
    start = match.start()
    said = f"{word} {new}"
    return f"{previous[:start]}{said[:1].upper() + said[1:] if start == 0 else said}{previous[match.end() :]}"


def _name(bare: str, previous: str, linked: bool) -> str:
    """ "Et à Bobo-Dioulasso ?", "et le projet WURI ?", "et Orange ?": another name of the same sort."""
    name = _name_of(bare, linked)
    if not name or not re.search(r"(?-i:\b[A-ZÀ-Ý])", name) or len(name.split()) > 6:
        return ""
    place = re.match(r"(?:à|au|aux|en)\s", bare, re.I)
    found = [
        match
        for match in _BARE.finditer(previous)
        if not _is_ministry(match["name"])
        and not re.fullmatch(rf"{_WH}", match["name"].split()[0], re.I)
        and fold(match["name"]) not in STOP_WORDS
        and (match.start() > 0 or match["det"] or match["name"].isupper())
    ]
    if place:
        at = [match for match in found if fold(match["det"]) in ("a", "au", "a la", "en")]
        if not at:
            return f"{previous} {bare}"
        match = at[-1]
        return f"{previous[: match.start()]}{bare}{previous[match.end() :]}"
    if len(found) != 1:
        return f"{previous}, pour {name}" if found or linked else ""
    match = found[0]
    det, article = fold(match["det"]), re.match(r"(?:l[ea]s?\s|l['’])", name, re.I)
    if det in ("de", "du", "de la", "de l'"):
        said = _of(name)
    elif det in ("a", "au", "a la", "a l'"):
        said = f"à {name}".replace("à le ", "au ").replace("à les ", "aux ")
    else:
        said = name if article or not det else f"{match['det']}{name}"
    return f"{previous[: match.start()]}{said}{previous[match.end() :]}"


_SORTS = ((r"physiques?", r"physique"), (r"financi[èe]re?s?|budg[ée]taires?", r"financ|budg"))


def _measure(bare: str, previous: str, linked: bool) -> str:
    """ "Et l'exécution financière ?", "et le thème ?": another measure of the same body and time."""
    said = re.sub(r"^(?:pour|côté|sur\sle\splan)\s", "", bare, flags=re.I)
    if (
        not linked
        or re.match(rf"{_WH}\b", said, re.I)
        or len(said.split()) > 8
        or re.search(r"-(?:t-)?(?:il|elle)", said)
    ):
        return ""
    asked = fold(said)
    for mine, (_, theirs) in ((_SORTS[0], _SORTS[1]), (_SORTS[1], _SORTS[0])):
        there = next((other for other in _SORTS if re.search(other[1], fold(previous)) and other != mine), None)
        new = re.search(mine[1], asked)
        if new and there and theirs and re.search(there[0], previous, re.I):
            adjective = re.search(mine[0], said, re.I)
            swapped = adjective.group() if adjective else "financière" if mine is _SORTS[1] else "physique"
            return re.sub(there[0], swapped, previous, count=1, flags=re.I)
    article = re.match(r"(?:l[ea]s?\s|l['’]|un\s|une\s|des\s|leurs?\s|son\s|sa\s|ses\s)", said, re.I)
    if not article:
        return ""
    if set(terms(said)) & _MEASURES:
        plural = article.group().lower().startswith(("les", "des", "ses", "leurs"))
        return _contextual(f"{'quels sont' if plural else 'quel est'} {said}", previous)
    return f"{previous}, pour {said}"


def _short(bare: str, previous: str, linked: bool) -> str:
    """ "Pourquoi ?", "quand ?", "qui l'a dit ?": asked of what was asked before."""
    if _SAID.match(bare):
        return f"qui a dit : {_topic(previous)}"
    match = _SHORT.match(bare)
    if match and not (fold(match["wh"]) == "combien" and not linked):
        return f"{match['wh']} : {_topic(previous)}"
    return ""


def _topic(previous: str) -> str:
    """The question before without the words that ask."""
    match = _ASKING.match(previous)
    if not match:
        return f"{previous[:1].lower()}{previous[1:]}" if not previous[:2].isupper() else previous
    return f"{match['topic'] or ''}{previous[match.end() :]}"


def _anaphora(bare: str, previous: str, linked: bool) -> str:
    """ "Qui l'a présidé ?", "quel était son thème ?": names and dates of the question before are added."""
    if not re.match(rf"{_WH}\b|est-ce|a-t|ont-|est-", bare, re.I):
        return ""
    own = _own(bare)
    if linked and len({word.text for word in tokens(bare) if not word.stop}) < _TERMS_ALONE and not own:
        return _contextual(bare, previous)
    if own or not _ANAPHORA.search(bare) or _NOUN_SUBJECT.search(bare):
        return ""
    return _contextual(bare, previous)


def _own(bare: str) -> bool:
    """Whether a question names something by itself: a name, a ministry, a date."""
    words = tokens(bare)
    named = any(bare[word.start].isupper() and not word.stop for word in words[1:])
    return named or bool(re.search(rf"{_YEAR}|{_MONTH}", bare)) or any(word.acronym for word in words)


_CONTEXT = re.compile(rf"(?:{_TIMED.pattern})|(?:minist[èe]re|ministre)\s{_OF}{_NAMED}|{_NAMED}", re.I)


def _contextual(question: str, previous: str) -> str:
    """A question with the names and dates of the one before that it does not have."""
    held = set(terms(question))
    added: list[str] = []
    for match in _CONTEXT.finditer(previous):
        said = match.group().strip(" ,")
        first = said.split()[0] if said else ""
        if not said or re.fullmatch(_WH, first, re.I) or fold(said) in STOP_WORDS or set(terms(said)) <= held:
            continue
        if match.start() == 0 and len(said.split()) == 1 and not said.isupper() and fold(said) in _OPENERS:
            continue
        added.append(re.sub(r"^(?:en|de|du|pour|le)\s(?=(?:19|20)\d\d|\d|[a-zé])", "", said))
    kept = [said for said in dict.fromkeys(added) if set(terms(said))]
    if not kept:
        return f"{question} ({_topic(previous)})"
    return f"{question} ({', '.join(kept)})"


_OPENERS = frozenset("les des une est qui que citez listez donnez comment pourquoi quand dans sur selon".split())  # noqa: SIM905

_Reader = Callable[[str, str, bool], str]
_READERS: tuple[_Reader, ...] = (_short, _other_year, _time, _ministry, _measure, _name, _anaphora)
