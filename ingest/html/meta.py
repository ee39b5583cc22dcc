"""Title, dates, publisher, ministry and kind of an HTML page.

Read before anything is removed. A date is the publication's or none: structured
data first, then what stands where dates stand; htmldate guesses last.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from bs4 import BeautifulSoup, Tag

from ingest.dates import days_in, find_date, find_day
from ingest.html.noise import names_noise
from ingest.text import clean_line
from ingest.values import Selectors

_ARTICLES = frozenset(
    "Article NewsArticle BlogPosting Report AnalysisNewsArticle ReportageNewsArticle PressRelease TechArticle"  # noqa: SIM905
    " OpinionNewsArticle WebPage".split()
)
_PUBLISHED = ("article:published_time", "datePublished", "dcterms.issued", "dcterms.created", "dc.date.issued",
              "dc.date", "date", "article_date_original", "pubdate", "publish-date", "sailthru.date")  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "dateModified", "dcterms.modified", "last-modified")
_DATE_SPOTS = (
    "time[pubdate], time[itemprop=datePublished], [itemprop=datePublished], time.published, time.entry-date",
    ".date-publication, .info-publi, .entry-date, .posted-on, .post-date, .published, .date-publi, .publication-date",
    "article header time, article > time, .entry-meta, .post-meta, .article-date, .meta-date",
)
_CHANGE_SPOTS = "time.updated, .updated-on, .maj, .date-modification, [itemprop=dateModified]"
_CHANGE_WORDS = re.compile(r"(?:mise?\s+à\s+jour|modifiée?|actualisée?)\s*(?:le|:)?\s*(.{5,40})", re.IGNORECASE)
_PUBLISHED_WORDS = re.compile(r"(?:publiée?|postée?|mise?\s+en\s+ligne)\s+le\s+(.{5,40})", re.IGNORECASE)
_MAX_JSON = 500_000
_LABEL = re.compile(r"^(?:source|média|éditeur|ministère|rubrique|catégorie|date|publié le)\s*:\s*", re.IGNORECASE)
_SUFFIX = re.compile(r"\s+[|–—»•·:-]\s+[^|–—»•·]{2,80}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the page says about itself; "" and None where it does not."""

    title: str
    published: str | None
    modified: str | None
    publisher: str
    ministry: str
    kind: str

    def with_guess(self, pruned: BeautifulSoup) -> Self:
        """With htmldate's guess as publication date, made on the page without comments and side columns."""
        from htmldate import find_date as guess_date

        text = str(pruned)
        try:
            guess = guess_date(text, original_date=True, extensive_search=False, outputformat="%Y-%m-%d")
        except (ValueError, TypeError, AttributeError):
            # htmldate raises such things on odd markup; a guess is never worth a page.
            guess = None
        # It makes up days where a page gives a month or a broken date: only a day that is written there counts.
        written = isinstance(guess, str) and guess in days_in(text)
        return replace(self, published=guess if written else None)


def read_metadata(soup: BeautifulSoup, *, system: str, selectors: Selectors) -> Metadata:
    """Everything but the text."""
    records = list(_json_ld(soup))
    metas = _metas(soup)
    published = _published(soup, selectors, records, metas)
    modified = _modified(soup, records, metas)
    if modified == published or (modified and published and modified < published):
        modified = None
    return Metadata(
        title=_title(soup, selectors, records, metas),
        published=published,
        modified=modified,
        publisher=selected(soup, selectors, "publisher"),
        ministry=selected(soup, selectors, "ministry"),
        kind=selected(soup, selectors, "kind"),
    )


def selected(root: Tag, selectors: Selectors, role: str) -> str:
    """Text of the first element that the source's selector for `role` finds, without a label such as "Source :"."""
    selector = selectors.get(role)
    tag = root.select_one(selector) if selector else None
    if tag is None:
        return ""
    content = tag.get("content")
    text = clean_line(content if isinstance(content, str) else tag.get_text(" "))
    return _LABEL.sub("", text.replace("\u00a0", " "), count=1) if _LABEL.match(text.replace("\u00a0", " ")) else text


def date_of(tag: Tag) -> str | None:
    """The date of an element: its datetime or content attribute, else its words."""
    for name in ("datetime", "content", "title"):
        value = tag.get(name)
        if isinstance(value, str) and (found := find_day(value)):
            return found
    return find_date(clean_line(tag.get_text(" ")))


