"""A real server on 127.0.0.1 that speaks OpenAI's chat protocol, streamed, with the manners that a test gives it."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from types import TracebackType
from typing import Any, Self

Reply = Callable[[str], Iterable[str]]
"""The user's prompt -> pieces of the reply."""


class ChatServer:
    """Serves `says` while the `with` block runs; raw: writes to the handler itself, for bad manners.

    asked: the bodies received; keys: their authorization headers.
    """

    def __init__(self, says: Reply | str = "", raw: Callable[[BaseHTTPRequestHandler], None] | None = None) -> None:
        self.says: Reply = says if callable(says) else lambda _: [says]
        self.raw = raw
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.hung_up = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(body)
                outer.keys.append(self.headers["Authorization"])
                try:
                    if outer.raw is not None:
                        self.close_connection = True
                        outer.raw(self)
                        return
                    events(self, (delta(piece) for piece in outer.says(body["messages"][-1]["content"])))
                except OSError:  # the client has had enough, as it should
                    self.close_connection = True
                    outer.hung_up.set()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1#essai"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def prompts(self) -> list[str]:
        """What the user's messages said."""
        return [body["messages"][-1]["content"] for body in self.asked]


def delta(piece: str) -> str:
    """The event of one piece."""
    choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
    whole = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "essai", "choices": [choice]}
    return f"data: {json.dumps(whole)}\n\n"


def events(handler: BaseHTTPRequestHandler, lines: Iterator[str]) -> None:
    """A stream of server-sent events, ended as the protocol wants."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for line in chain(lines, ["data: [DONE]\n\n"]):
        _chunk(handler, line.encode())
    _chunk(handler, b"")


def _chunk(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
    handler.wfile.flush()


def fails(handler: BaseHTTPRequestHandler) -> None:
    """Error 500 with a body."""
    body = b'{"error": {"message": "out of order"}}'
    handler.send_response(500)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def babbles(handler: BaseHTTPRequestHandler) -> None:
    """Bytes that are neither events nor JSON."""
    body = b"data: {\xff\x00 not json\n\n<html>" * 20
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def hangs(handler: BaseHTTPRequestHandler) -> None:
    """Comments that keep the connection alive and say nothing, until the client leaves."""
    handler.connection.settimeout(20)
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    _chunk(handler, b": wait\n\n")
    with suppress(TimeoutError):
        handler.rfile.read(1)  # returns when the client closes


def cuts_off(handler: BaseHTTPRequestHandler) -> None:
    """Half an answer, then the connection is gone."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    _chunk(handler, delta("Le taux est de").encode())
    handler.wfile.write(b"ff\r\ndata")
