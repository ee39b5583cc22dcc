"""WordPress: its REST interface, page by page; where that is closed, its feed and its sitemaps."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.addresses import normalise
from ingest.catalogue import Source
from ingest.dates import find_day
from ingest.discover.feeds import entries, plain_text
from ingest.discover.sitemaps import site_sitemaps
from ingest.discover.visit import MAX_LISTINGS, Visit
from ingest.values import Found, Page, Refusal

_PER_PAGE = 100  # the most that WordPress gives
_FIELDS = "id,link,date,modified,title,status,type,content.protected"
_COUNT = re.compile(r"[0-9]{1,9}")
_POSTS = re.compile(r"posts-post|post-sitemap")
_NOT_POSTS = re.compile(r"/(?:category|tag|author|auteur|page)/", re.IGNORECASE)


def wordpress(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Published posts, newest first. A site whose REST is closed is read from feed and sitemap together,
    because a feed holds the ten newest posts only."""
    base = source.url.rstrip("/")
    first = visit.page(_rest(base, 1))
    posts = _posts(first)
    if posts is not None and isinstance(first, Page):
        yield from _paged(base, first, posts, visit)
        return
    feed = visit.page(f"{base}/feed/")
    listed = entries(feed) if isinstance(feed, Page) else []
    yield from listed
    mapped = list(site_sitemaps(source, visit, _only_posts))
    yield from (item for item in mapped if isinstance(item, Refusal) or not _NOT_POSTS.search(item.url))
    if not listed and not any(isinstance(item, Found) for item in mapped):
        yield (
            first
            if isinstance(first, Refusal)
            else Refusal(requested=first.requested, url=first.url, reason="bad_listing", detail="not a list of posts")
        )


def _rest(base: str, number: int) -> str:
    return f"{base}/wp-json/wp/v2/posts?per_page={_PER_PAGE}&page={number}&_fields={_FIELDS}"


def _paged(base: str, first: Page, posts: list[dict[str, Any]], visit: Visit) -> Iterator[Found | Refusal]:
    total = first.header("x-wp-totalpages") or ""
    last = min(int(total), MAX_LISTINGS) if _COUNT.fullmatch(total) else MAX_LISTINGS
    number = 1
    while True:
        yield from _found(posts, first.url)
        number += 1
        if number > last or not posts or (not total and len(posts) < _PER_PAGE):
            return
        page = visit.page(_rest(base, number))
        following = _posts(page)
        if following is None:
            if isinstance(page, Refusal):
                if page.status != 400:  # 400 is how WordPress says "past the last page"
                    yield page
            else:
                yield Refusal(
                    requested=page.requested, url=page.url, reason="bad_listing", detail="not a list of posts"
                )
            return
        posts = following


def _posts(page: Page | Refusal) -> list[dict[str, Any]] | None:
    if isinstance(page, Refusal):
        return None
    try:
        value = json.loads(page.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(post, dict) and "link" in post for post in value):
        return None
    return value


def _found(posts: list[dict[str, Any]], base: str) -> Iterator[Found]:
    for post in posts:
        content = post.get("content")
        protected = isinstance(content, dict) and content.get("protected") is True
        if post.get("status", "publish") != "publish" or protected:
            continue
        url = normalise(str(post["link"]), base)
        title = post.get("title")
        rendered = title.get("rendered") if isinstance(title, dict) else title
        if url is not None:
            yield Found(
                url=url,
                title=plain_text(rendered if isinstance(rendered, str) else ""),
                published=find_day(str(post.get("date") or "")),
                modified=find_day(str(post.get("modified") or "")),
                stamp=str(post.get("modified") or ""),
            )


def _only_posts(urls: tuple[str, ...]) -> tuple[str, ...]:
    """WordPress maps posts, pages, categories and authors apart; where posts are named, only they count."""
    return tuple(url for url in urls if _POSTS.search(url)) or urls
