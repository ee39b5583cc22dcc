"""Answers as safe HTML in French. Pure: values in, a string out; the page, the light view and receipts share it.

Every text of a document, a question or an address passes `safe`; only the tags
written here reach the browser. Ids start with the caller's `anchor`, so that
several answers stand on one page.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from corpus.records import Document, Span
from rag import Answer, Citation, Copy, Evidence
from ui.escape import clean, quoted, safe
from ui.french import (
    NBSP,
    ORDERS,
    SERIES,
    also,
    answer_dates,
    capital,
    certainty,
    count,
    day,
    filters_in_words,
    optical,
    searched,
    when,
    written,
)
from ui.panel import panel
from ui.sources import Source, copies, numbered, safe_address
from ui.ways import actions, after, before, missing, source_ways, why_not

CONTEXT = 240
"""Characters of the publication shown before and after a quote, at most."""
NEAREST = 3
"""Passages shown under a refusal."""
_EVIDENCE_CHARS = 360
_QUESTION_CHARS = 400
_BREAK = re.compile(r"(?<=[.!?…»])\s+|\n\n")
_CUT = '<span class="cut" aria-hidden="true">[…]</span>'
_GAP = '<span class="gap"></span>'
_TONES = {"sûr": "sure", "probable": "likely", "incertain": "unsure"}

REFUSAL = "Le corpus ne répond pas à cette question."


def turn(question: str, body: str, anchor: str, *, keep: bool = True) -> str:
    """A question and what stands under it (`answer`, `stage`, `notice`).

    keep: stays on the page when the next question is asked.
    """
    shown = question if len(question) <= _QUESTION_CHARS else f"{question[:_QUESTION_CHARS]}…"
    heading = f'<h2 class="asked" id="{anchor}-q"><bdi>{safe(shown.strip())}</bdi></h2>' if shown.strip() else ""
    labelled = f' aria-labelledby="{anchor}-q"' if heading else ""
    return f'<article class="{"turn" if keep else "turn passing"}" id="{anchor}"{labelled}>{heading}{body}</article>'


def stage(message: str) -> str:
    """What is being done, while it is."""
    return f'<p class="stage"><span class="dot" aria-hidden="true"></span>{safe(message)}</p>'


def notice(message: str) -> str:
    """An error or a limit, as a French sentence."""
    return f'<p class="notice">{safe(message)}</p>'


def answer(
    reply: Answer,
    documents: Mapping[str, Document],
    anchor: str,
    filters: Mapping[str, str | None] | None = None,
    *,
    base: str = ".",
    scripted: bool = True,
    consulted: date | None = None,
) -> str:
    """The answer with its sources, or the refusal with the nearest passages.

    documents: by id, the versions that the offsets of citations and conflicts count in; a
    source whose document is missing shows its quotes without their context. base: the path of
    the site, as links of this page name it; scripted: whether static/page.js is there to copy
    texts; consulted: day that references name, today by default.
    """
    today = consulted or date.today()
    said = filters_in_words(filters or {})
    note = f'<p class="facts">Filtres{NBSP}: {safe(said)}</p>' if said else ""
    ways = actions(reply, filters or {}, base, today, scripted=scripted)
    if not reply.sentences:
        return before(reply) + _refusal(reply, note) + ways
    sources = numbered(reply.sentences)
    parts = [before(reply), _sentences(reply, sources, anchor), _facts(reply), note]
    if reply.status == "partial":
        parts.append(notice(missing(reply.missing)))
    parts += [ways, panel(reply, documents, anchor)]
    cards = "".join(
        _card(source, documents.get(source.first.doc), copies(reply, source), anchor, base, today, scripted=scripted)
        for source in sources
    )
    title = "Source" if len(sources) == 1 else "Sources"
    parts.append(f'<h3>{title}</h3><ol class="sources">{cards}</ol>')
    others = [item for item in reply.evidence if not _cited(item, sources)]
    if others:
        label = count(len(others), "autre passage proche", "autres passages proches")
        listed = "".join(map(_nearest, others))
        parts.append(f'<details class="others"><summary>{label}, non cités</summary><ul>{listed}</ul></details>')
    return "".join(parts)


def spoken(reply: Answer) -> str:
    """The answer for a screen reader's live region: plain text, short."""
    if not reply.sentences:
        return f"{REFUSAL} {capital(searched(reply.corpus, reply.as_of))}."
    sources = count(len(numbered(reply.sentences)), "source")
    warned = f" {SERIES['conflict']}." if any(one["kind"] == "conflict" for one in reply.conflicts) else ""
    return clean(f"Réponse, degré de certitude{NBSP}: {certainty(reply.confidence)}. {reply.text}{warned} {sources}.")


