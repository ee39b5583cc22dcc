"""DOCX, Markdown and plain text -> `Content`."""

import io
import re
import zipfile

from ingest.charset import decode
from ingest.text import clean_blocks, clean_line, join_blocks
from ingest.values import Content, Rejected

_MAX_UNPACKED = 200_000_000
_MAX_RATIO = 200
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
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > _MAX_UNPACKED or unpacked > _MAX_RATIO * max(len(body), 10_000):
            return Rejected(reason="docx_too_large", detail=f"{unpacked} bytes unpacked")
        document = docx.Document(io.BytesIO(body))
        blocks: list[str] = []
        for item in document.iter_inner_content():
            if isinstance(item, Table):
                rows = [" | ".join(clean_line(cell.text) for cell in row.cells) for row in item.rows]
                blocks.append("\n".join(row for row in rows if row.strip(" |")))
            else:
                blocks.append(clean_line(item.text))
        title = clean_line(document.core_properties.title or "")
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError, NotImplementedError) as error:
        return Rejected(reason="docx_corrupt", detail=str(error)[:200])
    blocks = [block for block in blocks if block]
    if not blocks:
        return Rejected(reason="no_text")
    return Content(text=join_blocks(blocks), title=title or blocks[0][:200])


def read_text(body: bytes, content_type: str = "") -> Content | Rejected:
    """Plain text: blocks between blank lines; without blank lines, every line is a block."""
    text = decode(body, content_type).replace("\r\n", "\n").replace("\r", "\n")
    parts = re.split(r"\n[ \t]*\n+", text) if re.search(r"\n[ \t]*\n", text.strip()) else text.split("\n")
    blocks = clean_blocks(parts)
    if not blocks:
        return Rejected(reason="no_text")
    return Content(text=join_blocks(blocks), title=blocks[0][:200])


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
    return Content(text=join_blocks(blocks), title=title or blocks[0][:200])


def _plain(text: str) -> str:
    return clean_line(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)))
