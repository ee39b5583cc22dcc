"""PDF -> `Content`: text by page in paragraphs, running heads dropped, hyphenation mended, tables as rows.

pypdfium2 gives the lines and where they stand; pdfplumber reads the tables of
pages that have ruling lines. A file without text (a scan) is rejected by that
name: it is an alarm, never an empty success.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ingest.pdf_layout import Line, Piece, drop_running_heads, paragraphs
from ingest.text import clean_line
from ingest.values import Content, Rejected

MAX_PAGES = 3000
_MAX_TABLE_PAGES = 200  # pdfplumber takes about 0.1 s a page; more tables are read as plain lines
_MIN_RULES = 4  # path objects on a page from which a table is looked for
_MIN_CHARS = 40
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_EMPTY_TITLE = re.compile(
    r"^(?:microsoft word|untitled|sans titre|document\d*|\(?anonymous\)?|powerpoint|.*\.(?:docx?|pdf|indd|odt)$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Page:
    lines: list[Line]
    ruled: bool
    height: float
    width: float


def read_pdf(body: bytes) -> Content | Rejected:
    """Read a PDF. `Content.pages` has the offset of every page, pages without text included."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD:
            return Rejected(reason="pdf_encrypted", detail=str(error))
        return Rejected(reason="pdf_corrupt", detail=str(error))
    try:
        if len(document) > MAX_PAGES:
            return Rejected(reason="pdf_too_long", detail=f"{len(document)} pages")
        pages = [_read_page(document, number) for number in range(len(document))]
        title = clean_line(document.get_metadata_value("Title") or "")
    except (pypdfium2.PdfiumError, ValueError) as error:
        return Rejected(reason="pdf_corrupt", detail=str(error))
    finally:
        document.close()
    return _assemble(body, pages, "" if _EMPTY_TITLE.match(title) else title)


def _assemble(body: bytes, pages: Sequence[_Page], title: str) -> Content | Rejected:
    if sum(len(line.text) for page in pages for line in page.lines) < _MIN_CHARS:
        return Rejected(reason="pdf_without_text", detail=f"{len(pages)} pages")
    kept = drop_running_heads([page.lines for page in pages], [page.height for page in pages])
    tables = _tables(body, [number for number, page in enumerate(pages) if page.ruled])
    text, starts = _join(paragraphs(kept, tables), len(pages))
    if len(text) < _MIN_CHARS:
        return Rejected(reason="pdf_without_text", detail=f"{len(pages)} pages")
    empty = sum(1 for page in pages if not page.lines)
    return Content(
        text=text,
        title=title,
        pages=tuple(starts),
        alarms=(f"pdf_pages_without_text:{empty}",) if empty else (),
    )


def _join(pieces: Sequence[Piece], count: int) -> tuple[str, list[int]]:
    """The whole text and the offset of each page. A page without text starts where the next one does."""
    text = ""
    starts: dict[int, int] = {}
    for piece in pieces:
        if text:
            text += piece.separator
        starts.setdefault(piece.page, len(text))
        text += piece.text
    offsets: list[int] = []
    following = len(text)
    for page in reversed(range(count)):
        following = starts.get(page, following)
        offsets.append(following)
    offsets.reverse()
    if offsets:
        offsets[0] = 0
    return text, offsets


def _read_page(document: Any, number: int) -> _Page:
    page = document[number]
    width, height = page.get_size()
    words = page.get_textpage()
    try:
        lines = list(_lines(words, number))
        rules = 0
        if lines:
            for _ in page.get_objects(filter=[_PATH], max_depth=2):
                rules += 1
                if rules >= _MIN_RULES:
                    break
        return _Page(lines, rules >= _MIN_RULES, height, width)
    finally:
        words.close()
        page.close()


_PATH = 2  # FPDF_PAGEOBJ_PATH


def _lines(words: Any, number: int) -> Iterator[Line]:
    """Lines as pdfium cuts them, in the order of the file, with the box of each."""
    index = 0
    for raw in re.split(r"(\r\n|\r|\n)", words.get_text_range()):
        start, index = index, index + len(raw.encode("utf-16-le")) // 2
        # U+0002 and U+FFFE are how pdfium marks a hyphen at the end of a line.
        text = clean_line(raw.replace("\x02", "-").replace("\ufffe", "-"))
        if not text:
            continue
        inked = [start + at for at, character in enumerate(raw) if not character.isspace()]
        boxes = [
            words.get_charbox(min(at, index - 1), loose=True)
            for at in {inked[0], inked[-1], *inked[:: max(1, len(inked) // 6)]}
        ]
        yield Line(
            page=number,
            text=text,
            left=min(box[0] for box in boxes),
            bottom=median(box[1] for box in boxes),
            right=max(box[2] for box in boxes),
            top=median(box[3] for box in boxes),
        )


def _tables(
    body: bytes, numbers: Sequence[int]
) -> dict[int, list[tuple[tuple[float, float, float, float], list[str]]]]:
    """Tables by page: box (left, bottom, right, top, in PDF units from the page's bottom) and rows of text."""
    import io

    import pdfplumber

    found: dict[int, list[tuple[tuple[float, float, float, float], list[str]]]] = {}
    if not numbers:
        return found
    try:
        with pdfplumber.open(io.BytesIO(body)) as document:
            for number in numbers[:_MAX_TABLE_PAGES]:
                page = document.pages[number]
                for table in page.find_tables():
                    cells = [[clean_line(cell or "") for cell in row] for row in table.extract()]
                    rows = [" | ".join(row) for row in cells if any(row)]
                    if len(rows) > 1 and max(len(row) for row in cells) > 1:
                        left, top, right, bottom = table.bbox
                        box = (left, page.height - bottom, right, page.height - top)
                        found.setdefault(number, []).append((box, rows))
                page.close()
    except Exception:  # pdfminer raises anything on odd files; the lines are read without it
        return found
    return found
