"""Finding, answering, proving: the public face. Importing it loads no torch, faiss, gradio or langchain."""

from rag.assistant import Assistant, build_index
from rag.claims import ClaimVerdict
from rag.index import IndexEvent, IndexReport
from rag.llm import ChatModel, fenced, load_chat_model
from rag.loading import load_encoder
from rag.values import Answer, Citation, Copy, CorpusState, Evidence, Filters, Sentence, Writing

__all__ = [
    "Answer",
    "Assistant",
    "ChatModel",
    "Citation",
    "ClaimVerdict",
    "Copy",
    "CorpusState",
    "Evidence",
    "Filters",
    "IndexEvent",
    "IndexReport",
    "Sentence",
    "Writing",
    "build_index",
    "fenced",
    "load_chat_model",
    "load_encoder",
]
