"""A folder on this machine."""

from collections.abc import Iterator
from pathlib import Path

from ingest.catalogue import Source
from ingest.discover.visit import Visit
from ingest.extract import EXTENSIONS
from ingest.values import Found, Refusal
from ingest.warc import is_warc, located, places


def files(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Files of the source's folder that can be read, folders within too, in order of their names; of a WARC, the
    addresses that it holds."""
    root = Path(source.url)
    if not root.is_dir():
        yield Refusal(requested=source.url, url=source.url, reason="file", detail="no such folder")
        return
    for path in sorted(root.rglob("*")):
        # A link could lead out of the folder that the catalogue names.
        if not path.is_file() or path.is_symlink():
            continue
        if is_warc(path):
            for place in places(path):
                yield place if isinstance(place, Refusal) else located(path, place)
        elif path.suffix.lower() in EXTENSIONS:
            yield Found(url=path.as_uri(), local=str(path))
