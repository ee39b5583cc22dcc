"""The demonstration texts as documents and their sentences as evidence, without an index or a model."""

import math
from collections import Counter
from functools import cache

from corpus.demo.texts import load_all
from corpus.records import Document
from rag.compare.statements import At
from rag.french import sentences, terms


@cache
def documents() -> dict[str, Document]:
    """Every demonstration text by its id, its blocks as the reader of pages joins them."""
    return {
        text.id: Document(
            id=text.id,
            url=text.source,
            title=text.title,
            publisher=text.publisher,
            ministry=text.ministry,
            kind=text.kind,
            published=text.published,
            text="\n\n".join(block.text for block in text.blocks if block.text),
        )
        for text in load_all()
    }


@cache
def _seen() -> tuple[Counter[str], int]:
    counted: Counter[str] = Counter()
    paragraphs = [part for document in documents().values() for part in document.text.split("\n\n")]
    for part in paragraphs:
        counted.update(set(terms(part)))
    return counted, len(paragraphs)


def weight(stem: str) -> float:
    """idf over the paragraphs of the demonstration texts."""
    counted, whole = _seen()
    return math.log(1 + (whole - counted[stem] + 0.5) / (counted[stem] + 0.5))


@cache
def places(doc: str) -> tuple[At, ...]:
    """Every sentence of a text."""
    document = documents()[doc]
    return tuple(At(document, span.start, span.end) for span in sentences(document.text))


def family(*prefixes: str) -> list[At]:
    """Every sentence of the texts whose ids begin so: look-alikes among them."""
    return [place for doc in sorted(documents()) if doc.startswith(prefixes) for place in places(doc)]


def sentence(doc: str, words: str) -> At:
    """The sentence of a text that holds `words`."""
    (found,) = [place for place in places(doc) if words in place.document.text[place.start : place.end]]
    return found
