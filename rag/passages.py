"""Cut a document in passages: exact spans of its text, whole sentences, small enough to embed whole."""

from dataclasses import dataclass

from corpus.records import Document, Span, in_words
from rag.french import sentences

MAX_CHARS = 1200
"""About 300 tokens of French: inside the encoder's 512 with the header, and one screen to read."""


@dataclass(frozen=True, slots=True)
class Passage:
    """`document.text[start:end]`, with what is embedded and indexed for it.

    indexed: the publication's title, ministry and date, then the passage. Look-alike
    passages of two sessions differ in their header only; quotes never come from it.
    """

    start: int
    end: int
    indexed: str


def passages(document: Document) -> tuple[Passage, ...]:
    """The passages of `document`, in order: neighbouring sentences up to MAX_CHARS, cut at paragraphs if possible."""
    head = header(document)
    return tuple(
        Passage(span.start, span.end, f"{head}\n{document.text[span.start : span.end]}")
        for span in _packed(document.text)
    )


def header(document: Document) -> str:
    """What every passage of a document is indexed under."""
    parts = (document.title, document.ministry, in_words(document.published))
    return " — ".join(part for part in parts if part)


def _packed(text: str) -> list[Span]:
    """Greedy packing: paragraphs whole while they fit, sentences where one paragraph alone is too long."""
    units: list[Span] = []
    for paragraph in _paragraphs(text):
        if paragraph.end - paragraph.start <= MAX_CHARS:
            units.append(paragraph)
        else:
            units.extend(_pieces(text, paragraph))
    packed: list[Span] = []
    for unit in units:
        if packed and unit.end - packed[-1].start <= MAX_CHARS:
            packed[-1] = Span(packed[-1].start, unit.end)
        else:
            packed.append(unit)
    return packed


def _paragraphs(text: str) -> list[Span]:
    """Runs of sentences with no blank line between them."""
    paragraphs: list[Span] = []
    for sentence in sentences(text):
        if paragraphs and "\n\n" not in text[paragraphs[-1].end : sentence.start]:
            paragraphs[-1] = Span(paragraphs[-1].start, sentence.end)
        else:
            paragraphs.append(sentence)
    return paragraphs


def _pieces(text: str, paragraph: Span) -> list[Span]:
    """Sentences of a long paragraph; a monstrous one (a table, a page without full stops) in slices."""
    pieces: list[Span] = []
    for sentence in sentences(text[paragraph.start : paragraph.end]):
        start, end = paragraph.start + sentence.start, paragraph.start + sentence.end
        while end - start > MAX_CHARS:
            cut = text.rfind(" ", start + 1, start + MAX_CHARS)
            cut = cut if cut > start else start + MAX_CHARS
            pieces.append(Span(start, start + len(text[start:cut].rstrip())))
            start = end - len(text[cut:end].lstrip())
        if end > start:
            pieces.append(Span(start, end))
    return pieces
