"""Routes of the SPIP-like press portal: home, rubriques, mots-clés, articles, backend, sitemap.

Two of its articles are bad on purpose, and its sitemap also lists a page that
robots.txt closes: a scraper skips the three and says so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from re import Match
from typing import Any

from corpus.demo.press import Press, Query, Resource, Routes, html, newest, terms, whole_number, xml
from corpus.demo.render import excerpt, pieces, related_to, render
from corpus.demo.sites import Post, Site, Term
from corpus.demo.texts import KINDS

STEP = 10
"""Articles on a page of a list, and in the backend feed."""
RECENT = 5
RUBRIQUE_OF_BAD = Term(taxonomy="rubriques", name=KINDS["communique"])
PRIVATE = "/prive/note-interne.html"
"""Closed by robots.txt, but listed in the sitemap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of a list of articles."""

    path: str
    title: str
    published: str | None
    summary: str


BROKEN = Item(path="/kiosque/article-en-panne.html", title="Article en panne", published="2025-03-04", summary="")
EMPTY = Item(path="/kiosque/article-sans-texte.html", title="Article sans texte", published="2025-03-03", summary="")


def _frame(press: Press, site: Site, path: str, title: str, body_class: str) -> dict[str, Any]:
    posts = press.posts[site.name]
    return {
        "address": press.address,
        "site": site,
        "path": path,
        "title": title,
        "body_class": body_class,
        "menu": terms(posts, lambda post: post.kind),
        "recent": posts[:RECENT],
    }


def _items(posts: Sequence[Post], *bad: Item) -> list[Item]:
    items = [
        Item(path=post.path, title=post.text.title, published=post.text.published, summary=excerpt(post))
        for post in posts
    ]
    return sorted([*items, *bad], key=lambda item: item.published or "", reverse=True)


def _home(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    items = _items(press.posts[site.name], BROKEN, EMPTY)
    return _listing(press, site, items, query, base="/kiosque/?", title="Derniers articles")


def _script(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    """spip.php, which does everything."""
    if "page" in query:
        page = _PAGES.get(query["page"])
        return page(press, site, query) if page else None
    posts = press.posts[site.name]
    for key in query:
        wanted = re.fullmatch(r"(rubrique|mot)(\d+)", key)
        if wanted:
            held = [
                (post, term) for post in posts for term in (_term(post, wanted[1]),) if str(term.number) == wanted[2]
            ]
            if not held:
                return None
            title = held[0][1].name
            bad = (BROKEN, EMPTY) if held[0][1] == RUBRIQUE_OF_BAD else ()
            items = _items([post for post, _ in held], *bad)
            return _listing(press, site, items, query, base=f"/kiosque/spip.php?{key}&", title=title)
    return None


def _term(post: Post, what: str) -> Term:
    return post.kind if what == "rubrique" else post.ministry


def _listing(
    press: Press, site: Site, items: Sequence[Item], query: Query, *, base: str, title: str
) -> Resource | None:
    first = whole_number(query, "debut_articles", 0)
    if first is None or (first and first >= len(items)):
        return None
    text = render(
        "spip/list.html",
        listed=items[first : first + STEP],
        base=base,
        first=first,
        step=STEP,
        total=len(items),
        starts=range(0, len(items), STEP),
        **_frame(press, site, base.rstrip("?&"), title, "page_rubrique"),
    )
    return html(text, modified=newest(press.posts[site.name]))


def _article(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    posts = press.posts[site.name]
    post = next((post for post in posts if post.text.id == match["id"]), None)
    if post is None:
        return None
    siblings = [other for other in posts if other.kind == post.kind and other != post]
    text = render(
        "spip/article.html",
        post=post,
        pieces=pieces(post, related_to(post, posts, 1)),
        siblings=related_to(post, siblings, 3),
        **_frame(press, site, post.path, post.text.title, "page_article"),
    )
    return html(text, modified=post.changed)


def _broken(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    return html(
        "<!DOCTYPE html><html lang=fr><title>Erreur</title><h1>Erreur interne du serveur</h1></html>", status=500
    )


def _empty(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    frame = _frame(press, site, EMPTY.path, EMPTY.title, "page_article")
    return html(render("spip/empty.html", term=RUBRIQUE_OF_BAD, **frame))


def _sitemap(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    posts = press.posts[site.name]
    entries = [(press.address + post.path, post.text.modified or post.text.published or "") for post in posts]
    entries += [(press.address + item.path, item.published or "") for item in (BROKEN, EMPTY)]
    entries.append((press.address + PRIVATE, ""))
    return xml(render("feeds/sitemap.xml", entries=entries), modified=newest(posts))


def _backend(press: Press, site: Site, query: Query) -> Resource:
    """The latest ten only, as SPIP does; posts without a whole date are left out."""
    entries = [post for post in press.posts[site.name] if post.stamp == post.moment.isoformat()][:STEP]
    text = render("feeds/spip.xml", address=press.address, site=site, entries=entries)
    return xml(text, modified=newest(entries), kind="application/rss+xml")


def _plan(press: Press, site: Site, query: Query) -> Resource | None:
    posts = press.posts[site.name]
    items = [
        Item(path=f"/kiosque/spip.php?{what}{term.number}", title=term.name, published=None, summary="")
        for what in ("rubrique", "mot")
        for term in terms(posts, lambda post, what=what: _term(post, what))  # type: ignore[misc]
    ]
    return _listing(press, site, items, query, base="/kiosque/spip.php?page=plan&", title="Plan du site")


_PAGES: dict[str, Callable[[Press, Site, Query], Resource | None]] = {"backend": _backend, "plan": _plan}

ROUTES: Routes = (
    (re.compile("/"), _home),
    (re.compile(r"/spip\.php"), _script),
    (re.compile(r"/sitemap\.xml"), _sitemap),
    (re.compile(re.escape(BROKEN.path.removeprefix("/kiosque"))), _broken),
    (re.compile(re.escape(EMPTY.path.removeprefix("/kiosque"))), _empty),
    (re.compile(r"/(?P<id>[a-z0-9-]+)\.html"), _article),
)
