"""What the routes of all themes share: the publications behind them, and the responses they make."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from re import Match, Pattern
from typing import Any, TypeVar

from corpus.demo.sites import Post, Site, Term, load_edition
from corpus.demo.texts import SCANS, TEXTS
from corpus.errors import DocumentError

PDFS = Path(__file__).parent / "pdf"
FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
"""Last-Modified of what has no date of its own."""

Query = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A response before conditional requests: status, headers and body."""

    body: bytes
    content_type: str
    status: int = 200
    modified: datetime = FOUNDED
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """The publications of every site, newest first, and the address that they are served at."""

    address: str
    posts: Mapping[str, tuple[Post, ...]]
    pdfs: Path

    @classmethod
    def load(cls, address: str, texts: Path = TEXTS, scans: Path = SCANS, pdfs: Path = PDFS) -> "Press":
        """Read the texts. Raises DocumentError on a bad text or one whose PDF has not been made."""
        posts = load_edition(texts, scans)
        for post in posts["documents"]:
            path = pdfs / f"{post.text.id}.pdf"
            if not path.is_file():
                reason = "is missing; run python -m corpus.demo.make_pdfs"
                raise DocumentError(f"{path} {reason}", path=str(path), line=None, reason=reason)
        return cls(address=address, posts=posts, pdfs=pdfs)


Handler = Callable[[Press, Site, Match[str], Query], Resource | None]
Routes = Sequence[tuple[Pattern[str], Handler]]
"""Patterns of the path below the site's name, tried in order; None means not found."""


def html(text: str, *, status: int = 200, modified: datetime = FOUNDED) -> Resource:
    return Resource(body=text.encode(), content_type="text/html; charset=UTF-8", status=status, modified=modified)


def xml(text: str, *, modified: datetime = FOUNDED, kind: str = "application/xml") -> Resource:
    return Resource(body=text.encode(), content_type=f"{kind}; charset=UTF-8", modified=modified)


def as_json(value: Any, *, status: int = 200, modified: datetime = FOUNDED) -> Resource:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Resource(body=body, content_type="application/json; charset=UTF-8", status=status, modified=modified)


def with_headers(resource: Resource, *headers: tuple[str, str]) -> Resource:
    return replace(resource, headers=(*resource.headers, *headers))


def moved(address: str) -> Resource:
    """A permanent redirect."""
    return Resource(body=b"", content_type="text/html; charset=UTF-8", status=301, headers=(("Location", address),))


def newest(posts: Iterable[Post]) -> datetime:
    """When the youngest of the posts was last changed."""
    return max((post.changed for post in posts), default=FOUNDED)


def page_of(items: Sequence[T], number: int, size: int) -> Sequence[T] | None:
    """Page `number`, from 1, of `size` items; None past the end. The first page of nothing is empty."""
    held = items[(number - 1) * size : number * size]
    return held if number >= 1 and (held or number == 1) else None


def pages_in(items: Sequence[Any], size: int) -> int:
    return max(1, -(-len(items) // size))


def terms(posts: Iterable[Post], pick: Callable[[Post], Term]) -> tuple[Term, ...]:
    """The distinct terms of the posts, by name."""
    return tuple(sorted({pick(post) for post in posts}, key=lambda term: term.slug))


def whole_number(query: Query, key: str, default: int) -> int | None:
    """A query's number from 0; `default` when absent, None when it is no number."""
    value = query.get(key, str(default))
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
