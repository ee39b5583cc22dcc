"""Listings of every kind, as sites give them and as they break them."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import FakeClock, Loopback, Reply, page

from ingest.catalogue import Source
from ingest.discover import discover
from ingest.fetch import Fetcher
from ingest.values import Found, NotModified, Page, Refusal


class Visitor:
    """Discovery's view of a fetcher."""

    def __init__(self, fetcher: Fetcher, source: Source) -> None:
        self._fetcher = fetcher
        self._source = source

    def page(self, url: str) -> Page | Refusal:
        result = self._fetcher.get(url, self._source)
        assert not isinstance(result, NotModified)
        return result

    def sitemaps(self, url: str) -> tuple[str, ...]:
        return self._fetcher.sitemaps(url, self._source)


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as server:
        server.answers["/robots.txt"] = Reply(status=404)
        yield server


def walk(source: Source) -> list[Found | Refusal]:
    with Fetcher("Sourcier/0.1", clock=FakeClock()) as fetcher:
        return list(discover(source, Visitor(fetcher, source)))


def urls(items: list[Found | Refusal], site: Loopback) -> list[str]:
    return [item.url.removeprefix(site.address) for item in items if isinstance(item, Found)]


def xml(body: str) -> Reply:
    return Reply(body.encode(), headers={"Content-Type": "application/xml"})


def posts(site: Loopback, numbers: range, **more: object) -> list[dict[str, object]]:
    return [
        {
            "link": f"{site.address}/2025/03/post-{number}/",
            "date": "2025-03-27T09:30:00",
            "modified": "2025-03-28T09:30:00",
            "title": {"rendered": f"Titre n&rsquo;{number} &amp; <em>suite</em>"},
            "status": "publish",
            **more,
        }
        for number in numbers
    ]


def as_json(value: object, **headers: str) -> Reply:
    return Reply(json.dumps(value).encode(), headers=headers)


REST = (
    "/wp-json/wp/v2/posts?per_page=100&page={}&_fields="
    "id,link,date,modified,title,status,type,content.protected,categories,_links.wp:attachment"
)
CATEGORIES = "/wp-json/wp/v2/categories?per_page=100&page=1&_fields=id,name,slug"
MEDIA = (
    "/wp-json/wp/v2/media?per_page=100&page=1&_fields=source_url,mime_type,title,modified,post&media_type=application"
)


def test_wordpress_rest_is_read_page_by_page(site: Loopback) -> None:
    total = {"X-WP-TotalPages": "2"}
    site.answers[REST.format(1)] = as_json(posts(site, range(100)), **total)
    last = posts(site, range(100, 103))
    hidden = posts(site, range(200, 201), status="private")
    locked = posts(site, range(300, 301), content={"protected": True})
    site.answers[REST.format(2)] = as_json([*last, *hidden, *locked], **total)
    found = walk(site.source("wordpress"))
    assert len(found) == 103
    first = found[0]
    assert isinstance(first, Found)
    assert (first.title, first.published, first.modified) == ("Titre n’0 & suite", "2025-03-27", "2025-03-28")
    assert len(site.paths) == 2


@pytest.mark.parametrize("total", ["²", "9" * 5000, "-1", "x"])
def test_a_number_of_pages_that_is_none_is_passed_over(site: Loopback, total: str) -> None:
    site.answers[REST.format(1)] = as_json(posts(site, range(3)), **{"X-WP-TotalPages": total})
    assert len([item for item in walk(site.source("wordpress")) if isinstance(item, Found)]) == 3


def test_half_a_surrogate_pair_is_in_no_address(site: Loopback) -> None:
    site.answers[REST.format(1)] = as_json([*posts(site, range(1)), *posts(site, range(1), link="http://a.bf/\ud800")])
    assert len(walk(site.source("wordpress"))) == 1


