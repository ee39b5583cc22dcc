"""txtai: Embeddings with its default index, Faiss."""

from collections.abc import Sequence
from pathlib import Path

from txtai import Embeddings


class Pipeline:
    """See the package."""

    def __init__(self, model: str, folder: str) -> None:
        self.folder = folder
        if Path(folder, "embeddings").exists():
            self.embeddings = Embeddings()
            self.embeddings.load(folder)
        else:
            self.embeddings = Embeddings(path=model, instructions={"query": "query: ", "data": "passage: "})

    def add(self, texts: Sequence[str], first: int) -> None:
        self.embeddings.upsert(enumerate(texts, first))
        self.embeddings.save(self.folder)

    def search(self, question: str) -> list[int]:
        return [int(row) for row, _ in self.embeddings.search(question, 10)]
