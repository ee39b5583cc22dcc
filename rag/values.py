"""What the assistant gives back: frozen values with `.to_dict()`.

`to_dict` of an Answer is the JSON of `sourcier ask --json`; its keys are the
public surface and only grow.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["answered", "partial", "abstained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows a question. Dates are ISO 8601 days.

    as_of: only what was published by that day; since, until: bounds of the
    publication date, inclusive; ministry, publisher: matched without accents
    or capitals, as a part of the name. A document without a date passes no
    date filter: it cannot be proved to be in range. within: only these document ids.
    """

    as_of: str | None = None
    since: str | None = None
    until: str | None = None
    ministry: str | None = None
    publisher: str | None = None
    within: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a quote stands: `document.text[start:end] == quote`, page from 1 or None."""

    doc: str
    url: str
    title: str
    publisher: str
    ministry: str
    published: str | None
    page: int | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the answer and what proves it; never without a citation."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage that retrieval found: rank from 1, best first; `text` is the exact slice.

    score: engine units, larger is better, comparable within one answer only.
    """

    rank: int
    score: float
    doc: str
    start: int
    end: int
    text: str
    url: str
    title: str
    publisher: str
    ministry: str
    published: str | None
    page: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusState:
    """What was searched: publications and passages, latest publication date, index generation."""

    documents: int
    passages: int
    latest: str | None
    generation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """status "answered": `sentences` answer; "partial": some of what was asked is
    missing; "abstained": no sentences, `evidence` holds the nearest passages, which
    are not an answer. confidence: 0 to 1. as_of: the day that the answer speaks from, or None.
    timings_ms: milliseconds per stage, "total" among them."""

    question: str
    status: Status
    text: str
    sentences: tuple[Sentence, ...]
    evidence: tuple[Evidence, ...]
    as_of: str | None
    corpus: CorpusState
    confidence: float
    conflicts: tuple[dict[str, Any], ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the public surface."""
        return asdict(self)
