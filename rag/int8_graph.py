"""The encoder's layers with 8-bit products, for the passages of an index; standard operators, any ONNX runtime.

Inputs and output are those of `rag.graph`. Before each product the activations are
moved and scaled channel by channel into -127..127, with ranges measured once
(`rag/training/ranges.py`), and the weights and biases take the inverse: a share of a
channel's width goes into its weights (SmoothQuant, Xiao et al. 2023). A few channels that
are far wider than the others may stay float32 (LLM.int8, Dettmers et al. 2022). Ranges
are fixed, so what is made of a passage depends on nothing that is run beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.graph import Floats, Shape, serialised

VERSION = 1
"""Raise when the graph that `build` writes gives other numbers: cached ones are then made anew."""
RANGES = Path(__file__).parent / "weights" / "ranges.npz"
READER_RANGES = Path(__file__).parent / "weights" / "reader-ranges.npz"
PLACES = ("qkv", "seen", "inner", "gelu")
"""What is made 8-bit in each layer: the inputs of its four products, in this order."""
_OPSET = 20
_MOST = 127


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a model is brought to 8 bits. share: of a channel's width, what goes into its weights. whole: place -> how
    many of its channels, those that would make the steps of all others widest, are multiplied as float32."""

    share: float
    whole: Mapping[str, int] = field(default_factory=dict)