def test_wordpress_without_rest_uses_feed_and_sitemap(site: Loopback) -> None:
    site.answers[REST.format(1)] = as_json({"code": "rest_disabled"})
    site.answers["/feed/"] = xml(
        "<?xml version='1.0'?><rss version='2.0'><channel><item><title>Neuf &amp;amp; frais</title>"
        f"<link>{site.address}/neuf/</link><pubDate>Thu, 27 Mar 2025 23:30:00 +0000</pubDate></item></channel></rss>"
    )
    site.answers["/wp-sitemap.xml"] = xml(
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<sitemap><loc>{site.address}/wp-sitemap-posts-post-1.xml</loc></sitemap>"
        f"<sitemap><loc>{site.address}/wp-sitemap-taxonomies-category-1.xml</loc></sitemap></sitemapindex>"
    )
    site.answers["/wp-sitemap-posts-post-1.xml"] = xml(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<url><loc>{site.address}/neuf/</loc></url><url><loc>{site.address}/vieux/</loc></url></urlset>"
    )
    found = walk(site.source("wordpress"))
    assert urls(found, site) == ["/neuf/", "/vieux/"]
    assert isinstance(found[0], Found)
    assert (found[0].title, found[0].published) == ("Neuf & frais", "2025-03-27")
    assert "/wp-sitemap-taxonomies-category-1.xml" not in site.paths


def test_wordpress_without_anything_says_why(site: Loopback) -> None:
    (only,) = [item for item in walk(site.source("wordpress")) if "wp-json" in item.url]
    assert isinstance(only, Refusal)
    assert only.status == 404


def test_wordpress_categories_and_files_of_published_posts(site: Loopback) -> None:
    links = {"wp:attachment": [{"href": f"{site.address}/wp-json/wp/v2/media?parent=1"}]}
    (first,) = posts(site, range(1), id=1, categories=[9, 4], _links=links)
    (second,) = posts(site, range(1, 2), id=2, categories=[1], _links=links)
    (draft,) = posts(site, range(2, 3), id=3, status="draft", categories=[4], _links=links)
    site.answers[REST.format(1)] = as_json([first, second, draft])
    site.answers[CATEGORIES] = as_json(
        [
            {"id": 4, "name": "Appels d&rsquo;offres", "slug": "appels"},
            {"id": 1, "name": "Non classé", "slug": "non-classe"},
        ]
    )
    files = {"rapport-2024": 1, "Bilan de l&rsquo;année": 2, "projet": 3, "rangé nulle part": 0, "photo": 1}
    site.answers[MEDIA] = as_json(
        [
            {
                "source_url": f"{site.address}/f/{number}",
                "mime_type": "image/png" if name == "photo" else "application/pdf",
                "title": {"rendered": name},
                "modified": "2025-03-28T09:30:00",
                "post": parent or None,
            }
            for number, (name, parent) in enumerate(files.items())
        ]
    )
    found = [item for item in walk(site.source("wordpress")) if isinstance(item, Found)]
    assert urls(list(found), site) == ["/2025/03/post-0/", "/2025/03/post-1/", "/f/0", "/f/1"]
    assert [item.kind for item in found] == ["Appels d’offres", "", "Appels d’offres", ""]
    assert [item.title for item in found[2:]] == ["Titre n’0 & suite", "Bilan de l’année"]
    assert [item.via for item in found] == ["", "", found[0].url, found[1].url]
    assert [item.url for item in walk(site.source("wordpress", attachments=False)) if isinstance(item, Found)] == [
        item.url for item in found[:2]
    ]


@pytest.mark.parametrize("other", [None, page("<html><h1>Accueil</h1></html>")], ids=["404", "home page"])
def test_wordpress_without_permalinks(site: Loopback, other: Reply | None) -> None:
    if other is not None:
        site.answers[REST.format(1)] = other
    plain = REST.format(1).replace("/wp-json/wp/v2/posts?", "/?rest_route=/wp/v2/posts&")
    site.answers[plain] = as_json(posts(site, range(2)))
    assert urls(walk(site.source("wordpress")), site) == ["/2025/03/post-0/", "/2025/03/post-1/"]


def test_spip_joins_backend_and_sitemap_without_rubriques(site: Loopback) -> None:
    site.answers["/spip.php?page=backend"] = xml(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item><title>CASEM</title>"
        f"<link>{site.address}/spip.php?article12</link><dc:date>2025-03-27T10:00:00Z</dc:date></item></channel></rss>"
    )
    site.answers["/sitemap.xml"] = xml(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        + "".join(
            f"<url><loc>{site.address}/{path}</loc></url>"
            for path in ("", "spip.php?article12", "spip.php?article7", "spip.php?rubrique3", "spip.php?mot4")
        )
        + "</urlset>"
    )
    found = walk(site.source("spip"))
    assert urls(found, site) == ["/spip.php?article12", "/spip.php?article7"]
    assert isinstance(found[0], Found)
    assert (found[0].title, found[0].published) == ("CASEM", "2025-03-27")


