"""Running suites: on plain systems, and on the real assistant with a tiny encoder."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asking import by_chance, perfect, town
from builders import SEED, WordEncoder, fill, index

from corpus.errors import DataMissing, SuiteError
from corpus.settings import Settings
from evals.results import Result, dump
from evals.run import EvalEvent, evaluate, find_suite, run_suite

QUOTE = SEED.text.split("\n\n")[1]
CASES: list[dict[str, Any]] = [
    {
        "qid": "t001",
        "question": "Quel est le taux d’exécution financière de la Transition digitale au 31 décembre 2024 ?",
        "type": "figure",
        "answers": ["69,89 %"],
        "gold": [{"doc": SEED.id, "quote": QUOTE}],
    },
    {
        "qid": "t002",
        "question": "Quel taux avant la publication ?",
        "type": "as_of",
        "answerable": False,
        "subtype": "adversarial",
        "as_of": "2020-01-01",
    },
    {"qid": "t003", "question": "x" * 3000, "type": "figure", "answers": ["1"]},
]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "essai.jsonl"
    path.write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in CASES), encoding="utf-8")
    return path


@pytest.fixture
def indexed(data: Path) -> Path:
    index(data, WordEncoder())
    return data


def last(path: Path, data: Path, **options: Any) -> tuple[Result, list[EvalEvent]]:
    events = list(evaluate(path, data=data, settings=Settings(), encoder=WordEncoder(), **options))
    assert events[-1].result is not None and all(event.result is None for event in events[:-1])
    return events[-1].result, events


def test_two_runs_differ_in_times_only() -> None:
    documents, cases = town()
    one, two = ([*run_suite(cases, by_chance(documents), seed=5)][-1].result for _ in range(2))
    assert one is not None and two is not None and one.without_times() == two.without_times()
    assert (
        one.conditions["seed"] == 5
        and one.conditions["libraries"]["numpy"]
        and "memory_gib" in one.conditions["machine"]
    )


def test_work_is_told_as_it_goes() -> None:
    documents, cases = town()
    events = list(run_suite(cases, perfect(documents)))
    assert [event.done for event in events] == [0, 25, 50, 75, 80] and {event.total for event in events} == {80}


def test_questions_are_asked_within_their_own_documents() -> None:
    documents, cases = town(4, unanswerable=0)
    alone = replace(cases, cases=tuple(replace(case, within=(documents[0].id,)) for case in cases.cases))
    result = [*run_suite(alone, perfect(documents))][-1].result
    assert result is not None
    assert {e["doc"] for row in result.rows for e in row.evidence} == {documents[0].id}


def test_the_assistant_is_evaluated_on_a_data_folder(suite: Path, indexed: Path) -> None:
    result, _ = last(suite, indexed)
    rows = {row.qid: row for row in result.rows}
    assert rows["t001"].gold_ranks[0] is not None and rows["t001"].gold[0]["start"] == SEED.text.index(QUOTE)
    assert rows["t002"].outcome == "right_refusal", "nothing was published by then"
    assert rows["t003"].outcome == "error" and rows["t003"].error and result.suite["errors"] == 1
    for row in result.rows:
        assert all(c["exact"] for s in row.sentences for c in s["citations"])
    told = result.conditions
    assert (
        told["settings"]["retrieval"] == Settings().retrieval
        and told["model"]["name"] == "words"
        and told["documents"] > 1
    )
    assert "port" not in told["settings"] and len(told["corpus_digest"]) >= 32


def test_runs_repeat_to_the_letter(suite: Path, indexed: Path) -> None:
    one, two = (last(suite, indexed, baselines=True)[0] for _ in range(2))
    assert json.dumps(one.without_times()) == json.dumps(two.without_times())
    assert list(one.baselines) == ["default", "lexical", "dense", "fusion"]
    assert "latency_ms" in dump(one)


def test_robustness_runs_beside_the_data_and_leaves_it_alone(suite: Path, indexed: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in indexed.rglob("*") if p.is_file() and "-shm" not in p.name}
    result, events = last(suite, indexed, robustness=["accents", "counterfeit", "injection", "distractors"])
    assert list(result.robustness) == ["accents", "distractors", "counterfeit", "injection"]
    assert result.robustness["injection"]["planted"] == 3 and result.robustness["counterfeit"]["planted"] == 1
    assert {"accents", "injection", "index"} <= {event.stage for event in events}
    after = {p: p.stat().st_mtime_ns for p in indexed.rglob("*") if p.is_file() and "-shm" not in p.name}
    assert after == before


def test_suites_with_documents_need_no_data_folder(tmp_path: Path) -> None:
    squad = {
        "data": [
            {
                "title": title,
                "paragraphs": [
                    {
                        "context": text,
                        "qas": [{"id": title, "question": question, "answers": [{"text": a, "answer_start": 0}]}],
                    }
                ],
            }
            for title, text, question, a in [
                ("Dori", "Dori compte 104 bâtiments.", "Combien de bâtiments à Dori ?", "104"),
                ("Kaya", "Kaya reçoit 93 pompes.", "Combien de pompes à Kaya ?", "93"),
            ]
        ]
    }
    path = tmp_path / "petit.json"
    path.write_text(json.dumps(squad, ensure_ascii=False), encoding="utf-8")
    result, _ = last(path, tmp_path / "absent")
    assert result.metrics["recall@1"].value == 1 and not (tmp_path / "absent").exists()
    limited, _ = last(path, tmp_path / "absent", limit=1)
    assert len(limited.rows) == 1 and "first 1 questions only" in limited.suite["notes"]


def test_bad_use_is_told(tmp_path: Path, suite: Path, data: Path) -> None:
    with pytest.raises(SuiteError, match="no suite of this name"):
        find_suite("inconnue")
    with pytest.raises(DataMissing):
        list(evaluate(suite, data=tmp_path / "absent", settings=Settings(), encoder=WordEncoder()))
    fill(tmp_path / "other", [replace(SEED, text="Rien.")])
    index(tmp_path / "other", WordEncoder())
    with pytest.raises(SuiteError, match="line 1: t001: gold quote"):
        list(evaluate(suite, data=tmp_path / "other", settings=Settings(), encoder=WordEncoder()))
    result, _ = last(suite, tmp_path / "other", strict=False)
    assert [skipped["qid"] for skipped in result.suite["skipped"]] == ["t001"] and result.suite["questions"] == 3
