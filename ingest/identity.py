"""Ids of documents: "source/slug", ASCII, stable, one per address."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

_MAX_CHARS = 100
_EXTENSION = re.compile(r"\.(?:html?|php\d?|aspx?|jspx?|pdf|docx?|odt|txt|md|xml|gz)$", re.IGNORECASE)
_SPIP = re.compile(r"^(article|breve|rubrique)(\d+)$")
# Last segments that name the program or the folder and not the publication.
_PROGRAMS = frozenset({"", "index", "spip", "default", "home", "page", "article", "node", "view", "download"})


def slug_of(text: str) -> str:
    """ASCII, lower case, words joined by "-"; long ones end in a short hash of the whole."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "-").replace("'", "-"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")
    if not slug and text:
        return short_hash(text)
    return slug if len(slug) <= _MAX_CHARS else f"{slug[: _MAX_CHARS - 9].rstrip('-')}-{short_hash(text)}"


def short_hash(text: str) -> str:
    """Eight hex digits that depend on all of `text`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def url_slug(url: str) -> str:
    """The slug of an address: its last path segment without extension, or its query ("article123", "p-12")."""
    parts = urlsplit(url)
    last = _EXTENSION.sub("", unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]))
    keys = [unquote(pair) for pair in parts.query.split("&") if pair]
    for key in keys:
        if _SPIP.match(key):
            return key
    if last.lower() in _PROGRAMS and keys:
        return slug_of(f"{'' if last.lower() in ('', 'index', 'spip') else last + '-'}{'-'.join(keys)}") or short_hash(
            url
        )
    if keys:
        return slug_of(f"{last}-{'-'.join(keys)}") or short_hash(url)
    return slug_of(last) or slug_of(parts.hostname or "") or short_hash(url)


def document_id(prefix: str, slug: str, url: str, owner: Callable[[str], str | None]) -> str:
    """An id for the publication at `url`, never one that another address holds.

    owner: the address that holds an id, None when it is free.
    """
    plain = f"{prefix}/{slug}"
    held = owner(plain)
    return plain if held is None or held == url else f"{plain}-{short_hash(url)}"
