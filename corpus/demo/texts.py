"""Read the demonstration texts: TOML front matter between `+++` lines, then a Markdown-light body.

The body knows paragraphs (separated by blank lines), `## ` headings, `- ` list
items (an indented line continues one) and, in PDF texts, `| a | b |` tables.
Anything else that looks like Markdown is refused: it would reach readers raw.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from corpus.errors import DocumentError
from corpus.records import earliest_day

Format = Literal["html", "pdf", "scan"]
BlockKind = Literal["paragraph", "heading", "item", "table"]

KINDS = {
    "casem": "CASEM",
    "communique": "Communiqué",
    "annonce": "Annonce",
    "rapport": "Rapport",
    "conseil-des-ministres": "Conseil des ministres",
    "interview": "Interview",
}
"""Kinds of publication and the name that readers see; the name slugified is the kind."""

TEXTS = Path(__file__).parent / "texts"
SCANS = Path(__file__).parent / "scans"

_REQUIRED = ("id", "title", "publisher", "ministry", "kind", "source", "format")
_OPTIONAL = ("published", "modified", "caption")
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_MARKUP = re.compile(r"\*\*|__|\]\(|^#|^```|^>|^\s*[*+]\s")
_RULE = re.compile(r"\|[\s:|-]+\|")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a body, without its marker; `rows` only for tables, header row first."""

    kind: BlockKind
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoText:
    """One publication. Dates are ISO 8601, whole or reduced, or None; `source` is a web address."""

    id: str
    title: str
    publisher: str
    ministry: str
    kind: str
    source: str
    format: Format
    blocks: tuple[Block, ...]
    published: str | None = None
    modified: str | None = None
    caption: str | None = None

    @property
    def plain(self) -> str:
        """The text that ingest must find: blocks separated by a blank line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def words(self) -> int:
        """Words of the body, split at white space."""
        return len(self.plain.split())


def load_all(folder: Path = TEXTS) -> tuple[DemoText, ...]:
    """Every text of a folder, ordered by id. Raises DocumentError."""
    return tuple(load(path) for path in sorted(folder.glob("*.md")))


def load(path: Path) -> DemoText:
    """Read one file; its name must be its id. Raises DocumentError with path, line and reason."""
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _refused(path, None, f"is not UTF-8: {error}") from error
    text = parse(content, path)
    if text.id != path.stem:
        raise _refused(path, None, f"id {text.id!r} is not the file's name")
    return text


def parse(content: str, path: Path) -> DemoText:
    """Read a text; `path` is only for messages. Raises DocumentError."""
    lines = content.split("\n")
    if lines[0].strip() != "+++":
        raise _refused(path, 1, "front matter is missing: the first line must be +++")
    try:
        end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "+++")
    except StopIteration:
        raise _refused(path, 1, "front matter is not closed by a second +++") from None
    try:
        front = tomllib.loads("\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        raise _refused(path, None, f"front matter: {error}") from error
    _check(front, path)
    blocks = tuple(_blocks(lines, end + 1, path))
    if not blocks:
        raise _refused(path, None, "has no body")
    if front["format"] == "html" and any(block.kind == "table" for block in blocks):
        raise _refused(path, None, 'tables are for format "pdf" only')
    return DemoText(**front, blocks=blocks)


def _check(front: dict[str, Any], path: Path) -> None:
    for key in _REQUIRED:
        if key not in front:
            raise _refused(path, None, f"front matter lacks {key!r}")
    for key, value in front.items():
        if key not in _REQUIRED + _OPTIONAL:
            raise _refused(path, None, f"front matter: unknown key {key!r}")
        if not isinstance(value, str) or not value.strip() or "\n" in value:
            raise _refused(path, None, f"front matter: {key!r} must be one line of text, found {value!r}")
    for key in ("published", "modified"):
        if key in front and not _is_date(front[key]):
            raise _refused(path, None, f"front matter: {key} {front[key]!r} is no ISO 8601 date")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", front["id"]):
        raise _refused(path, None, f"front matter: id {front['id']!r} is no slug")
    if front["kind"] not in KINDS:
        raise _refused(path, None, f"front matter: kind {front['kind']!r} is none of {', '.join(KINDS)}")
    if front["format"] not in get_args(Format):
        raise _refused(path, None, f"front matter: format {front['format']!r} is none of {', '.join(get_args(Format))}")
    if not front["source"].startswith(("http://", "https://")):
        raise _refused(path, None, f"front matter: source {front['source']!r} is no web address")


def _is_date(value: str) -> bool:
    try:
        earliest_day(value)
    except ValueError:
        return False
    return _ISO.fullmatch(value) is not None


def _blocks(lines: list[str], first: int, path: Path) -> Iterator[Block]:
    """The blocks of `lines` from index `first` on; a block ends at a blank line or where another kind starts."""
    kind: BlockKind | None = None
    held: list[str] = []
    for number, raw in enumerate([*lines[first:], ""], first + 1):
        line = raw.strip()
        started: BlockKind | None = None
        if line.startswith("## "):
            started, line = "heading", line[3:].strip()
        elif line.startswith("- "):
            started, line = "item", line[2:].strip()
        elif line.startswith("|"):
            started = None if kind == "table" else "table"
        elif line and kind is None:
            started = "paragraph"
        elif line and (kind in ("heading", "table") or (kind == "item" and not raw.startswith(" "))):
            raise _refused(path, number, f"a blank line is missing after the {kind}")
        if kind is not None and (started is not None or not line):
            yield _block(kind, held, path, number)
            kind, held = None, []
        if not line:
            continue
        if _MARKUP.search(line):
            raise _refused(path, number, f"markup that is not known here: {line[:40]!r}")
        kind = started or kind
        held.append(line)


def _block(kind: BlockKind, held: list[str], path: Path, number: int) -> Block:
    if kind != "table":
        return Block(kind, " ".join(held))
    rows = tuple(
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in held if not _RULE.fullmatch(line)
    )
    if len(rows) < 2 or len({len(row) for row in rows}) != 1:
        raise _refused(path, number, "a table needs two rows or more, all of the same width")
    return Block("table", "\n".join(" | ".join(row) for row in rows), rows)


def _refused(path: Path, line: int | None, reason: str) -> DocumentError:
    where = f"{path}:{line}" if line else str(path)
    return DocumentError(f"{where}: {reason}", path=str(path), line=line, reason=reason)
