"""The fetcher against servers that behave, and servers that do not."""

import gzip
import hashlib
import socket
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from loopback import FakeClock, Loopback, Reply, Request, drop_connection, page

from corpus.records import Fetched
from ingest.addresses import may_connect, normalise
from ingest.fetch import Fetcher, Limits
from ingest.inflate import BadEncoding, Inflater, TooLarge
from ingest.values import NotModified, Page, Refusal

AGENT = "Sourcier/0.1 (+contact: test@example.org)"


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as server:
        server.answers["/robots.txt"] = Reply(status=404)
        yield server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def fetcher(clock: FakeClock) -> Iterator[Fetcher]:
    with Fetcher(AGENT, clock=clock, limits=Limits(max_bytes=100_000)) as built:
        yield built


def reason(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.reason


def test_retry_after_that_is_no_number(site: Loopback, fetcher: Fetcher, clock: FakeClock) -> None:
    site.answers["/a"] = Reply(status=503, headers={"Retry-After": "²"})
    assert reason(fetcher.get(f"{site.address}/a", site.source())) == "http_status"
    assert clock.slept == [5.0, 10.0]


def test_page_comes_whole_with_its_digest_and_our_name(site: Loopback, fetcher: Fetcher) -> None:
    site.answers["/a"] = page("<p>été</p>", ETag='"1"')
    got = fetcher.get(f"{site.address}/a", site.source())
    assert isinstance(got, Page)
    assert got.body == "<p>été</p>".encode()
    assert got.digest == hashlib.sha256(got.body).hexdigest()
    assert got.header("etag") == '"1"'
    assert got.url == f"{site.address}/a"
    assert site.requests[-1].headers["user-agent"] == AGENT
    assert site.requests[-1].headers["host"] == f"127.0.0.1:{site.port}"


def test_compressed_bodies_are_decoded(site: Loopback, fetcher: Fetcher) -> None:
    text = b"bonjour " * 500
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(text[:2000]) + gzip.compress(text[2000:]),
        "deflate": zlib.compress(text),
    }
    site.answers["/raw"] = Reply(raw.compress(text) + raw.flush(), headers={"Content-Encoding": "deflate"})
    for name, body in bodies.items():
        site.answers[f"/{name}"] = Reply(body, headers={"Content-Encoding": name})
    for path in ("/gzip", "/deflate", "/raw"):
        got = fetcher.get(site.address + path, site.source())
        assert isinstance(got, Page)
        assert got.body == text


def test_robots_txt_is_honoured_with_its_delay(site: Loopback, fetcher: Fetcher, clock: FakeClock) -> None:
    site.answers["/robots.txt"] = Reply(
        b"User-agent: *\nDisallow: /\n\nUser-agent: Sourcier\nDisallow: /prive/\nCrawl-delay: 7\n"
    )
    site.answers["/public"] = page("oui")
    site.answers["/prive/note"] = page("non")
    assert isinstance(fetcher.get(f"{site.address}/public", site.source()), Page)
    assert reason(fetcher.get(f"{site.address}/prive/note", site.source())) == "robots"
    assert isinstance(fetcher.get(f"{site.address}/public", site.source()), Page)
    assert site.paths == ["/public", "/public"]
    assert clock.slept == [7.0]


def test_robots_txt_that_fails_closes_the_site(site: Loopback, fetcher: Fetcher) -> None:
    site.answers["/robots.txt"] = Reply(status=500)
    site.answers["/a"] = page("x")
    assert reason(fetcher.get(f"{site.address}/a", site.source())) == "robots_unavailable"
    assert site.paths == []


def test_delay_between_requests_to_one_host(site: Loopback, fetcher: Fetcher, clock: FakeClock) -> None:
    site.answers["/a"] = page("x")
    source = site.source(delay_seconds=2.5)
    for _ in range(3):
        fetcher.get(f"{site.address}/a", source)
    assert clock.slept == [2.5, 2.5, 2.5]  # robots.txt counts as a request too


