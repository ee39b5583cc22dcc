"""Real French texts from files and folders: what a large corpus starts with, and what the rest of it is made from.

| file             | what becomes a document                                                        |
|------------------|--------------------------------------------------------------------------------|
| .json, .jsonl    | every text of at least SHORTEST characters under a key of TEXT_KEYS            |
| .html            | the paragraphs of the page                                                     |
| .txt             | the file; lines of a paragraph are joined                                      |
| .gz              | a manual page, set by groff                                                    |

SQuAD files bring their questions too.
"""

import gzip
import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import html  # type: ignore[import-untyped]

from corpus.errors import UsageError
from corpus.records import Document
from evals.cases import Case
from evals.formats_passages import read_squad

TEXT_KEYS = ("context", "text", "texte", "texteHtml", "Description")
SHORTEST = 200
"""Characters of a text that is taken: shorter ones say too little to be found."""
_GROFF = ("groff", "-Kutf8", "-Tutf8", "-man", "-P-cbou", "-rHY=0", "-rLL=200n", "-dAD=l")
_BLANK = re.compile(r"\n\s*\n")
_PARAGRAPHS = "//p | //div[@class='para'] | //li | //dd"

Text = tuple[str, str]
"""Title, text."""


def read(paths: Iterable[Path]) -> tuple[tuple[Document, ...], tuple[Case, ...]]:
    """Documents of all files, each text once, those with questions first, and the questions. Raises UsageError."""
    asked: dict[str, Document] = {}
    others: dict[str, Document] = {}
    cases: list[Case] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist", reason="missing_file", path=str(path))
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix == ".json" and b'"qas"' in file.read_bytes():
                suite = read_squad(file)
                asked |= {document.text: document for document in suite.documents or ()}
                cases += [case for case in suite.cases if case.answerable and case.gold]
            elif file.suffix in _READERS and not file.is_symlink():
                for title, text in _READERS[file.suffix](file):
                    others.setdefault(text, _document(file, title, text))
    return (*asked.values(), *(one for text, one in others.items() if text not in asked)), tuple(cases)


def _document(file: Path, title: str, text: str) -> Document:
    name = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Document(
        id=f"reel/{name}", url=f"https://exemple.test/reel/{name}", title=title, publisher=file.parent.name,
        ministry="", kind="texte", published=None, text=text,
    )  # fmt: skip


def _json(file: Path) -> Iterator[Text]:
    content = file.read_text(encoding="utf-8")
    records = [json.loads(line) for line in content.splitlines()] if file.suffix == ".jsonl" else [json.loads(content)]
    for record in records:
        yield from _in(record)


def _in(value: Any) -> Iterator[Text]:
    """The texts of a JSON value, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from _in(item)
    elif isinstance(value, dict):
        text = next((value[key] for key in TEXT_KEYS if isinstance(value.get(key), str)), "")
        bare = _flowing(html.fromstring(text).text_content() if text.startswith("<") else text)
        if len(bare) >= SHORTEST:
            yield str(value.get("title") or value.get("titre") or value.get("Titre") or ""), bare
        for item in value.values():
            yield from _in(item)


def _html(file: Path) -> Iterator[Text]:
    page = html.fromstring(file.read_bytes())
    text = "\n\n".join(" ".join(item.text_content().split()) for item in page.xpath(_PARAGRAPHS))
    if len(text) >= SHORTEST:
        yield str(page.findtext(".//title") or file.stem), text


def _txt(file: Path) -> Iterator[Text]:
    yield from _flat(file, file.read_text(encoding="utf-8", errors="replace"))


def _manual(file: Path) -> Iterator[Text]:
    source = gzip.decompress(file.read_bytes())
    done = subprocess.run(_GROFF, input=source, capture_output=True, check=False, timeout=60)
    yield from _flat(file, done.stdout.decode("utf-8", errors="replace"))


def _flat(file: Path, text: str) -> Iterator[Text]:
    flowing = _flowing(text)
    if len(flowing) >= SHORTEST:
        yield file.name.removesuffix(".gz").removesuffix(".txt"), flowing


def _flowing(text: str) -> str:
    """Paragraphs on one line each, a blank line between."""
    return "\n\n".join(joined for part in _BLANK.split(text) if (joined := " ".join(part.split())))


_READERS: Mapping[str, Callable[[Path], Iterator[Text]]] = {
    ".json": _json,
    ".jsonl": _json,
    ".html": _html,
    ".txt": _txt,
    ".gz": _manual,
}
