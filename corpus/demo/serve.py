"""Serve the demonstration sites on loopback.

    python -m corpus.demo.serve --port 8808

Every page has an ETag and a Last-Modified and answers conditional requests with
304. Pages are made when asked for; two runs on the same port give the same bytes.
"""

import argparse
import errno
import hashlib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from corpus.demo import documents, spip, wordpress
from corpus.demo.press import PDFS, Press, Query, Resource, Routes, html, moved
from corpus.demo.render import render
from corpus.demo.sites import SITES
from corpus.demo.texts import SCANS, TEXTS
from corpus.errors import PortBusy, SourcierError

PORT = 8808
CATALOGUE = Path(__file__).parent / "catalogue.toml"

_STATIC = Path(__file__).parent / "static"
_STATIC_TYPES = {".css": "text/css; charset=UTF-8", ".svg": "image/svg+xml"}
_ROBOTS = "User-agent: *\nDisallow: /prive/\n"
_THEMES: dict[str, Routes] = {
    "wordpress": wordpress.ROUTES,
    "spip": spip.ROUTES,
    "documents": documents.ROUTES,
}


def respond(press: Press, path: str, query: Query) -> Resource:
    """The response to a GET: a page, a redirect to the address with its final slash, or a 404."""
    found = _find(press, path, query)
    if found is None and not path.endswith("/") and _find(press, f"{path}/", query) is not None:
        found = moved(f"{press.address}{path}/")
    return found or html(_message("Page introuvable", "La page demandée n’existe pas."), status=404)


def _find(press: Press, path: str, query: Query) -> Resource | None:
    name, slash, below = path.removeprefix("/").partition("/")
    if name in SITES and slash:
        site = SITES[name]
        for pattern, handler in _THEMES[site.theme]:
            match = pattern.fullmatch(f"/{below}")
            if match:
                return handler(press, site, match, query)
        return None
    common = _COMMON.get(name) if name in ("static", "prive") or not slash else None
    return common(press, below) if common else None


def _index(press: Press, below: str) -> Resource:
    return html(render("index.html", counts={name: len(posts) for name, posts in press.posts.items()}))


def _robots(press: Press, below: str) -> Resource:
    return Resource(body=_ROBOTS.encode(), content_type="text/plain; charset=UTF-8")


def _private(press: Press, below: str) -> Resource:
    return html(_message("Note interne", "Cette page est fermée aux robots par robots.txt."))


def _static(press: Press, below: str) -> Resource | None:
    known = {path.name: path for path in _STATIC.iterdir() if path.suffix in _STATIC_TYPES}
    path = known.get(below)
    return Resource(body=path.read_bytes(), content_type=_STATIC_TYPES[path.suffix]) if path else None


_COMMON: dict[str, Callable[[Press, str], Resource | None]] = {
    "": _index,
    "robots.txt": _robots,
    "static": _static,
    "prive": _private,
}
"""What stands outside the sites, by the first part of the path."""


def _message(title: str, words: str) -> str:
    head = f'<meta charset="utf-8"><meta name="robots" content="noindex"><title>{title}</title>'
    return f'<!DOCTYPE html>\n<html lang="fr"><head>{head}</head><body><h1>{title}</h1><p>{words}</p></body></html>\n'


@dataclass(frozen=True, slots=True)
class Visit:
    """A request as it was answered."""

    method: str
    target: str
    status: int
    user_agent: str


class _Handler(BaseHTTPRequestHandler):
    server_version = "Demo/1"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True  # else the body waits 40 ms for the acknowledgement of the head

    def __init__(self, demo: "DemoSite", *args: object) -> None:
        self.demo = demo
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        resource = respond(self.demo.press, unquote(parts.path), query)
        etag = f'"{hashlib.sha256(resource.body).hexdigest()[:32]}"'
        fresh = resource.status == 200 and self._has(etag, resource.modified)
        status = 304 if fresh else resource.status
        body = b"" if fresh else resource.body
        self.demo.visits.append(Visit(self.command, self.path, status, self.headers.get("User-Agent", "")))
        self.send_response(status)
        if resource.status == 200:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", format_datetime(resource.modified, usegmt=True))
        if not fresh:
            self.send_header("Content-Type", resource.content_type)
            self.send_header("Content-Length", str(len(body)))
        for name, value in resource.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _has(self, etag: str, modified: datetime) -> bool:
        """Whether the client's copy is current; If-None-Match outranks the date (RFC 9110, 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        since = self.headers.get("If-Modified-Since")
        try:
            return since is not None and modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def log_message(self, format: str, *args: object) -> None:
        if self.demo.log:
            super().log_message(format, *args)


class DemoSite:
    """The demonstration sites, served from a thread while the `with` block runs.

    address: "http://127.0.0.1:<port>"; visits: every request answered, oldest
    first, for tests that ask what was fetched; port 0 takes a free port.
    texts, scans, pdfs: folders, of the bundled publications unless given.
    Raises PortBusy and DocumentError on creation.
    """

    def __init__(
        self, port: int = 0, *, texts: Path = TEXTS, scans: Path = SCANS, pdfs: Path = PDFS, log: bool = False
    ) -> None:
        self.log = log
        self.visits: list[Visit] = []
        self._folders = (texts, scans, pdfs)
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortBusy(f"127.0.0.1:{port} is in use", host="127.0.0.1", port=port) from error
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        try:
            self.press = Press.load(self.address, *self._folders)
        except SourcierError:
            self._server.server_close()
            raise
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def reload(self) -> None:
        """Publish the folders as they are now: new, edited and withdrawn texts. Raises DocumentError."""
        self.press = Press.load(self.address, *self._folders)

    def catalogue(self) -> str:
        """The bundled catalogue (TOML) with this server's address."""
        return CATALOGUE.read_text(encoding="utf-8").replace(f"http://127.0.0.1:{PORT}", self.address)

    def wait(self) -> None:
        """Block until the server stops."""
        self._thread.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; prints the address on standard output. Exit code 1 when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m corpus.demo.serve", description="Serve the demonstration sites.")
    parser.add_argument("--port", type=int, default=PORT, help="port on 127.0.0.1, 0 for a free one (default: 8808)")
    parser.add_argument("--quiet", action="store_true", help="do not log requests on standard error")
    options = parser.parse_args(arguments)
    try:
        with DemoSite(options.port, log=not options.quiet) as demo:
            sys.stdout.write(f"{demo.address}\n")
            sys.stdout.flush()
            demo.wait()
    except SourcierError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
