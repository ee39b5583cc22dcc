"""A BERT folder run by ONNX Runtime: ready in a second, without torch, and three times as fast on a processor.

The graph of the layers is written once into a cache folder; the embedding table
stays in the model's own file, of which only the rows that are asked for are read.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from corpus.files import written_beside
from rag import graph
from rag.graph import Floats, Shape

BATCH_TOKENS = 4096
"""Padded tokens run at once: bounds memory, and larger batches are no faster."""


Run = Callable[[Floats, npt.NDArray[np.int32]], Floats]
"""(rows, tokens, hidden) sums of embeddings and (rows, tokens) mask to hidden states. Safe from several threads."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Token ids to hidden states.

    run: one of the graphs on a runtime. batch: padded tokens run at once. step: widths are padded to a multiple
    of it. workers: batches run at the same time.
    """

    run: Run
    words: Floats
    positions: Floats
    tokenizer: Any
    pad: int
    batch: int = BATCH_TOKENS
    step: int = 1
    workers: int = 1

    @classmethod
    def open(
        cls,
        folder: Path,
        cache: Path,
        *,
        threads: int = 0,
        changed: Callable[[], Mapping[str, Floats]] = dict,
        key: str = "",
    ) -> "Engine":
        """Load the model in `folder` (config.json, model.safetensors, tokenizer.json).

        threads: 0 lets ONNX Runtime choose. changed: gives the weights that replace the folder's, by
        name; called when the graph of this folder and `key` is not in the cache yet, which
        takes about 2 s. Raises ModelError when the folder is no BERT or a package is missing, and
        DataReadOnly or DiskFull from the cache.
        """
        with refused(folder):
            from onnxruntime import InferenceSession  # noqa: F401  # said before a graph is written

            parts = Parts.of(folder)
            path = cache / f"{folder.name}-float32{key and '-'}{key}-graph{graph.VERSION}.onnx"
            if not path.is_file():
                write(path, graph.build({**parts.weights, **changed()}, parts.shape))
            run = onnxruntime_run(path, threads)
        return cls(run, parts.words, parts.positions, parts.tokenizer, parts.pad)

    def hidden(self, ids: Sequence[Sequence[int]]) -> list[Floats]:
        """(tokens, hidden) float32 per row of token ids, in order; rows of like length are run together."""
        found: list[Floats] = [np.zeros((0, self.positions.shape[1]), np.float32)] * len(ids)
        batches = _together(ids, self.batch)

        def states(numbers: list[int]) -> Floats:
            longest = max(len(ids[number]) for number in numbers)
            width = min(-(-longest // self.step) * self.step, len(self.positions))
            padded = np.full((len(numbers), width), self.pad, np.int64)
            mask = np.zeros((len(numbers), width), np.int32)
            for place, number in enumerate(numbers):
                padded[place, : len(ids[number])] = ids[number]
                mask[place, : len(ids[number])] = 1
            return self.run(self.words[padded] + self.positions[:width], mask)

        with ThreadPoolExecutor(self.workers) as pool:
            run = pool.map if self.workers > 1 and len(batches) > 1 else map
            for numbers, made in zip(batches, run(states, batches), strict=True):
                for place, number in enumerate(numbers):
                    found[number] = made[place, : len(ids[number])]
        return found


@dataclass(frozen=True, slots=True)
class Parts:
    """A BERT folder, read: what every engine needs of it."""

    weights: Mapping[str, Floats]
    shape: Shape
    words: Floats
    positions: Floats
    tokenizer: Any
    pad: int

    @classmethod
    def of(cls, folder: Path) -> "Parts":
        """Read config.json, model.safetensors, tokenizer.json. Raises what `refused` translates."""
        weights = mapped(folder / "model.safetensors")
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config["model_type"] != "bert" or config["hidden_act"] != "gelu":
            raise ValueError(f"model type {config['model_type']!r}, not a BERT with gelu")
        tokenizer = _tokenizer(folder / "tokenizer.json")
        shape = Shape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
        kinds = weights["embeddings.token_type_embeddings.weight"]
        positions = weights["embeddings.position_embeddings.weight"] + kinds[0]
        words = weights["embeddings.word_embeddings.weight"]
        return cls(weights, shape, words, positions, tokenizer, config["pad_token_id"])


@lru_cache(maxsize=2)
def _tokenizer(path: Path) -> Any:
    """One for all engines of a folder: 280 MB and half a second each."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


@contextmanager
def refused(folder: Path) -> Iterator[None]:
    """A folder that is no BERT, or a package that is missing, as ModelError."""
    try:
        yield
    except (ImportError, KeyError, ValueError, FileNotFoundError) as error:
        raise ModelError(f"cannot run {folder}: {error}", model=folder.name, reason=str(error)) from error


def onnxruntime_run(path: Path, threads: int) -> Run:
    """A graph on ONNX Runtime. threads: 0 lets it choose."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(embedded: Floats, mask: npt.NDArray[np.int32]) -> Floats:
        (states,) = session.run(["hidden"], {"embedded": embedded, "mask": mask})
        made: Floats = states
        return made

    return run


def mapped(path: Path) -> dict[str, Floats]:
    """The float32 tensors of a safetensors file, left on disk until they are touched. Raises ValueError.

    Layout: u64 length of a JSON header, the header (name -> dtype, shape, data_offsets), the data.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    tensors: dict[str, Floats] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is {entry['dtype']}, not float32")
        offset = 8 + length + entry["data_offsets"][0]
        tensors[name] = np.memmap(path, np.float32, "r", offset, tuple(entry["shape"]))
    return tensors


def _together(ids: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """Row numbers in batches of at most `most` padded tokens, shortest first."""
    batches: list[list[int]] = []
    for number in sorted(range(len(ids)), key=lambda number: len(ids[number])):
        if batches and len(ids[number]) * (len(batches[-1]) + 1) <= most:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def write(path: Path, model: bytes) -> None:
    """Keep a graph: another process never sees half of one. Raises DataReadOnly, DiskFull."""
    with written_beside(path) as file:
        file.write(model)
