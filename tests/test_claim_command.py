"""`sourcier verify-claim`, as a user runs it."""

import json
from pathlib import Path

import pytest
from builders import SEED, WordEncoder, index

from corpus.errors import SettingsError
from corpus.settings import Settings
from ui.cli import run
from ui.messages import in_french

WRONG = "Le ministère de la Transition digitale a dématérialisé 75 procédures administratives."
RIGHT = "Le ministère de la Transition digitale a dématérialisé 65 procédures administratives."
UNKNOWN = "Le ministère de la Transition digitale a acheté 40 hélicoptères."


@pytest.fixture
def indexed(data: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small corpus of `builders`, searched without a model."""
    monkeypatch.setenv("SOURCIER_RETRIEVAL", "lexical")
    index(data, words)
    return data


def test_each_claim_of_a_text_has_its_verdict(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-claim", f"{WRONG} {RIGHT} {UNKNOWN}", "--data", str(indexed)]) == 0
    printed = capsys.readouterr()
    said = " ".join(printed.out.replace("\u00a0", " ").split())
    wrong, right, unknown = (said.index(f"« {claim} »") for claim in (WRONG, RIGHT, UNKNOWN))
    assert "Contredit : 65 au lieu de 75." in said[wrong:right]
    assert "Confirmé : 65." in said[right:unknown]
    assert SEED.title in said[right:unknown] and SEED.url in said[right:unknown]
    assert "Introuvable" in said[unknown:] and "http" not in said[unknown:]
    assert printed.err == ""


def test_as_json_every_quote_stands_in_its_publication(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-claim", WRONG, "--json", "--data", str(indexed)]) == 0
    (verdict,) = json.loads(capsys.readouterr().out)
    assert (verdict["claim"], verdict["status"], verdict["value"], verdict["claimed"]) == (
        WRONG, "contradicted", "65", "75",
    )  # fmt: skip
    assert verdict["quotes"]
    assert all(SEED.text[quote["start"] : quote["end"]] == quote["quote"] for quote in verdict["quotes"])


@pytest.mark.parametrize("narrowed", [("--as-of", "2025-01-01"), ("--ministry", "Sports")])
def test_filters_narrow_what_it_is_held_against(
    indexed: Path, capsys: pytest.CaptureFixture[str], narrowed: tuple[str, str]
) -> None:
    assert run(["verify-claim", WRONG, "--json", "--data", str(indexed), *narrowed]) == 0
    assert [verdict["status"] for verdict in json.loads(capsys.readouterr().out)] == ["not_found"]


def test_what_cannot_be_checked(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify-claim", "Combien de procédures ?", "--data", str(indexed)]) == 0
    assert "Aucune affirmation" in capsys.readouterr().out
    for text, told in ((" ", "Le texte est vide"), ("mots " * 5000, "Le texte compte 24999 caractères")):
        assert run(["verify-claim", text, "--data", str(indexed)]) == 2
        assert told in capsys.readouterr().err
    assert run(["verify-claim", WRONG, "--as-of", "hier", "--data", str(indexed)]) == 2
    assert "n’est pas une date" in capsys.readouterr().err.replace("\u00a0", " ")
    with pytest.raises(SystemExit) as stopped:
        run(["verify-claim", WRONG, "--publisher", "lefaso.net"])
    assert stopped.value.code == 2


def test_a_setting_out_of_bounds_is_told_without_an_empty_place() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(port=70_000)
    said = in_french(caught.value).replace("\u00a0", " ")
    assert said == "Réglage inconnu ou incorrect : « port » = « 70000 »."
