"""The comparison as a picture: how many passages a second each indexes."""

import statistics
from collections.abc import Sequence

from evals import plots
from evals.peers.environments import PEERS
from evals.peers.run import Beside

TITLE = "Passages indexés par seconde, mêmes textes, mêmes poids, même machine"


def chart(found: Sequence[Beside]) -> str:
    """An SVG file: our median first, then each peer that ran, as much slower or faster as it was beside us."""
    ran = [(each, each.pair) for each in found if each.pair is not None]
    if not ran:
        return plots.standalone(plots.bars([], TITLE))
    ours = statistics.median(pair[0].passages_per_second for _, pair in ran)
    shown = [("Sourcier", ours)]
    shown += [(PEERS[each.name].title, ours / each.ratios()["passages_per_second"]) for each, _ in ran]
    most = max(value for _, value in shown)
    rows = [(name, value / most, 0.0, 0.0, f"{value:.1f}".replace(".", ",")) for name, value in shown]
    return plots.standalone(plots.bars(rows, TITLE))
