"""A folder on this machine."""

from collections.abc import Iterator
from pathlib import Path

from ingest.catalogue import Source
from ingest.discover.visit import Visit
from ingest.extract import EXTENSIONS
from ingest.values import Found, Refusal


def files(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Files of the source's folder that can be read, folders within too, in order of their names."""
    root = Path(source.url)
    if not root.is_dir():
        yield Refusal(requested=source.url, url=source.url, reason="file", detail="no such folder")
        return
    for path in sorted(root.rglob("*")):
        # A link could lead out of the folder that the catalogue names.
        if path.suffix.lower() in EXTENSIONS and path.is_file() and not path.is_symlink():
            yield Found(url=path.as_uri(), local=str(path))
