"""The trained sentence reader, on its real weights."""

import math
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import MODELS

from corpus.errors import ModelError
from rag import int8_engine
from rag.french import sentences
from rag.int8_graph import READER_RANGES, Ranges
from rag.onnx_engine import onnxruntime_run
from rag.reader import ReadPassage, SentenceReader, measured, open_reader
from rag.reader_input import MAX_TOKENS, rows

CASEM = (
    "Le ministère de la Transition digitale, des Postes et des Communications électroniques a tenu, le 27 mars 2025 "
    "à Ouagadougou, la première session de son Conseil d’administration du secteur ministériel. "
    "Elle s’est tenue sous le thème « Accélérer la transformation digitale de l’administration ». "
    "Les travaux ont été présidés par la ministre Aminata Zerbo. "
    "À l’issue de l’année écoulée, le taux d’exécution physique s’établit à 88,02 %. "
    "La prochaine rencontre est prévue au mois de septembre à Bobo-Dioulasso. "
    "Les participants ont salué la qualité des documents soumis à leur examen."
)
HEADER = "CASEM du MTDPCE — Transition digitale — 27 mars 2025"
ARCHIVES = (
    "Les archives nationales ont ouvert une exposition de photographies. Elle compte des clichés des années 1960. "
    "L’entrée est libre du lundi au vendredi."
)


quick = pytest.mark.skipif(not int8_engine.quick(), reason="this processor has no 8-bit products")


@pytest.fixture(scope="module")
def reader() -> SentenceReader:
    return SentenceReader.open(MODELS, threads=2)


def passage(text: str, header: str = "") -> ReadPassage:
    return ReadPassage(header, text, sentences(text))


def best(reader: SentenceReader, question: str, read: ReadPassage) -> str:
    [reading] = reader.read(question, [read])
    span = read.sentences[int(np.argmax(reading.odds))]
    return read.text[span.start : span.end]


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Quel est le taux d'exécution physique du ministère ?", "88,02 %"),
        ("Sous quel thème la session s'est-elle tenue ?", "Accélérer"),
        ("Qui a dirigé les travaux ?", "Aminata Zerbo"),
        ("Où aura lieu la prochaine rencontre ?", "Bobo-Dioulasso"),
        ("ou aura lieu la prochaine rencontre", "Bobo-Dioulasso"),
        ("Quand la première session a-t-elle eu lieu ?", "27 mars 2025"),
    ],
)
def test_right_sentence(reader: SentenceReader, question: str, holds: str) -> None:
    assert holds in best(reader, question, passage(CASEM, HEADER))


def test_passage_that_answers_stands_above_one_that_does_not(reader: SentenceReader) -> None:
    off_topic, answering = reader.read(
        "Quel est le taux d'exécution physique du ministère ?", [passage(ARCHIVES), passage(CASEM, HEADER)]
    )
    assert max(answering.odds) > max(off_topic.odds) + 2
    assert off_topic.none > 0.8 > answering.none


def test_off_topic_question_is_none(reader: SentenceReader) -> None:
    [reading] = reader.read("Quelle est la recette du gâteau au chocolat ?", [passage(CASEM, HEADER)])
    assert max(reading.odds) < 0
    assert reading.none > 0.8


def test_peak_points_into_its_sentence(reader: SentenceReader) -> None:
    read = passage(CASEM, HEADER)
    [reading] = reader.read("Quel est le taux d'exécution physique du ministère ?", [read])
    for span, peak in zip(read.sentences, reading.peaks, strict=True):
        assert peak.end > span.start
        assert peak.end <= span.end
        assert peak.start < peak.end
    figure = reading.peaks[int(np.argmax(reading.odds))]
    assert CASEM.index("88,02 %") < figure.end <= CASEM.index("88,02 %") + len("88,02 %.")


def test_every_sentence_of_every_passage_is_read_in_order(reader: SentenceReader) -> None:
    read = [passage(ARCHIVES), passage(CASEM, HEADER), passage(ARCHIVES, "Archives")]
    readings = reader.read("Quand l'exposition est-elle ouverte ?", read)
    assert [len(reading.odds) for reading in readings] == [len(item.sentences) for item in read]
    assert all(math.isfinite(odds) for reading in readings for odds in reading.odds)
    assert reader.read("Quand ?", []) == []
    assert reader.read("Quand ?", [ReadPassage("", "", ())])[0].none == 1.0


def test_reading_is_deterministic(reader: SentenceReader) -> None:
    read = [passage(CASEM, HEADER), passage(ARCHIVES)]
    assert reader.read("Qui a dirigé les travaux ?", read) == reader.read("Qui a dirigé les travaux ?", read)


def test_beyond_the_last_position_nothing_is_claimed(reader: SentenceReader) -> None:
    long = passage(" ".join(CASEM for _ in range(8)))
    [reading] = reader.read("Qui a dirigé les travaux ?" * 40, [long])
    assert len(reading.odds) == len(long.sentences)
    assert reading.odds[-1] == -30.0


