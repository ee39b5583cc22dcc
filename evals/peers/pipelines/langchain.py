"""Plain LangChain: HuggingFaceEmbeddings, FAISS, a retriever."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings


class Pipeline:
    """See the package."""

    def __init__(self, model: str, folder: str) -> None:
        self.folder = folder
        self.embeddings = HuggingFaceEmbeddings(
            model_name=model,
            encode_kwargs={"normalize_embeddings": True, "prompt_name": "passage"},
            query_encode_kwargs={"normalize_embeddings": True, "prompt_name": "query"},
        )
        self.store: Any = None
        if Path(folder, "index.faiss").exists():
            # Texts beside its index are a pickle: read here because this program wrote it.
            self.store = FAISS.load_local(folder, self.embeddings, allow_dangerous_deserialization=True)

    def add(self, texts: Sequence[str], first: int) -> None:
        known = [{"row": row} for row in range(first, first + len(texts))]
        if self.store is None:
            self.store = FAISS.from_texts(list(texts), self.embeddings, metadatas=known)
        else:
            self.store.add_texts(list(texts), metadatas=known)
        self.store.save_local(self.folder)

    @cached_property
    def retriever(self) -> Any:
        """Over what stands in the folder."""
        return self.store.as_retriever(search_kwargs={"k": 10})

    def search(self, question: str) -> list[int]:
        return [found.metadata["row"] for found in self.retriever.invoke(question)]