def test_spip_without_a_sitemap_is_read_by_its_rubriques_page_by_page(site: Loopback) -> None:
    """Own addresses (article7) and « propres » ones; the menu, the paging and a loop of rubriques."""
    menu = "<nav><a href='spip.php?rubrique1'>Actualités</a> <a href='/-Rapports-'>Rapports</a></nav>"
    site.answers["/spip.php?page=plan"] = page(menu)
    site.answers["/"] = page(f"{menu}<h2><a href='Un-communique'>Un communiqué</a></h2>")
    paging = "<a class=lien_pagination href='spip.php?rubrique1&amp;debut_articles={}#pagination_articles'>2</a>"
    item = "<li class=item><h3><a href='spip.php?article{0}'>Article {0}</a></h3></li>"
    whole = [item.format(number) for number in range(25)]
    for start in (0, 10, 20):
        path = f"/spip.php?rubrique1&debut_articles={start}" if start else "/spip.php?rubrique1"
        links = "".join(paging.format(other) for other in (10, 20))
        listed = "".join(whole[start : start + 10])
        site.answers[path] = page(f"{menu}<ul class=liste>{listed}</ul>{links}<a href='spip.php?mot3'>mot</a>")
    site.answers["/-Rapports-"] = page(
        f"{menu}<ul class=articles><li><a href='/Rapport-annuel'>Rapport annuel</a> <a href='http://x.example/'>x</a>"
        "</ul><aside><h3><a href='/A-propos'>À propos</a></h3></aside>"
    )
    found = walk(site.source("spip"))
    assert [item for item in found if isinstance(item, Refusal)] == []
    wanted = {"/Un-communique", "/Rapport-annuel", *(f"/spip.php?article{number}" for number in range(25))}
    assert set(urls(found, site)) == wanted
    assert len(found) == len(wanted)
    titles = {item.url.rpartition("/")[2]: item.title for item in found if isinstance(item, Found)}
    assert titles["Rapport-annuel"] == "Rapport annuel"


def test_spip_whose_sitemap_forgets_an_article_of_its_feed_is_read_by_rubriques_too(site: Loopback) -> None:
    site.answers["/spip.php?page=backend"] = xml(
        "<rss version='2.0'><channel><item><title>Neuf</title>"
        f"<link>{site.address}/spip.php?article12</link></item></channel></rss>"
    )
    site.answers["/sitemap.xml"] = xml(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<url><loc>{site.address}/spip.php?article7</loc></url></urlset>"
    )
    site.answers["/"] = page("<a href='spip.php?rubrique1'>Actualités</a>")
    site.answers["/spip.php?rubrique1"] = page("<a href='spip.php?article3'>Trois</a>")
    assert urls(walk(site.source("spip")), site) == [f"/spip.php?article{number}" for number in (12, 7, 3)]


def test_a_rubrique_that_cannot_be_read_is_said(site: Loopback) -> None:
    site.answers["/"] = page("<a href='spip.php?rubrique1'>Une</a><a href='spip.php?article3'>Trois</a>")
    found = walk(site.source("spip"))
    assert urls(found, site) == ["/spip.php?article3"]
    assert [item.url.rpartition("/")[2] for item in found if isinstance(item, Refusal)] == ["spip.php?rubrique1"]


def test_atom_feed(site: Loopback) -> None:
    site.answers["/atom"] = xml(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Un</title><link href='/un'/>"
        "<published>2025-03-27T00:10:00+02:00</published><updated>2025-04-01T00:00:00Z</updated></entry></feed>"
    )
    assert walk(site.source("rss", "/atom")) == [
        Found(url=f"{site.address}/un", title="Un", published="2025-03-27", modified="2025-04-01")
    ]


