"""DOCX, ODT, Markdown and plain text -> `Content`."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.charset import decode
from ingest.text import block_edits, clean_blocks, clean_line, join_blocks
from ingest.values import Content, Rejected

if TYPE_CHECKING:
    from odfdo import Element

_MAX_UNPACKED = 200_000_000
_MAX_RATIO = 200
_MAX_XML = 40_000_000
"""A part of XML that is larger is refused: its tree takes some twenty times as much. A book has 5 MB."""
_MAX_REPEATED = 100  # a cell or space of an ODT may say that it stands a thousand million times
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
# None of these looks far ahead from each place: a page of a million brackets must not take hours.
_RULE = re.compile(r"(?:[-*_]\s*){3,}|(?=[^|]*\|)[\s:|-]+|={3,}")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]{0,2000}\)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.{1,500}?)(?<=\S)\1")


def read_docx(body: bytes) -> Content | Rejected:
    """Paragraphs and table rows of a Word document, in order."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table, _Cell

    try:
        if bomb := _too_large(body):
            return Rejected(reason="docx_too_large", detail=bomb)
        document = docx.Document(io.BytesIO(body))
        blocks: list[str] = []
        for item in document.iter_inner_content():
            if isinstance(item, Table):
                # Not `row.cells`: it gives a merged cell as often as it says that it is wide.
                cells = [[_Cell(cell, item) for cell in row._tr.tc_lst] for row in item.rows]
                rows = [" | ".join(clean_line(cell.text) for cell in row) for row in cells]
                blocks.append("\n".join(row for row in rows if row.strip(" |")))
            else:
                blocks.append(clean_line(item.text))
        title = clean_line(document.core_properties.title or "")
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError, NotImplementedError) as error:
        return Rejected(reason="docx_corrupt", detail=str(error)[:200])
    blocks = [block for block in blocks if block]
    if not blocks:
        return Rejected(reason="no_text")
    return Content(text=join_blocks(blocks), edits=block_edits(blocks), title=title or blocks[0][:200])


def _too_large(body: bytes) -> str:
    """What is too large in a zipped document, before anything is unpacked; "" when nothing is.

    The sizes that a zip announces hold: no more is ever unpacked.
    """
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        sizes = {item.filename: item.file_size for item in archive.infolist()}
    unpacked = sum(sizes.values())
    if unpacked > _MAX_UNPACKED or unpacked > _MAX_RATIO * max(len(body), 10_000):
        return f"{unpacked} bytes unpacked"
    return next((f"{name}: {size} bytes" for name, size in sizes.items() if size > _MAX_XML and ".xml" in name), "")


def read_odt(body: bytes) -> Content | Rejected:
    """Headings, paragraphs, list items, table rows and notes of an OpenDocument text, in order.

    Comments and deleted text under "track changes" are left out.
    """
    import odfdo

    try:
        if bomb := _too_large(body):
            return Rejected(reason="odt_too_large", detail=bomb)
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                return Rejected(reason="odt_encrypted")
        document = odfdo.Document(io.BytesIO(body))
        content = document.body
        for unwanted in content.get_elements(
            "descendant::office:annotation | descendant::office:annotation-end | descendant::text:tracked-changes"
            " | descendant::text:note-citation | descendant::text:sequence-decls"
        ):
            unwanted.delete()
        for space in content.get_elements("descendant::text:s"):
            space.set_attribute("text:c", "1")
        blocks = list(_odt_blocks(content, 0))
        title = clean_line(document.meta.title or "")
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError, TypeError, OSError, NotImplementedError,
            AttributeError) as error:  # fmt: skip
        return Rejected(reason="odt_corrupt", detail=f"{type(error).__name__}: {error}"[:200])
    blocks = [block for block in blocks if block]
    if not blocks:
        return Rejected(reason="no_text")
    return Content(text=join_blocks(blocks), edits=block_edits(blocks), title=title or blocks[0][:200])


def _odt_blocks(element: "Element", depth: int) -> Iterator[str]:
    for child in element.children:
        if child.tag in ("text:p", "text:h"):
            notes = child.get_elements("descendant::text:note")
            bodies = [clean_line(note.inner_text) for note in notes]
            for note in notes:
                note.delete()
            yield clean_line(child.inner_text)
            yield from bodies
        elif child.tag == "table:table":
            rows = [_odt_cells(row) for row in child.get_elements("descendant::table:table-row")]
            yield "\n".join(" | ".join(row) for row in rows if any(row))
        elif depth < _MAX_REPEATED:
            yield from _odt_blocks(child, depth + 1)


def _odt_cells(row: "Element") -> list[str]:
    """Cells of a row, one that stands several times as often; the empty ones that fill the sheet left out."""
    cells: list[str] = []
    for cell in row.get_elements("table:table-cell"):
        text = clean_line(cell.inner_text)
        times = int(cell.get_attribute_string("table:number-columns-repeated") or 1)
        cells += [text] * (min(times, _MAX_REPEATED) if text else min(times, 2))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def read_text(body: bytes, content_type: str = "") -> Content | Rejected:
    """Plain text: blocks between blank lines; without blank lines, every line is a block."""
    text = decode(body, content_type).replace("\r\n", "\n").replace("\r", "\n")
    parts = re.split(r"\n[ \t]*\n+", text) if re.search(r"\n[ \t]*\n", text.strip()) else text.split("\n")
    blocks = clean_blocks(parts)
    if not blocks:
        return Rejected(reason="no_text")
    return Content(text=join_blocks(blocks), edits=block_edits(blocks), title=blocks[0][:200])


def read_markdown(body: bytes, content_type: str = "") -> Content | Rejected:
    """Markdown: markers of headings, items, links and emphasis taken away; the first heading is the title."""
    blocks: list[str] = []
    title = ""
    held: list[str] = []

    def close() -> None:
        if held:
            blocks.append(_plain(" ".join(held)))
            held.clear()

    for line in decode(body, content_type).splitlines():
        heading = _HEADING.match(line)
        if heading:
            close()
            if title:
                blocks.append(_plain(heading[1]))
            else:
                title = _plain(heading[1])
        elif not line.strip() or _RULE.fullmatch(line.strip()):
            close()
        elif _ITEM.match(line):
            close()
            held.append(_ITEM.sub("", line))
        elif line.lstrip().startswith("|"):
            close()
            blocks.append(_plain(" | ".join(cell.strip() for cell in line.strip().strip("|").split("|"))))
        else:
            held.append(line.lstrip("> "))
    close()
    blocks = [block for block in blocks if block]
    if not blocks:
        return Rejected(reason="no_text")
    return Content(text=join_blocks(blocks), edits=block_edits(blocks), title=title or blocks[0][:200])


def _plain(text: str) -> str:
    return clean_line(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)))
