"""Speed and size of the real thing: the commands as a user runs them, the API warm, the server's memory."""

import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.errors import StateError, UsageError
from corpus.settings import Settings
from evals.conditions import commit, machine
from evals.metrics import percentiles
from rag import Assistant, load_encoder

COLD_RUNS = 3
"""Processes started for the cold figure; the median is told."""
WARM_UP = 5
"""Questions asked and not counted before the warm figures."""
EMBEDDED = 128
"""Passages that the embedding figures are taken on, TURNS times."""
TURNS = 3
LIMIT_SECONDS = 300
"""A command that takes longer is ended, and told as failed."""
_READY = re.compile(r"http://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure. name: stable; unit: "s", "ms", "passages/s", "MB", "×"."""

    name: str
    value: float
    unit: str


def cold_ask(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Wall seconds of `sourcier ask` from start to exit, a new process each time."""
    seconds = []
    for question in questions[:COLD_RUNS]:
        began = time.perf_counter()
        _run("ask", "--data", str(data), "--", question)
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
    for name, value in percentiles(taken, 50, 95).items():
        yield Measure(name=f"ask_{name}", value=value, unit="ms")


def embedding(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Passages embedded per second, as indexing does it, and by plain sentence-transformers with the same weights.

    Up to EMBEDDED passages of the corpus, given to both as they come; turns are taken, medians told: what else the
    machine does then hits both alike.
    """
    settings = Settings.load()
    ours, plain = load_encoder(settings), load_encoder(replace(settings, engine="torch"))
    with Assistant.open(data) as assistant:
        texts = assistant.passage_texts(EMBEDDED)
    seconds: dict[str, list[float]] = {"embed": [], "embed_plain": []}
    for encoder in (ours, plain):
        encoder.passages(texts[:WARM_UP])
    for _ in range(TURNS):
        for name, encoder in zip(seconds, (ours, plain), strict=True):
            began = time.perf_counter()
            encoder.passages(texts)
            seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    for name, taken in medians.items():
        yield Measure(name=name, value=len(texts) / taken, unit="passages/s")
    yield Measure(name="embed_ratio", value=medians["embed_plain"] / medians["embed"], unit="×")


def server(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Seconds until `sourcier serve` listens, and its resident memory then (MB of 2**20 bytes)."""
    import psutil

    began = time.perf_counter()
    command = [*_COMMAND, "serve", "--data", str(data), "--port", "0"]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        late = threading.Timer(LIMIT_SECONDS, process.kill)
        late.start()
        try:
            assert process.stdout is not None
            if not any(_READY.search(line) for line in process.stdout):
                process.wait()
                said.seek(0)
                raise _failed("serve", said.read())
            yield Measure(name="serve_ready", value=time.perf_counter() - began, unit="s")
            yield Measure(name="serve_memory", value=psutil.Process(process.pid).memory_info().rss / 2**20, unit="MB")
        finally:
            late.cancel()
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


def _run(name: str, *arguments: str) -> None:
    """Run one of our commands to its end. Raises StateError (command_failed, command_silent)."""
    try:
        subprocess.run([*_COMMAND, name, *arguments], check=True, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    except subprocess.CalledProcessError as error:
        raise _failed(name, error.stderr) from error
    except subprocess.TimeoutExpired as error:
        raise _failed(name, "") from error


def _failed(name: str, said: str) -> StateError:
    """said: what the command wrote on stderr; its last line is kept, which is its own message."""
    last = ([line.strip() for line in said.splitlines() if line.strip()] or [""])[-1]
    told = re.sub(r"^sourcier\s*:\s*", "", last)
    reason = "command_failed" if told else "command_silent"
    return StateError(f"sourcier {name} failed: {last}", reason=reason, command=name, said=told, seconds=LIMIT_SECONDS)


def bench(data: Path, names: Sequence[str], questions: Sequence[str]) -> Iterator[Measure]:
    """Run the named benches, one after another.

    Raises UsageError without a question to ask, what `Assistant.open` raises, StateError (command_failed,
    command_silent) when a command that is measured does not end well.
    """
    if not questions and {"cold", "ask"} & set(names):
        raise UsageError("no question to ask", reason="bench_questions")
    if set(names) - {"disk"}:
        with Assistant.open(data):  # a corpus without an index is told before anything is measured
            pass
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
