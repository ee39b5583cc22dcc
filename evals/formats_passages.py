"""Formats that bring their own documents: SQuAD and its kin, BEIR folders, NoMIRACL lines.

Every paragraph (or passage) is one Document. Identical paragraphs are one document,
so that finding either copy counts.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.errors import SuiteError, translated
from corpus.records import Document
from evals.cases import Case, Gold, Suite, checked, located
from evals.formats_in import Lines, json_error
from evals.problems import refuse


def _document(id: str, title: str, text: str) -> Document:
    return Document(id=id, url="", title=title, publisher="", ministry="", kind="", published=None, text=text)


def _whole_json(path: Path) -> tuple[Any, str]:
    with translated(path):
        raw = path.read_bytes()
    try:
        return json.loads(raw.decode("utf-8-sig")), hashlib.sha256(raw).hexdigest()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refuse(path, line, "not_utf8", at=error.start, byte=error.object[error.start]) from error
    except json.JSONDecodeError as error:
        raise refuse(path, error.lineno, "not_json", **json_error(error)) from error
    except (ValueError, RecursionError) as error:
        raise refuse(path, None, "not_json", **json_error(error)) from error


def read_squad(path: Path) -> Suite:
    """SQuAD 1.1/2.0, FQuAD, PIAF. gold = the paragraph and the answer's place in it.

    A title that is itself one of the questions (FAQ files) would give the answer away:
    it is left empty, and said in `notes`. Places in the JSON are told as
    data[i].paragraphs[j].qas[k], for such files have no lines.
    """
    whole, digest = _whole_json(path)
    if not isinstance(whole, dict) or not isinstance(whole.get("data"), list):
        raise refuse(path, None, "not_squad")
    documents: dict[str, Document] = {}
    cases: list[Case] = []
    hidden = merged = 0
    for i, article in enumerate(whole["data"]):
        paragraphs = _field(path, article, f"data[{i}]", "paragraphs", list)
        places = [f"data[{i}].paragraphs[{j}]" for j in range(len(paragraphs))]
        contexts = [_field(path, *pair, "context", str) for pair in zip(paragraphs, places, strict=True)]
        asked = [_field(path, *pair, "qas", list) for pair in zip(paragraphs, places, strict=True)]
        title = str(article.get("title", ""))
        if title and any(isinstance(qa, dict) and qa.get("question") == title for qas in asked for qa in qas):
            title, hidden = "", hidden + 1
        for j, (where, context, qas) in enumerate(zip(places, contexts, asked, strict=True)):
            if context in documents:
                merged += 1
            document = documents.setdefault(context, _document(f"{path.stem}/{i}-{j}", title, context))
            for k, qa in enumerate(qas):
                cases.append(_squad_case(path, qa, document, f"{i}-{j}-{k}", f"{where}.qas[{k}]"))
    notes = [f"{hidden} titles that were the question itself left empty"] if hidden else []
    notes += [f"{merged} repeated paragraphs merged"] if merged else []
    suite = Suite(
        name=path.stem,
        format="squad",
        digest=digest,
        cases=checked(path, cases),
        documents=tuple(documents.values()),
        notes=tuple(notes),
    )
    return located(suite, documents.values(), strict=False)


def _field(path: Path, record: Any, where: str, name: str, kind: type) -> Any:
    value = record.get(name) if isinstance(record, dict) else None
    if not isinstance(value, kind):
        raise _bad_field(path, None, record, name, kind, where=where)
    return value


def _bad_field(path: Path, line: int | None, record: Any, name: str, kind: type, *, where: str = "") -> SuiteError:
    found = ", ".join(record) if isinstance(record, dict) else type(record).__name__
    return refuse(path, line, "bad_field", where=where, field=name, expected=kind.__name__, found=found)


def _squad_case(path: Path, qa: Any, document: Document, fallback: str, where: str) -> Case:
    question = _field(path, qa, where, "question", str)
    impossible = "is_impossible" in qa and _field(path, qa, where, "is_impossible", bool)
    answers = [] if impossible or "answers" not in qa else _field(path, qa, where, "answers", list)
    gold, texts = [], []
    for answer in answers:
        text = _field(path, answer, where, "text", str)
        start = _field(path, answer, where, "answer_start", int) if "answer_start" in answer else None
        texts.append(text)
        gold.append(Gold(doc=document.id, quote=text, start=start))
    if not answers and not impossible:
        gold.append(Gold(doc=document.id))
    unique = tuple(dict.fromkeys(texts))
    return Case(
        qid=str(qa.get("id", fallback)),
        question=question,
        answers=unique,
        gold=tuple(dict.fromkeys(gold)),
        answerable=not impossible,
        subtype="adversarial" if impossible else "",
    )


def read_nomiracl(path: Path) -> Suite:
    """Lines of question, answerable and passages. Each question is asked on its passages alone."""
    lines, documents, cases = Lines(path), dict[str, Document](), []
    for number, record in lines.objects():
        for name, kind in (("question", str), ("answerable", bool), ("passages", list)):
            if not isinstance(record.get(name), kind):
                raise _bad_field(path, number, record, name, kind)
        ids = []
        for passage in record["passages"]:
            if not isinstance(passage, dict) or not isinstance(passage.get("text"), str):
                raise refuse(path, number, "no_passage_text")
            id = str(passage.get("id") or hashlib.sha256(passage["text"].encode()).hexdigest()[:16])
            known = documents.setdefault(id, _document(id, str(passage.get("title", "")), passage["text"]))
            if known.text != passage["text"]:
                raise refuse(path, number, "same_passage_id", id=id)
            ids.append(id)
        relevant = record.get("relevant") or []
        if not isinstance(relevant, list):
            raise _bad_field(path, number, record, "relevant", list)
        for id in map(str, relevant):
            if id not in ids:
                raise refuse(path, number, "relevant_passage", id=id)
        cases.append(
            Case(
                qid=str(record.get("query_id", f"{path.stem}-{number}")),
                question=record["question"],
                answerable=record["answerable"],
                subtype="" if record["answerable"] else "adversarial",
                gold=tuple(Gold(doc=str(id)) for id in relevant),
                within=tuple(dict.fromkeys(ids)),
                line=number,
            )
        )
    return Suite(
        name=path.stem if path.stem not in {"dev", "test", "train"} else f"{path.parent.name}-{path.stem}",
        format="nomiracl",
        digest=lines.digest(),
        cases=checked(path, cases),
        documents=tuple(documents.values()),
    )


def read_beir(path: Path) -> Suite:
    """A BEIR folder; qrels/test.tsv is preferred, else dev, else the first. Grades above 0 are relevant."""
    corpus, queries = Lines(path / "corpus.jsonl"), Lines(path / "queries.jsonl")
    for needed in (corpus.path, queries.path):
        if not needed.is_file():
            raise refuse(path, None, "missing_part", name=needed.name)
    documents = {d.id: d for d in _beir_documents(corpus)}
    chosen = _beir_qrels(path)
    qrels = Lines(chosen)
    relevant = _beir_relevant(qrels, documents)
    cases, seen = [], dict[str, int]()
    for number, record in queries.objects():
        id = _line_field(queries, number, record, "_id")
        question = _line_field(queries, number, record, "text")
        if id in seen:
            raise refuse(queries.path, number, "same_id_line", id=id, first=seen[id])
        seen[id] = number
        if id in relevant:
            gold = tuple(Gold(doc=doc) for doc in relevant[id])
            cases.append(Case(qid=id, question=question, gold=gold, line=number))
    if unknown := relevant.keys() - seen.keys():
        raise refuse(chosen, None, "unknown_query", id=min(unknown))
    notes = [f"judgements of {chosen.name}"]
    notes += (
        [f"{len(seen) - len(cases)} queries without a relevant document left out"] if len(seen) > len(cases) else []
    )
    digest = hashlib.sha256("".join(part.digest() for part in (corpus, queries, qrels)).encode()).hexdigest()
    return Suite(
        name=path.name,
        format="beir",
        digest=digest,
        cases=checked(path / "queries.jsonl", cases),
        documents=tuple(documents.values()),
        notes=tuple(notes),
    )


def _line_field(lines: Lines, number: int, record: Mapping[str, Any], name: str) -> str:
    if not isinstance(record.get(name), str):
        raise _bad_field(lines.path, number, record, name, str)
    return str(record[name])


def _beir_documents(corpus: Lines) -> Iterator[Document]:
    seen: dict[str, int] = {}
    for number, record in corpus.objects():
        id = _line_field(corpus, number, record, "_id")
        if id in seen:
            raise refuse(corpus.path, number, "same_id_line", id=id, first=seen[id])
        seen[id] = number
        yield _document(id, str(record.get("title", "")), _line_field(corpus, number, record, "text"))


def _beir_qrels(path: Path) -> Path:
    found = sorted((path / "qrels").glob("*.tsv"), key=lambda p: ({"test": 0, "dev": 1}.get(p.stem, 2), p.name))
    if not found:
        raise refuse(path, None, "missing_part", name="qrels/*.tsv")
    return found[0]


def _beir_relevant(qrels: Lines, documents: Mapping[str, Document]) -> dict[str, list[str]]:
    relevant: dict[str, list[str]] = {}
    for number, text in qrels:
        row = next(csv.reader([text], delimiter="\t"), [])
        if not row or (number == 1 and len(row) == 3 and not row[-1].lstrip("-").isdigit()):
            continue
        if len(row) != 3 or not row[2].lstrip("-").isdigit():
            raise refuse(qrels.path, number, "bad_qrels")
        if row[1] not in documents:
            raise refuse(qrels.path, number, "unknown_document", id=row[1])
        if int(row[2]) > 0:
            relevant.setdefault(row[0], []).append(row[1])
    return relevant
