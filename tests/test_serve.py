"""`sourcier serve` as a process: ready line, page, stop, and what it says when it cannot."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from builders import ROOT, WordEncoder, index

from ui.commands.serve import bind


@contextmanager
def serving(data: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`sourcier serve`, without the model: only words are searched."""
    command = [sys.executable, "-m", "ui.cli", "serve", "--data", str(data), *options]
    environment = {"SOURCIER_RETRIEVAL": "lexical", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin", "HOME": str(data)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def indexed(data: Path, words: WordEncoder) -> Path:
    index(data, words)
    return data


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_open_and_stops_in_order(indexed: Path, stop: signal.Signals) -> None:
    with serving(indexed, "--port", "0") as process:
        assert process.stdout is not None
        said = process.stdout.readline().replace("\u00a0", " ").strip()
        found = re.fullmatch(r"La conversation est ouverte : (http://127\.0\.0\.1:\d+)", said)
        assert found, process.communicate(timeout=10)
        with httpx.Client(base_url=found[1]) as client:
            page = client.get("/")
            assert page.status_code == 200
            assert '<html lang="fr"' in page.text
            assert "script-src 'self' 'nonce-" in page.headers["content-security-policy"]
            assert "raw.githubusercontent.com" not in page.text
            for closed in ("/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/runs"):
                assert client.get(closed).status_code == 404
            assert client.get("/sourcier/../../pyproject.toml").status_code == 404
        process.send_signal(stop)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")


def test_a_port_in_use_is_said_at_once(indexed: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        serving(indexed, "--port", str(taken.getsockname()[1])) as process,
    ):
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "est déjà pris" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--port", "70000"), "demande impossible"),
        (("--host", "192.0.2.1"), "demande impossible"),
        (("--port", "x"), "valeur incorrecte"),
    ],
)
def test_an_address_that_cannot_be_is_refused(indexed: Path, options: tuple[str, ...], said: str) -> None:
    with serving(indexed, *options) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert said in err.lower()


def test_no_data_and_no_index_are_said(tmp_path: Path, data: Path) -> None:
    for folder, said in ((tmp_path / "none", "n’existe pas"), (data, "pas encore d’index")):
        with serving(folder, "--port", "0") as process:
            _, err = process.communicate(timeout=30)
        assert process.returncode == 1
        assert said in err


def test_bind_takes_a_free_port() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0
