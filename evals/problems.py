"""What can be wrong with a file of the benchmark (suite, results, floors), as codes with values.

English here, for programmers and logs; `ui.reasons.SUITE` has the French of the same codes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from corpus.errors import SuiteError

MAX_PROBLEMS = 20
"""Problems named in one SuiteError; the rest are counted."""

REASONS: Mapping[str, str] = MappingProxyType(
    {
        # the file
        "missing_file": "no such file",
        "unknown_suite": "no such file, and no suite of this name (known: {known})",
        "unknown_format": "unknown format {value!r} (known: {known})",
        "not_utf8": "not UTF-8 at byte {at} (0x{byte:02x}); mixed encodings?",
        "not_json": "not JSON: {detail} at column {column}",
        "not_csv": "not CSV: {detail}",
        "not_squad": "field 'data' (a list) is missing: is this SQuAD JSON?",
        "missing_part": "{name} is missing",
        # fields and columns
        "not_object": "expected an object, found {found}",
        "unknown_field": "unknown field {field!r} (known: {known})",
        "missing": "field {field!r} is missing",
        "missing_among": "field {field!r} is missing (found: {found})",
        "bad_field": "field {field!r} is missing or of another type (found: {found})",
        "wrong_type": "field {field!r} has the wrong type ({found})",
        "gold_objects": "gold holds no objects",
        "answers_text": "answers must be strings",
        "ragas_text": "user_input, reference and reference_contexts must be text",
        "unknown_column": "unknown column {column!r} (known: {known})",
        "missing_column": "column {column!r} is missing (known: {known})",
        "same_column": "two columns for {column!r} (known: {known})",
        "row_length": "{found} columns, the header has {wanted}",
        "bad_flag": "answerable is {value!r}, expected oui/non, true/false or 1/0",
        "bad_page": "page is {value!r}, expected a number",
        "page_alone": "page without source",
        "bad_day": "{field} is {value!r}, expected a day (YYYY-MM-DD)",
        "bad_qrels": "expected query-id, corpus-id and an integer score",
        # questions and documents
        "no_question": "no question in this suite",
        # pages of `bench extraction`
        "bad_page_row": 'expected {{"file", "with": [...], "without": [...]}}',
        "no_page": "no page in this folder",
        "empty_question": "question {qid!r} is empty",
        "same_id": "id {id!r} already used",
        "same_id_line": "id {id!r} already used (line {first})",
        "answered": "an unanswerable question has answers or gold",
        "no_passage_text": "a passage has no text",
        "same_passage_id": "passage id {id!r} stands for two different texts",
        "relevant_passage": "relevant passage {id!r} is not among the question's passages",
        "unknown_query": "query {id!r} is not in queries.jsonl",
        "unknown_document": "document {id!r} is not in corpus.jsonl",
        "gold_document": "gold document {doc!r} is not in the corpus",
        "gold_quote": "gold quote {quote!r} is not in {doc!r}",
        # results and floors
        "not_results": "not a results file: {detail}",
        "other_format": "not a results file: format {found!r}, expected {wanted!r}",
        "damaged_results": "damaged results file: {detail}",
        "other_suite": "two different suites: {one} and {other}",
        "nothing_shared": "the two runs share no question",
        "not_floors": "not a floors file: {detail}",
        "unknown_figure": "unknown figure {value!r}",
        "bad_floor": "{value!r} is no digest and no bound from -1 to 1",
    }
)
"""Reason code of a SuiteError -> what is wrong, with values of its details."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A key of REASONS and the values of its braces."""

    reason: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return REASONS[self.reason].format_map(self.values)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place: `line` from 1, None when the format has no lines; where: the place
    beside or within it (a question's id, a path of JSON), "" when the line says enough."""

    line: int | None
    where: str
    wrong: Wrong

    def __str__(self) -> str:
        place = (f"line {self.line}" if self.line else "", self.where, str(self.wrong))
        return ": ".join(part for part in place if part)

    def details(self) -> dict[str, Any]:
        return {"line": self.line, "where": self.where, "reason": self.wrong.reason, **self.wrong.values}


@dataclass(slots=True)
class Problems:
    """Collects what is wrong in a file, so that one error names many lines."""

    path: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int | None, wrong: Wrong, *, where: str = "") -> None:
        """Note a problem."""
        self.found.append(Problem(line, where, wrong))

    def raise_if_any(self) -> None:
        """Raises SuiteError when something was noted."""
        if self.found:
            raise _error(self.path, self.found)


def refuse(path: object, line: int | None, reason: str, *, where: str = "", **values: object) -> SuiteError:
    """A SuiteError about one place."""
    return _error(str(path), [Problem(line, where, Wrong(reason, values))])


def _error(path: str, found: Sequence[Problem]) -> SuiteError:
    """One problem: its details are the error's. Several: reason "several", `problems` (details of each of the
    first MAX_PROBLEMS, in file order) and `more` (how many others)."""
    if len(found) == 1:
        return SuiteError(f"{path}: {found[0]}", path=path, **found[0].details())
    named, more = found[:MAX_PROBLEMS], max(0, len(found) - MAX_PROBLEMS)
    told = "; ".join([*map(str, named), *([f"and {more} more"] if more else [])])
    problems = tuple(problem.details() for problem in named)
    return SuiteError(f"{path}: {told}", path=path, line=found[0].line, reason="several", problems=problems, more=more)
