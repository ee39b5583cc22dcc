"""Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """Call with what is done, of how much, and a French label of the stage."""

    def __call__(self, label: str, done: int, total: int) -> None: ...


@contextmanager
def bar() -> Iterator[Bar]:
    """A progress bar for the length of the block."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        tasks: dict[str, int] = {}

        def show(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = progress.add_task(label, total=total)
                if not console.is_terminal:
                    console.print(f"{label}…", highlight=False)
            progress.update(tasks[label], completed=done, total=total)  # type: ignore[arg-type]

        yield show
