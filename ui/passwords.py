"""Names and passwords of those who may enter: scrypt (RFC 7914) from the standard library, one line a reader.

A line is "name:scrypt:N:r:p:salt:hash", salt and hash in base64 without padding.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.errors import SettingsError, UsageError

_NAME = re.compile(r"[^\s:]{1,64}")
_COST = (2**14, 8, 1)
"""N, r, p: 16 MB and 60 ms on one core of the small machine (measured with two other jobs beside)."""
_MOST = 2**17  # N of a line that another program wrote: more memory than a small machine can spare
_SALT_BYTES = 16
_LONGEST = 1024  # characters of a password


@dataclass(frozen=True, slots=True)
class Secret:
    """What is kept of a password. cost: N, r, p."""

    cost: tuple[int, int, int]
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    def fits(self, password: str) -> bool:
        """Whether it is the password. As slow for a wrong one."""
        return hmac.compare_digest(self.digest, _digest(password[:_LONGEST], self.salt, self.cost))


def entry(name: str, password: str) -> str:
    """The line of a reader. Raises UsageError for a name or password that cannot be."""
    if not _NAME.fullmatch(name):
        raise UsageError("un nom de lecteur n’a ni espace ni deux-points, et 64 caractères au plus")
    if not 8 <= len(password) <= _LONGEST:
        raise UsageError(f"un mot de passe compte de 8 à {_LONGEST} caractères")
    salt = secrets.token_bytes(_SALT_BYTES)
    numbers = ":".join(map(str, _COST))
    return f"{name}:scrypt:{numbers}:{_text(salt)}:{_text(_digest(password, salt, _COST))}"


def readers_of(login: str) -> Mapping[str, Secret]:
    """The readers of a setting: lines of `entry`, separated by white space. Raises SettingsError, which repeats none of
    it."""
    readers = {}
    for line in login.split():
        try:
            name, scheme, *cost, salt, digest = line.split(":")
            n, r, p = map(int, cost)
            good = scheme == "scrypt" and _NAME.fullmatch(name) and 2 <= n <= _MOST and n & (n - 1) == 0
            if not good or name in readers or not (1 <= r <= 16 and 1 <= p <= 4):
                raise ValueError(scheme)
            readers[name] = Secret((n, r, p), _bytes(salt), _bytes(digest))
        except ValueError as error:
            raise SettingsError("a bad login line", key="login", value="", origin="", reason="bad_login") from error
    return readers


def _digest(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=256 * r * n, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
