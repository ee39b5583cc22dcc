"""Files that a publication's page links to: what the ministry attached to its communiqué."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from urllib.parse import urljoin, urlsplit

import soupsieve
from bs4 import BeautifulSoup, Tag

from ingest.html.noise import names_noise
from ingest.text import clean_line

_FILE = re.compile(r"\.(?:pdf|docx|odt)$", re.IGNORECASE)
_JOINED = "#documents_joints, .documents_joints, .spip_documents, .spip_doc_titre, .wp-block-file"
"""Where publishing systems put a publication's files, beside its text."""
_CONTAINERS = "article, main, [role=main]"
_ELSEWHERE = ("nav", "aside", "footer", "header", "menu")
_IDLE = re.compile(
    r"(?:cliquez\s+)?ici|(?:voir|lire|consulter|télécharger)(?:\s+(?:le|la|ce)\b.{0,30}|\s+ici)?|download|pdf|\W*",
    re.IGNORECASE,
)
"""Words of a link that name no file."""


def attached(soup: BeautifulSoup, bodies: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(address, words of the link, "" where they say nothing) of the files linked in the text or joined to it.

    bodies: selectors of the text's container, in the order tried; else the page's article.
    """
    roots = next((tags for selector in bodies if (tags := soup.select(selector))), None) or soup.select(_CONTAINERS)
    base = soup.find("base", href=True)
    start = str(base["href"]) if isinstance(base, Tag) else ""
    found: dict[str, str] = {}
    for link in _links([*roots, *soup.select(_JOINED)]):
        address = urljoin(start, str(link["href"]).strip()) if start else str(link["href"]).strip()
        words = clean_line(link.get_text(" "))
        found[address] = found.get(address) or ("" if _IDLE.fullmatch(words) else words[:200])
    return tuple(found.items())


def _links(roots: Sequence[Tag]) -> Iterator[Tag]:
    for root in roots:
        for link in root.select("a[href]"):
            if _is_file(str(link["href"])) and not any(map(_is_around, _between(link, root))):
                yield link


def _between(link: Tag, root: Tag) -> Iterator[Tag]:
    return takewhile(lambda parent: parent is not root, link.parents)


def _is_around(tag: Tag) -> bool:
    """Menus, side columns, comments: but not where a system puts a publication's files, which looks like captions."""
    return tag.name in _ELSEWHERE or (names_noise(tag) and not soupsieve.match(_JOINED, tag))


def _is_file(address: str) -> bool:
    try:
        return _FILE.search(urlsplit(address.strip()).path) is not None
    except ValueError:
        return False
