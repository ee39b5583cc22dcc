"""The encoder's layers as an ONNX graph, written node by node: neither torch nor an exporter is needed.

Input `embedded` (rows, tokens, hidden) float32 is the sum of word, position and
type embeddings: the lookup stays outside, so that the 380 MB table is not part of
the graph. Input `mask` (rows, tokens) int32 is 1 for tokens, 0 for padding.
Output `hidden` has the shape of `embedded`.

ONNX Runtime's own operators are used (MultiHeadAttention, SkipLayerNormalization,
BiasGelu): they are what its optimiser would fuse a plain graph into. All in float32;
`rag/int8_graph.py` writes the same layers for 8-bit products.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Precision = Literal["float32", "int8"]
Floats = npt.NDArray[np.float32]

VERSION = 1
"""Raise when the graph that `build` writes changes: cached ones are then made anew."""
_CONTRIB = "com.microsoft"
_OPSET = 17


@dataclass(frozen=True, slots=True)
class Shape:
    """What a BERT's config.json says of its layers."""

    layers: int
    heads: int
    epsilon: float


@dataclass(slots=True)
class _Graph:
    shape: Shape
    weights: Mapping[str, Floats]
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **attributes))
        return output

    def product(self, x: str, name: str, weight: Floats) -> str:
        """x times the transpose of `weight` (outputs, inputs)."""
        return self.node("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")

    def layer(self, number: int, x: str) -> str:
        """One transformer layer, normalised after each sum as in BERT."""
        name = f"encoder.layer.{number}"
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        joined = self.product(x, f"{name}.qkv", np.concatenate([self.weights[f"{part}.weight"] for part in parts]))
        bias = np.concatenate([self.weights[f"{part}.bias"] for part in parts])
        added = self.node("Add", [joined, self.constant(f"{name}.qkv.bias", bias)], f"{name}.qkv.sum")
        from onnx import helper

        split = [f"{part}.out" for part in parts]
        self.nodes.append(helper.make_node("Split", [added, "thirds"], split, f"{name}.split", axis=2))
        seen = self.node(
            "MultiHeadAttention", [*split, "", "mask"], f"{name}.seen", _CONTRIB, num_heads=self.shape.heads
        )
        attended = self.sum_and_norm(x, seen, f"{name}.attention.output")
        inner = self.product(attended, f"{name}.inner", self.weights[f"{name}.intermediate.dense.weight"])
        inner_bias = self.constant(f"{name}.inner.bias", self.weights[f"{name}.intermediate.dense.bias"])
        bent = self.node("BiasGelu", [inner, inner_bias], f"{name}.gelu", _CONTRIB)
        return self.sum_and_norm(attended, bent, f"{name}.output")

    def sum_and_norm(self, x: str, y: str, name: str) -> str:
        """Layer norm of x plus the dense image of y."""
        dense = self.product(y, f"{name}.dense", self.weights[f"{name}.dense.weight"])
        parts = ("weight", "bias")
        norm = [self.constant(f"{name}.norm.{part}", self.weights[f"{name}.LayerNorm.{part}"]) for part in parts]
        bias = self.constant(f"{name}.dense.bias", self.weights[f"{name}.dense.bias"])
        return self.node(
            "SkipLayerNormalization", [dense, x, *norm, bias], f"{name}.norm", _CONTRIB, epsilon=self.shape.epsilon
        )


def build(weights: Mapping[str, Floats], shape: Shape) -> bytes:
    """The serialised model. weights: by the names of a BERT's state, matrices as (outputs, inputs)."""
    graph = _Graph(shape, weights)
    norm = [graph.constant(f"first.{part}", weights[f"embeddings.LayerNorm.{part}"]) for part in ("weight", "bias")]
    width = len(weights["embeddings.LayerNorm.bias"])
    graph.constant("thirds", np.array([width] * 3, np.int64))
    x = graph.node("LayerNormalization", ["embedded", *norm], "first", axis=-1, epsilon=shape.epsilon)
    for number in range(shape.layers):
        x = graph.layer(number, x)
    graph.node("Identity", [x], "hidden")
    return serialised(graph.nodes, graph.constants, width, {"": _OPSET, _CONTRIB: 1}, 8)


def serialised(
    nodes: Sequence[Any], constants: Sequence[Any], width: int, opsets: Mapping[str, int], ir_version: int
) -> bytes:
    """The model from "embedded" (rows, tokens, width), float32, and "mask" (rows, tokens), int32, to "hidden"."""
    from onnx import TensorProto, helper

    sizes: list[str | int] = ["rows", "tokens", width]
    whole = helper.make_graph(
        nodes, "encoder",
        [
            helper.make_tensor_value_info("embedded", TensorProto.FLOAT, sizes),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["rows", "tokens"]),
        ],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, sizes)],
        constants,
    )  # fmt: skip
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
    return bytes(helper.make_model(whole, opset_imports=imports, ir_version=ir_version).SerializeToString())


def rows_to_int8(weight: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Values in -127..127 and one float32 scale per row: weight is about values * scales[:, None]."""
    scales = np.maximum(np.abs(weight).max(axis=1), 1e-12).astype(np.float32) / 127
    return np.rint(weight / scales[:, None]).astype(np.int8), scales
