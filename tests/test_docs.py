"""What the documents promise is true: commands exist, the Python block runs, every setting is explained."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from builders import MODELS, ROOT, output

from corpus.settings import Settings
from ui.cli import COMMANDS

README, README_FR, CONTRIBUTING = ROOT / "README.md", ROOT / "README.fr.md", ROOT / "CONTRIBUTING.md"


def read(path: Path) -> str:
    assert path.is_file(), f"{path.name} is missing"
    return path.read_text(encoding="utf-8")


def blocks(text: str, *languages: str) -> list[str]:
    """Fenced blocks of these languages."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [body for language, body in found if language in languages]


def commands(text: str) -> set[str]:
    """Every command that a document names after `sourcier`."""
    return set(re.findall(r"(?:`|\$ |^|« )sourcier ([a-z]+(?:-[a-z]+)*)\b", text, re.MULTILINE))


def makes(text: str) -> set[str]:
    """Every make target that a document names."""
    return set(re.findall(r"(?:`|^)make ([a-z]+)\b", text, re.MULTILINE))


def settings_table(text: str) -> set[str]:
    """Names in the first column of the tables."""
    cells = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}


@pytest.mark.parametrize("path", [README, README_FR, CONTRIBUTING], ids=lambda path: path.name)
def test_documents_name_only_what_exists(path: Path) -> None:
    text = read(path)
    assert commands(text) <= set(COMMANDS)
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert makes(text) <= targets
    local = re.findall(r"\]\(((?!https?:)[^)#]+)\)", text)
    assert [link for link in local if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("path", [README, README_FR], ids=lambda path: path.name)
def test_every_command_and_setting_is_documented(path: Path) -> None:
    text = read(path)
    assert set(COMMANDS) - commands(text) == set()
    assert {field.name for field in fields(Settings)} - settings_table(text) == set()
    assert "make demo" in text and "make test" in text


def test_defaults_in_the_settings_table_are_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", read(README), re.MULTILINE))
    told = {name: cell.strip().strip("`") for name, cell in rows.items()}
    for field in fields(Settings):
        if field.name in told and field.name not in ("cache", "user_agent"):  # a folder and a long text, in short
            assert told[field.name] == str(field.default), field.name


def test_both_readmes_show_the_same() -> None:
    english, french = read(README), read(README_FR)
    assert commands(english) == commands(french)
    assert blocks(english, "python") == blocks(french, "python")
    assert settings_table(english) == settings_table(french)


def test_options_in_the_readme_exist(capsys: pytest.CaptureFixture[str]) -> None:
    from ui.cli import run

    lines = re.findall(r"(?:`|\$ )(sourcier [a-z]+[^`\n]*)", read(README))
    assert lines
    for line in lines:
        words = shlex.split(line)
        with pytest.raises(SystemExit):
            run([words[1], "--help"])
        known = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in known] == [], line


def test_the_python_block_runs(demo_data: Path, tmp_path: Path) -> None:
    shown = blocks(read(README), "python")
    assert shown, "README.md has no ```python block"
    (tmp_path / "data").symlink_to(demo_data)
    for number, code in enumerate(shown):
        printed = output(f"import os; os.chdir({str(tmp_path)!r})\n{code}", SOURCIER_CACHE=str(MODELS))
        assert printed.strip(), f"block {number} prints nothing"


def test_figures_have_been_filled_in() -> None:
    for path in (README, README_FR):
        assert not re.search(r"^FIGURES$|TODO|XXX", read(path), re.MULTILINE), path.name
