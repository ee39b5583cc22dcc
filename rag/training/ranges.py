"""What the channels of the encoder and of the reader hold: the ranges that `rag/int8_graph.py` rounds within.

    python -m rag.training.ranges --data /path/to/data            # rag/weights/ranges.npz
    python -m rag.training.ranges --data /path/to/data --reader   # rag/weights/reader-ranges.npz

The encoder's on passages of the press articles, no labels and no questions. The reader's on the questions and articles
that it was trained on, no labels: to be measured again whenever `rag/weights/reader.safetensors` is exchanged.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.files import written_beside
from corpus.settings import Settings
from rag import bundled
from rag.french import sentences
from rag.graph import VERSION
from rag.int8_graph import PLACES, RANGES, READER_RANGES
from rag.loading import cache_folder
from rag.onnx_encoder import MOST
from rag.onnx_engine import Engine
from rag.reader import SentenceReader
from rag.reader_input import BEGIN, END, ReadPassage, rows
from rag.training.prepare import PRESS_SHARE, Text, cut, press_texts, split_of

MOST_CHARS = 1200
SIDES, READER_SIDES = 0.0005, 0.0001
"""Share of a channel's values that is cut on each side: see `rag.int8_graph.Ranges`, `rag.int8_graph.READER`."""

STRIDE = 3
"""One token in three is looked at: neighbours are alike, and the rest would take 3 GB."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/, lefaso/")
    parser.add_argument("--reader", action="store_true", help="of the sentence reader, as its weights now are")
    parser.add_argument("--rows", type=int, default=128)
    options = parser.parse_args()
    cache = cache_folder(Settings.load())
    texts = list(press_texts(options.data).values())
    chance = random.Random(0)
    if options.reader:
        reader = SentenceReader.open(cache, precision="float32")
        engine, weights, out, cut_off = reader.engine, reader.digest, READER_RANGES, READER_SIDES
        read = chance.sample(list(readings(texts)), options.rows)
        made = [row.ids for question, passage in read for row in rows(engine.tokenizer, question, [passage])]
    else:
        engine, weights, out, cut_off = Engine.open(bundled.unpack(cache), cache), "", RANGES, SIDES
        pieces = [text.text[span.start : span.end] for text in texts for span in cut(text.text, MOST_CHARS)]
        chosen = [f"passage: {piece}" for piece in chance.sample(pieces, options.rows)]
        encoded = engine.tokenizer.encode_batch(chosen, add_special_tokens=False)
        made = [[BEGIN, *encoding.ids[:MOST], END] for encoding in encoded]
    key = f"-reader-{weights}" if weights else ""
    [path] = cache.glob(f"{bundled.unpack(cache).name}-float32{key}-graph{VERSION}.onnx")
    kept = measured(engine, path, made, cut_off)
    with written_beside(out) as file:
        np.savez(file, weights=np.array(weights), **kept)


def readings(texts: Sequence[Text]) -> Iterator[tuple[str, ReadPassage]]:
    """Each question on the texts that the reader was trained on, with the passage that it is about."""
    for text in texts:
        if split_of(text.key, PRESS_SHARE) != "train":
            continue
        spans = cut(text.text, MOST_CHARS)
        for question in text.questions:
            place = question.place
            span = next((span for span in spans if place and span.start <= place.start < span.end), spans[0])
            piece = text.text[span.start : span.end]
            yield question.text, ReadPassage(text.header, piece, sentences(piece))


def measured(engine: Engine, path: Path, made: Sequence[Sequence[int]], cut_off: float) -> dict[str, Any]:
    """place.end -> (layers, channels) of the graph at `path`, over rows of token ids. Half a minute for 128 rows."""
    names, run = _opened(path)
    held: dict[str, list[npt.NDArray[np.float16]]] = {name: [] for name in names}
    for ids in made:
        embedded = engine.words[np.array([ids])] + engine.positions[: len(ids)]
        found = run.run(names, {"embedded": embedded, "mask": np.ones((1, len(ids)), np.int32)})
        for name, values in zip(names, found, strict=True):
            held[name].append(values[0, ::STRIDE].astype(np.float16))
    ends = [_ends(np.concatenate(held.pop(name)), cut_off) for name in names]
    return {
        f"{place}.{end}": np.stack([each[side] for each in ends[number :: len(PLACES)]])
        for number, place in enumerate(PLACES)
        for side, end in enumerate(("low", "high"))
    }


def _ends(values: npt.NDArray[np.float16], cut_off: float) -> npt.NDArray[np.float16]:
    """values: (tokens, channels); gives (2, channels). Sorting columns in place takes a third of np.quantile."""
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)
    return np.stack([ordered[:, round(share * (len(values) - 1))] for share in (cut_off, 1 - cut_off)])


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
