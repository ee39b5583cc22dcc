"""Plots as inline SVG: pure functions of numbers, no outside resource, colours from the page's CSS.

Sizes are in SVG units; the page scales them. Each plot has a <title> for screen
readers, and every text is escaped.
"""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 360, 240
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#6b7a75}.value{font-weight:600}"
    ".rail{fill:#6b7a75;opacity:.15}.bar{fill:#1f8f6b}.whisker{display:none}"
)
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 14, 40


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _frame(
    title: str, x_label: str, y_label: str, inside: str, *, x_ticks: Sequence[str], y_ticks: Sequence[str]
) -> str:
    """Axes from 0 to 1 with evenly spaced tick words."""
    parts = [
        f'<svg class="plot" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>"
    ]
    for at, word in enumerate(y_ticks):
        y = _y(at / (len(y_ticks) - 1))
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{escape(word)}</text>')
    for at, word in enumerate(x_ticks):
        x = _x(at / (len(x_ticks) - 1))
        parts.append(f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 24}" text-anchor="middle">{escape(word)}</text>')
    parts.append(f'<text class="axis" x="{_x(0.5):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x_label)}</text>')
    parts.append(
        f'<text class="axis" transform="translate(10 {_y(0.5):.1f}) rotate(-90)" text-anchor="middle">'
        f"{escape(y_label)}</text>"
    )
    return "".join([*parts, inside, "</svg>"])


_SHARES = ("0", "25", "50", "75", "100")


def risk_coverage(points: Sequence[Sequence[float]]) -> str:
    """Points (coverage, risk) in 0..1. A bare frame when there is none."""
    line = ""
    if points:
        first = f"{_x(0):.1f},{_y(points[0][1]):.1f} "
        path = first + " ".join(f"{_x(c):.1f},{_y(r):.1f}" for c, r in points)
        area = f"{_x(0):.1f},{_y(0):.1f} {path} {_x(points[-1][0]):.1f},{_y(0):.1f}"
        line = f'<polygon class="area" points="{area}"/><polyline class="line" points="{path}"/>'
    return _frame(
        "Risque selon la couverture",
        "réponses gardées, les plus sûres d’abord (%)",
        "part de faux (%)",
        line,
        x_ticks=_SHARES,
        y_ticks=_SHARES,
    )


def calibration(bins: Sequence[dict[str, float]]) -> str:
    """Bins {confidence, accuracy, n}; the size of a dot grows with n, the dashed line is perfection."""
    most = max((b["n"] for b in bins), default=1)
    dots = "".join(
        f'<circle class="dot" cx="{_x(b["confidence"]):.1f}" cy="{_y(b["accuracy"]):.1f}" '
        f'r="{3 + 7 * (b["n"] / most) ** 0.5:.1f}"><title>{b["n"]:.0f} réponses</title></circle>'
        for b in bins
    )
    ideal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    return _frame(
        "Calibration de la confiance",
        "confiance annoncée (%)",
        "réponses justes (%)",
        ideal + dots,
        x_ticks=_SHARES,
        y_ticks=_SHARES,
    )


def latency(milliseconds: Sequence[float], bins: int = 24) -> str:
    """Histogram of times up to the 99th percentile; slower ones stand in the last bar."""
    if not milliseconds:
        return _frame("Temps de réponse", "ms", "questions", "", x_ticks=("0", "1"), y_ticks=("0", "1"))
    ordered = sorted(milliseconds)
    top = max(1.0, ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))])
    counts = [0] * bins
    for value in ordered:
        counts[min(bins - 1, int(value / top * bins))] += 1
    most, width = max(counts), (WIDTH - _LEFT - _RIGHT) / bins
    bars = "".join(
        f'<rect class="bar" x="{_x(i / bins) + 0.75:.1f}" y="{_y(n / most):.1f}" width="{width - 1.5:.1f}" '
        f'height="{_y(0) - _y(n / most):.1f}"><title>{n} questions</title></rect>'
        for i, n in enumerate(counts)
        if n
    )
    x_ticks = [f"{top * share:.0f}" for share in (0, 0.25, 0.5, 0.75, 1)]
    return _frame("Temps de réponse", "ms", "questions", bars, x_ticks=x_ticks, y_ticks=("0", str(most)))


def bars(rows: Sequence[tuple[str, float, float, float, str]], title: str) -> str:
    """Horizontal bars: (label, value, low, high, written value), all in 0..1, with their intervals."""
    step, left, right = 26, 128, 76
    height = max(1, len(rows)) * step + 8
    span = WIDTH - left - right
    parts = [
        f'<svg class="plot" role="img" viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>"
    ]
    for at, (name, value, low, high, written) in enumerate(rows):
        y = at * step + 6
        middle = y + 8
        parts.append(f'<text class="tick" x="{left - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect class="rail" x="{left}" y="{y}" width="{span}" height="16" rx="2"/>')
        parts.append(f'<rect class="bar" x="{left}" y="{y}" width="{span * value:.1f}" height="16" rx="2"/>')
        x1, x2 = left + span * low, left + span * high
        parts.append(f'<line class="whisker" x1="{x1:.1f}" y1="{middle}" x2="{x2:.1f}" y2="{middle}"/>')
        parts.append(f'<text class="value" x="{WIDTH - right + 8}" y="{y + 12}">{escape(written)}</text>')
    return "".join([*parts, "</svg>"])


def standalone(plot: str) -> str:
    """A plot as a file of its own, in colours that bear a light page and a dark one."""
    return plot.replace("<title>", f"<style>{_STYLE}</style><title>", 1) + "\n"
