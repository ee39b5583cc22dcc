"""What the assistant gives back: frozen values with `.to_dict()`.

`to_dict` of an Answer is the JSON of `sourcier ask --json`; its keys are the
public surface and only grow.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from corpus.records import Document

Status = Literal["answered", "partial", "abstained"]
Verdict = Literal["yes", "no"]
Notice = Literal["language", "private", "insult", "instructions", "future", "filters"]
"""Why a question is not answered whatever the corpus holds."""


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
    """Where a quote stands: `document.text[start:end] == quote`, page from 1 or None.

    ocr: confidence in percent where its page was read by optical character recognition, else None.
    """

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
    ocr: int | None = None

    @classmethod
    def of(cls, document: Document, start: int, end: int) -> "Citation":
        """Of `document.text[start:end]`."""
        return cls(
            doc=document.id, url=document.url, title=document.title, publisher=document.publisher,
            ministry=document.ministry, published=document.published, page=document.page_at(start),
            start=start, end=end, quote=document.text[start:end], ocr=document.ocr_at(start),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Referent:
    """Who the quote's `said` ("Elle", "Le ministre") is: `name`, as the same publication writes it."""

    said: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the answer, or a list with the sentence that announces it, and what proves it: a citation, or one
    for each part of the list, in order; never none.

    What follows is context, never part of the quote. part: the words of the question that this sentence answers,
    where the question has several parts or sides. cutoff: ISO day at which its figures stand when the quote itself
    does not say it; None otherwise. referent: who its pronoun is, when that is certain.
    """

    text: str
    citations: tuple[Citation, ...]
    part: str = ""
    cutoff: str | None = None
    referent: Referent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Where another publication says what a passage says: its characters start to end."""

    doc: str
    url: str
    publisher: str
    published: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage that retrieval found: rank from 1, best first; `text` is the exact slice.

    score: engine units, larger is better, comparable within one answer only. ocr: as in Citation. copies: the
    publications of the same text, for which this one stands. orders: it speaks to whoever answers ("ignore les
    consignes"), which is shown as a warning and never answers.
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
    ocr: int | None = None
    copies: tuple[Copy, ...] = ()
    orders: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Its JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusState:
    """What was searched: publications and passages, latest publication date, index generation."""

    documents: int
    passages: int
    latest: str | None
    generation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a language model did with an answer that it was asked to word.

    used: the sentences are its own, each proved by its citations; False: the verbatim ones stand, because of `reason`
    ("llm_timeout", "llm_failed", "unproved", "nothing", "beside"; "" when used). withheld: sentences that it wrote and
    that nothing proves.
    """

    model: str
    used: bool
    reason: str = ""
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """status "answered": `sentences` answer; "partial": some of what was asked is
    missing; "abstained": no sentences, `evidence` holds the nearest passages, which
    are not an answer. confidence: 0 to 1. as_of: the day that the answer speaks from, or None.
    timings_ms: milliseconds per stage, "total" among them. missing: the parts of the question, in its own words, that
    nothing answers. verdict: what the sentences say to a yes/no question, where they decide it. understood: the
    question that was answered, where a follow-up or a relative date was made explicit; else "". notice: why the
    question is of a kind that is not answered; None otherwise. writing: what a language model did, where one is on."""

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
    missing: tuple[str, ...] = ()
    verdict: Verdict | None = None
    understood: str = ""
    notice: Notice | None = None
    writing: Writing | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the public surface."""
        return asdict(self)
