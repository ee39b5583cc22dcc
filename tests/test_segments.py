"""Segments and generations: whatever way an index came to hold some documents, it answers as if built at once."""

import dataclasses
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from builders import NOW, SEED, WordEncoder, child, document, fill, index
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import rag.index
from corpus.demo.texts import load_all
from corpus.errors import DataDamaged
from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from rag import Assistant, merging, sealed
from rag.generation import Generation
from rag.merging import plan
from rag.vectors import FLAT_MOST, GrowingIndex, VectorIndex

TEXTS = load_all()[::6]
REAL = [
    document(
        text.id, text.plain, title=text.title, publisher=text.publisher, ministry=text.ministry, kind=text.kind,
        published=text.published,
    )
    for text in TEXTS
]  # fmt: skip
COPIED = [
    document(
        f"repris-{number}", f"{each.text}\n\nLa Rédaction.", title=each.title, publisher="organe.net",
        ministry=each.ministry, published=each.published,
    )
    for number, each in enumerate(REAL[::3])
]  # fmt: skip
DOCUMENTS = [*REAL, *COPIED]
QUESTIONS = ("taux d’exécution physique", "La Rédaction", "Quel budget pour l’année 2025 ?", "ministre", "conseil")


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """Limits so low that thirty publications fill several segments and are merged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rag.index, "SEGMENT_MOST", 20)
        patch.setattr(merging, "SMALLEST", 8)
        patch.setattr(merging, "MANY", 3)
        yield


def opened(data: Path) -> Assistant:
    return Assistant.open(data, Settings(), encoder=WordEncoder())


def generation(data: Path) -> Generation:
    return Generation.open(data / "index", GrowingIndex)


def names(data: Path, letter: str) -> list[str]:
    return sorted(path.name for path in (data / "index").glob(f"{letter}*"))


def put(data: Path, *documents: Document) -> None:
    fill(data, documents)


def told(data: Path) -> list[object]:
    """All that a reader can learn of an index, but for the generation's name."""
    with opened(data) as assistant:
        found = [
            assistant.search(question, k=100, **narrowed)
            for question in QUESTIONS
            for narrowed in ({}, {"since": "2025-01-01"}, {"publisher": "organe"}, {"as_of": "2024-12-31"})
        ]
        state = dataclasses.replace(assistant.state(), generation="")
        lexical = assistant._generation.lexical
        return [
            found, state, assistant.late(), assistant.check(), assistant.passage_texts(1000),
            [lexical.idf(term) for term in ("taux", "ministr", "redact", "inconnu")],
        ]  # fmt: skip


def groups(data: Path) -> set[tuple[tuple[str, int], ...]]:
    """The groups of passages that say the same, each as (document, start) with the head first."""
    held = generation(data)
    found = set()
    for row in held.ordered.tolist():
        places = [(held.documents[int(held.rows[each]["document"])].id, int(held.rows[each]["start"])) for each in
                  held.copies.group(row)]  # fmt: skip
        found.add((places[0], *sorted(places[1:])))
    return found


