"""The demonstration sites, asked over real HTTP as a scraper would."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import feedparser
import httpx
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from protego import Protego

from corpus.demo import provenance
from corpus.demo.documents import EMPTY_ID
from corpus.demo.make_pdfs import blank, laid_out, scanned
from corpus.demo.press import PDFS
from corpus.demo.render import in_words
from corpus.demo.serve import DemoSite
from corpus.demo.sites import Post, site_of, slugify
from corpus.demo.spip import BROKEN, EMPTY, PRIVATE
from corpus.demo.texts import SCANS, TEXTS, DemoText, load_all, parse
from corpus.errors import DocumentError, PortBusy

ALL_TEXTS = load_all(TEXTS)
ALL_SCANS = load_all(SCANS)
PAPERS = [text for text in ALL_TEXTS if text.format == "pdf"]
WORDPRESS = ("ministere", "latribune", "burkina24")
BLOCKS = ("p", "h2", "h3", "li")

SAMPLE = """+++
id = "un-essai"
title = "Un <b>essai</b> & rien d’autre"
published = "2025-03-27"
publisher = "latribunedufaso.net"
ministry = "Santé"
kind = "casem"
source = "https://example.org/essai"
format = "html"
+++
Premier paragraphe,
sur deux lignes, où <script>alert(1)</script> reste du texte.

## Un intertitre

Il s’agit de :
- un point ;
- un autre
  qui continue.

