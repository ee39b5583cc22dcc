"""The reader: a publication's text with quotes marked to the letter, its page pictures, its past. Safe HTML.

The same HTML stands on the publication's own page and in the chat's panel.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from urllib.parse import quote as percent
from urllib.parse import urlencode

from corpus.records import Document, Span, Version
from rag import Citation
from ui.catalogue import kind_name
from ui.changes import changes
from ui.desk import Publication
from ui.escape import quoted, safe
from ui.fragments import live
from ui.french import NBSP, capital, count, day, moment, typeset, when
from ui.sheets import Sheet
from ui.sources import safe_address

_MARKS = 50
"""Quotes marked in one publication, at most."""
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")
_DIGEST = 12
"""Hex digits of a version's digest in an address: enough to find it again among a publication's own."""


def reader_address(base: str, document: Document, spans: Sequence[Span]) -> str:
    """The address of a publication with quotes marked; it names the version that the spans count in."""
    query = [("v", document.digest()[:_DIGEST]), *(("c", f"{span.start}-{span.end}") for span in spans)]
    return f"{base}/publication/{percent(document.id)}?{urlencode(query)}#c1"


def wanted_version(publication: Publication, name: str) -> Version:
    """The version that an address names: a number, or the beginning of a digest; "" for the indexed one, else the
    current one. Raises KeyError."""
    if not name:
        return publication.version(publication.indexed)
    if name.isdecimal() and len(name) < 7:
        return publication.version(int(name))
    for version in publication.versions:
        if len(name) >= _DIGEST and version.digest.startswith(name):
            return version
    raise KeyError(name)


def spans_of(texts: Sequence[str], document: Document) -> tuple[list[Span], bool]:
    """The spans that an address names ("120-260"), in order and apart; and whether each was good."""
    found, good = [], len(texts) <= _MARKS
    for text in texts[:_MARKS]:
        match = _SPAN.fullmatch(text)
        start, end = (int(match[1]), int(match[2])) if match else (0, 0)
        if not start < end <= len(document.text):
            good = False
            continue
        found.append(Span(start, end))
    apart: list[Span] = []
    for span in sorted(found, key=lambda one: (one.start, one.end)):
        if apart and span.start < apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return apart, good


def reader(
    publication: Publication,
    shown: Version,
    spans: Sequence[Span],
    base: str,
    *,
    sheets: Mapping[int, Sheet] | None = None,
    since: Version | None = None,
) -> str:
    """sheets: by page number, where pages have pictures; since: the version to compare the shown one with."""
    document = shown.document
    parts = [
        f"<h1><bdi>{safe(document.title.strip() or 'Sans titre')}</bdi></h1>",
        _where(document),
        *_warnings(publication, shown, base),
        _ways(publication, shown, spans, base),
    ]
    if since is not None:
        parts.append(_difference(since, shown))
    if len(spans) > 1:
        listed = " ".join(f'<a href="#c{n}">{n}</a>' for n in range(1, len(spans) + 1))
        parts.append(f'<nav class="ways" aria-label="Citations"><span>Citations{NBSP}:</span> {listed}</nav>')
    parts.append(f'<article class="text" dir="auto">{_text(document, spans, base, sheets or {})}</article>')
    parts.append(_versions(publication, shown, base))
    return "".join(parts)


def _where(document: Document) -> str:
    modified = document.modified and document.modified != document.published
    told = [
        safe(document.publisher),
        day(document.published) if document.published else when(None),
        f"modifié le{NBSP}{day(document.modified)}" if modified else "",
        safe(kind_name(document.kind)),
        count(len(document.pages), "page") if document.pages else "",
    ]
    listed = "".join(f"<span>{part}</span>" for part in told if part)
    return f'<p class="where">{listed}<span class="ministry"><bdi>{safe(document.ministry)}</bdi></span></p>'


def _warnings(publication: Publication, shown: Version, base: str) -> list[str]:
    warned = []
    if publication.withdrawn:
        told = (
            f"Cette publication a été retirée de son site : Sourcier l’a constaté le {moment(publication.withdrawn)}. "
            "Elle ne sert plus à répondre ; son texte reste ici comme preuve."
        )
        warned.append(safe(typeset(told)))
    if shown is not publication.current:
        told = f"Ceci est la version {shown.number}, lue le {moment(shown.captured)}. Une version plus récente existe"
        target = f"{base}/publication/{percent(shown.document.id)}?v={publication.current.number}"
        linked = f'<a href="{safe(target)}">la version {publication.current.number}</a>'
        warned.append(f"{safe(told)}{NBSP}: {linked}.")
    elif publication.indexed is not None and publication.indexed != shown.number:
        warned.append("Les réponses sont encore prises dans une version antérieure, jusqu’au prochain index.")
    return [f'<p class="notice bad">{text}</p>' for text in warned]


def _ways(publication: Publication, shown: Version, spans: Sequence[Span], base: str) -> str:
    """Where the publication can be seen: its own site, our copy."""
    document, links = shown.document, []
    if address := safe_address(document.url):
        first = spans[0] if spans else None
        quoted = document.text[first.start : first.end] if first else ""
        target = live(address, quoted, document.page_at(first.start) if first else None)
        links.append(
            f'<a href="{safe(target)}" target="_blank" rel="noopener noreferrer nofollow">'
            f'Page d’origine{NBSP}↗<span class="only-spoken"> (nouvel onglet)</span></a>'
        )
    if publication.kept and publication.original:
        links.append(
            f'<a href="{safe(base)}/original/{percent(document.id)}" target="_blank" rel="noopener nofollow">'
            f"Copie archivée</a> <span>récupérée le {moment(publication.original.fetched)}</span>"
        )
    if not links:
        links.append("<span>Document ajouté à la main, sans page d’origine.</span>")
    return f'<p class="ways">{"".join(f"<span>{link}</span>" for link in links)}</p>'


def _difference(since: Version, shown: Version) -> str:
    found = changes(since.document.text, shown.document.text)
    body = found or "<p>Le texte est le même ; un titre, une date ou une adresse a changé.</p>"
    title = f"De la version {since.number} à la version {shown.number}"
    heading = f'<h2 id="differences">{title}</h2>'
    return f'<section aria-labelledby="differences">{heading}<div class="text">{body}</div></section>'


def _versions(publication: Publication, shown: Version, base: str) -> str:
    if len(publication.versions) == 1:
        return ""
    path = f"{base}/publication/{percent(shown.document.id)}"
    rows = []
    for before, version in zip((None, *publication.versions), publication.versions, strict=False):
        here = " (affichée)" if version is shown else ""
        compared = (
            f' — <a href="{safe(path)}?v={version.number}&amp;depuis={before.number}">différences</a>' if before else ""
        )
        reread = ", relue par un extracteur plus récent" if getattr(version, "reread", False) else ""
        rows.append(
            f'<li><a href="{safe(path)}?v={version.number}">Version {version.number}</a>{here}, '
            f"lue le {moment(version.captured)}{reread}{compared}</li>"
        )
    return f"<h2>Versions</h2><ol>{''.join(rows)}</ol>"


def _text(document: Document, spans: Sequence[Span], base: str, sheets: Mapping[int, Sheet]) -> str:
    """Paragraphs; each quote in marks, its first one with the id "c1", "c2"…; pages where there are some."""
    parts, starts = [], dict(zip(document.pages, range(1, len(document.pages) + 1), strict=True))
    cuts = sorted({0, len(document.text), *(m.end() for m in re.finditer(r"\n\n+", document.text)), *document.pages})
    for start, end in pairwise(cuts):
        if start in starts:
            parts.append(_page(document, starts[start], base, sheets))
        inside = _marked(document.text, Span(start, end), spans)
        if inside.strip():
            parts.append(f"<p>{inside.strip()}</p>")
    return "".join(parts)


def _marked(text: str, paragraph: Span, spans: Sequence[Span]) -> str:
    parts, at = [], paragraph.start
    for number, span in enumerate(spans, 1):
        start, end = max(span.start, paragraph.start), min(span.end, paragraph.end)
        if start >= end:
            continue
        name = f' id="c{number}" tabindex="-1"' if start == span.start else ""
        words = text[start:end].rstrip("\n")
        parts.append(f"{quoted(text[at:start])}<mark{name}>{quoted(words)}</mark>")
        if end == span.end:
            parts.append(_steps(number, len(spans)))
        at = start + len(words)
    return "".join([*parts, quoted(text[at : paragraph.end].rstrip("\n"))])


def _steps(number: int, whole: int) -> str:
    """Links to the quote before and the one after."""
    before = f' <a class="step" href="#c{number - 1}" aria-label="Citation précédente">↑</a>' if number > 1 else ""
    after = f' <a class="step" href="#c{number + 1}" aria-label="Citation suivante">↓</a>' if number < whole else ""
    return before + after


def _page(document: Document, number: int, base: str, sheets: Mapping[int, Sheet]) -> str:
    heading = f"<h2>Page{NBSP}{number}</h2>"
    found = sheets.get(number)
    if found is None:
        return heading
    boxes = "".join(f'<rect x="{x}" y="{y}" width="{w}" height="{h}"/>' for x, y, w, h in found.boxes)
    told = "la citation y est encadrée" if boxes else "la citation n’a pas pu y être encadrée"
    source = f"{base}/page/{number}/{percent(document.id)}"
    return (
        f"{heading}<details open><summary>Image de la page{NBSP}{number}</summary>"
        f'<div class="sheet"><img src="{safe(source)}" width="{found.width}" height="{found.height}" loading="lazy" '
        f'alt="{capital(told)}{NBSP}: page {number} du PDF, dont le texte suit.">'
        f'<svg viewBox="0 0 {found.width} {found.height}" aria-hidden="true">{boxes}</svg></div></details>'
    )


def quoted_spans(citations: Sequence[Citation]) -> list[Span]:
    """The spans of citations of one document."""
    return [Span(citation.start, citation.end) for citation in citations]
