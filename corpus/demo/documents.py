"""Routes of the documentation centre: a paged list of PDFs, and the PDFs."""

import re
from dataclasses import dataclass
from re import Match

from corpus.demo.press import Press, Query, Resource, Routes, html, newest, page_of, pages_in, whole_number
from corpus.demo.render import render
from corpus.demo.sites import Site

PER_PAGE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the list. size: bytes; source: "" for a file that rewords nothing."""

    path: str
    title: str
    kind: str
    published: str | None
    ministry: str
    publisher: str
    source: str
    size: int


EMPTY_ID = "rapport-annexe-vide"
"""A PDF of one blank page, made and listed on purpose: it gives no text, which must be reported."""


def _entries(press: Press) -> list[Entry]:
    entries = [
        Entry(
            path=post.path,
            title=post.text.title,
            kind=post.text.kind,
            published=post.text.published,
            ministry=post.text.ministry,
            publisher=post.text.publisher,
            source=post.text.source,
            size=(press.pdfs / f"{post.text.id}.pdf").stat().st_size,
        )
        for post in press.posts["documents"]
    ]
    blank = press.pdfs / f"{EMPTY_ID}.pdf"
    if blank.is_file():
        entries.append(
            Entry(
                path=f"/documents/{EMPTY_ID}.pdf",
                title="Annexe au rapport d’activités (version provisoire)",
                kind="rapport",
                published="2025-01-15",
                ministry="Transition digitale, Postes et Communications électroniques",
                publisher="mdenp.gov.bf",
                source="",
                size=blank.stat().st_size,
            )
        )
    return sorted(entries, key=lambda entry: entry.published or "", reverse=True)


def _list(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    number = whole_number(query, "page", 1)
    entries = _entries(press)
    listed = page_of(entries, number or 0, PER_PAGE)
    if listed is None:
        return None
    text = render(
        "documents/list.html",
        address=press.address,
        site=site,
        path="/documents/" if number == 1 else f"/documents/?page={number}",
        title=site.title,
        listed=listed,
        total=len(entries),
        page=number,
        pages=pages_in(entries, PER_PAGE),
    )
    return html(text, modified=newest(press.posts[site.name]))


def _pdf(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    path = press.pdfs / match["file"]
    if not path.is_file():
        return None
    posts = [post for post in press.posts[site.name] if post.text.id == path.stem]
    return Resource(body=path.read_bytes(), content_type="application/pdf", modified=newest(posts))


ROUTES: Routes = (
    (re.compile("/"), _list),
    (re.compile(r"/(?P<file>[a-z0-9-]+\.pdf)"), _pdf),
)
