"""What `sourcier bench` measures, by name."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from evals.benches import answering, building, serving
from evals.benches.measure import Measure
from evals.conditions import commit, machine
from rag import Assistant

BENCHES: Mapping[str, Callable[[Path, Sequence[str]], Iterator[Measure]]] = {
    "cold": answering.cold,
    "ask": answering.ask,
    "search": answering.search,
    "encode": building.encode,
    "index": building.index,
    "ingest": building.ingest,
    "server": serving.server,
    "load": serving.load,
    "memory": serving.memory,
    "disk": building.disk,
}
"""Name -> what measures it."""
_ASKED = frozenset({"cold", "ask", "search", "load", "memory"})
_OPENED = frozenset(BENCHES) - {"disk", "ingest", "index"}


def bench(data: Path, names: Sequence[str], questions: Sequence[str]) -> Iterator[Measure]:
    """Run the named benches, one after another.

    Raises UsageError without a question to ask, what `Assistant.open` raises, StateError (command_failed,
    command_silent) when a command that is measured does not end well.
    """
    if not questions and _ASKED & set(names):
        raise UsageError("no question to ask", reason="bench_questions")
    if _OPENED & set(names):
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
