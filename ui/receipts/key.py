"""The local key that signs receipts: Ed25519 (RFC 8032), made at the first receipt, kept beside the corpus.

`receipt-key.pem` in the data folder, PKCS #8, readable by its owner only. Who
has the file can sign in the folder's name: it belongs in backups, not in copies
that are given away.
"""

import base64
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import DataDamaged, translated

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME = "receipt-key.pem"
ALGORITHM = "Ed25519"


def sign(data: Path, message: bytes) -> dict[str, str]:
    """The signature of `message` with the folder's key, made when there is none.

    Raises DataReadOnly, DiskFull (no key, and none can be made), DataDamaged.
    """
    key = _private(data) or _made(data)
    return described(key.public_key()) | {"value": base64.b64encode(key.sign(message)).decode()}


def public_key(data: Path) -> dict[str, str] | None:
    """The folder's public key as a receipt names it; None before the first receipt. Raises DataDamaged."""
    key = _private(data)
    return described(key.public_key()) if key else None


def holds(signature: dict[str, Any], message: bytes) -> bool:
    """Whether a signature that a receipt carries is one of `message` by the key that it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"], validate=True))
        key.verify(base64.b64decode(signature["value"], validate=True), message)
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return bool(described(key)["key_id"] == signature.get("key_id") and signature.get("algorithm") == ALGORITHM)


def described(key: "Ed25519PublicKey") -> dict[str, str]:
    """algorithm, key_id (first 16 hex digits of the SHA-256 of the 32 raw bytes), public_key (base64)."""
    raw = key.public_bytes_raw()
    name = hashlib.sha256(raw).hexdigest()[:16]
    return {"algorithm": ALGORITHM, "key_id": name, "public_key": base64.b64encode(raw).decode()}


def _private(data: Path) -> "Ed25519PrivateKey | None":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = data / NAME
    with translated(path):
        try:
            held = path.read_bytes()
        except FileNotFoundError:
            return None
    try:
        key = load_pem_private_key(held, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise DataDamaged(f"{path}: {error}", path=str(path), reason=str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise DataDamaged(f"{path}: no Ed25519 key", path=str(path), reason="algorithm")
    return key


def _made(data: Path) -> "Ed25519PrivateKey":
    """A new key, written beside and linked into place: of two makers at once, the second takes the first one's."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    path = data / NAME
    with translated(path):
        handle, beside = tempfile.mkstemp(dir=data, suffix=".part")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(beside, path)
            except FileExistsError:
                return _private(data) or key
        finally:
            Path(beside).unlink(missing_ok=True)
    return key
