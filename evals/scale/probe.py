"""One process that opens a large corpus and asks it: times, memory, what is found.

    python -m evals.scale.probe FOLDER QUESTIONS.json

A process of its own, so that its memory is that of a reader and of nothing else. QUESTIONS.json: a list of
[question, ids of the documents that answer it]. Prints one JSON object of measures by name.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psutil

from corpus.settings import Settings
from evals.benches.answering import warm
from evals.benches.measure import Measure
from evals.scale.encoder import ScaleEncoder
from evals.scale.made import MINISTRIES
from evals.scale.recall import recall
from rag import Assistant, load_encoder

if TYPE_CHECKING:
    from rag.assistant import Narrowed
    from rag.encoder import TokenEncoder

Asked = Sequence[tuple[str, Sequence[str]]]
FOUND_AMONG = 5
FILTERS: "Mapping[str, Narrowed]" = {
    "ministry": {"ministry": MINISTRIES[0]},
    "year": {"since": "2015-01-01", "until": "2015-12-31"},
    "week": {"since": "2015-03-02", "until": "2015-03-08"},
}
FILTERED = 100
"""Questions asked with each of them."""
COMPARED = 100
"""Questions whose ten nearest are compared with the true ones."""


def measure(data: Path, asked: Asked) -> Iterator[Measure]:
    """Everything, in the order a reader would meet it."""
    settings = Settings.load()
    inner = cast("TokenEncoder", load_encoder(settings))
    encoder = ScaleEncoder(inner, None)
    began = time.perf_counter()
    with Assistant.open(data, settings, encoder=encoder) as assistant:
        yield Measure(name="open", value=time.perf_counter() - began, unit="s")
        yield Measure(name="memory_open", value=_memory(), unit="MB")
        questions = [question for question, _ in asked]
        began = time.perf_counter()
        assistant.ask(questions[0])
        yield Measure(name="ask_first", value=time.perf_counter() - began, unit="s")
        yield from warm("ask", assistant.ask, questions)
        yield Measure(name="memory_asked", value=_memory(), unit="MB")
        yield from warm("search", assistant.search, questions)  # whose vectors are kept: what the search alone costs
        for name, narrowed in FILTERS.items():
            yield from warm(f"search_{name}", _within(assistant, narrowed), questions[:FILTERED])
        found = [
            any(evidence.doc in gold for evidence in assistant.search(question, k=FOUND_AMONG))
            for question, gold in asked
        ]
        yield Measure(name="recall_at_5", value=sum(found) / len(found), unit="")
    vectors = [inner.question(question) for question in questions[:COMPARED]]
    yield Measure(name="vectors_recall_at_10", value=recall(data, vectors), unit="")


def _within(assistant: Assistant, narrowed: "Narrowed") -> Callable[[str], object]:
    def search(question: str) -> object:
        return assistant.search(question, **narrowed)

    return search


def _memory() -> float:
    return float(psutil.Process().memory_info().rss / 2**20)


if __name__ == "__main__":
    folder, listed = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps([asdict(one) for one in measure(folder, listed)]))
