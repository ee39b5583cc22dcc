"""The checker that every writer of sentences passes: nothing in a sentence that its quotes do not carry.

It reads words and figures, no meaning: each figure, date and name of the
sentence must stand in the quotes with its unit, its qualifier and what it
measures; a negation, a condition or a plan of the quotes must not turn into a
fact. It is stricter than a reader would be ("édifices" for "bâtiments" is
refused): what is refused is withheld, what is let through is shown as proved.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.compare.aspects import MONTHS
from rag.compare.wording import MODALITY, NEGATION, NOT_FUTURE, OPPOSITES
from rag.figures import Figure, figures, same
from rag.french import Token, acronyms, sentences, terms, tokens
from rag.ministries import portfolios

__all__ = ["SUPPORT_FROM", "Problem", "ProblemKind", "Verdict", "check"]

ProblemKind = Literal[
    "figure", "unit", "qualifier", "measure", "date", "name", "ministry", "negation", "modality", "opposite", "support"
]
SUPPORT_FROM = 0.6
"""Share of a sentence's content stems that must stand in its quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What the quotes do not carry: `text` is sentence[start:end], or, for a lost negation or
    modality, the words of the quote that were lost, and start == end == 0."""

    kind: ProblemKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """supported: no problem was found. score: share, 0 to 1, of the sentence's content stems found in the quotes."""

    supported: bool
    problems: tuple[Problem, ...]
    score: float


_CALENDAR = frozenset({"date", "period", "time"})
# Qualifiers that say the same; of dates "fin juin" and "au 30 juin" are told apart by the date itself.
_ALIKE = {"près de": "environ", "jusque": "", "fin": "", "dès": "à partir de", "depuis": "à partir de"}
_DAYS = frozenset(["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"])
_NOT_A_NAME = re.compile(r"(?:ment|ant|es?|ees?|s|selon|environ|hier|demain|avec|outre|enfin|cote|quant|afin)$")
_SCOPE = 4  # content words after a negation or modality that it governs


def check(sentence_text: str, quotes: Sequence[str], *, context: Sequence[str] = ()) -> Verdict:
    """Whether the quotes carry everything that the sentence says; pure, deterministic, at most milliseconds.

    context: what stands around the quotes and is shown with them (title, ministry and date of the publication, the
    sentence before): names and dates may stand there, amounts never. A sentence that is a quote, or whole sentences
    of one in order, is supported without more ado.
    """
    if _verbatim(sentence_text, quotes):
        return Verdict(supported=True, problems=(), score=1.0)
    words = tokens(sentence_text)
    around = [*quotes, *context] if quotes else []
    quoted = [word for text in around for word in tokens(text)]
    score = _share(_content(words), _content(quoted))
    problems = [
        *_figures(sentence_text, quotes, around, quoted),
        *_calendar_words(sentence_text, words, quoted),
        *_names(sentence_text, words, around, quoted),
        *_ministries(sentence_text, around),
        *_opposites(sentence_text, words, quoted),
        *_lost(words, sentence_text, quotes),
    ]
    if score < SUPPORT_FROM:
        problems.append(Problem(kind="support", text=sentence_text, start=0, end=len(sentence_text)))
    problems.sort(key=lambda problem: (problem.start, problem.end))
    return Verdict(supported=not problems, problems=tuple(problems), score=score)


def covered(sentence_text: str, quote: str) -> float:
    """`Verdict.score` for one quote, without the rest."""
    return _share(_content(tokens(sentence_text)), set(terms(quote)))


