"""How well the main text of web pages is found: ours beside other extractors, by strings to keep and to drop.

A folder in trafilatura's form: `pages.jsonl` ({"url", "file", "with": [...],
"without": [...]}) and `pages/` with the HTML, gzipped or not. A string of
`with` that stands in the extracted text is a true positive, one that is
missing a false negative, a string of `without` that stands there a false
positive (Barbaresi 2021). White space and invisible characters are folded, for all.
"""

import gzip
import json
import logging
import time
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from corpus.errors import ExtraMissing, translated
from evals.problems import refuse

Extractor = Callable[[bytes], str]
"""Bytes of a page -> its main text; "" when it finds none."""
_MAX_BYTES = 20_000_000
_DRAWS = 1000
_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page and what is known of it. wanted, unwanted: strings of its main text, and of what surrounds it."""

    name: str
    html: bytes
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Figures of one extractor, 0 to 1; f1_low, f1_high: 95 % bootstrap interval over pages. missed, leaked: strings
    by page, for looking into failures. empty: pages that gave no text at all."""

    name: str
    version: str
    precision: float
    recall: float
    f1: float
    f1_low: float
    f1_high: float
    empty: int
    seconds: float
    missed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    leaked: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON object."""
        return asdict(self)


def read_pages(folder: Path) -> tuple[Page, ...]:
    """The pages of a folder. Raises SuiteError for what is not in its form."""
    listing = folder / "pages.jsonl"
    if not listing.is_file():
        raise refuse(listing, None, "missing_file")
    pages: list[Page] = []
    with translated(listing):
        lines = listing.read_bytes().splitlines()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            path = folder / "pages" / row["file"]
            wanted, unwanted = (tuple(map(_folded, row[key])) for key in ("with", "without"))
        except (ValueError, KeyError, TypeError) as error:
            raise refuse(listing, number, "bad_page_row") from error
        if path.parent != folder / "pages" or not path.is_file():
            raise refuse(listing, number, "missing_part", name=str(row["file"]))
        pages.append(Page(name=row["file"], html=_html(path), wanted=wanted, unwanted=unwanted))
    if not pages:
        raise refuse(listing, None, "no_page")
    return tuple(pages)


def _html(path: Path) -> bytes:
    with translated(path):
        if path.suffix != ".gz":
            return path.read_bytes()
        with gzip.open(path) as stream:
            return stream.read(_MAX_BYTES)


def digest(pages: tuple[Page, ...]) -> str:
    """SHA-256 (hex) of the pages and their strings."""
    whole = sha256()
    for page in pages:
        whole.update(json.dumps([page.name, page.wanted, page.unwanted]).encode())
        whole.update(page.html)
    return whole.hexdigest()


def measure(pages: tuple[Page, ...], names: tuple[str, ...] = ()) -> Iterator[Score]:
    """The score of each extractor of EXTRACTORS, or of those named. Raises ExtraMissing for one not installed."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    for name in names or EXTRACTORS:
        package, make = EXTRACTORS[name]
        try:
            extract, version = make(), _version(package)
        except ImportError as error:
            raise ExtraMissing(f"{package} is not installed", extra="dev", package=package) from error
        yield _score(name, version, extract, pages)


class _Counts(TypedDict):
    missed: dict[str, tuple[str, ...]]
    leaked: dict[str, tuple[str, ...]]


def _score(name: str, version: str, extract: Extractor, pages: tuple[Page, ...]) -> Score:
    counts = np.zeros((len(pages), 3))  # true positives, false negatives, false positives
    lists = _Counts(missed={}, leaked={})
    empty = 0
    began = time.perf_counter()
    texts = [_folded(extract(page.html)) for page in pages]
    seconds = time.perf_counter() - began
    for row, (page, text) in enumerate(zip(pages, texts, strict=True)):
        missed = tuple(string for string in page.wanted if string not in text)
        leaked = tuple(string for string in page.unwanted if string in text)
        counts[row] = len(page.wanted) - len(missed), len(missed), len(leaked)
        empty += not text
        if missed:
            lists["missed"][page.name] = missed
        if leaked:
            lists["leaked"][page.name] = leaked
    rng = np.random.default_rng(_SEED)
    drawn = [_figures(counts[rng.integers(len(pages), size=len(pages))])[2] for _ in range(_DRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    precision, recall, f1 = _figures(counts)
    return Score(
        name=name, version=version, precision=precision, recall=recall, f1=f1, f1_low=float(low), f1_high=float(high),
        empty=empty, seconds=seconds, **lists,
    )  # fmt: skip


def _figures(counts: "np.ndarray[Any, np.dtype[np.float64]]") -> tuple[float, float, float]:
    true, missing, false = map(float, counts.sum(axis=0))
    precision = true / (true + false) if true + false else 0.0
    recall = true / (true + missing) if true + missing else 0.0
    return precision, recall, 2 * true / (2 * true + missing + false) if true else 0.0


def _folded(text: str) -> str:
    """Without invisible characters and runs of white space: what nobody can see is neither found nor missed."""
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def _ours() -> Extractor:
    from ingest.html import read_html
    from ingest.values import Content

    def extract(html: bytes) -> str:
        found = read_html(html, "", system="", selectors={})
        # The others keep the title in the text, where ours has a field of its own.
        return f"{found.title}\n\n{found.text}" if isinstance(found, Content) else ""

    return extract


def _trafilatura() -> Extractor:
    import trafilatura

    return lambda html: trafilatura.extract(html, include_comments=False, include_tables=True) or ""


def _readability() -> Extractor:
    from bs4 import BeautifulSoup
    from readability import Document

    from ingest.charset import decode

    def extract(html: bytes) -> str:
        try:
            return BeautifulSoup(Document(decode(html)).summary(), "lxml").get_text()
        except Exception:  # readability raises what lxml does on odd pages; it then has no text
            return ""

    return extract


def _justext() -> Extractor:
    import justext

    # Pages are in a dozen languages: the stop words of all of them tell prose from menus.
    words = frozenset(word for language in justext.get_stoplists() for word in justext.get_stoplist(language))

    def extract(html: bytes) -> str:
        return "\n".join(part.text for part in justext.justext(html, words) if not part.is_boilerplate)

    return extract


def _soup() -> Extractor:
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    def extract(html: bytes) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
            return BeautifulSoup(html, "lxml").get_text("\n")

    return extract


EXTRACTORS: Mapping[str, tuple[str, Callable[[], Extractor]]] = {
    "sourcier": ("sourcier", _ours),
    "trafilatura": ("trafilatura", _trafilatura),
    "readability": ("readability-lxml", _readability),
    "justext": ("justext", _justext),
    "get_text": ("beautifulsoup4", _soup),
}
"""Name -> its package and what makes it."""
