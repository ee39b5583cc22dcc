"""Which sentence of the best passages answers: features, and a logistic judge of them.

The lead sentence of a publication repeats the names of every question about it;
what answers often stands deeper, in a sentence that says only what is new. So
words that the title or the sentence before already gave count apart from words
that the sentence itself brings.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.records import Document
from rag.agreement import times
from rag.encoder import Encoder
from rag.figures import Figure, figures
from rag.french import fold, sentences, terms
from rag.index import Generation
from rag.passages import header
from rag.query import Query, Wanted
from rag.search import Found, Reader

READ_PASSAGES = 6
"""Passages, best first, whose sentences are judged."""
NEAREST = 20
"""Sentences, best first by words, that are also compared by vector: bounds the encoder's work per question."""
_FAR = 0.80
"""Cosine given to the others: that of unrelated French sentences with this encoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sentence, `document.text[start:end]`, and how well it answers: `score`, in log-odds.

    rank: of its passage, from 0. context: share of the question's weight said in
    the sentence, the one before it, or the publication's header. near: cosine.
    holds: it has the kind of thing that is asked for. other_year: it names years, none of them asked.
    """

    document: Document
    start: int
    end: int
    rank: int
    context: float
    near: float
    holds: bool
    other_year: bool
    score: float


# Logistic regression on the demonstration suite (sentence overlaps a gold quote or not), cross-validated by
# family: right sentence first for 0.56 of the questions, among two for 0.73; words alone 0.46.
_WEIGHTS = {
    "behind": 0.46, "first": 0.36, "local": 3.35, "said": 1.37, "covered": -2.34, "context": 4.31, "new": 2.29,
    "near": 19.0, "holds": 0.99, "lead": -1.0, "other_year": -0.75, "length": -1.3, "question": -2.9,
}  # fmt: skip
_BIAS = -20.0
_LONG = 400  # characters from which a sentence is as long as can be


def judge(query: Query, found: Found, generation: Generation, read: Reader, encoder: Encoder | None) -> list[Judged]:
    """The sentences of the best passages, best first; ties in reading order."""
    weights = {term: generation.lexical.idf(term) for term in query.content}
    whole = sum(weights.values()) or 1.0
    asked = times(query.text).years

    def share(said: set[str]) -> float:
        return sum(weight for term, weight in weights.items() if term in said) / whole

    items: list[tuple[Judged, float, str]] = []
    best = found.candidates[0].score if found.candidates else 0.0
    for rank, candidate in enumerate(found.candidates[:READ_PASSAGES]):
        row = generation.rows[candidate.row]
        document = read(int(row["document"]))
        begin = int(row["start"])
        text = document.text[begin : int(row["end"])]
        above, before = set(terms(header(document))), set[str]()
        for span in sentences(text):
            quote = text[span.start : span.end]
            said = set(terms(quote))
            years = times(quote).years
            context = share(said | above | before)
            features = {
                "behind": candidate.score - best,
                "first": float(rank == 0),
                "local": share(said - above) + 0.3 * share(said & above),
                "said": share(said),
                "covered": share(said | above),
                "context": context,
                "new": share(said - above - before),
                "holds": float(_holds(query.wanted, quote)),
                "lead": float(begin + span.start == 0),
                "other_year": float(bool(asked and years and not asked & years)),
                "length": min(len(quote), _LONG) / _LONG,
                "question": float(quote.endswith("?")),
            }
            words = _BIAS + sum(_WEIGHTS[name] * value for name, value in features.items())
            item = Judged(
                document=document, start=begin + span.start, end=begin + span.end, rank=rank, context=context,
                near=_FAR, holds=bool(features["holds"]), other_year=bool(features["other_year"]),
                score=words + _WEIGHTS["near"] * _FAR,
            )  # fmt: skip
            items.append((item, words, quote))
            before = said
    items.sort(key=lambda entry: -entry[1])
    judged = _near(items[:NEAREST], found, encoder) + [item for item, _, _ in items[NEAREST:]]
    return sorted(judged, key=lambda item: (-item.score, item.rank, item.start))


def _near(items: Sequence[tuple[Judged, float, str]], found: Found, encoder: Encoder | None) -> list[Judged]:
    """The items with their cosine to the question, where vectors are in use."""
    if encoder is None or found.vector is None or not items:
        return [item for item, _, _ in items]
    cosines = encoder.passages([quote for _, _, quote in items]) @ found.vector
    return [
        Judged(
            document=item.document, start=item.start, end=item.end, rank=item.rank, context=item.context,
            near=float(cosine), holds=item.holds, other_year=item.other_year,
            score=words + _WEIGHTS["near"] * float(cosine),
        )
        for (item, words, _), cosine in zip(items, cosines, strict=True)
    ]  # fmt: skip


_NUMBERS = {"number", "percent", "fraction", "money", "quantity", "ordinal", "duration"}
_HOLDS: dict[Wanted, Callable[[tuple[Figure, ...], str], bool]] = {
    "figure": lambda found, _: any(figure.kind in _NUMBERS for figure in found),
    "date": lambda found, _: any(figure.kind in ("date", "period") for figure in found),
    "person": lambda _, text: _has_name(text),
    "theme": lambda _, text: bool(_TITLE.search(text)),
    "place": lambda _, text: _has_name(text),
    "list": lambda _, text: text.count(",") + text.count(";") >= 2,
    "reason": lambda _, text: any(mark in fold(text) for mark in ("afin", "pour ", "car ", "en raison", "grace a")),
}


_TITLE = re.compile(r"[«“\"][^»”\"]{20,}[»”\"]")


def _holds(wanted: Wanted, quote: str) -> bool:
    check = _HOLDS.get(wanted)
    return check(figures(quote), quote) if check else False


def _has_name(text: str) -> bool:
    """A capitalised word that does not open the sentence."""
    return any(word[:1].isupper() for word in text.split()[1:])
