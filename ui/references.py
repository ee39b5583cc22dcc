"""A quote as a journalist pastes it: French press style, plain text."""

import re
from collections.abc import Sequence
from datetime import date

from rag import Answer, Citation, Sentence
from ui.escape import clean
from ui.french import NBSP, day, searched
from ui.sources import numbered, safe_address


def reference(citation: Citation, consulted: date) -> str:
    """« texte » — ministère, « titre », éditeur, date, page, adresse, consulté le …"""
    parts = [
        _line(citation.ministry),
        f"«{NBSP}{_line(citation.title)}{NBSP}»" if citation.title.strip() else "",
        _line(citation.publisher),
        day(citation.published),
        f"p.{NBSP}{citation.page}" if citation.page else "",
        safe_address(citation.url) or "",
        f"consulté le{NBSP}{day(consulted.isoformat())}",
    ]
    return f"«{NBSP}{_line(citation.quote)}{NBSP}» — {', '.join(part for part in parts if part)}."


def with_source(sentence: Sentence) -> str:
    """What a sentence quotes and where it stands, in brackets."""
    first = sentence.citations[0]
    quotes = " ".join(citation.quote for citation in sentence.citations if citation.doc == first.doc)
    return f"«{NBSP}{_line(quotes)}{NBSP}» ({_source(first)})"


def markdown(reply: Answer, question: str, consulted: date) -> str:
    """A question and its answer as Markdown: sentences as quotations with numbered sources, or the refusal.

    Signs that Markdown would read in a publication's text are escaped.
    """
    lines = [f"## {_plain(question)}", ""]
    if not reply.sentences:
        return "\n".join([*lines, f"Le corpus ne répond pas à cette question ({searched(reply.corpus)}).", ""])
    sources = numbered(reply.sentences)
    number = {source.first.doc: source.number for source in sources}
    for sentence in reply.sentences:
        marks = "".join(f" [{number[citation.doc]}]" for citation in sentence.citations)
        quotation = "" if reply.writing and reply.writing.used else "> "
        lines += [f"{quotation}{_plain(sentence.text)}{marks}", ""]
    for source in sources:
        first, address = source.first, safe_address(source.first.url)
        title = _plain(first.title) or "Sans titre"
        linked = f"[{title}](<{address}>)" if address else title
        lines.append(f"{source.number}. {linked}, {_plain(first.publisher)}, {day(first.published)}")
    looked = f"{searched(reply.corpus, reply.as_of)}, consulté le{NBSP}{day(consulted.isoformat())}"
    return "\n".join([*lines, "", f"*{looked[:1].upper()}{looked[1:]}.*", ""])


def references(citations: Sequence[Citation], consulted: date) -> str:
    """Several references, one a line."""
    return "\n".join(dict.fromkeys(reference(citation, consulted) for citation in citations))


def _source(citation: Citation) -> str:
    address = safe_address(citation.url)
    parts = [_line(citation.publisher), day(citation.published), address or ""]
    return ", ".join(part for part in parts if part)


def _line(text: str) -> str:
    return re.sub(r"[ \t\n]+", " ", clean(text)).strip()


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", _line(text))
