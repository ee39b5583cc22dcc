"""When does an answer say what was expected? Pure comparisons of French text.

Exact match and token F1 follow SQuAD (Rajpurkar et al. 2016) with FQuAD's French
articles (d'Hoffschmidt et al. 2020), elision, and French number formats:
"1 848", "1.848" and "1848" are one number, "69,89 %" and "69,89 pour cent" one rate.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

MAX_ANSWER_CHARS = 1000
"""An answer is judged on its first characters only, so that quoting everything does not win."""

FigureReader = Callable[[str], frozenset[tuple[str, str]]]
"""Text -> normalised (value, unit) pairs; a date is (ISO date, "date")."""

_SPACES = "\u0020\u00a0\u202f\u2009"
_THOUSANDS = re.compile(rf"(?<![\d.,])(\d{{1,3}})((?:[{_SPACES}]\d{{3}})+|(?:\.\d{{3}})+)(?![\d])")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_TRAILING = re.compile(r"(\d+\.\d*?)0+(?!\d)")
_PERCENT = re.compile(r"(?<=\d)\s*(?:%|p\.?\s?100\b|pour\s?cents?\b|pourcents?\b)")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'")
_TOKEN = re.compile(r"\d+(?:\.\d+)?%?|[^\W\d_]+|\d+")
_ARTICLES = {"le", "la", "les", "un", "une", "des", "du", "au", "aux"}


def normalise(text: str, *, accents: bool = False) -> tuple[str, ...]:
    """Comparable tokens. accents: keep them (the strict variant); folded otherwise."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("ʼ", "'").replace("`", "'")
    text = _THOUSANDS.sub(lambda m: m[1] + re.sub(rf"[.{_SPACES}]", "", m[2]), text)
    text = _PERCENT.sub("%", _DECIMAL.sub(".", text))
    text = _TRAILING.sub(lambda m: m[1].rstrip("."), text)
    text = _ELISION.sub("", text)
    if not accents:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return tuple(token for token in _TOKEN.findall(text) if token not in _ARTICLES)


def exact_match(answer: str, accepted: Iterable[str], *, accents: bool = False) -> float:
    """1.0 when the normalised answer is one of the accepted ones."""
    said = normalise(answer, accents=accents)
    return float(any(said == normalise(form, accents=accents) for form in accepted))


def token_f1(answer: str, accepted: Iterable[str], *, accents: bool = False) -> float:
    """Best harmonic mean of token precision and recall over the accepted answers."""
    return max((_f1(normalise(answer, accents=accents), normalise(a, accents=accents)) for a in accepted), default=0.0)


def _f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    common = sum((Counter(said) & Counter(wanted)).values())
    return 2 * common / (len(said) + len(wanted))


def contains(answer: str, accepted: Iterable[str]) -> float:
    """1.0 when the beginning of the answer holds an accepted one, as whole tokens, accents folded."""
    said = _padded(answer[:MAX_ANSWER_CHARS])
    return float(any(wanted.strip() and wanted in said for wanted in map(_padded, accepted)))


def _padded(text: str) -> str:
    return f" {' '.join(normalise(text))} "


def coverage(answer: str, items: Iterable[str]) -> float | None:
    """Share of the distinct items that the answer holds; None without items.

    An item that holds another ("lundi 28 décembre", "28 décembre") is a longer form of it, not one more.
    """
    forms = {form for form in map(_padded, items) if form.strip()}
    wanted = [form for form in forms if not any(other != form and other in form for other in forms)]
    if not wanted:
        return None
    said = _padded(answer[:MAX_ANSWER_CHARS])
    return sum(form in said for form in wanted) / len(wanted)


def plain_figures(text: str) -> frozenset[tuple[str, str]]:
    """Numbers written in digits, with "%" as the only unit; serves where `rag.figures` is not wanted."""
    found = (token for token in normalise(text) if token[0].isdigit())
    return frozenset((token.rstrip("%"), "%" if token.endswith("%") else "") for token in found)


def figure_right(
    answer: str, accepted: Iterable[str], *, cutoff: str | None = None, read: FigureReader = plain_figures
) -> float | None:
    """1.0 when the answer states the figures of an accepted form: value and unit.

    An accepted form without a unit matches any unit. cutoff: ISO date that the figure
    stands at; an answer that states dates, none of them this one, is wrong.
    None when no accepted form holds a figure: not scorable, which is not 0.
    """
    wanted = [figures for figures in map(read, accepted) if figures]
    if not wanted:
        return None
    said = read(answer[:MAX_ANSWER_CHARS])
    dates = {value for value, unit in said if unit == "date"}
    if cutoff and dates and cutoff not in dates:
        return 0.0
    return float(any(all(_stated(figure, said) for figure in figures) for figures in wanted))


def _stated(figure: tuple[str, str], said: frozenset[tuple[str, str]]) -> bool:
    value, unit = figure
    return figure in said or (not unit and any(value == other for other, _ in said))
