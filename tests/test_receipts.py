"""Evidence receipts: made from an answer, signed, and held against a corpus that stays, changes, or is gone."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import SEED, WordEncoder, fill, index
from doors import WORDS, keep_original

from corpus.archive import Archive
from corpus.errors import DataDamaged, DocumentError
from corpus.store import Store
from rag import Assistant
from ui import terminal
from ui.cli import run
from ui.desk import Desk
from ui.gate import Gate
from ui.receipts.again import again
from ui.receipts.check import check, load
from ui.receipts.key import NAME, holds, public_key, sign
from ui.receipts.make import receipt_of, signed_bytes
from ui.receipts.page import receipt_page

QUESTION = "Quel est le taux d’exécution financière de la Transition digitale au 31 décembre 2024 ?"
NOON = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def kept(data: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A data folder and the receipt of an answer from it."""
    keep_original(data, SEED, b"<p>original</p>")
    index(data, WordEncoder())
    with Assistant.open(data, WORDS, encoder=WordEncoder()) as assistant:
        desk = Desk(assistant, data, Gate())
        filters = {"as_of": "2025-12-31"}
        yield data, receipt_of(desk, desk.ask(QUESTION, filters), filters, NOON)


def reasons(found: list[dict[str, Any]]) -> str:
    return " | ".join(each["reason"] for each in found).replace("\u00a0", " ")


def today(receipt: dict[str, Any], data: Path) -> dict[str, Any]:
    """What the corpus as it is now answers."""
    with Assistant.open(data, WORDS, encoder=WordEncoder()) as assistant:
        return again(receipt, Desk(assistant, data, Gate()))


def test_a_receipt_holds_all_that_proves_the_answer(kept: tuple[Path, dict[str, Any]]) -> None:
    data, receipt = kept
    assert receipt["question"] == QUESTION
    assert receipt["created"] == "2026-04-01T12:00:00Z"
    assert receipt["filters"] == {"as_of": "2025-12-31"}
    citation = receipt["sentences"][0]["citations"][0]
    assert SEED.text[citation["start"] : citation["end"]] == citation["quote"]
    (known,) = receipt["publications"]
    assert (known["url"], known["version"], known["digest"]) == (SEED.url, 1, SEED.digest())
    assert known["original"]["sha256"] in Archive(data)
    assert receipt["corpus"]["generation"] == "g000001"
    assert receipt["signature"]["public_key"] == (public_key(data) or {})["public_key"]
    assert ((data / NAME).stat().st_mode & 0o777) == 0o600


def test_it_matches_the_corpus_that_it_came_from(kept: tuple[Path, dict[str, Any]]) -> None:
    data, receipt = kept
    report = check(receipt, data)
    assert (report["problems"], report["changes"]) == ([], [])
    assert report["checked"] >= 1
    assert "par la clé de ce dossier" in report["signature"]


def test_an_edited_publication_is_told_and_the_proof_holds(kept: tuple[Path, dict[str, Any]]) -> None:
    data, receipt = kept
    fill(data, [replace(SEED, text=SEED.text.replace("69,89%", "70,12%"))])
    with Store.open(data, write=True) as store:
        store.withdraw(SEED.id, "2025-08-01T00:00:00Z")
    report = check(receipt, data)
    assert report["problems"] == []
    told = reasons(report["changes"])
    assert "le corpus a changé" in told
    assert "modifiée depuis : version 2" in told
    assert "cette phrase n’est plus dans la version 2" in told
    assert "retirée depuis, le 1er août 2025" in told


def test_the_question_is_asked_again_and_what_differs_is_said(kept: tuple[Path, dict[str, Any]]) -> None:
    data, receipt = kept
    before = today(receipt, data)
    assert (before["same"], before["differences"]) == (True, [])
    assert before["told"] == "la même question recevrait la même réponse"
    fill(data, [replace(SEED, text=SEED.text.replace("69,89%", "70,12%"))])
    index(data, WordEncoder())
    after = today(receipt, data)
    assert after["same"] is False
    gone, new = after["differences"][0], next(each for each in after["differences"] if "70,12%" in each["quote"])
    assert (gone["doc"], "69,89%" in gone["quote"]) == (SEED.id, True)
    assert reasons([gone, new]) == "phrase du reçu qui ne serait plus donnée | phrase qui n’est pas dans le reçu"
    shown = " ".join(terminal.verification(check(receipt, data) | {"today": after}).split())
    assert "Aujourd’hui, la même question recevrait une autre réponse :" in shown and "70,12%" in shown
    with Store.open(data, write=True) as store:
        store.withdraw(SEED.id, "2025-08-01T00:00:00Z")
    index(data, WordEncoder())
    assert today(receipt, data)["same"] is False


@pytest.mark.parametrize(
    "alter",
    [
        lambda receipt: receipt["sentences"][0]["citations"][0].update(quote="70,12%"),
        lambda receipt: receipt["sentences"][0].update(text="Un autre texte."),
        lambda receipt: receipt.update(created="2024-01-01T00:00:00Z"),
        lambda receipt: receipt["publications"][0].update(url="https://ailleurs.example/"),
    ],
)
def test_an_altered_receipt_is_found_out(kept: tuple[Path, dict[str, Any]], alter: Any) -> None:
    data, receipt = kept
    alter(receipt)
    assert "le reçu a été modifié" in reasons(check(receipt, data)["problems"])


