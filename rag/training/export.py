"""Trained parameters to the file that ships.

    python -m rag.training.export --checkpoint checkpoints/epoch-3.safetensors --encoder FOLDER \\
        --out rag/weights/reader.safetensors

Matrices become int8 rows with a float32 scale each; the rest stays float32.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save

from corpus.files import written_beside
from rag.graph import rows_to_int8


def main() -> None:
    """Quantise and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="unpacked folder of the default encoder")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    source = json.loads((options.encoder / "config.json").read_text(encoding="utf-8"))["source_digest"]
    tensors = quantised(load_file(options.checkpoint))
    digest = hashlib.sha256(b"".join(tensors[name].tobytes() for name in sorted(tensors))).hexdigest()
    facts = {"encoder": source[:12], "digest": digest[:16], "base": "intfloat/multilingual-e5-small"}
    with written_beside(options.out) as file:
        file.write(save(tensors, metadata=facts))


def quantised(parameters: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Parameters of `ReaderModel.trained` under the encoder's own names, matrices as int8 with `.scales`."""
    tensors: dict[str, npt.NDArray[Any]] = {}
    for name, values in parameters.items():
        short = name.removeprefix("encoder.")
        if values.ndim == 2 and not short.startswith("head."):
            tensors[short], tensors[f"{short}.scales"] = rows_to_int8(values)
        else:
            tensors[short] = values.astype(np.float32)
    return tensors


if __name__ == "__main__":
    main()
