"""Answers for a terminal: plain French text, wrapped at 100 columns, no colour."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.records import Document
from rag import Answer, Citation, ClaimVerdict, Copy, Evidence, IndexReport, Sentence
from ui.escape import clean
from ui.french import (
    NBSP,
    ORDERS,
    SERIES,
    about,
    also,
    answer_dates,
    capital,
    certainty,
    count,
    day,
    moment,
    optical,
    searched,
    when,
    written,
)
from ui.panel import by_kind, is_cited
from ui.render import NEAREST, REFUSAL
from ui.sources import copies, numbered
from ui.ways import VERDICTS, context, missing, why_not

WIDTH = 100


def answer(reply: Answer, documents: Mapping[str, Document] | None = None) -> str:
    """Numbered sentences, other values published, sources; or the refusal and the nearest passages.

    documents: by id; a value of another publication stands without its address where that is missing.
    """
    looked = searched(reply.corpus, reply.as_of)
    told = _wrapped(f"Question comprise{NBSP}: {_one_line(reply.understood)}") if reply.understood else []
    if not reply.sentences:
        why = why_not(reply)
        lines = [*told, *_wrapped(why or REFUSAL), *_wrapped(f"{capital(looked)}.")]
        if reply.evidence and not why:
            lines += ["", f"Passages les plus proches (ce ne sont pas des réponses){NBSP}:"]
            lines += _listed(reply.evidence[:NEAREST])
        return "\n".join(lines)
    sources = numbered(reply.sentences)
    number = {source.first.doc: source.number for source in sources}
    lines = told
    if reply.verdict:
        lines += [f"{VERDICTS[reply.verdict]}, d’après la publication{NBSP}:"]
    for sentence in reply.sentences:
        marks = "".join(f"{NBSP}[{mark}]" for mark in dict.fromkeys(number[c.doc] for c in sentence.citations))
        *parts, last = [citation.quote for citation in sentence.citations] if _is_list(sentence) else [sentence.text]
        lines += [line for place, part in enumerate(parts) for line in _wrapped(_one_line(part), "  " * bool(place))]
        lines += _wrapped(f"{_one_line(last)}{marks}", "  " * bool(parts))
        lines += _wrapped(f"({said})", "    ") if (said := context(sentence)) else []
    if reply.status == "partial":
        lines += _wrapped(f"({missing(reply.missing)})")
    lines += ["", *_wrapped(f"Certitude{NBSP}: {certainty(reply.confidence)} — {answer_dates(reply)} — {looked}.")]
    lines += _wrapped(said) if (said := written(reply.writing)) else []
    lines += _series(reply, documents or {})
    lines += ["", f"{'Source' if len(sources) == 1 else 'Sources'}{NBSP}:"]
    for source in sources:
        lines += _heading(f"[{source.number}]", source.first)
        lines += _also(copies(reply, source))
        for citation in source.citations:
            page = f"page{NBSP}{citation.page}, " if citation.page else ""
            read = optical([citation.ocr])
            place = f"({page}caractères {citation.start} à {citation.end}{read and f', {read}'})"
            lines += _wrapped(f"«{NBSP}{_one_line(citation.quote)}{NBSP}» {place}", "    ")
    return "\n".join(lines)


def _is_list(sentence: Sentence) -> bool:
    """Whether a sentence is a list: one citation for each of its lines."""
    return sentence.text == "\n".join(citation.quote for citation in sentence.citations)


def passages(evidence: Sequence[Evidence]) -> str:
    """Passages, best first."""
    if not evidence:
        return "Aucun passage ne correspond."
    return "\n".join(_listed(evidence)).strip("\n")


def verdicts(found: Sequence[ClaimVerdict]) -> str:
    """Each claim of a text, what became of it, and the quotes that prove it."""
    if not found:
        return "Aucune affirmation à vérifier."
    return "\n\n".join("\n".join(_verdict(one)) for one in found)


def verification(report: Mapping[str, Any]) -> str:
    """The outcome of `sourcier verify`: {"checked": int, "problems": [{"doc", "quote", "reason"}]}; of a receipt with
    "changes" of the same shape, "signature" and "receipt" (`receipts.check`)."""
    return "\n".join([*_of_receipt(report), *_verified(report), *_changes(report)])


def _of_receipt(report: Mapping[str, Any]) -> list[str]:
    if "receipt" not in report:
        return []
    about = report["receipt"]
    asked = f"Reçu du {moment(_one_line(about['created']))}{NBSP}: «{NBSP}{_one_line(about['question'])}{NBSP}»"
    return [*_wrapped(asked), *_wrapped(f"{capital(_one_line(report['signature']))}.")]


def _changes(report: Mapping[str, Any]) -> list[str]:
    changes = report.get("changes")
    if not changes:
        return []
    return ["", f"Depuis le reçu{NBSP}:", *(line for each in changes for line in _listed_problem(each))]


def _listed_problem(problem: Mapping[str, Any]) -> list[str]:
    about = f"{_one_line(problem['doc'])}{NBSP}: " if problem["doc"] else ""
    lines = _wrapped(f"- {about}{_one_line(problem['reason'])}")
    if problem["quote"]:
        lines += _wrapped(f"«{NBSP}{_one_line(problem['quote'])}{NBSP}»", "  ")
    return lines


def _verified(report: Mapping[str, Any]) -> list[str]:
    checked, problems = int(report["checked"]), report["problems"]
    looked = f"{count(checked, 'passage vérifié', 'passages vérifiés')}"
    if not problems:
        return [f"{looked}{NBSP}: {'tous exacts' if checked > 1 else 'exact' if checked else 'rien à vérifier'}."]
    found = "ne correspond plus" if len(problems) == 1 else "ne correspondent plus"
    lines = [f"{looked}{NBSP}: {count(len(problems), 'élément')} {found}."]
    return [*lines, *(line for problem in problems for line in ["", *_listed_problem(problem)])]


def indexed(report: IndexReport) -> str:
    """The outcome of `sourcier index`."""
    held = f"{count(report.documents, 'publication')}, {count(report.passages, 'passage')}"
    news = f"{count(report.embedded, 'calculé')}, {count(report.reused, 'repris', 'repris')}"
    seconds = f"{report.seconds:.1f}".replace(".", ",")
    return f"Index à jour{NBSP}: génération {report.generation}, {held} ({news}) en {seconds}{NBSP}s."


def status(report: Mapping[str, Any]) -> str:
    """What the data folder holds.

    report: "corpus" (documents, versions, withdrawn), "index" (None, {"damaged"}, or a CorpusState's fields and
    "late", the documents that it lags behind), "runs" (ingest reports, newest first).
    """
    corpus = report["corpus"]
    lines = [
        f"Corpus{NBSP}: {count(corpus['documents'], 'publication')}, {count(corpus['versions'], 'version')}, "
        f"{count(corpus['withdrawn'], 'publication retirée', 'publications retirées')}.",
        f"Index{NBSP}: {_index(report['index'])}",
    ]
    if report.get("ocr"):
        lines.append(f"Reconnaissance optique{NBSP}: {_recognised(report['ocr'])}.")
    if report["runs"]:
        lines.append(f"Dernière collecte{NBSP}: {clean(_run(report['runs'][0]))}.")
    return "\n".join(line for text in lines for line in _wrapped(text))


def _series(reply: Answer, documents: Mapping[str, Document]) -> list[str]:
    lines = []
    for one in by_kind(reply.conflicts):
        lines += ["", *_wrapped(f"{SERIES[one['kind']]}{NBSP}: {_one_line(about(one))}")]
        for point in one["points"]:
            until = f" au{NBSP}{day(point['as_of'])}" if point["as_of"] else ""
            mine = " (réponse)" if is_cited(point, reply) else ""
            published = day(point["published"])
            said = f"- {_one_line(point['value'])}{until}{mine} — {_one_line(point['publisher'])}, {published}"
            lines += _wrapped(said, "  ")
            lines += _wrapped(f"«{NBSP}{_one_line(point['quote'])}{NBSP}»", "    ")
            document = documents.get(point["doc"])
            lines += [f"    {_one_line(document.url)}"] if document and document.url else []
    return lines


def _verdict(one: ClaimVerdict) -> list[str]:
    value, claimed = _one_line(one.value or ""), _one_line(one.claimed or "")
    said = {
        "confirmed": f"Confirmé{NBSP}: {value}" if value else "Confirmé",
        "contradicted": "Contredit"
        + (f"{NBSP}: {value}" if value else "")
        + (f" au lieu de {claimed}" if claimed else ""),
        "not_found": f"Introuvable{NBSP}: le corpus ne permet ni de confirmer ni de contredire",
    }[one.status]
    lines = [*_wrapped(f"«{NBSP}{_one_line(one.claim)}{NBSP}»"), *_wrapped(f"{said}.", "  ")]
    for citation in one.quotes:
        lines += _wrapped(f"«{NBSP}{_one_line(citation.quote)}{NBSP}»", "    ")
        lines += [f"    {line}" for line in _heading("—", citation)]
    return lines


def _recognised(pages: Mapping[str, Sequence[int | None]]) -> str:
    """Documents with pages read by OCR, the least sure first: « 2 pages lues dans 1 publication… »."""
    read = {doc: [value for value in values if value is not None] for doc, values in pages.items()}
    held = f"{count(sum(map(len, read.values())), 'page lue', 'pages lues')} dans {count(len(read), 'publication')}"
    doc, least = min(((doc, min(values)) for doc, values in read.items()), key=lambda item: item[1])
    return f"{held}, confiance la plus basse {least}{NBSP}% ({clean(doc)})"


def _index(index: Mapping[str, Any] | None) -> str:
    if index is None:
        return f"aucun. Lancez «{NBSP}sourcier index{NBSP}»."
    if "damaged" in index:
        return f"endommagé ({clean(str(index['damaged']))}). Relancez «{NBSP}sourcier index{NBSP}»."
    latest = f", la plus récente du {day(index['latest'])}" if index["latest"] else ""
    held = f"{count(index['documents'], 'publication')}{latest}, {count(index['passages'], 'passage')}"
    late = int(index.get("late") or 0)
    behind = f" {count(late, 'publication')} en retard{NBSP}: lancez «{NBSP}sourcier index{NBSP}»." if late else ""
    return f"génération {index['generation']}, {held}.{behind}"


def _listed(evidence: Sequence[Evidence]) -> list[str]:
    lines = []
    for item in evidence:
        lines += ["", *_heading(f"{item.rank}.", item), *_also(item.copies)]
        lines += _wrapped(ORDERS, "    ") if item.orders else []
        lines += _wrapped(_one_line(item.text), "    ")
    return lines


def _also(others: Sequence[Copy]) -> list[str]:
    return _wrapped(f"({also(others)})", "    ") if others else []


def _heading(mark: str, item: Citation | Evidence) -> list[str]:
    indent = " " * 4
    title = _one_line(item.title) or "Sans titre"
    about = [clean(item.publisher), clean(item.ministry), day(item.published) if item.published else when(None)]
    if item.page:
        about.append(f"page{NBSP}{item.page}")
    about.append(optical([item.ocr]))
    lines = _wrapped(f"{mark:<3} {title}", indent)
    lines[0] = lines[0].removeprefix(indent)
    lines += _wrapped(" — ".join(part for part in about if part), indent)
    return [*lines, *([f"{indent}{_one_line(item.url)}"] if item.url else [])]


def _wrapped(text: str, indent: str = "") -> list[str]:
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return lines or [indent]


def _one_line(text: str) -> str:
    """Text of a publication on one line: escape codes and direction overrides must not reach the terminal."""
    return re.sub(r"[ \t\n]+", " ", clean(text)).strip()


def _run(run: Mapping[str, Any]) -> str:
    """When a collection was made, how long it took, and what its report counts."""
    said = [f"le{NBSP}{moment(str(run['started']))}"] if "started" in run else []
    said += [f"en {run['seconds']:.1f}{NBSP}s".replace(".", ",")] if "seconds" in run else []
    said += ["interrompue"] if run.get("interrupted") else []
    told = ("started", "finished", "seconds", "interrupted")
    said += [f"{name} {value}" for name, value in run.items() if _is_scalar(value) and name not in told]
    return ", ".join(said)


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)
