"""Polite and safe HTTP. One `Fetcher` for a run; every outcome is a value, nothing is raised for what a site does.

Polite: robots.txt (RFC 9309, read by protego) with its crawl-delay, one agent
name, a delay per host, Retry-After, conditional requests. Safe: http(s) only,
every hop of a redirect checked against the source's hosts, robots.txt and the
address rules of `ingest.addresses`; limits on bytes (decompressed), time and
hops. No cookies are kept, no proxy of the environment is used (a proxy would
resolve names out of our sight).
"""

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpcore

from corpus.records import Fetched
from ingest.addresses import Resolver, normalise, system_resolver
from ingest.catalogue import Source
from ingest.clock import SystemClock
from ingest.connection import AddressRefused, CheckedBackend, Deadline, NameUnknown, OutOfTime
from ingest.headers import retry_after, seconds_ahead
from ingest.inflate import BadEncoding, Inflater, TooLarge
from ingest.robots import RobotsRules, read_robots
from ingest.values import Clock, FetchReason, FetchResult, NotModified, Page, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one address may cost.

    max_bytes: of the decoded body. total_seconds: for one response, headers and body.
    retries: of 429, 503 and broken connections. max_wait_seconds: longest Retry-After
    that is waited for; a longer one fails the page.
    """

    max_bytes: int = 20_000_000
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    redirects: int = 5
    retries: int = 2
    max_wait_seconds: float = 120.0


_UNREACHABLE = frozenset({"private_address", "dns", "tls", "tls_expired", "network", "timeout"})
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_RETRY_STATUS = frozenset({429, 503})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5"

# In the order looked up: what goes wrong on the way, and what it is called.
_REASONS: dict[type[Exception], FetchReason] = {
    AddressRefused: "private_address",
    NameUnknown: "dns",
    OutOfTime: "timeout",
    httpcore.TimeoutException: "timeout",
    TooLarge: "too_large",
    BadEncoding: "bad_encoding",
    httpcore.NetworkError: "network",
    httpcore.ProtocolError: "network",
    OSError: "network",
    httpcore.UnsupportedProtocol: "bad_url",
    ValueError: "bad_url",
}


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: FetchReason
    detail: str = ""


class Fetcher:
    """Fetches addresses one at a time. Close it, or use `with`. Not for several threads."""

    def __init__(
        self,
        user_agent: str,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        resolve: Resolver = system_resolver,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._given = (user_agent, resolve, ssl_context)
        self._user_agent = user_agent
        self._limits = limits or Limits()
        self._clock: Clock = clock or SystemClock()
        self._deadline = Deadline(self._clock.monotonic)
        # Connections of a source that may reach private addresses are never lent to one that may not.
        self._pools = {
            private: httpcore.ConnectionPool(
                ssl_context=ssl_context,
                network_backend=CheckedBackend(resolve, self._deadline, allow_private=private),
                max_connections=4,
                keepalive_expiry=15.0,
            )
            for private in (False, True)
        }
        self._robots: dict[tuple[str, str], RobotsRules] = {}
        self._next_time: dict[str, float] = {}
        self._agent_token = user_agent.split("/", 1)[0].strip()
        self.skew_seconds = 0.0
        """How far the clock of the site that answered last is ahead of ours."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

    def another(self) -> "Fetcher":
        """One of the same make, for another thread. The two must not ask the same hosts: each keeps its own delays."""
        user_agent, resolve, ssl_context = self._given
        return Fetcher(user_agent, limits=self._limits, clock=self._clock, resolve=resolve, ssl_context=ssl_context)

    def wake(self) -> None:
        """Delays are over, here and in those that `another` made: the work is being stopped."""
        self._clock.wake()

    def refusal(self, url: str, source: Source) -> Refusal | None:
        """Why `url` would not be fetched: host and robots.txt; None when it would. Asks for nothing but robots.txt."""
        target = normalise(url)
        refused = _Failure("bad_url", url[:200]) if target is None else self._check(target, source)
        if refused is None:
            return None
        return Refusal(requested=url, url=target or url, reason=refused.reason, detail=refused.detail)

    def get(self, url: str, source: Source, known: Fetched | None = None) -> FetchResult:
        """Fetch `url` under the rules of `source`.

        known: the last visit; its ETag and Last-Modified are sent, and an
        unchanged page comes back as NotModified.
        """
        return self._follow(url, source, known, self._check)

    def _follow(
        self,
        url: str,
        source: Source,
        known: Fetched | None,
        check: Callable[[str, Source], _Failure | None],
    ) -> FetchResult:
        target: str | None = normalise(url)
        current = target or url
        for _ in range(self._limits.redirects + 1):
            if target is None:
                reason: FetchReason = "bad_url" if current.lower().startswith(("http:", "https:")) else "scheme"
                return Refusal(requested=url, url=current, reason=reason, detail=current[:200])
            current = target
            refused = check(current, source)
            if refused is not None:
                return Refusal(requested=url, url=current, reason=refused.reason, detail=refused.detail)
            answer = self._patient(current, source, known)
            if isinstance(answer, _Failure):
                return Refusal(requested=url, url=current, reason=answer.reason, detail=answer.detail)
            location = answer.header("location")
            if answer.status not in _REDIRECTS or location is None:
                return self._result(url, current, answer)
            target = normalise(location, current)
            current = target or location
        return Refusal(requested=url, url=current, reason="redirects", detail=f"more than {self._limits.redirects}")

    def _result(self, requested: str, url: str, answer: _Response) -> FetchResult:
        now = self._clock.utcnow()
        if answer.status == 304:
            return NotModified(requested=requested, url=url, fetched=now)
        if not 200 <= answer.status < 300 or answer.status in (204, 205, 206):
            asked = retry_after(answer.header("retry-after"), now) if answer.status in _RETRY_STATUS else None
            return Refusal(
                requested=requested, url=url, reason="http_status", detail=str(answer.status), status=answer.status,
                wait_seconds=asked or 0.0,
            )  # fmt: skip
        return Page(
            requested=requested,
            url=url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            digest=hashlib.sha256(answer.body).hexdigest(),
            fetched=now,
        )

    def _check(self, url: str, source: Source) -> _Failure | None:
        if not source.allows(url):
            return _Failure("host", urlsplit(url).netloc)
        rules = self._rules(url, source)
        if rules.unavailable is not None:
            # A dead host or a forbidden address is called so, not blamed on its robots.txt.
            reason = rules.unavailable.reason
            return _Failure(reason if reason in _UNREACHABLE else "robots_unavailable", rules.unavailable.detail)
        if not rules.allows(url):
            return _Failure("robots", url)
        return None

    def _rules(self, url: str, source: Source) -> RobotsRules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        # Kept per source too: what one source may reach, another may not.
        key = (origin, source.name)
        if key not in self._robots:
            result = self._follow(f"{origin}/robots.txt", source, None, _host_only)
            self._robots[key] = read_robots(result, self._agent_token)
        return self._robots[key]

    def sitemaps(self, url: str, source: Source) -> tuple[str, ...]:
        """Sitemaps that the robots.txt of the site of `url` names."""
        return self._rules(url, source).sitemaps if source.allows(url) else ()

    def _patient(self, url: str, source: Source, known: Fetched | None) -> _Response | _Failure:
        """One address, with retries of what may pass."""
        for attempt in range(self._limits.retries + 1):
            answer = self._once(url, source, known)
            wait = self._wait(answer, attempt)
            if wait is None or attempt == self._limits.retries:
                return answer
            self._clock.sleep(wait)
        raise AssertionError("unreachable")

    def _wait(self, answer: _Response | _Failure, attempt: int) -> float | None:
        """Seconds to wait before another attempt; None: this answer is final."""
        if isinstance(answer, _Failure):
            return 1.0 * 2**attempt if answer.reason == "network" else None
        if answer.status not in _RETRY_STATUS:
            return None
        asked = retry_after(answer.header("retry-after"), self._clock.utcnow())
        wait = 5.0 * 2**attempt if asked is None else asked
        return wait if wait <= self._limits.max_wait_seconds else None

    def _once(self, url: str, source: Source, known: Fetched | None) -> _Response | _Failure:
        self._pace(url, source)
        headers = [
            ("Host", urlsplit(url).netloc),
            ("User-Agent", self._user_agent),
            ("Accept", _ACCEPT),
            ("Accept-Language", "fr,en;q=0.5"),
            ("Accept-Encoding", "gzip, deflate"),
        ]
        if known is not None and known.etag:
            headers.append(("If-None-Match", known.etag))
        if known is not None and known.last_modified:
            headers.append(("If-Modified-Since", known.last_modified))
        timeouts = {
            "connect": self._limits.connect_seconds,
            "read": self._limits.read_seconds,
            "write": self._limits.read_seconds,
            "pool": self._limits.connect_seconds,
        }
        self._deadline.start(self._limits.total_seconds)
        try:
            pool = self._pools[source.allow_private]
            with pool.stream("GET", url, headers=headers, extensions={"timeout": timeouts}) as response:
                return self._read(response)
        except tuple(_REASONS) as error:
            reason = next(reason for kind, reason in _REASONS.items() if isinstance(error, kind))
            reason = _certificate(error) or reason
            return _Failure(reason, f"{type(error).__name__} {error}".strip()[:200])

    def _read(self, response: httpcore.Response) -> _Response:
        headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers)
        answer = _Response(response.status, headers, b"")
        self.skew_seconds = seconds_ahead(answer.header("date"), self._clock.utcnow()) or 0.0
        if response.status in _REDIRECTS or response.status == 304:
            return answer  # the body of a redirect is of no use; leaving it closes the connection
        length = answer.header("content-length") or ""
        if length.isdecimal() and int(length) > self._limits.max_bytes:
            raise TooLarge
        inflater = Inflater(answer.header("content-encoding") or "", self._limits.max_bytes)
        body = bytearray()
        for chunk in response.iter_stream():
            body += inflater.feed(chunk)
        inflater.close()
        return _Response(response.status, headers, bytes(body))

    def _pace(self, url: str, source: Source) -> None:
        """Wait until the host may be asked again."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        rules = self._robots.get((origin, source.name))
        delay = max(source.delay_seconds, rules.delay_seconds if rules is not None else 0.0)
        now = self._clock.monotonic()
        due = self._next_time.get(parts.netloc, now)
        if due > now:
            self._clock.sleep(due - now)
        self._next_time[parts.netloc] = max(due, now) + delay


def _certificate(error: BaseException | None) -> FetchReason | None:
    """What is wrong with a certificate, or with TLS, when that is what an error came from."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code == _EXPIRED:
        return "tls_expired"
    return None if error is None else "tls"


def _host_only(url: str, source: Source) -> _Failure | None:
    """The check for robots.txt itself, which robots.txt cannot forbid."""
    return None if source.allows(url) else _Failure("host", urlsplit(url).netloc)
