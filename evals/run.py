"""Runs a suite like any user of the public face, and scores what comes back.

Work yields events; only commands know that a progress bar exists. The last event
of every generator here carries the result.
"""

import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from evals import conditions, curves, metrics
from evals.cases import Suite, located
from evals.figures import read_figures
from evals.formats_in import load
from evals.problems import refuse
from evals.results import Result, Row
from evals.scoring import Asker, observe, scored

if TYPE_CHECKING:
    from rag import ChatModel
    from rag.encoder import Encoder

SUITES = Path(__file__).parent / "suites"
CAPTURED = "2000-01-01T00:00:00Z"
"""Capture time of documents in temporary folders: fixed, so that runs repeat exactly."""

BASELINES: Mapping[str, Mapping[str, Any]] = {
    "lexical": {"retrieval": "lexical"},
    "dense": {"retrieval": "dense"},
    "fusion": {"retrieval": "fusion"},
}
"""Name -> the settings that make it. The current default is always run beside them."""

EVERY = 25
"""Questions between two progress events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalEvent:
    """Progress: stage ("index", "ask", an attack's name, "judge"...), done of total; `result` on the last."""

    stage: str
    done: int
    total: int
    result: Result | None = None


def find_suite(name: str | Path) -> Path:
    """The suite of this name that ships with Sourcier ("demo"), else the path. Raises SuiteError."""
    path, shipped = Path(name), SUITES / f"{name}.jsonl"
    if path.name == str(name) and shipped.is_file():
        return shipped
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in SUITES.glob("*.jsonl")))
        raise refuse(name, None, "unknown_suite", known=known)
    return path


def run_suite(
    suite: Suite, asker: Asker, *, seed: int = 0, given: Mapping[str, Any] | None = None, stage: str = "ask"
) -> Iterator[EvalEvent]:
    """Ask every case of a suite whose gold is located, and score. given: more conditions to record."""
    started = datetime.now(UTC)
    pairs = []
    for done, case in enumerate(suite.cases):
        if done % EVERY == 0:
            yield EvalEvent(stage=stage, done=done, total=len(suite.cases))
        pairs.append((case, observe(asker, case)))
    rows = scored(pairs, asker.document, whole=suite.documents is not None, read=read_figures)
    told = conditions.gather(asker, seed=seed, given=given or {})
    result = summary(suite, rows, told, seed=seed, started=started)
    yield EvalEvent(stage=stage, done=len(suite.cases), total=len(suite.cases), result=result)


def summary(suite: Suite, rows: list[Row], told: dict[str, Any], *, seed: int, started: datetime) -> Result:
    """The result of scored rows."""
    types = sorted({row.type for row in rows if row.type})
    latencies = [row.latency_ms for row in rows]
    return Result(
        suite={
            "name": suite.name,
            "format": suite.format,
            "digest": suite.digest,
            "questions": len(suite.cases) + len(suite.skipped),
            "scored": sum(row.outcome not in {"unjudged", "error"} for row in rows),
            "unjudged": sum(row.outcome == "unjudged" for row in rows),
            "errors": sum(row.outcome == "error" for row in rows),
            "skipped": [skipped.to_dict() for skipped in suite.skipped],
            "notes": list(suite.notes),
        },
        conditions=told,
        metrics=metrics.summarise(rows, seed=seed),
        by_type={name: metrics.summarise([row for row in rows if row.type == name], seed=seed) for name in types},
        curves=curves.curves(rows),
        rows=tuple(rows),
        times={
            "started": started.isoformat(timespec="seconds"),
            "seconds": round((datetime.now(UTC) - started).total_seconds(), 1),
            "latency_ms": {
                name: round(value, 1) for name, value in metrics.percentiles(latencies, 50, 90, 95, 99).items()
            },
        },
    )


def built(
    documents: Collection[Document], folder: Path, settings: Settings, encoder: "Encoder", base: Path | None = None
) -> Iterator[EvalEvent]:
    """Fill and index `folder`: `base`'s documents and index (copied, so only new passages are embedded), and these."""
    from rag import build_index

    if base is not None:
        shutil.copytree(base, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("archive", "lock", "*.part"))
    with Store.open(folder, create=True, write=True) as store, store.transaction():
        for document in documents:
            store.put(document, CAPTURED)
    for event in build_index(folder, settings, encoder=encoder):
        yield EvalEvent(stage="index", done=event.done, total=event.total)


