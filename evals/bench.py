"""Speed and size of the real thing: the commands as a user runs them, the API warm, the server's memory."""

import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.settings import Settings
from evals.conditions import commit, machine
from rag import Assistant, load_encoder

COLD_RUNS = 3
"""Processes started for the cold figure; the median is told."""
WARM_UP = 5
"""Questions asked and not counted before the warm figures."""
_READY = re.compile(r"http://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure. name: stable; unit: "s", "ms", "passages/s", "MB"."""

    name: str
    value: float
    unit: str


def cold_ask(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Wall seconds of `sourcier ask` from start to exit, a new process each time."""
    seconds = []
    for question in questions[:COLD_RUNS]:
        began = time.perf_counter()
        subprocess.run([*_COMMAND, "ask", "--data", str(data), question], check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    yield Measure(name="ask_cold", value=statistics.median(seconds), unit="s")


def warm_ask(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Milliseconds of `Assistant.ask` in one process, model loaded: median and 95th percentile."""
    with Assistant.open(data) as assistant:
        for question in questions[:WARM_UP]:
            assistant.ask(question)
        taken = []
        for question in questions:
            began = time.perf_counter()
            assistant.ask(question)
            taken.append(1000 * (time.perf_counter() - began))
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    yield Measure(name="ask_p50", value=cuts[49], unit="ms")
    yield Measure(name="ask_p95", value=cuts[94], unit="ms")


def embedding(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Passages embedded per second, as indexing does it, on up to 256 passages of the corpus."""
    encoder = load_encoder(Settings.load())
    with Assistant.open(data) as assistant:
        texts = assistant.passage_texts(256)
    encoder.passages(texts[:8])
    began = time.perf_counter()
    encoder.passages(sorted(texts, key=len))
    yield Measure(name="embed", value=len(texts) / (time.perf_counter() - began), unit="passages/s")


def server(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Seconds until `sourcier serve` listens, and its resident memory then (MB of 2**20 bytes)."""
    import psutil

    began = time.perf_counter()
    command = [*_COMMAND, "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if _READY.search(line):
                    break
            yield Measure(name="serve_ready", value=time.perf_counter() - began, unit="s")
            yield Measure(name="serve_memory", value=psutil.Process(process.pid).memory_info().rss / 2**20, unit="MB")
        finally:
            process.terminate()


def disk(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Size of the data folder."""
    size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    yield Measure(name="data_size", value=size / 2**20, unit="MB")


BENCHES: Mapping[str, Callable[[Path, Sequence[str]], Iterator[Measure]]] = {
    "cold": cold_ask,
    "ask": warm_ask,
    "encode": embedding,
    "server": server,
    "disk": disk,
}
"""Name -> what measures it."""

_COMMAND = (sys.executable, "-m", "ui.cli")


def bench(data: Path, names: Sequence[str], questions: Sequence[str]) -> Iterator[Measure]:
    """Run the named benches, one after another."""
    for name in names:
        yield from BENCHES[name](data, questions)


def conditions() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        **machine(),
        "python": platform.python_version(),
        "commit": commit(Path(__file__).parent),
        "load_average": os.getloadavg()[0],
    }