def test_a_receipt_signed_again_by_another_is_found_out(kept: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    data, receipt = kept
    receipt["sentences"][0]["citations"][0]["quote"] = "70,12%"
    receipt["signature"] = sign(tmp_path, signed_bytes(receipt))
    told = reasons(check(receipt, data)["problems"])
    assert "et non par celle de ce dossier" in told
    assert "la citation n’est pas à sa place" in told
    receipt["signature"] = None
    assert "n’est pas signé" in check(receipt, data)["signature"]


def test_what_the_corpus_no_longer_has_is_named(kept: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    data, receipt = kept
    other = fill(tmp_path / "other", [replace(SEED, text=f"Note. {SEED.text}")])
    told = reasons(check(receipt, other)["problems"])
    assert "la version que nomme le reçu n’est plus là, et aucune autre ne porte la citation" in told
    empty = fill(tmp_path / "empty", [])
    assert "la publication n’est pas dans ce corpus" in reasons(check(receipt, empty)["problems"])
    Archive(data).discard(receipt["publications"][0]["original"]["sha256"])
    assert reasons(check(receipt, data)["problems"]) == "le fichier d’origine n’est plus dans l’archive"


def test_without_a_corpus_only_the_signature_is_checked(kept: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    _, receipt = kept
    report = check(receipt, tmp_path / "nowhere")
    assert (report["checked"], report["problems"]) == (0, [])
    assert "seule la signature a été vérifiée" in reasons(report["changes"])


def test_the_page_carries_the_receipt_and_needs_nothing_else(kept: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    data, receipt = kept
    hostile = '</script><img src=x onerror="hit()">\u202e'
    receipt["publications"][0]["title"] = hostile
    page = receipt_page(receipt)
    assert page.count("</script>") == 1
    assert "<img" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!example\.org)', page)
    (tmp_path / "recu.html").write_text(page, encoding="utf-8")
    assert load(tmp_path / "recu.html") == receipt
    assert "le reçu a été modifié" in reasons(check(receipt, data)["problems"])


def test_the_command_takes_both_forms(
    kept: tuple[Path, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCIER_RETRIEVAL", "lexical")
    data, receipt = kept
    as_json, as_page = tmp_path / "recu.json", tmp_path / "recu.html"
    as_json.write_text(json.dumps(receipt, ensure_ascii=False, indent=1), encoding="utf-8")
    as_page.write_text(receipt_page(receipt), encoding="utf-8")
    for path in (as_json, as_page):
        assert run(["verify", str(path), "--data", str(data)]) == 0
        told = capsys.readouterr().out.replace("\u00a0", " ")
        assert told.startswith(f"Reçu du 1er avril 2026 à 12 h 00 (UTC) : « {QUESTION[:20]}")
        assert "Signature exacte" in told
        assert "exact" in told
        assert told.rstrip().endswith("Aujourd’hui, la même question recevrait la même réponse.")
    assert run(["verify", str(as_page), "--data", str(data), "--no-ask"]) == 0
    assert "Aujourd’hui" not in capsys.readouterr().out
    receipt["question"] = "Autre ?"
    as_json.write_text(json.dumps(receipt), encoding="utf-8")
    assert run(["verify", str(as_json), "--data", str(data), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"]


@pytest.mark.parametrize(
    "content",
    [
        '{"format": "sourcier-receipt/1"}',
        '{"format": "sourcier-receipt/9"}',
        '{"format": "sourcier-receipt/1", "created": 1, "question": "", "corpus": {}, "publications": [], '
        '"sentences": []}',
    ],
)
def test_half_a_receipt_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "recu.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError):
        load(path)


def test_other_files_are_left_to_the_former_check(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text('{"sentences": []}', encoding="utf-8")
    assert load(path) is None


def test_keys(tmp_path: Path) -> None:
    assert public_key(tmp_path) is None
    signature = sign(tmp_path, b"a")
    assert holds(signature, b"a")
    assert not holds(signature, b"b")
    assert not holds(signature | {"key_id": "0" * 16}, b"a")
    assert not holds({"value": "?"}, b"a")
    assert sign(tmp_path, b"a") == signature  # the same key, and Ed25519 takes no chance
    (tmp_path / NAME).write_text("-----", encoding="utf-8")
    with pytest.raises(DataDamaged):
        public_key(tmp_path)


def test_changes_are_shown_on_the_terminal() -> None:
    report = {
        "checked": 1, "problems": [], "changes": [{"doc": "a/b", "quote": "", "reason": "modifiée depuis"}],
        "signature": "signature exacte", "receipt": {"created": "x", "question": "Quel taux ?", "generation": "g1"},
    }  # fmt: skip
    assert "Depuis le reçu" in terminal.verification(report)
    assert "- a/b" in terminal.verification(report)
