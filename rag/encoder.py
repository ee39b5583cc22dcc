"""Texts to vectors. A tiny protocol, and its adapter to sentence-transformers."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from corpus.records import Span
from rag import bundled
from rag.late import Tokens

Vectors = npt.NDArray[np.float32]

BUNDLED = "bundled"


class Encoder(Protocol):
    """What retrieval needs of an embedding model. All vectors have unit length.

    name, digest: which model. digest: its weights, then "+" and how passages are computed where that is not in
    float32. An index never mixes passages of two digests; a question is compared with any of its weights.
    """

    name: str
    digest: str
    dimension: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32, one unit row per text, in order."""
        ...

    def question(self, text: str) -> Vectors:
        """(dimension,) float32, unit length."""
        ...


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder that also gives the vectors of single tokens, as `rag.late` compares and keeps them.

    projection: names how they are made small; those of another projection are never compared.
    """

    projection: str

    def passages_and_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """What `passages` gives, and the tokens of each text, in order, from the same run of the model."""
        ...

    def question_and_tokens(self, text: str) -> tuple[Vectors, Tokens]:
        """What `question` gives, and the tokens."""
        ...

    def offsets(self, texts: Sequence[str]) -> list[list[Span]]:
        """The characters of each token of `passages_and_tokens`, in each text; no model runs."""
        ...


class SentenceEncoder:
    """A sentence-transformers model with the prompts "query" and "passage" of the E5 family."""

    def __init__(self, model: Any, name: str, digest: str) -> None:
        self._model = model
        self.name = name
        self.digest = digest
        self.dimension = int(model.get_embedding_dimension())

    @classmethod
    def load(cls, model: str, cache: Path) -> "SentenceEncoder":
        """Load "bundled", or any name or folder that sentence-transformers knows. Raises ModelError."""
        folder = str(bundled.unpack(cache)) if model == BUNDLED else model
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            loaded = SentenceTransformer(folder)
        except Exception as error:  # damaged files come out of tokenizers and safetensors as bare Exceptions
            raise ModelError(f"cannot load the model {model!r}: {error}", model=model, reason=str(error)) from error
        for purpose in ("query", "passage"):
            loaded.prompts[purpose] = loaded.prompts.get(purpose) or f"{purpose}: "
        if model == BUNDLED:
            return cls(loaded, bundled.NAME, bundled.DIGEST)
        return cls(loaded, model, _digest(folder))

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encode(list(texts), "passage")

    def question(self, text: str) -> Vectors:
        """See Encoder."""
        vector: Vectors = self._encode([text], "query")[0]
        return vector

    def _encode(self, texts: list[str], purpose: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors: Vectors = self._model.encode(
            texts, prompt_name=purpose, batch_size=32, normalize_embeddings=True,
            convert_to_numpy=True, show_progress_bar=False,
        )  # fmt: skip
        return np.ascontiguousarray(vectors, dtype=np.float32)


def weights(digest: str) -> str:
    """The part of an encoder's digest that questions depend on."""
    return digest.partition("+")[0]


def _digest(folder: str) -> str:
    """16 hex digits over the weights of a model folder; over its name where the weights lie in a hub's cache."""
    whole = hashlib.sha256(folder.encode() if not Path(folder).is_dir() else b"")
    for path in sorted(Path(folder).glob("*.safetensors")):
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:16]
