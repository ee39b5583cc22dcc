"""The encoder on ONNX Runtime: the vectors of sentence-transformers (cosine > 0.999), sooner and faster."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag import bundled
from rag.encoder import Vectors
from rag.graph import Floats, Precision
from rag.onnx_engine import Engine
from rag.reader_input import BEGIN, END, MAX_TOKENS

MOST = MAX_TOKENS - 2
_SUFFIXES: dict[Precision, str] = {"float32": "", "int8": "-int8"}


class OnnxEncoder:
    """The bundled model: mean over tokens, unit length, the prompts of the E5 family. See `rag.encoder.Encoder`."""

    def __init__(self, engine: Engine, name: str, digest: str) -> None:
        self._engine = engine
        self.name = name
        self.digest = digest
        self.dimension = int(engine.positions.shape[1])

    @classmethod
    def load(cls, cache: Path, *, precision: Precision = "float32", threads: int = 0) -> "OnnxEncoder":
        """The bundled model, unpacked into `cache` on first use. Raises ModelError.

        int8 vectors are near those of float32 (see rag/weights/README.md), not the same: the digest differs.
        """
        folder = bundled.unpack(cache)
        engine = Engine.open(folder, cache, precision=precision, threads=threads)
        return cls(engine, bundled.NAME, bundled.DIGEST + _SUFFIXES[precision])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._vectors([f"passage: {text}" for text in texts])

    def question(self, text: str) -> Vectors:
        """See Encoder."""
        vector: Vectors = self._vectors([f"query: {text}"])[0]
        return vector

    def token_vectors(self, texts: Sequence[str]) -> list[Floats]:
        """(tokens, dimension) float32 per text, without prompt; <s> and </s> first and last. Not of unit length."""
        return self._engine.hidden(self._ids(texts))

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        means = np.stack([states.mean(axis=0) for states in self._engine.hidden(self._ids(texts))])
        vectors: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._engine.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [[BEGIN, *encoding.ids[:MOST], END] for encoding in encoded]
