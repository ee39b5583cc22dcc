"""Columns of a page -> lines in the order in which they are read. Pure geometry.

PDF files hold text in the order it was drawn: often column by column, at times
row by row across them, or the right one first.
"""

from collections.abc import Sequence
from itertools import pairwise

from ingest.pdf_layout import Line

_NARROW = 0.6  # of the width of the text: a line of a column
_GUTTER = 0.8  # least width between columns, in line heights
_LEAST_LINES = 3  # on each side
_PROSE_CHARS = 18  # mean length of a column's lines; cells of a table are shorter
_MAX_COLUMNS = 3  # cuts, one within the other


def reading_order(lines: Sequence[Line], depth: int = 0) -> list[Line]:
    """Lines of one page: where text stands in columns, the left one to its end, then the next.

    A line across the columns ends them: what is above is read before it, what is below after.
    """
    gutter = _gutter(lines) if depth < _MAX_COLUMNS else None
    if gutter is None:
        return list(lines)
    out: list[Line] = []
    for section in _sections(lines, gutter):
        left = [line for line in section if line.right <= gutter]
        right = [line for line in section if line.left >= gutter]
        if _is_column(left) and _is_column(right) and len(left) + len(right) == len(section) and _abreast(left, right):
            out += reading_order(_downwards(left), depth + 1)
            out += reading_order(_downwards(right), depth + 1)
        else:
            out += section
    return out


def _gutter(lines: Sequence[Line]) -> float | None:
    """The middle of the widest strip that no line of a column enters; None where there is none."""
    if len(lines) < 2 * _LEAST_LINES:
        return None
    width = max(line.right for line in lines) - min(line.left for line in lines)
    narrow = sorted((line for line in lines if line.right - line.left < _NARROW * width), key=lambda line: line.left)
    best, edge = (0.0, 0.0), None
    for line in narrow:
        if edge is not None and line.left - edge > max(best[0], _GUTTER * line.size):
            best = (line.left - edge, (line.left + edge) / 2)
        edge = line.right if edge is None else max(edge, line.right)
    return best[1] or None


def _sections(lines: Sequence[Line], gutter: float) -> list[list[Line]]:
    """Lines in bands from the top; one across the gutter is a band of its own, in the order of the file elsewhere."""
    across = [line for line in lines if line.left < gutter < line.right]
    rest = [line for line in lines if not line.left < gutter < line.right]
    bands: list[list[Line]] = []
    for line in _downwards(across):
        above = [other for other in rest if other.bottom > line.bottom]
        rest = [other for other in rest if other.bottom <= line.bottom]
        bands += [above, [line]] if above else [[line]]
    return [*bands, rest] if rest else bands


def _downwards(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: -line.bottom)


def _is_column(lines: Sequence[Line]) -> bool:
    return len(lines) >= _LEAST_LINES and sum(len(line.text) for line in lines) >= _PROSE_CHARS * len(lines)


def _abreast(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """True when the two stand beside each other, not one below the other."""
    low = max(min(line.bottom for line in side) for side in (left, right))
    high = min(max(line.top for line in side) for side in (left, right))
    shorter = min(max(line.top for line in side) - min(line.bottom for line in side) for side in (left, right))
    return high - low > 0.5 * shorter


def gutters(boxes: Sequence[tuple[float, float]], size: float) -> list[int]:
    """Indexes of words before which a line breaks over a gutter. boxes: (left, right) of its words, in order."""
    return [
        number
        for number, (before, word) in enumerate(pairwise(boxes), 1)
        if word[0] - before[1] > 2 * size or word[0] < before[0]
    ]
