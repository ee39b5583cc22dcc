"""One figure, and our own commands run to their end."""

import re
import subprocess
import sys
from dataclasses import dataclass

from corpus.errors import StateError

LIMIT_SECONDS = 300
"""A command that takes longer is ended, and told as failed."""
COMMAND = (sys.executable, "-m", "ui.cli")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure. name: stable; unit: "s", "ms", "passages/s", "pages/s", "/s", "MB", "×", ""."""

    name: str
    value: float
    unit: str


def run(name: str, *arguments: str) -> None:
    """Run one of our commands to its end. Raises StateError (command_failed, command_silent)."""
    try:
        subprocess.run([*COMMAND, name, *arguments], check=True, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    except subprocess.CalledProcessError as error:
        raise failed(name, error.stderr) from error
    except subprocess.TimeoutExpired as error:
        raise failed(name, "") from error


def failed(name: str, said: str, seconds: int = LIMIT_SECONDS) -> StateError:
    """said: what the command wrote on stderr; its last line is kept, which is its own message. seconds: what it had."""
    last = ([line.strip() for line in said.splitlines() if line.strip()] or [""])[-1]
    told = re.sub(r"^sourcier\s*:\s*", "", last)
    reason = "command_failed" if told else "command_silent"
    return StateError(f"sourcier {name} failed: {last}", reason=reason, command=name, said=told, seconds=seconds)
