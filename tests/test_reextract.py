"""Reading again offline, versions and their differences, trying a declaration, showing what would be fetched."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from builders import document
from collecting import article, collect, listing, source
from loopback import FakeClock, Loopback, Reply

from corpus.archive import Archive
from corpus.diff import changes
from corpus.records import Version
from corpus.store import Store
from ingest.catalogue import Source
from ingest.extract import Body, extract
from ingest.fetch import Fetcher
from ingest.preview import preview
from ingest.reextract import reextract
from ingest.report import Problem
from ingest.trial import check, record
from ingest.values import Extracted, Found
from ui.history import history

PAIRS = Path(__file__).parent / "pages" / "sites"


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as server:
        server.answers["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /prive/\n")
        server.answers["/"] = listing("a", "b", "prive/x")
        server.answers["/a"] = article("Un", '"1"')
        server.answers["/b"] = article("Deux")
        yield server


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher("Sourcier/0.1", clock=FakeClock()) as built:
        yield built


# Reading again.


def outcomes(store: Store, data: Path, *catalogue: Source, apply: bool = False) -> Counter[str]:
    return Counter(
        each.outcome for each in reextract(store, Archive(data), FakeClock(), catalogue=catalogue, apply=apply)
    )


def test_reading_again_shows_then_applies_and_needs_no_site(site: Loopback, data: Path) -> None:
    with Store.open(data, create=True, write=True) as store:
        collect(store, data, source(site))
        asked = len(site.requests)
        assert outcomes(store, data) == {"same": 2}
        better = source(site, selectors={"item": "a.l", "body": "article p:nth-of-type(1)"})
        assert outcomes(store, data, better) == {"changed": 2}
        assert [version.number for version in store.versions("site/a")] == [1]  # only shown
        assert outcomes(store, data, better, apply=True) == {"changed": 2}
        assert outcomes(store, data, better) == {"same": 2}
        first, second = store.versions("site/a")
        assert "dit la note" in first.document.text and "dit la note" not in second.document.text
        assert (first.reread, second.reread) == (False, True)
        assert len(site.requests) == asked


def test_what_the_listing_said_is_remembered(site: Loopback, data: Path) -> None:
    site.answers["/"] = Reply(
        b"<div class=i><a href=/note.txt>Titre de la liste</a> <span>27 mars 2025</span></div>",
        headers={"Content-Type": "text/html; charset=utf-8"},
    )
    site.answers["/note.txt"] = Reply(b"Un texte assez long, sans titre ni date.",
                                      headers={"Content-Type": "text/plain; charset=utf-8"})  # fmt: skip
    with Store.open(data, create=True, write=True) as store:
        collect(store, data, source(site, selectors={"item": "div.i"}))
        kept = store.get("site/note")
        assert (kept.title, kept.published) == ("Titre de la liste", "2025-03-27")
        assert outcomes(store, data) == {"same": 1}


def test_what_cannot_be_read_again_is_told_and_kept(site: Loopback, data: Path) -> None:
    with Store.open(data, create=True, write=True) as store:
        collect(store, data, source(site))
        (archived,) = (data / "archive").rglob(f"{store.visits()['site/a'].digest}*")
        archived.write_bytes(b"")
        nothing = source(site, selectors={"item": "a.l", "body": "h1"})
        assert outcomes(store, data, nothing, apply=True) == {"not_archived": 1, "lost": 1}
        assert store.counts().versions == 2
        store.put(document("x", source="inconnue"), "2026-11-01T10:00:00Z")
        visit = store.visits()["site/b"]
        store.remember(replace(visit, url="https://example.org/x", doc="essai/x"))
        assert outcomes(store, data)["no_declaration"] == 1


# What changed.


def test_changes_are_told_by_field_and_paragraph() -> None:
    before = document(text="Le taux est de 88,02 % au 31 décembre.\n\nRien ici.\n\nFin.", published="2025-03-27")
    after = replace(before, text="Le taux est de 89,10 % au 31 décembre.\n\nFin.\n\nUne note.", published="2025-03-28")
    found = changes(before, after)
    assert [change.field for change in found] == ["published", "text", "text", "text"]
    told = [[(piece.kind, piece.text) for piece in change.pieces if piece.kind != "same"] for change in found]
    assert told == [
        [("removed", "2025-03-27"), ("added", "2025-03-28")],
        [("removed", "88,02"), ("added", "89,10")],
        [("removed", "Rien ici.")],
        [("added", "Une note.")],
    ]
    assert changes(before, before) == ()
    for change in found:  # without what was added the old value, without what was removed the new one
        old = "".join(piece.text for piece in change.pieces if piece.kind != "added")
        new = "".join(piece.text for piece in change.pieces if piece.kind != "removed")
        assert (not old or old in (before.published, *before.text.split("\n\n"))) and old != new
        assert not new or new in (after.published, *after.text.split("\n\n"))


def test_a_history_is_read_in_french() -> None:
    one = document(text="Le taux est de 88,02 %.")
    two = replace(one, text="Le taux est de 89,10 %.\x1b[31m", title="Titre neuf")
    versions = [
        Version(number=1, captured="2025-03-27T10:00:00Z", digest="a" * 64, document=one),
        Version(number=2, captured="2025-04-01T10:00:00Z", digest="b" * 64, document=two, reread=True),
    ]
    said = history(versions, "2026-11-03T10:00:00Z").replace("\u00a0", " ")
    assert "Retirée le 3 novembre 2026" in said
    assert "Version 2, relue avec une nouvelle extraction le 1er avril 2025" in said
    assert "[-88,02-]{+89,10+}" in said
    assert "titre : [-Publication a-]{+Titre neuf+}" in said
    assert "\x1b" not in said


# Before collecting.


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(site: Loopback, data: Path, fetcher: Fetcher) -> None:
    def plans(store: Store | None) -> list[tuple[str, str]]:
        return [(each.plan, each.url.removeprefix(site.address)) for each in preview([source(site)], fetcher, store)]

    assert plans(None) == [("new", "/a"), ("new", "/b"), ("refused", "/prive/x")]
    assert not data.exists()
    assert "/a" not in site.paths
    with Store.open(data, create=True, write=True) as store:
        collect(store, data, source(site), budget=1)
        before = store.counts()
        assert plans(store) == [("again", "/a"), ("new", "/b"), ("refused", "/prive/x")]
        assert store.counts() == before
    site.answers["/"] = Reply(status=500)
    assert plans(None) == [("failed", "/")]


def test_a_declaration_is_tried_on_a_page(site: Loopback, fetcher: Fetcher) -> None:
    site.answers["/a"] = Reply(status=500)
    found = check(source(site), fetcher, FakeClock())
    assert (found.listed, [problem.reason for problem in found.problems]) == (3, ["http_status"])
    assert found.document is not None and found.document.title == "Deux"
    nothing = check(source(site, selectors={"item": "a.rien"}), fetcher, FakeClock())
    assert (nothing.listed, nothing.document) == (0, None)
    assert [problem.reason for problem in nothing.problems] == ["bad_listing"]


def test_a_page_is_recorded_with_what_comes_out_of_it(site: Loopback, fetcher: Fetcher, tmp_path: Path) -> None:
    kept = record(f"{site.address}/b", source(site), fetcher, tmp_path, "essai")
    assert kept == (tmp_path / "essai.html", tmp_path / "essai.json")
    got, wanted = read_pair(tmp_path / "essai.json")
    assert got == wanted
    assert wanted["title"] == "Deux"
    refused = record(f"{site.address}/prive/x", source(site), fetcher, tmp_path, "autre")
    assert isinstance(refused, Problem) and refused.reason == "robots"
    assert not list(tmp_path.glob("autre*"))


# The pages that `sourcier source record` saved: what comes out of them must not change unseen.


def read_pair(expected: Path) -> tuple[dict[str, object], dict[str, object]]:
    """(what comes out of a saved page today, what must)."""
    pair = json.loads(expected.read_text(encoding="utf-8"))
    url, wanted = pair["url"], pair["expected"]
    body = Body(data=(expected.parent / pair["page"]).read_bytes(), content_type=pair["content_type"], name=url)
    result = extract(body, doc=wanted["id"], url=url, source=Source.declared(pair["source"]), found=Found(url=url))
    assert isinstance(result, Extracted), result
    got = {name: value for name, value in json.loads(json.dumps(asdict(result.document))).items() if value}
    if os.environ.get("UPDATE_PAGES") == "1":
        pair["expected"] = got
        expected.write_text(json.dumps(pair, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return got, wanted


@pytest.mark.parametrize("expected", sorted(PAIRS.glob("*.json")), ids=lambda path: path.stem)
def test_recorded_pages(expected: Path) -> None:
    got, wanted = read_pair(expected)
    assert got == wanted
