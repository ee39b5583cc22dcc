"""From an answer to its receipt: everything that a reader needs to hold it against the sources later.

The signature covers the UTF-8 bytes of the JSON object without its "signature"
member, keys sorted, without spaces: `signed_bytes`.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from corpus.errors import DataReadOnly, DiskFull
from corpus.records import Version
from corpus.store import Store
from rag import Answer
from ui.desk import Desk, Publication
from ui.filters import Filters
from ui.receipts.key import sign
from ui.sources import publications

FORMAT = "sourcier-receipt/1"
_ANSWER = ("question", "understood", "status", "as_of", "missing", "verdict")
"""Members of an answer that a receipt repeats, where the answer has them."""


def receipt_of(desk: Desk, answer: Answer, filters: Filters, now: datetime | None = None) -> dict[str, Any]:
    """The receipt of an answer as shown; unsigned ("signature": null) where the folder has no key and takes none.

    now: when it is made, UTC. Raises DataDamaged, and what the store raises.
    """
    told = answer.to_dict()
    held = [_publication(desk.publication(doc), told) for doc in publications(answer)]
    with Store.open(desk.data) as store:
        digest = store.digest()
    receipt: dict[str, Any] = {
        "format": FORMAT,
        "software": f"sourcier {version('sourcier')}",
        "created": (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{name: told[name] for name in _ANSWER if told.get(name) not in (None, "", (), [])},
        "filters": {name: value for name, value in filters.items() if value},
        "confidence": round(answer.confidence, 3),
        "corpus": told["corpus"] | {"digest": digest},
        "sentences": told["sentences"],
        "conflicts": told["conflicts"],
        "publications": held,
    }
    receipt = json.loads(json.dumps(receipt, ensure_ascii=False))  # as it will be read back: lists, no tuples
    try:
        return receipt | {"signature": sign(desk.data, signed_bytes(receipt))}
    except (DataReadOnly, DiskFull):
        return receipt | {"signature": None}


def signed_bytes(receipt: Mapping[str, Any]) -> bytes:
    """What the signature of a receipt covers."""
    content = {name: value for name, value in receipt.items() if name != "signature"}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _publication(publication: Publication, told: Mapping[str, Any]) -> dict[str, Any]:
    """A cited publication in the version that its quotes stand in."""
    version = _cited(publication, told)
    document, original = version.document, publication.original
    fields = ("id", "url", "title", "publisher", "ministry", "kind", "published", "modified")
    return {name: getattr(document, name) for name in fields} | {
        "version": version.number,
        "captured": version.captured,
        "digest": version.digest,
        "text_sha256": hashlib.sha256(document.text.encode()).hexdigest(),
        "withdrawn": publication.withdrawn,
        "original": original
        and {"url": original.url, "fetched": original.fetched, "sha256": original.digest, "kept": publication.kept},
    }


def _cited(publication: Publication, told: Mapping[str, Any]) -> Version:
    """The version that the offsets count in: the indexed one, else the newest that carries every quote."""
    if publication.indexed is not None:
        return publication.version(publication.indexed)
    doc = publication.current.document.id
    wanted = [quote for quote in quotes(told) if quote["doc"] == doc]
    fitting = [
        version
        for version in publication.versions
        if all(version.document.text[quote["start"] : quote["end"]] == quote["quote"] for quote in wanted)
    ]
    return (fitting or publication.versions)[-1]


def quotes(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything that an answer or a receipt quotes, each place once: {"doc", "start", "end", "quote"}."""
    cited = [citation for sentence in told["sentences"] for citation in sentence["citations"]]
    valued = [point for series in told.get("conflicts") or () for point in series["points"]]
    found = {(each["doc"], each["start"], each["end"], each["quote"]): each for each in [*cited, *valued]}
    return [dict(zip(("doc", "start", "end", "quote"), place, strict=True)) for place in found]
