"""The encoder on ONNX Runtime against sentence-transformers, the outside oracle."""

from pathlib import Path

import numpy as np
import pytest
from builders import MODELS

from corpus.errors import ModelError
from rag.encoder import SentenceEncoder
from rag.onnx_encoder import OnnxEncoder
from rag.onnx_engine import Engine

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


def test_int8_is_near_and_says_that_it_differs(encoder: OnnxEncoder) -> None:
    quick = OnnxEncoder.load(MODELS, precision="int8", threads=2)
    read = TEXTS[:3]  # 900 times one word is no text, and loses more
    assert ((encoder.passages(read) * quick.passages(read)).sum(axis=1) > 0.99).all()
    assert quick.digest != encoder.digest


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
