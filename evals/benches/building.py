"""What makes a corpus: pages collected, passages embedded, an index built; and its size."""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.settings import Settings
from corpus.store import Store
from evals import crawl
from evals.benches.measure import Measure
from rag import Assistant, load_encoder
from rag.encoder import Encoder
from rag.index import build
from rag.vectors import engine

EMBEDDED = 128
"""Passages that the embedding figures are taken on, TURNS times."""
TURNS = 3
WARM_UP = 5
"""Passages embedded and not counted before: models are opened, kernels made."""
PAGES = 300
"""Pages of the site that is collected."""


def ingest(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Pages a second of `sourcier ingest` from a site on loopback, and seconds of a second visit, nothing changed."""
    found = crawl.measure(PAGES)
    yield Measure(name="ingest", value=found.pages_per_second, unit="pages/s")
    yield Measure(name="ingest_again", value=found.again_seconds, unit="s")


def encode(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
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


def index(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Passages a second of the whole index made anew beside the corpus, and seconds of a build with nothing to do."""
    settings = Settings.load()
    encoder = load_encoder(settings)
    encoder.passages(["Ce que coûte l’ouverture du modèle n’est pas compté."])
    with Store.open(data) as store, TemporaryDirectory(prefix="sourcier-bench-") as folder:
        seconds, passages = _built(store, Path(folder), encoder, settings)
        again, _ = _built(store, Path(folder), encoder, settings)
    yield Measure(name="index", value=passages / seconds, unit="passages/s")
    yield Measure(name="index_again", value=again, unit="s")


def _built(store: Store, folder: Path, encoder: Encoder, settings: Settings) -> tuple[float, int]:
    *_, last = build(store, folder, encoder, engine(settings.vectors))
    assert last.report is not None
    return last.report.seconds, last.report.passages


def disk(data: Path, questions: Sequence[str]) -> Iterator[Measure]:
    """Size of the data folder."""
    size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    yield Measure(name="data_size", value=size / 2**20, unit="MB")
