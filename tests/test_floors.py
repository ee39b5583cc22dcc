"""The house's structure: who imports whom, what a light import loads, what packages say of themselves."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import ROOT, output

FLOORS = {"corpus": 0, "ingest": 1, "rag": 1, "ui": 2, "evals": 2, "commands": 3}
"""A module imports its own floor's room and the rooms of floors below; `commands` may import anything."""
ROOMS = ("corpus", "ingest", "rag", "ui", "evals")
HEAVY = ("torch", "faiss", "gradio", "langchain", "langchain_core", "sentence_transformers", "transformers")
LONG = 330
LONGER = {
    "rag/followup.py": "a quarter are patterns, read nowhere else than by the readers beside them",
    "rag/parts.py": "a third are patterns, read nowhere else than by the readers beside them",
}
"""Files of more lines than LONG, and why they are not cut."""
SEAMS = {
    "evals/benches/building.py": ("rag.encoder", "rag.index", "rag.vectors"),
    "evals/figures.py": ("rag.figures",),
    "evals/fit.py": ("rag.training.prepare",),
    "evals/scale/recall.py": ("rag.generation", "rag.vectors"),
}
"""Files that are the one named place where a room above reads modules of rag below its public face."""

FILES = [path.relative_to(ROOT) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def floor(path: Path) -> int:
    """The floor of a file; ui/cli.py and ui/commands are the commands."""
    if path.parts[0] == "ui" and (path.parts[1] == "commands" or path.name == "cli.py"):
        return FLOORS["commands"]
    return FLOORS[path.parts[0]]


def room(path: Path) -> str:
    return "commands" if floor(path) == FLOORS["commands"] else path.parts[0]


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """(dotted module, line) of everything that a file imports, at its top or inside a function.

    `from a.b import c` counts as both "a.b" and "a.b.c"; module names in strings ("rag.vectors:FlatIndex") count too.
    """
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield str(node.module), node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and ":" in node.value:
            module = node.value.partition(":")[0]
            if module.split(".")[0] in ROOMS and "." in module and " " not in module:
                yield module, node.lineno


def target(module: str) -> str | None:
    """The room of an imported module; None for what is not ours."""
    if module == "ui.cli" or module.startswith("ui.commands"):
        return "commands"
    first = module.split(".", maxsplit=1)[0]
    return first if first in ROOMS else None


def test_files_are_found() -> None:
    assert {path.parts[0] for path in FILES} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_nothing_imports_upwards_or_across(path: Path) -> None:
    here = room(path)
    for module, line in imported(path):
        there = target(module)
        if there is None or here in (there, "commands"):
            continue
        assert FLOORS[there] < FLOORS[here], f"{path}:{line}: {here} imports {module}"


@pytest.mark.parametrize("path", [path for path in FILES if room(path) in ("ui", "evals")], ids=str)
def test_ui_and_evals_stand_on_the_public_face_of_rag(path: Path) -> None:
    public = set(importlib.import_module("rag").__all__)
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    typing_only = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and target(str(node.module)) == "rag" and node not in typing_only:
            if node.module in SEAMS.get(str(path), ()):
                continue
            assert node.module == "rag", f"{path}:{node.lineno}: imports {node.module}"
            assert {alias.name for alias in node.names} <= public, f"{path}:{node.lineno}"
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("rag.") for alias in node.names), f"{path}:{node.lineno}"


def loaded_by(statement: str) -> set[str]:
    return set(output(f"{statement}\nimport sys\nprint(*sys.modules)").split())


@pytest.mark.parametrize("package", [*ROOMS, "rag.assistant", "ui.cli", "corpus.store"])
def test_a_light_import_loads_nothing_heavy(package: str) -> None:
    assert not loaded_by(f"import {package}") & set(HEAVY)


def test_opening_an_assistant_names_but_does_not_load_the_model(data: Path) -> None:
    loaded = loaded_by(
        f"from pathlib import Path; import rag\ntry: rag.Assistant.open({str(data)!r})\nexcept Exception: 0"
    )
    assert not loaded & {"torch", "sentence_transformers", "gradio"}


def test_the_look_itself_can_fail() -> None:
    assert "faiss" in loaded_by("import faiss")


@pytest.mark.parametrize("path", FILES, ids=str)
def test_dunder_all_is_true(path: Path) -> None:
    """Each name of __all__ is there, and an __init__ that only gathers names leaves none of them out."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    if not any(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" for node in tree.body):
        return
    module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    names = module.__all__
    assert len(set(names)) == len(names)
    assert [name for name in names if not hasattr(module, name)] == []
    face = all(isinstance(node, ast.Expr | ast.ImportFrom | ast.Assign) for node in tree.body)
    if path.name == "__init__.py" and face:
        given = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if not (alias.asname or alias.name).startswith("_")
        }
        assert given <= set(names)


def test_rag_has_a_public_face() -> None:
    assert {"Assistant", "Answer", "Sentence", "Citation", "Evidence", "Filters", "build_index"} <= set(
        importlib.import_module("rag").__all__
    )


@pytest.mark.parametrize("path", FILES, ids=str)
def test_files_are_short_or_say_why(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    if str(path) in LONGER:
        assert lines > LONG, f"{path} has become short: take it off the list"
    else:
        assert lines <= LONG, f"{path} has {lines} lines"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_there_is_no_pickle_and_no_utils(path: Path) -> None:
    assert path.stem not in ("utils", "helpers", "misc")
    for module, line in imported(path):
        assert module.split(".")[0] not in ("pickle", "shelve", "marshal", "joblib"), f"{path}:{line}"
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant), f"{path}:{node.value.lineno}"
            assert node.value.value is False, f"{path}:{node.value.lineno}"


def test_only_the_ground_floor_speaks_sql() -> None:
    """One file opens the database; the two that stand on it hold the statements."""
    assert [str(path) for path in FILES if ("sqlite3", 0) in {(name, 0) for name, _ in imported(path)}] == [
        "corpus/database.py",
        "corpus/errors.py",
    ]
    assert [str(path) for path in FILES if "corpus.database" in {name for name, _ in imported(path)}] == [
        "corpus/frontier.py",
        "corpus/store.py",
    ]
