"""Raw responses kept as WARC (ISO 28500), compressed, looked up by the digest of their body.

One file per body, `archive/ab/abcdef....warc.gz`, holding one response record:
written beside and renamed, so a killed process leaves whole files or none, and
a body fetched twice is kept once. Any WARC tool reads the files.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from corpus.errors import DataDamaged, translated
from corpus.files import written_beside

_DIGEST = re.compile(r"[0-9a-f]{64}")
# The body is kept decoded and whole: headers that spoke of its transport would now be false.
_TRANSPORT = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "set-cookie"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response as it was kept: header names in lower case, body decoded."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Archive:
    """The archive of one data folder."""

    def __init__(self, data: Path) -> None:
        self._root = data / "archive"

    def write(
        self, *, digest: str, url: str, status: int, headers: Iterable[tuple[str, str]], body: bytes, fetched: str
    ) -> bool:
        """Keep a response. digest: SHA-256 (hex) of `body`. True when it was not there yet.

        Raises DataReadOnly, DiskFull.
        """
        from warcio.statusandheaders import StatusAndHeaders
        from warcio.warcwriter import WARCWriter

        path = self._path(digest)
        if path.is_file():
            return False
        kept = [(key, value) for key, value in headers if key.lower() not in _TRANSPORT]
        kept.append(("content-length", str(len(body))))
        with written_beside(path) as stream:
            writer = WARCWriter(stream, gzip=True)
            record = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(f"{status} OK", kept, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": fetched},
            )
            writer.write_record(record)
        return True

    def read(self, digest: str) -> bytes:
        """The body of that digest. Raises KeyError when it is not kept, DataDamaged when it is not what was kept."""
        return self.response(digest).body

    def response(self, digest: str) -> Response:
        """The whole response of that digest. Raises as `read` does."""
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed

        path = self._path(digest)
        if not path.is_file():
            raise KeyError(digest)
        try:
            with translated(path), path.open("rb") as stream:
                record = next(iter(ArchiveIterator(stream)))
                found = Response(
                    url=record.rec_headers.get_header("WARC-Target-URI") or "",
                    status=int(record.http_headers.get_statuscode()),
                    headers=tuple((key.lower(), value) for key, value in record.http_headers.headers),
                    body=bytes(record.content_stream().read()),
                )
        except (ArchiveLoadFailed, EOFError, ValueError, AttributeError, StopIteration, zlib.error) as error:
            raise DataDamaged(f"{path}: {error}", path=str(path), reason=str(error)) from error
        if hashlib.sha256(found.body).hexdigest() != digest:
            raise DataDamaged(f"{path}: another digest", path=str(path), reason="digest")
        return found

    def discard(self, digest: str) -> None:
        """Forget a response whose file is damaged, so that it can be kept again."""
        with translated(self._path(digest)):
            self._path(digest).unlink(missing_ok=True)

    def __contains__(self, digest: str) -> bool:
        return _DIGEST.fullmatch(digest) is not None and self._path(digest).is_file()

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise KeyError(digest)
        return self._root / digest[:2] / f"{digest}.warc.gz"
