"""The encoder on ONNX Runtime: the vectors of sentence-transformers (cosine > 0.999), sooner and faster."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from corpus.records import Span
from rag import bundled
from rag.encoder import Vectors
from rag.graph import Floats, Precision
from rag.late import Projection, Tokens
from rag.onnx_engine import Engine
from rag.reader_input import BEGIN, END, MAX_TOKENS

MOST = MAX_TOKENS - 2
Prompt = Literal["query", "passage"]
PROMPTS: tuple[Prompt, ...] = ("query", "passage")
_SUFFIXES: dict[Precision, str] = {"float32": "", "int8": "-int8"}


class OnnxEncoder:
    """The bundled model: mean over tokens, unit length, the prompts of the E5 family. See `rag.encoder.Encoder`."""

    def __init__(self, engine: Engine, name: str, digest: str) -> None:
        self._engine = engine
        self.name = name
        self.digest = digest
        self.dimension = int(engine.positions.shape[1])
        encode = engine.tokenizer.encode
        self._prompts = {prompt: len(encode(f"{prompt}:", add_special_tokens=False).ids) for prompt in PROMPTS}

    @classmethod
    def load(cls, cache: Path, *, precision: Precision = "float32", threads: int = 0) -> "OnnxEncoder":
        """The bundled model, unpacked into `cache` on first use. Raises ModelError.

        int8 vectors are near those of float32 (see rag/weights/README.md), not the same: the digest differs.
        """
        folder = bundled.unpack(cache)
        engine = Engine.open(folder, cache, precision=precision, threads=threads)
        return cls(engine, bundled.NAME, bundled.DIGEST + _SUFFIXES[precision])

    @property
    def projection(self) -> str:
        """See TokenEncoder."""
        return self._project.name

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self.passages_and_tokens(texts)[0]

    def question(self, text: str) -> Vectors:
        """See Encoder."""
        return self.question_and_tokens(text)[0]

    def passages_and_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """See TokenEncoder."""
        states = self._hidden([f"passage: {text}" for text in texts])
        return self._means(states), [self._project(self._bare(state, "passage")) for state in states]

    def question_and_tokens(self, text: str) -> tuple[Vectors, Tokens]:
        """See TokenEncoder."""
        (state,) = self._hidden([f"query: {text}"])
        vector: Vectors = self._means([state])[0]
        return vector, self._project(self._bare(state, "query"))

    def offsets(self, texts: Sequence[str]) -> list[list[Span]]:
        """See TokenEncoder."""
        shift = len("passage: ")
        skipped = self._prompts["passage"]
        encoded = self._engine.tokenizer.encode_batch([f"passage: {text}" for text in texts], add_special_tokens=False)
        return [
            [Span(max(start - shift, 0), end - shift) for start, end in encoding.offsets[skipped:MOST]]
            for encoding in encoded
        ]

    def states(self, texts: Sequence[str], prompt: Prompt) -> list[Floats]:
        """(tokens, dimension) float32 per text: the tokens of the text alone, neither prompt nor <s> and </s>."""
        return [self._bare(state, prompt) for state in self._hidden([f"{prompt}: {text}" for text in texts])]

    def _hidden(self, texts: Sequence[str]) -> list[Floats]:
        encoded = self._engine.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return self._engine.hidden([[BEGIN, *encoding.ids[:MOST], END] for encoding in encoded])

    def _means(self, states: Sequence[Floats]) -> Vectors:
        if not states:
            return np.zeros((0, self.dimension), np.float32)
        means = np.stack([state.mean(axis=0) for state in states])
        vectors: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return vectors

    @cached_property
    def _project(self) -> Projection:
        return Projection.open()

    def _bare(self, state: Floats, prompt: Prompt) -> Floats:
        return state[1 + self._prompts[prompt] : -1]
