"""The encoder's layers in 8-bit products: OpenVINO where it is installed, ONNX Runtime otherwise, rounded alike."""

import importlib.util
import os
import queue
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from rag import int8_graph
from rag.graph import Floats
from rag.int8_graph import Ranges, Rounding
from rag.onnx_engine import Engine, Parts, Run, onnxruntime_run, refused, write

NAME = f"int8-{int8_graph.VERSION}"
"""Names the rounding, in the digest of an encoder."""
BATCH = 1024
"""Padded tokens run at once: what a layer holds stays in the second cache. CPU seconds for 16 texts of 256 tokens on
OpenVINO: 0.69 run 4 at once, 0.72 run 16 at once."""
TOGETHER = 2
"""Cores on one batch of a question."""
STEP = 16
"""Widths are padded to a multiple: OpenVINO makes its kernels anew for each shape."""
NEAR = 0.98
"""Least cosine of the self-test; 0.99 and more was measured."""
TESTED = "La session s’est tenue le 27 mars 2025 à Ouagadougou, sous la présidence de la ministre."
_VNNI = {"avx512_vnni", "avx_vnni"}
_CPUINFO = Path("/proc/cpuinfo")


def quick(cpuinfo: Path = _CPUINFO) -> bool:
    """Whether this processor multiplies 8-bit numbers in one step. Without it int8 is no faster, and may overflow."""
    if not cpuinfo.is_file():
        return False
    lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(_VNNI & set(line.split()) for line in lines if line.startswith("flags"))


def open_engine(folder: Path, cache: Path, *, threads: int = 0) -> Engine:
    """For the passages of an index: the model in `folder`, each core with batches of its own. threads: cores to use,
    0 for all.

    The graph is written into `cache` once. Raises like `Engine.open`.
    """
    return _opened(
        folder, cache, NAME, Ranges.open(), dict, int8_graph.PASSAGES, streams=_cores(threads), threads=_cores(threads)
    )


def open_reading(
    folder: Path, cache: Path, ranges: Ranges, changed: Callable[[], Mapping[str, Floats]], *, threads: int = 0
) -> Engine:
    """For the few passages of one question: a batch for each, TOGETHER cores on each batch. What is beside a passage
    changes nothing of what is made of it. changed: gives the weights that replace those in `folder`.

    The graph is kept in `cache` under the digests of ranges and weights. Raises like `Engine.open`.
    """
    streams = max(1, _cores(threads) // TOGETHER)
    name = f"{NAME}-reader-{ranges.weights}-{ranges.digest}"
    return _opened(
        folder, cache, name, ranges, changed, int8_graph.READER, streams=streams, threads=_cores(threads), batch=1
    )


def _opened(
    folder: Path,
    cache: Path,
    name: str,
    ranges: Ranges,
    changed: Callable[[], Mapping[str, Floats]],
    rounding: Rounding,
    *,
    streams: int,
    threads: int,
    batch: int = BATCH,
) -> Engine:
    """streams: batches run at the same time, which share the threads."""
    with refused(folder):
        parts = Parts.of(folder)
        path = cache / f"{folder.name}-{name}.onnx"
        if not path.is_file():
            write(path, int8_graph.build({**parts.weights, **changed()}, parts.shape, ranges, rounding))
        if importlib.util.find_spec("openvino"):
            run = _openvino_run(path, streams, threads)
        else:
            run = onnxruntime_run(path, threads // streams)
    return Engine(
        run, parts.words, parts.positions, parts.tokenizer, parts.pad, batch=batch, step=STEP, workers=streams
    )


def check(engine: Engine, exact: Engine) -> None:
    """The self-test: one text on both engines. Raises ModelError (int8_wrong)."""
    ids = exact.tokenizer.encode(f"<s>passage: {TESTED}</s>", add_special_tokens=False).ids
    ours, theirs = (made.hidden([ids])[0].mean(axis=0) for made in (engine, exact))
    cosine = float(ours @ theirs / (np.linalg.norm(ours) * np.linalg.norm(theirs)))
    if not cosine >= NEAR:
        told = f"8-bit products are wrong on this machine: cosine {cosine:.3f} with float32; set engine = onnx"
        raise ModelError(told, model=NAME, reason="int8_wrong")


def _cores(threads: int) -> int:
    return threads or len(os.sched_getaffinity(0))


def _openvino_run(path: Path, streams: int, threads: int) -> Run:
    """Batches need not wait for each other at every layer. Threads are not bound to cores: bound ones had a tenth of
    a processor beside a program that filled one core, and two thirds unbound."""
    import openvino

    core = openvino.Core()
    options = {
        "NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": threads, "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "THROUGHPUT",
    }  # fmt: skip
    try:
        compiled = core.compile_model(core.read_model(str(path)), "CPU", options)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    free: queue.SimpleQueue[openvino.InferRequest] = queue.SimpleQueue()
    for _ in range(streams):
        free.put(compiled.create_infer_request())

    def run(embedded: Floats, mask: npt.NDArray[np.int32]) -> Floats:
        request = free.get()
        try:
            made: Floats = request.infer({"embedded": embedded, "mask": mask})["hidden"].copy()
        finally:
            free.put(request)
        return made

    return run
