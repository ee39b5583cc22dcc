"""`sourcier serve`: how soon it listens, how many it answers at once, what it holds in memory."""

import asyncio
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from evals.benches.measure import COMMAND, LIMIT_SECONDS, Measure, failed
from evals.load import press, talk

USERS, SECONDS = 20, 20.0
"""Who ask without a pause, and how long."""
CONVERSATIONS = 100
"""Of two questions each, before memory is read again."""
_READY = re.compile(r"http://\S+")


@dataclass(frozen=True, slots=True)
class _Server:
    """seconds: from the start until it listens. url: ends without a slash."""

    process: psutil.Process
    url: str
    seconds: float


def server(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Seconds until `sourcier serve` listens, and its resident memory then (MB of 2**20 bytes)."""
    with _serving(data) as found:
        yield Measure(name="serve_ready", value=found.seconds, unit="s")
        yield Measure(name="serve_memory", value=found.process.memory_info().rss / 2**20, unit="MB")


def load(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """USERS that ask through REST without a pause, the hardest that so many can do (`python -m evals.load`)."""
    with _serving(data) as found:
        pressed = asyncio.run(press(found.url, USERS, SECONDS, questions))
    yield Measure(name="load_answers", value=pressed.per_second, unit="/s")
    yield Measure(name="load_p95", value=pressed.p95, unit="s")
    yield Measure(name="load_errors", value=sum(pressed.errors.values()), unit="")


def memory(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Resident memory of the server after CONVERSATIONS in the chat."""
    with _serving(data) as found:
        talked = asyncio.run(talk(found.url, CONVERSATIONS, found.process.pid, questions))
    yield Measure(name="serve_used", value=talked.after_mb[CONVERSATIONS], unit="MB")


@contextmanager
def _serving(data: Path) -> Iterator[_Server]:
    """A server that listens, without a rate limit: all questions come from one address here.

    Raises StateError (command_failed, command_silent).
    """
    began = time.perf_counter()
    command = [*COMMAND, "serve", "--data", str(data), "--port", "0"]
    free = os.environ | {"SOURCIER_RATE_PER_MINUTE": "0"}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, env=free) as process,
    ):
        late = threading.Timer(LIMIT_SECONDS, process.kill)
        late.start()
        try:
            assert process.stdout is not None
            ready = next((match for line in process.stdout if (match := _READY.search(line))), None)
            if ready is None:
                process.wait()
                said.seek(0)
                raise failed("serve", said.read())
            late.cancel()
            seconds = time.perf_counter() - began
            yield _Server(psutil.Process(process.pid), ready.group().rstrip("/"), seconds)
        finally:
            late.cancel()
            process.terminate()
