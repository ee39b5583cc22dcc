"""One pipeline on PIAF: passages indexed per second, milliseconds a search, how often the right paragraph is found.

    python measure.py NAME MODEL_FOLDER PIAF.json QUESTIONS

Run by run.py in the environment of the pipeline; prints one JSON object. What a first run
pays (imports, loading the model, making kernels) is paid on eight texts, uncounted.
"""

import importlib
import json
import os
import statistics
import sys
import time
from pathlib import Path


def main() -> None:
    """Read, index, ask, print."""
    name, model, file, most = sys.argv[1:]
    sys.path.insert(0, str(Path(__file__).parent))
    index = importlib.import_module(name).index
    texts: list[str] = []
    asked: list[tuple[str, int]] = []
    for article in json.loads(Path(file).read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            asked += [(question["question"], len(texts)) for question in paragraph["qas"]]
            texts.append(paragraph["context"])
    asked = asked[:: max(1, len(asked) // int(most))]
    index(model, texts[:8])
    began = time.perf_counter()
    search = index(model, texts)
    indexed = time.perf_counter() - began
    for question, _ in asked[-5:]:
        search(f"{question} ?")
    taken, ranks = [], []
    for question, gold in asked:
        began = time.perf_counter()
        rows = search(question)
        taken.append(1000 * (time.perf_counter() - began))
        ranks.append(rows.index(gold) + 1 if gold in rows else 0)
    found = {
        "name": name, "passages": len(texts), "questions": len(asked), "passages_per_second": len(texts) / indexed,
        "search_ms": statistics.median(taken), "r1": statistics.mean(rank == 1 for rank in ranks),
        "r5": statistics.mean(0 < rank <= 5 for rank in ranks),
        "mrr": statistics.mean(1 / rank if rank else 0.0 for rank in ranks), "load": os.getloadavg()[0],
    }  # fmt: skip
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
