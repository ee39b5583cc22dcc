"""Declarations are read strictly: what is wrong is named with its line and key."""

import json
from pathlib import Path

import pytest

from corpus.errors import CatalogueError
from ingest.catalogue import Source, load, parse

GOOD = """
[[source]]
name = "ministere"
kind = "wordpress"
url = "https://www.exemple.bf/actualites/"
publisher = "exemple.bf"
delay_seconds = 2
[source.selectors]
body = ".entry-content"

[[source]]
name = "dossier"
kind = "files"
url = "fichiers"
enabled = false
"""


def test_sources_with_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(GOOD, encoding="utf-8")
    site, folder = load(path)
    assert (site.name, site.delay_seconds, site.allow_private, site.enabled) == ("ministere", 2.0, False, True)
    assert site.hosts == ("www.exemple.bf", "exemple.bf")
    assert site.selectors["body"] == ".entry-content"
    assert (folder.url, folder.enabled) == (str(tmp_path / "fichiers"), False)


def test_hosts_bind_the_port() -> None:
    (source,) = parse('[[source]]\nname="a"\nkind="rss"\nurl="http://127.0.0.1:8808/x"\n', Path("c.toml"))
    assert source.allows("http://127.0.0.1:8808/y")
    assert not source.allows("http://127.0.0.1:9999/y")
    assert not source.allows("http://127.0.0.1/y")


def test_usual_ports_need_not_be_named() -> None:
    site, _ = parse(GOOD, Path("c.toml"))
    assert site.allows("http://exemple.bf/a")
    assert site.allows("https://www.exemple.bf:443/a")
    assert not site.allows("https://exemple.bf.attaquant.net/a")
    assert not site.allows("https://exemple.bf:8443/a")


def test_addresses_are_in_their_normal_form() -> None:
    """Discovery builds on `url` and compares with it; hosts are compared as they go over the wire."""
    text = '[[source]]\nname="a"\nkind="spip"\nurl="https://WWW.Ministère.bf"\n'
    (source,) = parse(text, Path("c.toml"))
    assert source.url == "https://www.xn--ministre-60a.bf/"
    assert source.allows(source.url) and source.allows("https://xn--ministre-60a.bf/x")
    (source,) = parse(f'{text}hosts=["Ministère.bf:8443"]\n', Path("c.toml"))
    assert source.hosts == ("xn--ministre-60a.bf:8443",)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://a.bf'\ndelai = 3\n", 5, "delai"),
        ("[[source]]\nname = 'a'\nkind = 'drupal'\nurl = 'http://a.bf'\n", 3, "kind"),
        ("[[source]]\nname = 'a'\nkind = 'rss'\n", 1, "url"),
        ("[[source]]\nname = 'é a'\nkind = 'rss'\nurl = 'http://a.bf'\n", 2, "name"),
        ("[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'ftp://a.bf'\n", 4, "url"),
        ("[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://u:p@a.bf'\n", 4, "url"),
        ("[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://a.bf'\nmax_pages = true\n", 5, "max_pages"),
        ("[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://a.bf'\nmax_pages = 0\n", 5, "max_pages"),
        ("[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://a.bf'\nhosts = []\n", 5, "hosts"),
        ("[[source]]\nname = 'a'\nkind = 'listing'\nurl = 'http://a.bf'\n", 1, "selectors"),
        ("[[source]]\nname='a'\nkind='rss'\nurl='http://a.bf'\n[source.selectors]\nbody = 'div['\n", 6, "body"),
        ("[[source]]\nname='a'\nkind='rss'\nurl='http://a.bf'\n[source.selectors]\ncorps = 'div'\n", 6, "corps"),
        ("[[source]]\nname='a'\nkind='rss'\nurl='http://a.bf'\n" * 2, 6, "name"),
        ("[sources]\nname = 'a'\n", 1, "sources"),
        ("[[source]]\nname = 'a\n", 2, None),
    ],
)  # fmt: skip
def test_errors_name_line_and_key(text: str, line: int, key: str | None) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse(text, Path("sources.toml"))
    assert caught.value.details["path"] == "sources.toml"
    assert (caught.value.details["line"], caught.value.details["key"]) == (line, key)


def test_missing_and_garbled_files(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        load(tmp_path / "rien.toml")
    bad = tmp_path / "latin.toml"
    bad.write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(CatalogueError):
        load(bad)


# The catalogue that comes with Sourcier.


def test_the_shipped_catalogue_of_burkina_faso_is_sound_and_off() -> None:
    sources = load(Path("burkina"))
    assert len(sources) >= 25
    assert not any(source.enabled for source in sources)  # nobody has tried them from here
    assert all(source.publisher and source.delay_seconds >= 1 and source.pages_per_run for source in sources)
    assert {source.kind for source in sources} >= {"wordpress", "spip", "sitemap"}
    hosts = [source.hosts[0].removeprefix("www.") for source in sources]
    assert len(set(hosts)) == len(hosts)
    assert not any(source.allow_private for source in sources)


def test_a_file_goes_before_a_shipped_catalogue_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("burkina").write_text("[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://a.bf'\n", encoding="utf-8")
    assert [source.name for source in load(Path("burkina"))] == ["a"]


# Hours, declarations.


@pytest.mark.parametrize(
    ("hours", "time", "is_open"),
    [
        ("", "12:00", True),
        ("22-06", "21:59", False),
        ("22-06", "22:00", True),
        ("22-06", "05:59", True),
        ("22-06", "06:00", False),
        ("08:30-12:15", "08:29", False),
        ("08:30-12:15", "12:14", True),
        ("0-24", "23:59", True),
        ("10-10", "03:00", True),
    ],
)
def test_hours(hours: str, time: str, is_open: bool) -> None:
    source = Source(name="a", kind="rss", url="http://a.bf/", hours=hours)
    assert source.open_at(f"2026-11-22T{time}:00Z") is is_open


@pytest.mark.parametrize("hours", ["22", "25-06", "22-6h", "22:61-06", "-"])
def test_bad_hours_are_refused(hours: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse(f"[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://a.bf'\nhours = '{hours}'\n", Path("c.toml"))
    assert (caught.value.details["reason"], caught.value.details["line"]) == ("bad_hours", 5)


def test_a_declaration_comes_back_from_json() -> None:
    text = "[[source]]\nname='a'\nkind='listing'\nurl='https://a.bf'\nhours='22-06'\n[source.selectors]\nitem='a'\n"
    (source,) = parse(text, Path("c.toml"))
    kept = json.loads(json.dumps(source.declaration()))
    assert Source.declared(kept) == source
    assert Source.declared({**kept, "of_a_later_version": 1}) == source
