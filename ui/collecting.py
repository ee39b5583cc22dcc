"""Progress of a collection on stderr: a line per source, with what became of its pages and the time left."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from ui.french import NBSP

_VISITED = frozenset({"stored", "unchanged", "refused", "failed", "gone", "withdrawn"})
_WORDS = (
    ("fetched", "téléchargées"),
    ("unchanged", "inchangées"),
    ("new", "nouvelles"),
    ("edited", "modifiées"),
    ("withdrawn", "retirées"),
    ("refused", "refusées"),
    ("failed", "échecs"),
)


class Board(Protocol):
    """Call with each event of a run: its source, what happened, the outcome where a document was stored."""

    def __call__(self, source: str, what: str, outcome: str) -> None: ...


@contextmanager
def board() -> Iterator[Board]:
    """A bar for each source, for the length of the block; one plain line each where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[counts]}", markup=False),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        seen: dict[str, Counter[str]] = {}
        tasks = {}

        def show(source: str, what: str, outcome: str) -> None:
            if source not in seen:
                seen[source] = Counter()
                tasks[source] = progress.add_task(source, total=None, counts="")
                if not console.is_terminal:
                    console.print(f"Collecte de {source}…", highlight=False, markup=False)
            counts = seen[source]
            counts[what] += 1
            counts[outcome] += bool(outcome)
            done = sum(counts[name] for name in _VISITED)
            progress.update(
                tasks[source], completed=done, total=max(counts["found"], done) or None, counts=in_words(counts)
            )

        yield show


def in_words(counts: Counter[str]) -> str:
    """« téléchargées : 12, nouvelles : 3 »."""
    return ", ".join(f"{word}{NBSP}: {counts[name]}" for name, word in _WORDS if counts[name])