def _published(soup: BeautifulSoup, selectors: Selectors, records: list[Any], metas: dict[str, str]) -> str | None:
    if selector := selectors.get("date"):
        for tag in soup.select(selector, limit=5):
            if found := date_of(tag):
                return found
    for value in (
        *(record.get("datePublished") for record in records),
        *(metas.get(key.lower()) for key in _PUBLISHED),
    ):
        if isinstance(value, str) and (found := find_day(value)):
            return found
    if selector:
        return None  # the source says where its dates stand; elsewhere there is none
    for spot in _DATE_SPOTS:
        for tag in soup.select(spot, limit=10):
            if not _in_noise(tag) and (found := date_of(tag)):
                return found
    for text in soup.find_all(string=_PUBLISHED_WORDS, limit=5):
        words = _PUBLISHED_WORDS.search(str(text))
        if words and text.parent is not None and not _in_noise(text.parent) and (found := find_day(words[1])):
            return found
    return None


def _in_noise(tag: Tag) -> bool:
    """True inside comments, side columns, related articles: their dates are not the article's."""
    own = tag.parent
    while own is not None and own.name not in ("body", "html", "[document]"):
        if own.name in ("aside", "nav", "footer") or names_noise(own):
            # The line of an article's own date is called "entry-meta" or "info-publi": that is no noise here.
            classes = " ".join(name for name in own.get_attribute_list("class") if isinstance(name, str))
            if not re.search(r"(?:entry|post|article)[-_]meta|info[-_]publi", classes):
                return True
        own = own.parent
    return False


def _modified(soup: BeautifulSoup, records: list[Any], metas: dict[str, str]) -> str | None:
    for value in (*(record.get("dateModified") for record in records), *(metas.get(key.lower()) for key in _MODIFIED)):
        if isinstance(value, str) and (found := find_day(value)):
            return found
    for tag in soup.select(_CHANGE_SPOTS, limit=5):
        if not _in_noise(tag) and (found := date_of(tag)):
            return found
    text = soup.find(string=_CHANGE_WORDS)
    words = _CHANGE_WORDS.search(str(text)) if text else None
    return find_day(words[1]) if words and text and text.parent and not _in_noise(text.parent) else None


def _title(soup: BeautifulSoup, selectors: Selectors, records: list[Any], metas: dict[str, str]) -> str:
    if own := selected(soup, selectors, "title"):
        return own
    whole = clean_line(soup.title.get_text()) if soup.title else ""
    shared = clean_line(metas.get("og:title", ""))
    headlines = [clean_line(tag.get_text(" ")) for tag in soup.find_all("h1", limit=20)]
    headlines = [headline for headline in headlines if headline]
    for headline in headlines:
        if any(_bare(headline) in _bare(other) for other in (shared, whole) if other):
            return headline
    for record in records:
        headline = record.get("headline")
        if isinstance(headline, str) and clean_line(headline):
            return clean_line(BeautifulSoup(headline, "lxml").get_text())
    if shared:
        return _without_site(shared, metas.get("og:site_name", ""))
    if len(headlines) == 1:
        return headlines[0]
    return _without_site(whole, metas.get("og:site_name", ""))


def _bare(title: str) -> str:
    """For comparison: the same title is often typed with other spaces and apostrophes."""
    return " ".join(title.casefold().replace("’", "'").split())


def _without_site(title: str, site: str) -> str:
    """ "Bilan 2024 - Site" -> "Bilan 2024" """
    site = clean_line(site)
    if site and title.casefold().endswith(site.casefold()) and len(title) > len(site):
        return clean_line(title[: -len(site)].rstrip(" -|–—»•·:"))
    return title if site else _SUFFIX.sub("", title)


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        content = tag.get("content")
        for attribute in ("property", "name", "itemprop"):
            name = tag.get(attribute)
            if isinstance(name, str) and isinstance(content, str):
                found.setdefault(name.lower(), content)
    return found


def _json_ld(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Article records of the page's JSON-LD, real articles before plain web pages."""
    records: list[dict[str, Any]] = []
    for tag in soup.find_all("script", type="application/ld+json", limit=20):
        text = tag.get_text()
        if len(text) > _MAX_JSON:
            continue
        try:
            waiting: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                kinds = value.get("@type")
                names = kinds if isinstance(kinds, list) else [kinds]
                if any(name in _ARTICLES for name in names if isinstance(name, str)):
                    records.append(value)
                if "@graph" in value:
                    waiting.append(value["@graph"])
    yield from sorted(records, key=lambda record: record.get("@type") == "WebPage")
