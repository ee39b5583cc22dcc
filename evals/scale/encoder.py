"""An encoder that remembers real passages, and makes the vectors of made ones from theirs.

A passage whose text is remembered gets what the model gave for it. One that was made (it is indexed under a title that
begins with MADE) is looked up by its skeleton, what stays of a text when its figures and names are taken out: its
vector is that of the real passage moved by DRIFT of the difference of two other real ones (so noise lies as real
vectors lie), its tokens ROWS of the real passage's, with noise; all seeded by the text. Anything else is encoded.
"""

import re
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from corpus.records import Span
    from rag.encoder import TokenEncoder, Vectors
    from rag.late import Tokens

MADE = "Dossier composé"
"""How the titles of made documents begin."""
CHANGED = re.compile(r"\d+|\b[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{3,}")
"""What may be changed in a made text, a figure or a name, by another of the same length."""
ROWS = 64
"""Token vectors of a made passage, as evenly spread as those of its real one allow: all of them, about 250, would take
24 GB of disk at 1,000,000 passages."""
DRIFT = 0.5
"""Of the difference of two real vectors: cosine of a made passage with its real one about 0.93."""
_TOKEN_NOISE = 6.0
"""Standard deviation, where a token's vector has length 127: cosine about 0.9."""
_NOISES = 256  # blocks of token noise, drawn once


class ScaleEncoder:
    """See the module; a `TokenEncoder`, with the digest of the one inside.

    bodies: the real passages, headers taken off. seconds: spent here, for reports.
    """

    def __init__(self, inner: "TokenEncoder", folder: Path | None) -> None:
        """folder: where what is encoded is kept, batch by batch; None where nothing is made nor kept, for asking."""
        self._inner = inner
        self._folder = folder
        self.name, self.digest, self.dimension = inner.name, inner.digest, inner.dimension
        self.projection = inner.projection
        self.seconds = 0.0
        self._exact: dict[bytes, int] = {}
        self._by_skeleton: dict[bytes, int] = {}
        self.bodies: list[str] = []
        self._tokens: list[Tokens] = []
        self._vectors: Vectors = np.zeros((0, self.dimension), np.float32)
        self._noise: npt.NDArray[np.float32] | None = None
        if folder is not None:
            self._learn(folder)

    def _learn(self, folder: Path) -> None:
        vectors = []
        for path in sorted(folder.glob("b*.npz")):
            with np.load(path) as file:
                texts = [str(text) for text in file["texts"]]
                vectors.append(file["vectors"])
                tokens, ends = file["tokens"], file["ends"]
            for place, text in enumerate(texts):
                number = len(self.bodies)
                self._exact[_key(text)] = number
                body = text.partition("\n")[2]
                self._by_skeleton[skeleton(body)] = number
                self.bodies.append(body)
                self._tokens.append(tokens[ends[place] : ends[place + 1]])
        if vectors:
            self._vectors = np.concatenate(vectors)

    def passages(self, texts: Sequence[str]) -> "Vectors":
        """See Encoder."""
        return self.passages_and_tokens(texts)[0]

    def question(self, text: str) -> "Vectors":
        """See Encoder."""
        return self._inner.question(text)

    def question_and_tokens(self, text: str) -> "tuple[Vectors, Tokens]":
        """See TokenEncoder."""
        return self._inner.question_and_tokens(text)

    def passages_and_tokens(self, texts: Sequence[str]) -> "tuple[Vectors, list[Tokens]]":
        """See TokenEncoder. Raises KeyError for a made text whose real one is not remembered."""
        began = time.perf_counter()
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        tokens: list[Any] = [None] * len(texts)
        new = []
        for place, text in enumerate(texts):
            known = self._exact.get(_key(text))
            if known is not None:
                vectors[place], tokens[place] = self._vectors[known], self._tokens[known]
            elif text.startswith(MADE):
                vectors[place], tokens[place] = self._moved(text)
            else:
                new.append(place)
        if new:
            fresh = [texts[place] for place in new]
            vectors[new], found = self._inner.passages_and_tokens(fresh)
            for place, item in zip(new, found, strict=True):
                tokens[place] = item
            if self._folder is not None:
                _keep(self._folder, fresh, vectors[new], found)
        self.seconds += time.perf_counter() - began
        return vectors, tokens

    def offsets(self, texts: Sequence[str]) -> "list[list[Span]]":
        """See TokenEncoder; of a made text those of ROWS tokens, as evenly spread as its vectors."""
        return [
            [spans[place] for place in _spread(len(spans))] if text.startswith(MADE) else spans
            for text, spans in zip(texts, self._inner.offsets(texts), strict=True)
        ]

    def _moved(self, text: str) -> "tuple[Vectors, Tokens]":
        real = self._by_skeleton[skeleton(text.partition("\n")[2])]
        chance = np.random.default_rng(np.frombuffer(_key(text), np.uint32))
        one, other = chance.integers(len(self._vectors), size=2)
        vector = self._vectors[real] + np.float32(DRIFT) * (self._vectors[one] - self._vectors[other])
        own = self._tokens[real]
        tokens = own[_spread(len(own))].astype(np.float32) + self._noises(own.shape[1])[chance.integers(_NOISES)]
        tokens *= np.float32(127) / np.linalg.norm(tokens, axis=1, keepdims=True)
        return vector / np.linalg.norm(vector), np.rint(tokens).astype(np.int8)

    def _noises(self, width: int) -> npt.NDArray[np.float32]:
        if self._noise is None:
            drawn = np.random.default_rng(0).standard_normal((_NOISES, ROWS, width), np.float32)
            self._noise = drawn * np.float32(_TOKEN_NOISE)
        return self._noise


def _keep(folder: Path, texts: Sequence[str], vectors: "Vectors", tokens: "list[Tokens]") -> None:
    """Write a batch beside and rename it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"b{sum(1 for _ in folder.glob('b*.npz')):06d}.npz"
    beside = path.with_suffix(".part")
    ends = np.cumsum([0, *map(len, tokens)])
    with beside.open("wb") as file:
        np.savez(file, texts=np.array(texts), vectors=vectors, tokens=np.concatenate(tokens), ends=ends)
    beside.replace(path)


def skeleton(body: str) -> bytes:
    """What a made text shares with its real one: the key of the text without what may be changed."""
    return _key(CHANGED.sub("0", " ".join(body.split())))


def _key(text: str) -> bytes:
    return sha256(text.encode()).digest()[:16]


def _spread(count: int) -> npt.NDArray[np.int64]:
    """ROWS places among `count`, evenly spread."""
    return np.linspace(0, count - 1, ROWS).round().astype(np.int64)
