"""`bench peers`: our own pipeline through the measuring program, a peer that stands in, peers that fail."""

import json
import sysconfig
import venv
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import MODELS

from evals.formats_in import load
from evals.peers import environments, run
from ui import cli

COSTS = ("passages_per_second", "passage_cpu_ms", "cold_seconds", "search_ms", "memory_mb")
TOWNS = ("Kaya", "Dori", "Banfora", "Gaoua", "Tenkodogo", "Ziniaré", "Manga", "Dédougou")
STAND_IN = """
import json, pathlib
class Embeddings:
    def __init__(self, **settings):
        self.rows = []
    def upsert(self, pairs):
        self.rows += [[row, text] for row, text in pairs]
    def save(self, folder):
        pathlib.Path(folder, "embeddings").write_text(json.dumps(self.rows))
    def load(self, folder):
        self.rows = json.loads(pathlib.Path(folder, "embeddings").read_text())
    def search(self, question, limit):
        asked = set(question.split())
        best = sorted(self.rows, key=lambda row: -len(asked & set(row[1].split())))
        return [(row, 1.0) for row, _ in best[:limit]]
"""
"""In the place of txtai: shared words."""

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sourcier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`sourcier bench peers` in this process: exit code, stdout, stderr, with ordinary spaces."""
    monkeypatch.setenv("SOURCIER_CACHE", str(MODELS))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code: Any = cli.run(["bench", "peers", *map(str, arguments)])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out.replace("\u00a0", " "), said.err.replace("\u00a0", " ")

    return call


@pytest.fixture
def piaf(tmp_path: Path) -> Path:
    """Eight paragraphs, a question for each."""
    paragraphs = []
    for number, town in enumerate(TOWNS, 21):
        text = f"La mairie de {town} a ouvert en 2024 une maison du numérique où {number} jeunes apprennent à coder."
        answer = {"text": str(number), "answer_start": text.index(str(number))}
        question = f"Combien de jeunes apprennent à coder dans la maison du numérique de {town} ?"
        paragraphs.append({"context": text, "qas": [{"id": town, "question": question, "answers": [answer]}]})
    path = tmp_path / "piaf.json"
    path.write_text(json.dumps({"data": [{"title": "Villes", "paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def made(into: Path, *names: str) -> Path:
    """Environments that stand already, with nothing in them."""
    for name in names:
        venv.create(into / name, symlinks=True)
        (into / name / ".ready").write_text(environments.marker(name), encoding="utf-8")
    return into


def test_ours_beside_a_peer_and_peers_that_fail(
    sourcier: Command, piaf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = made(tmp_path / "into", "base", "txtai", "chroma")
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(into / "txtai")}))
    (packages / "txtai.py").write_text(STAND_IN, encoding="utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    only = ["--only", "haystack", "--only", "chroma", "--only", "txtai"]
    code, out, said = sourcier(piaf, "--into", into, *only, "--out", tmp_path / "out")
    assert code == 1, "two peers failed"
    assert "Traceback" not in said and "Conditions : " in out and "questions 8" in out
    assert "Haystack, in memory : échec. ERROR: No matching distribution found for haystack-ai" in out
    assert "Chroma : échec. ModuleNotFoundError: No module named 'chromadb'" in out
    assert "Sourcier à côté de txtai, Faiss : passages/s × " in out
    told = json.loads((tmp_path / "out" / "peers.json").read_text(encoding="utf-8"))
    assert told["format"] == run.FORMAT and told["conditions"]["passages"] == 8
    *failed, stood_in = told["peers"]
    assert [each["theirs"] for each in failed] == [None, None] and all(each["why"] for each in failed)
    for figures in (stood_in["ours"], stood_in["theirs"]):
        assert figures["r5"] == 1.0 and 0.5 <= figures["r1"] <= figures["mrr"] <= 1.0
        assert min(figures[name] for name in COSTS) > 0
    speeds = stood_in["ours"]["passages_per_second"], stood_in["theirs"]["passages_per_second"]
    assert stood_in["ratios"]["passages_per_second"] == pytest.approx(speeds[0] / speeds[1])
    colds = stood_in["ours"]["cold_seconds"], stood_in["theirs"]["cold_seconds"]
    assert stood_in["ratios"]["cold_seconds"] == pytest.approx(colds[1] / colds[0])
    picture = ET.fromstring((tmp_path / "out" / "peers.svg").read_text(encoding="utf-8"))
    words = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert words[::2] == ["Sourcier", "txtai, Faiss"]


def test_questions_are_spread_evenly(piaf: Path, tmp_path: Path) -> None:
    suite = load(piaf, "squad")
    given = run.work(suite, tmp_path, 4)
    assert len(given.texts) == 8 and [row for _, row in given.asked] == [0, 2, 4, 6]
    assert run.work(suite, tmp_path, 300).asked == run.work(suite, tmp_path, 8).asked


def test_an_environment_whose_packages_changed_is_not_taken_for_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = made(tmp_path, "base", "chroma")
    assert environments.environment("chroma", into) == into / "chroma" / "bin" / "python"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    (into / "chroma" / ".ready").write_text("[]", encoding="utf-8")
    with pytest.raises(environments.subprocess.CalledProcessError):
        environments.environment("chroma", into)
    assert not (into / "chroma" / ".ready").exists()


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ([], "« bench peers » demande un seul fichier"),
        (["a.json", "b.json"], "« bench peers » demande un seul fichier"),
        (["piaf.json", "--only", "elastic"], "chaîne inconnue : elastic (connues : langchain"),
        (["absent.json"], "absent.json"),
        (["piaf.json", "--questions", "0"], "valeur incorrecte pour --questions"),
        (["piaf.json", "--out", "occupied"], "« occupied »"),
        (["piaf.json", "--into", "occupied"], "« occupied »"),
        (["empty.json"], "aucune question"),
        (["unanswerable.json"], "aucune question à poser"),
    ],
)
def test_what_cannot_be_is_told_first(sourcier: Command, piaf: Path, arguments: list[str], phrase: str) -> None:
    Path("occupied").write_text("", encoding="utf-8")
    Path("empty.json").write_text('{"data": []}', encoding="utf-8")
    questions = [{"id": "a", "question": "Qui ?", "is_impossible": True}]
    paragraphs = [{"context": "La mairie de Kaya est fermée.", "qas": questions}]
    Path("unanswerable.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    code, out, said = sourcier(*arguments)
    assert code in (1, 2) and out == "" and phrase in said and "Traceback" not in said


def test_its_options_go_with_nothing_else(sourcier: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["bench", "disk", "--only", "txtai"]) == 2
    assert "ne vont qu’avec «\u00a0bench peers\u00a0»" in capsys.readouterr().err
