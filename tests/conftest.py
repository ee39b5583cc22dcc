"""Fixtures that several test files share. What they build stands in `builders`."""

import os
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import hypothesis
import pytest
from builders import MODELS, WordEncoder, fill
from demonstration import Demo, demonstrate

from corpus.settings import Settings

if TYPE_CHECKING:
    from rag.encoder import Encoder

# No deadline: two cores are shared with a model. Same examples at each run: a red test stays red.
hypothesis.settings.register_profile("sourcier", deadline=None, derandomize=True)
hypothesis.settings.load_profile("sourcier")


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
WITHOUT_MOUNT = "TESTS_WITHOUT_MOUNT=1"
"""How the one skip that the README announces begins."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With TESTS_NO_SKIP=1 (.ci/run) a test that skips fails."""
    return _unskipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for whole files."""
    return _unskipped((yield))


def _unskipped(report: Report) -> Report:
    if os.environ.get("TESTS_NO_SKIP") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not reason.removeprefix("Skipped: ").startswith(WITHOUT_MOUNT):
            report.outcome = "failed"
            report.longrepr = f"TESTS_NO_SKIP=1: {reason}"
    return report


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose corpus is `builders.CORPUS`, not indexed."""
    return fill(tmp_path / "data")


@pytest.fixture
def words() -> WordEncoder:
    """A tiny encoder that counts what it embeds."""
    return WordEncoder()


@pytest.fixture(scope="session")
def encoder() -> "Encoder":
    """The bundled model, loaded once (about 7 s) from the cache folder that all sessions share."""
    from rag import load_encoder

    return load_encoder(Settings(cache=str(MODELS)))


@pytest.fixture(scope="session")
def demo(encoder: "Encoder", tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration, scraped and indexed once for all tests. Read only; `demo.copy` gives one to change."""
    return demonstrate(tmp_path_factory.mktemp("demo"), encoder)


@pytest.fixture(scope="session")
def demo_data(demo: Demo) -> Path:
    """Its data folder: read only."""
    return demo.data


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """mount(name, size) makes a folder on a file system of its own, to be filled or made read-only.

    A full disk and a read-only one cannot be had by permissions: root passes over them. Needs root;
    TESTS_WITHOUT_MOUNT=1 skips these tests, and nothing else does.
    """
    if os.environ.get("TESTS_WITHOUT_MOUNT") == "1":
        pytest.skip(f"{WITHOUT_MOUNT}: full and read-only disks are not tested")
    mounted: list[Path] = []

    def make(name: str = "disk", size: str = "8m") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={size}", "sourcier-tests", str(folder))
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        _run("umount", "--lazy", str(folder))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(command)}: {done.stderr.strip()} (run as root, or set TESTS_WITHOUT_MOUNT=1)")


@pytest.fixture
def read_only() -> Callable[[Path], None]:
    """read_only(folder) makes a folder that `mount` made read-only."""
    return lambda folder: _run("mount", "-o", "remount,ro", str(folder))


@pytest.fixture
def stuff() -> Callable[..., Path]:
    """stuff(folder, leave=0) fills the disk of `folder` to the last byte but `leave`; gives the file that does."""

    def fill_up(folder: Path, leave: int = 0) -> Path:
        ballast = folder / "ballast"
        size = 0
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    size += file.write(bytes(4096))
            except OSError:
                pass
            file.truncate(max(0, size - leave))
        return ballast

    return fill_up
