"""The demonstration as `make demo` runs it, once for all tests: sites on loopback, ingest, index; each twice."""

import contextlib
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders import index

from corpus.demo.serve import DemoSite, Visit

if TYPE_CHECKING:
    from rag import IndexReport
    from rag.encoder import Encoder


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """data: the folder, shared by all tests: read only. ingested, indexed: reports of the first and the second run.
    visits: what the second ingest asked the sites for."""

    data: Path
    ingested: tuple[dict[str, Any], dict[str, Any]]
    indexed: tuple["IndexReport", "IndexReport"]
    visits: tuple[Visit, ...]

    def copy(self, data: Path) -> Path:
        """A copy that a test may change, without the archive."""
        shutil.copytree(self.data, data, ignore=shutil.ignore_patterns("archive", "*-shm"))
        return data


def demonstrate(folder: Path, encoder: "Encoder") -> Demo:
    """Scrape the demonstration sites over HTTP and index them with the bundled model, both twice."""
    data, catalogue = folder / "data", folder / "catalogue.toml"
    with DemoSite() as site:
        # Scans as on a machine without tesseract: floors and expected answers hold everywhere. tests/test_ocr.py
        # reads them.
        catalogue.write_text(site.catalogue().replace("[[source]]", "[[source]]\nocr = false"), encoding="utf-8")
        first = ingest(catalogue, data)
        asked = len(site.visits)
        second = ingest(catalogue, data)
        visits = tuple(site.visits[asked:])
    return Demo(
        data=data,
        ingested=(first, second),
        indexed=(index(data, encoder), index(data, encoder)),
        visits=visits,
    )


def ingest(catalogue: Path, data: Path) -> dict[str, Any]:
    """`sourcier ingest --json`, in this process; its report."""
    from ui.cli import run

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = run(["ingest", str(catalogue), "--data", str(data), "--json"])
    assert code == 0
    report: dict[str, Any] = json.loads(printed.getvalue())
    return report
