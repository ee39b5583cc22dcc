"""Chroma on disk with sentence-transformers; its own wrapper of them has one prompt for texts and questions alike."""

from collections.abc import Sequence

import chromadb
from sentence_transformers import SentenceTransformer


class Pipeline:
    """See the package."""

    def __init__(self, model: str, folder: str) -> None:
        self.encoder = SentenceTransformer(model)
        self.collection = chromadb.PersistentClient(folder).get_or_create_collection(
            "peers", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, texts: Sequence[str], first: int) -> None:
        vectors = self.encoder.encode(list(texts), prompt_name="passage", normalize_embeddings=True)
        rows = [str(row) for row in range(first, first + len(texts))]
        self.collection.add(ids=rows, embeddings=vectors, documents=list(texts))

    def search(self, question: str) -> list[int]:
        vector = self.encoder.encode([question], prompt_name="query", normalize_embeddings=True)
        return [int(row) for row in self.collection.query(query_embeddings=vector, n_results=10)["ids"][0]]
