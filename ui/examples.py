"""Questions to start from, that the loaded corpus answers."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from corpus.records import Card, latest_day

EXAMPLES = 4
"""Example questions shown on an empty page."""
_CANDIDATES = Path(__file__).parent.parent / "corpus" / "demo" / "examples.toml"


def examples_of(cards: Sequence[Card], candidates: Path = _CANDIDATES) -> tuple[str, ...]:
    """Questions whose publication is in the corpus.

    candidates: TOML of [[example]] tables with `question` and `doc`, the id
    that must exist for it to be shown. Where none fits, the newest
    publications give the questions.
    """
    ids = {card.id for card in cards}
    written = tomllib.loads(candidates.read_text(encoding="utf-8"))["example"] if candidates.is_file() else []
    examples = [item["question"] for item in written if item["doc"] in ids]
    if not examples:
        dated = [(latest_day(card.published), card.title.strip()) for card in cards if card.published]
        newest = sorted(((day, title) for day, title in dated if title), reverse=True)
        examples = [f"Que dit la publication «\u00a0{title}\u00a0»\u00a0?" for _, title in newest[:EXAMPLES]]
    return tuple(examples[:EXAMPLES])