def test_unchanged_page_is_not_sent_again(site: Loopback, fetcher: Fetcher) -> None:
    def answer(request: Request) -> Reply:
        same = request.headers.get("if-none-match") == '"7"'
        return Reply(status=304) if same else page("texte", ETag='"7"')

    site.answers["/a"] = answer
    known = Fetched(
        url=f"{site.address}/a", status=200, fetched="", etag='"7"', last_modified="Thu, 27 Mar 2025 10:00:00 GMT",
        digest="", doc="",
    )  # fmt: skip
    assert isinstance(fetcher.get(f"{site.address}/a", site.source()), Page)
    assert isinstance(fetcher.get(f"{site.address}/a", site.source(), known), NotModified)
    assert site.requests[-1].headers["if-modified-since"] == "Thu, 27 Mar 2025 10:00:00 GMT"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://169.254.169.254/latest/meta-data/", "host"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1/x", "scheme"),
        ("http://127.0.0.1:1/", "host"),
        ("http://[", "bad_url"),
    ],
)
def test_redirects_to_bad_places_are_refused(site: Loopback, fetcher: Fetcher, location: str, why: str) -> None:
    site.answers["/a"] = Reply(status=302, headers={"Location": location})
    assert reason(fetcher.get(f"{site.address}/a", site.source())) == why
    assert site.paths == ["/a"]


def test_metadata_address_is_refused_even_when_private_ones_are_allowed(site: Loopback, fetcher: Fetcher) -> None:
    site.answers["/a"] = Reply(status=302, headers={"Location": "http://169.254.169.254/latest/"})
    source = site.source(hosts=(f"127.0.0.1:{site.port}", "169.254.169.254"))
    got = fetcher.get(f"{site.address}/a", source)
    assert reason(got) == "private_address"


def test_loopback_is_refused_unless_the_source_allows_it(site: Loopback, fetcher: Fetcher) -> None:
    assert reason(fetcher.get(f"{site.address}/a", site.source(allow_private=False))) == "private_address"
    assert site.requests == []


def test_redirect_loop_ends(site: Loopback, fetcher: Fetcher) -> None:
    site.answers["/a"] = Reply(status=301, headers={"Location": "/b"})
    site.answers["/b"] = Reply(status=301, headers={"Location": "/a"})
    assert reason(fetcher.get(f"{site.address}/a", site.source())) == "redirects"
    assert len(site.paths) == 6


def test_redirect_is_followed_and_the_final_address_kept(site: Loopback, fetcher: Fetcher) -> None:
    site.answers["/old"] = Reply(status=301, headers={"Location": "/new?utm_source=x#top"})
    site.answers["/new"] = page("texte")
    got = fetcher.get(f"{site.address}/old", site.source())
    assert isinstance(got, Page)
    assert (got.requested, got.url) == (f"{site.address}/old", f"{site.address}/new")


