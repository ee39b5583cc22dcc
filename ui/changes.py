"""What changed between two versions of a text, as safe HTML: paragraphs that stayed are left out, words are marked."""

from collections.abc import Sequence

from corpus.diff import Piece, paragraphs
from ui.escape import safe

_MARKS = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
_KEPT = '<p class="small" aria-hidden="true">[…]</p>'


def changes(before: str, after: str) -> str:
    """The changed paragraphs with <del> and <ins>; "" when the texts are equal."""
    if before == after:
        return ""
    return "".join(f"<p>{_marked(pieces)}</p>" if pieces else _KEPT for pieces in paragraphs(before, after))


def _marked(pieces: Sequence[Piece]) -> str:
    return "".join(_MARKS[piece.kind].format(safe(piece.text)) for piece in pieces)