def anew(data: Path, folder: Path) -> Path:
    """The same corpus with an index built at once."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(data, folder, ignore=shutil.ignore_patterns("index"))
    index(folder, WordEncoder())
    return folder


CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "edit", "withdraw", "lose", "index"]), st.integers(0, len(DOCUMENTS) - 1)),
    min_size=10,
    max_size=40,
)


@settings(max_examples=10, phases=[Phase.generate])  # shrinking would take minutes
@given(CHANGES)
def test_the_way_to_an_index_does_not_show(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int]]
) -> None:
    data = fill(tmp_path_factory.mktemp("way") / "data", DOCUMENTS[:3])
    for number, (change, at) in enumerate(changes):
        each = DOCUMENTS[at]
        if change == "put":
            put(data, *DOCUMENTS[at : at + 5])
        elif change == "edit":
            put(data, dataclasses.replace(each, text=f"{each.text}\n\nMis à jour : {number} bâtiments."))
        elif change == "index":
            index(data, WordEncoder())
        elif change == "withdraw":
            with Store.open(data, write=True) as store:
                store.withdraw(each.id, NOW)
        elif change == "lose" and at > 2:  # as when an older corpus is put back
            lose(data, each)
    index(data, WordEncoder())
    fresh = anew(data, data.parent / "anew")
    assert told(data) == told(fresh)
    assert groups(data) == groups(fresh)


def lose(data: Path, lost: Document) -> None:
    with sqlite3.connect(data / "corpus.sqlite") as database:
        for table, key in (("document", "id"), ("version", "doc")):
            database.execute(f"DELETE FROM {table} WHERE {key} = ?", [lost.id])
    database.close()


def test_many_updates_make_few_segments_and_the_same_answers(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL[:4])
    index(data, WordEncoder())
    written = 0
    for each in DOCUMENTS[4:]:
        put(data, each)
        index(data, WordEncoder())
        written = max(written, len(generation(data).stack.segments))
    assert written < 10 < len(DOCUMENTS)
    assert told(data) == told(anew(data, tmp_path / "anew"))
    assert len(groups(data)) < generation(data).size, "some are copies"


# What an update writes


def test_an_update_writes_one_segment_and_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL[:4])
    index(data, WordEncoder())
    before = {path: path.stat().st_mtime_ns for path in (data / "index").glob("s*/*")}
    put(data, dataclasses.replace(REAL[1], text="Tout autre chose."))
    index(data, WordEncoder())
    assert names(data, "s") == ["s000001", "s000002"]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    held = generation(data)
    assert [len(part.documents) for part in held.stack.segments] == [4, 1]
    assert (len(held.documents), int(held.live.sum()), held.manifest["documents"]) == (5, 4, 4)
    assert held.manifest["passages"] == held.size == len(held.rows) - len(held.stack.rows_of(1))


def test_a_withdrawal_writes_no_segment(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL[:4])
    index(data, WordEncoder())
    with Store.open(data, write=True) as store:
        store.withdraw(REAL[0].id, NOW)
    assert index(data, WordEncoder()).generation == "g000002"
    assert names(data, "s") == ["s000001"]


def test_what_is_lost_is_neither_found_nor_counted_and_its_place_is_freed(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL[:9])
    index(data, WordEncoder())
    for lost in REAL[1:3]:
        lose(data, lost)
    with opened(data) as assistant:
        assert assistant.late() == 2
    report = index(data, WordEncoder())
    assert (report.embedded, report.documents) == (0, 7)
    with opened(data) as assistant:
        assert assistant.state().documents == 7
        assert assistant.late() == 0
        found = {item.doc for question in QUESTIONS for item in assistant.search(question, k=100)}
        assert found == {each.id for each in REAL[:9]} - {lost.id for lost in REAL[1:3]}
        assert not any(assistant.document(doc).text == REAL[1].text for doc in found)
        with pytest.raises(KeyError):
            assistant.document(REAL[1].id)
    for lost in REAL[3:8]:
        lose(data, lost)
    index(data, WordEncoder())
    held = generation(data)
    assert sum(len(part.rows) for part in held.stack.segments) == held.size, "hollow segments are written anew"
    assert told(data) == told(anew(data, tmp_path / "anew"))


def test_the_plan_of_merges() -> None:
    def planned(*sizes: int, removed: dict[int, int] | None = None) -> list[list[int]]:
        standing = [size - (removed or {}).get(number, 0) for number, size in enumerate(sizes)]
        return plan(sizes, standing)

    assert (merging.SMALLEST, merging.MANY) == (8, 3)
    assert planned() == planned(5) == planned(5, 8) == planned(5, 8, 9, 24) == []
    assert planned(5, 20, 8, 1000, 3) == [[0, 2, 4]]
    assert planned(5, 9, 8, 24, 3, 10) == [[0, 2, 4], [1, 3, 5]]
    assert planned(1000, removed={0: 300}) == []
    assert planned(1000, removed={0: 301}) == [[0]]
    assert planned(5, 8, 3, removed={0: 4}) == [[0, 1, 2]], "once is enough"
    most = FLAT_MOST
    assert planned(most, 2_000_000, 9_000, most) == [[0, 2, 3]], "too many to compare with all"
    assert planned(most, 2_000_000) == planned(most - 1, 2_000_000, 1) == []
    assert planned(most, 2_000_000, most) == [[0, 2]]


def test_segments_with_lists_are_merged_and_lose_what_is_removed(tmp_path: Path) -> None:
    class Small(GrowingIndex):
        flat_most = 60

    data = fill(tmp_path / "data", [document(f"n{n}", f"Le puits {n} donne {n} litres.") for n in range(70)])

    def update(*documents: Document) -> Generation:
        with Store.open(data, write=True) as store:
            for each in documents:
                store.put(each, NOW)
            for _ in rag.index.build(store, data / "index", WordEncoder(), Small):
                pass
        return Generation.open(data / "index", Small)

    update()
    for at in range(2):
        held = update(*(document(f"n{n}", f"Le puits {n} est à sec.") for n in range(at * 10, at * 10 + 10)))
    kinds = [part.facts["vectors"]["kind"] for part in held.stack.segments]
    assert held.manifest["vectors"]["kinds"] == {kind: kinds.count(kind) for kind in set(kinds)}
    assert "ivf" in kinds and held.manifest["vectors"]["recall_at_10"] >= 0.98
    rows = held.ordered
    for number, row in enumerate(rows.tolist()):
        own = held.documents[int(held.rows[row]["document"])]
        stored = held.stack.vectors_of(np.array([row]), WordEncoder.dimension)[0]
        found, _ = held.vectors.search(stored, 3)
        assert set(found.tolist()) <= set(rows.tolist()), "what is removed is not found"
        assert len(found) == 3
        if number % 10 == 0:
            dry = 0 <= int(own.id.partition("/n")[2]) < 20
            text = f"Le puits {own.id.partition('/n')[2]} {'est à sec' if dry else 'donne'}"
            with Store.open(data) as store:
                assert store.get(own.id, own.version).text.startswith(text)


# What goes wrong


BUILDER = """
import sys
from pathlib import Path
import rag.index
from builders import WordEncoder
from corpus.settings import Settings
from rag import build_index
rag.index.SEGMENT_MOST = 20
written = 0
for event in build_index(Path(sys.argv[1]), Settings(), encoder=WordEncoder()):
    written += event.stage == "write"
    print(event.stage, written, flush=True)
    if written == int(sys.argv[2]):
        sys.stdin.read()
