"""The same work, the same weights, one run: this project beside the pipelines that a user would put together.

    python -m evals.peers.run PIAF.json [--into FOLDER] [--questions 300] [--only langchain_faiss]

Each peer gets an environment of its own under `--into`, made at its first use (requirements.json);
all embed with the bundled weights as a sentence-transformers folder. Prints a table and the ratios.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TORCH = "torch==2.13.0"
"""Alone and first: other ranges pull CUDA packages."""


def main() -> int:
    """Make what is missing, measure one after another, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("piaf", type=Path)
    parser.add_argument("--into", type=Path, default=Path("/tmp/sourcier-peers"))
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--only", action="append")
    options = parser.parse_args()
    needed: dict[str, list[str]] = json.loads((HERE / "requirements.json").read_text(encoding="utf-8"))
    model = subprocess.run(
        [sys.executable, "-c", _FOLDER], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    rows: list[dict[str, Any]] = []
    for name in ("sourcier", *(peer for peer in needed if peer in (options.only or needed))):
        python = sys.executable if name == "sourcier" else _python(options.into / name, needed[name])
        command = [python, HERE / "measure.py", name, model, options.piaf, options.questions]
        environment = {"PYTHONPATH": str(ROOT)} if name == "sourcier" else {}
        rows.append(_measured([str(word) for word in command], environment))
    for row in rows:
        ratio = rows[0]["passages_per_second"] / row["passages_per_second"]
        sys.stdout.write(
            f"{row['name']:<18} {row['passages_per_second']:6.1f} passages/s (ours ×{ratio:.2f})  "
            f"{row['search_ms']:6.1f} ms  R@1 {row['r1']:.3f}  R@5 {row['r5']:.3f}  MRR {row['mrr']:.3f}  "
            f"load {row['load']:.1f}\n"
        )
    return 0


_FOLDER = """
from corpus.settings import Settings
from rag import bundled
from rag.loading import cache_folder
print(bundled.unpack(cache_folder(Settings.load())))
"""


def _python(home: Path, needed: list[str]) -> str:
    """The interpreter of a peer's environment, made where it is missing."""
    python = home / "bin" / "python"
    if not (home / ".ready").is_file():
        venv.create(home, with_pip=True)
        for words in ([TORCH], needed):
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", *words], check=True)
        (home / ".ready").touch()
    return str(python)


def _measured(command: list[str], environment: dict[str, str]) -> dict[str, Any]:

    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
