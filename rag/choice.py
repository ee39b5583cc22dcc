"""Which of the judged sentences are shown: the fewest that answer, a list with what announces it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.records import Document, Span
from rag.compare.statements import At
from rag.french import fold
from rag.gather import Listing, enumerates, is_heading, listings
from rag.judge import Judged
from rag.query import Query

__all__ = ["Line", "best_first", "choose", "one_line"]

WITHIN = 1.0
"""Log-odds: another sentence is shown when it scores this close to the best."""
BESIDE = 2.0
"""The same for a list, within one publication: sentences that each hold an item."""
LISTED = 1.0
SERIES = 0.7
COUNTED = 1.0
"""Log-odds that a question for several things gives to a list, to a sentence that enumerates, and to a list of as many
items as the question says. By hand, on the types of lists that occur; the demonstration suite has 20 such questions."""
HEADING = 2.0
"""Log-odds that a section's heading loses: it announces what answers."""
LIST_CHARS = 900
"""Of a longer list the items that say least of what is asked are left out."""
_NUMBERS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10}
_ELLIPTIC = re.compile(
    r"^(?:il s'agi|ce sont|ce fut|parmi (?:eux|elles)|a savoir|notamment|en voici|les voici|on cite)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to show, or a list: its parts, in order. item: what it was judged on."""

    document: Document
    spans: tuple[Span, ...]
    item: Judged

    @property
    def places(self) -> tuple[At, ...]:
        """Where its parts stand."""
        return tuple(At(self.document, span.start, span.end) for span in self.spans)


def best_first(query: Query, judged: Sequence[Judged]) -> list[Judged]:
    """Judged sentences, headings behind what they announce, unless a title is asked for."""
    if query.wanted == "theme":
        return list(judged)
    return sorted(judged, key=lambda item: -(item.score - HEADING * is_heading(item.document.text, _span(item))))


def choose(query: Query, judged: Sequence[Judged], most: int) -> list[Line]:
    """The lines to show, best first, at most `most`. `judged` is not empty, best first."""
    if query.several:
        return _several(query, judged, most)
    chosen = [item for item in judged[: min(most, 2)] if judged[0].score - item.score <= WITHIN]
    return _merged(one_line(item) for item in chosen)


def _several(query: Query, judged: Sequence[Judged], most: int) -> list[Line]:
    """A list, or sentences that each hold an item."""
    by_place = {(item.document.id, item.start): item for item in judged}
    documents = {item.document.id: item.document for item in judged}
    taken: set[tuple[str, int]] = set()
    units: list[tuple[float, Line]] = []
    wanted = {number for word, number in _NUMBERS.items() if re.search(rf"\b{word}\b", fold(query.text))}
    for name, document in documents.items():
        for listing in listings(document.text):
            known = [
                by_place[name, span.start]
                for span in (*listing.above, *listing.parts)
                if (name, span.start) in by_place
            ]
            if not known:
                continue
            taken |= {(name, span.start) for span in listing.parts}
            taken |= {(name, span.start) for span in listing.above if is_heading(document.text, span)}
            best = max(known, key=lambda item: item.score)
            score = best.score + LISTED + COUNTED * (len(listing.items) in wanted)
            units.append((score, Line(document, _shown(document, listing, by_place), best)))
    for item in judged:
        if (item.document.id, item.start) not in taken:
            units.append((item.score + SERIES * enumerates(item.text), Line(item.document, (_span(item),), item)))
    units.sort(key=lambda unit: -unit[0])
    score, first = units[0]
    if len(first.spans) > 1:
        return [first]
    beside = [
        line
        for other, line in units[1:]
        if score - other <= (BESIDE if line.document.id == first.document.id else WITHIN) and len(line.spans) == 1
    ]
    return _merged([first, *beside[: most - 1]])


def _shown(document: Document, listing: Listing, judged: dict[tuple[str, int], Judged]) -> tuple[Span, ...]:
    """The parts of a list, its least telling items left out where it is long."""
    items = list(listing.items)
    while sum(span.end - span.start for span in items) > LIST_CHARS and len(items) > 2:
        worst = min(items, key=lambda span: _score(judged.get((document.id, span.start))))
        items.remove(worst)
    return (*_announced(document, listing), *items)


def _announced(document: Document, listing: Listing) -> tuple[Span, ...]:
    """The sentence that announces a list, and the one before it where that is but "Il s'agit de :"."""
    if listing.intro is None:
        return ()
    said = fold(document.text[listing.intro.start : listing.intro.end])
    before = [span for span in listing.above if not is_heading(document.text, span)]
    return (before[-1], listing.intro) if before and _ELLIPTIC.match(said) else (listing.intro,)


def one_line(item: Judged) -> Line:
    """A judged sentence with what it cannot be understood without: the list it announces, what announces it."""
    span, text = _span(item), item.document.text
    if not (item.text.endswith((":", ";", ",")) or _follows_item(text, span)):
        return Line(item.document, (span,), item)
    for listing in listings(text):
        if span == listing.intro:
            return Line(item.document, _shown(item.document, listing, {}), item)
        if span in listing.items and listing.intro:
            return Line(item.document, (*_announced(item.document, listing), span), item)
    return Line(item.document, (span,), item)


def _follows_item(text: str, span: Span) -> bool:
    """Whether a sentence is the last item of a list: what stands before it ends with a semicolon."""
    return text[: span.start].rstrip().endswith((";", ":"))


def _merged(lines: Sequence[Line] | Iterator[Line]) -> list[Line]:
    """Lines that share what announces them, made one; none is shown twice."""
    kept: list[Line] = []
    for line in lines:
        for place, other in enumerate(kept):
            if other.document.id == line.document.id and set(other.spans) & set(line.spans):
                spans = tuple(sorted({*other.spans, *line.spans}, key=lambda span: span.start))
                kept[place] = Line(other.document, spans, other.item)
                break
        else:
            kept.append(line)
    return kept


def _span(item: Judged) -> Span:
    return Span(item.start, item.end)


def _score(item: Judged | None) -> float:
    return item.score if item else -1e9
