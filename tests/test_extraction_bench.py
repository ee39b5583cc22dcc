"""`bench extraction`: counts on pages made here; the command."""

import gzip
import json
import re
from pathlib import Path

import pytest
from builders import output

from corpus.errors import SuiteError
from evals.extraction import EXTRACTORS, measure, read_pages

PROSE = "Le ministère a publié hier un long communiqué sur les résultats de l’année, {} agents formés."
PAGE = (
    "<html><body><nav><a href=/>Accueil du site</a> <a href=/x>Tous les articles</a></nav><article><h1>Bilan</h1>"
    + "".join(f"<p>{PROSE.format(number)}</p>" for number in range(12))
    + "</article><footer>Mentions légales du site</footer></body></html>"
)


def folder(path: Path, *rows: object) -> Path:
    (path / "pages").mkdir(parents=True)
    (path / "pages" / "a.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    (path / "pages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return path


ROW = {
    "url": "a", "file": "a.html.gz", "with": ["11 agents\n formés", "introuvable ailleurs"],
    "without": ["Accueil du site", "Mentions légales"],
}  # fmt: skip


def test_strings_are_counted(tmp_path: Path) -> None:
    scores = {score.name: score for score in measure(read_pages(folder(tmp_path, ROW)))}
    assert set(scores) == set(EXTRACTORS)
    ours, bare = scores["sourcier"], scores["get_text"]
    assert (ours.precision, ours.recall, round(ours.f1, 4)) == (1.0, 0.5, 0.6667)
    assert ours.missed == {"a.html.gz": ("introuvable ailleurs",)} and ours.leaked == {}
    assert (round(bare.precision, 4), bare.recall) == (0.3333, 0.5)
    assert bare.leaked == {"a.html.gz": ("Accueil du site", "Mentions légales")}
    assert ours.f1_low <= ours.f1 <= ours.f1_high


@pytest.mark.parametrize(
    ("rows", "line"),
    [(["{"], 1), ([ROW, {"file": "a.html.gz"}], 2), ([{**ROW, "file": "../pages.jsonl"}], 1), ([], None)],
)
def test_a_folder_of_another_form_is_refused(tmp_path: Path, rows: list[object], line: int | None) -> None:
    with pytest.raises(SuiteError) as caught:
        read_pages(folder(tmp_path, *rows))
    assert caught.value.details["line"] == line


def test_the_command_prints_one_table(tmp_path: Path) -> None:
    pages = folder(tmp_path, ROW)
    code = "import sys; from ui.cli import run; sys.exit(run(sys.argv[1:]))"
    table = output(code, "bench", "extraction", "--pages", pages)
    assert re.search(r"^sourcier +\S+ +1,000 +0,500 +0,667", table, re.MULTILINE)
    assert [line.split()[0] for line in table.splitlines()[2:]] == list(EXTRACTORS)
