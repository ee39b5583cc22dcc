"""An HTML page -> `Content`.

Where the text stands, in order: the source's own selector; the containers that
the source's publishing system (WordPress, SPIP) always uses; else trafilatura
on the page cleared of what is named as noise (Barbaresi 2021, "Trafilatura").
A container that is known and empty means an article without text: no guess is made.
"""

import warnings
from dataclasses import replace

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

from ingest.charset import decode
from ingest.html.blocks import element_blocks, tree_blocks
from ingest.html.files import attached
from ingest.html.meta import Metadata, read_metadata
from ingest.html.noise import prune, tidy
from ingest.text import block_edits, join_blocks
from ingest.values import Content, Rejected, Selectors

MAX_CHARS = 5_000_000
"""Longer pages are refused: a tree takes some twenty times the size of its page."""
MAX_DEPTH = 512
"""Elements nested deeper are refused, as browsers do: what walks trees takes quadratic time there."""
MIN_CHARS = 40
"""Less text than this is no publication."""

_SUSPECT_CHARS = 250
_LOCKED = "article .post-password-form, main .post-password-form, .entry-content .post-password-form"
"""What WordPress shows in place of a text that is closed by a password."""

# In the order tried. WordPress: the content element of the common themes and builders.
_BODIES: dict[str, tuple[str, ...]] = {
    "wordpress": (
        ".entry-content",
        ".td-post-content",
        ".post-content",
        ".single-post-content",
        ".article-content",
        ".elementor-widget-theme-post-content",
        ".wp-block-post-content",
    ),
    "spip": (".chapo, .texte, .article-texte, .article-chapo",),
}


def read_html(
    body: bytes, content_type: str, *, system: str, selectors: Selectors, signatures: frozenset[str] = frozenset()
) -> Content | Rejected:
    """Read a page.

    system: kind of the source; a key of _BODIES brings its usual containers.
    signatures: lines in lower case that end an article and are not its text.
    """
    text = decode(body, content_type)
    if len(text) > MAX_CHARS:
        return Rejected(reason="html_too_large", detail=f"{len(text)} characters")
    try:
        soup = _parse(text)
        if _depth(soup) > MAX_DEPTH:
            return Rejected(reason="html_unreadable", detail="nested too deeply")
        meta = read_metadata(soup, system=system, selectors=selectors)
        files = attached(soup, (selectors["body"],) if "body" in selectors else _BODIES.get(system, ()))
        if any(soup.select(_LOCKED)):
            return Rejected(reason="password")
        prune(soup, selectors.get("drop", ""))
        if meta.published is None and "date" not in selectors:
            meta = meta.with_guess(soup)
        known = _known(soup, system, selectors)
        blocks = tidy(_guess(str(soup)) if known is None else known, meta.title, signatures)
        if known is None and sum(map(len, blocks)) < _SUSPECT_CHARS:
            # The names of this page misled us: try it as it came.
            blocks = max(blocks, tidy(_guess(text), meta.title, signatures), key=lambda found: sum(map(len, found)))
    except RecursionError:
        return Rejected(reason="html_unreadable", detail="nested too deeply")
    result = join_blocks(blocks)
    if len(result) < MIN_CHARS:
        return Rejected(reason="no_text", detail=f"{len(result)} characters")
    return replace(_content(blocks, meta), files=files)


def _content(blocks: list[str], meta: Metadata) -> Content:
    return Content(
        text=join_blocks(blocks),
        edits=block_edits(blocks),
        title=meta.title,
        published=meta.published,
        modified=meta.modified,
        publisher=meta.publisher,
        ministry=meta.ministry,
        kind=meta.kind,
    )


def _depth(soup: BeautifulSoup) -> int:
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    return max(depths.values())


def _parse(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def _known(soup: BeautifulSoup, system: str, selectors: Selectors) -> list[str] | None:
    """Blocks of the container that the source or its publishing system names; None where there is none."""
    own = selectors.get("body")
    for selector in (own,) if own else _BODIES.get(system, ()):
        elements = _outermost(soup.select(selector))
        if elements:
            return [block for element in elements for block in element_blocks(element)]
    return None


def _outermost(tags: list[Tag]) -> list[Tag]:
    kept: list[Tag] = []
    seen: set[int] = set()
    for tag in tags:
        if not any(id(parent) in seen for parent in tag.parents):
            kept.append(tag)
            seen.add(id(tag))
    return kept


def _guess(page: str) -> list[str]:
    import trafilatura

    found = trafilatura.bare_extraction(page, include_comments=False, include_tables=True, include_images=False)
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    return tree_blocks(found.body)