def excerpt(document: Document, spans: Sequence[Span], ids: Sequence[str]) -> str:
    """The passages of `document` around `spans` (in order, not overlapping), each span in a <mark> of that id."""
    windows: list[list[int]] = []
    for span in spans:
        start, end = window(document.text, span)
        if windows and start <= windows[-1][1]:
            windows[-1][1] = max(end, windows[-1][1])
        else:
            windows.append([start, end])
    parts: list[str] = []
    marks = list(zip(spans, ids, strict=True))
    for start, end in windows:
        parts.append(f"{_CUT} " if start > 0 else "")
        at = start
        for span, name in marks:
            if start <= span.start < end:
                quote = quoted(document.text[span.start : span.end])
                parts.append(
                    f'{_context(document.text[at : span.start])}<mark id="{name}" tabindex="-1">{quote}</mark>'
                )
                at = span.end
        parts.append(_context(document.text[at:end]) + " ")
    if windows and windows[-1][1] < len(document.text):
        parts.append(_CUT)
    return "".join(parts).strip()


def window(text: str, span: Span) -> tuple[int, int]:
    """Bounds of the context of a span: whole sentences where some fit in CONTEXT characters, else whole words."""
    left = max(0, span.start - CONTEXT)
    if left:
        before = text[left : span.start]
        found = _BREAK.search(before) or re.search(r"\s+", before)
        left = left + found.end() if found else span.start
    right = min(len(text), span.end + CONTEXT)
    if right < len(text):
        after = text[span.end : right]
        ends = [match.start() for match in _BREAK.finditer(after)] or [m.start() for m in re.finditer(r"\s+", after)]
        right = span.end + (ends[-1] if ends else 0)
    return left, right


def _context(text: str) -> str:
    return quoted(text).replace("\n\n", _GAP)


def _sentences(reply: Answer, sources: Sequence[Source], anchor: str) -> str:
    said = []
    for sentence in reply.sentences:
        first = {citation.doc: citation for citation in reversed(sentence.citations)}  # a list cites each of its lines
        marks = "".join(_reference(citation, sources, anchor) for citation in reversed(first.values()))
        said.append(f'<p><span dir="auto">{quoted(sentence.text)}</span>{marks}</p>{after(sentence)}')
    return f'<div class="said">{"".join(said)}</div>'


def _reference(citation: Citation, sources: Sequence[Source], anchor: str) -> str:
    source = next(item for item in sources if item.first.doc == citation.doc)
    target = _mark_id(anchor, source, citation)
    return (
        f'{NBSP}<a class="ref" href="#{target}" aria-label="Voir la source {source.number}"'
        f' title="{safe(citation.title)}">{source.number}</a>'
    )


def _mark_id(anchor: str, source: Source, citation: Citation) -> str:
    return f"{anchor}-s{source.number}-{source.citations.index(citation) + 1}"


def _facts(reply: Answer) -> str:
    word = certainty(reply.confidence)
    wrote = f'<p class="facts">{safe(said)}</p>' if (said := written(reply.writing)) else ""
    return (
        f'<p class="facts"><span class="tone {_TONES[word]}" title="Degré de certitude">{capital(word)}</span>'
        f"<span>{capital(answer_dates(reply))}</span> <span>{capital(searched(reply.corpus, reply.as_of))}</span></p>"
        f"{wrote}"
    )


