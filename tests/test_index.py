"""rag/index.py: what is embedded again and what is not, and what serves when something goes wrong."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import CORPUS, FORMER, MONTHLY, NOW, SEED, WordEncoder, child, document, fill, index

from corpus.errors import DataBusy, DataDamaged, DataFormatError, DataMissing, DataReadOnly, DiskFull, ModelError
from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from rag import Assistant, build_index
from rag.generation import Generation
from rag.passages import passages
from rag.sealed import FORMAT
from rag.vectors import engine

LATER = "2025-07-01T08:00:00Z"
LONG = document(
    "long", "\n\n".join(f"{name} : " + f"le budget {name} reste stable. " * 35 for name in ("Eau", "Mine", "Art"))
)
"""Three paragraphs too long to share a passage."""


def put(data: Path, *documents: Document) -> None:
    with Store.open(data, write=True) as store:
        for each in documents:
            store.put(each, LATER)


def opened(data: Path, encoder: WordEncoder | None = None) -> Assistant:
    return Assistant.open(data, Settings(), encoder=encoder or WordEncoder())


def current(data: Path) -> Path:
    folder = data / "index"
    return folder / (folder / "CURRENT").read_text().strip()


def segment(data: Path, number: int = 1) -> Path:
    return data / "index" / f"s{number:06d}"


def file(data: Path, name: str) -> Path:
    """A file of an index of one segment, by name."""
    if name == "CURRENT":
        return data / "index" / name
    return (current(data) if name in GENERATION else segment(data)) / name


def all_found(data: Path) -> list[object]:
    """What every search of a few gives, with its scores."""
    questions = ("taux d'exécution physique", "forages réhabilités", "budget Eau", "piscine", "RESINA 2024")
    with opened(data) as assistant:
        return [
            dataclasses.replace(item, url="") for question in questions for item in assistant.search(question, k=50)
        ]


# Building


def test_a_first_build_embeds_every_passage_once(data: Path, words: WordEncoder) -> None:
    events = list(build_index(data, Settings(), encoder=words))
    report = events[-1].report
    assert report is not None
    expected = [passage.indexed for each in CORPUS for passage in passages(each)]
    assert sorted(words.seen) == sorted(expected)
    assert (report.documents, report.passages) == (len(CORPUS), len(expected))
    assert (report.embedded, report.reused) == (len(expected), 0)
    assert report.generation == current(data).name


def test_events_tell_the_progress_in_order(data: Path, words: WordEncoder) -> None:
    events = list(build_index(data, Settings(), encoder=words))
    stages = [event.stage for event in events]
    assert stages == sorted(stages, key=("cut", "encode", "write", "done").index)
    assert set(stages) == {"cut", "encode", "write", "done"}
    assert all(0 <= event.done <= event.total for event in events)
    assert [event.report is not None for event in events] == [False] * (len(events) - 1) + [True]


def test_nothing_is_done_again_for_an_unchanged_corpus(data: Path, words: WordEncoder) -> None:
    first = index(data, words)
    words.seen.clear()
    second = index(data, words)
    assert words.seen == []
    assert (second.generation, second.embedded, second.reused) == (first.generation, 0, first.passages)


def test_a_new_document_embeds_its_own_passages_only(data: Path, words: WordEncoder) -> None:
    before = index(data, words)
    words.seen.clear()
    put(data, LONG)
    report = index(data, words)
    assert sorted(words.seen) == sorted(passage.indexed for passage in passages(LONG))
    assert (report.embedded, report.reused) == (len(passages(LONG)), before.passages)


def test_an_edit_embeds_again_only_the_passages_that_changed(data: Path, words: WordEncoder) -> None:
    put(data, LONG)
    index(data, words)
    words.seen.clear()
    changed = dataclasses.replace(LONG, text=LONG.text + " Cette fin est neuve.")
    put(data, changed)
    report = index(data, words)
    assert len(passages(LONG)) == len(passages(changed)) == 3
    assert words.seen == [passages(changed)[-1].indexed]
    assert report.embedded == 1


def test_a_new_title_embeds_again_the_whole_document(data: Path, words: WordEncoder) -> None:
    put(data, LONG)
    index(data, words)
    words.seen.clear()
    put(data, dataclasses.replace(LONG, title="Autre titre"))
    assert index(data, words).embedded == len(passages(LONG)) == len(words.seen)


def test_an_index_brought_up_to_date_is_the_one_built_anew(data: Path, tmp_path: Path) -> None:
    encoder = WordEncoder()
    index(data, encoder)
    put(data, LONG, dataclasses.replace(SEED, text=SEED.text + "\n\nLe RESINA compte 3025 bâtiments."))
    with Store.open(data, write=True) as store:
        store.withdraw(MONTHLY.id, LATER)
    index(data, encoder)
    shutil.copytree(data, tmp_path / "anew", ignore=shutil.ignore_patterns("index"))
    index(tmp_path / "anew", WordEncoder())
    assert all_found(data) == all_found(tmp_path / "anew")


def test_repeated_paragraphs_are_each_a_passage(tmp_path: Path, words: WordEncoder) -> None:
    paragraph = "Le même paragraphe revient. " * 40
    data = fill(tmp_path / "data", [document(text=f"{paragraph.strip()}\n\n{paragraph.strip()}")])
    report = index(data, words)
    assert report.passages == 2
    with opened(data) as assistant:
        assert len({item.start for item in assistant.search("même paragraphe")}) == 2


def test_another_encoder_embeds_everything_again(data: Path) -> None:
    index(data, WordEncoder("one"))
    other = WordEncoder("two")
    put(data, LONG)
    report = index(data, other)
    assert report.reused == 0
    assert len(other.seen) == report.passages


def test_vectors_of_two_models_are_never_compared(data: Path) -> None:
    index(data, WordEncoder("one"))
    with opened(data, WordEncoder("two")) as assistant, pytest.raises(ModelError):
        assistant.search("taux")


def test_a_text_edited_and_edited_back_leaves_nothing_late(data: Path, words: WordEncoder) -> None:
    index(data, words)
    put(data, dataclasses.replace(SEED, text="Autre."), SEED)
    with opened(data) as assistant:
        assert assistant.late() == 1
        words.seen.clear()
        index(data, words)
        assert words.seen == []
        assert assistant.refresh()
        assert assistant.late() == 0


def test_documents_of_blank_text_make_an_index_that_finds_nothing(tmp_path: Path, words: WordEncoder) -> None:
    data = fill(tmp_path / "data", [document(text=" \n\n ")])
    assert index(data, words).passages == 0
    with opened(data) as assistant:
        assert assistant.search("taux") == ()
        assert assistant.ask("Quel taux ?").status == "abstained"


def test_an_empty_corpus_cannot_be_indexed(tmp_path: Path, words: WordEncoder) -> None:
    fill(tmp_path / "data", [])
    with pytest.raises(DataMissing) as caught:
        index(tmp_path / "data", words)
    assert caught.value.details["what"] == "documents"
    with pytest.raises(DataMissing) as caught:
        opened(tmp_path / "data")
    assert caught.value.details["what"] == "index"
    with pytest.raises(DataMissing) as caught:
        index(tmp_path / "absent", words)
    assert caught.value.details["what"] == "folder"


# Withdrawing, refreshing, generations


def test_a_withdrawn_document_stops_answering_at_once_and_after_the_next_build(data: Path, words: WordEncoder) -> None:
    index(data, words)
    with opened(data) as assistant:
        assert assistant.search("forages réhabilités", k=1)[0].doc == MONTHLY.id
        with Store.open(data, write=True) as store:
            store.withdraw(MONTHLY.id, LATER)
        assert MONTHLY.id not in {item.doc for item in assistant.search("forages réhabilités", k=50)}
        answer = assistant.ask("Combien de forages ont été réhabilités dans la région du Sahel ?")
        assert MONTHLY.id not in {item.doc for item in answer.evidence}
        index(data, words)
        assert assistant.refresh()
        assert MONTHLY.id not in {item.doc for item in assistant.search("forages réhabilités", k=50)}
        assert assistant.state().documents == len(CORPUS) - 1
        assert assistant.late() == 0


@pytest.mark.parametrize("again", [True, False])
def test_a_withdrawn_document_still_answers_as_of_a_day_when_it_stood(
    data: Path, words: WordEncoder, again: bool
) -> None:
    def held(assistant: Assistant, as_of: str) -> bool:
        found = assistant.search("forages réhabilités", k=50, as_of=as_of)
        return MONTHLY.id in {item.doc for item in found}

    if again:
        index(data, words)
    with Store.open(data, write=True) as store:
        store.withdraw(MONTHLY.id, "2025-08-01T06:00:00Z")
    index(data, words)
    with opened(data) as assistant:
        assert held(assistant, "2025-07-31")
        assert not held(assistant, "2025-08-01")
        assert assistant.document(MONTHLY.id).text == MONTHLY.text


def test_when_the_last_document_is_withdrawn_nothing_answers(tmp_path: Path, words: WordEncoder) -> None:
    data = fill(tmp_path / "data", [SEED])
    index(data, words)
    with opened(data) as assistant, Store.open(data, write=True) as store:
        store.withdraw(SEED.id, LATER)
        assert assistant.search("taux d'exécution") == ()
        assert assistant.ask("Quel est le taux d'exécution physique ?").status == "abstained"


def test_a_restored_document_answers_again_without_embedding(data: Path, words: WordEncoder) -> None:
    index(data, words)
    with Store.open(data, write=True) as store:
        store.withdraw(MONTHLY.id, LATER)
        store.put(MONTHLY, LATER)
    words.seen.clear()
    index(data, words)
    assert words.seen == []
    with opened(data) as assistant:
        assert assistant.search("forages réhabilités", k=1)[0].doc == MONTHLY.id


def test_an_open_assistant_answers_from_its_generation_until_it_refreshes(data: Path, words: WordEncoder) -> None:
    index(data, words)
    with opened(data) as assistant:
        before = assistant.state()
        assert not assistant.refresh()
        put(data, dataclasses.replace(SEED, text="Le RESINA compte désormais 9999 bâtiments."))
        index(data, words)
        old = assistant.search("RESINA bâtiments", k=1)[0]
        assert assistant.state() == before
        assert old.text == SEED.text[old.start : old.end]
        assert assistant.refresh()
        assert not assistant.refresh()
        new = assistant.search("RESINA bâtiments", k=1)[0]
        assert new.text == "Le RESINA compte désormais 9999 bâtiments."
        assert assistant.document(SEED.id).text == new.text
        assert assistant.state().generation != before.generation


def test_two_generations_are_kept_and_an_older_one_still_serves_who_has_it_open(data: Path, words: WordEncoder) -> None:
    index(data, words)
    with opened(data) as assistant:
        before = assistant.search("taux d'exécution")
        for number in range(4):
            put(data, document(f"neuf-{number}", f"Texte {number}."))
            index(data, words)
        kept = sorted(path.name for path in (data / "index").glob("g*") if path.is_dir())
        assert kept == ["g000004", "g000005"]
        assert current(data).name == "g000005"
        assert assistant.search("taux d'exécution") == before


# What goes wrong


BUILDER = """
import sys
from pathlib import Path
from builders import WordEncoder
from corpus.settings import Settings
from rag import build_index
for event in build_index(Path(sys.argv[1]), Settings(), encoder=WordEncoder()):
    print(event.stage, flush=True)
    if event.stage == "write":
        sys.stdin.read()
