"""The archive keeps what came, once, and notices what was spoiled."""

import hashlib
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from corpus.archive import Archive
from corpus.errors import DataDamaged

BODY = "<p>été</p>".encode()
DIGEST = hashlib.sha256(BODY).hexdigest()


def write(archive: Archive, body: bytes = BODY) -> bool:
    return archive.write(
        digest=hashlib.sha256(body).hexdigest(),
        url="http://a.bf/x",
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip"), ("set-cookie", "a=b")),
        body=body,
        fetched="2025-03-27T10:00:00Z",
    )


def test_a_body_is_kept_once_and_comes_back(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert [write(archive), write(archive)] == [True, False]
    assert DIGEST in archive
    assert archive.read(DIGEST) == BODY
    kept = archive.response(DIGEST)
    assert (kept.url, kept.status) == ("http://a.bf/x", 200)
    assert ("content-type", "text/html; charset=utf-8") in kept.headers
    assert not any(name in ("content-encoding", "set-cookie") for name, _ in kept.headers)


def test_files_are_ordinary_warc(tmp_path: Path) -> None:
    write(Archive(tmp_path))
    (path,) = (tmp_path / "archive").rglob("*.warc.gz")
    with path.open("rb") as stream:
        (record,) = ArchiveIterator(stream)
        assert record.rec_headers.get_header("WARC-Date") == "2025-03-27T10:00:00Z"


def test_unknown_and_spoiled(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for digest in ("0" * 64, "../../etc/passwd", ""):
        assert digest not in archive
        with pytest.raises(KeyError):
            archive.read(digest)
    write(archive)
    (path,) = (tmp_path / "archive").rglob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(DataDamaged):
        archive.read(DIGEST)
    write(archive, b"autre")
    (other,) = (found for found in (tmp_path / "archive").rglob("*.warc.gz") if found != path)
    other.replace(path)
    with pytest.raises(DataDamaged):
        archive.read(DIGEST)
