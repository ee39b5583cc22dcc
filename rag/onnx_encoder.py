"""The encoder on ONNX Runtime: the vectors of sentence-transformers (cosine > 0.999), sooner and faster."""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
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
QUESTIONS_KEPT = 1024
"""Questions whose vectors are kept: about 5 kB each."""


class OnnxEncoder:
    """The bundled model: mean over tokens, unit length, the prompts of the E5 family. See `rag.encoder.Encoder`."""

    def __init__(self, engine: Engine, name: str, digest: str, passages: Callable[[], Engine] | None = None) -> None:
        """passages: opens, at its first use, the engine that passages run on; None for the one of questions."""
        self._engine = engine
        self._open_passages = passages
        self.name = name
        self.digest = digest
        self.dimension = int(engine.positions.shape[1])
        encode = engine.tokenizer.encode
        self._prompts = {prompt: len(encode(f"{prompt}:", add_special_tokens=False).ids) for prompt in PROMPTS}
        self._asked = lru_cache(QUESTIONS_KEPT)(self._ask)

    @classmethod
    def load(cls, cache: Path, *, precision: Precision = "float32", threads: int = 0) -> "OnnxEncoder":
        """The bundled model, unpacked into `cache` on first use. Raises ModelError.

        precision: of passages; questions are always float32 (PIAF dev, R@1 with int8 passages: 0.681, and 0.668 with
        plain int8 questions too). int8 vectors are near those of float32, not the same: the digest says so.
        """
        folder = bundled.unpack(cache)
        engine = Engine.open(folder, cache, threads=threads)
        if precision == "float32":
            return cls(engine, bundled.NAME, bundled.DIGEST)
        from rag import int8_engine

        def made() -> Engine:
            quick = int8_engine.open_engine(folder, cache, threads=threads)
            int8_engine.check(quick, engine)
            return quick

        return cls(engine, bundled.NAME, f"{bundled.DIGEST}+{int8_engine.NAME}", made)

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
        states = self._hidden([f"passage: {text}" for text in texts], self._passages)
        return self._means(states), [self._project(self._bare(state, "passage")) for state in states]

    def question_and_tokens(self, text: str) -> tuple[Vectors, Tokens]:
        """See TokenEncoder. The same question again costs no model; its arrays are read-only."""
        return self._asked(text)

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
        states = self._hidden([f"{prompt}: {text}" for text in texts], self._engine)
        return [self._bare(state, prompt) for state in states]

    def _ask(self, text: str) -> tuple[Vectors, Tokens]:
        (state,) = self._hidden([f"query: {text}"], self._engine)
        vector: Vectors = self._means([state])[0]
        tokens = self._project(self._bare(state, "query"))
        for array in (vector, tokens):
            array.setflags(write=False)
        return vector, tokens

    @cached_property
    def _passages(self) -> Engine:
        return self._open_passages() if self._open_passages else self._engine

    def _hidden(self, texts: Sequence[str], engine: Engine) -> list[Floats]:
        encoded = engine.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return engine.hidden([[BEGIN, *encoding.ids[:MOST], END] for encoding in encoded])

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