"""


@pytest.mark.parametrize("writes", [2, 3])
def test_a_killed_build_goes_on_from_the_segments_it_had_written(tmp_path: Path, writes: int) -> None:
    data = fill(tmp_path / "data", REAL)
    with child(BUILDER, data, writes) as builder:
        assert builder.stdout is not None
        assert f"write {writes}\n" in iter(builder.stdout.readline, "")
        builder.kill()
        builder.wait()
    kept = names(data, "s")
    assert kept == [f"s{number:06d}" for number in range(1, writes)]
    assert not (data / "index" / "CURRENT").exists()
    segments = {path: path.stat().st_mtime_ns for path in (data / "index").glob("s*/segment.json")}
    words = WordEncoder()
    report = index(data, words)
    assert report.embedded == len(words.seen) < report.passages
    assert told(data) == told(anew(data, tmp_path / "anew"))
    assert [path for path in (data / "index").iterdir() if path.name.startswith(".")] == []
    assert all(path.stat().st_mtime_ns == time for path, time in segments.items() if path.exists())


def test_a_segment_of_a_killed_build_that_is_damaged_is_made_again(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL)
    with child(BUILDER, data, 2) as builder:
        assert builder.stdout is not None
        assert "write 2\n" in iter(builder.stdout.readline, "")
        builder.kill()
        builder.wait()
    (data / "index" / "s000001" / "passages.npy").write_bytes(b"")
    index(data, WordEncoder())
    assert told(data) == told(anew(data, tmp_path / "anew"))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of which opening looks at the ends only."""
    monkeypatch.setattr(sealed, "SMALL", 300)
    monkeypatch.setattr(sealed, "EDGE", 64)


LARGE = ("documents.jsonl", "vectors.bin", "minhash.npy", "bands.npy", "bands.documents.npy", "passages.npy")


def spoiled(data: Path, name: str) -> Path:
    path = data / "index" / "s000001" / name
    whole = bytearray(path.read_bytes())
    assert len(whole) > sealed.SMALL
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    return path


@pytest.mark.parametrize("name", LARGE)
def test_damage_inside_a_large_file_is_found_by_a_check_and_mended_by_a_build(
    large: None, tmp_path: Path, name: str
) -> None:
    data = fill(tmp_path / "data", REAL[:6])
    index(data, WordEncoder())
    before = told(data)
    path = spoiled(data, name)
    with opened(data) as assistant:
        with pytest.raises(DataDamaged) as caught:
            assistant.check()
        assert caught.value.details["path"] == str(path)
    assert index(data, WordEncoder()).embedded > 0
    assert told(data) == before
    assert names(data, "DAMAGED") == []


def test_the_ends_and_the_size_of_a_large_file_are_looked_at_when_it_is_opened(large: None, tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL[:6])
    index(data, WordEncoder())
    for name in LARGE:
        path = data / "index" / "s000001" / name
        whole = path.read_bytes()
        for bad in (whole[:-1], b"x" + whole[1:], whole[:-1] + bytes([whole[-1] ^ 1]), whole + b"x", whole[:70]):
            path.write_bytes(bad)
            with pytest.raises(DataDamaged):
                opened(data)
        path.write_bytes(whole)
    opened(data).close()


def test_damage_is_never_merged_into_a_sound_segment(large: None, tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL[:1])
    for each in REAL[1:4]:
        index(data, WordEncoder())
        put(data, each)
    spoiled(data, "minhash.npy")
    index(data, WordEncoder())
    assert told(data) == told(anew(data, tmp_path / "anew"))


