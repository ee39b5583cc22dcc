"""`make demo`'s script, where it must stop."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from builders import ROOT


def test_another_server_on_the_port_is_not_taken_for_the_demonstration(tmp_path: Path) -> None:
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    data = tmp_path / "data"
    with socket.socket() as other:
        with suppress(OSError):  # taken already: all the better
            other.bind(("127.0.0.1", 8808))
            other.listen()
        done = subprocess.run(
            ["bash", "corpus/demo/demo.sh"],
            cwd=ROOT,
            env={**os.environ, "PATH": binaries, "DATA": str(data), "SERVE": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "8808" in done.stderr and "démonstration" in done.stderr
    assert not data.exists()
