"""The versions of a publication and what changed from each to the next, for a terminal."""

from collections.abc import Sequence

from corpus.diff import Change, changes
from corpus.records import Document, Version
from ui.escape import clean
from ui.french import NBSP, count, day

_FIELDS = {
    "title": "titre",
    "published": "date de publication",
    "modified": "date de modification",
    "publisher": "éditeur",
    "ministry": "ministère",
    "kind": "genre",
    "url": "adresse",
    "text": "texte",
}
_MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}


def history(versions: Sequence[Version], withdrawn: str | None) -> str:
    """Every version, oldest first. versions: at least one; withdrawn: since when the publication is."""
    last = versions[-1].document
    lines = [f"{clean(last.title)} ({clean(last.id)})", clean(last.url)]
    if withdrawn:
        lines.append(f"Retirée le{NBSP}{day(withdrawn[:10])}{NBSP}: elle ne répond plus aux questions.")
    for number, version in enumerate(versions):
        why = "relue avec une nouvelle extraction" if version.reread else "lue sur le site"
        lines += [
            "",
            f"Version {version.number}, {why} le{NBSP}{day(version.captured[:10])} "
            f"({count(len(version.document.text), 'caractère')}), empreinte {version.digest[:12]}",
        ]
        if number:
            lines += difference(versions[number - 1].document, version.document)
    return "\n".join(lines)


def difference(before: Document, after: Document) -> list[str]:
    """Lines that say what changed: [-ôté-], {+ajouté+}."""
    found = changes(before, after)
    return [f"  {_FIELDS[change.field]}{NBSP}: {_marked(change)}" for change in found] or ["  aucun changement visible"]


def _marked(change: Change) -> str:
    parts = []
    for index, piece in enumerate(change.pieces):
        text = clean(piece.text).replace("\n", " ")
        if piece.kind == "same":
            text = _shortened(text, first=index == 0, last=index == len(change.pieces) - 1)
        parts.append(_MARKS[piece.kind].format(text))
    return "".join(parts)


def _shortened(text: str, *, first: bool, last: bool, around: int = 60) -> str:
    """What has not changed, cut to what stands beside a change."""
    if len(text) <= 2 * around:
        return text
    head, tail = "" if first else text[:around], "" if last else text[-around:]
    return f"{head} … {tail}".strip() if first or last else f"{head} … {tail}"
