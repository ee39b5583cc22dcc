"""Lines that answer to sentences with their citations: exact slices, each with what it cannot be understood without."""

from collections.abc import Sequence

from corpus.records import Span
from rag.choice import Line
from rag.compare.statements import At
from rag.context import cutoff, leans_on, referent
from rag.values import Citation, Sentence

__all__ = ["quoted"]


def quoted(lines: Sequence[tuple[Line, str]]) -> tuple[Sentence, ...]:
    """Lines, each with the part of the question that it answers, as sentences, in their order.

    One that leans on what stands before it is quoted with that; a line that another leans on is not shown twice.
    """
    leaning = [leans_on(line.places[0]) for line, _ in lines]
    needed = {(line.document.id, before.end) for (line, _), before in zip(lines, leaning, strict=True) if before}
    return tuple(
        _sentence(line, part, before)
        for (line, part), before in zip(lines, leaning, strict=True)
        if part or len(line.spans) > 1 or (line.document.id, line.spans[0].end) not in needed
    )


def _sentence(line: Line, part: str, before: Span | None) -> Sentence:
    first, *others = line.places
    places = [At(line.document, before.start, first.end) if before else first, *others]
    citations = tuple(Citation.of(place.document, place.start, place.end) for place in places)
    days = {day for place in line.places if (day := cutoff(place))}
    return Sentence(
        text="\n".join(citation.quote for citation in citations),
        citations=citations,
        part=part,
        cutoff=days.pop() if len(days) == 1 else None,
        referent=referent(line.places[0]),
    )
