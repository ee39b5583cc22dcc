"""Answers for a terminal: plain French text, wrapped at 100 columns, no colour."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.records import Document
from rag import Answer, Citation, ClaimVerdict, Evidence, IndexReport
from ui.escape import clean
from ui.french import NBSP, SERIES, about, answer_dates, capital, certainty, count, day, searched, when
from ui.panel import by_kind, is_cited
from ui.render import NEAREST, REFUSAL
from ui.sources import numbered

WIDTH = 100


def answer(reply: Answer, documents: Mapping[str, Document] | None = None) -> str:
    """Numbered sentences, other values published, sources; or the refusal and the nearest passages.

    documents: by id; a value of another publication stands without its address where that is missing.
    """
    looked = searched(reply.corpus, reply.as_of)
    if not reply.sentences:
        lines = [REFUSAL, *_wrapped(f"{capital(looked)}.")]
        if reply.evidence:
            lines += ["", f"Passages les plus proches (ce ne sont pas des réponses){NBSP}:"]
            lines += _listed(reply.evidence[:NEAREST])
        return "\n".join(lines)
    sources = numbered(reply.sentences)
    number = {source.first.doc: source.number for source in sources}
    lines = []
    for sentence in reply.sentences:
        marks = "".join(f"{NBSP}[{number[citation.doc]}]" for citation in sentence.citations)
        lines += _wrapped(f"{_one_line(sentence.text)}{marks}")
    if reply.status == "partial":
        lines += _wrapped("(Une partie de la question reste sans réponse dans le corpus.)")
    lines += ["", *_wrapped(f"Certitude{NBSP}: {certainty(reply.confidence)} — {answer_dates(reply)} — {looked}.")]
    lines += _series(reply, documents or {})
    lines += ["", f"{'Source' if len(sources) == 1 else 'Sources'}{NBSP}:"]
    for source in sources:
        lines += _heading(f"[{source.number}]", source.first)
        for citation in source.citations:
            page = f"page{NBSP}{citation.page}, " if citation.page else ""
            place = f"({page}caractères {citation.start} à {citation.end})"
            lines += _wrapped(f"«{NBSP}{_one_line(citation.quote)}{NBSP}» {place}", "    ")
    return "\n".join(lines)


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
    """The outcome of `sourcier verify`: {"checked": int, "problems": [{"doc", "quote", "reason"}]}."""
    checked, problems = int(report["checked"]), report["problems"]
    plural = checked > 1
    looked = f"{count(checked, 'passage vérifié', 'passages vérifiés')}"
    if not problems:
        return f"{looked}{NBSP}: {'tous exacts' if plural else 'exact' if checked else 'rien à vérifier'}."
    found = "ne correspond plus" if len(problems) == 1 else "ne correspondent plus"
    lines = [f"{looked}{NBSP}: {count(len(problems), 'élément')} {found}."]
    for problem in problems:
        lines += ["", *_wrapped(f"- {problem['doc']}{NBSP}: {problem['reason']}")]
        if problem["quote"]:
            lines += _wrapped(f"«{NBSP}{_one_line(problem['quote'])}{NBSP}»", "  ")
    return "\n".join(lines)


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
    if report["runs"]:
        counted = ", ".join(f"{name} {value}" for name, value in report["runs"][0].items() if _is_scalar(value))
        lines.append(f"Dernière collecte{NBSP}: {clean(counted)}.")
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
        lines += ["", *_heading(f"{item.rank}.", item)]
        lines += _wrapped(_one_line(item.text), "    ")
    return lines


def _heading(mark: str, item: Citation | Evidence) -> list[str]:
    indent = " " * 4
    title = _one_line(item.title) or "Sans titre"
    about = [clean(item.publisher), clean(item.ministry), day(item.published) if item.published else when(None)]
    if item.page:
        about.append(f"page{NBSP}{item.page}")
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


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)
