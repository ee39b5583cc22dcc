"""What is wrong with a suite, a result or a floors file, as a reader of French is told."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from asking import by_chance, perfect, town
from builders import document

from corpus.errors import SourcierError
from evals import floors, formats_out, robustness
from evals.cases import located
from evals.compare import compare
from evals.formats_in import load
from evals.problems import MAX_PROBLEMS, REASONS, Problems, Wrong, refuse
from evals.results import Result, parse
from evals.run import find_suite, run_suite
from rag.vectors import engine
from ui.messages import in_french
from ui.reasons import SUITE

CASE = {"qid": "a1", "question": "Quel taux ?", "answers": ["69,89 %"]}
ENGLISH = re.compile(r"\b(the|not|no|unknown|missing|expected|found|known|already|field|line|is|of|must)\b")


def told(fails: Callable[[], object]) -> str:
    """The French of the error that `fails` raises, with ordinary spaces."""
    with pytest.raises(SourcierError) as caught:
        fails()
    said = in_french(caught.value).replace("\u00a0", " ")
    assert not ENGLISH.search(re.sub(r"«[^»]*»|--\S+|\S*[/.]\S*|\([^)]*\)", "", said)), said
    assert "« ? »" not in said and "None" not in said, said
    return said


def jsonl(path: Path, *records: Any) -> Path:
    text = (record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records)
    path.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    return path


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_reason_has_its_french_with_values_that_it_carries() -> None:
    assert SUITE.keys() == REASONS.keys()
    for code, french in SUITE.items():
        assert names(french) <= names(REASONS[code]) | {"expected"}, code


@pytest.mark.parametrize(
    ("second", "phrases"),
    [
        ({**CASE, "reponse": "x"}, ["ligne 2", "le champ « reponse » est inconnu (champs possibles : qid, question"]),
        ({**CASE, "answers": "69"}, ["ligne 2", "le champ « answers » n’a pas le bon type (il faut une liste)"]),
        ({"question": "Qui ?"}, ["ligne 2", "le champ « qid » manque"]),
        ({**CASE, "qid": "a2", "answerable": False}, ["ligne 2", "a pourtant des réponses"]),
        ({**CASE, "qid": "a2", "question": " "}, ["ligne 2", "la question « a2 » est vide"]),
        (CASE, ["ligne 2", "l’identifiant « a1 » est déjà pris à la ligne 1"]),
        ("{non}", ["ligne 2", "ce n’est pas du JSON correct (colonne 2)"]),
        ([1], ["ligne 2", "la ligne n’est pas un objet JSON"]),
    ],
)
def test_one_problem_is_one_sentence(tmp_path: Path, second: Any, phrases: list[str]) -> None:
    path = jsonl(tmp_path / "s.jsonl", CASE, second)
    said = told(lambda: load(path, "cases"))
    assert said.startswith(f"La suite de questions « {path} » est incorrecte, ligne 2 : ") and "\n" not in said
    assert all(phrase in said for phrase in phrases), said


def test_several_problems_are_told_one_per_line_and_the_rest_counted(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "s.jsonl", CASE, *({"qid": f"b{n}"} for n in range(MAX_PROBLEMS + 10)))
    first, *lines = told(lambda: load(path, "cases")).splitlines()
    assert first == f"La suite de questions « {path} » est incorrecte en plusieurs endroits :"
    assert lines[0] == "  - ligne 2 : le champ « question » manque"
    assert len(lines) == MAX_PROBLEMS + 1 and lines[-2].startswith(f"  - ligne {MAX_PROBLEMS + 1} : ")
    assert lines[-1] == "  - et 10 autres problèmes"


def test_gold_that_is_not_in_the_corpus_names_its_question(tmp_path: Path) -> None:
    gold = [{"doc": "essai/a", "quote": "70\n%\x1b[2J"}], [{"doc": "essai/z"}]
    suite = load(jsonl(tmp_path / "s.jsonl", *({**CASE, "qid": f"a{n}", "gold": each} for n, each in enumerate(gold))))
    corpus = [document("a", "Un taux de 69,89 %.")]
    _, *lines = told(lambda: located(suite, corpus)).splitlines()
    assert lines == [
        "  - ligne 1, « a0 » : l’extrait attendu « 70 %\ufffd[2J » n’est pas dans « essai/a »",
        "  - ligne 2, « a1 » : le document attendu « essai/z » n’est pas dans le corpus",
    ]


def test_a_place_without_a_line(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"data": [{"paragraphs": [{"texte": ""}]}]}', encoding="utf-8")
    said = told(lambda: load(path))
    assert "incorrecte, « data[0].paragraphs[0] » : le champ « context » manque" in said
    problems = Problems("s")
    for id in "ab":
        problems.add(None, Wrong("same_id", {"id": id}))
    assert told(problems.raise_if_any).splitlines()[2] == "  - l’identifiant « b » est déjà pris"


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("question,score\nQui ?,1\n", "ligne 1 : la colonne « score » est inconnue"),
        ("question,answer\nQui,a,b\n", "ligne 2 : la ligne compte 3 colonnes, et l’en-tête 2"),
        ("question,page\nQui ?,un\n", "ligne 2 : la colonne « page » contient « un »"),
        ("question,answer\n", "elle ne contient aucune question"),
    ],
)
def test_tables(tmp_path: Path, text: str, phrase: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert phrase in told(lambda: load(path))


def test_suites_that_are_not_there(tmp_path: Path) -> None:
    assert "ni un fichier ni le nom d’une suite fournie (suites fournies : " in told(lambda: find_suite("autre"))
    path = jsonl(tmp_path / "s.jsonl", CASE)
    assert "le format « xlsx » est inconnu (formats possibles : auto, cases" in told(lambda: load(path, "xlsx"))
    assert "le fichier « corpus.jsonl » manque" in told(lambda: load(tmp_path))


def test_results_and_floors(tmp_path: Path) -> None:
    documents, suite = town()
    best, chance = (_run(suite, asker) for asker in (perfect(documents), by_chance(documents)))
    path = tmp_path / "x.json"
    for text, phrase in (("{", "JSON correct"), ("{}", "« sourcier-eval/1 »")):
        path.write_text(text, encoding="utf-8")
        assert phrase in told(lambda: parse(path))
    path.write_text('{"suites": {"s": {"floors": {"bonheur": 1}}}}', encoding="utf-8")
    assert "la mesure « bonheur » est inconnue" in told(lambda: floors.read(path))
    path.unlink()
    floors.pin(best, path)
    assert "abaisseraient le plancher de" in told(lambda: floors.pin(chance, path))
    chance.suite["digest"] = "f" * 64
    assert "--allow-lower" in told(lambda: floors.pin(chance, path))
    assert "deux suites différentes" in told(lambda: compare(best, chance))


def _run(suite: Any, asker: Any) -> Result:
    *_, last = run_suite(suite, asker)
    assert last.result is not None
    return last.result


def test_names_that_do_not_exist(tmp_path: Path) -> None:
    documents, suite = town()
    assert "« virus » n’est le nom d’aucune attaque ni altération" in told(lambda: robustness.names(["virus"]))
    result = _run(suite, perfect(documents))
    assert "« pdf » n’est pas un format de résultats" in told(lambda: formats_out.write(result, tmp_path, ["pdf"]))
    assert "un moteur inconnu, « magique » (moteurs possibles : faiss)" in told(lambda: engine("magique"))


def test_english_stays_for_programmers() -> None:
    assert str(refuse("s", 3, "gold_quote", where="q", quote="a", doc="d")) == (
        "s: line 3: q: gold quote 'a' is not in 'd'"
    )