"""


def test_killed_before_the_rename_the_former_generation_serves(data: Path, words: WordEncoder) -> None:
    index(data, words)
    former, before = current(data).name, all_found(data)
    put(data, LONG)
    with child(BUILDER, data) as builder:
        assert builder.stdout is not None
        assert "write\n" in iter(builder.stdout.readline, "")
        with pytest.raises(DataBusy):
            index(data, words)
        builder.kill()
        builder.wait()
    assert current(data).name == former
    assert all_found(data) == before
    words.seen.clear()
    report = index(data, words)
    assert (report.embedded, words.seen) == (0, [])  # what the killed build had embedded was kept
    assert report.passages == sum(len(passages(each)) for each in (*CORPUS, LONG))


def begun(tmp_path: Path) -> Path:
    """A corpus of 150 passages whose build was killed after the first batches."""
    data = fill(tmp_path / "data", [document(f"n{n}", f"Le puits {n} donne {n} litres.") for n in range(150)])
    with child(BUILDER.replace('"write"', '"encode"'), data) as builder:
        assert builder.stdout is not None
        assert "encode\n" in iter(builder.stdout.readline, "")
        builder.kill()
        builder.wait()
    assert not (data / "index" / "CURRENT").exists()
    return data


def test_a_killed_build_keeps_the_batches_it_finished(tmp_path: Path, words: WordEncoder) -> None:
    data = begun(tmp_path)
    report = index(data, words)
    assert 0 < report.embedded == len(words.seen) < report.passages == 150
    fresh = fill(tmp_path / "fresh", [document(f"n{n}", f"Le puits {n} donne {n} litres.") for n in range(150)])
    index(fresh, WordEncoder())
    for name in ("vectors.bin", "passages.npy", "tokens.npy", "tokens.ends.npy"):
        assert (segment(data) / name).read_bytes() == (segment(fresh) / name).read_bytes()
    assert {path.name for path in (data / "index").iterdir()} == {"CURRENT", "g000001", "s000001"}


def test_what_another_encoder_left_and_what_is_damaged_is_embedded_again(tmp_path: Path, words: WordEncoder) -> None:
    data = begun(tmp_path)
    assert index(data, WordEncoder("words-2")).embedded == 150
    shutil.rmtree(data / "index")
    data = begun(tmp_path / "again")
    for path in (data / "index").glob(".encoding-*/*.npz"):
        path.write_bytes(path.read_bytes()[:-30])
    assert index(data, words).embedded == 150


CHURN = """
import sys
from pathlib import Path
from builders import NOW, WordEncoder, document, fill, index
number = 0
while True:
    fill(Path(sys.argv[1]), [document("mobile", f"Le compteur du barrage marque {number}.")])
    print(index(Path(sys.argv[1]), WordEncoder()).generation, flush=True)
    number += 1
