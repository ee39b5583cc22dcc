"""Routes of the WordPress-like sites: home, archives, articles, REST, feed, sitemap.

Shapes and errors follow the REST API handbook (developer.wordpress.org/rest-api)
and the core sitemaps of WordPress 5.5 and later.
"""

import re
from html import escape
from re import Match
from typing import Any

from corpus.demo.press import (
    Press,
    Query,
    Resource,
    Routes,
    as_json,
    html,
    moved,
    newest,
    page_of,
    pages_in,
    terms,
    whole_number,
    with_headers,
    xml,
)
from corpus.demo.render import article_record, excerpt, pieces, related_to, render
from corpus.demo.sites import Post, Site, Term

PER_PAGE = 5
REST_PER_PAGE = 10
MAX_PER_PAGE = 100
RECENT = 5


def _frame(press: Press, site: Site, path: str, title: str, body_class: str) -> dict[str, Any]:
    """What the page around every main part needs."""
    posts = press.posts[site.name]
    return {
        "address": press.address,
        "site": site,
        "path": path,
        "title": title,
        "body_class": body_class,
        "menu": terms(posts, lambda post: post.kind),
        "ministries": terms(posts, lambda post: post.ministry),
        "recent": posts[:RECENT],
    }


def _content(press: Press, post: Post) -> str:
    """The article's inside, as the page and the REST record both have it."""
    laid = pieces(post, related_to(post, press.posts[post.site.name]))
    return render("wordpress/content.html", address=press.address, site=post.site, post=post, pieces=laid)


