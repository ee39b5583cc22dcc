"""This project on the same work: its store, its index, `Assistant.search`. Stands alone; see run.py."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

Search = Callable[[str], list[int]]


def index(model: str, texts: Sequence[str]) -> Search:
    """Row numbers of the ten nearest texts, best first. model: not looked at, the bundled weights are the same."""
    from corpus.records import Document
    from corpus.settings import Settings
    from corpus.store import Store
    from rag import Assistant, build_index

    data = Path(tempfile.mkdtemp(prefix="sourcier-peers-"))
    with Store.open(data, create=True, write=True) as store:
        for row, text in enumerate(texts):
            document = Document(
                id=f"piaf/{row}", url=f"https://example.org/{row}", title="", publisher="example.org", ministry="",
                kind="page", published=None, text=text,
            )  # fmt: skip
            store.put(document, "2025-01-01T00:00:00Z")
    for _ in build_index(data, Settings()):
        pass
    assistant = Assistant.open(data)

    def search(question: str) -> list[int]:
        rows = [int(found.doc.removeprefix("piaf/")) for found in assistant.search(question, k=20)]
        return list(dict.fromkeys(rows))[:10]

    return search