def test_name_is_resolved_once_and_that_address_is_connected_to(site: Loopback, clock: FakeClock) -> None:
    """DNS that answers a public address to the check and a private one to the connection gains nothing."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    site.answers["/a"] = page("texte")
    with Fetcher(AGENT, clock=clock, resolve=resolve) as fetcher:
        source = site.source(hosts=(f"journal.example:{site.port}",))
        got = fetcher.get(f"http://journal.example:{site.port}/a", source)
    assert isinstance(got, Page)
    assert asked == ["journal.example"]
    assert site.requests[-1].headers["host"] == f"journal.example:{site.port}"


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["93.184.216.34", "10.0.0.5"], ["::ffff:127.0.0.1"], ["fd00::1"], ["fe80::1%eth0"]]
)
def test_names_with_a_private_address_are_refused(answers: list[str], clock: FakeClock) -> None:
    with Fetcher(AGENT, clock=clock, resolve=lambda host, port: answers) as fetcher, Loopback() as site:
        got = fetcher.get("http://mal.example/", site.source(allow_private=False, hosts=("mal.example",)))
    assert reason(got) == "private_address"


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1:248:1893:25c8:1946", True, True),
        ("127.0.0.1", False, True),
        ("192.168.1.1", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("2002:7f00:1::", False, True),
        ("64:ff9b::7f00:1", False, True),
        ("::7f00:2", False, True),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fd00:ec2::254", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
        ("100.64.0.1", False, False),
        ("no address", False, False),
    ],
)
def test_which_addresses_may_be_connected_to(address: str, public: bool, private: bool) -> None:
    assert may_connect(address, allow_private=False) is public
    assert may_connect(address, allow_private=True) is private


def test_dead_host_and_closed_port(clock: FakeClock) -> None:
    def resolve(host: str, port: int) -> list[str]:
        if host == "mort.example":
            raise socket.gaierror("no such name")
        return ["127.0.0.1"]

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with Fetcher(AGENT, clock=clock, resolve=resolve) as fetcher, Loopback() as site:
            source = site.source(hosts=("mort.example", f"ferme.example:{port}"))
            dead = fetcher.get("http://mort.example/", source)
            closed = fetcher.get(f"http://ferme.example:{port}/", source)
    assert (reason(dead), reason(closed)) == ("dns", "network")


def test_slow_drip_is_cut_off(site: Loopback) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not stop.wait(0.02):
            handler.wfile.write(b".")

    def drip_headers(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not stop.wait(0.02):
            handler.wfile.write(b"X-A: b\r\n")

    site.raw |= {"/body": drip, "/headers": drip_headers}
    with Fetcher(AGENT, limits=Limits(total_seconds=0.3)) as fetcher:
        for path in ("/body", "/headers"):
            assert reason(fetcher.get(site.address + path, site.source())) == "timeout"
    stop.set()


def test_too_large_pages_are_cut_off(site: Loopback, fetcher: Fetcher) -> None:
    sent: list[int] = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65_536)
            sent.append(65_536)

    site.answers["/declared"] = Reply(b"x" * 100_001)
    site.answers["/bomb"] = Reply(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"})
    site.raw["/endless"] = endless
    for path in ("/declared", "/bomb", "/endless"):
        assert reason(fetcher.get(site.address + path, site.source())) == "too_large"
    assert sum(sent) < 50_000_000


def test_inflater_never_makes_more_than_its_limit() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    with pytest.raises(TooLarge):
        Inflater("gzip", 1000).feed(bomb)
    with pytest.raises(BadEncoding):
        Inflater("br", 1000)


def test_broken_transfers_are_failures_not_pages(site: Loopback, fetcher: Fetcher, clock: FakeClock) -> None:
    def short(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc")

    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x00\x01 rien du tout\r\n\r\n")

    site.raw |= {"/short": short, "/reset": drop_connection, "/nonsense": nonsense}
    half = gzip.compress(b"texte " * 1000)[:-20]
    site.answers["/half"] = Reply(half, headers={"Content-Encoding": "gzip"})
    site.answers["/lie"] = Reply(b"plain", headers={"Content-Encoding": "gzip"})
    for path in ("/short", "/reset", "/nonsense"):
        assert reason(fetcher.get(site.address + path, site.source())) == "network"
    for path in ("/half", "/lie"):
        assert reason(fetcher.get(site.address + path, site.source())) == "bad_encoding"
    assert site.paths.count("/reset") == 3
    assert clock.slept[:2] == [1.0, 2.0]


def test_retry_after_is_waited_for(site: Loopback, fetcher: Fetcher, clock: FakeClock) -> None:
    replies = [
        Reply(status=429, headers={"Retry-After": "30"}),
        Reply(status=503, headers={"Retry-After": "Sun, 22 Nov 2026 10:00:40 GMT"}),
        page("enfin"),
    ]
    site.answers["/a"] = lambda request: replies.pop(0)
    assert isinstance(fetcher.get(f"{site.address}/a", site.source()), Page)
    assert clock.slept == [30.0, 40.0]


def test_retries_are_bounded(site: Loopback, fetcher: Fetcher, clock: FakeClock) -> None:
    site.answers["/never"] = Reply(status=429)
    site.answers["/tomorrow"] = Reply(status=503, headers={"Retry-After": "86400"})
    assert reason(fetcher.get(f"{site.address}/never", site.source())) == "http_status"
    got = fetcher.get(f"{site.address}/tomorrow", site.source())
    assert isinstance(got, Refusal)
    assert (got.status, site.paths) == (503, ["/never"] * 3 + ["/tomorrow"])


def test_other_statuses_keep_their_number(site: Loopback, fetcher: Fetcher) -> None:
    site.answers["/panne"] = Reply(status=500)
    for path, status in (("/absent", 404), ("/panne", 500)):
        got = fetcher.get(site.address + path, site.source())
        assert isinstance(got, Refusal)
        assert (got.reason, got.status) == ("http_status", status)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("HTTP://Exemple.BF:80/a b?utm_source=x&id=3#haut", "http://exemple.bf/a%20b?id=3"),
        ("https://été.bf/", "https://xn--t-9fab.bf/"),
        ("/relatif", "http://base.bf/relatif"),
        ("javascript:alert(1)", None),
        ("http://a:99999/", None),
        ("http://user:secret@exemple.bf/x", "http://exemple.bf/x"),
    ],
)
def test_addresses_in_normal_form(given: str, wanted: str | None) -> None:
    assert normalise(given, "http://base.bf/") == wanted
