"""The application on a real server, without the model: words alone are searched. For tests of the doors."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import ROOT, WordEncoder, index

from corpus.archive import Archive
from corpus.records import Document, Fetched
from corpus.settings import Settings
from corpus.store import Store
from rag import Assistant
from ui.commands.serve import bind
from ui.gate import Gate

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Browser

WORDS = Settings(retrieval="lexical", rate_per_minute=0)
QUIET = [
    pytest.mark.filterwarnings(f"ignore::DeprecationWarning:{module}")
    for module in ("gradio", "starlette", "uvicorn", "websockets")
]
"""Marks of a module whose tests serve the page: Gradio 6.31 on the newest starlette; none is about our calls."""
FETCHED = "2025-06-01T08:00:00Z"
SHOTS = ROOT / "shots"
"""Where screenshots go, to be looked at."""
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_PATIENCE_MS = 20_000  # what is expected is waited for so long: a busy machine is no failure


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Debian's Chromium."""
    from playwright.sync_api import expect, sync_playwright

    SHOTS.mkdir(exist_ok=True)
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        yield opened
        opened.close()


def keep_original(data: Path, document: Document, body: bytes, kind: str = "text/html; charset=utf-8") -> str:
    """Put the bytes that a publication was read from in the archive, as a visit; their digest."""
    digest = hashlib.sha256(body).hexdigest()
    Archive(data).write(
        digest=digest, url=document.url, status=200, headers=[("content-type", kind)], body=body, fetched=FETCHED
    )
    with Store.open(data, write=True) as store:
        store.remember(
            Fetched(
                url=document.url, status=200, fetched=FETCHED, etag=None, last_modified=None, digest=digest,
                doc=document.id,
            )
        )  # fmt: skip
    return digest


async def _made(assistant: Assistant, data: Path, gate: Gate | None) -> "FastAPI":
    """In a running event loop: where there is none, Gradio makes several and leaves them open."""
    from ui.web import application

    return application(assistant, data, gate)


@contextmanager
def serving(app: "FastAPI", root_path: str = "") -> Iterator[str]:
    """Serve an application; its address, once it really listens."""
    import uvicorn

    with bind("127.0.0.1", 0) as listener:
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, root_path=root_path)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        tick = threading.Event()
        while thread.is_alive() and not server.started:
            tick.wait(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)
        assert not thread.is_alive()


@contextmanager
def open_doors(
    data: Path, settings: Settings = WORDS, gate: Gate | None = None, root_path: str = ""
) -> Iterator[tuple[str, Assistant]]:
    """Index `data`, serve it; the address, and the assistant behind it."""
    index(data, WordEncoder())
    with (
        Assistant.open(data, settings, encoder=WordEncoder()) as assistant,
        serving(asyncio.run(_made(assistant, data, gate)), root_path) as address,
    ):
        yield address, assistant
