"""A question with several parts or sides, taken apart: one full question for each, made of its own words.

"Comment a évolué le taux entre 2023 et 2024 ?" asks for two lines, one of each
year; "De la Santé ou de la Justice, quel ministère…" for one of each ministry;
"Quel est le taux et combien de procédures…" for two answers. Tables of French
turns of phrase; a question that fits none is whole. Pure.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from corpus.months import PATTERN as _MONTH
from rag.compare.aspects import Time
from rag.figures import figures
from rag.french import STOP_WORDS, fold, terms, tokens
from rag.text.dates import last_day

__all__ = ["Part", "asks_change", "take_apart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """label: the words of the question that tell it from the others. question: what to search. time: when its figure
    must stand; names: terms that the passage must say, as it is of this side alone. counts: an amount is asked for."""

    label: str
    question: str
    time: Time | None = None
    names: frozenset[str] = frozenset()
    counts: bool = False


_YEAR = r"(?:19|20)\d\d(?![\d-])"
_RANK = r"(?:premier|second|deuxi[èe]me|troisi[èe]me|quatri[èe]me|dernier|1er|2e|3e|4e)"
_WHEN = (
    rf"(?:(?:(?:la\s)?fin|(?:le\s)?d[ée]but)\s(?:(?:du\smois\s)?d(?:e\s|u\s|['’]))?|mi-)?"
    rf"(?:(?:le\s|au\s)?(?:\d{{1,2}}|1er)\s)?{_MONTH}(?:\s{_YEAR})?"
    rf"|(?:fin\s|d[ée]but\s|mi-)?{_YEAR}"
    rf"|(?:(?:le|au|du)\s)?{_RANK}\s(?:semestre|trimestre)(?:\s(?:de\s)?{_YEAR})?"
)
_TO = r"(?:en\s|à\s|au\s|pour\s|dans\s|de\s|du\s|d['’])?"
_OF = (
    r"(?:(?:à|de|pour|dans|en|avec|contre)\s)?"
    r"(?:(?:celui|celle|ceux|celles|l[ea]s?\s\w+|l['’]\w+)\s(?:d[eu]\s|d['’])?)?"
)
_PAIRS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?P<lead>\bentre\s(?:l[ea]s?\s(?:\w+\s)?(?:d[eu]\s)?)?)(?P<a>{_WHEN})(?P<link>,?\set\s{_OF}{_TO})(?P<b>{_WHEN})",
        rf"(?P<lead>\bde\s)(?P<a>{_WHEN})(?P<link>\sà\s)(?P<b>{_WHEN})",
        rf"(?P<lead>\b(?:en|à|au|de|du|pour)\s|\b)(?P<a>{_WHEN})"
        rf"(?P<link>,?\s(?:et|ou|puis|contre|par\srapport\sà|qu['’]|que)\s?{_OF}{_TO})(?P<b>{_WHEN})",
    )
)
_SINCE = re.compile(
    rf",?\s(?:qu['’]|que\s|par\srapport\sà\s|à\s(?=cel)|aux?\s)(?:(?:en|à|au|pour|l['’]ann[ée]e|ceux|celui|celles?)\s(?:d[eu]\s)?)*"
    rf"(?P<b>{_WHEN})",
    re.I,
)
_OPEN_LINK = re.compile(r"puis|contre|rapport|\bqu|\bou\b|\bet\s(?:en|à|au)\s", re.I)
_CHANGE = re.compile(
    r"\bevol(?:ue|ution|uent|ution\w*)|\baugment|\bbaiss|\bdiminu|\bprogress|\brecul|\bhausse|\bmonte\b|\bgrimp|\bchut"
    r"|\baccru|\bcroi[tss]|\bvari(?:e|ation)|\bdegrad|\bamelior|\bredui|\bdoubl|\btripl|\brepli\b|\bcourbe\b"
)
_COMPARE = re.compile(
    r"\bcompar|\bdifferenc|\becart|\bplus\b|\bmoins\b|\bmeilleur|\bmieux\b|\bpire|\bsuperieur|\binferieur|\blequel\b"
    r"|\blaquelle\b|\bautant\b|\brapport a\b"
)
_FRAMES = (
    # "Comment a évolué X [temps] ?"
    re.compile(r"^(?:comment|de\scombien)\s(?:a|ont)\s\w+\s(?P<x>.+)$", re.I),
    # "Comment X a-t-il évolué [temps] ?", "X a-t-elle augmenté [temps] ?"
    re.compile(
        r"^(?:comment\s|de\scombien\s|pourquoi\s)?(?P<x>.+?)\s(?:a|ont|avait|avaient)-(?:t-)?(?:il|elle|ils|elles)\s"
        r"(?:\w+ment\s)?(?P<verb>\w+)(?P<rest>.*)$",
        re.I,
    ),
    re.compile(
        r"^(?:quelle\s(?:est|a\sété|fut)\sl['’]|l['’])[ée]volution\s(?P<of>du\s|de\s(?:la\s|l['’])?|des\s|d['’])(?P<x>.+)$",
        re.I,
    ),
    re.compile(r"^comparer?z?\s(?P<x>.+)$", re.I),
)
_MORE = re.compile(
    r"^(?:y\sa-t-il\s(?:eu\s)?|est-ce\squ['’]il\sy\sa\s(?:eu\s)?)(?:plus|moins|autant)\s(?P<of>d(?:e\s|['’]))", re.I
)
_WH = (
    r"(?:[àÀ]\s|de\s|d['’]|en\s|dans\s|par\s|pour\s|sur\s|avec\s|vers\s)?"
    r"(?:combien|quel(?:le)?s?|qui|o[ùu]|quand|pourquoi|comment)\b"
)
_TWO = re.compile(rf"^(?P<one>.*?[\w%»)])\s?,?\set\s(?P<two>{_WH}.+)$", re.I | re.S)
_TWO_WORDS = re.compile(rf"^(?P<one>{_WH})\set\s(?P<two>{_WH})\s(?P<rest>.+)$", re.I | re.S)
_ASKS = re.compile(rf"\b{_WH}|-(?:t-)?(?:il|elle|ils|elles|on|ce)\b", re.I)
_TOPIC = re.compile(r"^(?P<topic>[^:?]{3,120}?)\s?:\s(?P<rest>.+)$", re.S)
_AGAINST = re.compile(r"^(?P<a>.+?)\s(?:contre|par\srapport\sà|versus|vs\.?)\s(?P<b>.+)$", re.I | re.S)
_DIFFERENCE = re.compile(
    r"^(?P<before>.*?)\b(?:quelles?\s(?:est\s|était\s|sont\s)?(?:la\s|l['’]|les\s)?(?:différences?|écarts?)\s(?:y\sa-t-il\s)?"
    r"(?:entre|de)|^comparer?z?)\s(?P<a>.+?)\set\s(?:à\s)?(?P<b>.+)$",
    re.I | re.S,
)
_WORD = r"(?-i:[A-ZÀ-Ý])[\w’'&/-]*"
_NAME = (
    rf"(?:(?:l[ea]s?|du|des|un|une)\s|[ld]['’])?{_WORD}"
    rf"(?:\s(?:d[eu]s?\s|d['’]|et\sd[eu]s?\s|l[ea]s?\s)*{_WORD})*"
)
_THING = (
    r"(?:(?:le|la|les|l['’])\s?(?:minist[èe]re|ministre|projet|programme)\s(?:d(?:e\s(?:la\s|l['’])?|u\s|es\s|['’]))?)?"
    rf"{_NAME}"
)
_EITHER_FIRST = re.compile(
    rf"^(?:(?:de|entre|d['’]|du|des)\s?)?(?P<a>{_THING})\s?,?\s(?P<link>ou|et)\s(?:(?:de|d['’]|du|des)\s?)?(?P<b>{_THING})\s?[,:]\s"
    r"(?P<rest>(?:lequel|laquelle|qui|quel(?:le)?)\b.+)$",
    re.I | re.S,
)
_EITHER_LAST = re.compile(
    rf"^(?P<rest>(?:lequel|laquelle|qui|quel(?:le)?|où)\b.+?)\s?[,:]?\s(?:(?P<prep>de|d['’]|à|au|du|pour|entre|chez)\s?)?"
    rf"(?P<a>{_THING})\s(?:ou|et)\s(?:(?:de|d['’]|à|au|du|pour|chez)\s?)?(?P<b>{_THING})$",
    re.I | re.S,
)
_THAN = re.compile(
    rf"^(?P<rest>.*?\b(?:plus|moins|meilleure?s?|mieux|supérieure?s?|inférieure?s?|autant|même)\b.*?)\s"
    rf"(?:qu['’]\s?|que\s|à\s(?=cel))(?:(?:à|de|en|dans|pour|chez)\s)?(?:(?:celui|celle|ceux|celles)\sd(?:e\s|u\s|es\s|['’]))?(?P<b>{_THING})(?P<after>.*)$",
    re.I | re.S,
)
_WHICH = re.compile(
    r"\b(?:(?:le|la|les)?quel(?:le)?s?(?:\s(?:minist[èe]re|projet|pays|programme|ville|région|entreprise|opérateur|édition"
    r"|département|institution|structure)s?)?|qui)\s",
    re.I,
)
_BEST = re.compile(
    r"\b(?:le|la|les)\s(?:meilleure?s?|plus\s(?:haute?s?|élevée?s?|grande?s?|bas(?:se)?s?|faibles?|fortes?)|plus(?:\sd(?:e\s|['’]))?)\s?",
    re.I,
)
_ADJECTIVES = re.compile(
    r"(?P<lead>\b(?:d['’]|l['’])?ex[ée]cutions?\s|\bréalisations?\s|\b)(?P<a>physiques?|financi[èe]re?s?)"
    r"(?P<between>\s?(?:,|et|ou|contre|est-elle|était-elle|a-t-elle).{0,60}?\s)(?P<b>physiques?|financi[èe]re?s?)\b",
    re.I | re.S,
)
_VERB = re.compile(
    r"\b(?:est|sont|était|étaient|a|ont|avait|avaient|aura|auront|sera|seront|fut|furent|doit|doivent|peut|peuvent)\b"
    r"|\w-(?:t-)?(?:il|elle|ils|elles|on)\b",
    re.I,
)
_LEAST_TERMS = (2, 1)
"""Content words that the first part must have to be asked on its own, and the second, which borrows names and dates."""


def take_apart(question: str) -> tuple[Part, ...]:
    """The parts of a question in its order, at least two; () where it is whole."""
    text = re.sub(r"\s+", " ", question).strip().rstrip("?.! \u00a0")
    for reader in _READERS:
        parts = reader(text)
        if len(parts) > 1 and len({part.question for part in parts}) == len(parts):
            return parts
    return ()


def asks_change(question: str) -> bool:
    """Whether a question is about how something changed."""
    return bool(_CHANGE.search(fold(question)))


def _times(text: str) -> tuple[Part, ...]:
    """Two times compared, or a change between them."""
    folded = fold(text)
    for pattern in _PAIRS:
        for match in pattern.finditer(text):
            first, second = match["a"], match["b"]
            wanted = _CHANGE.search(folded) or _COMPARE.search(folded) or _OPEN_LINK.search(match["link"])
            if not wanted:
                continue
            year = re.findall(_YEAR, second)
            if year and not re.search(_YEAR, first):
                first = f"{first} {year[-1]}"
            elif re.search(_YEAR, first) and not year and not re.fullmatch(_YEAR, first):
                second = f"{second} {re.findall(_YEAR, first)[-1]}"
            before, after = text[: match.start()], text[match.end() :]
            lead = match["lead"] if not re.match(r"(?:entre|de)\b", match["lead"], re.I) else ""
            years = set(re.findall(_YEAR, text))
            alone = len(years) == 1 and not re.search(_YEAR, f"{first} {second}")
            within = f" {years.pop()}" if alone else ""  # "en 2025, à fin juin puis à fin novembre"
            counts = asks_change(text) or bool(re.search(r"\bcombien|\btaux\b|\bmontant|\bnombre|\bplus de\b", folded))
            return tuple(
                Part(
                    label=side.strip(),
                    question=_asked(f"{before}{_placed(side, lead, before)}{after}"),
                    time=_time(f"{side}{within}"),
                    counts=counts,
                )
                for side in (first, second)
            )
    return ()


def _other_time(text: str) -> tuple[Part, ...]:
    """A time compared to another that stands elsewhere: "le budget 2025 est-il plus élevé qu'en 2024 ?"."""
    match = _SINCE.search(text)
    if not match or not (_COMPARE.search(fold(text)) or _CHANGE.search(fold(text))):
        return ()
    rest = text[: match.start()] + text[match.end() :]
    here = re.search(_WHEN, rest, re.I)
    if not here or fold(here.group()) == fold(match["b"]):
        return ()
    there = f"{rest[: here.start()]}{match['b']}{rest[here.end() :]}"
    return tuple(
        Part(label=side, question=_asked(asked), time=_time(side), counts=True)
        for side, asked in ((here.group(), rest), (match["b"], there))
    )


def _placed(side: str, lead: str, before: str) -> str:
    """A time as it stands in a sentence: "en 2023", "au 30 juin 2025", "à fin juin 2025"."""
    if lead or (before and not before.endswith((" ", "’", "'"))):
        return f"{lead}{side}"
    bare = re.sub(r"^(?:le|au|du|la)\s", "", side)
    if re.match(r"\d{1,2}\s|1er\s[^st]", bare) or re.match(_RANK, bare, re.I):
        return f"au {bare}"
    # "la Semaine du numérique 2023 ou celle de 2024": the year belongs to the name before it
    if re.fullmatch(_YEAR, bare) and re.search(r"(?:num[ée]rique|session|édition|CASEM|PTA|concours)\s$", before):
        return bare
    return f"à {bare}" if re.match(r"fin|mi-|d[ée]but", bare, re.I) else f"en {bare}"


def _asked(text: str) -> str:
    """The question of one time: what changed becomes what it was."""
    text = re.sub(r"\s+", " ", text).strip()
    text = _MORE.sub(lambda match: f"Combien {match['of']}", text)
    topic = _TOPIC.match(text)
    head, body = (f"{topic['topic']} : ", topic["rest"]) if topic else ("", text)
    if not asks_change(body) and not re.match(r"compare", body, re.I):
        return f"{text} ?"
    for frame in _FRAMES:
        match = frame.match(body)
        if not match or (match.groupdict().get("verb") and not _CHANGE.search(fold(match["verb"]))):
            continue
        rest = re.sub(r"^(?:\sou\s\w+é\w*)+", "", match.groupdict().get("rest") or "")
        of = (match.groupdict().get("of") or "").lower()
        thing = f"{'le ' if of == 'du ' else 'les ' if of == 'des ' else of.removeprefix('de ')}{match['x']}{rest}"
        if re.match(r"quel|combien|ce qu", thing, re.I):
            return f"{head}{thing} ?"
        counted = re.match(r"les\s(?=\w)", thing, re.I)
        if counted:
            elided = "d’" if re.match(r"[aeéèêiouyh]", thing[counted.end() :], re.I) else "de "
            thing = f"le nombre {elided}{thing[counted.end() :]}"
        thing = re.sub(r"^(?:Le|La|L['’])", lambda first: first.group().lower(), thing)
        return f"{head}Quel est {thing} ?"
    return f"{text} ?"


def _time(side: str) -> Time | None:
    """When a side is: its last day, and whether figures stood at that day."""
    year = re.fullmatch(_YEAR, side.strip())
    if year:
        return Time(f"{side.strip()}-12-31", False)
    found = [figure for figure in figures(f"en {side}") if figure.kind in ("date", "period") and figure.iso]
    iso = found[0].iso if found else None
    if not iso or iso.startswith("-") or "/" in iso:
        return None
    return Time(last_day(iso), True)


def _names(first: str, second: str) -> tuple[frozenset[str], frozenset[str]]:
    """The terms of each of two names that the other does not have."""
    one, two = frozenset(terms(first)), frozenset(terms(second))
    return (one - two) or one, (two - one) or two


def _either(text: str) -> tuple[Part, ...]:
    """Two things by name, one of which is asked for."""
    compared = bool(_COMPARE.search(fold(text)))
    match = _EITHER_FIRST.match(text)
    if match and not compared and match["link"].lower() == "et":
        return ()  # "Urbanisme et Habitat : quel taux...": the name of one ministry
    if not match and compared:
        match = _EITHER_LAST.match(text)
    if not match:
        return ()
    rest = _BEST.sub("quel ", _WHICH.sub("", match["rest"], count=1), count=1).strip(" ,")
    rest = re.sub(r"\bquel\s(?=\w+ée?s?\b)", "", rest)  # "le plus avancé"
    rest = re.sub(r",?\set\s(à|de|avec|pour)\squels?\s", r", \1 quel ", rest)
    names = _names(match["a"], match["b"])
    return tuple(
        Part(label=_label(match[side]), question=f"{_label(match[side])} : {rest} ?", names=name, counts=_counts(text))
        for side, name in zip("ab", names, strict=True)
    )


def _than(text: str) -> tuple[Part, ...]:
    """A thing compared to another by name: "La Santé a-t-elle un meilleur taux que la Justice ?"."""
    match = _THAN.match(text)
    if not match:
        return ()
    rest, other = f"{match['rest']}{match['after']}", match["b"]
    found = [
        one
        for one in re.finditer(_THING, match["rest"], re.I)
        if not re.fullmatch(r"\w+['’]?|Quel\w*|Combien|Est-ce", one.group())
        or (one.start() and one.group() not in STOP_WORDS)
        or one.group().isupper()
    ]
    named = [one for one in found if set(terms(one.group())) - set(terms(other))]
    if not named:
        return ()
    first = named[0]
    one = re.sub(r"^(?:Le|La|Les|L['’])", lambda m: m.group().lower(), first.group())
    swapped = f"{rest[: first.start()]}{other}{rest[first.end() :]}"
    names = _names(one, other)
    return (
        Part(label=_label(one), question=f"{_BEST.sub('', rest)} ?", names=names[0], counts=_counts(text)),
        Part(label=_label(other), question=f"{_BEST.sub('', swapped)} ?", names=names[1], counts=_counts(text)),
    )


def _label(name: str) -> str:
    """A side as the question names it."""
    name = name.strip(" ,;:")
    return re.sub(r"^(?:de|d['’]|à|entre)\s?(?=\w)", "", name, flags=re.I) if len(name.split()) > 1 else name


def _counts(text: str) -> bool:
    return bool(re.search(r"\bcombien|\btaux\b|\bmontant|\bnombre|\bbudget|\bplus\b|\bmoins\b", fold(text)))


def _sorts(text: str) -> tuple[Part, ...]:
    """The physical and the financial side of one measure."""
    match = _ADJECTIVES.search(text)
    if not match or fold(match["a"])[:5] == fold(match["b"])[:5]:
        return ()
    before, after = text[: match.start()], text[match.end() :]
    before = re.sub(r"\b(les|des|quels|quelles|étaient|sont)\b(?=[^,;:]*$)", _single, before, flags=re.I)
    lead = match["lead"] or ""
    return tuple(
        Part(
            label=match[side].lower(),
            question=f"{before}{lead}{match[side]}{after} ?",
            names=frozenset(terms(match[side])),
            counts=True,
        )
        for side in "ab"
    )


def _single(match: re.Match[str]) -> str:
    word = match.group()
    one = {"les": "le", "des": "du", "quels": "quel", "quelles": "quelle", "étaient": "était", "sont": "est"}[
        word.lower()
    ]
    return one.capitalize() if word[0].isupper() else one


def _against(text: str) -> tuple[Part, ...]:
    """ "X : A contre B", "quelle différence entre A et B", "comparez A et B"."""
    topic = _TOPIC.match(text)
    head, body = (f"{topic['topic']} : ", topic["rest"]) if topic else ("", text)
    match = _DIFFERENCE.match(body) or (_AGAINST.match(body) if head else None)
    if not match or min(len(set(terms(match[side]))) for side in "ab") < 1:
        return ()
    return tuple(
        Part(label=match[side].strip(" ,"), question=f"{head}{match[side].strip(' ,')} ?", counts=True) for side in "ab"
    )


def _two(text: str) -> tuple[Part, ...]:
    """Two questions in one."""
    topic = _TOPIC.match(text)
    head, body = (f"{topic['topic']} : ", topic["rest"]) if topic else ("", text)
    words = _TWO_WORDS.match(body)
    if words:
        return tuple(
            Part(label=words[side].lower(), question=f"{head}{words[side]} {words['rest']} ?")
            for side in ("one", "two")
        )
    match = _TWO.match(body)
    if not match or not _ASKS.search(match["one"]):
        return ()
    one, two = match["one"].strip(" ,"), match["two"].strip(" ,")
    if _content(one, head) < _LEAST_TERMS[0] or _content(two, "") < _LEAST_TERMS[1]:
        return ()
    if not _VERB.search(two) and _own_time(two) is None:
        return ()  # "…, et pour quelle échéance ?": it is of the first part's sentence
    apart = len(set(re.findall(r"(?:19|20)\d\d", body))) > 1  # with one year, it is that of both
    return (
        Part(
            label=_short(one),
            question=_with(f"{head}{one}", _context(two, one + head)),
            time=_own_time(one) if apart else None,
        ),
        Part(
            label=_short(two),
            question=_with(f"{head}{two}", _context(one, two + head)),
            time=_own_time(two) if apart else None,
        ),
    )


def _own_time(asked: str) -> Time | None:
    """When the figure that a part asks for stands, where it says one time alone."""
    found = re.findall(rf"(?<![\d-])(?:{_WHEN})(?![\d-])", asked, re.I)
    return _time(found[0]) if len(found) == 1 and _counts(asked) else None


def _content(text: str, head: str) -> int:
    return len({word.text for word in tokens(f"{head}{text}") if not word.stop})


def _short(question: str) -> str:
    return question[:1].lower() + question[1:] if not question[:2].isupper() else question


def _with(question: str, context: str) -> str:
    return f"{question} ({context}) ?" if context else f"{question} ?"


_CONTEXT = re.compile(
    rf"(?:{_MONTH}\s{_YEAR}|\b(?:au|le)\s(?:\d{{1,2}}|1er)\s{_MONTH}(?:\s{_YEAR})?|\ben\s{_YEAR}|{_YEAR})|{_NAME}"
)


def _context(other: str, mine: str) -> str:
    """The names and dates of the other part that this one leaves to be understood."""
    held = set(terms(mine))
    dated = bool(re.search(_YEAR, mine))
    found = []
    for match in _CONTEXT.finditer(other):
        said = match.group()
        bare = re.fullmatch(_WH, said.split()[0], re.I) or fold(said) in STOP_WORDS
        is_date = bool(re.search(rf"{_YEAR}|{_MONTH}", said))
        if bare or (is_date and dated) or set(terms(said)) <= held:
            continue
        found.append(said)
    return ", ".join(dict.fromkeys(found))


_READERS: tuple[Callable[[str], tuple[Part, ...]], ...] = (
    _sorts, _either, _times, _other_time, _than, _against, _two,
)  # fmt: skip
