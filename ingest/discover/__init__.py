"""From a source to the addresses worth a visit.

`discover(source, visit)` yields `Found` values, and `Refusal` values for
listings that could not be read; it never raises for what a site does. Every
walk is bounded: pages, depth, and an address is listed once.
"""

from collections.abc import Callable, Iterator
from importlib import import_module

from ingest.catalogue import KINDS, Source
from ingest.discover.visit import Visit
from ingest.values import Found, Refusal

__all__ = ["Visit", "discover"]

Discovery = Callable[[Source, Visit], Iterator[Found | Refusal]]


def discover(source: Source, visit: Visit) -> Iterator[Found | Refusal]:
    """Addresses of a source, each once, `source.max_pages` at most; how is said by KINDS[source.kind]."""
    module, name = KINDS[source.kind].split(":")
    walk: Discovery = getattr(import_module(module), name)
    seen: set[str] = set()
    for item in walk(source, visit):
        if isinstance(item, Refusal):
            yield item
        elif item.url not in seen:
            seen.add(item.url)
            yield item
            if len(seen) >= source.max_pages:
                return
