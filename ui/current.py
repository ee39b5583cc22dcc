"""The corpus as it is now, while newer indexes come: what the chat and the other doors both need."""

import logging
from collections.abc import Iterable

from corpus.errors import StateError
from corpus.records import Document
from rag import Assistant

log = logging.getLogger(__name__)


def refreshed(assistant: Assistant) -> None:
    """Take up a newer index; where it cannot be opened, the one that is open goes on answering."""
    try:
        assistant.refresh()
    except (StateError, OSError):
        log.warning("the newer index cannot be opened; answering from the one that is open", exc_info=True)


def documents_of(assistant: Assistant, names: Iterable[str]) -> dict[str, Document]:
    """Publications by id, in the version that an answer's offsets count in.

    One that a newer index dropped since the answer is left out: its quotes are shown alone.
    """
    found = {}
    for name in names:
        try:
            found[name] = assistant.document(name)
        except KeyError:
            continue
    return found