def evaluate(
    name: str | Path,
    *,
    format: str = "auto",
    data: Path = Path("data"),
    settings: Settings | None = None,
    encoder: "Encoder | None" = None,
    baselines: bool = False,
    robustness: Collection[str] = (),
    seed: int = 0,
    limit: int | None = None,
    strict: bool = True,
    judge: "ChatModel | None" = None,
) -> Iterator[EvalEvent]:
    """Evaluate a suite; the last event carries the result. This is `sourcier eval`.

    Suites with documents of their own (squad, beir, nomiracl) are asked in a temporary
    folder; the others on `data`. limit: the first cases only. strict: gold that is not in
    the corpus raises; otherwise such cases are skipped and counted. encoder: a ready one,
    in place of the settings' model. baselines: run the parts of BASELINES too.
    robustness: names of `evals.robustness.ATTACKS` and `evals.perturb.PERTURBATIONS`, or "all".
    judge: a language model that reads the answers too; what it says stands apart, in `Result.judge`.
    Raises SuiteError, UsageError (a name of `robustness`) and what `Assistant.open` raises.
    """
    from evals.model_judge import judged
    from evals.robustness import attacked, names
    from rag import load_encoder

    settings = settings or Settings.load()
    names(robustness)  # unknown ones are told before anything is measured
    suite = load(find_suite(name), format)
    if limit is not None:
        suite = replace(suite, cases=suite.cases[:limit], notes=(*suite.notes, f"first {limit} questions only"))
    if suite.documents is None:
        with Store.open(data):
            pass  # a missing folder is told before a model is loaded
    encoder = encoder or load_encoder(settings)
    with tempfile.TemporaryDirectory(prefix="sourcier-eval-") as scratch:
        if suite.documents is not None:
            data = Path(scratch) / "data"
            yield from built(suite.documents, data, settings, encoder)
        with Store.open(data) as store:
            suite = located(suite, store.current(), strict=strict)
        bench = Bench(data=data, scratch=Path(scratch), settings=settings, encoder=encoder, seed=seed)
        result: Result | None = None
        for event in bench.asked(suite, stage="ask"):
            result = event.result
            yield replace(event, result=None)
        assert result is not None
        if baselines:
            found = {"default": result.metrics}
            for label, change in BASELINES.items():
                other = replace(bench, settings=replace(settings, **change))
                for event in other.asked(suite, stage=label):
                    if event.result:
                        found[label] = event.result.metrics
                    yield replace(event, result=None)
            result = replace(result, baselines=found)
        if robustness:
            for step in attacked(bench, suite, result, robustness):
                result = step.result or result
                yield replace(step, result=None)
        if judge is not None:
            for event in judged(result, judge, seed=seed):
                result = event.result or result
                yield replace(event, result=None)
    yield EvalEvent(stage="done", done=len(suite.cases), total=len(suite.cases), result=result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where and with what a located suite is asked: data folder, scratch folder, settings, encoder, seed."""

    data: Path
    scratch: Path
    settings: Settings
    encoder: "Encoder"
    seed: int

    def asked(self, suite: Suite, *, stage: str) -> Iterator[EvalEvent]:
        """Open the assistant on `data` and run the suite; the last event carries the result."""
        from rag import Assistant

        with Store.open(self.data) as store:
            corpus = {
                "corpus_digest": conditions.corpus_digest(store.current()),
                "documents": store.counts().documents,
            }
        with Assistant.open(self.data, self.settings, encoder=self.encoder) as assistant:
            given = {
                "settings": {key: value for key, value in asdict(self.settings).items() if key not in _NEUTRAL},
                "model": {"name": self.encoder.name, "digest": self.encoder.digest},
                **corpus,
                "passages": assistant.state().passages,
            }
            yield from run_suite(suite, assistant, seed=self.seed, given=given, stage=stage)

    def planted(self, documents: Collection[Document], name: str) -> Iterator[EvalEvent]:
        """Build scratch/`name`: this corpus with documents added."""
        yield from built(documents, self.scratch / name, self.settings, self.encoder, base=self.data)


_NEUTRAL = {"cache", "user_agent", "host", "port", "llm_key"}
"""Settings that change no answer, and the one that is a secret: left out of the conditions."""