def test_a_manifest_names_its_segments_by_their_seals(tmp_path: Path) -> None:
    data, other = fill(tmp_path / "data", REAL[:4]), fill(tmp_path / "other", REAL[4:8])
    index(data, WordEncoder())
    index(other, WordEncoder())
    shutil.rmtree(data / "index" / "s000001")
    shutil.copytree(other / "index" / "s000001", data / "index" / "s000001")
    with pytest.raises(DataDamaged):
        opened(data)
    index(data, WordEncoder())
    assert told(data) == told(anew(data, tmp_path / "anew"))


# Sweeping


def test_segments_that_no_kept_generation_names_go_and_who_reads_them_goes_on(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", REAL[:1])
    index(data, WordEncoder())
    with opened(data) as assistant:
        before = [assistant.search(question, k=100) for question in QUESTIONS]
        for each in REAL[1:8]:
            put(data, each)
            index(data, WordEncoder())
        assert "s000001" not in names(data, "s")
        assert [assistant.search(question, k=100) for question in QUESTIONS] == before
        assert assistant.refresh()
        assert assistant.state().documents == 8
    manifests = [json.loads((data / "index" / name / "manifest.json").read_text("utf-8")) for name in names(data, "g")]
    assert len(manifests) == 2
    assert names(data, "s") == sorted({told["name"] for each in manifests for told in each["segments"]})


def test_a_generation_swept_away_while_it_is_opened_is_no_damage(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", [SEED])
    index(data, WordEncoder())

    class Overtaken(GrowingIndex):
        """Others update the index three times between two files that this reader opens."""

        left = iter([REAL[:1], REAL[1:2], REAL[2:3]])

        @classmethod
        def open(cls, path: Path) -> VectorIndex:  # type: ignore[override]
            for documents in cls.left:
                put(data, *documents)
                index(data, WordEncoder())
            return GrowingIndex.open(path)

    held = Generation.open(data / "index", Overtaken)
    assert (held.name, int(held.live.sum())) == ("g000004", 4)


# Parts


@pytest.mark.parametrize("k", [1, 7, 60])
@pytest.mark.parametrize("filtered", [False, True])
def test_vectors_across_segments_are_those_of_brute_force_ties_by_place(tmp_path: Path, k: int, filtered: bool) -> None:
    """Many passages have the same vector, in several segments, and some are removed."""
    same = [document(f"pareil-{number}", "Le barrage est plein.", title="Bulletin") for number in range(30)]
    data = fill(tmp_path / "data", [*same[::2], *REAL[:5]])
    index(data, WordEncoder())
    put(data, *same[1::2], dataclasses.replace(same[4], text="Le barrage est vide."))
    index(data, WordEncoder())
    held = generation(data)
    assert len(held.stack.segments) > 1 and len(held.rows) > held.size
    chance = np.random.default_rng(0)
    allowed = chance.random(len(held.rows)) < 0.6 if filtered else np.ones(len(held.rows), bool)
    rows = held.ordered[allowed[held.ordered]]
    stored = held.stack.vectors_of(rows, WordEncoder.dimension).astype(np.float64)
    for question in ("barrage plein", "ministre"):
        vector = WordEncoder().question(question)
        cosines = (stored @ vector).astype(np.float32)
        best = np.argsort(-cosines, kind="stable")[:k]  # rows are in the order of their places
        found, near = held.vectors.search(vector, k, allowed if filtered else None)
        assert found.tolist() == rows[best].tolist()
        assert near == pytest.approx(cosines[best], abs=1e-6)


def test_copies_are_sought_among_what_is_tied_to_what_changed(tmp_path: Path) -> None:
    """Of a corpus of many groups an update reads the one that it touches."""
    data = fill(tmp_path / "data", DOCUMENTS)
    index(data, WordEncoder())
    held = generation(data)
    lone = [number for number, each in enumerate(held.documents) if each.id == COPIED[0].id]
    near = rag.index.around(held.stack, np.array(lone), np.zeros(0, np.uint64))
    ids = {held.documents[number].id for number in near.tolist()}
    assert {COPIED[0].id, REAL[0].id} <= ids
    assert len(ids) < len(DOCUMENTS) / 2


def test_an_empty_update_of_a_lost_group_leaves_the_others(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", DOCUMENTS)
    index(data, WordEncoder())
    before = groups(data)
    lose(data, REAL[0])
    index(data, WordEncoder())
    after = groups(data)
    untouched = {group for group in before if not {doc for doc, _ in group} & {REAL[0].id, COPIED[0].id}}
    assert untouched <= after
    assert after == groups(anew(data, tmp_path / "anew"))
