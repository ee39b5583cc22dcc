"""Words in columns, for a terminal."""

from collections.abc import Iterable, Sequence


def columns(rows: Iterable[Sequence[str]], widths: Sequence[int], left: int) -> str:
    """A line for each row, at least so wide; the first `left` cells stand left in their column, the others right."""
    lines = []
    for row in rows:
        sized = enumerate(zip(row, widths, strict=True))
        cells = [cell.ljust(width) if number < left else cell.rjust(width) for number, (cell, width) in sized]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
