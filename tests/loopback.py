"""A real HTTP server on 127.0.0.1 whose answers a test writes, down to the bytes; and a clock that does not wait."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from ingest.catalogue import Source


@dataclass(frozen=True, slots=True)
class Reply:
    """A well-behaved answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked; header names in lower case."""

    path: str
    headers: dict[str, str]


Answer = Reply | Callable[[Request], Reply] | Callable[[BaseHTTPRequestHandler], None]


def page(text: str, **headers: str) -> Reply:
    """An HTML answer; header names with "_" for "-"."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(text.encode(), headers={"Content-Type": "text/html; charset=utf-8", **given})


class Loopback:
    """Serves `answers` (path with query -> Reply, or a function) while the `with` block runs.

    raw: path -> a function that writes to the handler itself, for bad manners.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Reply | Callable[[Request], Reply]] = {}
        self.raw: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.requests: list[Request] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                request = Request(self.path, {name.lower(): value for name, value in self.headers.items()})
                outer.requests.append(request)
                if self.path in outer.raw:
                    self.close_connection = True
                    with suppress(OSError):  # the client has had enough, as it should
                        outer.raw[self.path](self)
                    return
                answer = outer.answers.get(self.path, Reply(b"not here", 404))
                reply = answer if isinstance(answer, Reply) else answer(request)
                self.send_response_only(reply.status)  # without a Date: tests have a clock of their own
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.port = self._server.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def paths(self) -> list[str]:
        """Paths asked for so far, robots.txt left out."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def source(self, kind: str = "rss", path: str = "/", **values: Any) -> Source:
        """A source on this server."""
        given: dict[str, Any] = {
            "allow_private": True,
            "delay_seconds": 0.0,
            "hosts": (f"127.0.0.1:{self.port}",),
            **values,
        }
        return Source(name="site", kind=kind, url=self.address + path, **given)


def drop_connection(handler: BaseHTTPRequestHandler) -> None:
    """Close with a TCP reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    handler.connection.shutdown(socket.SHUT_RD)
    handler.connection.close()


class FakeClock:
    """Time that passes only when somebody sleeps; remembers how long each did. time: of the clock on the wall."""

    def __init__(self, time: str = "2026-11-22T10:00:00Z") -> None:
        self.now = 1000.0
        self.time = time
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def utcnow(self) -> str:
        return self.time

    def wake(self) -> None:
        pass
