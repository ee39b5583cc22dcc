"""A corpus of real and made texts, grown in stages through the product's own path, and measured at each.

FOLDER/encoded-… what the model gave for real passages; a run that was cut short goes on from it
       real      the data folder that the real texts are encoded in
       corpus    the data folder that grows
       questions.json
"""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from corpus.errors import DataMissing, UsageError
from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from evals.benches.building import disk
from evals.benches.measure import Measure, failed
from evals.cases import Case
from evals.scale.encoder import ScaleEncoder
from evals.scale.made import Composer
from evals.scale.real import read
from rag import Assistant, build_index, load_encoder

if TYPE_CHECKING:
    from rag.encoder import TokenEncoder

STAGES = (10_000, 100_000, 1_000_000)
"""Passages at which a corpus on its way to more is measured."""
ADDED = 1_000
"""Publications that arrive at the end: really encoded, for their vectors are no part of what is made."""
QUESTIONS = 200
_SOURCE, _TITLE = "ajout", "Avis nouveau"
_CAPTURED = "2026-01-01T00:00:00Z"
_AT_ONCE = 2_000  # documents put into the store in one transaction
_PROBE_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What was measured at one size. real: passages that are not made."""

    passages: int
    documents: int
    real: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleEvent:
    """Progress. name: "encode", "store", "build", "ask" or "add"; result: of a stage that is over."""

    name: str
    done: int
    total: int
    result: Stage | None = None


def scale(
    paths: Sequence[Path], folder: Path, passages: int, *, added: int = ADDED, seed: int = 0
) -> Iterator[ScaleEvent]:
    """Grow a corpus to at least so many passages and measure it in STAGES, then add some publications: the last result.
    Stages that `folder` is past, from an earlier run, are not measured again.

    Raises UsageError for paths without a text or without a question, and what `build_index` raises.
    """
    documents, cases = read(paths)
    if not documents or not cases:
        raise UsageError("no text, or no question to ask", reason="scale_empty")
    settings = Settings.load()
    inner = cast("TokenEncoder", load_encoder(settings))
    kept = folder / f"encoded-{inner.digest}"
    real = yield from _encoded(documents, folder, ScaleEncoder(inner, kept), settings)
    encoder = ScaleEncoder(inner, kept)
    (folder / "questions.json").write_text(json.dumps(_asked(cases)), encoding="utf-8")
    composer = Composer(encoder.bodies, seed)
    coming = _coming(documents, real, composer)
    held = 0.0
    already = _indexed(folder / "corpus")
    stages = [*(size for size in STAGES if already < size < passages), passages]
    for size in stages:
        began, taken = time.perf_counter(), defaultdict[str, float](float)
        with Store.open(folder / "corpus", create=True, write=True) as store:
            while held < size:
                with store.transaction():
                    for _ in range(_AT_ONCE):
                        document, parts = next(coming)
                        store.put(document, _CAPTURED)
                        held += parts
                        if held >= size:
                            break
                yield ScaleEvent(name="store", done=int(held), total=size)
        taken["store"] = time.perf_counter() - began
        spent = encoder.seconds
        report = yield from _built(folder / "corpus", encoder, settings, taken)
        taken["vectors_made"] = encoder.seconds - spent
        measures = [Measure(name=f"build_{name}", value=seconds, unit="s") for name, seconds in taken.items()]
        measures += [*disk(folder / "corpus", ()), _copies(folder / "corpus")]
        yield ScaleEvent(name="ask", done=0, total=1)
        measures += _probed(folder)
        stage = Stage(passages=report[0], documents=report[1], real=min(real, report[0]), measures=tuple(measures))
        yield ScaleEvent(name="ask", done=1, total=1, result=stage)
    arrived = yield from _added(folder / "corpus", composer, inner, settings, added)
    yield ScaleEvent(name="ask", done=1, total=1, result=replace(stage, measures=tuple(arrived)))


def _encoded(
    documents: Sequence[Document], folder: Path, encoder: ScaleEncoder, settings: Settings
) -> Generator[ScaleEvent, None, int]:
    """Have the model encode every real passage, in an index of their own; how many there are."""
    with Store.open(folder / "real", create=True, write=True) as store, store.transaction():
        for document in documents:
            store.put(document, _CAPTURED)
    passages, _ = yield from _built(folder / "real", encoder, settings, defaultdict(float))
    return passages


def _indexed(data: Path) -> int:
    """Passages that an earlier run came to."""
    try:
        with Assistant.open(data) as assistant:
            return assistant.state().passages
    except DataMissing:
        return 0


def _coming(documents: Sequence[Document], real: int, composer: Composer) -> Iterator[tuple[Document, float]]:
    """Documents without end, the real ones first, and of how many passages each is; of real ones about."""
    share = real / sum(len(document.text) for document in documents)
    yield from ((document, len(document.text) * share) for document in documents)
    yield from (composer.document(number) for number in count())


def _built(
    data: Path, encoder: "TokenEncoder", settings: Settings, taken: dict[str, float]
) -> Generator[ScaleEvent, None, tuple[int, int]]:
    """Build the index; seconds by stage are added to `taken`. Passages and documents of the index."""
    last = time.perf_counter()
    for event in build_index(data, settings, encoder=encoder):
        now = time.perf_counter()
        taken[event.stage] += now - last
        yield ScaleEvent(name=event.stage, done=event.done, total=event.total)
        last = time.perf_counter()
        report = event.report
    assert report is not None
    return report.passages, report.documents


def _asked(cases: Sequence[Case]) -> list[tuple[str, list[str]]]:
    """QUESTIONS of them, spread over all, with the ids of the documents that answer."""
    step = max(1, len(cases) // QUESTIONS)
    return [(case.question, [gold.doc for gold in case.gold]) for case in cases[::step][:QUESTIONS]]


def _copies(data: Path) -> Measure:
    """The share of passages that the build takes for copies of another publication's."""
    home = data / "index" / (data / "index" / "CURRENT").read_text(encoding="utf-8").strip()
    pairs, places = np.load(home / "copies.npy"), np.load(home / "places.npy", mmap_mode="r")
    return Measure(name="copies", value=len(np.unique(pairs)) / len(places), unit="")


def _probed(folder: Path) -> list[Measure]:
    """What `evals.scale.probe` measures, in a process of its own. Raises StateError."""
    command = [sys.executable, "-m", "evals.scale.probe", str(folder / "corpus"), str(folder / "questions.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PROBE_SECONDS)
    if done.returncode:
        raise failed("bench scale", done.stderr)
    return [Measure(**found) for found in json.loads(done.stdout)]


def _added(
    data: Path, composer: Composer, encoder: "TokenEncoder", settings: Settings, added: int
) -> Generator[ScaleEvent, None, list[Measure]]:
    """Seconds from the arrival of publications until a program that had the corpus open finds them."""
    documents = [composer.document(number, title=_TITLE, source=_SOURCE)[0] for number in range(added)]
    with Assistant.open(data, settings, encoder=ScaleEncoder(encoder, None)) as assistant:
        began = time.perf_counter()
        with Store.open(data, write=True) as store, store.transaction():
            for document in documents:
                store.put(document, _CAPTURED)
        taken = defaultdict[str, float](float)
        yield from _built(data, encoder, settings, taken)
        assistant.refresh()
        found = any(one.doc == documents[-1].id for one in assistant.search(documents[-1].text[:200]))
        seconds = time.perf_counter() - began
    return [
        Measure(name="add", value=seconds, unit="s"),
        *(Measure(name=f"add_{stage}", value=value, unit="s") for stage, value in taken.items()),
        Measure(name="add_found", value=float(found), unit=""),
    ]
