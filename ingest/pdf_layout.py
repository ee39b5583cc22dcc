"""Lines of a PDF, with their boxes -> paragraphs. Pure geometry; no PDF library here."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from corpus.original import Edit, shifted
from ingest.text import edits_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text. Box in points from the page's lower left corner; page from 0."""

    page: int
    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def size(self) -> float:
        """Height, close to the font size."""
        return max(self.top - self.bottom, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text on one page, and what stands between it and the piece before. edits: in `text`."""

    page: int
    separator: str
    text: str
    edits: tuple[Edit, ...] = ()


Box = tuple[float, float, float, float]
Tables = Mapping[int, Sequence[tuple[Box, Sequence[str]]]]

_MARGIN = 0.12
"""Running heads and feet stand in the outer 12 % of the page's height."""
_GAP = 1.35
"""A distance between lines above this many times the usual one starts a paragraph."""
_BULLET = re.compile(r"^(?:[•▪◦‣●■□➢✓\uf0b7\uf0a7]\s*|[-–—*]\s+)")
_ENDS = re.compile(r"[.!?:;…»”\")]$")
_PAGE_NUMBER = re.compile(
    r"^[-–—]?\s*\d{1,4}\s*[-–—]?\s*(?:(?:/|sur|of|de)\s*\d{1,4})?$"
    r"|(?:^|\s)(?:page|p\.)\s*\d{1,4}(?:\s*(?:/|sur|of|de)\s*\d{1,4})?$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[^\W\d_][\w’' ]{1,24}\s?: ")
_DIGITS = re.compile(r"\d+")
_BROKEN_WORD = re.compile(r"(\w+)-$")
_FIRST_WORD = re.compile(r"^\w+")


def drop_running_heads(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Pages without lines that come back at the same place on at least half of them, and without page numbers."""
    edges = [[line for line in lines if _edge(line, height)] for lines, height in zip(pages, heights, strict=True)]
    seen = Counter(key for lines in edges for key in {_key(line) for line in lines})
    filled = sum(1 for lines in pages if lines)
    repeated = {key for key, count in seen.items() if count >= 2 and count * 2 >= filled}
    body = median([line.size for lines in pages for line in lines] or [0.0])
    kept = []
    for lines, edge, height in zip(pages, edges, heights, strict=True):
        gone = {
            id(line)
            for line in edge
            if _key(line) in repeated or _PAGE_NUMBER.search(line.text) or _is_small_head(line, body, height)
        }
        kept.append([line for line in lines if id(line) not in gone])
    return kept


def _is_small_head(line: Line, body: float, height: float) -> bool:
    """True for small print at the top: a running head, also on the only page. Small print below may be a note."""
    return line.bottom > height * (1 - _MARGIN) and line.size < 0.9 * body


def _edge(line: Line, height: float) -> bool:
    return line.bottom > height * (1 - _MARGIN) or line.top < height * _MARGIN


def _key(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text.casefold()), round(line.bottom / 6)


def paragraphs(pages: Sequence[Sequence[Line]], tables: Tables) -> list[Piece]:
    """Pieces in reading order; a piece whose separator is "\\n\\n" starts a paragraph."""
    lines = [line for page in pages for line in page]
    spacing = _usual_spacing(pages)
    edge = _usual_right_edge(lines)
    words = _vocabulary(lines)
    out: list[Piece] = []
    last: Line | None = None
    for page_lines in pages:
        done: set[int] = set()
        for line in page_lines:
            held = _table_of(line, tables)
            if held is not None:
                if held not in done:
                    done.add(held)
                    _add_table(out, line.page, tables[line.page][held][1])
                last = None
                continue
            if last is not None and _continues(last, line, spacing, edge):
                _extend(out, line, words)
            else:
                text = _BULLET.sub("", line.text)
                if text:
                    out.append(Piece(page=line.page, separator="\n\n", text=text, edits=_edits(line.text, text)))
            last = line
    return out


def _table_of(line: Line, tables: Tables) -> int | None:
    middle = (line.bottom + line.top) / 2
    for number, ((left, bottom, right, top), _) in enumerate(tables.get(line.page, ())):
        if bottom - 1 <= middle <= top + 1 and left - 5 <= (line.left + line.right) / 2 <= right + 5:
            return number
    return None


def _add_table(out: list[Piece], page: int, rows: Sequence[str]) -> None:
    """A table is one block, a row a line; one that goes on over the page loses its repeated header."""
    before = out[-1] if out else None
    goes_on = before is not None and before.page == page - 1 and "\n" in before.text
    if before is not None and goes_on and before.text.split("\n", 1)[0].count(" | ") == rows[0].count(" | "):
        header = before.text.split("\n", 1)[0]
        rows = rows[1:] if rows[0] == header else rows
        if rows:
            out.append(Piece(page=page, separator="\n", text="\n".join(rows)))
    else:
        out.append(Piece(page=page, separator="\n\n", text="\n".join(rows)))


def _continues(last: Line, line: Line, spacing: float, edge: float) -> bool:
    """True when `line` goes on with the paragraph of `last`."""
    if _BULLET.match(line.text) or (_LABEL.match(line.text) and _LABEL.match(last.text)):
        return False
    if abs(last.size - line.size) > 0.15 * max(last.size, line.size):
        return False
    if line.page != last.page or line.top > last.top + last.size:  # over to the next page or column
        return not _ENDS.search(last.text) and (line.text[0].islower() or last.text.endswith("-"))
    distance = last.bottom - line.bottom
    if abs(distance) < 0.3 * line.size:  # the same line in two parts
        return True
    if distance > _GAP * spacing * line.size:
        return False
    short = last.right < edge - 0.15 * edge
    return not (short and _ENDS.search(last.text))


def _extend(out: list[Piece], line: Line, words: frozenset[str]) -> None:
    """Add a line to the last piece, mending a word broken at its end; the hyphen is kept as an edit."""
    before = out[-1]
    broken = _BROKEN_WORD.search(before.text)
    first = _FIRST_WORD.match(line.text)
    separator, kept = " ", before.text
    if broken and first and first[0][0].islower():
        separator = ""
        # "sous-" + "préfet" keeps its hyphen where the document writes it so elsewhere.
        if f"{broken[1]}-{first[0]}".casefold() not in words or (broken[1] + first[0]).casefold() in words:
            kept = before.text[:-1]
    elif broken and first:
        separator = ""
    mended = (Edit(len(kept), len(kept), before.text[len(kept) :] + "\n"),) if kept != before.text else ()
    edits, more = before.edits + mended, _edits(line.text, line.text)
    if line.page == before.page:
        joined = kept + separator
        edits += shifted(more, len(joined))
        out[-1] = Piece(page=before.page, separator=before.separator, text=joined + line.text, edits=edits)
    else:
        out[-1] = Piece(page=before.page, separator=before.separator, text=kept, edits=edits)
        out.append(Piece(page=line.page, separator=separator, text=line.text, edits=more))


def _edits(whole: str, text: str) -> tuple[Edit, ...]:
    """The edits of a line, where `text` is its end."""
    return shifted(edits_of(whole), len(text) - len(whole))


def _usual_spacing(pages: Sequence[Sequence[Line]]) -> float:
    """The usual distance between two lines, in line heights. The lower third: gaps between paragraphs only widen it."""
    ratios = sorted(
        (above.bottom - below.bottom) / below.size
        for lines in pages
        for above, below in pairwise(lines)
        if abs(above.size - below.size) < 0.1 * below.size and 0.5 < (above.bottom - below.bottom) / below.size < 3
    )
    return ratios[len(ratios) // 3] if ratios else 1.2


def _usual_right_edge(lines: Sequence[Line]) -> float:
    """Where full lines end: the upper tenth of the right edges."""
    edges = sorted(line.right for line in lines)
    return edges[int(len(edges) * 0.9)] if len(edges) > 1 else median(edges or [0.0])


def _vocabulary(lines: Sequence[Line]) -> frozenset[str]:
    """Words inside lines, hyphenated ones whole, in lower case."""
    return frozenset(word.casefold() for line in lines for word in re.findall(r"\w+(?:-\w+)*", line.text))
