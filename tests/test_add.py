"""`add`: files and JSONL records into a real store."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.store import Store
from ingest.add import AddEvent, AddReport, add


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", create=True, write=True) as opened:
        yield opened


def run(store: Store, *paths: Path) -> tuple[list[AddEvent], AddReport]:
    *events, last = add(paths, store)
    assert last.what == "done" and last.report is not None
    return events, last.report


def lines(path: Path, *records: object) -> Path:
    text = (json.dumps(record, ensure_ascii=False) if not isinstance(record, str) else record for record in records)
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def test_records_go_in_exactly_and_export_goes_back_unchanged(store: Store, tmp_path: Path) -> None:
    text = "  e\u0301tat \u00a0:  deux  espaces\r\n\r\nfin "
    path = lines(
        tmp_path / "a.jsonl",
        {"id": "x/1", "url": "http://a.bf", "title": "T", "publisher": "p", "ministry": "m", "kind": "casem",
         "published": "2025-03", "modified": "2025-04-01", "source": "s", "pages": [0, 4], "text": text},
        {"id": "x/2", "paragraphs": ["un", "deux"], "published": ""},
    )  # fmt: skip
    _, report = run(store, path)
    assert report.outcomes == {"new": 2}
    assert store.get("x/1").text == text
    assert store.get("x/1").pages == (0, 4)
    second = store.get("x/2")
    assert (second.text, second.url, second.published) == ("un\n\ndeux", "", None)
    export = lines(tmp_path / "export.jsonl", *(document.to_record() for document in store.current()))
    before = store.digest()
    _, again = run(store, export)
    assert again.outcomes == {"unchanged": 2}
    assert store.digest() == before


GOOD = {"id": "bon", "text": "texte"}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("{pas du json", "bad_json"),
        ("[1, 2]", "not_object"),
        ("[" * 100_000, "bad_json"),
        ({"text": "x"}, "missing"),
        ({"id": "a"}, "missing"),
        ({"id": 3, "text": "x"}, "wrong_type"),
        ({"id": "a", "text": ["x"]}, "wrong_type"),
        ({"id": "a", "paragraphs": ["x", 1]}, "wrong_type"),
        ({"id": "a", "text": "x", "title": 1}, "wrong_type"),
        ({"id": "a", "text": "x", "pages": "0"}, "wrong_type"),
        ({"id": "a", "text": "x", "pages": [True]}, "wrong_type"),
        ({"id": "a", "text": "x", "pages": [1, 0]}, "bad_pages"),
        ({"id": "a", "text": "x", "pages": [9]}, "bad_pages"),
        ({"id": " a", "text": "x"}, "bad_id"),
        ({"id": "a\nb", "text": "x"}, "bad_id"),
        ({"id": "a", "text": " \n"}, "no_text"),
        ({"id": "a", "text": "x", "published": "27/03/2025"}, "bad_date"),
        ({"id": "a", "text": "x", "modified": "2025-02-30"}, "bad_date"),
        ('{"id": "a", "text": "\\ud800"}', "bad_text"),
        ({"id": "bon", "text": "autre"}, "duplicate_id"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(store: Store, tmp_path: Path, record: object, reason: str) -> None:
    path = lines(tmp_path / "a.jsonl", GOOD, "", record, {"id": "suite", "text": "fin"})
    events, report = run(store, path)
    failures = [(event.line, event.reason) for event in events if event.what == "failed"]
    assert failures == [(3, reason)]
    assert report.outcomes == {"new": 2}
    assert store.get("bon").text == "texte"


def test_bytes_that_are_no_utf8_and_unknown_keys(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "a", "text": "x", "titre": "y"}\n{"id": "b", "text": "\xe9"}\n')
    events, report = run(store, path)
    assert [(event.what, event.reason, event.detail) for event in events if event.reason == "unknown_key"] == [
        ("alarm", "unknown_key", "titre")
    ]
    assert report.failures == {"not_utf8": 1}


def test_files_of_every_kind(store: Store, tmp_path: Path) -> None:
    prose = "Le ministère a publié hier un long communiqué sur ses résultats de l’année."
    (tmp_path / "Été 2024.txt").write_text(f"Communiqué\n\n{prose}", encoding="utf-8")
    (tmp_path / "note.md").write_text(f"# Note\n\n{prose}", encoding="utf-8")
    (tmp_path / "page.html").write_text(f"<article><h1>Page</h1><p>{prose}</p><p>{prose}!</p></article>")
    (tmp_path / "vide.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "image.png").write_bytes(b"x")
    (tmp_path / "autre").mkdir()
    (tmp_path / "autre" / "note.md").write_text(f"# Autre note\n\n{prose}", encoding="utf-8")
    names = ("Été 2024.txt", "note.md", "page.html", "vide.pdf", "image.png", "absent.txt", "autre/note.md")
    _, report = run(store, *(tmp_path / name for name in names))
    assert report.outcomes == {"new": 4}
    assert report.failures == {"pdf_corrupt": 1, "unknown_type": 1, "unreadable": 1}
    ids = [document.id for document in store.current()]
    assert {"fichier/ete-2024", "fichier/note", "fichier/page"} <= set(ids)
    assert store.get("fichier/note").source == ""
    (tmp_path / "note.md").write_text("# Note\n\nUn texte corrigé depuis, et qui dit autre chose.", encoding="utf-8")
    assert run(store, tmp_path / "note.md")[1].outcomes == {"edited": 1}


def test_five_thousand_records_take_seconds(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", *({"id": f"r/{number}", "text": "texte " * 50} for number in range(5000)))
    began = time.monotonic()
    _, report = run(store, path)
    assert report.stored == 5000
    assert time.monotonic() - began < 20
