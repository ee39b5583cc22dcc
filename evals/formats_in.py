"""Reads the benchmark formats of the field, each into a Suite.

| format   | file                                                                    |
|----------|-------------------------------------------------------------------------|
| cases    | our own JSONL: qid, question, type, answerable, answers, gold...        |
| squad    | SQuAD 1.1/2.0, FQuAD, PIAF JSON; every paragraph becomes a document     |
| beir     | folder with corpus.jsonl, queries.jsonl, qrels/*.tsv                    |
| nomiracl | JSONL: query_id, question, answerable, passages; asked on them alone    |
| ragas    | JSONL: user_input, reference, reference_contexts; ragtime's items too   |
| table    | CSV/TSV: question, answer, source, page, answerable, as_of              |

Files are read line by line as UTF-8 (a byte order mark is accepted).
"""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.errors import translated
from evals.cases import Case, Gold, Suite, checked
from evals.problems import Problems, Wrong, refuse

_ANSWER_SEPARATOR = re.compile(r"\s*(?:\|\||\|)\s*")
_PAGE_DIGITS = 6
_TRUE = {"", "1", "true", "vrai", "oui", "yes", "o", "y"}
_FALSE = {"0", "false", "faux", "non", "no", "n"}


class Lines:
    """The decoded lines of a file, with the digest of the bytes read so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hash = hashlib.sha256()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yields (number from 1, text). Raises SuiteError at the first line that is no UTF-8."""
        with translated(self.path), self.path.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                self._hash.update(raw)
                try:
                    yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    at, byte = error.start, error.object[error.start]
                    raise refuse(self.path, number, "not_utf8", at=at, byte=byte) from error

    def objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The JSON object of each line that is not blank."""
        for number, text in self:
            if not text.strip():
                continue
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise refuse(self.path, number, "not_json", **json_error(error)) from error
            if not isinstance(value, dict):
                raise refuse(self.path, number, "not_object", found=type(value).__name__)
            yield number, value

    def digest(self) -> str:
        return self._hash.hexdigest()


def json_error(error: Exception) -> dict[str, Any]:
    """What and in which column, of an error of `json.loads`; too deep or too long a number has no place."""
    at = error.colno if isinstance(error, json.JSONDecodeError) else 1
    return {"detail": error.msg if isinstance(error, json.JSONDecodeError) else str(error), "column": at}


_CASE_FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "qid": str,
    "question": str,
    "type": str,
    "subtype": str,
    "answerable": bool,
    "answers": list,
    "gold": list,
    "as_of": (str, type(None)),
    "cutoff": (str, type(None)),
    "family": str,
    "note": str,
}
_GOLD_FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "doc": str,
    "quote": str,
    "start": int,
    "page": (int, type(None)),
}


def read_cases(path: Path) -> Suite:
    """Our own format. Every problem of the file is named, not only the first."""
    lines, problems, cases = Lines(path), Problems(str(path)), []
    for number, record in lines.objects():
        wrong = _misfits(record, _CASE_FIELDS, ("qid", "question"))
        for gold in record.get("gold", ()) if not wrong else ():
            wrong += _misfits(gold, _GOLD_FIELDS, ("doc",)) if isinstance(gold, dict) else [Wrong("gold_objects")]
        if not wrong and not all(isinstance(answer, str) for answer in record.get("answers", ())):
            wrong.append(Wrong("answers_text"))
        for each in wrong:
            problems.add(number, each)
        if not wrong:
            known = {key: record[key] for key in record.keys() - {"note", "answers", "gold"}}
            gold_quotes = tuple(Gold(**gold) for gold in record.get("gold", ()))
            cases.append(Case(answers=tuple(record.get("answers", ())), gold=gold_quotes, line=number, **known))
    problems.raise_if_any()
    return Suite(name=path.stem, format="cases", cases=checked(path, cases), digest=lines.digest())


def _misfits(
    record: Mapping[str, Any], known: Mapping[str, type | tuple[type, ...]], needed: tuple[str, ...]
) -> list[Wrong]:
    names = ", ".join(known)
    wrong = [Wrong("unknown_field", {"field": key, "known": names}) for key in record if key not in known]
    wrong += [Wrong("missing", {"field": key}) for key in needed if key not in record]
    for key, value in record.items():
        kinds = known.get(key, object)
        if not isinstance(value, kinds):
            expected = kinds[0] if isinstance(kinds, tuple) else kinds
            values = {"field": key, "expected": expected.__name__, "found": type(value).__name__}
            wrong.append(Wrong("wrong_type", values))
    return wrong


def read_ragas(path: Path) -> Suite:
    """RAGAS lines, or ragtime items ({"question": {"text"}, "facts": {"items": [{"text"}]}})."""
    lines, cases = Lines(path), []
    for number, record in lines.objects():
        if isinstance(record.get("question"), dict):
            facts = record.get("facts") or {}
            items = facts.get("items", []) if isinstance(facts, dict) else []
            question = record["question"].get("text", "")
            answers: list[Any] = [item.get("text", "") if isinstance(item, dict) else None for item in items]
            contexts: list[Any] = []
        elif "user_input" in record:
            question, contexts = record["user_input"], record.get("reference_contexts") or []
            answers = [record["reference"]] if record.get("reference") else []
        else:
            found = ", ".join(sorted(record))
            raise refuse(path, number, "missing_among", field="user_input", found=found)
        if (
            not isinstance(question, str)
            or not isinstance(contexts, list)
            or not all(isinstance(text, str) for text in [*answers, *contexts])
        ):
            raise refuse(path, number, "ragas_text")
        if not isinstance(record.get("answerable", True), bool):
            found = type(record["answerable"]).__name__
            raise refuse(path, number, "wrong_type", field="answerable", expected="bool", found=found)
        cases.append(
            Case(
                qid=str(record.get("id", f"{path.stem}-{number}")),
                question=question,
                answers=tuple(answers),
                gold=tuple(Gold(doc="", quote=text) for text in contexts),
                answerable=record.get("answerable", True),
                line=number,
            )
        )
    return Suite(name=path.stem, format="ragas", cases=checked(path, cases), digest=lines.digest())


_TABLE_COLUMNS = {
    "qid": ("qid", "id"),
    "question": ("question", "query"),
    "answer": ("answer", "answers", "reponse", "réponse", "output_true"),
    "source": ("source", "doc", "document", "url"),
    "page": ("page",),
    "quote": ("quote", "citation"),
    "answerable": ("answerable", "repondable", "répondable"),
    "as_of": ("as_of",),
    "type": ("type",),
}


def read_table(path: Path) -> Suite:
    """CSV (comma or semicolon) or TSV with a header; several answers are split at "|"."""
    lines = Lines(path)
    numbered = iter(lines)
    header = next(numbered, (1, ""))[1]
    delimiter = "\t" if path.suffix == ".tsv" else (";" if header.count(";") > header.count(",") else ",")
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    known = {alias: column for column, aliases in _TABLE_COLUMNS.items() for alias in aliases}
    unknown = [name for name in names if name not in known]
    columns = [known.get(name, "") for name in names]
    twice = [column for column in columns if columns.count(column) > 1]
    bad = [("unknown_column", name) for name in unknown] + [("same_column", column) for column in twice]
    if "question" not in columns:
        bad.append(("missing_column", "question"))
    if bad:
        reason, column = bad[0]
        raise refuse(path, 1, reason, column=column, known=", ".join(_TABLE_COLUMNS))
    rows = csv.reader((text for _, text in numbered), delimiter=delimiter, strict=True)
    cases = []
    for number, row in _numbered(rows, path):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            raise refuse(path, number, "row_length", found=len(row), wanted=len(columns))
        cases.append(_table_case(path, number, dict(zip(columns, map(str.strip, row), strict=True))))
    return Suite(name=path.stem, format="table", cases=checked(path, cases), digest=lines.digest())


def _numbered(rows: Any, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows below the header, each with the line that it starts on."""
    while True:
        number = rows.line_num + 2
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise refuse(path, number, "not_csv", detail=str(error)) from error
        if row is None:
            return
        yield number, row