"""


def test_killed_at_any_instant_a_whole_generation_serves(data: Path, words: WordEncoder) -> None:
    for builds in (1, 2, 5):
        with child(CHURN, data) as churning:
            assert churning.stdout is not None
            said = [churning.stdout.readline().strip() for _ in range(builds)]
            churning.kill()
            churning.wait()
        with opened(data) as assistant:
            assert assistant.state().generation >= said[-1]
            assert "compteur" in assistant.search("compteur du barrage", k=1)[0].text
    index(data, words)
    assert [path.name for path in (data / "index").iterdir() if path.name[:2] in (".g", ".s")] == []


def test_a_build_that_is_given_up_changes_nothing_and_frees_the_lock(data: Path, words: WordEncoder) -> None:
    events = build_index(data, Settings(), encoder=words)
    next(events)
    assert isinstance(events, Iterator)
    events.close()  # type: ignore[attr-defined]
    assert not (data / "index" / "CURRENT").exists()
    assert index(data, words).embedded > 0


GENERATION = ("manifest.json", "removed.npy", "places.npy", "copies.npy")
SEGMENT = (
    "segment.json", "documents.jsonl", "documents.ends.npy", "documents.npy", "names.json", "passages.npy",
    "vectors.bin", "tokens.npy", "tokens.ends.npy", "minhash.npy", "bands.npy", "bands.documents.npy", "terms.text.npy",
    "terms.ends.npy", "terms.letters.npy", "terms.lengths.npy", "lexical.starts.npy", "lexical.rows.npy",
    "lexical.counts.npy", "lexical.lengths.npy",
)  # fmt: skip
FILES = ("CURRENT", *GENERATION, *SEGMENT)


def test_the_list_of_files_is_whole(data: Path, words: WordEncoder) -> None:
    index(data, words)
    assert {path.name for path in current(data).iterdir()} == set(GENERATION)
    assert {path.name for path in segment(data).iterdir()} == set(SEGMENT)
    assert {path.name for path in (data / "index").iterdir()} == {"CURRENT", "g000001", "s000001"}


@pytest.mark.parametrize("mask", [0x01, 0xFF])
@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_in_any_file_is_damage_and_a_build_mends_it(
    data: Path, words: WordEncoder, name: str, mask: int
) -> None:
    index(data, words)
    before = all_found(data)
    path = file(data, name)
    whole = path.read_bytes()
    for place in {0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 2, len(whole) - 1}:
        damaged = bytearray(whole)
        damaged[place] ^= mask
        path.write_bytes(damaged)
        with pytest.raises(DataDamaged) as caught:
            opened(data)
        assert name in str(caught.value.details["path"]) or name == "CURRENT"
    assert index(data, words).embedded > 0
    assert all_found(data) == before


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_file_is_damage(data: Path, words: WordEncoder, name: str) -> None:
    index(data, words)
    path = file(data, name)
    whole = path.read_bytes()
    for content in (b"", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(DataDamaged):
            opened(data)
    path.unlink()
    with pytest.raises(DataMissing if name == "CURRENT" else DataDamaged):
        opened(data)


@pytest.mark.parametrize("name", ["manifest.json", "segment.json"])
def test_the_whole_of_the_manifest_counts(data: Path, words: WordEncoder, name: str) -> None:
    index(data, words)
    path = file(data, name)
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        path.write_bytes(damaged)
        # The format's own digit, flipped, is another format.
        with pytest.raises((DataDamaged, DataFormatError)):
            Generation.open(data / "index", engine("faiss"))


def test_current_cannot_point_outside_the_index(data: Path, words: WordEncoder) -> None:
    index(data, words)
    for name in ("../index/g000001\n", "g000009\n", "\n", "g000001/../g000001\n"):
        (data / "index" / "CURRENT").write_text(name)
        with pytest.raises(DataDamaged):
            opened(data)


@pytest.mark.parametrize("name", ["manifest.json", "segment.json"])
def test_an_index_of_another_format_is_refused_and_a_build_replaces_it(
    data: Path, words: WordEncoder, name: str
) -> None:
    index(data, words)
    path = file(data, name)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(DataFormatError) as caught:
        opened(data)
    assert (caught.value.details["found"], caught.value.details["expected"]) == (99, FORMAT)
    index(data, words)
    with opened(data) as assistant:
        assert assistant.state().documents == len(CORPUS)


@pytest.mark.parametrize("leave", [0, 8192, 40_000, 100_000, 160_000])
def test_on_a_full_disk_the_former_generation_serves(
    mount: Callable[..., Path], stuff: Callable[..., Path], words: WordEncoder, leave: int
) -> None:
    """Wherever the room ends: at the documents, the arrays, the vectors, the words or the pointer."""
    folder = mount(size="8m")
    data = fill(folder / "data")
    index(data, words)
    before = all_found(data)
    many = [
        document(f"{number:03}", f"Le projet {number} de la commune {number} est lancé. " * 5) for number in range(300)
    ]
    put(data, *many)
    with Store.open(data):  # keeps SQLite's shared memory: this is about the index's files
        ballast = stuff(folder, leave=leave)
        with pytest.raises(DiskFull) as caught:
            index(data, words)
        assert str(folder) in str(caught.value.details["path"])
        assert all_found(data) == before
        assert {path.name for path in (data / "index").iterdir()} >= {"CURRENT", "g000001"}
    ballast.unlink()
    assert index(data, words).documents == len(CORPUS) + len(many)


def test_a_read_only_folder_answers_and_cannot_be_indexed(
    mount: Callable[..., Path], read_only: Callable[[Path], None], words: WordEncoder
) -> None:
    folder = mount()
    index(fill(folder / "data"), words)
    before = all_found(folder / "data")
    read_only(folder)
    assert all_found(folder / "data") == before
    with pytest.raises(DataReadOnly):
        index(folder / "data", words)


def test_what_is_written_can_be_read_by_a_person(data: Path, words: WordEncoder) -> None:
    index(data, words)
    manifest = json.loads((current(data) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["encoder"] == {"name": "words", "digest": "words-1", "dimension": 64, "projection": ""}
    assert manifest["documents"] == len(CORPUS)
    lines = (segment(data) / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    assert FORMER.title in {each["title"] for each in documents}
    assert NOW not in json.dumps(documents)
