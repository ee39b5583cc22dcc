"""Haystack: sentence-transformers embedders, InMemoryDocumentStore, its embedding retriever, in pipelines."""

from collections.abc import Sequence
from pathlib import Path

from haystack import Document
from haystack import Pipeline as Chain
from haystack.components.embedders import SentenceTransformersDocumentEmbedder, SentenceTransformersTextEmbedder
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore


class Pipeline:
    """See the package."""

    def __init__(self, model: str, folder: str) -> None:
        self.model, self.file = model, Path(folder, "store.json")
        if self.file.exists():
            self.store = InMemoryDocumentStore.load_from_disk(str(self.file))
        else:
            self.store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        self.adding = self.asking = None

    def add(self, texts: Sequence[str], first: int) -> None:
        if self.adding is None:
            self.adding = Chain()
            embedder = SentenceTransformersDocumentEmbedder(model=self.model, prefix="passage: ", progress_bar=False)
            self.adding.add_component("embedder", embedder)
            self.adding.add_component("writer", DocumentWriter(self.store))
            self.adding.connect("embedder", "writer")
        documents = [Document(id=str(row), content=text) for row, text in enumerate(texts, first)]
        self.adding.run({"embedder": {"documents": documents}})
        self.store.save_to_disk(str(self.file))

    def search(self, question: str) -> list[int]:
        if self.asking is None:
            self.asking = Chain()
            embedder = SentenceTransformersTextEmbedder(model=self.model, prefix="query: ", progress_bar=False)
            self.asking.add_component("embedder", embedder)
            self.asking.add_component("retriever", InMemoryEmbeddingRetriever(self.store, top_k=10))
            self.asking.connect("embedder.embedding", "retriever.query_embedding")
        found = self.asking.run({"embedder": {"text": question}})
        return [int(document.id) for document in found["retriever"]["documents"]]
