"""Pages of the demonstration sites: posts and Jinja templates in, HTML and XML out. Pure.

Every page carries what surrounds a text on a real site (menus, captions, "Lire
aussi", share links, comments, sidebars), because telling the text from that is
what extraction is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus import records
from corpus.demo.sites import SITES, Post
from corpus.demo.texts import KINDS

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

PICTURES = 4
"""Pictures under static/, photo-0.svg and following; each post has one of them."""

COMMENTS = (
    ("Salif", "Bien dit. Il faut maintenant que les résultats se voient aussi dans nos communes."),
    ("Lecteur de Bobo", "95 % sur le papier, mais chez nous la connexion coupe trois jours sur sept."),
    ("Awa K.", "Courage à toute l’équipe du ministère, le travail avance."),
    ("Tiga", "Pourquoi ne publie-t-on pas le rapport complet ? On veut lire les annexes."),
    ("Citoyen 226", "Cela fait la deuxième fois qu’on nous promet 500 agents de plus…"),
    ("Ramata", "Merci pour l’information. À quand la prochaine session ?"),
)
"""What readers wrote under the articles; figures among it, which no answer may quote."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an article as laid out: paragraph, intertitle, list, or a link to another article."""

    kind: Literal["paragraph", "heading", "list", "related"]
    text: str = ""
    items: tuple[str, ...] = ()
    post: Post | None = None


def in_words(iso: str | None, *, weekday: bool = False) -> str:
    """ "2025-03-27" -> "27 mars 2025", with `weekday` "jeudi 27 mars 2025"; "2025-03" -> "mars 2025"; None -> ""."""
    words = records.in_words(iso)
    return f"{DAYS[date.fromisoformat(iso).weekday()]} {words}" if weekday and iso and iso.count("-") == 2 else words


def related_to(post: Post, posts: Sequence[Post], wanted: int = 2) -> tuple[Post, ...]:
    """Other posts of the same site, those of the same ministry first, then the nearest in time."""

    def distance(other: Post) -> tuple[bool, float, str]:
        return other.ministry != post.ministry, abs((other.moment - post.moment).total_seconds()), other.text.id

    return tuple(sorted((other for other in posts if other != post), key=distance)[:wanted])


def pieces(post: Post, related: Sequence[Post]) -> tuple[Piece, ...]:
    """The article's layout: list items gathered, a related link after the second and the fifth paragraph.

    A link never parts a sentence from the list that it announces.
    """
    laid: list[Piece] = []
    for block in post.text.blocks:
        if block.kind == "item" and laid and laid[-1].kind == "list":
            laid[-1] = Piece("list", items=(*laid[-1].items, block.text))
        elif block.kind == "item":
            laid.append(Piece("list", items=(block.text,)))
        else:
            laid.append(Piece("heading" if block.kind == "heading" else "paragraph", block.text))
    waiting = dict(zip((2, 5), related, strict=False))
    out: list[Piece] = []
    paragraphs = 0
    for piece, following in zip(laid, [*laid[1:], None], strict=True):
        out.append(piece)
        paragraphs += piece.kind == "paragraph"
        due = next((place for place in waiting if place <= paragraphs), None)
        if due is not None and piece.kind == "paragraph" and following is not None and following.kind == "paragraph":
            out.append(Piece("related", post=waiting.pop(due)))
    return tuple(out)


def comments_of(post: Post) -> tuple[tuple[str, str], ...]:
    """One or two readers' comments, always the same for a post."""
    first = post.number % len(COMMENTS)
    return tuple(COMMENTS[(first + step) % len(COMMENTS)] for step in range(1 + post.number % 2))


def excerpt(post: Post, words: int = 28) -> str:
    """The first words of the first paragraph, as lists and feeds show them."""
    first = next(block.text for block in post.text.blocks if block.kind == "paragraph").split(" ")
    return " ".join(first) if len(first) <= words else " ".join(first[:words]) + " […]"


def article_record(post: Post, address: str) -> dict[str, Any]:
    """The schema.org description of an article (JSON-LD)."""
    dates = {"datePublished": post.stamp, "dateModified": post.changed.isoformat() if post.text.modified else None}
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": address + post.path,
        "headline": post.text.title,
        "inLanguage": "fr-FR",
        "articleSection": post.kind.name,
        "publisher": {"@type": "Organization", "name": post.site.title},
        **{key: value for key, value in dates.items() if value},
    }


def render(template: str, **context: Any) -> str:
    """Fill a template; a missing value raises. All values are escaped."""
    return _environment().get_template(template).render(**context)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Any] = {
        "in_words": in_words,
        "excerpt": excerpt,
        "comments": comments_of,
        "day": lambda moment: in_words(f"{moment:%Y-%m-%d}"),
        "rfc822": lambda moment: format_datetime(moment, usegmt=True),
        "iso": datetime.isoformat,
        "picture": lambda post: f"/static/photo-{post.number % PICTURES}.svg",
        "kilobytes": lambda size: f"{max(1, round(size / 1024))}\u00a0Ko",
    }
    environment.filters.update(filters)
    environment.globals.update(SITES=SITES, KINDS=KINDS)
    return environment