def _card(
    source: Source,
    document: Document | None,
    others: Sequence[Copy],
    anchor: str,
    base: str,
    today: date,
    *,
    scripted: bool,
) -> str:
    first = source.first
    ids = [_mark_id(anchor, source, citation) for citation in source.citations]
    intact = document is not None and all(document.text[c.start : c.end] == c.quote for c in source.citations)
    disjoint = all(a.end <= b.start for a, b in zip(source.citations, source.citations[1:], strict=False))
    if document is not None and intact and disjoint:
        passage = excerpt(document, [Span(c.start, c.end) for c in source.citations], ids)
    else:
        quotes = (
            f'<mark id="{name}" tabindex="-1">{safe(c.quote)}</mark>'
            for name, c in zip(ids, source.citations, strict=True)
        )
        passage = f" {_CUT} ".join(quotes)
    pages = sorted({citation.page for citation in source.citations if citation.page})
    read = optical(citation.ocr for citation in source.citations)
    return (
        f'<li class="card" id="{anchor}-s{source.number}"><span class="number" aria-hidden="true">{source.number}'
        f"</span>{_heading(first, 'h4')}{_where(first, pages, read)}{_also(others)}"
        f'<blockquote class="quote" dir="auto">{passage}</blockquote>'
        f"{source_ways(source, document if intact else None, base, today, scripted=scripted)}</li>"
    )


def _refusal(reply: Answer, note: str) -> str:
    why = why_not(reply)
    parts = [
        f'<div class="refusal"><p class="no">{safe(why) or REFUSAL}</p>'
        f'<p class="facts"><span>{capital(searched(reply.corpus, reply.as_of))}.</span></p>{note}</div>'
    ]
    near = reply.evidence[: 0 if why else NEAREST]
    if near:
        listed = "".join(map(_nearest, near))
        parts.append(
            f"<h3>Passages les plus proches</h3><p class='warn'>Ils ne répondent pas à la question{NBSP}: ils parlent "
            f'seulement d’un sujet voisin.</p><ul class="near">{listed}</ul>'
        )
    elif not why:
        parts.append(notice("Aucune publication ne correspond : élargissez les filtres ou changez les mots."))
    return "".join(parts)


def _nearest(item: Evidence) -> str:
    text = item.text
    if len(text) > _EVIDENCE_CHARS:
        text = f"{text[:_EVIDENCE_CHARS].rsplit(None, 1)[0]}…"
    pages = [item.page] if item.page else []
    where = _where(item, pages, optical([item.ocr])) + _also(item.copies)
    where += f'<p class="warn">{ORDERS}</p>' if item.orders else ""
    return f'<li>{_heading(item, "h4")}{where}<p class="passage" dir="auto">{_context(text)}</p></li>'


def _also(others: Sequence[Copy]) -> str:
    return f'<p class="also">{capital(safe(also(others)))}</p>' if others else ""


def _heading(item: Citation | Evidence, tag: str) -> str:
    title = f"<bdi>{safe(item.title.strip() or 'Sans titre')}</bdi>"
    address = safe_address(item.url)
    if address is None:
        return f"<{tag}>{title}</{tag}>"
    return (
        f'<{tag}><a href="{safe(address)}" target="_blank" rel="noopener noreferrer nofollow">{title}'
        f'<span class="out" aria-hidden="true">{NBSP}↗</span>'
        f'<span class="only-spoken"> (nouvel onglet)</span></a></{tag}>'
    )


def _where(item: Citation | Evidence, pages: Sequence[int], read: str) -> str:
    parts = [safe(item.publisher), day(item.published) if item.published else when(None)]
    if pages:
        parts.append(f"page{'s' if len(pages) > 1 else ''}{NBSP}{', '.join(map(str, pages))}")
    parts.append(read)
    ministry = f'<span class="ministry"><bdi>{safe(item.ministry)}</bdi></span>' if item.ministry else ""
    listed = "".join(f"<span>{part}</span>" for part in parts if part)
    return f'<p class="where">{listed}{ministry}</p>'


def _cited(item: Evidence, sources: Sequence[Source]) -> bool:
    return any(
        item.doc == citation.doc and citation.start < item.end and item.start < citation.end
        for source in sources
        for citation in source.citations
    )
