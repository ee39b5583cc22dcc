"""Collection of a site of generated pages from loopback: pages per second, memory, and kill -9 at random moments.

    python -m evals.crawl --pages 2000 --kills 10

The site runs in this process, the collection in others, as `sourcier ingest`
runs. After each kill the store is read, and what it holds then must not be
asked for again before the round is over.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.store import Store

_PARAGRAPHS = 8
_PATIENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Of a first collection and of a second, in which nothing has changed. peak_mb: resident memory of the process."""

    pages: int
    seconds: float
    pages_per_second: float
    peak_mb: float
    again_seconds: float
    again_fetched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kills:
    """kept: documents after each kill. lost: documents missing at the end. twice: pages asked for after they had
    been committed."""

    pages: int
    kills: int
    kept: tuple[int, ...]
    lost: int
    twice: int


class Site:
    """Serves `pages` articles and their sitemap on loopback while the `with` block runs; remembers what was asked."""

    def __init__(self, pages: int) -> None:
        self.visits: list[str] = []
        self.changed = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body = outer._body(self.path, pages)
                with outer.changed:
                    outer.visits.append(self.path)
                    outer.changed.notify_all()
                tag = f'"{len(body or b"")}"'
                same = body is not None and self.headers.get("If-None-Match") == tag
                self.send_response(404 if body is None else 304 if same else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", "0" if same or body is None else str(len(body)))
                self.end_headers()
                if body is not None and not same:
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def catalogue(self, folder: Path) -> Path:
        """The file that declares this site."""
        path = folder / "crawl.toml"
        path.write_text(
            f'[[source]]\nname = "crawl"\nkind = "sitemap"\nurl = "{self.address}/sitemap.xml"\nallow_private = true\n'
            "delay_seconds = 0\nmax_pages = 100000\n",
            encoding="utf-8",
        )
        return path

    def _body(self, path: str, pages: int) -> bytes | None:
        if path == "/sitemap.xml":
            listed = "".join(f"<url><loc>{self.address}/{number}.html</loc></url>" for number in range(pages))
            return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'.encode()
        name = path.removeprefix("/").removesuffix(".html")
        if not name.isdecimal() or int(name) >= pages:
            return None
        text = "".join(
            f"<p>Le rapport numéro {name} du ministère compte, à sa partie {part}, {int(name) * part} localités "
            "couvertes et autant de villages où le service public est rendu chaque semaine.</p>"
            for part in range(1, _PARAGRAPHS)
        )
        return (
            f"<!doctype html><html lang=fr><head><meta charset=utf-8><title>Rapport {name}</title></head><body>"
            f"<article><h1>Rapport {name}</h1><time datetime=2025-03-27>27 mars 2025</time>{text}</article>"
            "</body></html>"
        ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed client resets its connection: not worth a traceback."""


def measure(pages: int) -> Speed:
    """Collect `pages` pages, twice."""
    with Site(pages) as site, tempfile.TemporaryDirectory() as folder:
        catalogue, data = site.catalogue(Path(folder)), Path(folder) / "data"
        seconds, peak, _ = _whole(catalogue, data)
        again, _, report = _whole(catalogue, data)
    return Speed(
        pages=pages,
        seconds=round(seconds, 1),
        pages_per_second=round(pages / seconds, 1),
        peak_mb=round(peak, 0),
        again_seconds=round(again, 1),
        again_fetched=sum(source["fetched"] for source in report["sources"]),
    )


def kill(pages: int, kills: int, seed: int = 0) -> Kills:
    """Collect `pages` pages, killed `kills` times at random moments; then let the collection end."""
    chance = random.Random(seed)
    kept: list[int] = []
    twice: set[str] = set()
    committed: set[str] = set()
    with Site(pages) as site, tempfile.TemporaryDirectory() as folder:
        catalogue, data = site.catalogue(Path(folder)), Path(folder) / "data"
        for _ in range(kills):
            asked = len(site.visits)
            process = _start(catalogue, data)
            more = chance.randint(1, max(3, 2 * pages // (kills + 1)))
            with site.changed:
                site.changed.wait_for(lambda: len(site.visits) >= asked + more, _PATIENCE_SECONDS)  # noqa: B023
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            twice |= committed & set(site.visits[asked:])
            committed = _committed(data)
            kept.append(len(committed))
        asked = len(site.visits)
        _whole(catalogue, data)
        twice |= committed & set(site.visits[asked:])
        lost = pages - len(_committed(data))
    return Kills(pages=pages, kills=kills, kept=tuple(kept), lost=lost, twice=len(twice))


def _committed(data: Path) -> set[str]:
    """Paths of the documents that the store holds."""
    if not (data / "corpus.sqlite").is_file():
        return set()
    with Store.open(data) as store:
        return {f"/{document.url.rsplit('/', 1)[1]}" for document in store.current()}


def _start(catalogue: Path, data: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ui.cli", "ingest", str(catalogue), "--data", str(data), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _whole(catalogue: Path, data: Path) -> tuple[float, float, dict[str, list[dict[str, int]]]]:
    """(seconds, peak resident memory in MB, report) of a collection that ends by itself."""
    began = time.monotonic()
    with _start(catalogue, data) as process:
        assert process.stdout is not None
        report = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"sourcier ingest ended with {process.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024, json.loads(report)


def main() -> None:
    """Print both as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    json.dump(
        {"speed": asdict(measure(args.pages)), "kills": asdict(kill(args.pages, args.kills, args.seed))},
        sys.stdout,
        indent=2,
    )
    print()  # noqa: T201


if __name__ == "__main__":
    main()
