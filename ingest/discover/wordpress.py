"""WordPress: its REST interface, page by page: posts with their categories, and the files attached to them.
Where that is closed, its feed and its sitemaps."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.dates import find_day
from ingest.discover.feeds import entries, plain_text
from ingest.discover.sitemaps import site_sitemaps
from ingest.discover.visit import MAX_LISTINGS, Visit
from ingest.extract import TYPES
from ingest.values import Found, Page, Refusal

_PER_PAGE = 100  # the most that WordPress gives
_FIELDS = {
    "posts": "id,link,date,modified,title,status,type,content.protected,categories,_links.wp:attachment",
    "categories": "id,name,slug",
    "media": "source_url,mime_type,title,modified,post",
}
_FILES = frozenset({"pdf", "docx", "odt"})
_UNSORTED = re.compile(r"(?:uncategorized|non-class)", re.IGNORECASE)
"""The category of posts that have none."""
_COUNT = re.compile(r"[0-9]{1,9}")
_POSTS = re.compile(r"posts-post|post-sitemap")
_NOT_POSTS = re.compile(r"/(?:category|tag|author|auteur|page)/", re.IGNORECASE)


def wordpress(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Published posts, newest first, then their files. A site whose REST is closed is read from feed and sitemap
    together, because a feed holds the ten newest posts only."""
    base = source.url.rstrip("/")
    rest = _Rest(f"{base}/wp-json/wp/v2/{{}}?", visit)
    first = rest.page("posts", 1)
    # Without permalinks REST has another address, and this one shows the home page, or nothing.
    if _rows(first) is None and (isinstance(first, Page) or first.status == 404):
        plain = _Rest(f"{base}/?rest_route=/wp/v2/{{}}&", visit)
        other = plain.page("posts", 1)
        rest, first = (plain, other) if _rows(other) is not None else (rest, first)
    if isinstance(first, Page) and _rows(first) is not None:
        yield from _collected(source, rest)
        return
    feed = visit.page(f"{base}/feed/")
    listed = entries(feed) if isinstance(feed, Page) else []
    yield from listed
    mapped = list(site_sitemaps(source, visit, _only_posts))
    yield from (item for item in mapped if isinstance(item, Refusal) or not _NOT_POSTS.search(item.url))
    if not listed and not any(isinstance(item, Found) for item in mapped):
        yield first if isinstance(first, Refusal) else _no_list(first)


class _Rest:
    """The lists of one site. pattern: address of a list, up to its query, with {} for its name."""

    def __init__(self, pattern: str, visit: Visit) -> None:
        self._pattern = pattern
        self._visit = visit
        self._kept: dict[str, Page | Refusal] = {}

    def page(self, name: str, number: int, **query: str) -> Page | Refusal:
        """Page `number`, from 1, of a list; the first one is asked for once."""
        if number == 1 and name in self._kept:
            return self._kept[name]
        asked = {"per_page": str(_PER_PAGE), "page": str(number), "_fields": _FIELDS[name], **query}
        page = self._visit.page(self._pattern.format(name) + urlencode(asked, safe=",:"))
        if number == 1:
            self._kept[name] = page
        return page

    def rows(self, name: str, **query: str) -> Iterator[dict[str, Any] | Refusal]:
        """Every row of a list; a Refusal where it breaks off."""
        last = MAX_LISTINGS
        for number in range(1, MAX_LISTINGS + 1):
            page = self.page(name, number, **query)
            rows = _rows(page)
            if rows is None:
                # 400 is how WordPress says "past the last page".
                if not (isinstance(page, Refusal) and page.status == 400 and number > 1):
                    yield page if isinstance(page, Refusal) else _no_list(page)
                return
            yield from rows
            total = (page.header("x-wp-totalpages") or "") if isinstance(page, Page) else ""
            if _COUNT.fullmatch(total):
                last = min(last, int(total))
            if number >= last or not rows or (not total and len(rows) < _PER_PAGE):
                return


def _collected(source: Source, rest: _Rest) -> Iterator[Found | Refusal]:
    kinds: Mapping[int, str] | None = None
    parents: dict[int, Found] = {}
    attachments = False
    for post in rest.rows("posts"):
        if isinstance(post, Refusal):
            yield post
            continue
        if kinds is None:
            kinds, refused = _categories(rest) if "categories" in post and not source.document_kind else ({}, None)
            if refused is not None:
                yield refused
        found = _found(post, source.url, kinds)
        if found is None:
            continue
        attachments = attachments or bool(post.get("_links"))
        if isinstance(post.get("id"), int):
            parents[post["id"]] = found
        yield found
    if attachments and source.attachments:
        yield from _media(rest, source.url, parents)


def _found(post: Mapping[str, Any], base: str, kinds: Mapping[int, str]) -> Found | None:
    """A post; None for one that is not published, or not for everybody."""
    content = post.get("content")
    protected = isinstance(content, dict) and content.get("protected") is True
    url = normalise(str(post.get("link")), base)
    if post.get("status", "publish") != "publish" or protected or url is None:
        return None
    held = post.get("categories")
    return Found(
        url=url,
        title=_rendered(post),
        published=find_day(str(post.get("date") or "")),
        modified=find_day(str(post.get("modified") or "")),
        kind=next((kinds[one] for one in held if one in kinds), "") if isinstance(held, list) else "",
        stamp=str(post.get("modified") or ""),
    )


def _categories(rest: _Rest) -> tuple[dict[int, str], Refusal | None]:
    """Names by number; and why they are not all known."""
    names: dict[int, str] = {}
    for row in rest.rows("categories"):
        if isinstance(row, Refusal):
            return names, row
        number, name = row.get("id"), row.get("name")
        if isinstance(number, int) and isinstance(name, str) and not _UNSORTED.match(str(row.get("slug", ""))):
            names[number] = plain_text(name)
    return names, None


def _media(rest: _Rest, base: str, parents: Mapping[int, Found]) -> Iterator[Found | Refusal]:
    """Files attached to a published post; one that belongs to none may be waiting to be published."""
    for row in rest.rows("media", media_type="application"):
        if isinstance(row, Refusal):
            yield row
            continue
        number = row.get("post")
        parent = parents.get(number) if isinstance(number, int) else None
        url = normalise(str(row.get("source_url")), base)
        if parent is None or url is None or TYPES.get(str(row.get("mime_type"))) not in _FILES:
            continue
        name = _rendered(row)
        yield Found(
            url=url,
            title=name if " " in name else parent.title,  # WordPress calls a file by its name
            published=parent.published,
            kind=parent.kind,
            stamp=str(row.get("modified") or ""),
            via=parent.url,
        )


def _rendered(row: Mapping[str, Any]) -> str:
    title = row.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    return plain_text(rendered if isinstance(rendered, str) else "")


def _rows(page: Page | Refusal) -> list[dict[str, Any]] | None:
    """The rows of a list; None for what is none."""
    if isinstance(page, Refusal):
        return None
    try:
        value = json.loads(page.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) and all(isinstance(row, dict) for row in value) else None


def _no_list(page: Page) -> Refusal:
    return Refusal(requested=page.requested, url=page.url, reason="bad_listing", detail="not a list of posts")


def _only_posts(urls: tuple[str, ...]) -> tuple[str, ...]:
    """WordPress maps posts, pages, categories and authors apart; where posts are named, only they count."""
    return tuple(url for url in urls if _POSTS.search(url)) or urls
