"""corpus/errors.py: one tree, and foreign errors translated at one border."""

import errno
import inspect
import re
import sqlite3
from pathlib import Path

import pytest

from corpus import errors
from corpus.errors import SourcierError, StateError, UsageError, translated

TREE = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, SourcierError)]


def test_every_error_says_whether_the_request_or_the_machine_is_at_fault() -> None:
    for each in TREE:
        if each is not SourcierError:
            assert issubclass(each, UsageError) != issubclass(each, StateError), each


def test_the_tree_in_the_docstring_is_the_tree_of_the_code() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)|^    (\w+Error)$", errors.__doc__ or "", re.MULTILINE))
    assert {first or second for first, second in drawn} == {each.__name__ for each in TREE}


def test_details_carry_the_values() -> None:
    error = errors.PortBusy("taken", host="127.0.0.1", port=7860)
    assert error.details == {"host": "127.0.0.1", "port": 7860}
    assert str(error) == "taken"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (errno.ENOSPC, errors.DiskFull),
        (errno.EDQUOT, errors.DiskFull),
        (errno.EROFS, errors.DataReadOnly),
        (errno.EACCES, errors.DataReadOnly),
        (errno.EPERM, errors.DataReadOnly),
    ],
)
def test_system_errors_are_translated_with_their_path(code: int, expected: type[StateError]) -> None:
    with pytest.raises(expected) as caught, translated(Path("/data")):
        raise OSError(code, "of the system")
    assert caught.value.details["path"] == "/data"
    assert isinstance(caught.value.__cause__, OSError)


def test_errors_of_another_kind_pass_unchanged() -> None:
    with pytest.raises(ConnectionResetError), translated("x"):
        raise ConnectionResetError(errno.ECONNRESET, "reset")
    with pytest.raises(ZeroDivisionError), translated("x"):
        raise ZeroDivisionError
    with pytest.raises(errors.DataMissing), translated("x"):
        raise errors.DataMissing("none", path="x", what="corpus")


def test_sqlite_errors_are_translated(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path, isolation_level=None) as one, sqlite3.connect(path, timeout=0) as two:
        one.execute("CREATE TABLE t (x)")
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.DataBusy), translated(path):
            two.execute("INSERT INTO t VALUES (1)")
        one.execute("ROLLBACK")
    one.close()
    two.close()
    with pytest.raises(errors.DataReadOnly), translated(path):
        sqlite3.connect(tmp_path / "no folder" / "a.sqlite")
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(errors.DataDamaged) as caught, translated(path):
        damaged = sqlite3.connect(path)
        try:
            damaged.execute("SELECT * FROM t")
        finally:
            damaged.close()
    assert caught.value.details["path"] == str(path)
