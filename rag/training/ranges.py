"""What the encoder's channels hold, from French text: the ranges that `rag/int8_graph.py` rounds within.

    python -m rag.training.ranges --data /path/to/data

Passages of the press articles, no labels and no questions. Writes `rag/weights/ranges.npz`.
"""

import argparse
import random
from pathlib import Path
from typing import Any

import numpy as np

from corpus.settings import Settings
from rag import bundled
from rag.graph import Floats
from rag.int8_graph import PLACES, RANGES
from rag.loading import cache_folder
from rag.onnx_encoder import MOST
from rag.onnx_engine import Engine
from rag.reader_input import BEGIN, END
from rag.training.prepare import cut, press_texts

MOST_CHARS = 1200
SIDES = (0.0005, 0.9995)
"""Shares of a channel's values beyond which they are cut: see `rag.int8_graph.Ranges`."""

STRIDE = 3
"""One token in three is looked at: neighbours are alike, and the rest would take 3 GB."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/, lefaso/")
    parser.add_argument("--passages", type=int, default=128)
    options = parser.parse_args()
    texts = press_texts(options.data).values()
    pieces = [text.text[span.start : span.end] for text in texts for span in cut(text.text, MOST_CHARS)]
    chosen = random.Random(0).sample(pieces, min(options.passages, len(pieces)))
    cache = cache_folder(Settings.load())
    folder = bundled.unpack(cache)
    engine = Engine.open(folder, cache)
    names, run = _opened(next(cache.glob(f"{folder.name}-float32-graph*.onnx")))
    held: dict[str, list[Floats]] = {name: [] for name in names}
    for text in chosen:
        ids = [BEGIN, *engine.tokenizer.encode(f"passage: {text}", add_special_tokens=False).ids[:MOST], END]
        embedded = engine.words[np.array([ids])] + engine.positions[: len(ids)]
        found = run.run(names, {"embedded": embedded, "mask": np.ones((1, len(ids)), np.int32)})
        for name, values in zip(names, found, strict=True):
            held[name].append(values[0, ::STRIDE].astype(np.float16))
    ends = [np.quantile(np.concatenate(held[name]).astype(np.float32), SIDES, axis=0) for name in names]
    kept: dict[str, Any] = {}
    for number, place in enumerate(PLACES):
        for side, end in enumerate(("low", "high")):
            kept[f"{place}.{end}"] = np.stack([each[side] for each in ends[number :: len(PLACES)]]).astype(np.float16)
    with RANGES.open("wb") as file:
        np.savez(file, **kept)


def _opened(path: Path) -> tuple[list[str], Any]:
    """The float32 graph with the inputs of its products as outputs: PLACES of layer 0, of layer 1..."""
    import onnx
    from onnxruntime import InferenceSession

    model = onnx.load(str(path))
    names = []
    for number in range(sum(node.op_type == "MultiHeadAttention" for node in model.graph.node)):
        name = f"encoder.layer.{number}"
        before = f"encoder.layer.{number - 1}.output.norm" if number else "first"
        names += [before, f"{name}.seen", f"{name}.attention.output.norm", f"{name}.gelu"]
    model.graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names)
    return names, InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main()
