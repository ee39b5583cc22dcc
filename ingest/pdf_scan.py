"""Pages of a PDF that are pictures of text: which they are, and reading them by OCR."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from ingest.ocr import Picture, Recognised, find_tesseract
from ingest.pdf_layout import Line

MAX_PAGES = 300
"""Pages of one document that are read by OCR: at 2 s each, ten minutes."""
_MAX_FAILURES = 3  # pages in a row on which the program failed: the others of this document would too
_FEW_CHARS = 40
"""A page whose text layer is shorter may be a scan with a stamp or a page number."""
_COVERED = 0.25  # of the page's area by pictures
_OUTLINES = 150  # path objects of a page whose letters are drawn, not written
_GARBLED = 0.2  # share of characters that stand for no letter: a font without its table
_MAX_SOURCE_POINTS = 80_000_000  # A4 at 600 dpi has 35 million; a decompression bomb has thousands
_MAX_POINTS = 12_000_000  # A4 at 300 dpi has 8.7 million
_LEAST_DPI, _MOST_DPI = 200.0, 300.0  # measured: 96 dpi scans read better (93 % against 90 %) at 200 than at 300
_PATH, _IMAGE = 2, 3  # FPDF_PAGEOBJ_PATH, FPDF_PAGEOBJ_IMAGE

Problem = Literal["unread", "unreadable", "too_large"]
"""Why a picture of a page gave no text: no program to read it (or the document's share is spent), nothing that
can be called text came out, the picture is larger than any scanner makes."""


class Ocr(Protocol):
    """What reads pictures of pages."""

    def read(self, picture: Picture, page: int) -> Recognised | None:
        """The lines of a picture; None when it failed."""


FindOcr = Callable[[], Ocr | None]


def no_ocr() -> None:
    """For sources that want none."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What a picture of a page gave. confidence: percent, None when its text is not used."""

    lines: list[Line]
    confidence: int | None = None
    problem: Problem | None = None


class Scans:
    """Reads the scanned pages of one document; looks for the program when the first one comes."""

    def __init__(self, find: FindOcr = find_tesseract) -> None:
        self._find = find
        self._ocr: Ocr | None = None
        self._looked = False
        self._left = MAX_PAGES
        self._failures = 0

    def read(self, page: Any, number: int, lines: list[Line]) -> ScannedPage | None:
        """Read pdfium's `page` if it is a picture of text; None if it is not. lines: its own text layer.

        The text layer is kept when OCR finds no more than it has (a cover with a photograph).
        """
        if len("".join(line.text for line in lines)) >= _FEW_CHARS and not is_garbled(lines):
            return None
        look = _look(page)
        if not look.text_like:
            return None
        kept = [] if is_garbled(lines) else lines
        found = self._recognise(page, number, look)
        if not isinstance(found, Recognised):
            return ScannedPage(kept, problem=found)
        if sum(len(line.text) for line in found.lines) <= 2 * sum(len(line.text) for line in kept):
            return ScannedPage(kept)
        return ScannedPage(list(found.lines), confidence=round(found.confidence))

    def _recognise(self, page: Any, number: int, look: "_Look") -> Recognised | Problem:
        if look.largest > _MAX_SOURCE_POINTS:
            return "too_large"
        ocr = self._engine()
        if ocr is None:
            return "unread"
        self._left -= 1
        found = ocr.read(_render(page, look.dpi), number)
        self._failures = 0 if found is not None else self._failures + 1
        return found if found is not None and found.readable else "unreadable"

    def _engine(self) -> Ocr | None:
        if not self._looked:
            self._looked = True
            self._ocr = self._find()
        return self._ocr if self._left > 0 and self._failures < _MAX_FAILURES else None


def is_garbled(lines: Sequence[Line]) -> bool:
    """True when the text layer is made of codes that stand for no letter."""
    text = "".join(line.text for line in lines)
    strange = sum(1 for character in text if character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn"))
    return strange > _GARBLED * len(text)


@dataclass(frozen=True, slots=True)
class _Look:
    text_like: bool
    dpi: float
    largest: int


def _look(page: Any) -> _Look:
    """What is drawn on a page. Reads sizes only: no picture is decoded."""
    width, height = page.get_size()
    covered = outlines = largest = 0
    dpi = 0.0
    for drawn in page.get_objects(filter=[_PATH, _IMAGE], max_depth=4):
        if drawn.type == _PATH:
            outlines += 1
            continue
        left, bottom, right, top = drawn.get_bounds()
        area = max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(top, height) - max(bottom, 0))
        covered += area
        columns, rows = drawn.get_px_size()
        if columns * rows > largest:
            largest = columns * rows
            dpi = 72 * columns / max(right - left, 1.0)
    text_like = covered >= _COVERED * width * height or outlines >= _OUTLINES
    wanted = min(max(dpi, _LEAST_DPI), _MOST_DPI)
    most = 72 * (_MAX_POINTS / max(width * height, 1.0)) ** 0.5
    return _Look(text_like, min(wanted, most), largest)


def _render(page: Any, dpi: float) -> Picture:
    bitmap = page.render(scale=dpi / 72, grayscale=True, limit_image_cache=True)
    try:
        rows = memoryview(bitmap.buffer).cast("B")
        grey = b"".join(rows[at : at + bitmap.width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride))
        return Picture(width=bitmap.width, height=bitmap.height, dpi=dpi, grey=grey)
    finally:
        bitmap.close()
