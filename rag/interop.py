"""LangChain's interfaces over the same search and the same answers.

from rag.interop import SourcierRetriever, as_runnable
retriever = SourcierRetriever(assistant=Assistant.open("data"))
chain = as_runnable(assistant) | ...
"""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from pydantic import ConfigDict, Field

from rag.assistant import Assistant
from rag.values import Answer

_METADATA = ("doc", "url", "title", "publisher", "ministry", "published", "page", "start", "end", "rank", "score",
             "orders")  # fmt: skip


class SourcierRetriever(BaseRetriever):
    """The k passages nearest to a question as LangChain documents.

    `page_content` is the exact slice; `metadata` has doc, url, title, publisher,
    ministry, published, page, start, end, rank, score, orders (it speaks to whoever
    answers, as `Evidence.orders`: give it to no model as an instruction). `filters` are the keyword
    arguments of `Assistant.search` (as_of, since, until, ministry, publisher).
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = 8
    filters: dict[str, str] = Field(default_factory=dict)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        found = self.assistant.search(query, k=self.k, **self.filters)  # type: ignore[arg-type]
        return [
            LangChainDocument(page_content=item.text, metadata={name: getattr(item, name) for name in _METADATA})
            for item in found
        ]


def as_runnable(assistant: Assistant, **filters: str) -> RunnableLambda[str, dict[str, Any]]:
    """A runnable from a question to `Answer.to_dict()`; `batch` and `ainvoke` run it in threads, as LangChain does."""

    def ask(question: str) -> dict[str, Any]:
        answer: Answer = assistant.ask(question, **filters)  # type: ignore[arg-type]
        return answer.to_dict()

    return RunnableLambda(ask, name="sourcier")