def _share(wanted: set[str], there: set[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 1.0


def _bare(text: str) -> str:
    return " ".join(text.split())


def _verbatim(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether the sentence is whole sentences of one quote: a part of one could lose a "ne … pas"."""
    bare = _bare(sentence)
    for quote in quotes:
        whole = _bare(quote)
        if bare == whole:
            return True
        parts = [_bare(quote[span.start : span.end]) for span in sentences(quote)]
        if any(bare == " ".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)):
            return bool(bare)
    return False


def _figures(sentence: str, quotes: Sequence[str], around: Sequence[str], quoted: Sequence[Token]) -> list[Problem]:
    there = [figure for quote in quotes for figure in figures(quote)]
    there += [figure for text in around[len(quotes) :] for figure in figures(text) if figure.kind in _CALENDAR]
    said = _content(quoted)
    problems = []
    for figure in figures(sentence):
        kind = _figure_problem(figure, there, said)
        if kind:
            text = sentence[figure.start : figure.end]
            problems.append(Problem(kind=kind, text=text, start=figure.start, end=figure.end))
    return problems


def _figure_problem(figure: Figure, there: Sequence[Figure], said: set[str]) -> ProblemKind | None:
    """The first thing in which no figure of the quotes agrees with this one."""
    calendar = figure.kind in _CALENDAR
    equal = [other for other in there if same(figure, other) or (calendar and _within(figure, other, there))]
    if not equal and not calendar and any(figure.value == other.value is not None for other in there):
        return "unit"
    if not equal:
        return "date" if calendar else "figure"
    rivals = [other for other in there if other.kind == figure.kind and not same(figure, other)]
    tests: tuple[tuple[ProblemKind, Callable[[Figure], bool]], ...] = (
        ("qualifier", lambda other: _qualifier(figure) == _qualifier(other)),
        ("unit", lambda other: calendar or _counts_the_same(figure, other, rivals, said)),
        ("measure", lambda other: calendar or not _swapped(figure, other, rivals)),
    )
    for kind, agrees in tests:
        equal = [other for other in equal if agrees(other)]
        if not equal:
            return kind
    return None


def _counts_the_same(figure: Figure, other: Figure, rivals: Sequence[Figure], said: set[str]) -> bool:
    """Whether two equal counts are of one noun: the sentence's is said, and not of another count only."""
    if figure.kind not in {"number", "ordinal"} or not figure.unit or not other.unit:
        return True
    if figure.unit in {other.unit, *other.measure}:
        return True
    return figure.unit in said and all(figure.unit != rival.unit for rival in rivals)


def _within(figure: Figure, other: Figure, there: Sequence[Figure]) -> bool:
    """Whether the sentence says less exactly what the quote says: "2024" of "31 décembre 2024".

    Not where the quote has such a year or month of its own: it tells what the day does not.
    """
    size = len(figure.iso or "")
    if figure.iso is None or other.iso is None or "/" in other.iso or not other.iso.startswith(figure.iso):
        return False
    return not any(rival.kind == "period" and len(rival.iso or "") == size for rival in there)


def _qualifier(figure: Figure) -> str:
    return _ALIKE.get(figure.qualifier, figure.qualifier)


def _swapped(figure: Figure, other: Figure, rivals: Sequence[Figure]) -> bool:
    """Whether the sentence gives this value a measure that the quote gives to another value only."""
    new = set(figure.measure) - set(other.measure)
    lost = set(other.measure) - set(figure.measure)
    return bool(lost) and any(new & (set(rival.measure) - set(other.measure)) for rival in rivals)


def _calendar_words(sentence: str, words: Sequence[Token], quoted: Sequence[Token]) -> list[Problem]:
    """Days of the week and months that stand alone."""
    said = {word.text for word in quoted}
    return [
        Problem(kind="date", text=sentence[word.start : word.end], start=word.start, end=word.end)
        for word in words
        if word.text in _DAYS | MONTHS and word.text not in said and not _numeric_month(word.text, quoted)
    ]


def _numeric_month(month: str, quoted: Sequence[Token]) -> bool:
    """Whether the quotes write dates in figures ("31/12/2024"): then `figures` has compared them."""
    return month in MONTHS and not any(word.text in MONTHS for word in quoted)


def _names(sentence: str, words: Sequence[Token], quotes: Sequence[str], quoted: Sequence[Token]) -> list[Problem]:
    said = {word.text for word in quoted}
    long_names = {short.lower() for quote in quotes for short in acronyms(quote)} | _initials(quotes)
    dated = [(figure.start, figure.end) for figure in figures(sentence)]
    problems = []
    for place, word in enumerate(words):
        if not sentence[word.start].isupper() or word.text in said or word.stop or word.text in MONTHS:
            continue
        if any(start <= word.start < end for start, end in dated):
            continue
        if place == 0 and not word.acronym and not _opens_with_a_name(sentence, words):
            continue
        if word.acronym and (word.text in long_names or _same_ministry(word.text, quotes)):
            continue
        text = sentence[word.start : word.end]
        problems.append(Problem(kind="name", text=text, start=word.start, end=word.end))
    return problems


def _opens_with_a_name(sentence: str, words: Sequence[Token]) -> bool:
    if len(words) > 1 and sentence[words[1].start].isupper() and words[1].start - words[0].end <= 1:
        return True
    return not words[0].text[0].isdigit() and not _NOT_A_NAME.search(words[0].text)


def _initials(quotes: Sequence[str]) -> set[str]:
    """Every run of initials that consecutive content words of a quote make, as acronyms are formed."""
    made = set()
    for quote in quotes:
        letters = "".join(word.text[0] for word in tokens(quote) if not word.stop)
        made |= {letters[i : i + size] for size in range(3, 9) for i in range(len(letters) - size + 1)}
    return made


def _same_ministry(acronym: str, quotes: Sequence[str]) -> bool:
    meant = portfolios(acronym)
    return bool(meant) and any(meant & portfolios(quote) for quote in quotes)


def _ministries(sentence: str, quotes: Sequence[str]) -> list[Problem]:
    """A ministry that the quotes do not name, where they name another."""
    there = frozenset[str]().union(*(portfolios(quote) for quote in quotes))
    alien = portfolios(sentence) - there
    if there and alien and re.search(r"minist|d[ée]partement|casem", sentence, re.I):
        return [Problem(kind="ministry", text=sentence, start=0, end=len(sentence))]
    return []


def _opposites(sentence: str, words: Sequence[Token], quoted: Sequence[Token]) -> list[Problem]:
    said = {word.text for word in quoted}
    problems = []
    for word in words:
        for pair in OPPOSITES:
            for mine, other in (pair, pair[::-1]):
                if (
                    mine.fullmatch(word.text)
                    and not any(mine.fullmatch(text) for text in said)
                    and any(other.fullmatch(text) for text in said)
                ):
                    text = sentence[word.start : word.end]
                    problems.append(Problem(kind="opposite", text=text, start=word.start, end=word.end))
    return problems


def _lost(words: Sequence[Token], sentence: str, quotes: Sequence[str]) -> list[Problem]:
    """Negations lost or invented, and conditions and plans told as facts."""
    stems = _content(words)
    parts = [quote[span.start : span.end] for quote in quotes for span in sentences(quote)]
    near = [(text, part) for text, part in ((text, tokens(text)) for text in parts) if stems & _content(part)]
    if not near:
        return []
    problems = []
    denied = [word for word in words if _negates(word, sentence)]
    modal = any(_modal(word) for word in words)
    for text, part in near:
        for place, word in enumerate(part):
            negates = _negates(word, text)
            if not (negates and not denied) and not (_modal(word) and not modal):
                continue
            scope = _scope(part, place, text)
            if not scope or len(stems & set(scope)) * 2 < len(scope):
                continue
            kind: ProblemKind = "negation" if negates else "modality"
            problems.append(Problem(kind=kind, text=text[word.start : word.end], start=0, end=0))
    if denied and not any(_negates(word, text) for text, part in near for word in part):
        word = denied[0]
        problems.append(Problem(kind="negation", text=sentence[word.start : word.end], start=word.start, end=word.end))
    return problems


def _scope(words: Sequence[Token], place: int, text: str) -> list[str]:
    """Stems of the words that a negation or condition governs: those after it, up to the next stop."""
    found: list[str] = []
    end = words[place].end
    for word in words[place + 1 :]:
        if len(found) == _SCOPE or re.search(r"[,;:.!?]", text[end : word.start]):
            break
        end = word.end
        if not word.stop and not word.text[0].isdigit():
            found.append(word.stem)
    return found


def _content(words: Iterable[Token]) -> set[str]:
    return {word.stem for word in words if not word.stop}


def _negates(word: Token, text: str) -> bool:
    elided = text[max(0, word.start - 2) : word.start].lower() in ("n'", "n’")
    return elided or bool(NEGATION.fullmatch(word.text))


def _modal(word: Token) -> bool:
    return bool(MODALITY.fullmatch(word.text)) and word.text not in NOT_FUTURE
