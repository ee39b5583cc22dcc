"""In CI a test that skips fails, but for the one skip that the README announces."""

import os
import subprocess
import sys
from pathlib import Path

from builders import ROOT

SKIPPING = """
import pytest

def test_silent():
    pytest.skip("no such thing here")

def test_announced():
    pytest.skip("TESTS_WITHOUT_MOUNT=1: no disks")

@pytest.mark.xfail
def test_expected_to_fail():
    assert False
"""


def test_a_skip_fails_in_ci(tmp_path: Path) -> None:
    (tmp_path / "test_tests.py").write_text(SKIPPING, encoding="utf-8")
    (tmp_path / "test_file.py").write_text(
        "import pytest\npytest.skip('whole file', allow_module_level=True)\n", encoding="utf-8"
    )
    options = ["-q", "-p", "conftest", "-c", os.devnull, "--rootdir", str(tmp_path), "--continue-on-collection-errors"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        env={**os.environ, "TESTS_NO_SKIP": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "1 failed, 1 skipped, 1 xfailed, 1 error" in done.stdout.splitlines()[-1]
    assert "TESTS_NO_SKIP=1: Skipped: no such thing here" in done.stdout
