"""Files attached to publications: found where they are joined, collected with them, kept until they are gone."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from collecting import PROSE, collect, listing, source
from loopback import Loopback, Reply, page

from corpus.demo.press import PDFS
from corpus.store import Store
from ingest.catalogue import Source
from ingest.extract import Body, extract
from ingest.values import Extracted, Found

URL = "https://www.exemple.bf/2025/03/bilan/"
PDF = next(iter(sorted(PDFS.glob("*.pdf")))).read_bytes()


def attached(body: str, kind: str = "rss", **values: object) -> list[tuple[str, str]]:
    """(path, title) of what a page brings along."""
    site = Source(name="s", kind=kind, url=URL, hosts=("www.exemple.bf",), **values)  # type: ignore[arg-type]
    html = f"<html><head><title>Bilan</title></head><body>{body}</body></html>".encode()
    read = extract(
        Body(data=html, content_type="text/html", name=URL), doc="s/x", url=URL, source=site, found=Found(url=URL)
    )
    assert isinstance(read, Extracted)
    assert all(one.via == URL for one in read.attachments)
    return [(one.url.removeprefix("https://www.exemple.bf"), one.title) for one in read.attachments]


@pytest.mark.parametrize(
    ("kind", "body", "wanted"),
    [
        ("rss", f"<article>{PROSE}<p><a href='/f/a.pdf'>Bilan</a></p></article>", [("/f/a.pdf", "Bilan")]),
        ("rss", f"<main>{PROSE}<a href='a.PDF?v=1#p'>Télécharger</a></main>", [("/2025/03/bilan/a.PDF?v=1", "Bilan")]),
        ("rss", f"<article>{PROSE}</article><aside><a href='/f/a.pdf'>Autre</a></aside>", []),
        ("rss", f"<article>{PROSE}<div class=comments><a href='/f/a.pdf'>vu ici</a></div></article>", []),
        ("rss", f"<article>{PROSE}<a href='https://a.example/a.pdf'>Ailleurs</a><a href='//['>x</a></article>", []),
        (
            "wordpress",
            f"<article><div class=entry-content>{PROSE}<div class=wp-block-file><a href='/f/n.docx'>Note</a>"
            "<a href='/f/n.docx' class=wp-block-file__button download>Télécharger</a></div></div></article>",
            [("/f/n.docx", "Note")],
        ),
        (
            "spip",
            f"<div class=texte>{PROSE}</div><div id=documents_joints><h2>Documents joints</h2><ul><li>"
            "<div class='spip_doc_titre'><a href='IMG/pdf/plan.pdf'>Plan d’action</a></div></li></ul></div>",
            [("/2025/03/bilan/IMG/pdf/plan.pdf", "Plan d’action")],
        ),
    ],
)
def test_files_are_found_where_they_are_joined(kind: str, body: str, wanted: list[tuple[str, str]]) -> None:
    assert attached(body, kind) == wanted
    assert attached(body, kind, attachments=False) == []


def test_a_directory_of_files_is_no_publication() -> None:
    links = "".join(f"<a href='/f/{number}.pdf'>Rapport {number}</a>" for number in range(500))
    assert len(attached(f"<article>{PROSE}{links}</article>")) == 50


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as server:
        server.answers["/robots.txt"] = Reply(status=404)
        server.answers["/"] = listing("a", "b")
        link = "<p><a href='/f/rapport.pdf'>Rapport du premier trimestre</a></p>"
        server.answers["/a"] = page(f"<article><h1>Titre a</h1>{PROSE}{link}</article>", ETag='"a"')
        server.answers["/b"] = page(f"<article><h1>Titre b</h1>{PROSE}</article>", ETag='"b"')
        server.answers["/f/rapport.pdf"] = Reply(PDF, headers={"Content-Type": "application/pdf", "ETag": '"f"'})
        yield server


def test_an_attached_file_is_collected_asked_again_and_withdrawn_only_when_it_is_gone(
    site: Loopback, tmp_path: Path
) -> None:
    blog = source(site, complete=True)
    with Store.open(tmp_path, create=True, write=True) as store:
        _, report = collect(store, tmp_path, blog, day=1)
        assert (report.total("found"), report.total("new")) == (3, 3)
        assert store.get("site/rapport").title == "Rapport du premier trimestre"
        for day in (2, 4):  # its page is not read again, so nothing names it: it is still there
            events, report = collect(store, tmp_path, blog, day=day)
            assert (report.total("gone"), report.total("withdrawn"), store.withdrawals()) == (0, 0, {})
            assert [event for event in events if event.what == "alarm"] == []
        site.answers["/a"] = page(f"<article><h1>Titre a</h1>{PROSE}<p>Sans rapport.</p></article>")
        assert collect(store, tmp_path, blog, day=5)[1].total("withdrawn") == 0
        del site.answers["/f/rapport.pdf"]
        for day in (6, 8):
            _, report = collect(store, tmp_path, blog, day=day)
        assert (report.total("withdrawn"), list(store.withdrawals())) == (1, ["site/rapport"])


def test_files_count_against_the_most_pages_of_a_source(site: Loopback, tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        assert collect(store, tmp_path, source(site, max_pages=2))[1].total("new") == 2


def test_selectors_of_the_declaration_say_where_files_stand() -> None:
    own = MappingProxyType({"body": ".corps"})
    body = f"<article><div class=corps>{PROSE}<a href='/f/a.pdf'>A</a></div><a href='/f/b.pdf'>B</a></article>"
    assert attached(body, selectors=own) == [("/f/a.pdf", "A")]
