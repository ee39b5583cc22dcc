"""Chroma in memory with sentence-transformers. Stands alone; see run.py."""

from collections.abc import Callable, Sequence

Search = Callable[[str], list[int]]


def index(model: str, texts: Sequence[str]) -> Search:
    """Row numbers of the ten nearest texts, best first."""
    import chromadb
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model)
    collection = chromadb.EphemeralClient().create_collection("piaf", metadata={"hnsw:space": "cosine"})
    vectors = encoder.encode(list(texts), prompt_name="passage", normalize_embeddings=True)
    collection.add(ids=[str(row) for row in range(len(texts))], embeddings=vectors, documents=list(texts))

    def search(question: str) -> list[int]:
        vector = encoder.encode([question], prompt_name="query", normalize_embeddings=True)
        return [int(row) for row in collection.query(query_embeddings=vector, n_results=10)["ids"][0]]

    return search
