"""Values of one measure over time as a small inline SVG, exact values written on it. A series in, a string out."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.records import earliest_day, in_words
from ui.escape import safe
from ui.french import NBSP, about

FEWEST = 3
"""Dates from which a drawing says more than the table."""
_WIDTH, _HEIGHT, _TOP, _GROUND = 310, 150, 34, 110
"""The drawing's own units, of which a phone shows one per pixel."""
_LETTER, _NARROWEST = 7.5, 58
"""Width of a letter of a value, and the least distance of two dates, so that labels stand apart."""
_SHORT = {
    "janvier": "janv.", "février": "févr.", "avril": "avr.", "juillet": "juill.", "septembre": "sept.",
    "octobre": "oct.", "novembre": "nov.", "décembre": "déc.",
}  # fmt: skip
_NUMBER = re.compile(r"\d{1,3}(?:[\s.\u00a0\u202f]\d{3})+(?!\d)(?:,\d+)?|\d+(?:,\d+)?")
_SCALES = {"millier": 1e3, "mille": 1e3, "million": 1e6, "milliard": 1e9}
_SCALE = re.compile(r"\b(millier|mille|million|milliard)s?\b", re.IGNORECASE)

_Dot = tuple[str, float, str]
"""ISO day, number, exact text."""


def chart(series: Mapping[str, Any]) -> str:
    """The drawing; "" where fewer than FEWEST dates have a number, or the units differ.

    The scale begins at zero: a small change must look small. Dates are joined by a line only where each has one
    value, because a line through two outlets' figures would tell of a change that nobody reported.
    """
    dots = _dots(series["points"])
    days = sorted({dot[0] for dot in dots})
    if len(days) < FEWEST or len({point["unit"] for point in series["points"]}) > 1:
        return ""
    step = max(_NARROWEST, _LETTER * max(len(text) for *_, text in dots))
    width = max(_WIDTH, step * len(days))
    across = dict(zip(days, _spread(days, width, step), strict=True))
    top = max(value for _, value, _ in dots) or 1.0
    tall = _GROUND - _TOP
    placed = [(across[iso], _GROUND - value / top * tall, iso, text) for iso, value, text in dots]
    parts = [f'<line x1="4" x2="{width - 4:.0f}" y1="{_GROUND}" y2="{_GROUND}" class="ground"/>']
    if len(dots) == len(days):
        parts.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, *_ in placed)}"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y, *_ in placed]
    highest = [min(y for _, y, when, _ in placed if when == iso) for iso in days]
    for at, iso in enumerate(days):
        valley = highest[at] > max(highest[max(at - 1, 0)], highest[min(at + 1, len(days) - 1)]) - 4
        parts += _labels([(y, text) for _, y, when, text in placed if when == iso], across[iso], valley)
        parts += [_text(across[iso], _GROUND + 18 + 15 * row, word, "date") for row, word in enumerate(_date(iso))]
    told = " ; ".join(f"{text} au {in_words(iso)}" for iso, _, text in dots)
    return (
        f'<svg class="chart" viewBox="0 0 {width:.0f} {_HEIGHT}" role="img" '
        f'aria-label="{safe(f"{about(series)}{NBSP}: {told}.")}">{"".join(parts)}</svg>'
    )


def number(text: str) -> float | None:
    """The one number that a figure's text writes in digits, scaled: "12,5 milliards" -> 12.5e9. None for others."""
    found = _NUMBER.findall(text)
    scales = {word.lower() for word in _SCALE.findall(text)}
    if len(found) != 1 or len(scales) > 1:
        return None
    digits = re.sub(r"[\s.\u00a0\u202f]", "", found[0]).replace(",", ".")
    return float(digits) * (_SCALES[scales.pop()] if scales else 1.0)


def _dots(points: Sequence[Mapping[str, Any]]) -> list[_Dot]:
    """One dot per date and number, by date then number: outlets that agree share one."""
    dots: dict[tuple[str, float], str] = {}
    for point in points:
        value = number(point["value"])
        if value is not None and point["as_of"]:
            dots.setdefault((point["as_of"], value), point["value"])
    return sorted((iso, value, text) for (iso, value), text in dots.items())


def _spread(days: Sequence[str], width: float, step: float) -> list[float]:
    """Places of dates in proportion to time, moved apart where their labels would touch."""
    times = [earliest_day(iso).toordinal() for iso in days]
    first, last = step / 2, width - step / 2
    places = [first + (last - first) * (time - times[0]) / (times[-1] - times[0] or 1) for time in times]
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + step)
    places[-1] = min(places[-1], last)
    for index in range(len(places) - 2, -1, -1):
        places[index] = min(places[index], places[index + 1] - step)
    return places


def _labels(values: Sequence[tuple[float, str]], x: float, valley: bool) -> list[str]:
    """Exact values of one date, lowest first, above their dot; the lowest below its own, out of the line's way, where
    it is one of several or lower than its neighbours' and there is room."""
    under = (valley or len(values) > 1) and values[0][0] < _GROUND - 18
    above = values[1:] if under else values
    texts = [_text(x, values[0][0] + 18, values[0][1], "value")] if under else []
    highest = values[-1][0] - 9
    return texts + [_text(x, highest - 14 * (len(above) - 1 - at), text, "value") for at, (_, text) in enumerate(above)]


def _date(iso: str) -> list[str]:
    """« 30 nov. » and « 2025 »."""
    words = " ".join(_SHORT.get(word, word) for word in in_words(iso).split())
    return [part for part in words.rpartition(" ")[::2] if part]


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" class="{kind}">{safe(text)}</text>'
