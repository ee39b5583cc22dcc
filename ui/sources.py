"""The publications that an answer cites, numbered in the order in which the reader meets them."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rag import Answer, Citation, Copy, Sentence


@dataclass(frozen=True, slots=True)
class Source:
    """One cited publication and its citations, in reading order of the text; `number` counts from 1."""

    number: int
    citations: tuple[Citation, ...]

    @property
    def first(self) -> Citation:
        return self.citations[0]


def numbered(sentences: Iterable[Sentence]) -> tuple[Source, ...]:
    """One source per document cited, numbered by first appearance."""
    by_document: dict[str, list[Citation]] = {}
    for sentence in sentences:
        for citation in sentence.citations:
            known = by_document.setdefault(citation.doc, [])
            if citation not in known:
                known.append(citation)
    return tuple(
        Source(number, tuple(sorted(citations, key=lambda item: (item.start, item.end))))
        for number, citations in enumerate(by_document.values(), 1)
    )


def publications(answer: Answer) -> tuple[str, ...]:
    """Ids of the publications that an answer cites or sets other values from, each once."""
    cited = [citation.doc for sentence in answer.sentences for citation in sentence.citations]
    return tuple(dict.fromkeys([*cited, *(point["doc"] for one in answer.conflicts for point in one["points"])]))


def copies(answer: Answer, source: Source) -> tuple[Copy, ...]:
    """The other publications of what a source is cited for, one each."""
    found = {
        copy.doc: copy
        for item in answer.evidence
        if any(item.doc == c.doc and item.start < c.end and c.start < item.end for c in source.citations)
        for copy in item.copies
    }
    return tuple(found.values())


def safe_address(url: str) -> str | None:
    """`url` when a browser may be sent there: absolute http or https, without credentials or odd characters."""
    if any(ord(char) <= 0x20 or char in '\\<>"`' or not char.isprintable() for char in url):
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return None
    return url if good else None
