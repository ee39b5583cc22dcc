"""The lock in front of every door, where `login` or `api_key` is set: a form, a signed cookie, keys of programs.

One middleware rather than Gradio's `auth`, which would close the chat and leave
REST and the light pages open. Readers sign in at /connexion and carry a cookie
signed with a key of this process (a restart asks for the password again);
programs send "Authorization: Bearer" or "Basic". No name and no password is
ever logged.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.api.problems import problem
from ui.escape import safe
from ui.french import typeset
from ui.light.frame import notice, page, response
from ui.limits import inner_path, visitor
from ui.passwords import Secret, readers_of

COOKIE = "sourcier"
HOURS = 12
"""Hours that a cookie is good for: a working day."""
_FORM, _LEAVE = "/connexion", "/deconnexion"
_OPEN = ("/healthz", "/api/v1/healthz")
"""What load balancers ask; it says nothing of the corpus."""
_TRIES = 10
"""Wrong passwords from one address in a minute, after which it waits."""
_ADDRESS = re.compile(r"/(?![/\\])[^\s\\]*")
_NOBODY = readers_of("_:scrypt:16384:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")["_"]
"""Compared for a name that does not exist, so that it takes as long as one that does."""
_WRONG = "Ce nom ou ce mot de passe n’est pas le bon."
_WAIT = "Trop d’essais : attendez une minute, puis réessayez."
_NEEDED = "Ce service est fermé : envoyez une clé dans l’en-tête « Authorization »."
_ASKED = {"www-authenticate": 'Bearer realm="Sourcier", Basic realm="Sourcier", charset="UTF-8"'}


class Login:
    """ASGI middleware. readers: by name; key: of programs, "" for none."""

    def __init__(self, app: ASGIApp, readers: Mapping[str, Secret], key: str = "") -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._app = app
        self._readers = readers
        self._key = key
        self._signing = secrets.token_bytes(32)
        self._known: dict[bytes, str] = {}  # digests of Basic headers that were right, which cost 60 ms each
        self._tries = RateLimitItemPerMinute(_TRIES)
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        path = inner_path(scope)
        headers = Headers(scope=scope)
        reader = self._by_cookie(headers.get("cookie", ""))
        if scope["type"] == "websocket":
            await (self._app(scope, receive, send) if reader else send({"type": "websocket.close", "code": 1008}))
            return
        request = Request(scope, receive)
        if path == _FORM:
            answer = await (self._enter(request) if request.method == "POST" else self._form(request, reader))
        elif path == _LEAVE and request.method == "POST":
            answer = RedirectResponse(f"{_base(scope)}{_FORM}", 303)
            answer.delete_cookie(COOKIE, path=_base(scope) or "/")
        elif reader or path in _OPEN or await self._by_header(scope, headers.get("authorization", "")):
            await self._app(scope, receive, send)
            return
        else:
            answer = _closed(request, path)
        await answer(scope, receive, send)

    async def _form(self, request: Request, reader: str, told: str = "", status: int = 200) -> Response:
        base = _base(request.scope)
        if reader:
            leave = f'<form action="{safe(base)}{_LEAVE}" method="post"><button>Se déconnecter</button></form>'
            known = f"<h1>Connexion</h1><p>Vous êtes connecté : <bdi>{safe(reader)}</bdi>.</p>{leave}"
            return response(page("Connexion", typeset(known), base))
        towards = request.query_params.get("vers", "")
        body = (
            f"<h1>Connexion</h1>{notice(told, bad=True) if told else ''}"
            f'<form action="{safe(base)}{_FORM}?vers={quote(towards)}" method="post">'
            '<p><label for="nom">Nom</label><input id="nom" name="nom" autocomplete="username" required autofocus></p>'
            '<p><label for="passe">Mot de passe</label>'
            '<input id="passe" name="passe" type="password" autocomplete="current-password" required></p>'
            "<button>Se connecter</button></form>"
        )
        return response(page("Connexion", body, base, bare=True), status)

    async def _enter(self, request: Request) -> Response:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=8)
        name, password = (fields.get(field, [""])[0] for field in ("nom", "passe"))
        if not self._may_try(request.scope):
            return await self._form(request, "", _WAIT, 429)
        if not await self._fits(request.scope, name, password):
            return await self._form(request, "", _WRONG, 401)
        base = _base(request.scope)
        towards = request.query_params.get("vers", "")
        found = RedirectResponse(f"{base}{towards if _ADDRESS.fullmatch(towards) else '/'}", 303)
        found.set_cookie(
            COOKIE, self._signed(name, int(time.time()) + HOURS * 3600), max_age=HOURS * 3600, path=base or "/",
            secure=request.url.scheme == "https", httponly=True, samesite="lax",
        )  # fmt: skip
        return found

    def _may_try(self, scope: Scope) -> bool:
        return self._windows.test(self._tries, visitor(scope))

    async def _fits(self, scope: Scope, name: str, password: str) -> bool:
        """Whether the password is the reader's. A wrong one counts against the visitor's address."""
        known = self._readers.get(name)
        good = await run_sync((known or _NOBODY).fits, password) and known is not None
        return good or self._missed(scope)

    def _missed(self, scope: Scope) -> bool:
        self._windows.hit(self._tries, visitor(scope))
        return False

    async def _by_header(self, scope: Scope, header: str) -> bool:
        """Whether a program sends the key, or a reader's name and password."""
        scheme, _, value = header.partition(" ")
        if scheme.lower() == "bearer":
            good = bool(self._key) and hmac.compare_digest(value.strip().encode(), self._key.encode())
            return (good and self._may_try(scope)) or self._missed(scope)
        if scheme.lower() != "basic":
            return False
        digest = hmac.digest(self._signing, value.encode(), hashlib.sha256)
        if digest in self._known:
            return True
        try:
            name, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        if not self._may_try(scope) or not await self._fits(scope, name, password):
            return False
        self._known[digest] = name  # as many as there are readers, at most
        return True

    def _by_cookie(self, header: str) -> str:
        """The reader whose cookie it is; "" for none."""
        try:
            held = SimpleCookie(header).get(COOKIE)
        except CookieError:
            return ""
        name, _, rest = (held.value if held else "").partition(".")
        until = rest.partition(".")[0]
        if not until.isdecimal() or len(until) > 12 or int(until) < time.time():
            return ""
        try:
            reader = bytes.fromhex(name).decode()
        except ValueError:
            return ""
        right = hmac.compare_digest(self._signed(reader, int(until)).encode(), f"{name}.{rest}".encode())
        return reader if right and reader in self._readers else ""

    def _signed(self, reader: str, until: int) -> str:
        """name in hex, last second (Unix time), HMAC-SHA256 of both."""
        told = f"{reader.encode().hex()}.{until}"
        return f"{told}.{hmac.new(self._signing, told.encode(), hashlib.sha256).hexdigest()}"


def _base(scope: Scope) -> str:
    return str(scope.get("root_path", ""))


def _closed(request: Request, path: str) -> Response:
    """What is told to whoever has not signed in: a problem to a program, the form to a reader."""
    if path.startswith("/api/"):
        return problem(401, _NEEDED, code="login", headers=_ASKED)
    if request.method not in ("GET", "HEAD") or path.startswith("/gradio_api"):
        return PlainTextResponse(typeset("Connectez-vous : rechargez la page."), 401)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{_base(request.scope)}{_FORM}?vers={quote(quote(path) + query)}", 303)
