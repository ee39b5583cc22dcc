"""PDF -> `Content`: text by page in paragraphs, running heads dropped, hyphenation mended, tables as rows.

pypdfium2 gives the lines and where they stand; pdfplumber reads the tables of
pages that have ruling lines; OCR reads pages that are pictures. A page that
gives no text is an alarm, and a file of such pages is rejected by its reason:
never an empty success.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median
from typing import Any

from corpus.original import Edit, shifted
from ingest.ocr import find_tesseract
from ingest.pdf_columns import gutters, reading_order
from ingest.pdf_layout import Line, Piece, drop_running_heads, paragraphs
from ingest.pdf_scan import FindOcr, Problem, Scans
from ingest.text import clean_line
from ingest.values import Content, Rejected, RejectReason

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
    confidence: int | None = None
    problem: Problem | None = None


_PROBLEMS: Mapping[Problem, tuple[str, RejectReason]] = {
    "unread": ("pdf_pages_unread", "pdf_unread"),
    "unreadable": ("pdf_pages_unreadable", "pdf_unreadable"),
    "too_large": ("pdf_pictures_too_large", "pdf_picture_too_large"),
}
"""What kept a page from being read -> the alarm of a document with such pages, and the reason when it has no others."""


def read_pdf(body: bytes, find_ocr: FindOcr = find_tesseract) -> Content | Rejected:
    """Read a PDF. `Content.pages` has the offset of every page, pages without text included.

    find_ocr: gives what reads scanned pages, or None; called when the first such page comes.
    """
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
        scans = Scans(find_ocr)
        pages = [_read_page(document, number, scans) for number in range(len(document))]
        title = clean_line(document.get_metadata_value("Title") or "")
    except (pypdfium2.PdfiumError, ValueError) as error:
        return Rejected(reason="pdf_corrupt", detail=str(error))
    finally:
        document.close()
    return _assemble(body, pages, "" if _EMPTY_TITLE.match(title) else title)


def _assemble(body: bytes, pages: Sequence[_Page], title: str) -> Content | Rejected:
    problems = Counter(page.problem for page in pages if page.problem is not None)
    nothing = _nothing(problems, len(pages))
    if sum(len(line.text) for page in pages for line in page.lines) < _MIN_CHARS:
        return nothing
    kept = drop_running_heads([page.lines for page in pages], [page.height for page in pages])
    tables = _tables(body, [number for number, page in enumerate(pages) if page.ruled])
    kept = [lines if number in tables else reading_order(lines) for number, lines in enumerate(kept)]
    text, starts, edits = _join(paragraphs(kept, tables), len(pages))
    if len(text) < _MIN_CHARS:
        return nothing
    alarms = [f"{_PROBLEMS[problem][0]}:{count}" for problem, count in problems.items()]
    empty = sum(1 for page in pages if not page.lines and page.problem is None)
    if empty:
        alarms.append(f"pdf_pages_without_text:{empty}")
    confidence = tuple(page.confidence for page in pages)
    return Content(
        text=text,
        title=title,
        edits=edits,
        pages=tuple(starts),
        ocr=confidence if any(value is not None for value in confidence) else (),
        alarms=tuple(alarms),
    )


def _nothing(problems: Counter[Problem], pages: int) -> Rejected:
    """A document without text: for what reason most of its pages have none."""
    most = problems.most_common(1)
    reason: RejectReason = _PROBLEMS[most[0][0]][1] if most else "pdf_without_text"
    return Rejected(reason=reason, detail=f"{pages} pages")


def _join(pieces: Sequence[Piece], count: int) -> tuple[str, list[int], tuple[Edit, ...]]:
    """The whole text, the offset of each page, and the edits. A page without text starts where the next one does."""
    text = ""
    starts: dict[int, int] = {}
    edits: list[Edit] = []
    for piece in pieces:
        if text:
            text += piece.separator
        starts.setdefault(piece.page, len(text))
        edits += shifted(piece.edits, len(text))
        text += piece.text
    offsets: list[int] = []
    following = len(text)
    for page in reversed(range(count)):
        following = starts.get(page, following)
        offsets.append(following)
    offsets.reverse()
    if offsets:
        offsets[0] = 0
    return text, offsets, tuple(edits)


def _read_page(document: Any, number: int, scans: Scans) -> _Page:
    page = document[number]
    width, height = page.get_size()
    words = page.get_textpage()
    try:
        lines = list(_lines(words, number))
        if scan := scans.read(page, number, lines):
            return _Page(scan.lines, False, height, width, scan.confidence, scan.problem)
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
    """Lines as pdfium cuts them, and at gutters and mended hyphens, in the order of the file, with the box of each."""
    text = words.get_text_range()
    units = _units(text)
    for start, end in _stretches(text):
        inked = [at for at in range(start, end) if not text[at].isspace()]
        if not inked:
            continue
        for first, last in _parts(text, inked, words, units):
            held = [at for at in inked if first <= at <= last]
            # U+0002 and U+FFFE are how pdfium marks a hyphen at the end of a line.
            cleaned = clean_line(text[first : last + 1].replace("\x02", "-").replace("\ufffe", "-"))
            if not cleaned:
                continue
            boxes = [
                words.get_charbox(units[at], loose=True) for at in {held[0], held[-1], *held[:: max(1, len(held) // 6)]}
            ]
            yield Line(
                page=number,
                text=cleaned,
                left=min(box[0] for box in boxes),
                bottom=median(box[1] for box in boxes),
                right=max(box[2] for box in boxes),
                top=median(box[3] for box in boxes),
            )


def _units(text: str) -> Sequence[int]:
    """Index in pdfium's UTF-16 of each character."""
    if all(character < "\U00010000" for character in text):
        return range(len(text))
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Lines of pdfium's text. It joins what a hyphen breaks: U+FFFE ends a line too."""
    for found in re.finditer(r"[^\r\n\ufffe\x02]*[\ufffe\x02]|[^\r\n\ufffe\x02]+", text):
        yield found.start(), found.end()


def _parts(text: str, inked: Sequence[int], words: Any, units: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last character of each part of a line between gutters: pdfium joins columns that were drawn by rows."""
    starts = [inked[0], *(at for before, at in pairwise(inked) if at - before > 1)]
    ends = [*(before for before, at in pairwise(inked) if at - before > 1), inked[-1]]
    edges = [
        (words.get_charbox(units[start], loose=True), words.get_charbox(units[end], loose=True))
        for start, end in zip(starts, ends, strict=True)
    ]
    size = max(edges[0][0][3] - edges[0][0][1], 1.0)
    cuts = [0, *gutters([(first[0], last[2]) for first, last in edges], size), len(starts)]
    for begin, stop in pairwise(cuts):
        yield starts[begin], ends[stop - 1]


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