PASSAGES = Rounding(0.65)
"""PIAF dev, mean cosine with float32: 0.9965; 0.9946 with a share of 0.5. R@1 0.680 and 0.678 (float32 0.677)."""
READER = Rounding(0.5, {"gelu": 16})
"""Right sentence of 889 held-out questions, and mean distance of log-odds to float32: 0.766 and 0.089 (float32 0.766);
rounded as passages are 0.755 and 0.146; ONNX Runtime's dynamic int8 0.721 and 0.327. Of the channels of "gelu", one is
2 to 13 times as wide as most, of those of other places 4 at most; 64 whole ones do no more than 16."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """low, high: place -> (layers, channels) of what its channels hold, the far 0.05 % on each side left out.
    digest: of these numbers. weights: of the reader they were measured on, "" for the encoder's own.

    With those kept and a share of 0.5, the mean cosine with float32 on PIAF dev is 0.989 instead of 0.995.
    """

    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    digest: str
    weights: str

    @classmethod
    def open(cls, path: Path = RANGES) -> "Ranges":
        """Read what `rag/training/ranges.py` wrote."""
        digest = sha256(path.read_bytes()).hexdigest()[:8]
        with np.load(path) as file:
            low, high = ({place: file[f"{place}.{end}"].astype(np.float32) for place in PLACES} for end in _ENDS)
            weights = str(file["weights"]) if "weights" in file else ""
        return cls(low, high, digest, weights)


_ENDS = ("low", "high")


@dataclass(slots=True)
class _Graph:
    shape: Shape
    weights: Mapping[str, Floats]
    ranges: Ranges
    rounding: Rounding
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, values: npt.ArrayLike) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))
        return output

    def products(self, x: str, place: str, number: int, names: Sequence[str]) -> list[str]:
        """x through each of the dense layers `names`, in 8 bits but for the channels that stay whole."""
        low, high = self.ranges.low[place][number], self.ranges.high[place][number]
        middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-5)
        matrices = [self.weights[f"{name}.weight"] for name in names]
        heaviest = np.maximum(np.max([np.abs(matrix).max(axis=0) for matrix in matrices], axis=0), 1e-5)
        scales = half**self.rounding.share / heaviest ** (1 - self.rounding.share)
        widest = np.argsort(-half / scales, kind="stable")
        apart, inside = np.split(widest, [self.rounding.whole.get(place, 0)])
        scales = (scales * (half / scales)[inside[0]] / _MOST).astype(np.float32)
        inverse = 1 / scales
        inverse[apart] = 0
        label = f"layer.{number}.{place}"
        moved = self.node("Sub", [x, self.constant(f"{label}.middle", middle)], f"{label}.moved")
        scaled = self.node("Mul", [moved, self.constant(f"{label}.inverse", inverse)], f"{label}.scaled")
        rounded = self.node("QuantizeLinear", [scaled, "one", "zero"], f"{label}.rounded")
        small = self.node("DequantizeLinear", [rounded, "one", "zero"], f"{label}.small")
        products = [
            self.product(small, name, _without(matrix, apart) * scales, self.weights[f"{name}.bias"] + matrix @ middle)
            for name, matrix in zip(names, matrices, strict=True)
        ]
        if not len(apart):
            return products
        kept = self.node("Gather", [moved, self.constant(f"{label}.apart", apart)], f"{label}.kept", axis=2)
        return [
            self.node(
                "Add",
                [
                    made,
                    self.node("MatMul", [kept, self.constant(f"{name}.kept", matrix[:, apart].T)], f"{name}.beside"),
                ],
                f"{name}.whole",
            )
            for made, name, matrix in zip(products, names, matrices, strict=True)
        ]

    def product(self, x: str, name: str, matrix: Floats, bias: Floats) -> str:
        """x times the transpose of `matrix` (outputs, inputs), whose rows are rounded to 8 bits, plus `bias`."""
        scales = (np.abs(matrix).max(axis=1) / _MOST).astype(np.float32)
        inputs = [
            self.constant(f"{name}.int8", np.rint(matrix / scales[:, None]).astype(np.int8).T),
            self.constant(f"{name}.scales", scales),
            self.constant(f"{name}.zeros", np.zeros(len(scales), np.int8)),
        ]
        weight = self.node("DequantizeLinear", inputs, f"{name}.weight", axis=1)
        product = self.node("MatMul", [x, weight], f"{name}.product")
        return self.node("Add", [product, self.constant(f"{name}.bias", bias.astype(np.float32))], f"{name}.sum")

    def norm(self, x: str, name: str) -> str:
        parts = [self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.node("LayerNormalization", [x, *parts], f"{name}.norm", axis=-1, epsilon=self.shape.epsilon)

    def layer(self, number: int, x: str) -> str:
        """One transformer layer, normalised after each sum as in BERT; attention itself stays float32."""
        name = f"encoder.layer.{number}"
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        heads = [
            self.node(
                "Transpose", [self.node("Reshape", [made, "by_head"], f"{made}.heads")], f"{made}.by_head", perm=axes
            )
            for made, axes in zip(
                self.products(x, "qkv", number, parts), ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True
            )
        ]
        alike = self.node("Mul", [self.node("MatMul", heads[:2], f"{name}.alike"), "root"], f"{name}.alike.scaled")
        weighed = self.node("Softmax", [self.node("Add", [alike, "far"], f"{name}.masked")], f"{name}.weighed", axis=-1)
        seen = self.node("MatMul", [weighed, heads[2]], f"{name}.seen.by_head")
        seen = self.node("Transpose", [seen], f"{name}.seen.heads", perm=[0, 2, 1, 3])
        seen = self.node("Reshape", [seen, "joined"], f"{name}.seen")
        (dense,) = self.products(seen, "seen", number, [f"{name}.attention.output.dense"])
        summed = self.node("Add", [x, dense], f"{name}.attention.sum")
        attended = self.norm(summed, f"{name}.attention.output.LayerNorm")
        (inner,) = self.products(attended, "inner", number, [f"{name}.intermediate.dense"])
        bent = self.node("Gelu", [inner], f"{name}.gelu")
        (outer,) = self.products(bent, "gelu", number, [f"{name}.output.dense"])
        return self.norm(self.node("Add", [attended, outer], f"{name}.output.sum"), f"{name}.output.LayerNorm")


def _without(matrix: Floats, channels: npt.NDArray[np.int64]) -> Floats:
    """matrix: (outputs, inputs); these inputs count for nothing."""
    left = matrix.copy()
    left[:, channels] = 0
    return left


def build(weights: Mapping[str, Floats], shape: Shape, ranges: Ranges, rounding: Rounding = PASSAGES) -> bytes:
    """The serialised model. weights: by the names of a BERT's state, matrices as (outputs, inputs)."""
    from onnx import TensorProto

    graph = _Graph(shape, weights, ranges, rounding)
    width = len(weights["embeddings.LayerNorm.bias"])
    size = width // shape.heads
    graph.constant("one", np.float32(1))
    graph.constant("zero", np.uint8(128))  # signed ones ONNX Runtime multiplies five times as slowly, or as floats
    graph.constant("root", np.float32(size**-0.5))
    graph.constant("by_head", np.array([0, 0, shape.heads, size], np.int64))
    graph.constant("joined", np.array([0, 0, width], np.int64))
    graph.constant("row_axes", np.array([1, 2], np.int64))
    graph.constant("whole", np.float32(1))
    graph.constant("distance", np.float32(-1e9))
    mask = graph.node("Cast", ["mask"], "mask.float", to=TensorProto.FLOAT)
    padding = graph.node("Sub", ["whole", mask], "padding")
    graph.node("Unsqueeze", [graph.node("Mul", [padding, "distance"], "padding.far"), "row_axes"], "far")
    x = graph.norm("embedded", "embeddings.LayerNorm")
    for number in range(shape.layers):
        x = graph.layer(number, x)
    graph.node("Identity", [x], "hidden")
    return serialised(graph.nodes, graph.constants, width, {"": _OPSET}, 9)
