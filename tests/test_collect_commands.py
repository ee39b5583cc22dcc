"""`ingest`, `source`, `reextract`, `status` as an operator types them: what is said, exit codes, wrong requests."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from collecting import article, listing
from loopback import Loopback, Reply

from corpus.health import AlarmKind
from corpus.store import Store
from ingest.report import STOPS
from ui.cli import run
from ui.health import ALARMS
from ui.reasons import STOPS as STOPS_IN_FRENCH

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as server:
        server.answers["/robots.txt"] = Reply(status=404)
        server.answers["/"] = listing("a", "b")
        server.answers["/a"] = article("Un")
        server.answers["/b"] = article("Deux")
        yield server


@pytest.fixture
def catalogue(site: Loopback, tmp_path: Path) -> Path:
    path = tmp_path / "c.toml"
    entry = (
        '[[source]]\nname = "{}"\nkind = "listing"\nurl = "{}/"\nallow_private = true\ndelay_seconds = 0\n{}\n'
        "[source.selectors]\nitem = 'a.l'\n"
    )
    path.write_text(
        entry.format("actif", site.address, "") + entry.format("dormant", site.address, "enabled = false"), "utf-8"
    )
    return path


@pytest.fixture
def sourcier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """(exit code, stdout, stderr) of a command on the data folder, with ordinary spaces."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code: Any = run([*map(str, arguments), "--data", str(tmp_path / "data")])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, *(text.replace("\u00a0", " ").replace("\u202f", " ") for text in (said.out, said.err))

    return call


def test_a_dry_run_writes_nothing(sourcier: Command, catalogue: Path, site: Loopback, tmp_path: Path) -> None:
    code, out, _ = sourcier("ingest", catalogue, "--dry-run")
    assert code == 0
    assert f"à visiter : {site.address}/a" in out
    assert out.endswith("actif : à visiter : 2\nRien n’a été écrit.\n")
    assert not (tmp_path / "data").exists()
    lines = [json.loads(line) for line in sourcier("ingest", catalogue, "--dry-run", "--json")[1].splitlines()]
    assert [line["plan"] for line in lines] == ["new", "new"]


def test_only_named_sources_even_those_that_are_off(sourcier: Command, catalogue: Path, tmp_path: Path) -> None:
    code, out, err = sourcier("ingest", catalogue, "--only", "dormant")
    assert (code, "dormant : 2 nouvelles" in out, "Collecte de dormant…" in err) == (0, True, True)
    with Store.open(tmp_path / "data") as store:
        assert {document.source for document in store.current()} == {"dormant"}
    assert sourcier("ingest", catalogue, "--only", "absent")[0] == 2
    assert "Aucune source active" in sourcier("ingest", "burkina")[2]


def test_a_budget_is_said(sourcier: Command, catalogue: Path) -> None:
    _, out, _ = sourcier("ingest", catalogue, "--budget", 1)
    assert "arrêt : le nombre de pages permis est atteint ; 1 adresse attend la prochaine collecte." in out
    code, _, err = sourcier("ingest", catalogue, "--budget", 0)
    assert (code, "valeur incorrecte pour --budget" in err) == (2, True)


def test_a_declaration_is_checked(sourcier: Command, catalogue: Path, site: Loopback) -> None:
    code, out, _ = sourcier("source", "check", "dormant", catalogue)
    assert (code, out.endswith("mais il manque : date.\n")) == (0, True)
    assert "titre : Un" in out
    assert "2 paragraphes" in out
    site.answers["/"] = Reply(status=500)
    code, out, _ = sourcier("source", "check", "actif", catalogue)
    assert (code, "erreur du site (500)" in out, "ne donne aucune publication" in out) == (1, True, True)
    assert "Indiquez le catalogue" in sourcier("source", "check", "actif")[2]
    assert "source inconnue" in sourcier("source", "check", "absent", catalogue)[2]
    assert sourcier("source", "inventer", "x")[0] == 2


def test_a_page_is_recorded(sourcier: Command, catalogue: Path, site: Loopback, tmp_path: Path) -> None:
    into = tmp_path / "pages"
    arguments = ("source", "record", f"{site.address}/a", catalogue)
    code, _, err = sourcier(*arguments, "--into", into)
    assert (code, "Indiquez avec --source" in err) == (2, True)
    code, out, _ = sourcier(*arguments, "--source", "actif", "--into", into, "--name", "essai")
    assert (code, "essai.json" in out) == (0, True)
    pair = json.loads((into / "essai.json").read_text("utf-8"))
    assert (pair["expected"]["title"], pair["source"]["allow_private"]) == ("Un", False)
    code, _, err = sourcier("source", "record", f"{site.address}/a", "--into", into)  # nobody allowed loopback
    assert (code, "adresse privée" in err) == (2, True)


def test_reading_again_is_shown_and_then_applied(sourcier: Command, catalogue: Path) -> None:
    sourcier("ingest", catalogue)
    text = catalogue.read_text("utf-8")
    catalogue.write_text(text.replace("item = 'a.l'\n", "item = 'a.l'\nbody = 'article p:nth-of-type(1)'\n"), "utf-8")
    assert "0 publication changerait" in sourcier("reextract")[1]
    _, out, _ = sourcier("reextract", catalogue)
    assert "[-Un, dit la note.-]" in out
    assert "2 publications changeraient" in out and "--apply" in out
    assert "2 publications changées" in sourcier("reextract", catalogue, "--apply")[1]
    assert [json.loads(line)["outcome"] for line in sourcier("reextract", "--json", catalogue)[1].splitlines()] == [
        "same",
        "same",
    ]
    _, out, _ = sourcier("status", "--document", "actif/a")
    assert "Version 2, relue avec une nouvelle extraction" in out
    versions = json.loads(sourcier("status", "--document", "actif/a", "--json")[1])["versions"]
    assert versions[1]["changes"][0]["pieces"] == [{"kind": "removed", "text": "Un, dit la note."}]
    code, _, err = sourcier("status", "--document", "actif/z")
    assert (code, "n’a pas de document « actif/z »" in err) == (2, True)


def test_status_tells_each_source_and_check_tells_cron(sourcier: Command, catalogue: Path, site: Loopback) -> None:
    sourcier("ingest", catalogue)
    code, out, _ = sourcier("status")
    assert (code, "actif : dernière collecte le" in out, "2 vues, 2 nouvelles" in out) == (0, True, True)
    assert sourcier("status", "--check") == (0, "Aucune alarme.\n", "")
    site.answers["/"] = listing("scan.pdf")
    site.answers["/scan.pdf"] = Reply(b"%PDF-1.4\n%%EOF", headers={"Content-Type": "application/pdf"})
    report = json.loads(sourcier("status", "--json")[1])
    assert (report["alarms"], report["sources"][0]["days"][0]["stored"]) == (0, 2)


def test_every_reason_has_its_french() -> None:
    assert STOPS.keys() == STOPS_IN_FRENCH.keys()
    assert set(get_args(AlarmKind)) == ALARMS.keys()
