"""rag/late.py: late interaction against its formula, kept token vectors against the encoder's, and the index."""

from pathlib import Path

import numpy as np
import pytest
from builders import CORPUS, MODELS, WordEncoder, document, fill, index
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Span
from corpus.settings import Settings
from rag import Assistant
from rag.generation import Generation
from rag.late import ALONE, NO_TOKENS, SCALE, Projection, Tokens, TokenTable, by_span, cosines, nearness
from rag.onnx_encoder import OnnxEncoder
from rag.vectors import FlatIndex

TEXT = "Le taux d’exécution atteint 88,02 %. La ministre a salué ses équipes à Ouagadougou."


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder.load(MODELS, threads=2)


def unit(*rows: tuple[int, int]) -> Tokens:
    return np.array(rows, np.int8)


def test_cosines_are_exact_however_the_product_is_cut() -> None:
    chance = np.random.default_rng(0)
    question, passage = (chance.integers(-SCALE, SCALE + 1, (rows, 96)).astype(np.int8) for rows in (30, 500))
    assert question.size * len(passage) > 3 * ALONE  # or nothing is cut
    whole = question.astype(np.int64) @ passage.astype(np.int64).T
    np.testing.assert_array_equal(cosines(question, passage), whole.astype(np.float32) / np.float32(SCALE**2))


def test_nearness_worked_out_by_hand() -> None:
    question = unit((SCALE, 0), (0, SCALE))
    passage = unit((SCALE, 0), (-SCALE, 0), (76, 102))  # the last is (0.6, 0.8) in steps of 1/127
    # first question token: best 1; second: best 102/127
    assert nearness(question, [passage]) == pytest.approx([(1 + 102 / 127) / 2])
    assert nearness(question, [NO_TOKENS]) == nearness(NO_TOKENS, [passage]) == [0]
    several = [passage[:1], NO_TOKENS, passage, passage[2:], NO_TOKENS]
    assert nearness(question, several) == pytest.approx([0.5, 0, (1 + 102 / 127) / 2, (76 + 102) / 127 / 2, 0])


def test_a_span_is_compared_with_its_own_tokens_only() -> None:
    question = unit((SCALE, 0))
    passage = unit((SCALE, 0), (0, SCALE), (-SCALE, 0))
    offsets = [Span(0, 4), Span(4, 9), Span(9, 12)]
    spans = [Span(0, 9), Span(9, 12), Span(20, 30)]
    assert by_span(cosines(question, passage), offsets, spans) == [1.0, -1.0, 0.0]


@given(st.lists(st.lists(st.integers(-127, 127), min_size=3, max_size=3), max_size=6), st.integers(0, 5))
def test_a_table_gives_back_every_passage(rows: list[list[int]], empty: int) -> None:
    passages = [np.array(rows[:number], np.int8).reshape(-1, 3) for number in range(len(rows) + 1)]
    passages.insert(empty % (len(passages) + 1), NO_TOKENS)
    table = TokenTable.build(passages)
    for number, passage in enumerate(passages):
        assert table.of(number).tolist() == passage.tolist()


def test_a_saved_table_is_read_back(tmp_path: Path) -> None:
    for passages in ([unit((1, 2)), unit((3, 4), (5, 6))], [NO_TOKENS, NO_TOKENS], []):
        TokenTable.build(passages).save(tmp_path)
        table = TokenTable.open(tmp_path)
        assert [table.of(number).tolist() for number in range(len(passages))] == [item.tolist() for item in passages]


def test_kept_vectors_are_unit_and_belong_to_the_tokens_of_the_text(encoder: OnnxEncoder) -> None:
    vectors, (tokens,) = encoder.passages_and_tokens([TEXT])
    (offsets,) = encoder.offsets([TEXT])
    assert tokens.dtype == np.int8
    assert len(tokens) == len(offsets)
    assert "".join(TEXT[offset.start : offset.end] for offset in offsets) == TEXT
    np.testing.assert_allclose(np.linalg.norm(tokens / SCALE, axis=1), 1, atol=0.05)
    np.testing.assert_array_equal(vectors, encoder.passages([TEXT]))


def test_kept_vectors_keep_the_angles_of_the_encoder(encoder: OnnxEncoder) -> None:
    (states,) = encoder.states([TEXT], "passage")
    (tokens,) = encoder.passages_and_tokens([TEXT])[1]
    centred = states - Projection.open().mean
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    assert np.corrcoef((centred @ centred.T).ravel(), cosines(tokens, tokens).ravel())[0, 1] > 0.97


def test_the_sentence_that_answers_is_nearer(encoder: OnnxEncoder) -> None:
    question = encoder.question_and_tokens("Quel est le taux d’exécution ?")[1]
    (tokens,) = encoder.passages_and_tokens([TEXT])[1]
    spans = [Span(0, 36), Span(37, len(TEXT))]
    first, second = by_span(cosines(question, tokens), encoder.offsets([TEXT])[0], spans)
    assert first > second


def test_text_beyond_the_last_position_has_offsets_for_the_tokens_it_keeps(encoder: OnnxEncoder) -> None:
    long = "mot " * 900
    assert len(encoder.passages_and_tokens([long])[1][0]) == len(encoder.offsets([long])[0])


def test_the_index_keeps_tokens_and_an_update_takes_them_over(tmp_path: Path, encoder: OnnxEncoder) -> None:
    data = fill(tmp_path / "data", CORPUS[:2])
    index(data, encoder)
    fill(data, [document("neuf", "Le conseil a adopté un décret sur les archives publiques.")])
    report = index(data, encoder)
    assert report.reused > 0
    generation = Generation.open(data / "index", FlatIndex)
    with Assistant.open(data, Settings(cache=str(MODELS))) as assistant:
        for row in range(len(generation.rows)):
            _, start, end = assistant._view().passage(row)
            assert len(generation.tokens.of(row)) > (end - start) / 12
    fresh = fill(
        tmp_path / "fresh", [*CORPUS[:2], document("neuf", "Le conseil a adopté un décret sur les archives publiques.")]
    )
    index(fresh, encoder)
    anew = Generation.open(fresh / "index", FlatIndex)
    for number in generation.rows["id"].tolist():
        ours, theirs = (each.tokens.of(int(each.stack.find(np.array([number]))[0])) for each in (generation, anew))
        assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 2  # batches of other lengths round otherwise


def test_an_encoder_without_tokens_still_answers(tmp_path: Path) -> None:
    data = fill(tmp_path / "data")
    index(data, WordEncoder())
    with Assistant.open(data, Settings(), encoder=WordEncoder()) as assistant:
        assert assistant.search("forage")
