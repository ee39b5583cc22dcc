"""The whole of ingest against real servers and a real store: twice in a row, edits, withdrawals, breakage."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from collecting import article, collect, listing, source
from loopback import FakeClock, Loopback, Reply, Request, page

from corpus.archive import Archive
from corpus.demo.serve import DemoSite
from corpus.demo.sites import load_edition
from corpus.store import Store
from ingest.catalogue import Source, parse
from ingest.fetch import Fetcher
from ingest.run import run


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as server:
        server.answers["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /prive/\n")
        yield server


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    with Store.open(data, create=True, write=True) as opened:
        yield opened


def conditional(text: str, tag: str) -> object:
    def answer(request: Request) -> Reply:
        return Reply(status=304) if request.headers.get("if-none-match") == tag else article(text, tag)

    return answer


def test_second_run_reads_nothing_again(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("a", "b")
    site.answers["/a"] = conditional("Un", '"1"')  # type: ignore[assignment]
    site.answers["/b"] = article("Deux")
    _, first = collect(store, data, source(site))
    assert (first.total("new"), first.total("found")) == (2, 2)
    assert {document.id for document in store.current()} == {"site/a", "site/b"}
    before = store.digest()
    events, second = collect(store, data, source(site))
    assert Counter(event.what for event in events)["unchanged"] == 2
    assert (second.total("not_modified"), second.total("unchanged"), second.total("archived")) == (1, 2, 0)
    assert store.digest() == before
    assert [report["sources"][0]["new"] for report in store.runs()] == [0, 2]


def test_edits_are_new_versions_and_archived(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("a")
    site.answers["/a"] = article("Avant")
    collect(store, data, source(site))
    site.answers["/a"] = article("Après")
    _, report = collect(store, data, source(site))
    assert report.total("edited") == 1
    assert [version.document.title for version in store.versions("site/a")] == ["Avant", "Après"]
    memory = store.fetched(f"{site.address}/a")
    assert memory is not None
    assert "Après".encode() in Archive(data).read(memory.digest)


def test_a_damaged_archive_is_fetched_again(site: Loopback, store: Store, data: Path) -> None:
    tagged = listing("a")
    site.answers["/"] = lambda request: (
        Reply(status=304) if "if-none-match" in request.headers else Reply(tagged.body, headers={"ETag": '"l"'})
    )
    site.answers["/a"] = article("Un")
    collect(store, data, source(site))
    memory = store.fetched(f"{site.address}/")
    assert memory is not None
    (path,) = (data / "archive").rglob(f"{memory.digest}*")
    path.write_bytes(b"")
    _, report = collect(store, data, source(site))
    assert (report.total("found"), report.total("unchanged")) == (1, 1)
    assert report.sources[0].problems[0].reason == "archive_damaged"
    assert Archive(data).read(memory.digest) == tagged.body


def test_withdrawn_after_two_visits_and_restored(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("a", "b")
    site.answers["/a"] = article("Un")
    site.answers["/b"] = article("Deux")
    collect(store, data, source(site))
    site.answers["/"] = listing("b")  # no longer listed, and gone
    del site.answers["/a"]
    events, _ = collect(store, data, source(site))
    assert [(event.what, event.doc) for event in events if event.doc == "site/a"] == [("gone", "site/a")]
    assert store.counts().withdrawn == 0
    _, report = collect(store, data, source(site))  # the same day
    assert (report.total("withdrawn"), report.total("gone")) == (0, 1)
    _, report = collect(store, data, source(site), day=2)
    assert report.total("withdrawn") == 1
    assert [document.id for document in store.current()] == ["site/b"]
    site.answers["/"] = listing("a", "b")
    site.answers["/a"] = article("Un")
    _, report = collect(store, data, source(site))
    assert report.total("restored") == 1
    assert store.counts().withdrawn == 0


def test_one_404_between_good_visits_withdraws_nothing(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("a")
    for day, reply in enumerate((article("Un"), Reply(status=404), article("Un"), Reply(status=404)), 1):
        site.answers["/a"] = reply
        collect(store, data, source(site), day=day)
    assert store.counts().withdrawn == 0


def test_a_redirected_publication_is_withdrawn_too(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("vieux")
    site.answers["/vieux"] = Reply(status=301, headers={"Location": "/neuf"})
    site.answers["/neuf"] = article("Un")
    collect(store, data, source(site))
    assert [document.url for document in store.current()] == [f"{site.address}/neuf"]
    site.answers["/"] = listing("autre")
    site.answers["/autre"] = article("Autre")
    del site.answers["/neuf"]
    for day in (1, 2):
        _, report = collect(store, data, source(site), day=day)
    assert report.total("withdrawn") == 1


def test_a_publication_whose_page_breaks_is_reported_until_it_is_mended(
    site: Loopback, store: Store, data: Path
) -> None:
    site.answers["/"] = listing("a")
    site.answers["/a"] = article("Un")
    collect(store, data, source(site))
    site.answers["/a"] = page("<article></article>")
    for _ in range(2):
        _, report = collect(store, data, source(site))
        assert (report.total("failed"), report.total("unchanged")) == (1, 0)
    assert store.counts().documents == 1
    site.answers["/a"] = article("Un")
    _, report = collect(store, data, source(site))
    assert (report.total("failed"), report.total("unchanged")) == (0, 1)


def test_not_modified_without_a_condition_is_a_failure_of_the_site(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("a", "b")
    site.answers["/a"] = Reply(status=304)
    site.answers["/b"] = article("Deux")
    _, report = collect(store, data, source(site))
    assert (report.total("failed"), report.total("new")) == (1, 1)


def test_bad_pages_are_counted_and_the_run_goes_on(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("panne", "vide", "prive/x", "scan.pdf", "bon", "accueil")
    site.answers["/panne"] = Reply(status=500)
    site.answers["/vide"] = page("<article></article>")
    site.answers["/scan.pdf"] = Reply(b"%PDF-1.4 garbage", headers={"Content-Type": "application/pdf"})
    site.answers["/bon"] = article("Bon")
    site.answers["/accueil"] = Reply(status=302, headers={"Location": "/"})
    for _ in range(2):  # what gave no document is reported at every run, not only at the first
        _, report = collect(store, data, source(site))
        (one,) = report.sources
        assert one.refused == {"robots": 1}
        assert one.failed == {"http_status": 1, "no_text": 1, "pdf_corrupt": 1, "redirects": 1}
        assert {problem.url.rsplit("/", 1)[1] for problem in one.problems} == {
            "panne",
            "vide",
            "x",
            "scan.pdf",
            "accueil",
        }
    assert [document.id for document in store.current()] == ["site/bon"]


def test_same_slug_under_two_addresses(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("2024/bilan", "2025/bilan")
    site.answers["/2024/bilan"] = article("Bilan 2024")
    site.answers["/2025/bilan"] = article("Bilan 2025")
    for _ in range(2):
        collect(store, data, source(site))
    titles = {document.id: document.title for document in store.current()}
    assert sorted(titles.values()) == ["Bilan 2024", "Bilan 2025"]
    assert titles["site/bilan"] == "Bilan 2024"
    assert store.counts().versions == 2


def test_several_sources_and_a_dead_one(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("a")
    site.answers["/a"] = article("Un")
    dead = Source(name="mort", kind="rss", url="http://127.0.0.1:9/", hosts=("127.0.0.1:9",), allow_private=True)
    off = site.source("rss", "/never", enabled=False)
    _, report = collect(store, data, dead, off, source(site))
    assert [(one.name, one.new, sum(one.failed.values()) + sum(one.refused.values())) for one in report.sources] == [
        ("mort", 0, 1),
        ("site", 1, 0),
    ]
    assert "/never" not in site.paths


def test_stopped_run_keeps_what_it_committed(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/"] = listing("a", "b")
    site.answers["/a"] = article("Un")
    site.answers["/b"] = article("Deux")
    with Fetcher("Sourcier/0.1", clock=FakeClock()) as fetcher:
        events = run([source(site)], store, Archive(data), fetcher)
        while next(events).what != "stored":
            pass
        events.close()
    assert [document.id for document in store.current()] == ["site/a"]
    assert store.runs()[0]["interrupted"] is True
    assert store.runs()[0]["sources"][0]["new"] == 1
    assert "/b" not in site.paths


def test_folder_of_files(store: Store, data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    folder.mkdir()
    (folder / "note.txt").write_text("Note\n\nUn texte assez long pour être lu.", encoding="utf-8")
    local = Source(name="dossier", kind="files", url=str(folder))
    assert collect(store, data, local)[1].total("new") == 1
    assert collect(store, data, local)[1].total("unchanged") == 1
    (folder / "note.txt").unlink()
    assert [collect(store, data, local, day=day)[1].total("withdrawn") for day in (1, 2)] == [0, 1]


def test_demo_sites_come_out_as_they_were_written(store: Store, data: Path) -> None:
    texts = {f"{name}/{post.text.id}": post.text for name, posts in load_edition().items() for post in posts}
    with DemoSite() as demo:
        catalogue = demo.catalogue().replace("[[source]]", "[[source]]\nocr = false")  # as without tesseract
        sources = parse(catalogue, Path("catalogue.toml"))
        _, first = collect(store, data, *sources)
        seen = len(demo.visits)
        _, second = collect(store, data, *sources)
        again = demo.visits[seen:]
    documents = {document.id: document for document in store.current()}
    scans = {doc for doc, text in texts.items() if text.format == "scan"}
    assert set(documents) == set(texts) - scans
    for doc, document in documents.items():
        text = texts[doc]
        wanted = (text.title, text.published, text.publisher, text.ministry, text.kind)
        got = (document.title, document.published, document.publisher, document.ministry, document.kind)
        assert got == wanted
        if text.format == "html":
            assert document.text == text.plain
        else:
            assert text.plain.replace("\u00a0", " ") in document.text.replace("\u00a0", " ")
    kiosque = next(one for one in first.sources if one.name == "kiosque")
    papers = next(one for one in first.sources if one.name == "documents")
    assert kiosque.failed == {"http_status": 1, "no_text": 1}
    assert kiosque.refused == {"robots": 1}
    assert papers.failed == {"pdf_unread": len(scans), "pdf_without_text": 1}
    assert second.total("fetched") == second.total("new") == second.total("edited") == 0
    assert second.total("unchanged") == len(documents)
    assert {visit.status for visit in again} <= {200, 304, 500}
