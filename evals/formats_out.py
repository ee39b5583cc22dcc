"""Results in the formats of the field. Every writer is pure: Result -> text.

| format   | what                                                                  |
|----------|-----------------------------------------------------------------------|
| json     | everything; read again by `compare` and `report`                      |
| trec     | run file, one line per retrieved passage, for trec_eval               |
| evalap   | CSV of evalap (Etalab): query, output_true, output, context           |
| ragtime  | JSONL, RAGAS's fields: user_input, reference, response, contexts      |
| junit    | XML for continuous integration: one test case per question            |
| markdown | tables for a README or an issue                                       |
| html     | the self-contained report                                             |
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from corpus.errors import UsageError
from evals.results import Result, Row, dump, save
from evals.words import BASELINES, NBSP, OUTCOMES, ROBUSTNESS, TYPES, interval, label, number, points

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"\s+")


def trec_run(result: Result) -> str:
    """qid Q0 doc:start-end rank score tag. Spaces in ids become "_", as the format has no quoting."""
    tag = _word(str(result.conditions.get("system", "sourcier")))
    lines = [
        f"{_word(row.qid)} Q0 {_word(e['doc'])}:{e['start']}-{e['end']} {e['rank']} {e['score']} {tag}"
        for row in result.rows
        for e in row.evidence
    ]
    return "".join(f"{line}\n" for line in lines)


def _word(text: str) -> str:
    return _BLANKS.sub("_", text)


def evalap_csv(result: Result) -> str:
    """context is a JSON list of the passages, best first; output_true joins the accepted answers with " | "."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["query", "output_true", "output", "context"])
    for row in result.rows:
        context = json.dumps(_contexts(row), ensure_ascii=False)
        writer.writerow([row.question, " | ".join(row.answers), row.answer, context])
    return out.getvalue()


def ragtime_jsonl(result: Result) -> str:
    """One object per question with RAGAS's names; what `evals.formats_in.read_ragas` reads."""
    return "".join(
        json.dumps(
            {
                "id": row.qid,
                "user_input": row.question,
                "reference": row.answers[0] if row.answers else "",
                "reference_contexts": [gold["quote"] for gold in row.gold if gold["quote"]],
                "response": row.answer,
                "retrieved_contexts": _contexts(row),
                "answerable": row.answerable,
                "outcome": row.outcome,
            },
            ensure_ascii=False,
        )
        + "\n"
        for row in result.rows
    )


def _contexts(row: Row) -> list[str]:
    return [e["text"] for e in row.evidence if e["text"]]


def junit_xml(result: Result) -> str:
    """Right issues pass; wrong ones fail; unjudged and skipped questions are skipped, with the reason."""
    rows, left_out = result.rows, result.suite["skipped"]
    failed = [row for row in rows if row.outcome in {"wrong", "refused", "answered_unanswerable"}]
    suite = ET.Element(
        "testsuite",
        name=_xml(result.suite["name"]),
        tests=str(len(rows) + len(left_out)),
        failures=str(len(failed)),
        errors=str(result.suite["errors"]),
        skipped=str(result.suite["unjudged"] + len(left_out)),
        time=f"{sum(row.latency_ms for row in rows) / 1000:.3f}",
    )
    for row in rows:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=_xml(f"{result.suite['name']}.{row.type or 'question'}"),
            name=_xml(f"{row.qid} {row.question}"),
            time=f"{row.latency_ms / 1000:.3f}",
        )
        if row.outcome == "unjudged":
            ET.SubElement(case, "skipped", message="no reference answer")
        elif row.outcome == "error":
            ET.SubElement(case, "error", message=_xml(row.error))
        elif row in failed:
            told = ET.SubElement(case, "failure", message=OUTCOMES[row.outcome])
            told.text = _xml(
                f"attendu{NBSP}: {' | '.join(row.answers) or 'refus'}\nobtenu{NBSP}: {row.answer or 'refus'}"
            )
    for skipped in left_out:
        case = ET.SubElement(suite, "testcase", classname=_xml(result.suite["name"]), name=_xml(skipped["qid"]))
        ET.SubElement(case, "skipped", message=_xml(skipped["reason"]))
    ET.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"


def _xml(text: str) -> str:
    """Without the characters that XML 1.0 cannot carry; ElementTree escapes the rest."""
    return _NOT_XML.sub("\ufffd", text)


def markdown(result: Result) -> str:
    """Headline table with intervals, then by type, baselines, robustness."""
    suite = result.suite
    parts = [f"# {_cell(suite['name'])}\n\n{suite['questions']} questions, {suite['scored']} jugées.\n"]
    head = ("Mesure", "Valeur", f"IC 95{NBSP}%", "n")
    body = (
        (label(name), number(name, e.value), interval(name, e.low, e.high), str(e.n))
        for name, e in result.metrics.items()
    )
    parts.append(_table(head, body))
    columns = ("recall@5", "contains", "citation_recall", "correct")
    for title, names, found in (
        ("Par type", TYPES, result.by_type),
        ("Configurations", BASELINES, result.baselines),
    ):
        if found:
            rows = (
                (names.get(k, k), *(number(c, m[c].value) if c in m else "—" for c in columns))
                for k, m in found.items()
            )
            parts.append(f"## {title}\n\n" + _table(("", *map(label, columns)), rows))
    if result.robustness:
        attacks = (
            (
                ROBUSTNESS.get(k, k),
                *(points(c, told["changes"][c]["delta"]) if c in told["changes"] else "—" for c in columns),
                f"{told['won']} / {told['planted']}" if "planted" in told else "—",
            )
            for k, told in result.robustness.items()
        )
        parts.append("## Robustesse\n\n" + _table(("", *map(label, columns), "Attaques réussies"), attacks))
    return "\n".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "".join("| " + " | ".join(map(_cell, line)) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return _BLANKS.sub(" ", text).replace("|", "\\|").replace("<", "&lt;")


def _html(result: Result) -> str:
    from evals.report import render

    return render(result)


WRITERS: Mapping[str, tuple[str, Callable[[Result], str]]] = {
    "json": (".json", dump),
    "trec": (".trec", trec_run),
    "evalap": (".evalap.csv", evalap_csv),
    "ragtime": (".ragtime.jsonl", ragtime_jsonl),
    "junit": (".junit.xml", junit_xml),
    "markdown": (".md", markdown),
    "html": (".html", _html),
}
"""Format -> (ending, writer)."""


def chosen(formats: Iterable[str]) -> list[str]:
    """The formats asked for, "all" meaning every one, in the table's order. Raises UsageError."""
    wanted = list(formats)
    unknown = [name for name in wanted if name not in WRITERS and name != "all"]
    if unknown:
        told, known = f"unknown format {unknown[0]!r}", ", ".join(["all", *WRITERS])
        raise UsageError(f"{told} (known: {known})", reason="unknown_writer", value=unknown[0], known=known)
    return [name for name in WRITERS if name in wanted or "all" in wanted]


def write(result: Result, folder: Path, formats: Iterable[str] = ("json", "html")) -> list[Path]:
    """Write `folder/<suite><ending>` for each format ("all" for every one); gives the paths. Raises UsageError."""
    wanted, paths = chosen(formats), []
    stem = re.sub(r"[^\w.-]+", "-", result.suite["name"]).strip("-.") or "resultat"
    for name in wanted:
        ending, writer = WRITERS[name]
        path = folder / f"{stem}{ending}"
        save(writer(result), path)
        paths.append(path)
    return paths
