"""What outlets write differently that is no amount: the day of an event, a weekday, a name's spelling, a theme.

Each only where the question asks for it: outside of that, two spellings are noise.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.compare.statements import Place, figures_of, near, same_body, stems
from rag.french import fold, tokens


@dataclass(frozen=True, slots=True)
class Variant:
    """A piece of a sentence, `document.text[start:end]`; key: what tells two of them apart or together."""

    place: Place
    key: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """The exact text."""
        return self.place.document.text[self.start : self.end]


_WEEKDAY = re.compile(r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)[\s\u00a0]+(?:le[\s\u00a0]+)?$", re.I)
_HELD = re.compile(r"\b(?:tenu\w*|deroul\w+|ouvert\w*|preside\w*|reuni\w*|session|c'etait|travaux|ceremonie|lanc\w+)\b")
_QUOTED = re.compile(r"[«“\"]\s*([^«»“”\"]{15,300}?)\s*[»”\"]")
_THEME = re.compile(r"\bth[èe]me\b|r[ée]flexions?\b|plac[ée]+e?s? sous\b", re.I)
_DATE_ASKED = re.compile(r"\bquand\b|\bquelles? dates?\b|\bquel jour\b|\bdate\b|\bjour de la semaine\b")
_THEME_ASKED = re.compile(r"\btheme\b")
_NAME_ASKED = re.compile(r"\bnom\b|\bprenom\b|\bs'appelle\b|\becri(?:t|vent)\b|\borthographe\b|\bqui\b|\bsigle\b")
_DAYS_APART = 3
_TRIED = 3  # readings of the answer that are held against the others
_OPTION = 2  # content words of each of the two answers that a question offers
_ABOUT = 2  # other words of the question that a sentence or its title must share


def variants(question: str, shown: Sequence[Place], others: Sequence[Place]) -> list[tuple[str, list[Variant]]]:
    """(what it is, in French; two or more readings, that of the answer first, one of each outlet)."""
    folded = fold(question)
    groups: list[tuple[str, list[Variant]]] = []
    for name, asked, read, differ in _KINDS:
        if not asked.search(folded):
            continue
        mine = [variant for place in shown for variant in read(place, question)]
        theirs = [variant for place in others for variant in read(place, question)]
        for first in mine[:_TRIED]:
            found = _against(first, theirs, differ)
            told = {(one.place.document.id, one.place.start) for _, group in groups for one in group}
            if found and not told >= {(one.place.document.id, one.place.start) for one in found}:
                groups.append((name, [first, *found]))
                break
    return groups


def _against(first: Variant, theirs: Sequence[Variant], differ: Callable[[Variant, Variant], bool]) -> list[Variant]:
    found: dict[str, Variant] = {}
    document = first.place.document
    for other in theirs:
        there = other.place.document
        at_home = there.id == document.id and differ is not _deadlines_differ
        if at_home or there.id in found or not same_body(document, there) or not differ(first, other):
            continue
        if differ not in (_options_differ, _deadlines_differ) and (
            first.value in there.text or other.value in document.text
        ):
            continue  # one of them knows both forms: they are two things
        found[there.id] = other
    return list(found.values())


def _days(place: Place, question: str) -> Iterator[Variant]:
    """Whole days on which something was held, with the weekday where there is one."""
    text = place.document.text[place.start : place.end]
    if not _HELD.search(fold(text)) and not _WEEKDAY.search(text):
        for figure in figures_of(text):
            if figure.kind == "date" and _WEEKDAY.search(text[max(0, figure.start - 12) : figure.start]):
                break
        else:
            return
    for figure in figures_of(text):
        if figure.kind == "date" and figure.iso and len(figure.iso) == 10 and not figure.iso.startswith("-"):
            weekday = _WEEKDAY.search(text[max(0, figure.start - 12) : figure.start])
            begin = figure.start - len(weekday.group()) if weekday else figure.start
            key = f"{figure.iso} {fold(weekday[1]) if weekday else ''}"
            yield Variant(place, key, place.start + begin, place.start + figure.end)


def _days_differ(a: Variant, b: Variant) -> bool:
    (left, one), (right, other) = a.key.split(" "), b.key.split(" ")
    if left == right:
        return bool(one and other and one != other)
    apart = abs((date.fromisoformat(left) - date.fromisoformat(right)).days)
    return apart <= _DAYS_APART and near(a.place.document, b.place.document) and a.key[:10] not in b.place.document.text


def _names(place: Place, question: str) -> Iterator[Variant]:
    """Acronyms, and pairs of capitalised words, that are written nearly like a word of the question."""
    text = place.document.text[place.start : place.end]
    asked = {word.text for word in tokens(question) if len(word.text) > 3}
    words = tokens(text)
    for place_, word in enumerate(words):
        if word.acronym and len(word.text) >= 5 and any(_nearly(word.text, other) for other in asked):
            yield Variant(place, word.text, place.start + word.start, place.start + word.end)
        after = words[place_ + 1] if place_ + 1 < len(words) else None
        if (
            after is not None and not word.acronym and after.text in asked and len(word.text) >= 5
            and text[word.start].isupper() and text[after.start].isupper() and after.start - word.end == 1
        ):  # fmt: skip
            yield Variant(place, f"{word.text} {after.text}", place.start + word.start, place.start + after.end)


def _names_differ(a: Variant, b: Variant) -> bool:
    return a.key != b.key and a.key.split()[1:] == b.key.split()[1:] and _nearly(a.key, b.key)


def _nearly(a: str, b: str) -> bool:
    """Whether two words are equal or differ in one letter, or two in a long one."""
    if abs(len(a) - len(b)) > 2 or a[0] != b[0]:
        return False
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (left != right))
    return row[-1] <= (2 if len(a) > 9 else 1)


def _themes(place: Place, question: str) -> Iterator[Variant]:
    text = place.document.text[place.start : place.end]
    if _THEME.search(text):
        for match in _QUOTED.finditer(text):
            yield Variant(place, fold(match[1]), place.start + match.start(1), place.start + match.end(1))


def _themes_differ(a: Variant, b: Variant) -> bool:
    """Worded otherwise, on the same subject, at one event."""
    left, right = stems(a.key), stems(b.key)
    said = [word.text for word in tokens(a.key)] != [word.text for word in tokens(b.key)]
    return said and len(left & right) >= 2 and near(a.place.document, b.place.document)


_OR = re.compile(r"([^,:;?(]+)\bou\b(?:\s+bien\b)?([^,:;?)]+)", re.I)
_NOT_OR = re.compile(r"\b(?:ou non|ou pas|en tout ou)\b", re.I)


def _options(place: Place, question: str) -> Iterator[Variant]:
    """The words of a sentence that are one of the answers that "A ou B ?" offers, and not the other."""
    match = _OR.search(question)
    if not match or _NOT_OR.search(question):
        return
    left = [word for word in tokens(match[1]) if not word.stop][-_OPTION:]
    right = [word for word in tokens(match[2]) if not word.stop][:_OPTION]
    both = {word.stem for word in left} & {word.stem for word in right}
    sides = [{word.stem for word in side} - both for side in (left[-len(right) :] if right else left, right)]
    text = place.document.text[place.start : place.end]
    words = tokens(text)
    said = {word.stem for word in words}
    held = [len(side & said) / len(side) if side else 0.0 for side in sides]
    rest = stems(question) - sides[0] - sides[1]
    if (held[0] == 1) == (held[1] == 1) or min(held) > 0 or len(rest & (said | stems(place.document.title))) < _ABOUT:
        return
    chosen = sides[held.index(1.0)]
    spans = [word for word in words if word.stem in chosen]
    if spans[-1].end - spans[0].start < 60:
        yield Variant(place, str(held.index(1.0)), place.start + spans[0].start, place.start + spans[-1].end)


def _options_differ(a: Variant, b: Variant) -> bool:
    """Two answers in publications of one event; neither publication gives both."""
    return a.key != b.key and near(a.place.document, b.place.document)


_DEADLINE = re.compile(r"\b(?:d['’]ici(?: à| au)?|horizon|[ée]ch[ée]ance|avant(?: la)? fin)\b", re.I)
_DEADLINE_ASKED = re.compile(
    r"\bpour quand\b|\becheance\b|\bd'ici (?:a )?quand\b|\bhorizon\b|\bquand\b.*\b(?:seront|sera|doi)"
)


def _deadlines(place: Place, question: str) -> Iterator[Variant]:
    """The day or year by which a named number of things is to be done; key: that number and the year."""
    text = place.document.text[place.start : place.end]
    found = figures_of(text)
    counted = [figure for figure in found if figure.kind == "number" and figure.unit]
    for figure in found:
        before = text[max(0, figure.start - 24) : figure.start]
        if figure.kind in {"date", "period"} and figure.iso and counted and _DEADLINE.search(before):
            key = f"{counted[0].value} {counted[0].unit} {figure.iso}"
            yield Variant(place, key, place.start + figure.start, place.start + figure.end)


def _deadlines_differ(a: Variant, b: Variant) -> bool:
    return a.key.split()[:2] == b.key.split()[:2] and a.key != b.key


_KINDS = (
    ("échéance", _DEADLINE_ASKED, _deadlines, _deadlines_differ),
    ("date", _DATE_ASKED, _days, _days_differ),
    ("nom", _NAME_ASKED, _names, _names_differ),
    ("thème", _THEME_ASKED, _themes, _themes_differ),
    ("réponse", _OR, _options, _options_differ),
)
