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
from rag import bundled, int8_engine
from rag.graph import Floats, Precision
from rag.int8_graph import READER_RANGES, Ranges
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
    """The trained weights on an engine. head: (2, hidden) rows for tokens and for none; bias: (2,)."""

    def __init__(self, engine: Engine, head: Floats, bias: Floats, digest: str) -> None:
        self.engine = engine
        self.head = head, bias
        self.digest = digest

    @classmethod
    def open(
        cls, cache: Path, *, weights: Path = WEIGHTS, precision: Precision = "int8", threads: int = 0
    ) -> "SentenceReader":
        """The bundled encoder, unpacked into `cache` on first use, with `weights` in its upper layers.

        precision: "int8" where the processor is quick at it and the ranges were measured on these weights, else
        float32 all the same, which takes twice as long and more. threads: 0 for all cores. Raises ModelError when the
        weights cannot be read or were trained on another encoder; DataReadOnly, DiskFull from the cache folder.
        """
        from safetensors import SafetensorError, safe_open

        folder = bundled.unpack(cache)
        try:
            with safe_open(weights, framework="np") as file:
                facts = file.metadata()
                if facts["encoder"] not in folder.name:
                    raise ValueError(f"trained on {facts['encoder']}, not on {folder.name}")
                engine = _engine(folder, cache, file, facts["digest"], precision, threads)
                head, bias = file.get_tensor("head.weight"), file.get_tensor("head.bias")
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"cannot use {weights}: {error}", model=str(weights), reason=str(error)) from error
        return cls(engine, head, bias, facts["digest"])

    def read(self, question: str, passages: Sequence[ReadPassage]) -> list[Reading]:
        """See Reader."""
        head, bias = self.head
        prepared = rows(self.engine.tokenizer, question, passages)
        states = self.engine.hidden([row.ids for row in prepared])
        return [
            _reading(row, state @ head.T + bias, len(passage.sentences))
            for row, state, passage in zip(prepared, states, passages, strict=True)
        ]


def _engine(folder: Path, cache: Path, file: Any, digest: str, precision: Precision, threads: int) -> Engine:
    """file: the trained tensors, open."""
    ranges = measured(digest) if precision == "int8" and int8_engine.quick() else None
    if ranges is not None:
        return int8_engine.open_reading(folder, cache, ranges, lambda: layers(file), threads=threads)
    return Engine.open(folder, cache, threads=threads, changed=lambda: layers(file), key=f"reader-{digest}")


def measured(digest: str) -> Ranges | None:
    """What the channels hold with the weights of this digest, where `rag/training/ranges.py` has looked at them."""
    ranges = Ranges.open(READER_RANGES) if READER_RANGES.is_file() else None
    return ranges if ranges is not None and ranges.weights == digest else None


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
