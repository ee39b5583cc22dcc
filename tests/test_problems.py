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
from evals.words import note, skipped
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
    assert "un moteur inconnu, « magique » (moteurs possibles : faiss, flat)" in told(lambda: engine("magique"))


def test_english_stays_for_programmers() -> None:
    assert str(refuse("s", 3, "gold_quote", where="q", quote="a", doc="d")) == (
        "s: line 3: q: gold quote 'a' is not in 'd'"
    )


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ('{"format": "sourcier-eval/1"}', "« suite » : des parties manquent"),
        ('{"format": "sourcier-eval/1", "rows": {"a": 1}}', "des parties manquent"),
        ("[" * 100_000, "JSON correct"),
        ("\ufeff\x00", "JSON correct"),
        ("[1, 2]", "« sourcier-eval/1 »"),
        ("null", "« sourcier-eval/1 »"),
    ],
)
def test_damaged_and_foreign_results(tmp_path: Path, text: str, phrase: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    assert phrase in told(lambda: parse(path))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"rows": [{"qid": 3}]}, "rows.0"),
        ({"metrics": {"mrr@10": {"value": "haut"}}}, "metrics.mrr@10.value"),
        ({"suite": {"name": "s"}}, "suite.format"),
        ({"times": {}}, "times.started"),
        ({"curves": []}, "curves"),
        ({"conditions": None}, "conditions"),
    ],
)
def test_the_part_of_a_result_that_is_wrong_is_named(tmp_path: Path, change: dict[str, Any], where: str) -> None:
    documents, suite = town(4, unanswerable=0)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(_run(suite, perfect(documents)).to_dict() | change), encoding="utf-8")
    assert f"« {where}" in told(lambda: parse(path))


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("[]", "les planchers n’y sont pas"),
        ('{"suites": []}', "les planchers n’y sont pas"),
        ('{"suites": {"s": 3}}', "les planchers n’y sont pas"),
        ('{"suites": {"s": {"floors": {"correct": "haut"}}}}', '« s.correct » : « "haut" » n’est ni'),
        ('{"suites": {"s": {"floors": {"correct": true}}}}', "« s.correct »"),
        ('{"suites": {"s": {"floors": {"correct": 12}}}}', "« s.correct »"),
        ('{"suites": {"s": {"floors": {"correct": 0.5}}}}', "« s.suite_digest »"),
        ("\xe9", "JSON correct"),
    ],
)
def test_damaged_floors(tmp_path: Path, text: str, phrase: str) -> None:
    path = tmp_path / "floors.json"
    path.write_text(text, encoding="latin-1")
    assert phrase in told(lambda: floors.read(path))


NOMIRACL = {"query_id": "1", "question": "Q ?", "answerable": True, "passages": [{"id": "p", "text": "x"}]}
RAGAS = {"user_input": "Quel taux ?", "reference": "69,89 %"}


@pytest.mark.parametrize(
    ("record", "phrase"),
    [
        ({**CASE, "as_of": "hier"}, "le champ « as_of » contient « hier » (il faut un jour AAAA-MM-JJ)"),
        ({**CASE, "cutoff": "2024-13-01"}, "le champ « cutoff » contient"),
        ({**NOMIRACL, "relevant": ["z"]}, "le passage attendu « z » n’est pas parmi les passages de la question"),
        ({**NOMIRACL, "relevant": "p"}, "le champ « relevant » manque ou n’a pas le bon type (il faut une liste)"),
        ({**NOMIRACL, "answerable": False, "relevant": ["p"]}, "a pourtant des réponses"),
        ({**RAGAS, "answerable": "false"}, "le champ « answerable » n’a pas le bon type (il faut true ou false)"),
        ({**RAGAS, "answerable": False}, "a pourtant des réponses"),
        ("[" * 100_000, "ce n’est pas du JSON correct"),
        ('{"qid": ' + "1" * 5000 + "}", "ce n’est pas du JSON correct"),
    ],
)
def test_what_was_once_silent_is_told_with_its_line(tmp_path: Path, record: Any, phrase: str) -> None:
    said = told(lambda: load(jsonl(tmp_path / "s.jsonl", record)))
    assert "ligne 1 : " in said and phrase in said


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ('question\n"Qui ?\nQuoi ?\n', "ligne 2 : ce n’est pas un tableau CSV correct"),
        ("question,answer,page\nQui ?,x,3\n", "ligne 2 : la colonne « page » est remplie sans la colonne « source »"),
        ("question,answerable,answer\nQui ?,non,x\n", "ligne 2 : une question sans réponse"),
        ("question,as_of\nQui ?,1er avril\n", "ligne 2 : le champ « as_of » contient « 1er avril »"),
        (f"question,page,source\nQui ?,{'9' * 5000},a\n", "ligne 2 : la colonne « page » contient"),
    ],
)
def test_tables_that_were_once_read_wrong(tmp_path: Path, text: str, phrase: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert phrase in told(lambda: load(path))


def test_beir_drops_nothing_in_silence(tmp_path: Path) -> None:
    jsonl(tmp_path / "corpus.jsonl", {"_id": "d", "text": "un"})
    queries = tmp_path / "queries.jsonl"
    jsonl(queries, {"_id": "q", "text": "Un ?"}, {"_id": "r", "text": "sans jugement"})
    (tmp_path / "qrels").mkdir()
    qrels = tmp_path / "qrels" / "dev.tsv"
    qrels.write_text("q\td\t1\n", encoding="utf-8")
    notes = [note(text).replace("\u00a0", " ") for text in load(tmp_path).notes]
    assert notes == ["jugements de dev.tsv", "une question sans document pertinent est laissée de côté"]
    qrels.write_text("q d 1\n", encoding="utf-8")
    assert "ligne 1 : il faut trois colonnes" in told(lambda: load(tmp_path))
    qrels.write_text("q\td\t1\n", encoding="utf-8")
    jsonl(queries, {"_id": "q", "text": "Un ?"}, {"_id": "q", "text": "Deux ?"})
    assert "ligne 2 : l’identifiant « q » est déjà pris à la ligne 1" in told(lambda: load(tmp_path))


def test_why_a_question_is_left_out_is_told_in_french(tmp_path: Path) -> None:
    gold = [{"doc": "essai/a", "quote": "70 %"}]
    suite = load(jsonl(tmp_path / "s.jsonl", CASE, {**CASE, "qid": "a2", "gold": gold}))
    (left_out,) = located(suite, [document("a", "Un taux de 69,89 %.")], strict=False).skipped
    assert skipped(left_out.to_dict()).replace("\u00a0", " ") == "l’extrait attendu « 70 % » n’est pas dans « essai/a »"
    assert skipped({"qid": "a", "line": 1, "reason": "of an older version"}) == "of an older version"
