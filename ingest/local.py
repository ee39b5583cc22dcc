"""Files of this machine as pages, so that they take the same way as fetched ones."""

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.values import Clock, Found, Page, Refusal
from ingest.warc import holds, read_warc

MAX_BYTES = 200_000_000


def read_local(found: Found, clock: Clock) -> Page | Refusal:
    """What `found.local` names: a path, a file: address, or a response in a WARC. A missing file reads as a 404."""
    if holds(found.local):
        return read_warc(found, clock)
    path = Path(unquote(urlsplit(found.local).path)) if found.local.startswith("file:") else Path(found.local)
    try:
        if path.stat().st_size > MAX_BYTES:
            return Refusal(
                requested=found.url, url=found.url, reason="too_large", detail=f"more than {MAX_BYTES} bytes"
            )
        body = path.read_bytes()
    except FileNotFoundError:
        return Refusal(requested=found.url, url=found.url, reason="file", detail="no such file", status=404)
    except PermissionError as error:
        return Refusal(requested=found.url, url=found.url, reason="forbidden", detail=error.strerror or str(error))
    except OSError as error:
        return Refusal(requested=found.url, url=found.url, reason="file", detail=error.strerror or str(error))
    return Page(
        requested=found.url,
        url=found.url,
        status=200,
        headers=(),
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
        fetched=clock.utcnow(),
    )
