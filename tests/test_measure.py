"""`eval` and `bench` as commands: what cannot be is told before anything is measured."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asking import by_chance, perfect, town
from builders import ROOT, WordEncoder, fill, index
from chatserver import ChatServer

from corpus.errors import SourcierError, StateError, UsageError
from evals import bench, conditions
from evals.benches import answering, serving
from evals.compare import compare
from evals.floors import Breach
from evals.results import Result, dump
from evals.run import run_suite
from evals.show import breach_text, comparison_text, conditions_text
from ui.cli import run
from ui.messages import in_french

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sourcier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """A command in this process, in an empty folder; its exit code, stdout, stderr, with ordinary spaces."""
    monkeypatch.setenv("SOURCIER_RETRIEVAL", "lexical")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code: Any = run([*map(str, arguments)])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out.replace("\u00a0", " "), said.err.replace("\u00a0", " ")

    return call


def plain(error: SourcierError) -> str:
    return in_french(error).replace("\u00a0", " ")


def result(chance: bool = False) -> Result:
    documents, suite = town(6, unanswerable=4)
    *_, last = run_suite(suite, by_chance(documents) if chance else perfect(documents))
    assert last.result is not None
    return last.result


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        (["--robustness", "virus"], "« virus » n’est le nom d’aucune attaque"),
        (["--write", "pdf", "--out", "r"], "« pdf » n’est pas un format de résultats"),
        (["--write", "json"], "L’option --write demande --out"),
        (["--format", "xlsx"], "le format « xlsx » est inconnu (formats possibles : auto, cases"),
        (["--out", "occupied"], "« occupied »"),
        (["--limit", "0"], "valeur incorrecte pour --limit"),
        (["--limit", "3", "--check"], "--check et --pin ne vont pas avec --limit"),
        (["--seed", "-1"], "--seed"),
        (["--allow-lower"], "--allow-lower ne sert qu’avec --pin"),
        (["autre.json"], "eval compare A.json B.json"),
        (["--judge", "un-nom-seul"], "Le modèle de langue « un-nom-seul » ne peut pas être utilisé"),
    ],
)
def test_wrong_options_are_told_before_anything_is_measured(
    sourcier: Command, data: Path, options: list[str], phrase: str
) -> None:
    index(data, WordEncoder())
    Path("occupied").write_text("", encoding="utf-8")
    code, out, said = sourcier("eval", "demo", *options, "--data", data)
    assert code in (1, 2) and out == "" and phrase in said
    assert "Questions…" not in said and "Indexation…" not in said and "Traceback" not in said


def test_a_folder_that_cannot_be_written_is_told_first(
    sourcier: Command, mount: Callable[..., Path], read_only: Callable[[Path], None]
) -> None:
    folder = mount()
    read_only(folder)
    code, _, said = sourcier("eval", "demo", "--out", folder / "r")
    assert code == 1 and "en lecture seule" in said


def test_compare_tells_files_that_are_none(sourcier: Command, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.json", tmp_path / "b.json"
    good.write_text(dump(result()), encoding="utf-8")
    bad.write_text('{"format": "sourcier-eval/1", "rows": 3}', encoding="utf-8")
    for other in (bad, tmp_path / "absent.json", tmp_path):
        code, out, said = sourcier("eval", "compare", good, other)
        assert code in (1, 2) and out == "" and said.startswith("sourcier : ") and "Traceback" not in said
    code, out, _ = sourcier("eval", "compare", good, good)
    assert code == 0 and "Comparaison appariée" in out


def test_what_is_told_of_a_comparison_and_of_floors_is_french() -> None:
    one = result()
    other = replace(result(chance=True), conditions={**one.conditions, "corpus_digest": "autre", "commit": "x"})
    said = comparison_text(compare(one, other)).replace("\u00a0", " ")
    assert "les deux passages n’ont pas vu le même corpus" in said and "empreinte du corpus" in said
    assert not re.search(r"\b(the|runs|saw|digest|commit)\b", said)
    told = [
        breach_text(Breach(figure="mrr@10", bound=0.9, found=0.8)),
        breach_text(Breach(figure="error_unanswerable", bound=0.1, found=0.2)),
        breach_text(Breach(figure="contains", bound=0.5, found=None)),
        breach_text(Breach(figure="data", bound="a" * 64, found="b" * 64)),
    ]
    assert [line.replace("\u00a0", " ") for line in told] == [
        "Sous le plancher : « MRR@10 » 80,0 %, il faut au moins 90,0 %.",
        "Sous le plancher : « Réponses à tort » 20,0 %, il faut au plus 10,0 %.",
        "Sous le plancher : « Réponse contenue » n’a pas été mesuré, il faut au moins 50,0 %.",
        "Planchers sans objet : ils ont été fixés sur d’autres données (bbbbbbbbbbbb… au lieu de aaaaaaaaaaaa…).",
    ]
    assert conditions_text({"cores": 2, "load_average": 1.25, "commit": None}) == "cœurs 2, charge 1,2"


def test_a_judge_is_asked_and_its_key_is_kept_out(
    sourcier: Command, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_LLM_KEY", "the-secret-key")
    index(data, WordEncoder())
    suite = tmp_path / "s.jsonl"
    suite.write_text('{"qid": "a", "question": "Combien de bâtiments au RESINA ?", "answers": ["104"]}\n', "utf-8")
    with ChatServer("JUSTE") as server:
        code, out, said = sourcier("eval", suite, "--data", data, "--json", "--judge", server.address)
    assert code == 0, said
    found = json.loads(out)
    assert found["judge"]["model"] == server.address and "the-secret-key" not in out
    assert len(server.asked) == found["judge"]["asked"] == found["judge"]["judged"]


def test_bench_tells_an_empty_corpus_and_a_suite_without_answers(sourcier: Command, tmp_path: Path) -> None:
    fill(tmp_path / "empty", [])
    code, _, said = sourcier("bench", "ask", "--data", tmp_path / "empty")
    assert code == 1 and "sourcier : Il n’y a pas encore d’index" in said
    suite = tmp_path / "s.jsonl"
    suite.write_text('{"qid": "a", "question": "Qui ?", "answerable": false}\n', "utf-8")
    code, _, said = sourcier("bench", "ask", "--data", tmp_path / "empty", "--suite", suite)
    assert code == 2 and "aucune question à poser" in said
    code, _, said = sourcier("bench", "--questions", "0")
    assert code == 2 and "valeur incorrecte pour --questions" in said
    code, out, _ = sourcier("bench", "disk", "--data", tmp_path / "empty")
    assert code == 0 and "taille du dossier de données" in out and "système" in out


def test_a_command_that_fails_under_the_bench_is_told(tmp_path: Path) -> None:
    with pytest.raises(StateError) as caught:
        list(answering.cold(tmp_path / "absent", ["Qui ?"]))
    assert "La commande « sourcier ask », que l’on mesurait, a échoué. Elle dit : " in plain(caught.value)
    assert "n’existe pas" in plain(caught.value)
    with pytest.raises(StateError, match="serve failed"):
        list(serving.server(tmp_path / "absent", []))
    with pytest.raises(UsageError):
        list(bench.bench(tmp_path, ["cold"], []))


def test_only_our_own_checkout_has_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*words: str) -> None:
        who = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "EMAIL"), "x@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True, env=os.environ | who)

    package = tmp_path / "evals"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    assert conditions.commit(package) is None, "no repository"
    git("init")
    (tmp_path / "README").write_text("x", encoding="utf-8")
    git("add", "README")
    git("commit", "-m", "theirs")
    assert conditions.commit(package) is None, "our files are not theirs"
    deep = tmp_path / "venv" / "site-packages" / "evals"
    deep.mkdir(parents=True)
    assert conditions.commit(deep) is None, "an environment inside a foreign repository"
    git("add", ".")
    git("commit", "-m", "ours")
    own = conditions.commit(package)
    assert own is not None and re.fullmatch(r"[0-9a-f]{40}", own)
    (package / "__init__.py").write_text("changed", encoding="utf-8")
    assert conditions.commit(package) == f"{own}+"
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))
    assert conditions.commit(package) == f"{own}+", "a hook's environment does not name another repository"
