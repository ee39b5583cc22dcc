"""A plain LangChain pipeline: HuggingFaceEmbeddings + FAISS + retriever. Stands alone; see run.py."""

from collections.abc import Callable, Sequence

Search = Callable[[str], list[int]]


def index(model: str, texts: Sequence[str]) -> Search:
    """Row numbers of the ten nearest texts, best first."""
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(
        model_name=model,
        encode_kwargs={"normalize_embeddings": True, "prompt_name": "passage"},
        query_encode_kwargs={"normalize_embeddings": True, "prompt_name": "query"},
    )
    store = FAISS.from_texts(list(texts), embeddings, metadatas=[{"row": row} for row in range(len(texts))])
    retriever = store.as_retriever(search_kwargs={"k": 10})
    return lambda question: [int(found.metadata["row"]) for found in retriever.invoke(question)]
