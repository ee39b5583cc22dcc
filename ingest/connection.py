"""The network under the fetcher: resolve, check, then connect to the very address checked.

A name is resolved once per connection and the socket is opened to the checked
IP address, so DNS cannot answer one thing to the check and another to the
connection (DNS rebinding). Host header and TLS server name stay the site's:
httpcore takes them from the URL, not from this backend.
"""

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from ingest.addresses import Resolver, may_connect


class AddressRefused(Exception):
    """A name that resolves to an address that may not be connected to."""


class NameUnknown(Exception):
    """A name that does not resolve."""


class OutOfTime(Exception):
    """The time for the whole response is used up."""


class Deadline:
    """Seconds left for the response being read. Checked at every read and write, so a
    server that sends one byte at a time, headers included, gains nothing."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._end = float("inf")

    def start(self, seconds: float) -> None:
        """Begin to count."""
        self._end = self._monotonic() + seconds

    def clip(self, timeout: float | None) -> float:
        """`timeout`, or what is left if that is less. Raises OutOfTime."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise OutOfTime
        return left if timeout is None else min(timeout, left)


class CheckedBackend(httpcore.NetworkBackend):
    """Opens TCP connections to checked addresses only."""

    def __init__(self, resolve: Resolver, deadline: Deadline, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._deadline = deadline
        self._allow_private = allow_private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to `host`. Raises AddressRefused when any of its addresses is not allowed."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NameUnknown(f"{host}: {error}") from error
        if not addresses:
            raise NameUnknown(f"{host}: no address")
        for address in addresses:
            if not may_connect(address, allow_private=self._allow_private):
                raise AddressRefused(f"{host} is {address}")
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses[:4]:
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.clip(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        assert failure is not None
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every operation counts against the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.clip(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.clip(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.clip(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
