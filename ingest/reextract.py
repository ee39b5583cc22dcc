"""Every stored document read again, offline, from the bytes that the archive kept, with today's extractor.

What a listing said of a page is remembered with it, so that nothing depends on
the site still being there. The publication has not changed: the new version is
marked as read again, and its earlier ones stay.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from corpus.archive import Archive
from corpus.errors import DataDamaged
from corpus.records import Document, Fetched
from corpus.store import Store
from ingest.catalogue import Source
from ingest.extract import Body, extract
from ingest.values import Clock, Found, Rejected

Outcome = Literal["same", "changed", "lost", "not_archived", "no_declaration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """One document. outcome: "same"; "changed" (after: what it would be, or is now); "lost" (today's extractor finds
    no document: left as it is; reason); "not_archived" (its bytes are not kept, or damaged); "no_declaration" (its
    source is in no catalogue given and was never collected with one)."""

    doc: str
    outcome: Outcome
    before: Document
    after: Document | None = None
    reason: str = ""


def reextract(
    store: Store,
    archive: Archive,
    clock: Clock,
    *,
    catalogue: Iterable[Source] = (),
    only: frozenset[str] = frozenset(),
    apply: bool = False,
) -> Iterator[Reread]:
    """Read documents again, in the order of their ids; each change is committed by itself.

    catalogue: declarations that take the place of the remembered ones. only: names of
    sources, all when empty. apply: store what changed (`store` is open for writing).
    """
    sources = {name: Source.declared(values) for name, values in store.declarations().items()}
    sources |= {source.name: source for source in catalogue}
    for doc, visit in store.visits().items():
        before = store.get(doc)
        if only and before.source not in only:
            continue
        found = _one(before, visit, sources, store, archive)
        if apply and found.after is not None:
            store.put(found.after, clock.utcnow(), reread=True)
        yield found


def _one(before: Document, visit: Fetched, sources: Mapping[str, Source], store: Store, archive: Archive) -> Reread:
    source = sources.get(before.source)
    if source is None:
        return Reread(doc=before.id, outcome="no_declaration", before=before, reason=before.source)
    try:
        kept = archive.response(visit.digest)
    except (KeyError, DataDamaged) as error:
        return Reread(doc=before.id, outcome="not_archived", before=before, reason=type(error).__name__)
    content_type = next((value for name, value in kept.headers if name == "content-type"), "")
    body = Body(data=kept.body, content_type=content_type, name=before.url)
    try:
        result = extract(body, doc=before.id, url=before.url, source=source, found=_found(before, visit, store))
    except Exception as error:  # one page that breaks today's parser must not hide the others
        result = Rejected(reason="extractor_error", detail=f"{type(error).__name__}: {error}")
    if isinstance(result, Rejected):
        return Reread(doc=before.id, outcome="lost", before=before, reason=result.reason)
    if result.document.digest() == before.digest():
        return Reread(doc=before.id, outcome="same", before=before)
    return Reread(doc=before.id, outcome="changed", before=before, after=result.document)


def _found(before: Document, visit: Fetched, store: Store) -> Found:
    """What the listing said. Where that was not kept yet (folders of format 1), the document itself is what is known:
    a page that says nothing keeps the title and the date that it has."""
    said = store.listed(visit.url)[0] or store.listed(before.url)[0]
    if said:
        return Found.from_json(said)
    return Found(
        url=visit.url, title=before.title, published=before.published, modified=before.modified,
        publisher=before.publisher, ministry=before.ministry, kind=before.kind,
    )  # fmt: skip
