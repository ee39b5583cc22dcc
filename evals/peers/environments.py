"""An environment for each peer, made at its first use: what it installs never touches ours.

torch comes first and alone (other ranges pull gigabytes of CUDA packages) and, with sentence-transformers, stands once
in `base`, which the peers' environments look into after themselves: all run the same torch on the same weights, and
five peers do not unpack it five times.
"""

import json
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

_BASE = (("torch==2.13.0",), ("sentence-transformers>=6,<7", "faiss-cpu>=1.12"))
"""What is installed before any peer, one step after the other."""


@dataclass(frozen=True, slots=True)
class Peer:
    """title: its name and what is used of it. packages: what pip is asked for; the first names its version."""

    title: str
    packages: tuple[str, ...]


PEERS: Mapping[str, Peer] = {
    "langchain": Peer("LangChain, FAISS", ("langchain-huggingface>=1,<2", "langchain-community")),
    "llamaindex": Peer("LlamaIndex", ("llama-index-core<0.15", "llama-index-embeddings-huggingface")),
    "haystack": Peer("Haystack, in memory", ("haystack-ai>=3,<4", "sentence-transformers-haystack>=2")),
    "txtai": Peer("txtai, Faiss", ("txtai>=9,<10",)),
    "chroma": Peer("Chroma", ("chromadb>=1,<2",)),
}
"""Name, which is also that of its file in `pipelines`."""


def steps(name: str) -> tuple[tuple[str, ...], ...]:
    """What pip is asked for, call after call, in the environment `name`: that of a peer, or "base"."""
    return _BASE if name == "base" else (PEERS[name].packages,)


def marker(name: str) -> str:
    """What the file `.ready` of a finished environment holds."""
    return json.dumps(steps(name))


def environment(name: str, into: Path) -> Path:
    """The interpreter of a peer's environment under `into`. Raises OSError, CalledProcessError (pip's; stderr says)."""
    _made("base", into)
    return _made(name, into, under=_packages(into / "base"))


def version(name: str, into: Path) -> str:
    """That of the peer itself, "" where it is not installed."""
    package = re.split("[<>=]", PEERS[name].packages[0])[0]
    found = distributions(name=package, path=[str(_packages(into / name))])
    return next((each.version for each in found), "")


def _made(name: str, into: Path, under: Path | None = None) -> Path:
    home = into / name
    python, ready = home / "bin" / "python", home / ".ready"
    if ready.is_file() and ready.read_text(encoding="utf-8") == marker(name):
        return python
    venv.create(home, clear=True, symlinks=True)
    if under is not None:
        (_packages(home) / "base.pth").write_text(f"{under}\n", encoding="utf-8")
    for packages in steps(name):
        _install(python, packages)
    ready.write_text(marker(name), encoding="utf-8")
    return python


def _install(python: Path, packages: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile", *packages]
    subprocess.run(command, check=True, capture_output=True, text=True)


def _packages(home: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(home)}))
