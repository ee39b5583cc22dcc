"""Decompression that never makes more than it is allowed to."""

import zlib

_PART = 1 << 16


class TooLarge(Exception):
    """More bytes than the limit."""


class BadEncoding(Exception):
    """Bytes that are not what their Content-Encoding says."""


class Inflater:
    """Decodes a body chunk by chunk; "" or "identity", "gzip" and "deflate".

    limit: bytes given back in all; one more raises TooLarge, and a bomb is
    never expanded further than that.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BadEncoding(f"unknown content encoding {encoding!r}")
        self._left = limit
        self._encoding = encoding
        self._stream = None if encoding in ("", "identity") else zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._fresh = True

    def feed(self, chunk: bytes) -> bytes:
        """The decoded bytes of the next chunk. Raises TooLarge, BadEncoding."""
        if self._stream is None:
            return self._counted(chunk)
        out = b""
        while chunk:
            out += self._counted(self._decompress(chunk))
            if self._stream.unused_data:  # several gzip members, one after another
                chunk = self._stream.unused_data
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
            else:
                chunk = self._stream.unconsumed_tail
        return out

    def close(self) -> None:
        """Raises BadEncoding when the compressed body is cut short."""
        if self._stream is not None and not self._fresh and not self._stream.eof:
            raise BadEncoding("compressed body cut short")

    def _decompress(self, chunk: bytes) -> bytes:
        assert self._stream is not None
        try:
            data = self._stream.decompress(chunk, self._left + 1)
        except zlib.error as error:
            if not self._fresh or self._encoding != "deflate":
                raise BadEncoding(str(error)) from error
            # Many servers send raw deflate under that name.
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                data = self._stream.decompress(chunk, self._left + 1)
            except zlib.error as again:
                raise BadEncoding(str(again)) from again
        self._fresh = False
        return data

    def _counted(self, data: bytes) -> bytes:
        if len(data) > self._left:
            raise TooLarge
        self._left -= len(data)
        return data


def gunzip(data: bytes, limit: int) -> bytes:
    """A whole gzip file decoded. Raises TooLarge, BadEncoding."""
    inflater = Inflater("gzip", limit)
    # In parts: every member's end copies what is left of its part, and a file can hold a million members.
    out = b"".join(inflater.feed(data[at : at + _PART]) for at in range(0, len(data), _PART))
    inflater.close()
    return out
