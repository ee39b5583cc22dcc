"""This project: its store, its index, `Assistant.search`, all by default."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from rag import Assistant, build_index, load_encoder


class Pipeline:
    """See the package. model: not looked at, the bundled weights are the same."""

    def __init__(self, model: str, folder: str) -> None:
        self.settings, self.folder = Settings.load(), Path(folder)

    @cached_property
    def encoder(self) -> Any:
        """Opened once by whoever adds."""
        return load_encoder(self.settings)

    @cached_property
    def assistant(self) -> Assistant:
        """Opened once by whoever searches."""
        return Assistant.open(self.folder, self.settings)

    def add(self, texts: Sequence[str], first: int) -> None:
        with Store.open(self.folder, create=True, write=True) as store:
            for row, text in enumerate(texts, first):
                document = Document(
                    id=f"peers/{row}", url=f"https://example.org/{row}", title="", publisher="example.org",
                    ministry="", kind="page", published=None, text=text,
                )  # fmt: skip
                store.put(document, "2025-01-01T00:00:00Z")
        for _ in build_index(self.folder, self.settings, encoder=self.encoder):
            pass

    def search(self, question: str) -> list[int]:
        # A long text is cut into passages: twenty of them hold ten texts.
        rows = (int(found.doc.removeprefix("peers/")) for found in self.assistant.search(question, k=20))
        return list(dict.fromkeys(rows))[:10]
