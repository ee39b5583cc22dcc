"""Pictures of pages -> lines of text with their boxes, by the tesseract program, in French.

The program is optional: Debian's packages tesseract-ocr and tesseract-ocr-fra.
It runs as a process of its own, with bounds of time and memory, so that a
picture that makes it loop, grow or crash costs one page and no more. It is
called without a wrapper: pytesseract can limit neither its threads (a page
takes 1.5 s with one, 6.7 s with as many as it likes, on two cores) nor its
memory, and passes every page through files.
"""

import csv
import io
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from statistics import median

from ingest.pdf_layout import Line
from ingest.text import clean_line

LANGUAGE = "fra"
_CPU_SECONDS = 90
_WALL_SECONDS = 600  # on a busy machine a second of work takes several
_MEMORY = 2 << 30  # address space; a page of 9 million points takes 0.1 GB of memory
_WORD = 5  # level of a word in tesseract's table
_LEAST_LINE = 30.0
"""Lines read with less confidence than this, in percent, are specks, stamps and signatures."""
_LEAST_PAGE = 70.0
"""Below this a page counts as unreadable. Measured on a page at 200 dpi: scanned at 96 dpi 87, turned upside down or
sideways 86, blurred so that every sixth word is wrong 67, blurred beyond reading 29, noise 0."""
_BULLETS = frozenset(["+", "*", "°", "•", "¢", "=", "~", ">", "»", "«", "«+", "+«", "--", "e>", "©"])
"""What tesseract makes of bullets; « is one where its paragraph never closes it."""
_COLUMNS = ("level", "page", "block", "paragraph", "line", "word", "left", "top", "width", "height", "conf", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A grey picture of a page: rows of one byte a point, from the top; dpi: points per inch."""

    width: int
    height: int
    dpi: float
    grey: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What was read on one page. confidence: mean over characters, 0 to 100; readable: enough to be text."""

    lines: tuple[Line, ...]
    confidence: float

    @property
    def readable(self) -> bool:
        """False for an empty page and for one that is mostly guessed."""
        return bool(self.lines) and self.confidence >= _LEAST_PAGE


class Tesseract:
    """The program. One page at a time, one thread."""

    def __init__(self, program: str) -> None:
        self._program = program

    def read(self, picture: Picture, page: int) -> Recognised | None:
        """The lines of a picture, in reading order; boxes in PDF units. None when the program failed on it."""
        command = [self._program, "stdin", "stdout", "-l", LANGUAGE, "--psm", "1", "--dpi", str(round(picture.dpi))]
        head = f"P5 {picture.width} {picture.height} 255\n".encode("ascii")
        with subprocess.Popen(
            [*command, "tsv"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        ) as process:
            try:
                # It waits for its picture: the limits stand before it begins.
                resource.prlimit(process.pid, resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
                resource.prlimit(process.pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
                table, _ = process.communicate(head + picture.grey, timeout=_WALL_SECONDS)
            except (subprocess.TimeoutExpired, ProcessLookupError):  # the latter: it ended at once
                process.kill()
                return None
        return _recognised(table.decode("utf-8", "replace"), picture, page) if process.returncode == 0 else None


def find_tesseract(path: str | None = None) -> Tesseract | None:
    """The program with its French data, or None. path: folders to look in, as in PATH, which is the default."""
    program = shutil.which("tesseract", path=path)
    return Tesseract(program) if program and LANGUAGE in _languages(program) else None


@cache
def _languages(program: str) -> frozenset[str]:
    try:
        done = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, timeout=_WALL_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(done.stdout.split())


@dataclass(frozen=True, slots=True)
class _Word:
    place: tuple[int, int, int]  # block, paragraph, line
    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float


def _recognised(table: str, picture: Picture, page: int) -> Recognised:
    words = _upright(list(_words(table)), picture)
    chars = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / chars if chars else 0.0
    lines: list[Line] = []
    for _, paragraph in groupby(words, key=lambda word: word.place[:2]):
        rows = [list(row) for _, row in groupby(paragraph, key=lambda word: word.place)]
        # The ink of "aux" is lower than that of "Été": lines of one paragraph have one size.
        size = median(max(word.bottom for word in row) - min(word.top for word in row) for row in rows)
        quoted = any("»" in word.text for row in rows for word in row)
        for row in rows:
            if _mean(row) >= _LEAST_LINE:
                bullet = row[0].text in _BULLETS and len(row) > 1 and not (quoted and row[0].text == "«")
                lines.append(_line([replace(row[0], text="•"), *row[1:]] if bullet else row, size, picture, page))
    return Recognised(lines=tuple(line for line in lines if line.text), confidence=confidence)


def _upright(words: Sequence[_Word], picture: Picture) -> list[_Word]:
    """Words of a sheet that lay sideways or upside down, as if it had not: the program reads it, its boxes lie too."""
    right = down = 0.0
    for before, word in pairwise(words):
        if before.place == word.place:
            right += word.left - before.left
            down += word.top - before.top
    width, height = picture.width, picture.height
    if abs(right) >= abs(down):
        if right >= 0:
            return list(words)
        turned = [(width - word.right, height - word.bottom, width - word.left, height - word.top) for word in words]
    elif down > 0:
        turned = [(word.top, width - word.right, word.bottom, width - word.left) for word in words]
    else:
        turned = [(height - word.bottom, word.left, height - word.top, word.right) for word in words]
    return [
        replace(word, left=left, top=top, right=end, bottom=bottom)
        for word, (left, top, end, bottom) in zip(words, turned, strict=True)
    ]


def _mean(row: Sequence[_Word]) -> float:
    return sum(word.confidence for word in row) / len(row)


def _line(row: Sequence[_Word], size: float, picture: Picture, page: int) -> Line:
    unit = 72 / picture.dpi
    # A leaning line: its middle is where its words are in the median.
    bottom = picture.height - median(word.bottom for word in row)
    return Line(
        page=page,
        text=clean_line(" ".join(word.text for word in row)),
        left=min(word.left for word in row) * unit,
        bottom=bottom * unit,
        right=max(word.right for word in row) * unit,
        top=(bottom + size) * unit,
    )


def _words(table: str) -> Iterator[_Word]:
    for row in csv.reader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if len(row) != len(_COLUMNS) or row[0] != str(_WORD) or not row[-1].strip():
            continue
        block, paragraph, line = map(int, row[2:5])
        left, top, width, height = map(float, row[6:10])
        yield _Word((block, paragraph, line), row[11], max(0.0, float(row[10])), left, top, left + width, top + height)
