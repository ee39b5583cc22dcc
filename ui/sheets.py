"""Pages of PDFs as pictures, with the box around quoted words. pypdfium2 renders and says where characters stand.

The text of a publication was mended when it was read (hyphens, running heads),
so a quote is looked up among the page's characters without white space and
hyphens: equal, or no box at all.
"""

import io
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corpus.records import Document, Span

WIDTH = 1000
"""Pixels across a picture: legible on a phone turned sideways, about 100 KB."""
_TALLEST = 3000  # pixels; a page drawn to deceive has a height of metres
_SIXTEEN = [round(grey / 17) * 17 for grey in range(256)]  # greys that compress well and read as before
_KEPT = 12  # pictures held in memory
_pdfium = threading.Lock()
"""PDFium may be entered by one thread at a time."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Size of a page's picture in pixels, and boxes (x, y, width, height) around the lines of each quote found."""

    width: int
    height: int
    boxes: tuple[tuple[int, int, int, int], ...]


def page_text(document: Document, page: int) -> Span:
    """Where the text of a page (from 1) stands in the document's."""
    end = document.pages[page] if page < len(document.pages) else len(document.text)
    return Span(document.pages[page - 1], end)


def sheet(body: bytes, page: int, document: Document, quotes: Sequence[Span]) -> Sheet | None:
    """Size and boxes of a page, from 1. quotes: spans of `document.text`. None for a file or page that fails."""
    whole = page_text(document, page)
    with _opened(body, page) as held:
        if held is None:
            return None
        width, height = _size(held)
        text, places = _characters(held)
        boxes: list[tuple[int, int, int, int]] = []
        for span in quotes:
            start, end = max(span.start, whole.start), min(span.end, whole.end)
            if start < end:
                found = _find(document.text[whole.start : start], document.text[start:end], text)
                boxes += _boxes(held, [places[at] for at in found], width, height)
        return Sheet(width, height, tuple(boxes))
    return None


@lru_cache(maxsize=_KEPT)
def picture(body: bytes, page: int) -> bytes | None:
    """A page, from 1, as PNG; None for a file or page that fails."""
    with _opened(body, page) as held:
        if held is None:
            return None
        width, height = _size(held)
        image = held.render(scale=width / held.get_width(), grayscale=True).to_pil()
        written = io.BytesIO()
        image.crop((0, 0, width, height)).point(_SIXTEEN).save(written, "png", compress_level=6)
        return written.getvalue()
    return None


@contextmanager
def _opened(body: bytes, page: int) -> Iterator[Any]:
    """A page, from 1, of a PDF, PDFium held meanwhile; None for one that does not open.

    What PDFium cannot do with the page ends the block without an error: the caller then has no value to return.
    """
    import pypdfium2

    fails = (pypdfium2.PdfiumError, IndexError, ValueError, MemoryError)
    with _pdfium:
        try:
            file = pypdfium2.PdfDocument(body)
        except pypdfium2.PdfiumError:
            yield None
            return
        try:
            held = None
            with suppress(*fails):
                held = file[page - 1]
            with suppress(*fails):
                yield held
        finally:
            file.close()


def _size(page: Any) -> tuple[int, int]:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise ValueError("a page without size")
    scale = min(WIDTH / width, _TALLEST / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _characters(page: Any) -> tuple[str, list[int]]:
    """The page's characters without white space and hyphens, folded, and the PDFium index of each."""
    from pypdfium2 import raw

    text = page.get_textpage()
    plain, places = [], []
    for at in range(text.count_chars()):
        for char in _squeezed_sign(raw.FPDFText_GetUnicode(text, at)):
            plain.append(char)
            places.append(at)
    return "".join(plain), places


def _find(before: str, quote: str, text: str) -> range:
    """Where the quote stands in the page's squeezed `text`: the occurrence that `before` leads to; empty if none."""
    wanted = _squeezed(quote)
    if not wanted:
        return range(0)
    starts = [match.start() for match in re.finditer(f"(?={re.escape(wanted)})", text)]
    if not starts:
        return range(0)
    expected = len(_squeezed(before))
    start = min(starts, key=lambda at: abs(at - expected))
    return range(start, start + len(wanted))


def _squeezed(text: str) -> str:
    """Compatibility forms opened, no white space, no hyphen of any sort, quotes made straight, lower case."""
    plain = unicodedata.normalize("NFKC", text).translate(_SAME).lower()
    return re.sub(r"[\s\u00ad\u2010-\u2015\-\u0000-\u001f\ufffe\uffff]+", "", plain)


@lru_cache(maxsize=2048)
def _squeezed_sign(code: int) -> str:
    return _squeezed(chr(code)) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def _boxes(page: Any, places: Sequence[int], width: int, height: int) -> list[tuple[int, int, int, int]]:
    """One box per line around the characters of these indexes, in pixels from the top left."""
    import ctypes

    from pypdfium2 import raw

    text = page.get_textpage()
    lines: list[list[int]] = []
    for at in places:
        left, bottom, right, top = text.get_charbox(at, loose=True)
        corners = []
        for x, y in ((left, top), (right, bottom)):
            across, down = ctypes.c_int(), ctypes.c_int()
            raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
            corners += [across.value, down.value]
        x0, x1 = sorted((corners[0], corners[2]))
        y0, y1 = sorted((corners[1], corners[3]))
        last = lines[-1] if lines else None
        if last and y0 < (last[1] + last[3]) / 2 < y1:
            last[:] = [min(last[0], x0), min(last[1], y0), max(last[2], x1), max(last[3], y1)]
        else:
            lines.append([x0, y0, x1, y1])
    return [(x0 - 2, y0 - 2, x1 - x0 + 4, y1 - y0 + 4) for x0, y0, x1, y1 in lines]
