"""What surrounds Gradio's page: French, our own style and script, and headers that keep the browser at home.

Gradio's index.html says lang="en", names outside hosts in its link previews and
paints before our style arrives. This layer rewrites that one page, and gives
every response a Content-Security-Policy: no other host is ever asked, and no
inline script runs but those of the page itself (a new nonce each time), so a
tag that slipped through the escaping would still do nothing.
"""

import gzip
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import DESCRIPTION
from ui.limits import inner_path

STATIC = Path(__file__).parent / "static"

_CLOSED = re.compile(r"/gradio_api/(upload|proxy=|file=|stream/|vibe|deep_link|process_recording)|/(monitoring|runs)\b")
"""Doors of Gradio that this page does not use."""
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'self'"
)
"""'unsafe-eval' and inline styles are Gradio's: its HTML component compiles its (fixed) template in the browser."""
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_HEAD = """
<meta name="description" content="{description}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="./sourcier/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="./sourcier/style.css">
<script>Object.defineProperty(navigator, "language", {{value: "fr-FR"}});
Object.defineProperty(navigator, "languages", {{value: ["fr-FR", "fr"]}});</script>
<script src="./sourcier/page.js" defer></script>
"""
"""navigator.language: Gradio picks its own labels by it, and has them in French."""
_WITHOUT_SCRIPT = (
    '<noscript><p>Cette page demande JavaScript. <a href="./lire">La lecture légère</a> s’en passe.</p></noscript>'
)


class FrenchPage:
    """ASGI middleware around the application that carries the chat. chat: path of the page."""

    def __init__(self, app: ASGIApp, chat: str = "/") -> None:
        self._app = app
        self._chat = chat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = inner_path(scope)
        if _CLOSED.search(path):
            await _plain(send, 404, "Introuvable.")
            return
        nonce = secrets.token_urlsafe(16)
        added = {**_HEADERS, "content-security-policy": _POLICY.format(nonce=nonce)}
        if path != self._chat or scope["method"] != "GET":
            await self._app(scope, receive, _with_headers(send, added))
            return
        zipped = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, receive, _Rewriting(send, added, nonce, zipped))


def french(page: str, nonce: str) -> str:
    """Gradio's index.html in French, without what names other hosts, and with our head."""
    page = re.sub(r'<html\s+lang="\w+"', '<html lang="fr"', page, count=1)
    page = re.sub(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>', "", page)
    page = re.sub(r'\s*<link rel="manifest"[^>]*>', "", page)
    page = page.replace("<head>", "<head>" + _HEAD.format(description=DESCRIPTION), 1)
    page = re.sub(r"<body[^>]*>", lambda body: body[0] + _WITHOUT_SCRIPT, page, count=1)
    return re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', page)


class _Rewriting:
    """Collects one HTML response and sends it rewritten."""

    def __init__(self, send: Send, added: Mapping[str, str], nonce: str, zipped: bool) -> None:
        self._send, self._added, self._nonce, self._zipped = send, added, nonce, zipped
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = MutableHeaders(raw=list(self._start["headers"]))
        body = self._body
        if headers.get("content-type", "").startswith("text/html"):
            body = french(body.decode("utf-8"), self._nonce).encode()
            headers["cache-control"] = "no-store"
            if self._zipped:
                body = gzip.compress(body, 6)
                headers["content-encoding"] = "gzip"
            headers.add_vary_header("Accept-Encoding")
        headers["content-length"] = str(len(body))
        for name, value in self._added.items():
            headers[name] = value
        await self._send({**self._start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _with_headers(send: Send, added: Mapping[str, str]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            for name, value in added.items():
                headers.setdefault(name, value)  # the light pages have a stricter policy of their own
            message = {**message, "headers": headers.raw}
        await send(message)

    return sending


async def _plain(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
