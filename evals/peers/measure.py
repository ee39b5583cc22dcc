"""One half of the work by one pipeline, in the environment of that pipeline; itself imports the standard library alone.

    python -P measure.py PIPELINE.py WORK.json FOLDER index|search BEGAN

WORK.json: {"model": folder, "texts": [text...], "asked": [[question, row of the text that answers]...]}. BEGAN:
`time.monotonic()` of whoever started this. Prints one JSON object as its last line.
"""

import importlib.util
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

WARM_UP = 8
"""Texts indexed, and questions asked, before times count: models are opened, kernels made."""


def index(pipeline: Any, texts: list[str]) -> dict[str, float]:
    """Passages a second of embedding and keeping all but the first few, and what one costs of all processors."""
    few = min(WARM_UP, len(texts) // 2)
    pipeline.add(texts[:few], 0)
    began, used = time.perf_counter(), time.process_time()
    pipeline.add(texts[few:], few)
    count = len(texts) - few
    return {
        "passages_per_second": count / (time.perf_counter() - began),
        "passage_cpu_ms": 1000 * (time.process_time() - used) / count,
    }


def search(pipeline: Any, asked: list[tuple[str, int]], began: float) -> dict[str, float]:
    """Seconds until the first answer, milliseconds of a later one, shares and means of what is found, memory."""
    taken, used, ranks, cold = [], [], [], 0.0
    for question, gold in asked:
        at, cpu = time.perf_counter(), time.process_time()
        rows = pipeline.search(question)
        taken.append(1000 * (time.perf_counter() - at))
        used.append(1000 * (time.process_time() - cpu))
        cold = cold or time.monotonic() - began
        ranks.append(rows.index(gold) + 1 if gold in rows else 0)
    return {
        "cold_seconds": cold,
        "search_ms": statistics.median(taken[WARM_UP:] or taken),
        "search_cpu_ms": statistics.median(used[WARM_UP:] or used),
        "r1": statistics.mean(rank == 1 for rank in ranks),
        "r5": statistics.mean(0 < rank <= 5 for rank in ranks),
        "mrr": statistics.mean(1 / rank if rank else 0.0 for rank in ranks),
        "memory_mb": _resident() / 2**20,
    }


def _resident() -> int:
    """Bytes of this process in memory now; Linux."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _pipeline(file: str, model: str, folder: str) -> Any:
    """Read by its path: a file named as the library that it imports would hide that library on `sys.path`."""
    spec = importlib.util.spec_from_file_location("peers_pipeline", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Pipeline(model, folder)


def main() -> None:
    """Do it, print it."""
    file, given, folder, part, began = sys.argv[1:]
    work = json.loads(Path(given).read_text(encoding="utf-8"))
    pipeline = _pipeline(file, work["model"], folder)
    found = index(pipeline, work["texts"]) if part == "index" else search(pipeline, work["asked"], float(began))
    sys.stdout.write("\n" + json.dumps(found | {"load": os.getloadavg()[0]}) + "\n")


if __name__ == "__main__":
    main()
