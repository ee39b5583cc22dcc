"""One user: `sourcier ask` from a cold start, `Assistant` warm."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from evals.benches.measure import Measure, run
from evals.metrics import percentiles
from rag import Assistant

COLD_RUNS = 3
"""Processes started for the cold figure; the median is told."""
WARM_UP = 5
"""Questions asked and not counted before the warm figures."""


def cold(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Wall seconds of `sourcier ask` from start to exit, a new process each time."""
    seconds = []
    for question in questions[:COLD_RUNS]:
        began = time.perf_counter()
        run("ask", "--data", str(data), "--", question)
        seconds.append(time.perf_counter() - began)
    yield Measure(name="ask_cold", value=statistics.median(seconds), unit="s")


def ask(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Milliseconds of `Assistant.ask` in one process, model loaded: median and 95th percentile."""
    with Assistant.open(data) as assistant:
        yield from warm("ask", assistant.ask, questions)


def search(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """The same of `Assistant.search`: the passages alone, nothing judged."""
    with Assistant.open(data) as assistant:
        yield from warm("search", assistant.search, questions)


def warm(name: str, call: Callable[[str], object], questions: Sequence[str]) -> Iterator[Measure]:
    """Milliseconds of a call: median and 95th percentile.

    A question's vector is kept, so those of the warming up are not asked again where others are left.
    """
    for question in questions[:WARM_UP]:
        call(question)
    taken = []
    for question in questions[WARM_UP:] or questions:
        began = time.perf_counter()
        call(question)
        taken.append(1000 * (time.perf_counter() - began))
    for part, value in percentiles(taken, 50, 95).items():
        yield Measure(name=f"{name}_{part}", value=value, unit="ms")
