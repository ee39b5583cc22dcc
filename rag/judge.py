"""Which sentence of the best passages answers: features, and a logistic judge of them.

The lead sentence of a publication repeats the names of every question about it;
what answers often stands deeper, in a sentence that says only what is new. So
words that the title or the sentence before already gave count apart from words
that the sentence itself brings, and a sentence is asked whether it holds the
kind of thing that the question wants.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from corpus.records import Document, Span
from rag.agreement import Times, times
from rag.compare.aspects import Sides, Time, agree_in_time, as_time, asks_aim, excluded, sides_of
from rag.compare.statements import At, figures_of, statements
from rag.encoder import Encoder, TokenEncoder
from rag.french import fold, sentences, terms
from rag.generation import Generation
from rag.late import Tokens, by_span, cosines
from rag.passages import header
from rag.query import Query, Wanted
from rag.reader import Reader, ReadPassage
from rag.search import Candidate, Found, Lookup
from rag.units import fits, units_of

PASSAGES = 6
"""Passages, best first, whose sentences are judged without a reader."""
READ_PASSAGES = 3
"""The same with the reader, whose cost they set."""
SETTLED_ODDS, SETTLED_GAP = -1.0, 0.3
"""The first passage is read alone when it answers with these log-odds and stands this far before the second: so it is
for six questions in ten. Right sentence first, on the demonstration suite, held-out press-office texts, press articles
and PIAF: 0.710, 0.474, 0.501 and 0.722; with four passages read 0.717, 0.477, 0.501 and 0.722."""
_LATE = 0.55
"""Nearness taken for granted where there are no token vectors: that of a middling sentence."""
_LONG = 400  # characters from which a sentence is as long as can be
_MOST_ODDS = 12.0  # the reader's log-odds are cut here: beyond, it is only surer than it has a right to be

PLAIN: Mapping[str, float] = {
    "bias": -2.93, "behind": 0.44, "first": 0.42, "local": 0.65, "said": 0.65, "covered": -1.50, "context": 2.76,
    "new": 3.15, "holds_date": 1.29, "holds_person": 0.61, "holds_theme": 3.69, "holds_place": 0.48,
    "holds_list": 0.55, "holds_reason": 0.89, "holds_figure": 1.31, "measure": 3.31, "lacks": -1.57, "lead": -0.77,
    "same_day": 0.68, "other_time": -0.65, "length": -0.54, "question": -1.67, "late": 5.59, "other_unit": -2.63,
    "aim": -0.04, "same_time": -0.01, "clash_time": -1.81, "clash_side": -0.81, "silent_side": 0.16,
}  # fmt: skip
"""Weights without a reader: right sentence first for 0.62 of the demonstration's questions and 0.41, 0.33 and 0.63 of
the press-office texts', press-qa's and PIAF's, when they were fitted (before there were families of invented texts)."""
READ: Mapping[str, float] = {
    "bias": -2.69, "behind": -0.00, "first": 0.36, "local": 0.24, "said": 0.96, "covered": 0.07, "context": 1.54,
    "new": 0.79, "holds_date": 0.24, "holds_person": -0.04, "holds_theme": 2.02, "holds_place": 0.21,
    "holds_list": 0.17, "holds_reason": -0.42, "holds_figure": 0.67, "measure": 0.24, "lacks": -0.84, "lead": -0.50,
    "same_day": -0.07, "other_time": -0.54, "length": 0.22, "question": -1.05, "late": 0.97, "other_unit": -1.90,
    "aim": -0.85, "same_time": 0.43, "clash_time": -1.43, "clash_side": -1.03, "silent_side": -0.25, "odds": 0.68,
}  # fmt: skip
"""Weights with the reader. Logistic regression by `python -m evals.fit` on the demonstration suite, our own
press-office texts, press-qa and PIAF, the last three held out from the reader: right sentence first for 0.69, 0.52,
0.52 and 0.74 of the questions, cross-validated by family of texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A sentence, `document.text[start:end]`, and how well it answers: `score`, in log-odds.

    rank: of its passage, from 0. features: name -> value, the keys of the weights less "bias":
      behind: its passage's score less the best one's; local: share of the question's weight in the sentence, words of
      the header counting less; said, covered, context: the same share in the sentence, with the header, with the
      sentence before too; new: in the sentence alone; holds_*: it has the kind of thing asked for; measure: share of
      the question in what its figure measures; same_day, other_time: it names the day asked, or only other times;
      lacks: it has nothing of the kind; same_time, clash_time, clash_side, silent_side: its figures are of the time
      asked, or all of others, all of the side not asked ("physique" for "financière"), or tell no side;
      other_unit: they are not of the kind asked (a number for a cost); aim: they are aims, not asked for;
      late: nearness of its tokens to the question's; odds: the reader's log-odds, where it reads.
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
    passages = _passages(query, found, generation, lookup, models.encoder, most)
    if models.reader is not None:
        judged = _by_reader(query, passages, found.candidates, models.reader)
    else:
        judged = [_scored(item, PLAIN) for items in passages for item in items]
    return sorted(judged, key=lambda item: (-item.score, item.rank, item.start))


def _by_reader(
    query: Query, passages: Iterator[Sequence[Judged]], candidates: Sequence[Candidate], reader: Reader
) -> list[Judged]:
    """The sentences of the first passage, and of the others unless it settles the question. Where the latest is asked
    for, one passage cannot."""
    question = query.text
    judged = _read(question, [*islice(passages, 1)], reader)
    best = max((item.features["odds"] for item in judged), default=-math.inf)
    settled = query.recency is None and best >= SETTLED_ODDS and gap(candidates) >= SETTLED_GAP
    return judged if settled else judged + _read(question, [*passages], reader)


def _read(question: str, passages: Sequence[Sequence[Judged]], reader: Reader) -> list[Judged]:
    readings = reader.read(question, [_to_read(items) for items in passages]) if passages else ()
    return [
        _scored(item, READ, odds=max(-_MOST_ODDS, min(_MOST_ODDS, odds)))
        for items, reading in zip(passages, readings, strict=True)
        for item, odds in zip(items, reading.odds, strict=True)
    ]


def gap(candidates: Sequence[Candidate]) -> float:
    """How far the first passage stands before the second, in their scores; infinite where it is alone."""
    return candidates[0].score - candidates[1].score if len(candidates) > 1 else math.inf


def _to_read(items: Sequence[Judged]) -> ReadPassage:
    document, begin = items[0].document, items[0].start
    spans = tuple(Span(item.start - begin, item.end - begin) for item in items)
    return ReadPassage(header(document), document.text[begin : items[-1].end], spans)


def _scored(item: Judged, weights: Mapping[str, float], **model: float) -> Judged:
    features = {**item.features, **model}
    return replace(
        item, features=features, score=weights["bias"] + sum(weights[name] * features[name] for name in features)
    )


def _passages(
    query: Query, found: Found, generation: Generation, lookup: Lookup, encoder: Encoder | None, most: int
) -> Iterator[list[Judged]]:
    """The sentences of the first `most` passages, in order, with the features that need no model."""
    weights = {term: generation.lexical.idf(term) for term in query.content}
    asked, sides = times(query.text), sides_of(query.text)
    when = [time for date in figures_of(_told(query.text)) if (time := as_time(date, query.text))]
    candidates = found.candidates
    for rank, candidate in enumerate(candidates[:most]):
        row = generation.rows[candidate.row]
        document, begin = lookup(int(row["document"])), int(row["start"])
        text = document.text[begin : int(row["end"])]
        spans = sentences(text)
        late = _late(found.tokens, generation.tokens.of(candidate.row), encoder, header(document), text, spans)
        above, before = set(terms(header(document))), set[str]()
        items = []
        for span, near in zip(spans, late, strict=True):
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
                "late": near,
            }
            place = At(document, begin + span.start, begin + span.end)
            features |= _figure(query, place, when, sides)
            items.append(
                Judged(
                    document=document, start=place.start, end=place.end, rank=rank, features=features, score=0.0,
                )
            )  # fmt: skip
            before = said
        if items:
            yield items


_SOURCE = re.compile(r"\b(?:selon|d['’]après)\b[^,;?]*", re.I)


def _told(question: str) -> str:
    """A question without what it is to be answered from, whose date is not the figure's: "selon le bilan de mars 2025".
    Characters keep their places."""
    return _SOURCE.sub(lambda match: " " * len(match.group()), question)


def _late(
    question: Tokens, passage: Tokens, encoder: Encoder | None, above: str, text: str, spans: Sequence[Span]
) -> list[float]:
    """Nearness of each sentence's tokens to the question's; _LATE where the index holds none, or others than the
    encoder cuts."""
    if not len(question) or not len(passage) or not isinstance(encoder, TokenEncoder):
        return [_LATE] * len(spans)
    shift = len(above) + 1  # as `rag.passages` puts the header before the text
    (offsets,) = encoder.offsets([f"{above}\n{text}"])
    if len(offsets) != len(passage):
        return [_LATE] * len(spans)
    inside = [Span(offset.start - shift, offset.end - shift) for offset in offsets]
    return by_span(cosines(question, passage), inside, spans)


def _words(weights: Mapping[str, float], said: set[str], above: set[str], before: set[str]) -> dict[str, float]:
    return {
        "local": share(weights, said - above) + 0.3 * share(weights, said & above),
        "said": share(weights, said),
        "covered": share(weights, said | above),
        "context": share(weights, said | above | before),
        "new": share(weights, said - above - before),
    }


def share(weights: Mapping[str, float], said: set[str]) -> float:
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
    "date": lambda quote: any(figure.kind in ("date", "period") for figure in figures_of(quote)),
    "person": lambda quote: bool(_NAME.search(quote)),
    "theme": lambda quote: bool(_TITLE.search(quote)),
    "place": lambda quote: bool(_PLACE.search(quote)),
    "list": lambda quote: quote.count(",") + quote.count(";") >= 2,
    "reason": lambda quote: bool(_REASON.search(fold(quote))),
}


_AIM = ("aim", 0)
_NEEDED: frozenset[Wanted] = frozenset(("figure", "date", "theme", "person", "place"))
"""Kinds of things that an answer must hold in so many words."""


def _content(wanted: Wanted, weights: Mapping[str, float], quote: str) -> dict[str, float]:
    """Whether the sentence holds what is wanted and, for figures, how far they measure what the question names."""
    found = {f"holds_{kind}": float(kind == wanted and check(quote)) for kind, check in _HOLDS.items()}
    numbers = [figure for figure in figures_of(quote) if figure.kind in _NUMBERS] if wanted == "figure" else []
    measure = max((share(weights, set(figure.measure)) for figure in numbers), default=0.0)
    found["holds_figure"] = float(bool(numbers))
    return {**found, "measure": measure, "lacks": float(wanted in _NEEDED and not any(found.values()))}


def _figure(query: Query, place: At, when: Sequence[Time], asked: Sides) -> dict[str, float]:
    """Whether the figures of a sentence are of the kind, the time and the side that a question for a figure names. Of
    two times named, one may date the source ("en 2024, selon le CASEM de mars 2025"): a clash is with each."""
    said = statements(place) if query.wanted == "figure" else ()
    units = units_of(query.text)
    told = [what for what in said if fits(what.figure, units)]
    agree = [agree_in_time(time, what.time or what.near_time) for what in told for time in when]
    return {
        "other_unit": float(bool(said) and not told),
        "aim": float(bool(told) and not asks_aim(query.text) and all(_AIM in what.sides for what in told)),
        "same_time": float(any(agree)),
        "clash_time": float(bool(agree) and all(same is False for same in agree)),
        "clash_side": float(bool(asked and told) and all(excluded(what.sides, asked) for what in told)),
        "silent_side": float(bool(asked and told) and not any(what.sides & asked for what in told)),
    }