def test_int8_agrees_with_float32(reader: SentenceReader) -> None:
    exact = SentenceReader.open(MODELS, precision="float32", threads=2)
    read = [passage(CASEM, HEADER), passage(ARCHIVES)]
    for question in ("Qui a dirigé les travaux ?", "Où aura lieu la prochaine rencontre ?"):
        for quick, slow in zip(reader.read(question, read), exact.read(question, read), strict=True):
            assert np.argmax(quick.odds) == np.argmax(slow.odds)
            assert np.abs(np.array(quick.odds) - slow.odds).max() < 2.5


def test_what_is_read_beside_changes_nothing(reader: SentenceReader) -> None:
    read = [passage(CASEM, HEADER), passage(ARCHIVES), passage(CASEM + " " + ARCHIVES, "Archives")]
    together = reader.read("Qui a dirigé les travaux ?", read)
    for item, reading in zip(read, together, strict=True):
        assert reader.read("Qui a dirigé les travaux ?", [item]) == [reading]
    assert reader.read("Qui a dirigé les travaux ?", read[::-1]) == together[::-1]


def test_the_ranges_were_measured_on_the_weights_that_ship(reader: SentenceReader) -> None:
    """If not: python -m rag.training.ranges --data FOLDER --reader"""
    assert measured(reader.digest) is not None
    assert measured("0") is None


@quick
def test_both_runtimes_round_alike(reader: SentenceReader) -> None:
    [path] = MODELS.glob(f"*-{int8_engine.NAME}-reader-{reader.digest}-{Ranges.open(READER_RANGES).digest}.onnx")
    plain = SentenceReader(replace(reader.engine, run=onnxruntime_run(path, 2)), *reader.head, reader.digest)
    read = [passage(CASEM, HEADER), passage(ARCHIVES)]
    for ours, theirs in zip(reader.read("Qui préside ?", read), plain.read("Qui préside ?", read), strict=True):
        assert np.abs(np.array(ours.odds) - theirs.odds).max() < 0.5


@quick
def test_eight_bits_cost_less_than_float32(reader: SentenceReader) -> None:
    exact = SentenceReader.open(MODELS, precision="float32", threads=1)
    eight = SentenceReader.open(MODELS, threads=1)
    read = [passage(CASEM, HEADER)]

    def least(reader: SentenceReader) -> float:
        """Processor seconds, the least of several: what others do meanwhile does not count."""
        taken = []
        for _ in range(5):
            began = time.process_time()
            reader.read("Qui a dirigé les travaux ?", read)
            taken.append(time.process_time() - began)
        return min(taken)

    assert least(eight) < least(exact)


def test_tokens_belong_to_the_sentence_that_holds_them(reader: SentenceReader) -> None:
    read = passage(CASEM, HEADER)
    [row] = rows(reader.engine.tokenizer, "Qui ?", [read])
    assert len(row.ids) == len(row.owners) == len(row.starts) == len(row.ends) <= MAX_TOKENS
    assert set(row.owners) == {-1, *range(len(read.sentences))}
    owned = [
        (owner, start, end) for owner, start, end in zip(row.owners, row.starts, row.ends, strict=True) if owner >= 0
    ]
    assert [owner for owner, _, _ in owned] == sorted(owner for owner, _, _ in owned)
    for owner, start, end in owned:
        span = read.sentences[owner]
        assert span.start < end <= span.end
        assert read.text[start:end].strip() in read.text[span.start : span.end]


def test_header_is_never_a_sentence(reader: SentenceReader) -> None:
    with_header, without = (rows(reader.engine.tokenizer, "Qui ?", [passage(CASEM, head)])[0] for head in (HEADER, ""))
    assert len(with_header.ids) > len(without.ids)
    assert [o for o in with_header.owners if o >= 0] == [o for o in without.owners if o >= 0]


def test_runs_without_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from rag.reader import open_reader, ReadPassage\n"
        "from corpus.records import Span\n"
        f"reader = open_reader(Path({str(MODELS)!r}))\n"
        "reader.read('Qui ?', [ReadPassage('', 'Awa préside.', (Span(0, 12),))])\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


def test_open_reader_gives_the_shipped_one(reader: SentenceReader) -> None:
    opened = open_reader(MODELS)
    assert opened is not None
    assert opened.digest == reader.digest


def test_other_weights_are_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    damaged = tmp_path / "reader.safetensors"
    damaged.write_bytes(b"nothing")
    with pytest.raises(ModelError):
        SentenceReader.open(MODELS, weights=damaged)
    save_file({"head.bias": np.zeros(2, np.float32)}, damaged, metadata={"encoder": "another", "digest": "0"})
    with pytest.raises(ModelError, match="another"):
        SentenceReader.open(MODELS, weights=damaged)
    with pytest.raises(ModelError):
        SentenceReader.open(MODELS, weights=tmp_path / "absent.safetensors")
