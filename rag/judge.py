"""Which sentence of the best passages answers: features, and a logistic judge of them.

The lead sentence of a publication repeats the names of every question about it;
what answers often stands deeper, in a sentence that says only what is new. So
words that the title or the sentence before already gave count apart from words
that the sentence itself brings, and a sentence is asked whether it holds the
kind of thing that the question wants.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.records import Document, Span
from rag.agreement import Times, times
from rag.encoder import Encoder
from rag.figures import figures
from rag.french import fold, sentences, terms
from rag.index import Generation
from rag.passages import header
from rag.query import Query, Wanted
from rag.reader import Reader, ReadPassage
from rag.search import Candidate, Found, Lookup

PASSAGES = 6
"""Passages, best first, whose sentences are judged without a reader."""
READ_PASSAGES = 3
"""The same with the reader, whose cost they set; with six, the right sentence comes first no more often."""
NEAREST = 20
"""Without a reader: sentences, best first by words, that are compared by vector. Bounds the work per question."""
_FAR = 0.80
"""Cosine given to the others: that of unrelated French sentences with this encoder."""
_LONG = 400  # characters from which a sentence is as long as can be
_MOST_ODDS = 12.0  # the reader's log-odds are cut here: beyond, it is only surer than it has a right to be

PLAIN: Mapping[str, float] = {
    "bias": -16.12, "behind": 0.47, "first": 0.40, "local": 3.45, "said": 0.97, "covered": -2.54,
    "context": 3.94, "new": 1.93, "near": 18.68, "holds_date": 2.12, "holds_person": 0.99, "holds_theme": 3.22,
    "holds_place": 2.16, "holds_list": 1.34, "holds_reason": 1.80, "holds_figure": 0.90, "measure": 1.78,
    "lead": -1.53, "same_day": 0.37, "other_time": -0.75, "length": -1.59, "question": -3.23,
}  # fmt: skip
"""Weights without a reader. Logistic regression by `python -m evals.fit` on the demonstration suite."""
READ: Mapping[str, float] = {
    "bias": 0.96, "behind": 0.44, "first": 0.24, "local": -0.60, "said": 2.25, "covered": -0.13,
    "context": 2.24, "new": 0.95, "holds_date": 0.23, "holds_person": -0.05, "holds_theme": 2.84,
    "holds_place": 0.24, "holds_list": 0.83, "holds_reason": 0.32, "holds_figure": 0.78, "measure": 2.18,
    "lead": -0.90, "same_day": 0.34, "other_time": 0.26, "length": -0.65, "question": -1.89, "odds": 0.83,
}  # fmt: skip
"""Weights with the reader, by the same command, on the demonstration suite and the held-out articles of press-qa:
right sentence first for 0.62 and 0.48 of the questions (cross-validated), without a reader 0.57 and 0.30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sentence, `document.text[start:end]`, and how well it answers: `score`, in log-odds.

    rank: of its passage, from 0. features: name -> value, the keys of the weights less "bias":
      behind: its passage's score less the best one's; local: share of the question's weight in the sentence, words of
      the header counting less; said, covered, context: the same share in the sentence, with the header, with the
      sentence before too; new: in the sentence alone; holds_*: it has the kind of thing asked for; measure: share of
      the question in what its figure measures; same_day, other_time: it names the day asked, or only other times;
      near: its cosine to the question, or odds: the reader's log-odds.
    """

    document: Document
    start: int
    end: int
    rank: int
    features: Mapping[str, float]
    score: float

    @property
    def text(self) -> str:
        """The sentence."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Models:
    """What judging may use beyond words: each None where it is not to be used."""

    encoder: Encoder | None
    reader: Reader | None


def judge(query: Query, found: Found, generation: Generation, lookup: Lookup, models: Models) -> list[Judged]:
    """The sentences of the best passages, best first; ties in reading order."""
    most = PASSAGES if models.reader is None else READ_PASSAGES
    passages = list(_passages(query, found.candidates[:most], generation, lookup))
    if models.reader is not None:
        judged = _by_reader(query.text, passages, models.reader)
    else:
        judged = _by_vector([item for items in passages for item in items], found, models.encoder)
    return sorted(judged, key=lambda item: (-item.score, item.rank, item.start))


def _by_reader(question: str, passages: Sequence[Sequence[Judged]], reader: Reader) -> list[Judged]:
    readings = reader.read(question, [_to_read(items) for items in passages])
    return [
        _scored(item, READ, odds=max(-_MOST_ODDS, min(_MOST_ODDS, odds)))
        for items, reading in zip(passages, readings, strict=True)
        for item, odds in zip(items, reading.odds, strict=True)
    ]


def _to_read(items: Sequence[Judged]) -> ReadPassage:
    document, begin = items[0].document, items[0].start
    spans = tuple(Span(item.start - begin, item.end - begin) for item in items)
    return ReadPassage(header(document), document.text[begin : items[-1].end], spans)


