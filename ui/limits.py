"""What one visitor may cost: bytes of a request's body, and requests that search, per address and minute.

ASGI middleware in front of every door. A body is read whole before the
application sees it, so one that says less than it brings is stopped too.
"""

import ipaddress
import re
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import problem
from ui.light.frame import notice, page, response

if TYPE_CHECKING:
    from limits import RateLimitItem

BODY_BYTES = 256 * 1024
"""A question of the longest kind, and the chat's own messages, are far below."""
_COSTLY = re.compile(r"/api/v1/(ask|search|verify-claim|receipt)|/(lire|verifier|recu(\.json)?)|/page/.+")
_TOO_LARGE = f"La demande dépasse {BODY_BYTES // 1024} ko. Raccourcissez-la."
_TOO_MANY = "Vous avez fait beaucoup de demandes en peu de temps. Attendez {seconds} secondes, puis réessayez."


class Limits:
    """per_minute: requests that search, from one address; 0 for no limit."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._app = app
        self._item: RateLimitItem | None = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = inner_path(scope)
        if self._item is not None and _COSTLY.fullmatch(path):
            seconds = self._wait(scope)
            if seconds:
                told = _TOO_MANY.format(seconds=seconds)
                await _refusal(scope, path, 429, told, {"retry-after": str(seconds)})(scope, receive, send)
                return
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        body = await _body(scope, receive)
        if body is None:
            await _refusal(scope, path, 413, _TOO_LARGE, {"connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _Again(body, receive), send)

    def _wait(self, scope: Scope) -> int:
        """Seconds to wait; 0 when the request may pass."""
        assert self._item is not None
        who = visitor(scope)
        if self._windows.hit(self._item, who):
            return 0
        reset, _ = self._windows.get_window_stats(self._item, who)
        return max(1, round(reset - time.time()))


def inner_path(scope: Scope) -> str:
    """The path of a request within the site, wherever a proxy serves it."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


def visitor(scope: Scope) -> str:
    """The address that a limit counts for: an IPv6 visitor owns a /64."""
    host = (scope.get("client") or ("?", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None when it is too long."""
    said = Headers(scope=scope).get("content-length", "0")
    if not said.isdecimal() or int(said) > BODY_BYTES:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


class _Again:
    """Gives a body that was read already, then what follows it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _refusal(scope: Scope, path: str, status: int, told: str, headers: dict[str, str]) -> Response:
    if path.startswith(("/lire", "/verifier", "/recu", "/page/")):
        body = f"<h1>Un instant</h1>{notice(told, bad=True)}"
        return response(page("Un instant", body, str(scope.get("root_path", ""))), status, headers)
    return problem(status, told, headers=headers)
