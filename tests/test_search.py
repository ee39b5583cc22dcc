"""rag/search.py: fusion against the formula, and the filters, on a real index with a tiny encoder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from builders import CORPUS, FORMER, MONTHLY, SEED, UNDATED, WordEncoder, document, fill, index
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FilterError, QuestionError
from corpus.settings import Settings
from rag import Assistant
from rag.search import CANDIDATES, reciprocal_rank_fusion


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = fill(tmp_path_factory.mktemp("search") / "data")
    index(data, WordEncoder())
    with Assistant.open(data, Settings(), encoder=WordEncoder()) as opened:
        yield opened


def found(assistant: Assistant, question: str = "taux forage piscine CASEM bulletin note", **filters: str) -> set[str]:
    return {item.doc for item in assistant.search(question, k=100, **filters)}  # type: ignore[arg-type]


# Reciprocal rank fusion (Cormack, Clarke & Buettcher, SIGIR 2009)


def test_fusion_worked_out_by_hand() -> None:
    lists = [np.array([5, 3, 9]), np.array([3, 7])]
    fused = reciprocal_rank_fusion(lists, 60)
    # 3: 1/62 + 1/61; 5: 1/61; 7: 1/62; 9: 1/63
    assert list(fused) == [3, 5, 7, 9]
    assert list(fused.values()) == pytest.approx([0.0325225, 0.0163934, 0.0161290, 0.0158730], abs=1e-7)


def test_equal_scores_are_ordered_by_row() -> None:
    assert list(reciprocal_rank_fusion([np.array([8, 2]), np.array([2, 8])], 10)) == [2, 8]
    assert list(reciprocal_rank_fusion([np.array([8]), np.array([2])], 10)) == [2, 8]


@given(st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=4), st.integers(1, 100))
def test_fusion_is_the_sum_over_lists_of_one_over_k_plus_rank(lists: list[list[int]], k: int) -> None:
    fused = reciprocal_rank_fusion([np.array(each, np.int64) for each in lists], k)
    assert set(fused) == {row for each in lists for row in each}
    for row, score in fused.items():
        assert score == pytest.approx(sum(1 / (k + each.index(row) + 1) for each in lists if row in each))
    pairs = [(-score, row) for row, score in fused.items()]
    assert pairs == sorted(pairs)


def test_fusion_of_nothing_is_nothing() -> None:
    assert reciprocal_rank_fusion([], 10) == {}
    assert reciprocal_rank_fusion([np.zeros(0, np.int64)], 10) == {}


# What is found


def test_evidence_is_ranked_from_one_with_exact_spans(assistant: Assistant) -> None:
    evidence = assistant.search("taux d'exécution physique", k=10)
    assert [item.rank for item in evidence] == list(range(1, len(evidence) + 1))
    assert [item.score for item in evidence] == sorted((item.score for item in evidence), reverse=True)
    for item in evidence:
        assert assistant.document(item.doc).text[item.start : item.end] == item.text
    assert {evidence[0].doc, evidence[1].doc} == {SEED.id, FORMER.id}


def test_k_bounds_what_comes_back(assistant: Assistant) -> None:
    assert len(assistant.search("forages du Sahel", k=1)) == 1
    assert assistant.search("forages du Sahel", k=1)[0].doc == MONTHLY.id
    assert len(assistant.search("forages du Sahel", k=1000)) <= 2 * CANDIDATES


@pytest.mark.parametrize("retrieval", ["lexical", "dense", "fusion"])
def test_each_part_finds_on_its_own(data: Path, words: WordEncoder, retrieval: str) -> None:
    index(data, words)
    settings = Settings(retrieval=retrieval)  # type: ignore[arg-type]
    with Assistant.open(data, settings, encoder=WordEncoder()) as assistant:
        assert assistant.search("forages réhabilités", k=1)[0].doc == MONTHLY.id


def test_words_alone_need_no_model(data: Path, words: WordEncoder) -> None:
    index(data, words)
    with Assistant.open(data, Settings(retrieval="lexical", model="/no/such/model")) as assistant:
        assert assistant.search("forages réhabilités", k=1)[0].doc == MONTHLY.id
        assert assistant.search("xylophone zinzolin") == ()
        assert assistant.ask("xylophone zinzolin").status == "abstained"


def test_a_filter_reaches_past_the_candidates(tmp_path: Path) -> None:
    """Filters are applied before the nearest are taken: one old text among hundreds of near twins is still found."""
    twins = [document(f"{number:03}", f"Le taux d’exécution est de {number} %.") for number in range(3 * CANDIDATES)]
    old = document("vieux", "Un taux lointain, dans un texte bien plus long que ses voisins.", published="2019-01-01")
    data = fill(tmp_path / "data", [*twins, old])
    index(data, WordEncoder())
    with Assistant.open(data, Settings(), encoder=WordEncoder()) as assistant:
        assert found(assistant, "taux d'exécution", until="2020-01-01") == {old.id}


# Filters


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, {SEED, FORMER, MONTHLY, UNDATED}),
        ({"as_of": "2025-03-27"}, {SEED, FORMER, MONTHLY}),
        ({"as_of": "2025-03-26"}, {FORMER, MONTHLY}),
        ({"as_of": "2025-02-28"}, {FORMER, MONTHLY}),
        ({"as_of": "2025-02-27"}, {FORMER}),  # "2025-02" may have been published on the 28th
        ({"as_of": "2020-01-01"}, set()),
        ({"until": "2025-02-28"}, {FORMER, MONTHLY}),
        ({"until": "2024-12-12"}, {FORMER}),
        ({"since": "2025-02-01"}, {SEED, MONTHLY}),
        ({"since": "2025-02-02"}, {SEED}),  # ... or on the 1st
        ({"since": "2025-03-27", "until": "2025-03-27"}, {SEED}),
        ({"since": "2024-01-01", "as_of": "2024-12-31"}, {FORMER}),
        ({"until": "2025-03-27", "as_of": "2024-12-31"}, {FORMER}),
        ({"ministry": "transition DIGITALE"}, {SEED}),
        ({"ministry": "economie"}, {FORMER}),
        ({"ministry": "et"}, {SEED, FORMER, MONTHLY, UNDATED}),
        ({"ministry": "Agriculture"}, set()),
        ({"publisher": "gov.bf"}, {MONTHLY, UNDATED}),
        ({"publisher": "LEFASO"}, {FORMER}),
        ({"publisher": "gov.bf", "since": "2025-01-01"}, {MONTHLY}),
    ],
    ids=str,
)
def test_filters_let_through_what_they_say(
    assistant: Assistant, filters: dict[str, str], expected: set[object]
) -> None:
    assert found(assistant, **filters) == {each.id for each in expected}  # type: ignore[attr-defined]


def test_within_narrows_to_the_documents_named(assistant: Assistant) -> None:
    assert {item.doc for item in assistant.search("taux", within=frozenset({FORMER.id, "absent"}))} == {FORMER.id}
    assert assistant.search("taux", within=frozenset()) == ()


@pytest.mark.parametrize("name", ["as_of", "since", "until"])
@pytest.mark.parametrize("value", ["hier", "2025-02-30", "2025", "27/03/2025", ""])
def test_what_is_no_day_is_refused(assistant: Assistant, name: str, value: str) -> None:
    for call in (assistant.search, assistant.ask):
        with pytest.raises(FilterError) as caught:
            call("taux", **{name: value})
        assert caught.value.details == {"name": name, "value": value, "reason": "date"}


def test_bounds_that_cross_are_refused(assistant: Assistant) -> None:
    with pytest.raises(FilterError) as caught:
        assistant.search("taux", since="2025-02-01", until="2025-01-31")
    assert caught.value.details["reason"] == "order"


def test_an_answer_never_comes_from_outside_the_filters(assistant: Assistant) -> None:
    for day in ("2024-12-31", "2025-03-26"):
        answer = assistant.ask(
            "Quel est le taux d’exécution physique du ministère de la Transition digitale ?", as_of=day
        )
        assert answer.as_of == day
        documents = {citation.doc for sentence in answer.sentences for citation in sentence.citations}
        assert documents | {item.doc for item in answer.evidence} <= {FORMER.id, MONTHLY.id}


@pytest.mark.parametrize("question", ["", "   ", "?!", "«»\n"])
def test_an_empty_question_is_refused(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError) as caught:
        assistant.search(question)
    assert caught.value.details["reason"] == "empty"


def test_a_corpus_of_one_kind_is_whole(assistant: Assistant) -> None:
    assert assistant.state().documents == len(CORPUS)
    assert assistant.state().latest == SEED.published
