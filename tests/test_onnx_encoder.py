"""The encoder on ONNX Runtime against sentence-transformers, the outside oracle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from builders import MODELS

from corpus.errors import ModelError
from rag import bundled, int8_engine
from rag.encoder import SentenceEncoder, weights
from rag.graph import Floats
from rag.onnx_encoder import OnnxEncoder
from rag.onnx_engine import Engine, onnxruntime_run

TEXTS = [
    "Bonjour",
    "La session s’est tenue le 27 mars 2025 à Ouagadougou, sous la présidence de la ministre.",
    "Le ministère a dématérialisé 75 procédures en 2024 ; le taux d’exécution atteint 88,02 %. " * 4,
    "",
    "mot " * 900,
]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder.load(MODELS, threads=2)


def test_agrees_with_sentence_transformers(encoder: OnnxEncoder) -> None:
    oracle = SentenceEncoder.load("bundled", MODELS)
    assert encoder.dimension == oracle.dimension
    assert ((encoder.passages(TEXTS) * oracle.passages(TEXTS)).sum(axis=1) > 0.9999).all()
    question = "Combien de procédures ont été dématérialisées ?"
    assert encoder.question(question) @ oracle.question(question) > 0.9999


@pytest.fixture(scope="module")
def quick() -> OnnxEncoder:
    return OnnxEncoder.load(MODELS, precision="int8", threads=2)


def test_int8_is_near_and_says_that_it_differs(encoder: OnnxEncoder, quick: OnnxEncoder) -> None:
    read = TEXTS[:3]  # 900 times one word is no text, and loses more
    assert ((encoder.passages(read) * quick.passages(read)).sum(axis=1) > 0.99).all()
    assert quick.digest != encoder.digest
    assert weights(quick.digest) == weights(encoder.digest)


def test_questions_are_never_rounded(encoder: OnnxEncoder, quick: OnnxEncoder) -> None:
    question = "Combien de procédures ont été dématérialisées ?"
    np.testing.assert_allclose(quick.question(question), encoder.question(question), atol=1e-6)


def test_an_int8_vector_depends_on_its_own_text_alone(quick: OnnxEncoder) -> None:
    together = quick.passages(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert quick.passages([text])[0] @ vector > 0.9995


def test_both_runtimes_round_alike(quick: OnnxEncoder) -> None:
    folder = bundled.unpack(MODELS)
    plain = replace(int8_engine.open_engine(folder, MODELS, threads=1), run=onnxruntime_run(int8_graph_of(folder), 1))
    again = OnnxEncoder(plain, quick.name, quick.digest)
    assert ((again.passages(TEXTS[:3]) * quick.passages(TEXTS[:3])).sum(axis=1) > 0.999).all()


def int8_graph_of(folder: Path) -> Path:
    return MODELS / f"{folder.name}-{int8_engine.NAME}.onnx"


def test_wrong_products_are_refused(encoder: OnnxEncoder) -> None:
    exact = Engine.open(bundled.unpack(MODELS), MODELS, threads=2)
    int8_engine.check(exact, exact)
    wrong = replace(exact, run=lambda embedded, mask: np.abs(exact.run(embedded, mask)))
    with pytest.raises(ModelError) as caught:
        int8_engine.check(wrong, exact)
    assert caught.value.details["reason"] == "int8_wrong"


def test_a_processor_without_vnni_is_not_quick(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    assert not int8_engine.quick(told)
    told.write_text("processor : 0\nflags : fpu avx2 avx512f\n")
    assert not int8_engine.quick(told)
    told.write_text("processor : 0\nflags : fpu avx2 avx_vnni\n")
    assert int8_engine.quick(told)


def test_the_same_question_again_costs_no_model(encoder: OnnxEncoder) -> None:
    engine = Engine.open(bundled.unpack(MODELS), MODELS, threads=2)
    runs = []

    def run(embedded: Floats, mask: npt.NDArray[np.int32]) -> Floats:
        runs.append(mask.shape)
        return engine.run(embedded, mask)

    counted = OnnxEncoder(replace(engine, run=run), "compté", "0")
    first = counted.question("Quel est le taux ?")
    assert counted.question("Quel est le taux ?") is first
    assert not first.flags.writeable
    counted.question("Quel est le montant ?")
    assert len(runs) == 2


def test_unit_rows_in_order_whatever_the_batch(encoder: OnnxEncoder) -> None:
    together = encoder.passages(TEXTS)
    assert together.shape == (len(TEXTS), encoder.dimension)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS[:3], together, strict=False):
        np.testing.assert_allclose(encoder.passages([text])[0], vector, atol=1e-4)
    assert encoder.passages([]).shape == (0, encoder.dimension)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        Engine.open(tmp_path, tmp_path / "cache")
