"""`bench scale`: documents made of real ones, what the encoder gives for them, the command on 300 passages."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from builders import ROOT, WordEncoder, child, document

from corpus.errors import UsageError
from corpus.records import Span
from evals.scale.encoder import CHANGED, ROWS, ScaleEncoder, skeleton
from evals.scale.made import Composer
from evals.scale.real import read
from rag.passages import passages

if TYPE_CHECKING:
    from rag.encoder import Vectors
    from rag.late import Tokens

TEXTS = [
    path.read_text(encoding="utf-8").rpartition("+++\n")[2] for path in sorted((ROOT / "corpus/demo/texts").glob("*"))
]
BODIES = [
    text[found.start : found.end]
    for text in TEXTS
    for found in passages(document("x", text))
    if found.end - found.start >= 300
]


class WordTokens(WordEncoder):
    """WordEncoder with a token for each letter: no model, but everything that an encoder of tokens gives."""

    projection = "letters"

    def passages_and_tokens(self, texts: Sequence[str]) -> "tuple[Vectors, list[Tokens]]":
        axes = np.eye(96, dtype=np.int8) * np.int8(127)
        return self.passages(texts), [axes[[ord(letter) % 96 for letter in text]] for text in texts]

    def question_and_tokens(self, text: str) -> "tuple[Vectors, Tokens]":
        return self.question(text), self.passages_and_tokens([text])[1][0]

    def offsets(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[Span(at, at + 1) for at in range(len(text))] for text in texts]


def squad(path: Path, contexts: Sequence[str]) -> Path:
    paragraphs = [
        {
            "context": context,
            "qas": [
                {
                    "id": str(number),
                    "question": f"{context[:60]} ?",
                    "answers": [{"text": context[:20], "answer_start": 0}],
                }
            ],
        }
        for number, context in enumerate(contexts)
    ]
    path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def test_a_made_document_follows_from_its_number() -> None:
    composer, again = Composer(BODIES, 0), Composer(reversed(BODIES), 0)
    made = [composer.document(number) for number in range(50)]
    assert made == [again.document(number) for number in range(50)]
    assert made != [Composer(BODIES, 1).document(number) for number in range(50)]
    assert len({one.text for one, _ in made}) == 50


def test_a_made_document_is_cut_where_its_real_passages_end_and_names_them_by_skeleton() -> None:
    real = {skeleton(body): " ".join(body.split()) for body in BODIES}
    composer, changed = Composer(BODIES, 0), 0
    for number in range(100):
        one, count = composer.document(number)
        found = passages(one)
        assert len(found) == count
        for passage in found:
            text = one.text[passage.start : passage.end]
            base = real[skeleton(text)]
            assert len(text) == len(base)
            assert CHANGED.sub("0", text) == CHANGED.sub("0", base)
            changed += text != base
    assert changed > 150


def test_the_encoder_remembers_real_passages_and_moves_those_of_made_ones(tmp_path: Path) -> None:
    real = [f"Titre\n{body}" for body in BODIES]
    first, tokens = ScaleEncoder(WordTokens(), tmp_path).passages_and_tokens(real)
    inner = WordTokens()
    encoder = ScaleEncoder(inner, tmp_path)
    same, kept = encoder.passages_and_tokens(real)
    assert inner.seen == [] and np.array_equal(first, same)
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(tokens, kept, strict=True))

    one, _ = Composer(encoder.bodies, 0).document(7)
    text = passages(one)[0].indexed
    moved, few = encoder.passages_and_tokens([text])
    again, _ = encoder.passages_and_tokens([text])
    near = first @ moved[0]
    assert inner.seen == [] and np.array_equal(moved, again)
    assert np.linalg.norm(moved[0]) == pytest.approx(1, abs=1e-5)
    assert skeleton(real[int(near.argmax())].partition("\n")[2]) == skeleton(text.partition("\n")[2])
    assert few[0].shape == (ROWS, 96) and len(encoder.offsets([text])[0]) == ROWS
    assert len(encoder.offsets(real[:1])[0]) == len(real[0])

    with pytest.raises(KeyError):
        encoder.passages(["Dossier composé n° 1\nRien de tel nulle part."])
    other = encoder.passages(["Avis\nUn texte encore jamais vu."])
    assert len(inner.seen) == 1 and len(other) == 1


def test_real_texts_are_read_from_files_of_every_kind_once_each(tmp_path: Path) -> None:
    long = "Le ministère a publié un long communiqué sur les résultats de l’année. " * 5
    squad(tmp_path / "q.json", [f"Zéro. {long}"])
    (tmp_path / "a.jsonl").write_text(
        "\n".join(json.dumps(each) for each in ({"text": f"Un. {long}", "title": "T"}, {"text": "court"})),
        encoding="utf-8",
    )
    (tmp_path / "b.json").write_text(json.dumps({"x": [{"texte": f"<p>Deux. {long}</p>"}]}), encoding="utf-8")
    (tmp_path / "c.html").write_text(f"<meta charset=utf-8><title>H</title><p>Trois. {long}<p>Fin.", encoding="utf-8")
    (tmp_path / "d.txt").write_text(f"Quatre.\n{long}\n\nFin.", encoding="utf-8")
    (tmp_path / "e.txt").write_text(f"Quatre.\n{long}\n\nFin.", encoding="utf-8")
    (tmp_path / "f.7.gz").write_bytes(gzip.compress(f".TH F 7\n.SH NOM\nCinq. {long}\n".encode()))
    documents, cases = read([tmp_path])
    heads = [one.text.split(".")[0] for one in documents]
    assert heads[:5] == ["Zéro", "Un", "Deux", "Trois", "Quatre"] and len(documents) in (5, 6)  # groff may be missing
    assert documents[4].text == f"Quatre. {long.strip()}\n\nFin."
    assert [case.gold[0].doc for case in cases] == [documents[0].id]
    with pytest.raises(UsageError):
        read([tmp_path / "nowhere"])


def test_the_command_grows_a_corpus_and_measures_it(tmp_path: Path) -> None:
    asked = squad(tmp_path / "q.json", BODIES[:12])
    (tmp_path / "r.txt").write_text("\n\n".join(BODIES[12:30]), encoding="utf-8")
    code = "import sys; from ui.cli import run; sys.exit(run(sys.argv[1:]))"
    told = ("bench", "scale", "--real", asked, tmp_path / "r.txt", "--into", tmp_path / "into", "--passages", 300)
    with child(code, *told, "--added", 3, "--out", tmp_path / "out", "--json") as process:
        printed, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    found = json.loads(printed)
    assert found["stages"] == json.loads((tmp_path / "out/scale.json").read_text(encoding="utf-8"))["stages"]
    stage, arrived = found["stages"]
    values = {one["name"]: one["value"] for each in (stage, arrived) for one in each["measures"]}
    assert 295 <= stage["passages"] <= 310 and 20 <= stage["real"] <= 40
    assert values["add_found"] == 1 and values["vectors_recall_at_10"] == 1 and values["copies"] < 0.01
    assert values["recall_at_5"] > 0.5 and values["ask_p50"] > 0 and values["memory_asked"] > 50


def test_the_command_wants_real_texts_and_a_place(tmp_path: Path) -> None:
    with child("import sys; from ui.cli import run; sys.exit(run(sys.argv[1:]))", "bench", "scale") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 2 and "--real" in errors
