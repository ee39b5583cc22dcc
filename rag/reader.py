"""The trained sentence reader: which sentence of a passage answers the question, or none.

Question and passage are read together by the default encoder, whose upper layers
were trained for it (`rag/training/`, model card in `rag/weights/README.md`). A
sentence's score is the log of the mean of exp of its tokens' scores; "none of
these" has a score of its own, read at <s>. The untrained path works without it:
`open_reader` gives None where the weights or ONNX Runtime are missing.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from corpus.errors import ModelError
from corpus.records import Span
from rag import bundled
from rag.graph import Floats, Precision
from rag.onnx_engine import Engine
from rag.reader_input import ReadPassage, Row, rows

__all__ = ["WEIGHTS", "ReadPassage", "Reader", "Reading", "SentenceReader", "open_reader"]

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
UNREAD = -30.0
"""Log-odds of a sentence that no token stands for: beyond the 512th, or empty."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage.

    odds: per sentence, natural log of its odds of answering against "nothing here answers".
    peaks: per sentence, the characters (in the passage's text) of its most telling token: the
      figure, the name... that is asked for, when the sentence answers.
    """

    odds: tuple[float, ...]
    peaks: tuple[Span, ...]

    @property
    def none(self) -> float:
        """Probability that nothing here answers, on the reader's own word alone."""
        return float(1 / (1 + np.exp(np.minimum(np.array(self.odds, np.float64), 50.0)).sum()))


class Reader(Protocol):
    """Reads passages with a question in mind."""

    digest: str

    def read(self, question: str, passages: Sequence[ReadPassage]) -> list[Reading]:
        """One reading per passage, in order. Deterministic; odds compare across passages of one question."""
        ...


class SentenceReader:
    """The trained weights on ONNX Runtime. head: (2, hidden) rows for tokens and for none; bias: (2,)."""

    def __init__(self, engine: Engine, head: Floats, bias: Floats, digest: str) -> None:
        self._engine = engine
        self._head = head
        self._bias = bias
        self.digest = digest

    @classmethod
    def open(
        cls, cache: Path, *, weights: Path = WEIGHTS, precision: Precision = "int8", threads: int = 0
    ) -> "SentenceReader":
        """The bundled encoder, unpacked into `cache` on first use, with `weights` in its upper layers.

        threads: 0 lets ONNX Runtime choose. Raises ModelError when the weights cannot be read or
        were trained on another encoder; DataReadOnly, DiskFull from the cache folder.
        """
        from safetensors import SafetensorError, safe_open

        folder = bundled.unpack(cache)
        try:
            with safe_open(weights, framework="np") as file:
                facts = file.metadata()
                if facts["encoder"] not in folder.name:
                    raise ValueError(f"trained on {facts['encoder']}, not on {folder.name}")
                engine = Engine.open(
                    folder, cache, precision=precision, threads=threads,
                    changed=lambda: layers(file), key=f"reader-{facts['digest']}",
                )  # fmt: skip
                head, bias = file.get_tensor("head.weight"), file.get_tensor("head.bias")
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"cannot use {weights}: {error}", model=str(weights), reason=str(error)) from error
        return cls(engine, head, bias, facts["digest"])

    def read(self, question: str, passages: Sequence[ReadPassage]) -> list[Reading]:
        """See Reader. About 40 ms per passage of 1,200 characters on two cores."""
        prepared = rows(self._engine.tokenizer, question, passages)
        states = self._engine.hidden([row.ids for row in prepared])
        return [
            _reading(row, state @ self._head.T + self._bias, len(passage.sentences))
            for row, state, passage in zip(prepared, states, passages, strict=True)
        ]


def open_reader(cache: Path, *, threads: int = 0) -> Reader | None:
    """The reader, or None where its weights or ONNX Runtime are not installed. Raises like SentenceReader.open."""
    if not WEIGHTS.is_file() or importlib.util.find_spec("onnxruntime") is None:
        return None
    return SentenceReader.open(cache, threads=threads)


def layers(file: Any) -> dict[str, Floats]:
    """The trained tensors of an open safetensors file as float32, by the encoder's names.

    Matrices lie there as int8 rows with a float32 scale each: `NAME` and `NAME.scales`.
    """
    names = [name for name in file.keys() if not name.startswith("head.")]  # noqa: SIM118
    tensors = {name: file.get_tensor(name).astype(np.float32) for name in names}
    return {
        name: values * tensors[f"{name}.scales"][:, None] if f"{name}.scales" in tensors else values
        for name, values in tensors.items()
        if not name.endswith(".scales")
    }


def _reading(row: Row, scores: Floats, count: int) -> Reading:
    """scores: (tokens, 2). Sentence odds by log-mean-exp, and the token that speaks loudest in each."""
    owners = np.array(row.owners)
    none = float(scores[0, 1])
    odds, peaks = [], []
    for number in range(count):
        places = np.flatnonzero(owners == number)
        if not len(places):
            odds.append(UNREAD)
            peaks.append(Span(0, 0))
            continue
        values = scores[places, 0].astype(np.float64)
        top = int(values.argmax())
        odds.append(float(values[top] + np.log(np.exp(values - values[top]).mean()) - none))
        peaks.append(Span(row.starts[places[top]], row.ends[places[top]]))
    return Reading(tuple(odds), tuple(peaks))
