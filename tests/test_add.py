"""`add`: files and JSONL records into a real store."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.archive import Archive
from corpus.store import Store
from ingest.add import AddEvent, AddReport, add
from ingest.catalogue import Source
from ingest.fetch import Fetcher
from ingest.run import run as ingest

ROOT = Path(__file__).parent.parent


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
         "published": "2025-03", "modified": "2025-04-01", "source": "s", "pages": [0, 4], "ocr": [None, 87],
         "text": text},
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
        ({"id": "a", "text": "x", "pages": [0], "ocr": [101]}, "bad_pages"),
        ({"id": "a", "text": "x", "pages": [0], "ocr": [90, 90]}, "bad_pages"),
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


def test_a_line_without_end_is_passed_over(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"id": "un", "text": "x"}\n{"id": "long", "text": "')
        for _ in range(70):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n{"id": "deux", "text": "y"}\n')
    events, report = run(store, path)
    assert [(event.line, event.reason) for event in events if event.what == "failed"] == [(2, "line_too_long")]
    assert report.outcomes == {"new": 2}


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from corpus.errors import DataForbidden, translated
from ingest.clock import SystemClock
from ingest.local import read_local
from ingest.values import Found
from ui.messages import in_french
if os.geteuid() == 0:
    os.setuid(65534)
path = Path(sys.argv[1])
print(read_local(Found(url="x", local=str(path)), SystemClock()).reason)
try:
    with translated(path):
        path.read_bytes()
except DataForbidden as error:
    print(in_french(error))
"""


def test_a_file_that_may_not_be_read_is_said_to_be_so() -> None:
    """In a process without the rights of root, which would read it all the same."""
    with tempfile.TemporaryDirectory() as name:  # a folder that everybody may enter, unlike pytest's own
        Path(name).chmod(0o755)
        secret = Path(name) / "secret.txt"
        secret.write_text("Un texte assez long pour être lu.", encoding="utf-8")
        secret.chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", READ_AS_NOBODY, str(secret)], cwd=ROOT, capture_output=True, text=True, check=True
        )
    reason, sentence = done.stdout.splitlines()
    assert reason == "forbidden"
    assert sentence.startswith("Impossible de lire") and str(secret) in sentence


def warc(path: Path, *pages: tuple[str, str, bytes]) -> Path:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.suffix == ".gz")
        for url, media, body in pages:
            http = StatusAndHeaders("200 OK", [("Content-Type", media)], protocol="HTTP/1.1")
            dated = {"WARC-Date": "2025-03-28T08:00:00Z"}
            record = writer.create_warc_record(
                url, "response", BytesIO(body), length=len(body), http_headers=http, warc_headers_dict=dated
            )
            writer.write_record(record)
    return path


PROSE = "Le ministère a publié hier un long communiqué sur ses résultats de l’année."


@pytest.mark.parametrize("name", ["captures.warc", "captures.warc.gz"])
def test_a_warc_gives_its_publications(store: Store, tmp_path: Path, name: str) -> None:
    def page(title: str) -> bytes:
        return f"<article><h1>{title}</h1><p>{PROSE}</p><p>{PROSE}</p></article>".encode()

    path = warc(
        tmp_path / name,
        ("https://a.bf/bilan", "text/html; charset=utf-8", page("Ancien")),
        ("https://a.bf/logo.png", "image/png", b"x"),
        ("https://a.bf/note.txt", "text/plain", PROSE.encode()),
        ("https://a.bf/bilan", "text/html", page("Bilan")),
        ("https://a.bf/vide", "text/html", b"<p></p>"),
    )
    events, report = run(store, path)
    assert report.outcomes == {"new": 2}
    assert [(event.reason, event.detail.split()[0]) for event in events if event.what == "failed"] == [
        ("no_text", "https://a.bf/vide")
    ]
    bilan = store.get("fichier/bilan")
    assert (bilan.title, bilan.url, bilan.publisher) == ("Bilan", "https://a.bf/bilan", "a.bf")
    path.write_bytes(path.read_bytes()[:-40])
    assert run(store, path)[1].failures == {"unreadable": 1}  # the last record is cut short


def test_a_folder_of_warcs_is_a_source(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    folder.mkdir()
    warc(folder / "a.warc.gz", ("https://a.bf/note", "text/plain", PROSE.encode()))
    source = Source(name="captures", kind="files", url=str(folder))
    with Fetcher("Sourcier/0.1") as fetcher:
        *_, last = ingest([source], store, Archive(tmp_path / "data"), fetcher)
    assert last.report is not None and last.report.total("new") == 1
    (version,) = store.versions("captures/note")
    assert (version.captured, version.document.url) == ("2025-03-28T08:00:00Z", "https://a.bf/note")
