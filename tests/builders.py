"""What several test files build: documents, a tiny real encoder, a filled data folder, a child process."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.records import Card, Document
from corpus.settings import Settings
from corpus.store import Store

if TYPE_CHECKING:  # the ground floor's tests run without a line of rag
    from rag import IndexReport
    from rag.encoder import Encoder, Vectors

ROOT = Path(__file__).parent.parent
NOW = "2025-06-01T08:00:00Z"
MODELS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sourcier"
"""Where all tests unpack the bundled model, once."""


def document(slug: str = "a", text: str = "Le ministère a livré 104 bâtiments.", **changes: Any) -> Document:
    """A publication; every field can be changed by name."""
    fields: dict[str, Any] = {
        "id": f"essai/{slug}",
        "url": f"https://example.org/{slug}",
        "title": f"Publication {slug}",
        "publisher": "example.org",
        "ministry": "Transition digitale",
        "kind": "casem",
        "published": "2025-03-27",
        "text": text,
    }
    return Document(**fields | changes)


def card(d: Document, number: int = 1) -> Card:
    """A publication as lists see it."""
    names = ("id", "url", "title", "publisher", "ministry", "kind", "published", "modified")
    return Card(number=number, captured=NOW, **{name: getattr(d, name) for name in names})


SEED = document(
    "casem-2025-03",
    "Le CASEM de la Transition digitale s’est tenu le 27 mars 2025 à Ouagadougou.\n\n"
    "À la date du 31 décembre 2024, le ministère enregistre un taux d’exécution physique de 88,02% et un taux "
    "d’exécution financière de 69,89%.\n\n"
    "Il s’agit de la dématérialisation de 65 procédures administratives, dont 5 sont déjà mises en exploitation, et "
    "de l’interconnexion de 104 bâtiments au RESINA.",
    title="Premier CASEM 2025 de la Transition digitale",
    ministry="Transition digitale, Postes et Communications électroniques",
    publisher="latribunedufaso.net",
)
FORMER = document(
    "casem-2024-12",
    "Le ministère de l’Économie a tenu son CASEM le 12 décembre 2024.\n\n"
    "Le taux d’exécution physique du budget de l’Économie atteint 91,40% au 31 octobre 2024.",
    title="CASEM de l’Économie et des Finances",
    ministry="Économie et Finances",
    publisher="lefaso.net",
    published="2024-12-12",
)
MONTHLY = document(
    "bulletin-2025-02",
    "Le bulletin de février 2025 recense 41 forages réhabilités dans la région du Sahel.",
    title="Bulletin de l’Eau",
    ministry="Eau et Assainissement",
    publisher="eau.gov.bf",
    kind="rapport",
    published="2025-02",
)
UNDATED = document(
    "note-sans-date",
    "Une note sans date rappelle que la piscine olympique compte 8 couloirs.",
    title="Note de service",
    ministry="Sports et Loisirs",
    publisher="sports.gov.bf",
    kind="communique",
    published=None,
)
CORPUS = (SEED, FORMER, MONTHLY, UNDATED)
"""Four small publications: two sessions of look-alike figures, one dated to the month, one undated."""


class WordEncoder:
    """A small Encoder without a model: unit vectors of hashed index terms. `seen` lists every passage it embedded."""

    name = "words"
    dimension = 64

    def __init__(self, digest: str = "words-1") -> None:
        self.digest = digest
        self.seen: list[str] = []

    def passages(self, texts: Sequence[str]) -> "Vectors":
        self.seen += texts
        return np.array([self._vector(text) for text in texts], np.float32).reshape(-1, self.dimension)

    def question(self, text: str) -> "Vectors":
        return self._vector(text)

    def _vector(self, text: str) -> "Vectors":
        from rag.french import terms

        vector = np.full(self.dimension, 1e-3, np.float32)
        for term in terms(text):
            vector[hashlib.sha256(term.encode()).digest()[0] % self.dimension] += 1
        unit: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit


def fill(data: Path, documents: Iterable[Document] = CORPUS) -> Path:
    """Put `documents` in the corpus of folder `data`, made where there is none."""
    with Store.open(data, create=True, write=True) as store:
        for each in documents:
            store.put(each, NOW)
    return data


def index(data: Path, encoder: "Encoder", settings: Settings | None = None) -> "IndexReport":
    """Bring the index of `data` up to date; its report."""
    from rag import build_index

    *_, last = build_index(data, settings or Settings(), encoder=encoder)
    assert last.report is not None
    return last.report


def child(code: str, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    """A Python process that runs `code`, with pipes; it can import the project and the tests' builders."""
    path = os.pathsep.join([environment.pop("PYTHONPATH", ""), str(ROOT), str(ROOT / "tests")]).lstrip(os.pathsep)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": path} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output(code: str, *arguments: object, **environment: str) -> str:
    """What a Python process printed; it must have ended well."""
    with child(code, *arguments, **environment) as process:
        printed, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return printed
