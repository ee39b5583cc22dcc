"""Finding, answering, proving: the public face. Importing it loads no torch, faiss, gradio or langchain."""

from rag.assistant import Assistant, build_index
from rag.claims import ClaimVerdict
from rag.index import IndexEvent, IndexReport
from rag.loading import load_encoder
from rag.values import Answer, Citation, CorpusState, Evidence, Filters, Sentence

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "ClaimVerdict",
    "CorpusState",
    "Evidence",
    "Filters",
    "IndexEvent",
    "IndexReport",
    "Sentence",
    "build_index",
    "load_encoder",
]