def test_sitemaps_nested_gzipped_named_by_robots_and_looping(site: Loopback) -> None:
    index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</sitemapindex>"
    site.answers["/robots.txt"] = Reply(f"Sitemap: {site.address}/plan.xml\n".encode())
    entries = "".join(f"<sitemap><loc>{site.address}/{name}</loc></sitemap>" for name in ("a.xml.gz", "plan.xml"))
    site.answers["/plan.xml"] = xml(index.format(entries))
    urlset = (
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        "<url><loc>/un</loc><lastmod>2025-03-27T10:00:00Z</lastmod></url></urlset>"
    )
    site.answers["/a.xml.gz"] = Reply(gzip.compress(urlset.encode()))
    found = Found(url=f"{site.address}/un", modified="2025-03-27", stamp="2025-03-27T10:00:00Z")
    assert walk(site.source("sitemap")) == [found]
    assert site.paths == ["/plan.xml", "/a.xml.gz"]


def test_xml_entities_are_never_expanded(site: Loopback, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://secret.example/x")
    laughs = "".join(f"<!ENTITY l{n} '{inner * 10}'>" for n, inner in ((n, f"&l{n - 1};") for n in range(1, 12)))
    site.answers["/sitemap.xml"] = xml(
        f"<!DOCTYPE urlset [<!ENTITY f SYSTEM '{secret.as_uri()}'><!ENTITY l0 'ha'>{laughs}]>"
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        "<url><loc>&f;</loc></url><url><loc>/&l11;</loc></url><url><loc>/bon</loc></url></urlset>"
    )
    (only,) = walk(site.source("sitemap", "/sitemap.xml"))
    assert isinstance(only, Refusal)
    assert only.reason == "bad_listing"


def test_what_is_no_listing_is_said(site: Loopback) -> None:
    site.answers["/sitemap.xml"] = page("<html>Erreur</html>")
    (only,) = walk(site.source("sitemap", "/sitemap.xml"))
    assert isinstance(only, Refusal)
    assert only.reason == "bad_listing"


LISTING = """<ul><li class=doc><a class=titre href="/f/{0}.pdf">Rapport {0}</a>
<span class=date>27 mars 2025</span><b class=min>Ministère : Santé</b></li></ul>{1}"""
SELECTORS = {"item": "li.doc", "title": ".titre", "date": ".date", "ministry": ".min", "next": "a.suivant"}


def test_listing_follows_next_pages_and_reads_items(site: Loopback) -> None:
    site.answers["/"] = page(LISTING.format("a", "<a class=suivant href='?p=2'>suite</a>"))
    site.answers["/?p=2"] = page(LISTING.format("b", "<a class=suivant href='/'>boucle</a>"))
    found = walk(site.source("listing", selectors=SELECTORS))
    assert urls(found, site) == ["/f/a.pdf", "/f/b.pdf"]
    assert found[1] == Found(url=f"{site.address}/f/b.pdf", title="Rapport b", published="2025-03-27", ministry="Santé")


def test_max_pages_bounds_a_listing_of_ten_thousand_links(site: Loopback) -> None:
    links = "".join(f"<a class=l href='/a{number}'>x</a>" for number in range(10_000))
    site.answers["/"] = page(links)
    assert len(walk(site.source("listing", selectors={"item": "a.l"}, max_pages=50))) == 50


def test_endless_pages_end(site: Loopback) -> None:
    class Endless(dict):  # type: ignore[type-arg]
        def get(self, path: str, default: object = None) -> object:
            if path == "/robots.txt":
                return default
            number = int(path.partition("=")[2] or 0)
            return page(f"<a class=l href='/a{number}'>x</a><a rel=next href='/?p={number + 1}'>x</a>")

    site.answers = Endless()
    assert len(walk(site.source("listing", selectors={"item": "a.l"}))) == 500


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.txt", "b/a.PDF", "image.png"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "lien.txt").symlink_to("/etc/hostname")
    source = Source(name="d", kind="files", url=str(tmp_path))
    assert [Path(item.local).name for item in walk(source) if isinstance(item, Found)] == ["a.PDF", "z.txt"]
    (missing,) = walk(Source(name="d", kind="files", url=str(tmp_path / "absent")))
    assert isinstance(missing, Refusal)