La fin.
"""


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


@pytest.fixture(scope="module")
def client(demo: DemoSite) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=demo.address) as client:
        yield client


@pytest.fixture(scope="module")
def sources(demo: DemoSite) -> dict[str, dict[str, Any]]:
    return {source["name"]: source for source in tomllib.loads(demo.catalogue())["source"]}


def soup_of(response: httpx.Response) -> BeautifulSoup:
    assert response.status_code == 200, response.url
    return BeautifulSoup(response.text, "lxml")


def text_of(soup: BeautifulSoup, selector: str) -> str:
    tag = soup.select_one(selector)
    assert tag is not None, selector
    return tag.get_text()


# --- the texts


def test_there_are_enough_publications_and_the_seed_event_is_among_them() -> None:
    assert len(ALL_TEXTS) >= 80
    sites = Counter(site_of(text) for text in ALL_TEXTS)
    assert all(sites[name] for name in (*WORDPRESS, "kiosque", "documents"))
    assert len(PAPERS) >= 5
    assert any(block.kind == "table" for text in PAPERS for block in text.blocks)
    seed = next(text for text in ALL_TEXTS if text.id == "casem-mtdpce-2025-03-tribune")
    for figure in ("69,89", "88,02", "1848", "1600", "3025", "104", "93", "65"):
        assert figure in re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3})", "", seed.plain), figure


def test_every_text_has_a_readable_length() -> None:
    odd = {
        text.id: text.words
        for text in (*ALL_TEXTS, *ALL_SCANS)
        if not 250 <= text.words <= (600 if text.format == "html" else 950)
    }
    assert odd == {}


def test_ids_are_unique_and_scans_stand_apart() -> None:
    assert max(Counter(text.id for text in (*ALL_TEXTS, *ALL_SCANS)).values()) == 1
    assert all(text.format in ("html", "pdf") for text in ALL_TEXTS)
    assert [text.format for text in ALL_SCANS] == ["scan", "scan"]


def test_a_body_is_read_in_blocks() -> None:
    text = parse(SAMPLE, Path("un-essai.md"))
    assert [(block.kind, block.text) for block in text.blocks] == [
        ("paragraph", "Premier paragraphe, sur deux lignes, où <script>alert(1)</script> reste du texte."),
        ("heading", "Un intertitre"),
        ("paragraph", "Il s’agit de :"),
        ("item", "un point ;"),
        ("item", "un autre qui continue."),
        ("paragraph", "La fin."),
    ]
    assert text.plain.count("\n\n") == 5


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("+++\nid", "id", "front matter is missing"),
        ('format = "html"\n+++', 'format = "html"', "not closed"),
        ('kind = "casem"\n', "", "lacks 'kind'"),
        ('kind = "casem"', 'kind = "casme"', "none of"),
        ('kind = "casem"', 'kind = "casem"\ncolour = "red"', "unknown key 'colour'"),
        ('"2025-03-27"', '"2025-02-30"', "no ISO 8601 date"),
        ('"2025-03-27"', '"27 mars 2025"', "no ISO 8601 date"),
        ('"2025-03-27"', "2025-03-27", "one line of text"),
        ('"https://example.org/essai"', '"example.org"', "no web address"),
        ('"un-essai"', '"Un essai"', "no slug"),
        ("La fin.", "La **fin**.", "markup"),
        ("## Un", "### Un", "markup"),
        ("intertitre\n\n", "intertitre\n", "blank line is missing after the heading"),
        ("  qui continue", "qui continue", "blank line is missing after the item"),
        ("La fin.", "| a | b |\n|---|---|\n| 1 | 2 |", "tables are for"),
        ("La fin.", "| a | b |\n| 1 |", "same width"),
        (SAMPLE.split("+++\n")[2], "\n", "no body"),
    ],
)
def test_a_bad_text_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    assert old in SAMPLE
    with pytest.raises(DocumentError, match=re.escape(reason)) as caught:
        parse(SAMPLE.replace(old, new), Path("un-essai.md"))
    assert caught.value.details["path"] == "un-essai.md"


def test_a_refused_line_is_numbered() -> None:
    with pytest.raises(DocumentError) as caught:
        parse(SAMPLE.replace("La fin.", "La **fin**."), Path("un-essai.md"))
    assert caught.value.details["line"] == SAMPLE.split("\n").index("La fin.") + 1


def test_the_readme_lists_every_text() -> None:
    readme = provenance.README.read_text(encoding="utf-8")
    fresh = provenance.with_table(readme, (*ALL_TEXTS, *ALL_SCANS))
    assert readme == fresh, "run: python -m corpus.demo.provenance --write"
    for text in (*ALL_TEXTS, *ALL_SCANS):
        assert f"| `{site_of(text)}/{text.id}` |" in readme
        assert f"<{text.source}>" in readme


@pytest.mark.parametrize(
    ("iso", "weekday", "words"),
    [
        ("2025-03-27", True, "jeudi 27 mars 2025"),
        ("2025-08-01", False, "1er août 2025"),
        ("2025-02", True, "février 2025"),
        ("2024", True, "2024"),
        (None, True, ""),
    ],
)
def test_dates_in_words(iso: str | None, weekday: bool, words: str) -> None:
    assert in_words(iso, weekday=weekday) == words


def test_slugs() -> None:
    assert (
        slugify("Défense et Anciens combattants, chargé de l’État") == "defense-et-anciens-combattants-charge-de-l-etat"
    )


# --- the pages


def article_posts(demo: DemoSite) -> list[Post]:
    return [post for name, posts in demo.press.posts.items() if name != "documents" for post in posts]


def test_every_article_gives_its_text_and_nothing_else_with_the_catalogues_selectors(
    demo: DemoSite, client: httpx.Client, sources: dict[str, dict[str, Any]]
) -> None:
    posts = article_posts(demo)
    assert len(posts) == len(ALL_TEXTS) - len(PAPERS)
    for post in posts:
        selectors = sources[post.site.name]["selectors"]
        soup = soup_of(client.get(post.path))
        assert soup.html is not None
        assert str(soup.html["lang"]).startswith("fr")
        assert soup.select_one(f'link[rel=canonical][href="{demo.address}{post.path}"]') is not None
        assert text_of(soup, selectors["title"]) == post.text.title
        assert text_of(soup, selectors["ministry"]) == post.text.ministry
        assert slugify(text_of(soup, selectors["kind"])) == post.text.kind
        publisher = text_of(soup, selectors["publisher"]) if "publisher" in selectors else None
        assert (publisher or sources[post.site.name]["publisher"]) == post.text.publisher
        if post.text.published:
            assert in_words(post.text.published) in text_of(soup, selectors["date"])
        else:
            assert soup.select_one(selectors["date"]) is None
        assert f"Texte de démonstration, reformulé d’après {post.text.source}" in soup.get_text()
        for noise in soup.select(selectors["drop"]):
            noise.decompose()
        body = soup.select_one(selectors["body"])
        assert body is not None
        assert [tag.get_text() for tag in body.find_all(BLOCKS)] == [block.text for block in post.text.blocks]


def test_articles_are_surrounded_by_what_must_not_be_extracted(demo: DemoSite, client: httpx.Client) -> None:
    post = next(post for post in demo.press.posts["latribune"] if post.text.caption)
    soup = soup_of(client.get(post.path))
    content = text_of(soup, ".entry-content")
    assert post.text.caption is not None
    assert post.text.caption in content
    for noise in ("Lire aussi >>", "Partagez", "latribunedufaso.net"):
        assert noise in content
        assert noise not in post.text.plain
    page = soup.get_text(" ")
    for noise in (
        "Laisser un commentaire",
        "Nous utilisons des cookies",
        "Infolettre",
        "Articles récents",
        "dit\u00a0:",
    ):
        assert noise in page
    assert soup.select_one('meta[property="og:title"]') is not None
    published = soup.select_one('meta[property="article:published_time"]')
    assert published is not None
    assert str(published["content"]).startswith(str(post.text.published))
    record = soup.select_one('script[type="application/ld+json"]')
    assert record is not None
    assert '"datePublished"' in record.get_text()


def test_no_internal_link_is_dead(demo: DemoSite, client: httpx.Client) -> None:
    waiting, seen, statuses = ["/"], {"/"}, {}
    while waiting:
        target = waiting.pop()
        response = client.get(target, follow_redirects=True)
        statuses[target] = response.status_code
        if not response.headers["content-type"].startswith("text/html"):
            continue
        for link in BeautifulSoup(response.text, "lxml").select("a[href], link[rel=stylesheet], img[src]"):
            address = urlsplit(urldefrag(urljoin(demo.address + target, str(link.get("href") or link.get("src")))).url)
            found = address.path + (f"?{address.query}" if address.query else "")
            inside = f"{address.scheme}://{address.netloc}" == demo.address
            if inside and "nofollow" not in (link.get("rel") or []) and found not in seen:
                seen.add(found)
                waiting.append(found)
    assert {target: status for target, status in statuses.items() if status != 200} == {BROKEN.path: 500}
    assert {post.path for posts in demo.press.posts.values() for post in posts} <= set(statuses)


def test_markup_in_a_text_stays_text(tmp_path: Path) -> None:
    (tmp_path / "un-essai.md").write_text(SAMPLE, encoding="utf-8")
    with DemoSite(texts=tmp_path) as demo, httpx.Client(base_url=demo.address) as client:
        page = client.get("/latribune/2025/03/un-essai/")
        assert "<script>alert(1)" not in page.text
        assert text_of(soup_of(page), "h1") == "Un <b>essai</b> & rien d’autre"
        record = client.get("/latribune/wp-json/wp/v2/posts").json()[0]
        assert record["title"]["rendered"] == "Un &lt;b&gt;essai&lt;/b&gt; &amp; rien d&#8217;autre"


def test_edited_and_withdrawn_texts_after_a_reload(tmp_path: Path) -> None:
    path = tmp_path / "un-essai.md"
    path.write_text(SAMPLE, encoding="utf-8")
    with DemoSite(texts=tmp_path) as demo, httpx.Client(base_url=demo.address) as client:
        before = client.get("/latribune/2025/03/un-essai/")
        edited = SAMPLE.replace("La fin.", "Une autre fin.").replace(
            'format = "html"', 'format = "html"\nmodified = "2025-04-02"'
        )
        path.write_text(edited, encoding="utf-8")
        demo.reload()
        after = client.get("/latribune/2025/03/un-essai/", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert "Une autre fin." in after.text
        assert after.headers["last-modified"].startswith("Wed, 02 Apr 2025")
        path.unlink()
        demo.reload()
        assert client.get("/latribune/2025/03/un-essai/").status_code == 404


# --- WordPress endpoints


@pytest.mark.parametrize("name", WORDPRESS)
def test_rest_pages_hold_every_post_once(demo: DemoSite, client: httpx.Client, name: str) -> None:
    posts = demo.press.posts[name]
    found: list[dict[str, Any]] = []
    page, pages = 1, 1
    while page <= pages:
        response = client.get(f"/{name}/wp-json/wp/v2/posts", params={"per_page": 3, "page": page})
        assert response.headers["x-wp-total"] == str(len(posts))
        pages = int(response.headers["x-wp-totalpages"])
        found += response.json()
        page += 1
    assert pages == -(-len(posts) // 3)
    assert [record["slug"] for record in found] == [post.text.id for post in posts]
    categories = client.get(f"/{name}/wp-json/wp/v2/categories", params={"per_page": 100}).json()
    names = {category["id"]: category for category in categories}
    parent = next(category["id"] for category in categories if category["slug"] == "ministeres")
    for record, post in zip(found, posts, strict=True):
        assert record["link"] == demo.address + post.path
        ministries = [names[number]["name"] for number in record["categories"] if names[number]["parent"] == parent]
        assert [BeautifulSoup(text, "lxml").get_text() for text in ministries] == [post.text.ministry]
        assert {names[number]["slug"] for number in record["categories"]} >= {post.text.kind}
        whole = post.text.published if len(post.text.published or "") == 10 else None
        assert (record["date"] or "")[:10] == (whole or "")
        assert (record["modified"] or "")[:10] == (post.text.modified or whole or "")
        content = BeautifulSoup(record["content"]["rendered"], "lxml").get_text()
        assert post.text.blocks[-1].text in content


def test_rest_refuses_what_wordpress_refuses(client: httpx.Client) -> None:
    base = "/latribune/wp-json/wp/v2/posts"
    past = client.get(base, params={"page": 999})
    assert (past.status_code, past.json()["code"]) == (400, "rest_post_invalid_page_number")
    for params in ({"per_page": "101"}, {"per_page": "0"}, {"page": "0"}, {"page": "x"}):
        refused = client.get(base, params=params)
        assert (refused.status_code, refused.json()["code"]) == (400, "rest_invalid_param"), params
    assert client.get(f"{base}/1").status_code == 404


def test_rest_narrows(demo: DemoSite, client: httpx.Client) -> None:
    posts = demo.press.posts["latribune"]
    base = "/latribune/wp-json/wp/v2/posts"
    by_slug = client.get(base, params={"slug": posts[0].text.id, "_fields": "id,slug"}).json()
    assert by_slug == [{"id": posts[0].number, "slug": posts[0].text.id}]
    parts = client.get(base, params={"slug": posts[0].text.id, "_fields": "title,content.protected"}).json()
    assert set(parts[0]) == {"title", "content"}
    assert parts[0]["content"] == {"protected": False}
    middle = posts[len(posts) // 2]
    later = client.get(base, params={"after": f"{middle.moment:%Y-%m-%dT%H:%M:%S}", "per_page": 100}).json()
    assert [record["slug"] for record in later] == [post.text.id for post in posts if post.moment > middle.moment]


@pytest.mark.parametrize("name", WORDPRESS)
def test_feed_and_sitemap_list_every_post(demo: DemoSite, client: httpx.Client, name: str) -> None:
    addresses = {demo.address + post.path for post in demo.press.posts[name]}
    links: list[str] = []
    page = 1
    while (response := client.get(f"/{name}/feed/", params={"paged": page})).status_code == 200:
        feed = feedparser.parse(response.content)
        assert not feed.bozo
        links += [entry.link for entry in feed.entries]
        page += 1
    assert response.status_code == 404
    assert sorted(links) == sorted(addresses)
    index = BeautifulSoup(client.get(f"/{name}/wp-sitemap.xml").content, "xml")
    maps = [client.get(loc.get_text()) for loc in index.find_all("loc")]
    located = {loc.get_text() for held in maps for loc in BeautifulSoup(held.content, "xml").find_all("loc")}
    assert addresses <= located


# --- SPIP endpoints


def test_kiosque_sitemap_is_complete_and_the_backend_is_not(demo: DemoSite, client: httpx.Client) -> None:
    posts = demo.press.posts["kiosque"]
    entries = BeautifulSoup(client.get("/kiosque/sitemap.xml").content, "xml").find_all("url")
    dates = {url.loc.get_text(): url.lastmod.get_text() if url.lastmod else None for url in entries if url.loc}
    assert set(dates) == {demo.address + path for path in (BROKEN.path, EMPTY.path, PRIVATE, *(p.path for p in posts))}
    assert all(dates[demo.address + post.path] == post.text.published for post in posts)
    feed = feedparser.parse(client.get("/kiosque/spip.php?page=backend").content)
    assert not feed.bozo
    whole = [post for post in posts if len(post.text.published or "") == 10]
    assert [entry.link for entry in feed.entries] == [demo.address + post.path for post in whole[:10]]


def test_rubriques_lead_to_every_article(demo: DemoSite, client: httpx.Client) -> None:
    found: set[str] = set()
    home = soup_of(client.get("/kiosque/"))
    for rubrique in home.select('nav.nav a[href*="rubrique"]'):
        target: str | None = str(rubrique["href"])
        while target:
            page = soup_of(client.get(urldefrag(target).url))
            found |= {str(link["href"]) for link in page.select(".liste-items .titre a")}
            following = page.select_one("a.suivant")
            target = str(following["href"]) if following else None
    assert found == {BROKEN.path, EMPTY.path, *(post.path for post in demo.press.posts["kiosque"])}


def test_bad_pages_are_bad(client: httpx.Client) -> None:
    assert [client.get(BROKEN.path).status_code for _ in range(2)] == [500, 500]
    assert text_of(soup_of(client.get(EMPTY.path)), ".contenu-article").strip() == ""


def test_robots_close_the_private_part_only(demo: DemoSite, client: httpx.Client) -> None:
    robots = Protego.parse(client.get("/robots.txt").text)
    assert not robots.can_fetch(demo.address + PRIVATE, "Sourcier")
    assert all(robots.can_fetch(demo.address + post.path, "Sourcier") for post in article_posts(demo))


# --- documents


def test_the_list_of_documents_leads_to_every_pdf(
    demo: DemoSite, client: httpx.Client, sources: dict[str, dict[str, Any]]
) -> None:
    selectors = sources["documents"]["selectors"]
    texts = {text.id: text for text in (*PAPERS, *ALL_SCANS)}
    found: list[str] = []
    target: str | None = "/documents/"
    while target:
        page = soup_of(client.get(target))
        for item in page.select(selectors["item"]):
            link = item.select_one(selectors["title"])
            assert link is not None
            response = client.get(str(link["href"]))
            assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
            found.append(Path(str(link["href"])).stem)
            text = texts.get(found[-1])
            if text:
                shown = {role: item.select_one(selectors[role]) for role in ("date", "publisher", "ministry", "kind")}
                words = {role: tag.get_text() if tag else None for role, tag in shown.items()}
                assert words["date"] == in_words(text.published)
                assert (words["publisher"], words["ministry"]) == (text.publisher, text.ministry)
                assert slugify(words["kind"] or "") == text.kind
        following = page.select_one(selectors["next"])
        target = str(following["href"]) if following else None
    assert sorted(found) == sorted([*texts, EMPTY_ID])
    assert len(found) >= 8


def pdf_pages(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range() for page in document]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("text", PAPERS, ids=lambda text: text.id)
def test_a_pdf_holds_its_text(text: DemoText) -> None:
    pages = pdf_pages((PDFS / f"{text.id}.pdf").read_bytes())
    assert text.title.split()[0] in pages[0]
    assert squeezed(text.ministry) in squeezed(pages[0])
    assert in_words(text.published) in pages[0].replace("\u00a0", " ")
    for number, page in enumerate(pages, 1):
        assert f"Page {number}" in page
    # A paragraph may be cut by a page's header and footer: look for its beginning and its end.
    whole = squeezed("".join(pages))
    for block in text.blocks:
        for part in [cell for row in block.rows for cell in row] or [block.text]:
            assert squeezed(part)[:25] in whole, "run: python -m corpus.demo.make_pdfs"
            assert squeezed(part)[-25:] in whole, "run: python -m corpus.demo.make_pdfs"


def test_one_pdf_has_a_table_over_several_pages_of_text() -> None:
    assert any(
        any(block.kind == "table" for block in text.blocks)
        and len(pdf_pages((PDFS / f"{text.id}.pdf").read_bytes())) > 1
        for text in PAPERS
    )


@pytest.mark.parametrize("text", ALL_SCANS, ids=lambda text: text.id)
def test_a_scan_is_a_small_picture_without_text(text: DemoText) -> None:
    content = (PDFS / f"{text.id}.pdf").read_bytes()
    assert len(content) < 150_000
    assert set(pdf_pages(content)) == {""}
    with pypdfium2.PdfDocument(content) as document:
        assert all(len(list(page.get_objects())) == 1 for page in document)


def test_the_empty_pdf_is_one_blank_page() -> None:
    assert pdf_pages((PDFS / f"{EMPTY_ID}.pdf").read_bytes()) == [""]


def test_pdfs_are_made_the_same_every_time() -> None:
    assert laid_out(PAPERS[0]) == laid_out(PAPERS[0])
    assert scanned(ALL_SCANS[0]) == scanned(ALL_SCANS[0])
    assert blank() == blank()


def test_a_text_without_its_pdf_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="make_pdfs"):
        DemoSite(pdfs=tmp_path)


# --- HTTP


def test_every_page_answers_conditional_requests(demo: DemoSite, client: httpx.Client) -> None:
    targets = [
        "/",
        "/robots.txt",
        "/latribune/",
        "/latribune/feed/",
        "/latribune/wp-json/wp/v2/posts",
        "/latribune/wp-sitemap.xml",
        "/kiosque/",
        "/kiosque/sitemap.xml",
        "/kiosque/spip.php?page=backend",
        "/documents/",
        f"/documents/{EMPTY_ID}.pdf",
        "/static/spip.css",
        *(posts[0].path for posts in demo.press.posts.values()),
    ]
    for target in targets:
        first = client.get(target)
        assert first.status_code == 200, target
        etag, modified = first.headers["etag"], first.headers["last-modified"]
        for headers in ({"If-None-Match": etag}, {"If-None-Match": f'W/{etag}, "x"'}, {"If-Modified-Since": modified}):
            again = client.get(target, headers=headers)
            assert (again.status_code, again.content) == (304, b""), (target, headers)
            assert again.headers["etag"] == etag
        stale = client.get(target, headers={"If-None-Match": '"other"', "If-Modified-Since": modified})
        assert (stale.status_code, stale.content) == (200, first.content)
        old = client.get(target, headers={"If-Modified-Since": "Thu, 01 Jan 1998 00:00:00 GMT"})
        assert old.status_code == 200
        assert client.get(target, headers={"If-Modified-Since": "hier"}).status_code == 200


def test_head_has_no_body_and_visits_are_kept(demo: DemoSite) -> None:
    with httpx.Client(base_url=demo.address, headers={"User-Agent": "essai/1"}) as client:
        head = client.head("/kiosque/")
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(client.get("/kiosque/").content)
    mine = [(visit.method, visit.target, visit.status) for visit in demo.visits if visit.user_agent == "essai/1"]
    assert mine == [("HEAD", "/kiosque/", 200), ("GET", "/kiosque/", 200)]


@pytest.mark.parametrize(
    "target",
    [
        "/nulle-part",
        "/latribune/2025/03/nulle-part/",
        "/latribune/page/999/",
        "/latribune/category/ministeres/nulle-part/",
        "/kiosque/nulle-part.html",
        "/kiosque/spip.php?rubrique1",
        "/kiosque/spip.php?page=../../texts",
        "/kiosque/?debut_articles=100000",
        "/kiosque/?debut_articles=x",
        "/documents/nulle-part.pdf",
        "/documents/..%2f..%2ftexts%2fpress.py",
        "/static/..%2fserve.py",
        "/documents/?page=99",
    ],
)
def test_what_is_not_there_is_404(client: httpx.Client, target: str) -> None:
    assert client.get(target).status_code == 404


def test_addresses_without_their_slash_and_short_links_lead_to_the_page(demo: DemoSite, client: httpx.Client) -> None:
    post = demo.press.posts["latribune"][0]
    for target in (post.path.rstrip("/"), f"/latribune/?p={post.number}"):
        response = client.get(target)
        assert (response.status_code, response.headers["location"]) == (301, demo.address + post.path)


def test_a_busy_port_is_named(demo: DemoSite) -> None:
    port = urlsplit(demo.address).port
    assert port is not None
    with pytest.raises(PortBusy) as caught:
        DemoSite(port)
    assert caught.value.details == {"host": "127.0.0.1", "port": port}