def _by_vector(items: Sequence[Judged], found: Found, encoder: Encoder | None) -> list[Judged]:
    judged = sorted((_scored(item, PLAIN, near=_FAR) for item in items), key=lambda item: -item.score)
    if encoder is None or found.vector is None or not judged:
        return judged
    nearest = judged[:NEAREST]
    cosines = encoder.passages([item.text for item in nearest]) @ found.vector
    scored = [_scored(item, PLAIN, near=float(near)) for item, near in zip(nearest, cosines, strict=True)]
    return scored + judged[NEAREST:]


def _scored(item: Judged, weights: Mapping[str, float], **model: float) -> Judged:
    features = {**item.features, **model}
    return replace(
        item, features=features, score=weights["bias"] + sum(weights[name] * features[name] for name in features)
    )


def _passages(
    query: Query, candidates: Sequence[Candidate], generation: Generation, lookup: Lookup
) -> Iterator[list[Judged]]:
    """The sentences of each passage, in order, with the features that need no model."""
    weights = {term: generation.lexical.idf(term) for term in query.content}
    asked = times(query.text)
    for rank, candidate in enumerate(candidates):
        row = generation.rows[candidate.row]
        document, begin = lookup(int(row["document"])), int(row["start"])
        text = document.text[begin : int(row["end"])]
        above, before = set(terms(header(document))), set[str]()
        items = []
        for span in sentences(text):
            quote = text[span.start : span.end]
            said = set(terms(quote))
            features = {
                "behind": candidate.score - candidates[0].score,
                "first": float(rank == 0),
                **_words(weights, said, above, before),
                **_content(query.wanted, weights, quote),
                "lead": float(begin + span.start == 0),
                **_time(asked, times(quote)),
                "length": min(len(quote), _LONG) / _LONG,
                "question": float(quote.endswith("?")),
            }
            start, end = begin + span.start, begin + span.end
            items.append(Judged(document=document, start=start, end=end, rank=rank, features=features, score=0.0))
            before = said
        if items:
            yield items


def _words(weights: Mapping[str, float], said: set[str], above: set[str], before: set[str]) -> dict[str, float]:
    return {
        "local": _share(weights, said - above) + 0.3 * _share(weights, said & above),
        "said": _share(weights, said),
        "covered": _share(weights, said | above),
        "context": _share(weights, said | above | before),
        "new": _share(weights, said - above - before),
    }


def _share(weights: Mapping[str, float], said: set[str]) -> float:
    """Share, 0 to 1, of the question's idf weight that is said."""
    return sum(weight for term, weight in weights.items() if term in said) / (sum(weights.values()) or 1.0)


def _time(asked: Times, named: Times) -> dict[str, float]:
    other = bool(asked.years and named.years and not asked.years & named.years)
    return {"same_day": float(bool(asked.days & named.days)), "other_time": float(other)}


_NUMBERS = frozenset({"number", "percent", "fraction", "money", "quantity", "duration"})
_NAME = re.compile(r"(?<=[\w,;:»)’'] )(?:[A-ZÀ-Ý][\w’'-]+(?: (?:de |d['’])?|/)){1,3}[A-ZÀ-Ý][\w’'-]+")
_PLACE = re.compile(r"\b(?:à|au|aux|en|dans|vers|de|d['’])\s*(?:la |le |les |l['’])?[A-ZÀ-Ý][\w’'-]+")
_TITLE = re.compile(r"[«“\"][^»”\"]{20,}[»”\"]")
_REASON = re.compile(
    r"\bafin\b|\bpour (?!cent)|\bcar\b|en raison|grace a|parce qu|\bdu fait\b|vise a|\bcause|\bdue?s? a"
)
_HOLDS: Mapping[Wanted, Callable[[str], bool]] = {
    "date": lambda quote: any(figure.kind in ("date", "period") for figure in figures(quote)),
    "person": lambda quote: bool(_NAME.search(quote)),
    "theme": lambda quote: bool(_TITLE.search(quote)),
    "place": lambda quote: bool(_PLACE.search(quote)),
    "list": lambda quote: quote.count(",") + quote.count(";") >= 2,
    "reason": lambda quote: bool(_REASON.search(fold(quote))),
}


def _content(wanted: Wanted, weights: Mapping[str, float], quote: str) -> dict[str, float]:
    """Whether the sentence holds what is wanted and, for figures, how far they measure what the question names."""
    found = {f"holds_{kind}": float(kind == wanted and check(quote)) for kind, check in _HOLDS.items()}
    numbers = [figure for figure in figures(quote) if figure.kind in _NUMBERS] if wanted == "figure" else []
    measure = max((_share(weights, set(figure.measure)) for figure in numbers), default=0.0)
    return {**found, "holds_figure": float(bool(numbers)), "measure": measure}
