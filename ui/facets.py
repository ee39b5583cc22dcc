"""What the page offers on the loaded corpus: names to filter by, and questions to start from."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus.records import Document, latest_day

EXAMPLES = 4
"""Example questions shown on an empty page."""
_CANDIDATES = Path(__file__).parent.parent / "corpus" / "demo" / "examples.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Names in alphabetical order; examples are questions whose publication is in the corpus."""

    ministries: tuple[str, ...]
    publishers: tuple[str, ...]
    examples: tuple[str, ...]


def facets(documents: Iterable[Document], candidates: Path = _CANDIDATES) -> Facets:
    """Read in one pass over the documents.

    candidates: TOML of [[example]] tables with `question` and `doc`, the id
    that must exist for it to be shown. Where none fits, the newest
    publications give the questions.
    """
    ministries, publishers, ids = set(), set(), set()
    newest: list[tuple[str, str]] = []
    for document in documents:
        ids.add(document.id)
        ministries.add(document.ministry.strip())
        publishers.add(document.publisher.strip())
        if document.published and document.title.strip():
            newest.append((latest_day(document.published).isoformat(), document.title.strip()))
            newest = sorted(newest, reverse=True)[:EXAMPLES]
    written = tomllib.loads(candidates.read_text(encoding="utf-8"))["example"] if candidates.is_file() else []
    examples = [item["question"] for item in written if item["doc"] in ids]
    if not examples:
        examples = [f"Que dit la publication «\u00a0{title}\u00a0»\u00a0?" for _, title in newest]
    return Facets(
        ministries=tuple(sorted(ministries - {""}, key=str.casefold)),
        publishers=tuple(sorted(publishers - {""}, key=str.casefold)),
        examples=tuple(examples[:EXAMPLES]),
    )
