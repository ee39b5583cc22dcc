"""corpus/store.py: versions, transactions, one writer, and what survives a full disk, a lock, a kill."""

import dataclasses
import random
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builders import CORPUS, FORMER, NOW, SEED, child, document, fill, output

from corpus.database import FORMAT, TABLES
from corpus.errors import DataBusy, DataDamaged, DataFormatError, DataMissing, DataReadOnly, DiskFull
from corpus.frontier import Frontier, Round, Waiting
from corpus.records import Document, Fetched
from corpus.store import Counts, Store

LATER = "2025-07-01T08:00:00Z"


def edited(old: Document, text: str) -> Document:
    return dataclasses.replace(old, text=text)


def visit(url: str = "https://example.org/a", doc: str = "essai/a") -> Fetched:
    return Fetched(url=url, status=200, fetched=NOW, etag='"1"', last_modified=None, digest="ab" * 32, doc=doc)


# Documents and their versions


def test_what_is_put_is_read_back_whole(tmp_path: Path) -> None:
    whole = document(text="« Été » 🌍\n\nl’eau", pages=(0, 7), modified="2025-04", source="ministere")
    fill(tmp_path, [whole])
    with Store.open(tmp_path) as store:
        assert store.get(whole.id) == whole
        assert list(store.current()) == [whole]


def test_put_tells_what_became_of_the_document(tmp_path: Path) -> None:
    first, second = document(text="Un."), document(text="Deux.")
    with Store.open(tmp_path, create=True, write=True) as store:
        assert store.put(first, NOW) == "new"
        assert store.put(first, LATER) == "unchanged"
        assert store.put(second, LATER) == "edited"
        assert store.withdraw(first.id, LATER)
        assert store.put(second, LATER) == "restored"
        assert store.withdraw(first.id, LATER)
        assert store.put(first, LATER) == "edited"
        assert [version.number for version in store.versions(first.id)] == [1, 2, 3]
        assert store.counts() == Counts(documents=1, versions=3, withdrawn=0)


