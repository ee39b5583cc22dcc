"""LlamaIndex: HuggingFaceEmbedding, VectorStoreIndex with its own store, a retriever."""

from collections.abc import Sequence
from pathlib import Path

from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding


class Pipeline:
    """See the package."""

    def __init__(self, model: str, folder: str) -> None:
        self.folder = folder
        self.embedding = HuggingFaceEmbedding(
            model_name=model, query_instruction="query: ", text_instruction="passage: "
        )
        if Path(folder, "docstore.json").exists():
            kept = StorageContext.from_defaults(persist_dir=folder)
            self.index = load_index_from_storage(kept, embed_model=self.embedding)
        else:
            self.index = VectorStoreIndex([], embed_model=self.embedding)
        self.retriever = self.index.as_retriever(similarity_top_k=10)

    def add(self, texts: Sequence[str], first: int) -> None:
        # Nodes, not documents: the paragraphs are searched whole everywhere else.
        self.index.insert_nodes([TextNode(id_=str(row), text=text) for row, text in enumerate(texts, first)])
        self.index.storage_context.persist(persist_dir=self.folder)

    def search(self, question: str) -> list[int]:
        return [int(found.node.node_id) for found in self.retriever.retrieve(question)]
