"""The formats in, and what is said of bad ones."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import document

from corpus.errors import SuiteError
from evals.cases import located
from evals.formats_in import load

CASE = {
    "qid": "a001",
    "question": "Quel taux ?",
    "type": "figure",
    "answerable": True,
    "answers": ["69,89 %"],
    "gold": [{"doc": "essai/a", "quote": "69,89 %"}],
}


def lines(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def refusal(path: Path, format: str = "auto") -> SuiteError:
    with pytest.raises(SuiteError) as caught:
        load(path, format)
    return caught.value


def test_our_cases_are_read_with_their_lines(tmp_path: Path) -> None:
    suite = load(lines(tmp_path / "s.jsonl", CASE, {"qid": "a002", "question": "Qui ?", "answerable": False}))
    assert (suite.format, suite.name, suite.documents) == ("cases", "s", None)
    assert [(case.qid, case.answerable, case.line) for case in suite.cases] == [("a001", True, 1), ("a002", False, 2)]
    assert suite.cases[0].gold[0].quote == "69,89 %"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reponse": "x"}, "unknown field 'reponse'"),
        ({"answers": "69"}, "'answers' has the wrong type (str)"),
        ({"gold": [{"document": "a"}]}, "unknown field 'document'"),
        ({"question": " "}, "is empty"),
        ({"answerable": False}, "unanswerable question has answers"),
        ({"answers": [69]}, "answers must be strings"),
    ],
)
def test_a_wrong_case_is_told_with_its_line(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    error = refusal(lines(tmp_path / "s.jsonl", {**CASE, "qid": "ok"}, {**CASE, **change}))
    assert told in str(error) and error.details["line"] == 2


def test_every_bad_line_is_named_not_only_the_first(tmp_path: Path) -> None:
    bad = [{"qid": f"b{n}"} for n in range(30)]
    text = str(refusal(lines(tmp_path / "s.jsonl", CASE, *bad), "cases"))
    assert "line 2" in text and "line 21" in text and "line 22" not in text and "and 10 more" in text


def test_duplicate_ids_name_both_lines(tmp_path: Path) -> None:
    error = refusal(lines(tmp_path / "s.jsonl", CASE, CASE))
    assert error.details["line"] == 2 and "already used (line 1)" in str(error)


def test_other_bad_files(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"")
    assert "no question" in str(refusal(path))
    path.write_bytes(json.dumps(CASE).encode() + b"\n" + '{"qid": "é"'.encode("latin-1"))
    assert refusal(path).details["line"] == 2 and "not UTF-8" in str(refusal(path))
    path.write_bytes(json.dumps(CASE).encode() + b"\n{not json}\n")
    assert refusal(path).details["line"] == 2
    path.write_bytes(b"[1]\n")
    assert "expected an object" in str(refusal(path, "cases"))
    assert "no such file" in str(refusal(tmp_path / "absent.jsonl"))
    assert "unknown format" in str(refusal(path, "xlsx"))


def test_gold_is_placed_and_a_missing_quote_is_told(tmp_path: Path) -> None:
    suite = load(
        lines(tmp_path / "s.jsonl", CASE, {**CASE, "qid": "a002", "gold": [{"doc": "essai/a", "quote": "70 %"}]})
    )
    corpus = [document("a", "Un taux de 69,89 % est atteint.")]
    with pytest.raises(SuiteError, match=r"line 2: a002: gold quote '70 %' is not in 'essai/a'"):
        located(suite, corpus)
    lenient = located(suite, corpus, strict=False)
    assert [case.qid for case in lenient.cases] == ["a001"] and lenient.cases[0].gold[0].start == 11
    assert [(s.qid, s.line) for s in lenient.skipped] == [("a002", 2)]
    with pytest.raises(SuiteError, match="is not in the corpus"):
        located(suite, [document("b")], strict=False)


def test_gold_may_be_named_by_address_or_title(tmp_path: Path) -> None:
    one = document("a", "Un taux de 69,89 %.")
    for name in (one.url, one.title):
        suite = load(lines(tmp_path / "s.jsonl", {**CASE, "gold": [{"doc": name, "quote": "69,89 %"}]}))
        assert located(suite, [one]).cases[0].gold[0].doc == one.id


def test_white_space_of_a_quote_may_differ_and_the_exact_slice_is_kept(tmp_path: Path) -> None:
    suite = load(lines(tmp_path / "s.jsonl", {**CASE, "gold": [{"doc": "essai/a", "quote": "taux de 69,89 %"}]}))
    gold = located(suite, [document("a", "Un taux\nde 69,89\u00a0% est atteint.")]).cases[0].gold[0]
    assert (gold.start, gold.quote) == (3, "taux\nde 69,89\u00a0%")


SQUAD = {
    "data": [
        {
            "title": "Ouagadougou",
            "paragraphs": [
                {
                    "context": "Ouagadougou est la capitale du Burkina Faso.",
                    "qas": [
                        {
                            "id": "1",
                            "question": "Quelle ville ?",
                            "answers": [{"text": "Ouagadougou", "answer_start": 0}],
                        },
                        {
                            "id": "2",
                            "question": "Quel pays ?",
                            "answers": [{"text": "Burkina Faso", "answer_start": 3}],
                        },
                        {"id": "3", "question": "Quel âge ?", "is_impossible": True, "answers": []},
                        {"id": "4", "question": "Qui ?", "answers": [{"text": "Bobo", "answer_start": 0}]},
                    ],
                }
            ],
        },
        {
            "title": "Combien ?",
            "paragraphs": [
                {
                    "context": "Douze.",
                    "qas": [{"question": "Combien ?", "answers": [{"text": "Douze", "answer_start": 0}]}],
                }
            ],
        },
    ]
}


def test_squad_makes_paragraphs_documents(tmp_path: Path) -> None:
    path = tmp_path / "piaf.json"
    path.write_text(json.dumps(SQUAD), encoding="utf-8")
    suite = load(path)
    assert suite.documents is not None
    assert [d.title for d in suite.documents] == ["Ouagadougou", ""], "a title that is the question gives it away"
    by_id = {case.qid: case for case in suite.cases}
    assert by_id["2"].gold[0].start == 31, "a wrong answer_start is put right"
    assert not by_id["3"].answerable and by_id["3"].gold == ()
    assert [s.qid for s in suite.skipped] == ["4"] and "Bobo" in suite.skipped[0].reason
    assert "1-0-0" in by_id, "a question without an id gets its place"


def test_squad_says_where_a_field_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"data": [{"title": "x", "paragraphs": [{"texte": ""}]}]}', encoding="utf-8")
    assert "data[0].paragraphs[0]: field 'context' is missing" in str(refusal(path))
    for qas, told in [
        ("null", "'qas'"),
        ('["x"]', "'question'"),
        ('[{"question": "Q ?", "answers": null}]', "'answers'"),
        ('[{"question": "Q ?", "answers": [{"text": "un", "answer_start": "0"}]}]', "'answer_start'"),
    ]:
        path.write_text(f'{{"data": [{{"paragraphs": [{{"context": "un", "qas": {qas}}}]}}]}}', encoding="utf-8")
        assert told in str(refusal(path))
    path.write_text('{"data": [\n{,]}', encoding="utf-8")
    assert refusal(path).details["line"] == 2


def test_beir_folder(tmp_path: Path) -> None:
    lines(tmp_path / "corpus.jsonl", {"_id": "d1", "title": "T", "text": "un"}, {"_id": "d2", "text": "deux"})
    lines(tmp_path / "queries.jsonl", {"_id": "q1", "text": "Un ?"}, {"_id": "q2", "text": "sans jugement"})
    (tmp_path / "qrels").mkdir()
    qrels = tmp_path / "qrels" / "test.tsv"
    qrels.write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\nq1\td1\t0\n", encoding="utf-8")
    suite = load(tmp_path)
    assert suite.format == "beir" and [c.qid for c in suite.cases] == ["q1"]
    assert [gold.doc for gold in suite.cases[0].gold] == ["d2"]
    qrels.write_text("query-id\tcorpus-id\tscore\nq1\td9\t1\n", encoding="utf-8")
    assert refusal(tmp_path).details["line"] == 2 and "d9" in str(refusal(tmp_path))


def test_nomiracl_lines_are_asked_on_their_own_passages(tmp_path: Path) -> None:
    passages = [{"id": "1#0", "title": "T", "text": "un"}, {"id": "1#1", "title": "T", "text": "deux"}]
    record = {"query_id": "9", "question": "Un ?", "answerable": False, "passages": passages}
    suite = load(lines(tmp_path / "n.jsonl", record))
    assert suite.format == "nomiracl" and suite.cases[0].within == ("1#0", "1#1") and not suite.cases[0].answerable
    clash = {**record, "query_id": "8", "passages": [{"id": "1#0", "text": "autre"}]}
    assert refusal(lines(tmp_path / "n.jsonl", record, clash)).details["line"] == 2


def test_ragas_and_ragtime_lines(tmp_path: Path) -> None:
    ragas = {"user_input": "Quel taux ?", "reference": "69,89 %", "reference_contexts": ["Le taux est de 69,89 %."]}
    ragtime = {"question": {"text": "Combien ?"}, "facts": {"items": [{"text": "douze"}]}}
    suite = load(lines(tmp_path / "r.jsonl", ragas, ragtime))
    assert [case.answers for case in suite.cases] == [("69,89 %",), ("douze",)]
    assert suite.cases[0].gold[0].doc == "" and located(suite, []).cases == suite.cases
    assert "'user_input' is missing" in str(refusal(lines(tmp_path / "r.jsonl", {"input": "x"}), "ragas"))
    whole = {**ragas, "reference_contexts": "un seul texte"}
    assert refusal(lines(tmp_path / "r.jsonl", ragas, whole)).details["line"] == 2
    assert refusal(lines(tmp_path / "r.jsonl", {**ragtime, "facts": {"items": ["douze"]}})).details["line"] == 1


@pytest.mark.parametrize(("name", "mark"), [("t.csv", ","), ("t.csv", ";"), ("t.tsv", "\t")])
def test_tables(tmp_path: Path, name: str, mark: str) -> None:
    rows = [["question", "answer", "source", "page", "answerable", "as_of"]]
    rows += [["Quel taux ?", "69.89 %|69.89%", "essai/a", "2", "oui", "2025-04-01"], ["Qui ?", "", "", "", "non", ""]]
    path = tmp_path / name
    path.write_text("\ufeff" + "\n".join(mark.join(row) for row in rows) + "\n", encoding="utf-8")
    first, second = load(path).cases
    assert first.answers == ("69.89 %", "69.89%") and first.gold[0].page == 2 and first.as_of == "2025-04-01"
    assert not second.answerable and second.gold == () and second.line == 3


def test_bad_tables_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for text, line, told in [
        ("question,score\nQui ?,1\n", 1, "unknown column 'score'"),
        ("answer\nx\n", 1, "column 'question' is missing"),
        ('question,answer\n"Qui\n?",x\nQui,a,b\n', 4, "3 columns"),
        ("question,answer,réponse\nQui ?,x,y\n", 1, "two columns for 'answer'"),
        ("question,answer\nQui ?,x\nQui," + 140_000 * "a" + "\n", 3, "not CSV"),
        ("question,page\nQui ?,²\n", 2, "page is '²'"),
        ("question,answerable\nQui ?,peut-être\n", 2, "answerable is 'peut-être'"),
    ]:
        path.write_text(text, encoding="utf-8")
        assert refusal(path).details["line"] == line and told in str(refusal(path))


def test_a_hundred_thousand_lines(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for n in range(100_000):
            stream.write(f'{{"qid": "q{n}", "question": "Question {n} ?", "answers": ["{n}"]}}\n')
        stream.write('{"qid": "q7", "question": "Encore ?"}\n')
    error = refusal(path)
    assert error.details["line"] == 100_001 and "already used (line 8)" in str(error)