def test_another_source_is_no_edit(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        store.put(document(), NOW)
        assert store.put(document(source="ministere"), LATER) == "unchanged"


def test_every_version_stays_with_its_number_and_time(tmp_path: Path) -> None:
    first, second = document(text="Un."), document(text="Deux.")
    with Store.open(tmp_path, create=True, write=True) as store:
        store.put(first, NOW)
        store.put(second, LATER)
        versions = store.versions(first.id)
        assert [(version.number, version.captured, version.digest, version.document) for version in versions] == [
            (1, NOW, first.digest(), first),
            (2, LATER, second.digest(), second),
        ]
        assert store.get(first.id) == second
        assert store.get(first.id, 1) == first
        assert store.current_digests() == {first.id: (2, second.digest())}


def test_what_is_unknown_is_a_key_error(data: Path) -> None:
    with Store.open(data) as store:
        with pytest.raises(KeyError, match="absent"):
            store.get("absent")
        with pytest.raises(KeyError, match="version 9"):
            store.get(SEED.id, 9)
        assert store.versions("absent") == ()
        assert store.fetched("https://example.org/absent") is None


def test_a_withdrawn_document_leaves_the_current_ones_but_can_be_read(data: Path) -> None:
    with Store.open(data, write=True) as store:
        assert store.withdraw(SEED.id, LATER)
        assert not store.withdraw(SEED.id, LATER)
        assert not store.withdraw("absent", LATER)
        assert SEED.id not in {each.id for each in store.current()}
        assert set(store.withdrawals()) == {SEED.id}
        assert store.get(SEED.id) == SEED
        assert store.counts() == Counts(documents=3, versions=4, withdrawn=1)


def test_current_documents_come_by_id_however_many(tmp_path: Path) -> None:
    slugs = [f"{number:04}" for number in range(600)]
    shuffled = random.Random(1).sample(slugs, len(slugs))
    with Store.open(tmp_path, create=True, write=True) as store:
        with store.transaction():
            for slug in shuffled:
                store.put(document(slug), NOW)
        assert [each.id for each in store.current()] == [f"essai/{slug}" for slug in slugs]


def test_the_digest_tells_corpora_apart_and_nothing_else(tmp_path: Path) -> None:
    fill(tmp_path / "one", CORPUS)
    fill(tmp_path / "two", reversed(CORPUS))
    with Store.open(tmp_path / "one", write=True) as one, Store.open(tmp_path / "two") as two:
        before = one.digest()
        assert before == two.digest()
        one.put(edited(SEED, "Autre."), LATER)
        assert one.digest() != before
        one.put(SEED, LATER)
        assert one.digest() == before
        one.withdraw(SEED.id, LATER)
        assert one.digest() != before


def test_visits_are_remembered_the_last_one_only(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        store.remember(visit())
        last = dataclasses.replace(visit(), etag=None, fetched=LATER)
        store.remember(last)
        assert store.fetched(last.url) == last


def test_runs_come_newest_first(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        for number in range(4):
            store.add_run({"number": number, "échecs": ["délai"]})
        assert [run["number"] for run in store.runs(3)] == [3, 2, 1]
        assert store.runs(1)[0]["échecs"] == ["délai"]


# Transactions, threads, processes


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.put(document(), NOW)
            store.remember(visit())
            raise ZeroDivisionError
        assert store.counts().documents == 0
        assert store.fetched(visit().url) is None
        with store.transaction():
            store.put(document(), NOW)
            store.remember(visit())
        assert store.counts().documents == 1


def test_nothing_of_a_transaction_is_seen_from_outside_before_its_end(tmp_path: Path) -> None:
    fill(tmp_path, [])
    with Store.open(tmp_path, write=True) as writer, Store.open(tmp_path) as reader:
        with writer.transaction(), writer.transaction():
            writer.put(document(), NOW)
            assert reader.counts().documents == 0
        assert reader.counts().documents == 1


def test_threads_can_share_a_store(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    with Store.open(tmp_path, create=True, write=True) as store:

        def work(name: int) -> None:
            try:
                for number in range(20):
                    with store.transaction():
                        store.put(document(f"{name}-{number}"), NOW)
                        store.remember(visit(f"https://example.org/{name}-{number}"))
                    assert store.get(f"essai/{name}-{number}").title
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert store.counts().documents == 160


HOLDER = """
import sys
from pathlib import Path
from corpus.store import Store
with Store.open(Path(sys.argv[1]), write=True):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_while_the_first_lives_and_readers_are_not(data: Path) -> None:
    with child(HOLDER, data) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataBusy) as caught:
            Store.open(data, write=True)
        assert caught.value.details["path"] == str(data)
        with Store.open(data) as reader:
            assert reader.counts().documents == len(CORPUS)
        other.kill()
        other.wait()
    Store.open(data, write=True).close()


def test_a_second_writer_in_the_same_process_is_refused_too(data: Path) -> None:
    with Store.open(data, write=True), pytest.raises(DataBusy):
        Store.open(data, write=True)
    Store.open(data, write=True).close()


def test_opening_for_write_fails_without_keeping_the_lock(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / "corpus.sqlite"
    good = path.read_bytes()
    path.write_bytes(b"x" * 4096)
    with pytest.raises(DataDamaged):
        Store.open(tmp_path, write=True)
    path.write_bytes(good)
    Store.open(tmp_path, write=True).close()


WRITER = """
import sys
from pathlib import Path
from builders import NOW, document
from corpus.records import Fetched
from corpus.store import Store
with Store.open(Path(sys.argv[1]), create=True, write=True) as store:
    number = store.counts().versions
    while True:
        slug = f"{number:06}"
        with store.transaction():
            store.put(document(slug, f"Texte {slug}. " * 400), NOW)
            store.remember(Fetched(url=f"https://example.org/{slug}", status=200, fetched=NOW, etag=None,
                                   last_modified=None, digest="", doc=f"essai/{slug}"))
        print(slug, flush=True)
        number += 1
"""


def kill_after(data: Path, commits: int) -> list[str]:
    """Kill -9 a writing process once it has said `commits` times that it committed; all that it said."""
    with child(WRITER, data) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(commits)]
        writer.kill()
        said += writer.stdout.read().split()
        writer.wait()
    return said


def test_after_a_kill_every_committed_document_is_there(tmp_path: Path) -> None:
    chance = random.Random(20250327)
    said: list[str] = []
    for _ in range(6):
        said += kill_after(tmp_path, chance.randint(1, 60))
        with Store.open(tmp_path, write=True) as store:
            kept = {each.id: each.text for each in store.current()}
            for slug in said:
                assert kept[f"essai/{slug}"] == f"Texte {slug}. " * 400
            # At most the one document whose commit could not be said any more, and never half a transaction.
            assert len(kept) - len(said) in (0, 1)
            said = [identifier.removeprefix("essai/") for identifier in kept]
            assert all(store.fetched(f"https://example.org/{slug}") for slug in said)


def test_a_reader_sees_whole_transactions_while_another_process_writes(tmp_path: Path) -> None:
    fill(tmp_path, [])
    with child(WRITER, tmp_path) as writer:
        assert writer.stdout is not None
        with Store.open(tmp_path) as reader:
            for _ in range(40):
                slug = writer.stdout.readline().strip()
                assert reader.get(f"essai/{slug}").text == f"Texte {slug}. " * 400
                assert reader.fetched(f"https://example.org/{slug}") is not None
            seen = [each.id for each in reader.current()]
            assert seen == sorted(seen)
            assert len(seen) >= 40
        writer.kill()


# Folders that cannot serve


def test_a_folder_that_is_not_there_is_missing_and_is_not_made(tmp_path: Path) -> None:
    for write in (False, True):
        with pytest.raises(DataMissing) as caught:
            Store.open(tmp_path / "absent", write=write)
        assert caught.value.details["what"] == "folder"
    assert not (tmp_path / "absent").exists()


def test_a_folder_without_corpus_is_missing_one(tmp_path: Path) -> None:
    with pytest.raises(DataMissing) as caught:
        Store.open(tmp_path)
    assert caught.value.details["what"] == "corpus"
    assert list(tmp_path.iterdir()) == []


def test_create_opens_what_is_there(data: Path) -> None:
    with Store.open(data, create=True, write=True) as store:
        assert store.counts().documents == len(CORPUS)


@pytest.mark.parametrize("create", [False, True])
def test_another_format_is_refused_and_left_alone(data: Path, create: bool) -> None:
    with sqlite3.connect(data / "corpus.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (data / "corpus.sqlite").read_bytes()
    with pytest.raises(DataFormatError) as caught:
        Store.open(data, create=create, write=True)
    assert (caught.value.details["found"], caught.value.details["expected"]) == (99, FORMAT)
    assert (data / "corpus.sqlite").read_bytes() == before


def of_format_1(folder: Path) -> Path:
    """A folder as the first version of Sourcier left it: a document with a version, a visit and a run."""
    folder.mkdir()
    connection = sqlite3.connect(folder / "corpus.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for table in TABLES[1]:
        connection.execute(f"CREATE TABLE {table}")
    connection.execute("PRAGMA application_id = 1397900114")
    connection.execute("PRAGMA user_version = 1")
    connection.execute("INSERT INTO document VALUES (?, 1, NULL)", (SEED.id,))
    values = (SEED.id, 1, NOW, SEED.digest(), SEED.url, SEED.title, SEED.publisher, SEED.ministry, SEED.kind,
              SEED.published, SEED.modified, SEED.source, SEED.text, "[]")  # fmt: skip
    connection.execute(f"INSERT INTO version VALUES ({', '.join('?' * len(values))})", values)
    connection.execute("INSERT INTO visit VALUES (?, 200, ?, NULL, NULL, '', ?)", (SEED.url, NOW, SEED.id))
    connection.execute("INSERT INTO run (report) VALUES ('{}')")
    connection.close()
    return folder


def version_of(folder: Path) -> int:
    connection = sqlite3.connect(folder / "corpus.sqlite")
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    connection.close()
    return found


def test_a_folder_of_the_first_format_is_read_as_it_is_and_upgraded_by_a_writer(tmp_path: Path) -> None:
    folder = of_format_1(tmp_path / "data")
    with Store.open(folder) as reader:
        assert list(reader.current()) == [SEED]
        assert (reader.listed(SEED.url), reader.declarations(), reader.unlisted(SEED.id)) == (("", ""), {}, None)
        assert Frontier(reader, "essai").round() is None
        assert [shape.chars for shape in reader.shapes(SEED.source, 5)] == [len(SEED.text)]
        assert version_of(folder) == 1
        with Store.open(folder, write=True) as writer:
            assert version_of(folder) == FORMAT
            assert writer.put(edited(SEED, "Autre."), LATER) == "edited"
        assert reader.get(SEED.id).text == "Autre."
    with Store.open(folder) as store:
        assert [version.reread for version in store.versions(SEED.id)] == [False, False]
        assert store.fetched(SEED.url) is not None


def test_an_upgrade_is_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = of_format_1(tmp_path / "data")
    connection = sqlite3.connect(folder / "corpus.sqlite")
    connection.execute("CREATE TABLE frontier (x)")  # in the way of the last of the new tables
    connection.commit()
    connection.close()
    with pytest.raises(DataDamaged):
        Store.open(folder, write=True)
    assert version_of(folder) == 1
    connection = sqlite3.connect(folder / "corpus.sqlite")
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'listed'").fetchone() == (0,)
    connection.execute("DROP TABLE frontier")
    connection.commit()
    connection.close()
    with Store.open(folder, write=True) as store:
        assert list(store.current()) == [SEED]


def test_an_old_folder_on_a_read_only_disk_still_answers(
    mount: Callable[..., Path], read_only: Callable[[Path], None]
) -> None:
    folder = mount()
    of_format_1(folder / "data")
    read_only(folder)
    with Store.open(folder / "data") as store:
        assert list(store.current()) == [SEED]
        assert store.declarations() == {}


# What the collection remembers.


def test_a_version_read_again_is_marked_and_restores_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        store.put(SEED, NOW)
        store.withdraw(SEED.id, NOW)
        assert store.put(SEED, LATER, reread=True) == "unchanged"
        assert store.put(edited(SEED, "Mieux lu."), LATER, reread=True) == "edited"
        assert [version.reread for version in store.versions(SEED.id)] == [False, True]
        assert store.withdrawals() == {SEED.id: NOW}
        assert [shape.chars for shape in store.shapes(SEED.source, 5)] == [len(SEED.text)]
        assert store.restore(SEED.id) and not store.restore(SEED.id)


def test_what_a_listing_said_is_kept(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        store.note_listed("u", '{"title": "é"}', "2025")
        store.note_listed("u", '{"title": "è"}', "2026")
        assert store.listed("u") == ('{"title": "è"}', "2026")
        store.note_unlisted("d", NOW)
        assert store.unlisted("d") == NOW
        store.note_unlisted("d", None)
        assert store.unlisted("d") is None
        store.declare("s", {"kind": "rss"})
        assert store.declarations() == {"s": {"kind": "rss"}}
        store.remember(visit())
        store.remember(dataclasses.replace(visit("https://example.org/b"), fetched=LATER))
        assert store.visits() == {"essai/a": dataclasses.replace(visit("https://example.org/b"), fetched=LATER)}


def test_a_frontier_keeps_its_order_and_what_is_done(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, write=True) as store:
        frontier, other = Frontier(store, "un"), Frontier(store, "deux")
        assert frontier.round() is None
        frontier.begin(NOW)
        assert frontier.add([Waiting("b", "1"), Waiting("a", "2")]) == 2
        assert frontier.add([Waiting("a", "3"), Waiting("c", "4")]) == 1
        other.begin(NOW)
        other.add([Waiting("b", "5")])
        frontier.done("b", "un/b")
        frontier.listed(LATER, whole=True)
        assert frontier.waiting(9) == [Waiting("a", "2"), Waiting("c", "4")]
        assert (frontier.counts(), frontier.met()) == ((3, 1), {"un/b"})
        assert frontier.round() == Round(started=NOW, listed=LATER, whole=True)
        frontier.end()
        assert (frontier.round(), frontier.counts(), other.counts()) == (None, (0, 0), (1, 0))


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "corpus.sqlite") as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(DataFormatError):
        Store.open(tmp_path, create=True, write=True)
    with sqlite3.connect(tmp_path / "corpus.sqlite") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()


def test_a_file_that_is_no_database_is_damaged(data: Path) -> None:
    (data / "corpus.sqlite").write_bytes(b"Ceci n'est pas une base. " * 400)
    with pytest.raises(DataDamaged) as caught:
        Store.open(data)
    assert "corpus.sqlite" in str(caught.value.details) or str(data) in caught.value.details["path"]


def test_pages_overwritten_within_the_database_are_damage_never_wrong_text(tmp_path: Path) -> None:
    fill(tmp_path, [document(f"{number:03}", "Mot. " * 2000) for number in range(40)])
    path = tmp_path / "corpus.sqlite"
    content = bytearray(path.read_bytes())
    content[8192 : len(content) - 8192] = b"\xff" * (len(content) - 16384)
    path.write_bytes(content)
    with Store.open(tmp_path) as store, pytest.raises(DataDamaged):
        list(store.current())


def test_a_read_only_folder_can_be_read_and_not_written(
    mount: Callable[..., Path], read_only: Callable[[Path], None]
) -> None:
    folder = mount()
    fill(folder / "data")
    read_only(folder)
    with Store.open(folder / "data") as store:
        assert list(store.current()) == sorted(CORPUS, key=lambda each: each.id)
        with pytest.raises(DataReadOnly):
            store.put(document("neuf"), NOW)
    for options in ({"write": True}, {"create": True, "write": True}):
        with pytest.raises(DataReadOnly):
            Store.open(folder / "data", **options)
    with pytest.raises(DataReadOnly):
        Store.open(folder / "neuf", create=True, write=True)


def test_a_read_only_copy_of_a_killed_writer_still_shows_every_commit(
    mount: Callable[..., Path], read_only: Callable[[Path], None]
) -> None:
    folder = mount(size="32m")
    said = kill_after(folder / "data", 10)
    assert (folder / "data" / "corpus.sqlite-wal").stat().st_size > 0
    read_only(folder)
    with Store.open(folder / "data") as store:
        assert {f"essai/{slug}" for slug in said} <= {each.id for each in store.current()}


def test_a_full_disk_is_said_and_loses_nothing(mount: Callable[..., Path], stuff: Callable[..., Path]) -> None:
    folder = mount()
    kept: list[Document] = []
    with Store.open(folder, create=True, write=True) as store:
        store.put(SEED, NOW)
        kept.append(SEED)
        ballast = stuff(folder, leave=600_000)
        with pytest.raises(DiskFull) as caught:
            for number in range(1000):
                big = document(f"{number:04}", f"{number} " * 20_000)
                store.put(big, NOW)
                kept.append(big)
        assert str(folder) in caught.value.details["path"]
        assert sorted(each.id for each in store.current()) == sorted(each.id for each in kept)
        with pytest.raises(DiskFull), store.transaction():
            store.remember(visit())
            store.put(document("trop", "x" * 1_000_000), NOW)
        assert store.fetched(visit().url) is None
        ballast.unlink()
        assert store.put(FORMER, NOW) == "new"
        kept.append(FORMER)
    with Store.open(folder, write=True) as store:
        assert {each.id: each for each in store.current()} == {each.id: each for each in kept}


@pytest.mark.parametrize("leave", [0, 4096, 16384])
def test_a_corpus_cannot_be_made_on_a_full_disk_and_can_once_there_is_room(
    mount: Callable[..., Path], stuff: Callable[..., Path], leave: int
) -> None:
    folder = mount(size="2m")
    ballast = stuff(folder, leave=leave)
    with pytest.raises(DiskFull):
        Store.open(folder / "data", create=True, write=True)
    ballast.unlink()
    fill(folder / "data")
    with Store.open(folder / "data") as store:
        assert store.counts().documents == len(CORPUS)


def test_on_a_full_disk_a_corpus_is_not_taken_for_a_damaged_one(
    mount: Callable[..., Path], stuff: Callable[..., Path]
) -> None:
    folder = mount(size="2m")
    fill(folder / "data")
    ballast = stuff(folder)
    with pytest.raises(DiskFull):  # even readers need a little room: SQLite's shared memory
        Store.open(folder / "data")
    ballast.unlink()
    with Store.open(folder / "data") as store:
        assert store.get(SEED.id) == SEED


def test_a_reader_in_another_process_reads_what_was_written(data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from corpus.store import Store\n"
        "with Store.open(Path(sys.argv[1])) as store: print(*(each.id for each in store.current()), sep='\\n')"
    )
    assert output(code, data).split() == sorted(each.id for each in CORPUS)


def test_a_store_can_be_closed_twice(data: Path) -> None:
    store: Any = Store.open(data, write=True)
    store.close()
    store.close()
