"""Each peer in turn beside this project, so that what else the machine does hits both alike: ratios of neighbours."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from evals.benches.measure import failed
from evals.cases import Suite
from evals.peers.environments import PEERS, environment, version

FORMAT = "sourcier-peers/1"
LIMIT_SECONDS = 3600
"""Of one half of one pipeline's work; one that takes longer is told as failed."""
_HERE = Path(__file__).parent
_OURS = "sourcier"
_ALONE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}
"""The weights are on this disk, and nobody is told of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """model: the weights as a sentence-transformers folder. asked: (question, row of the text that answers)."""

    model: str
    texts: tuple[str, ...]
    asked: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One pipeline. passages_per_second: embedded and kept, warm. cold_seconds: process start to the first answer.
    search_ms: median, warm. passage_cpu_ms, search_cpu_ms: the same work in milliseconds of processor, which what else
    the machine does changes less (threads that wait in a loop for one another count as work). r1, r5, mrr: of the ten
    nearest, in 0..1. memory_mb: resident after the searches, of 2**20 bytes. load: the machine's, one minute, mean of
    the ends of both halves."""

    passages_per_second: float
    passage_cpu_ms: float
    cold_seconds: float
    search_ms: float
    search_cpu_ms: float
    r1: float
    r5: float
    mrr: float
    memory_mb: float
    load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A peer and, measured between its two halves, this project. pair: (ours, theirs), None where the peer did not run;
    why: its own words for that."""

    name: str
    version: str = ""
    pair: tuple[Figures, Figures] | None = None
    why: str = ""

    def ratios(self) -> dict[str, float]:
        """How many times as fast, or as small, we are: above 1 is to our advantage. Empty without figures."""
        if self.pair is None:
            return {}
        ours, theirs = self.pair
        less = ("passage_cpu_ms", "cold_seconds", "search_ms", "search_cpu_ms", "memory_mb")
        rate = {"passages_per_second": ours.passages_per_second / theirs.passages_per_second}
        return rate | {name: getattr(theirs, name) / getattr(ours, name) for name in less}

    def to_dict(self) -> dict[str, Any]:
        ours, theirs = (asdict(figures) for figures in self.pair) if self.pair else (None, None)
        told = {"name": self.name, "title": PEERS[self.name].title, "version": self.version, "why": self.why}
        return told | {"ours": ours, "theirs": theirs, "ratios": self.ratios()}


def work(suite: Suite, model: Path, questions: int) -> Work:
    """All texts of the suite and so many of its questions, evenly spread. Raises UsageError (bench_questions)."""
    documents = suite.documents or ()
    rows = {document.id: row for row, document in enumerate(documents)}
    asked = [(case.question, rows[case.gold[0].doc]) for case in suite.cases if case.answerable and case.gold]
    if not asked:
        raise UsageError("no question to ask", reason="bench_questions")
    count = min(questions, len(asked))
    spread = tuple(asked[number * len(asked) // count] for number in range(count))
    return Work(model=str(model), texts=tuple(document.text for document in documents), asked=spread)


def beside(given: Work, names: Sequence[str], into: Path) -> Iterator[Beside]:
    """The peers, one after another. One that cannot be installed or fails is told in its place.

    Raises StateError (command_failed, command_silent) where this project itself fails.
    """
    for name in names:
        try:
            yield _beside(name, environment(name, into), given, version(name, into))
        except (OSError, subprocess.SubprocessError) as error:
            yield Beside(name=name, why=_why(error))


def _beside(name: str, python: Path, given: Work, version: str) -> Beside:
    with tempfile.TemporaryDirectory(prefix="sourcier-peers-") as folder:
        file = Path(folder, "work.json")
        file.write_text(json.dumps(asdict(given)), encoding="utf-8")
        # The peer begins: where it fails, nothing of ours was measured for nothing.
        theirs = _half(python, name, file, "index")
        ours = _our_half(file, "index")
        ours |= _our_half(file, "search", load=ours["load"])
        theirs |= _half(python, name, file, "search", load=theirs["load"])
    return Beside(name=name, version=version, pair=(Figures(**ours), Figures(**theirs)))


def _our_half(file: Path, part: str, load: float | None = None) -> dict[str, float]:
    try:
        return _half(Path(sys.executable), _OURS, file, part, load)
    except subprocess.SubprocessError as error:
        raise failed("bench peers", _said(error), LIMIT_SECONDS) from error


def _half(python: Path, name: str, file: Path, part: str, load: float | None = None) -> dict[str, float]:
    """The figures of one process; load: of the half before, to make the mean with."""
    folder = file.parent / name
    folder.mkdir(exist_ok=True)
    own = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | _ALONE
    if name == _OURS:
        own["PYTHONPATH"] = str(_HERE.parent.parent)
    pipeline = _HERE / "pipelines" / f"{name}.py"
    words = [python, "-P", _HERE / "measure.py", pipeline, file, folder, part, time.monotonic()]
    done = subprocess.run(
        [str(word) for word in words], check=True, capture_output=True, text=True, env=own, timeout=LIMIT_SECONDS
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found if load is None else found | {"load": (load + found["load"]) / 2}


def _why(error: OSError | subprocess.SubprocessError) -> str:
    """The last line of what a process said on stderr, or what the system says."""
    lines = [line.strip() for line in (_said(error) or str(error)).splitlines() if line.strip()]
    return lines[-1]


def _said(error: Exception) -> str:
    return str(error.stderr) if isinstance(error, subprocess.CalledProcessError) else ""
