"""Under which conditions a run was made: all that another person needs to repeat it."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from corpus.records import Document

LIBRARIES = ("torch", "sentence-transformers", "transformers", "faiss-cpu", "numpy", "PyStemmer", "ir-measures")


def gather(asker: object, *, seed: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """Everything but times. given: what the caller knows (settings, model, corpus digest...)."""
    return {
        "system": type(asker).__name__,
        **given,
        "seed": seed,
        "commit": commit(Path(__file__).parent),
        "machine": machine(),
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def corpus_digest(documents: Iterable[Document]) -> str:
    """SHA-256 (hex) of what questions are asked on: ids, titles, dates, texts. Addresses are left out: the
    demonstration sites may be served on any port."""
    whole = hashlib.sha256()
    for document in documents:
        parts = (document.id, document.title, document.publisher, document.ministry, document.published, document.text)
        whole.update(repr(parts).encode())
    return whole.hexdigest()


def commit(package: Path) -> str | None:
    """The git commit of the code, "+" added when files differ from it; None where `package`, a top folder of ours,
    does not lie in its own checkout: the commit of a repository that merely holds the environment says nothing."""
    # A hook or an alias of git may name another repository in the environment.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(package), *words],
            capture_output=True, text=True, timeout=10, check=True, env=environment,
        )  # fmt: skip
        return done.stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != package.resolve().parent:
            return None
        git("ls-files", "--error-unmatch", "__init__.py")
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def machine() -> dict[str, Any]:
    """Architecture, system, processor name where Linux tells it, cores, memory."""
    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
