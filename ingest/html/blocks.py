"""HTML elements -> blocks of text: paragraphs, headings, list items, table rows, in reading order."""

import re
from typing import Any

from bs4 import NavigableString, Tag

from ingest.text import clean_line

_BLOCK = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figure footer header h1 h2 h3 h4 h5 h6 hr li"  # noqa: SIM905
    " main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_MAX_DEPTH = 150
_MAX_CELL = 300
"""A table with a longer cell lays out a page; it holds no data."""
_LINE = "\ue000"  # a private mark for <br>, until paragraphs are cut
_NEXT_LINE = re.compile(rf"{_LINE}(?=\s*[-–—•*·▪►]\s)")
_NEW_PARAGRAPH = re.compile(rf"{_LINE}\s*(?:{_LINE}\s*)+")


def element_blocks(root: Tag) -> list[str]:
    """The blocks of an element, clean, in document order."""
    out: list[str] = []
    _walk(root, out, 0)
    return out


def _walk(tag: Tag, out: list[str], depth: int) -> None:
    run: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag):
            if child.name == "br":
                run.append(_LINE)
            elif depth >= _MAX_DEPTH:
                run.append(child.get_text())
            elif child.name in _BLOCK or child.find(_BLOCK) is not None:
                _flush(run, out)
                if child.name == "table" and _is_data(child):
                    out.extend(_table(child))
                else:
                    _walk(child, out, depth + 1)
            else:
                run.append(_inline(child))
        elif type(child) is NavigableString:
            run.append(str(child).replace(_LINE, ""))
    _flush(run, out)


def _inline(tag: Tag) -> str:
    for line in tag.find_all("br"):
        line.replace_with(_LINE)
    return tag.get_text()


def _flush(run: list[str], out: list[str]) -> None:
    text = _NEXT_LINE.sub(_LINE + _LINE, "".join(run))
    for part in _NEW_PARAGRAPH.split(text):
        block = clean_line(part.replace(_LINE, " "))
        if any(character.isalnum() for character in block):
            out.append(block)
    run.clear()


def _is_data(table: Tag) -> bool:
    if table.find("table") is not None or table.get("role") == "presentation":
        return False
    rows = [row.find_all(("td", "th")) for row in table.find_all("tr")]
    widest = max((len(row) for row in rows), default=0)
    return widest > 1 and all(len(cell.get_text()) <= _MAX_CELL for row in rows for cell in row)


def _table(table: Tag) -> list[str]:
    """A table as one block, a row a line, cells between bars."""
    rows = []
    for row in table.find_all("tr"):
        cells = [clean_line(cell.get_text(" ")) for cell in row.find_all(("td", "th"))]
        if any(cells):
            rows.append(" | ".join(cells))
    return ["\n".join(rows)] if rows else []


_TREE_BLOCKS = frozenset({"p", "head", "item", "quote", "code", "cell", "ab", "fw"})


def tree_blocks(body: Any) -> list[str]:
    """The blocks of trafilatura's own tree (an lxml element with p, head, list/item, table/row/cell)."""
    out: list[str] = []
    run: list[str] = []
    _walk_tree(body, out, run, 0)
    _flush(run, out)
    return out


def _tree_table(table: Any) -> list[str]:
    """Rows of a table of data; nothing for a table that lays out a page."""
    rows = [[clean_line(" ".join(cell.itertext())) for cell in row.iter("cell")] for row in table.iter("row")]
    if max(map(len, rows), default=0) < 2 or any(len(cell) > _MAX_CELL for row in rows for cell in row):
        return []
    return [" | ".join(row) for row in rows if any(row)]


def _walk_tree(node: Any, out: list[str], run: list[str], depth: int) -> None:
    if node.tag == "lb":
        run.append(_LINE)
    elif node.tag == "table" and (rows := _tree_table(node)):
        _flush(run, out)
        out.append("\n".join(rows))
    else:
        starts_block = node.tag in _TREE_BLOCKS
        if starts_block:
            _flush(run, out)
        run.append(node.text or "")
        for child in node:
            if isinstance(child.tag, str) and depth < _MAX_DEPTH:
                _walk_tree(child, out, run, depth + 1)
            run.append(child.tail or "")
        if starts_block:
            _flush(run, out)
