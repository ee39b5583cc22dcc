"""What a publisher wrote where the text that is indexed was cleaned: ligatures, soft hyphens, decomposed accents,
words broken over two lines.

Kept as the differences only: a text and its edits give the original back. Runs
of white space count as one space on both sides, as in HTML.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """`text[start:end]` was written as `raw`; start == end: it stood between two characters and was left out."""

    start: int
    end: int
    raw: str


def original(text: str, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> str:
    """What was written where `text[start:end]` stands; edits in order. An edit that begins inside counts whole."""
    stop = len(text) if end is None else end
    out: list[str] = []
    at = start
    for edit in edits:
        if edit.start < start or edit.start > stop or (edit.start == stop < len(text)):
            continue
        out += [text[at : edit.start], edit.raw]
        at = edit.end
    return "".join([*out, text[at:stop]])


def shifted(edits: Iterable[Edit], by: int) -> tuple[Edit, ...]:
    """The edits of a text that `by` characters now stand before; those that would begin before it are gone."""
    return tuple(Edit(edit.start + by, edit.end + by, edit.raw) for edit in edits if edit.start + by >= 0)


def to_json(edits: Sequence[Edit]) -> list[list[int | str]]:
    """As lists, for a file."""
    return [[edit.start, edit.end, edit.raw] for edit in edits]
