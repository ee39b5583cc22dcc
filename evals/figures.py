"""The seam to `rag.figures`: text -> comparable (value, unit) pairs."""

from decimal import Decimal


def read_figures(text: str) -> frozenset[tuple[str, str]]:
    """Every figure of a text, normalised: ("69.89", "%"), ("2024-12-31", "date"), ("15..16", "FCFA").

    The unit of a count is the stem of what is counted, "" when the text does not say.
    An `evals.matching.FigureReader`.
    """
    from rag.figures import figures

    pairs: set[tuple[str, str]] = set()
    for figure in figures(text):
        if figure.iso is not None:
            pairs.add((figure.iso, figure.kind))
        elif figure.value is not None:
            value = _plain(figure.value)
            pairs.add((value if figure.high is None else f"{value}..{_plain(figure.high)}", figure.unit))
    return frozenset(pairs)


def _plain(value: Decimal) -> str:
    """69.890 -> "69.89", 1E+3 -> "1000"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