def _table_case(path: Path, number: int, cell: Mapping[str, str]) -> Case:
    flag, page = cell.get("answerable", "").lower(), cell.get("page", "")
    if flag not in _TRUE | _FALSE:
        raise refuse(path, number, "bad_flag", value=flag)
    if page and not (page.isdecimal() and len(page) <= _PAGE_DIGITS):
        raise refuse(path, number, "bad_page", value=page[:20])
    if page and not cell.get("source"):
        raise refuse(path, number, "page_alone")
    gold = Gold(doc=cell.get("source", ""), quote=cell.get("quote", ""), page=int(page) if page else None)
    return Case(
        qid=cell.get("qid") or f"{path.stem}-{number}",
        question=cell["question"],
        type=cell.get("type", ""),
        answers=tuple(part for part in _ANSWER_SEPARATOR.split(cell.get("answer", "")) if part),
        gold=(gold,) if gold.doc or gold.quote else (),
        answerable=flag in _TRUE,
        as_of=cell.get("as_of") or None,
        line=number,
    )


def guess(path: Path) -> str:
    """The format of a file or folder, from its name and first line. Raises SuiteError."""
    if path.is_dir():
        return "beir"
    by_suffix = {".json": "squad", ".csv": "table", ".tsv": "table"}
    if path.suffix in by_suffix:
        return by_suffix[path.suffix]
    _, record = next(Lines(path).objects(), (0, {}))
    if "passages" in record:
        return "nomiracl"
    return "ragas" if "user_input" in record or isinstance(record.get("question"), dict) else "cases"


def load(path: Path, format: str = "auto") -> Suite:
    """Read a suite. format: a key of READERS, or "auto". Raises SuiteError."""
    from evals.formats_passages import read_beir, read_nomiracl, read_squad

    readers: Mapping[str, Callable[[Path], Suite]] = {
        "cases": read_cases,
        "squad": read_squad,
        "fquad": read_squad,
        "piaf": read_squad,
        "beir": read_beir,
        "nomiracl": read_nomiracl,
        "ragas": read_ragas,
        "ragtime": read_ragas,
        "csv": read_table,
        "tsv": read_table,
        "table": read_table,
    }
    if not path.exists():
        raise refuse(path, None, "missing_file")
    if format != "auto" and format not in readers:
        raise refuse(path, None, "unknown_format", value=format, known=", ".join(["auto", *readers]))
    return readers[guess(path) if format == "auto" else format](path)
