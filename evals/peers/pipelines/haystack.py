"""Haystack: sentence-transformers embedders, InMemoryDocumentStore, its embedding retriever, in pipelines."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import haystack
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


class Pipeline:
    """See the package."""

    def __init__(self, model: str, folder: str) -> None:
        self.model, self.file = model, Path(folder, "store.json")
        if self.file.exists():
            self.store = InMemoryDocumentStore.load_from_disk(str(self.file))
        else:
            self.store = InMemoryDocumentStore(embedding_similarity_function="cosine")

    @cached_property
    def adding(self) -> Any:
        """Embedder, writer."""
        embedder = SentenceTransformersDocumentEmbedder(model=self.model, prefix="passage: ", progress_bar=False)
        chain = haystack.Pipeline()
        chain.add_component("embedder", embedder)
        chain.add_component("writer", DocumentWriter(self.store))
        chain.connect("embedder", "writer")
        return chain

    @cached_property
    def asking(self) -> Any:
        """Embedder, retriever."""
        embedder = SentenceTransformersTextEmbedder(model=self.model, prefix="query: ", progress_bar=False)
        chain = haystack.Pipeline()
        chain.add_component("embedder", embedder)
        chain.add_component("retriever", InMemoryEmbeddingRetriever(self.store, top_k=10))
        chain.connect("embedder.embedding", "retriever.query_embedding")
        return chain

    def add(self, texts: Sequence[str], first: int) -> None:
        documents = [haystack.Document(id=str(row), content=text) for row, text in enumerate(texts, first)]
        self.adding.run({"embedder": {"documents": documents}})
        self.store.save_to_disk(str(self.file))

    def search(self, question: str) -> list[int]:
        found = self.asking.run({"embedder": {"text": question}})
        return [int(document.id) for document in found["retriever"]["documents"]]
