"""Web addresses and network addresses: normal forms, and which may be connected to."""

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

Resolver = Callable[[str, int], list[str]]
"""Host and port -> IP addresses as text. Raises OSError."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid")
_SAFE = "%/:=&?~#+!$,;'@()*[]"
MAX_URL_CHARS = 2000

# Ranges that carry an IPv4 address inside IPv6: judged by the address they carry.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def normalise(url: str, base: str = "") -> str | None:
    """An absolute http(s) address in its normal form, or None when it is no such thing.

    Host in lower case and ASCII (IDNA), default port, fragment and tracking
    parameters removed, odd characters percent-encoded.
    """
    try:
        url.encode()  # half of a surrogate pair, as JSON can hold, is in no address
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        port = parts.port
        host = ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or len(url) > MAX_URL_CHARS:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    query = parts.query
    if any(mark in query for mark in _TRACKING):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([(key, value) for key, value in pairs if not key.lower().startswith(_TRACKING)])
    path = quote(parts.path or "/", safe=_SAFE)
    return urlunsplit((parts.scheme, netloc, path, quote(query, safe=_SAFE), ""))


def ascii_host(host: str) -> str:
    """A host's name as it goes over the wire: "Ministère.bf." -> "xn--ministre-60a.bf". Raises UnicodeError."""
    host = host.rstrip(".").lower()
    return host if host.isascii() else host.encode("idna").decode("ascii")


def system_resolver(host: str, port: int) -> list[str]:
    """Every address that the system gives for the host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def may_connect(address: str, *, allow_private: bool) -> bool:
    """True when `address` is on the public Internet, or private and that is allowed.

    Link-local (cloud metadata among them), multicast, unspecified and reserved
    addresses are never allowed. IPv4 inside IPv6 (mapped, 6to4, Teredo, NAT64)
    is judged as the IPv4 it stands for.
    """
    try:
        ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inner(ip)
        if inner is not None:
            return may_connect(str(inner), allow_private=allow_private)
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or str(ip) in _METADATA:
        return False
    if ip.is_loopback or ip.is_private:
        return allow_private
    return ip.is_global and not ip.is_reserved


# Metadata services that live outside link-local ranges (AWS over IPv6, Alibaba, Oracle).
_METADATA = frozenset({"fd00:ec2::254", "100.100.100.200", "192.0.0.192"})


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if int(ip) >> 32 == 0 and int(ip) > 1:  # "::a.b.c.d", long deprecated
        return ipaddress.IPv4Address(int(ip))
    return None
