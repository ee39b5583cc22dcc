"""JSONL records -> documents, strictly. Pure.

{"id", "text" or "paragraphs"} are needed; "url", "title", "publisher",
"ministry", "kind", "published", "modified", "source", "pages", "ocr" are optional.
"text" is kept exactly as given, so that an export goes back in unchanged.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.records import Document
from ingest.dates import is_partial_date
from ingest.text import join_blocks

_STRINGS = ("url", "title", "publisher", "ministry", "kind", "source")
_DATES = ("published", "modified")
KNOWN = frozenset({"id", "text", "paragraphs", "pages", "ocr", *_STRINGS, *_DATES})
_MAX_ID_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """A line that is no document. reason: "not_utf8", "bad_json", "not_object", "missing", "wrong_type",
    "bad_id", "bad_date", "bad_pages", "bad_text" or "no_text"; detail names the key."""

    reason: str
    detail: str


def parse_record(line: bytes) -> tuple[Document, tuple[str, ...]] | BadRecord:
    """The document of one line, and the keys that were not understood."""
    value = _object(line)
    if isinstance(value, BadRecord):
        return value
    problem = next(_problems(value), None)
    if problem is not None:
        return problem
    text = _text(value)
    pages = value.get("pages") or []
    strings: dict[str, Any] = {key: value.get(key) or "" for key in _STRINGS}
    document = Document(
        id=value["id"],
        text=text,
        pages=tuple(pages),
        ocr=tuple(value.get("ocr") or ()),
        published=value.get("published") or None,
        modified=value.get("modified") or None,
        **strings,
    )
    return document, tuple(sorted(set(value) - KNOWN))


def _object(line: bytes) -> dict[str, Any] | BadRecord:
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return BadRecord(reason="not_utf8", detail=str(error))
    except (ValueError, RecursionError) as error:
        return BadRecord(reason="bad_json", detail=str(error))
    return value if isinstance(value, dict) else BadRecord(reason="not_object", detail=type(value).__name__)


def _text(value: dict[str, Any]) -> str:
    return str(value["text"] if value.get("text") is not None else join_blocks(value["paragraphs"]))


def _problems(value: dict[str, Any]) -> Iterator[BadRecord]:
    """What is wrong with a record. Only the first counts: later checks take earlier ones as passed."""
    doc, text, paragraphs = value.get("id"), value.get("text"), value.get("paragraphs")
    if doc is None:
        yield BadRecord(reason="missing", detail="id")
    if text is None and paragraphs is None:
        yield BadRecord(reason="missing", detail="text")
    for key in ("id", "text", *_STRINGS, *_DATES):
        if value.get(key) is not None and not isinstance(value[key], str):
            yield BadRecord(reason="wrong_type", detail=key)
    for key, kind in (("paragraphs", str), ("pages", int)):
        given = value.get(key)
        if given is not None and not (isinstance(given, list) and all(type(part) is kind for part in given)):
            yield BadRecord(reason="wrong_type", detail=key)
    assert isinstance(doc, str)
    if not doc.strip() or doc != doc.strip() or len(doc) > _MAX_ID_CHARS or not doc.isprintable():
        yield BadRecord(reason="bad_id", detail=repr(doc[:80]))
    if not _storable(value):
        yield BadRecord(reason="bad_text", detail="half of a surrogate pair")
    for key in _DATES:
        if value.get(key) and not is_partial_date(value[key]):
            yield BadRecord(reason="bad_date", detail=f"{key}: {value[key][:40]!r}")
    whole = _text(value)
    if not whole.strip():
        yield BadRecord(reason="no_text", detail="text")
    yield from _page_problems(value.get("pages") or [], value.get("ocr") or [], len(whole))


def _page_problems(pages: list[int], ocr: Any, chars: int) -> Iterator[BadRecord]:
    if pages != sorted(pages) or any(not 0 <= start <= chars for start in pages):
        yield BadRecord(reason="bad_pages", detail="pages must be rising offsets in text")
    known = isinstance(ocr, list) and all(one is None or (type(one) is int and 0 <= one <= 100) for one in ocr)
    if not known or (ocr and len(ocr) != len(pages)):
        yield BadRecord(reason="bad_pages", detail="ocr must hold a percentage or null for each page")


def _storable(value: dict[str, Any]) -> bool:
    """False when a string holds a lone surrogate, which UTF-8 cannot write."""
    texts = [part for part in value.values() if isinstance(part, str)]
    texts += [part for part in value.get("paragraphs") or [] if isinstance(part, str)]
    try:
        for text in texts:
            text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