def _home(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    if "p" in query:
        found = [post for post in press.posts[site.name] if str(post.number) == query["p"]]
        return moved(press.address + found[0].path) if found else None
    return _listing(
        press, site, press.posts[site.name], base=f"/{site.name}/", title="Actualités", wanted=match["page"]
    )


def _archive(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    taxonomy, slug = match["taxonomy"], match["slug"]
    wanted = [
        (post, term)
        for post in press.posts[site.name]
        for term in (*post.categories, *post.tags)
        if (term.taxonomy, term.slug) == (taxonomy, slug)
    ]
    if not wanted:
        return None
    prefix = "tag" if taxonomy == "tag" else f"category/{taxonomy}"
    posts = tuple(post for post, _ in wanted)
    base = f"/{site.name}/{prefix}/{slug}/"
    return _listing(press, site, posts, base=base, title=wanted[0][1].name, wanted=match["page"])


def _listing(
    press: Press, site: Site, posts: tuple[Post, ...], *, base: str, title: str, wanted: str | None
) -> Resource | None:
    number = int(wanted or 1)
    listed = page_of(posts, number, PER_PAGE)
    if listed is None:
        return None
    frame = _frame(press, site, base if number == 1 else f"{base}page/{number}/", title, "archive")
    text = render(
        "wordpress/list.html", listed=listed, base=base, page=number, pages=pages_in(posts, PER_PAGE), **frame
    )
    return html(text, modified=newest(press.posts[site.name]))


def _article(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    posts = press.posts[site.name]
    path = f"/{site.name}{match[0]}"
    place = next((place for place, post in enumerate(posts) if post.path == path), None)
    if place is None:
        return None
    post = posts[place]
    related = related_to(post, posts)
    text = render(
        "wordpress/article.html",
        post=post,
        pieces=pieces(post, related),
        related=related,
        record=article_record(post, press.address),
        previous=posts[place + 1] if place + 1 < len(posts) else None,
        next=posts[place - 1] if place else None,
        **_frame(press, site, path, post.text.title, f"post-template-default single single-post postid-{post.number}"),
    )
    return html(text, modified=post.changed)


def _about(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    return html(render("wordpress/about.html", **_frame(press, site, f"/{site.name}/a-propos/", "À propos", "page")))


def _feed(press: Press, site: Site, match: Match[str], query: Query) -> Resource | None:
    number = whole_number(query, "paged", 1)
    held = page_of(press.posts[site.name], number or 0, PER_PAGE)
    if held is None:
        return None
    entries = [(post, _content(press, post)) for post in held]
    text = render("feeds/wordpress.xml", address=press.address, site=site, entries=entries)
    return xml(text, modified=newest(held), kind="application/rss+xml")


def _sitemaps(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    names = ("posts-post-1", "taxonomies-category-1")
    entries = [f"{press.address}/{site.name}/wp-sitemap-{name}.xml" for name in names]
    return xml(render("feeds/sitemapindex.xml", entries=entries), modified=newest(press.posts[site.name]))


def _sitemap(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    posts = press.posts[site.name]
    if match["of"] == "posts-post-1":
        entries = [
            (press.address + post.path, post.changed.isoformat() if post.text.modified else post.stamp)
            for post in posts
        ]
    else:
        entries = [(_link(press, site, term), None) for term in _categories(posts)]
    return xml(render("feeds/sitemap.xml", entries=entries), modified=newest(posts))


def _categories(posts: tuple[Post, ...]) -> tuple[Term, ...]:
    return (*terms(posts, lambda post: post.kind), *terms(posts, lambda post: post.ministry))


def _link(press: Press, site: Site, term: Term) -> str:
    return f"{press.address}/{site.name}/category/{term.taxonomy}/{term.slug}/"


def _rest_root(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    home = f"{press.address}/{site.name}"
    return as_json({"name": site.title, "description": site.tagline, "url": home, "namespaces": ["wp/v2"]})


def _rest_posts(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    posts = press.posts[site.name]
    if match["number"]:
        found = [post for post in posts if str(post.number) == match["number"]]
        if not found:
            return _rest_error(404, "rest_post_invalid_id", "Identifiant de publication non valide.")
        return as_json(_record(press, found[0], query), modified=found[0].changed)
    stamp = "%Y-%m-%dT%H:%M:%S"
    chosen = [
        post
        for post in posts
        if query.get("slug", post.text.id) == post.text.id
        and f"{post.moment:{stamp}}" > query.get("after", "").rstrip("Z")
        and f"{post.changed:{stamp}}" > query.get("modified_after", "").rstrip("Z")
        and ("categories" not in query or query["categories"] in {str(term.number) for term in post.categories})
    ]
    if query.get("order") == "asc":
        chosen.reverse()
    records = [_record(press, post, query) for post in chosen]
    return _rest_page(press, site, query, records, route="posts", past_end="rest_post_invalid_page_number")


def _rest_categories(press: Press, site: Site, match: Match[str], query: Query) -> Resource:
    posts = press.posts[site.name]
    records = [
        {
            "id": term.number,
            "count": sum(term in post.categories for post in posts),
            "description": "",
            "link": _link(press, site, term),
            "name": escape(term.name),
            "slug": term.slug,
            "taxonomy": "category",
            "parent": _PARENTS[term.taxonomy].number,
        }
        for term in _categories(posts)
    ]
    for parent in _PARENTS.values():
        records.append(
            {
                "id": parent.number,
                "count": 0,
                "description": "",
                "link": f"{press.address}/{site.name}/category/{parent.slug}/",
                "name": parent.name,
                "slug": parent.slug,
                "taxonomy": "category",
                "parent": 0,
            }
        )
    return _rest_page(press, site, query, records, route="categories", past_end="rest_term_invalid_page_number")


_PARENTS = {
    "rubriques": Term(taxonomy="rubriques", name="Rubriques"),
    "ministeres": Term(taxonomy="ministeres", name="Ministères"),
}


def _rest_page(
    press: Press, site: Site, query: Query, records: list[dict[str, Any]], *, route: str, past_end: str
) -> Resource:
    size, number = whole_number(query, "per_page", REST_PER_PAGE), whole_number(query, "page", 1)
    if not size or size > MAX_PER_PAGE or not number:
        return _rest_error(400, "rest_invalid_param", "Paramètre(s) non valide(s)\u00a0: per_page, page")
    held = page_of(records, number, size)
    if held is None:
        return _rest_error(400, past_end, "Le numéro de page demandé est supérieur au nombre de pages disponibles.")
    pages = pages_in(records, size) if records else 0
    headers = [("X-WP-Total", str(len(records))), ("X-WP-TotalPages", str(pages))]
    if number < pages:
        following = f"{press.address}/{site.name}/wp-json/wp/v2/{route}?per_page={size}&page={number + 1}"
        headers.append(("Link", f'<{following}>; rel="next"'))
    return with_headers(as_json(held, modified=newest(press.posts[site.name])), *headers)


def _rest_error(status: int, code: str, message: str) -> Resource:
    return as_json({"code": code, "message": message, "data": {"status": status}}, status=status)


def _record(press: Press, post: Post, query: Query) -> dict[str, Any]:
    """A post as the REST API gives it, its date null unless whole; `_fields` keeps some fields only."""
    stamp = "%Y-%m-%dT%H:%M:%S"
    date = f"{post.moment:{stamp}}" if post.stamp == post.moment.isoformat() else None
    modified = f"{post.changed:{stamp}}" if post.text.modified else date
    record: dict[str, Any] = {
        "id": post.number,
        "date": date,
        "date_gmt": date,
        "guid": {"rendered": f"{press.address}/{post.site.name}/?p={post.number}"},
        "modified": modified,
        "modified_gmt": modified,
        "slug": post.text.id,
        "status": "publish",
        "type": "post",
        "link": press.address + post.path,
        "title": {"rendered": _rendered(post.text.title)},
        "content": {"rendered": _content(press, post), "protected": False},
        "excerpt": {"rendered": f"<p>{_rendered(excerpt(post))}</p>\n", "protected": False},
        "author": 1,
        "categories": [term.number for term in post.categories],
        "tags": [term.number for term in post.tags],
    }
    return _only(record, query["_fields"].split(",")) if "_fields" in query else record


def _only(record: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The wanted fields: "id", or "content.protected" for a part of one."""
    kept: dict[str, Any] = {}
    for key, value in record.items():
        parts = {field.partition(".")[2] for field in wanted if field.partition(".")[0] == key}
        if "" in parts or (parts and not isinstance(value, dict)):
            kept[key] = value
        elif parts:
            kept[key] = {part: held for part, held in value.items() if part in parts}
    return kept


def _rendered(text: str) -> str:
    """Escaped the way WordPress does, typographic apostrophes as numeric references."""
    return escape(text, quote=False).replace("’", "&#8217;").replace("\u00a0", "&nbsp;")


ROUTES: Routes = (
    (re.compile(r"/(?:page/(?P<page>[1-9]\d{0,5})/)?"), _home),
    (re.compile(r"/a-propos/"), _about),
    (
        re.compile(r"/category/(?P<taxonomy>rubriques|ministeres)/(?P<slug>[a-z0-9-]+)/(?:page/(?P<page>\d{1,6})/)?"),
        _archive,
    ),
    (re.compile(r"/(?P<taxonomy>tag)/(?P<slug>[a-z0-9-]+)/(?:page/(?P<page>\d{1,6})/)?"), _archive),
    (re.compile(r"/feed/"), _feed),
    (re.compile(r"/wp-json/"), _rest_root),
    (re.compile(r"/wp-json/wp/v2/posts/?(?P<number>\d+)?"), _rest_posts),
    (re.compile(r"/wp-json/wp/v2/categories/?"), _rest_categories),
    (re.compile(r"/wp-sitemap\.xml"), _sitemaps),
    (re.compile(r"/wp-sitemap-(?P<of>posts-post-1|taxonomies-category-1)\.xml"), _sitemap),
    (re.compile(r"/(?:\d{4}/)?(?:\d\d/)?[a-z0-9-]+/"), _article),
)
