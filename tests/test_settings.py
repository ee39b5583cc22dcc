"""corpus/settings.py: file, environment, and everything that is refused."""

from dataclasses import fields
from pathlib import Path

import pytest

from corpus.errors import SettingsError
from corpus.settings import Settings


def write(folder: Path, text: str, name: str = "sourcier.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_file_or_environment_the_defaults_hold(tmp_path: Path) -> None:
    assert Settings.load({}, tmp_path) == Settings()


def test_the_file_of_the_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, 'retrieval = "lexical"\nport = 8000\nuser_agent = "Sourcier (élève)"\n')
    assert Settings.load({}, tmp_path) == Settings(retrieval="lexical", port=8000, user_agent="Sourcier (élève)")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, "port = 8000\nevidence = 4\n")
    loaded = Settings.load({"SOURCIER_PORT": "9000", "HOME": "/root"}, tmp_path)
    assert (loaded.port, loaded.evidence) == (9000, 4)


def test_a_file_named_by_the_environment_replaces_that_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "port = 8000\n")
    named = write(tmp_path, "evidence = 4\n", "autre.toml")
    assert Settings.load({"SOURCIER_SETTINGS": str(named)}, tmp_path) == Settings(evidence=4)


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"SOURCIER_SETTINGS": str(tmp_path / "absent.toml")}, tmp_path)
    assert caught.value.details["value"] == str(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('modele = "autre"', "modele"),
        ('port = "8000"', "port"),
        ("port = 8000.0", "port"),
        ("port = true", "port"),
        ("model = 3", "model"),
        ('retrieval = "magique"', "retrieval"),
        ("retrieval = ['fusion']", "retrieval"),
        ("[section]\nport = 1", "section"),
        ("port = ", ""),
    ],
)
def test_a_wrong_line_is_refused_with_its_key_and_file(tmp_path: Path, line: str, key: str) -> None:
    path = write(tmp_path, line)
    with pytest.raises(SettingsError) as caught:
        Settings.load({}, tmp_path)
    assert caught.value.details["key"] == key
    assert caught.value.details["origin"] == str(path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sourcier.toml").write_bytes('model = "é"'.encode("latin-1"))
    with pytest.raises(SettingsError):
        Settings.load({}, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOURCIER_PROT", "8000"),
        ("SOURCIER_PORT", "huit mille"),
        ("SOURCIER_PORT", ""),
        ("SOURCIER_PORT", "--5"),
        ("SOURCIER_PORT", "8²"),
        ("SOURCIER_RETRIEVAL", "magique"),
    ],
)
def test_a_wrong_variable_is_refused_with_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({name: value}, tmp_path)
    assert caught.value.details["origin"] == name
    assert caught.value.details["value"] == value


def test_every_setting_can_be_set_from_the_environment_and_is_explained() -> None:
    source = Path(__import__("corpus.settings", fromlist=["x"]).__file__).read_text(encoding="utf-8")
    for field in fields(Settings):
        default = getattr(Settings(), field.name)
        loaded = Settings.load({f"SOURCIER_{field.name.upper()}": str(default)}, Path("/nowhere"))
        assert getattr(loaded, field.name) == default
        after = source.split(f"    {field.name}: ", 1)[1].split("\n", 2)[1]
        assert after.strip().startswith('"""'), field.name
