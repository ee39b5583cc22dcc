"""Certificates over real TLS on loopback: good, expired, of nobody known."""

import datetime
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from loopback import FakeClock

from ingest.catalogue import Source
from ingest.fetch import Fetcher
from ingest.values import Page, Refusal
from ui.reasons import reason


class Quiet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"User-agent: *\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that refuses the certificate hangs up."""


@contextmanager
def secured(folder: Path, until: datetime.datetime) -> Iterator[tuple[str, Path]]:
    """(address, certificate) of a server whose certificate ends at `until`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(2020, 1, 1))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    held, private = folder / "cert.pem", folder / "key.pem"
    held.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = Server(("127.0.0.1", 0), Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(held, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"https://localhost:{server.server_port}", held
    finally:
        server.shutdown()
        server.server_close()


LATER, PAST = datetime.datetime(2099, 1, 1), datetime.datetime(2021, 1, 1)


@pytest.mark.parametrize(
    ("until", "trusted", "wanted", "said"),
    [
        (LATER, True, "", ""),
        (PAST, True, "tls_expired", "certificat expiré"),
        (LATER, False, "tls", "certificat refusé"),
    ],
    ids=["good", "expired", "unknown"],
)
def test_a_certificate_is_told_for_what_it_is_and_not_tried_again(
    tmp_path: Path, until: datetime.datetime, trusted: bool, wanted: str, said: str
) -> None:
    clock = FakeClock()
    with secured(tmp_path, until) as (address, certificate):
        trust = ssl.create_default_context(cafile=str(certificate)) if trusted else ssl.create_default_context()
        source = Source(
            name="s", kind="rss", url=address, allow_private=True, delay_seconds=0,
            hosts=(address.removeprefix("https://"),),
        )  # fmt: skip
        with Fetcher("Sourcier/0.1", clock=clock, ssl_context=trust) as fetcher:
            began = clock.monotonic()
            result = fetcher.get(f"{address}/", source)
    if not wanted:
        assert isinstance(result, Page)
        return
    assert isinstance(result, Refusal)
    assert (result.reason, reason(result.reason)) == (wanted, said)
    assert clock.monotonic() == began
