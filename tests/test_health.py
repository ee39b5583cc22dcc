"""The honesty report: what is added up, and which alarms are raised, or not, by which history."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import document

from corpus.health import Recognition, SourceHealth, health
from corpus.store import Store
from ui.health import ALARMS, alarms, report

TODAY = date(2026, 11, 22)
NOW = f"{TODAY}T10:00:00Z"


def part(name: str = "essai", **values: Any) -> dict[str, Any]:
    """The report of one source in one run."""
    counts = dict.fromkeys(
        ("found", "fetched", "not_modified", "new", "edited", "restored", "unchanged", "gone", "withdrawn", "read",
         "undated", "waiting", "resumed"), 0,
    )  # fmt: skip
    return {"name": name, **counts, "stopped": "", "refused": {}, "failed": {}, "alarms": {}, **values}


def days_ago(number: int) -> str:
    return (TODAY - timedelta(days=number)).isoformat()


def run(ago: int, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"started": f"{days_ago(ago)}T03:00:00Z", "sources": list(parts)}


STEADY = part(found=20, not_modified=20, unchanged=20)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path, create=True, write=True)


def published(store: Store, *ago: int, chars: int = 500, dated: bool = True, captured: str = NOW) -> None:
    """A document for each day, read at the time it was published or at `captured`."""
    with store.transaction():
        start = store.counts().documents
        for number, day in enumerate(ago, start):
            text = "mot " * (chars // 4)
            one = document(f"{number}", text, source="essai", published=days_ago(day) if dated else None)
            store.put(one, captured)


def look(store: Store, *runs: dict[str, Any]) -> SourceHealth:
    """The health of the one source after these runs, oldest first."""
    for each in runs:
        store.add_run(each)
    (found,) = health(store, NOW)
    return found


def kinds(found: SourceHealth) -> set[str]:
    return {alarm.kind for alarm in found.alarms}


def test_days_are_added_up(store: Store) -> None:
    first = part(found=10, fetched=9, new=5, edited=1, unchanged=2, undated=1, refused={"robots": 1},
                 failed={"pdf_without_text": 1, "timeout": 1})  # fmt: skip
    second = part(found=10, not_modified=8, unchanged=8, withdrawn=1, refused={"robots": 1, "host": 2},
                  alarms={"pdf_pages_without_text": 2})  # fmt: skip
    found = look(store, run(2, STEADY), run(1, first), run(1, second))
    today, before = found.days
    assert (today.day, today.runs, today.stored, today.robots, today.empty_pdfs) == (days_ago(1), 2, 6, 2, 3)
    assert (today.counts["found"], today.counts["unchanged"], today.counts["withdrawn"]) == (20, 10, 1)
    assert (today.refused, today.failed) == ({"robots": 2, "host": 2}, {"pdf_without_text": 1, "timeout": 1})
    assert before.day == days_ago(2)
    assert found.last_success == f"{days_ago(1)}T03:00:00Z"


def test_a_steady_source_raises_nothing(store: Store) -> None:
    published(store, *range(60, 0, -2))
    assert look(store, *(run(ago, STEADY) for ago in range(9, 0, -1))).alarms == ()


def test_a_site_that_is_gone(store: Store) -> None:
    dead = part(failed={"dns": 1})
    found = look(store, run(9, STEADY), run(5, dead), run(1, dead))
    assert (kinds(found), found.last_success) == ({"unreachable"}, f"{days_ago(9)}T03:00:00Z")
    assert "nom de site introuvable" in alarms([found.to_dict()])


def test_one_bad_night_is_no_alarm(store: Store) -> None:
    assert look(store, run(1, STEADY), run(0, part(failed={"timeout": 1}))).alarms == ()


def test_silence_is_measured_by_the_source_s_own_rhythm(store: Store) -> None:
    published(store, *range(100, 20, -2))
    assert kinds(look(store, run(1, STEADY))) == {"silent"}


def test_a_source_that_publishes_seldom_may_be_silent_for_longer(store: Store) -> None:
    published(store, *range(320, 20, -30))
    assert look(store, run(1, STEADY)).alarms == ()


def test_texts_that_become_short_and_lose_their_dates(store: Store) -> None:
    published(store, *range(60, 30, -1), chars=2000, captured=f"{days_ago(30)}T03:00:00Z")
    published(store, *range(12, 0, -1), chars=200, captured=f"{days_ago(1)}T03:00:00Z")
    assert kinds(look(store, run(1, STEADY))) == {"length"}
    published(store, *range(12, 0, -1), chars=2000, dated=False)
    (found,) = health(store, NOW)
    assert "dates" in kinds(found)


def test_pages_that_give_nothing_any_more(store: Store) -> None:
    broken = part(found=20, fetched=20, unchanged=5, failed={"no_text": 15})
    found = look(store, run(2, STEADY), run(1, broken))
    assert kinds(found) == {"failing"}
    assert "75" in alarms([found.to_dict()])


def test_empty_pdfs_are_an_alarm_never_a_success(store: Store) -> None:
    found = look(store, run(1, part(found=2, fetched=2, new=1, failed={"pdf_without_text": 1})))
    assert kinds(found) == {"empty_pdfs"}


def test_a_frontier_that_does_not_shrink(store: Store) -> None:
    full = part(found=20, fetched=5, new=5, waiting=15, stopped="budget")
    assert kinds(look(store, run(2, full), run(1, full))) == {"pending"}


def test_a_run_dated_in_the_future(store: Store) -> None:
    assert kinds(look(store, run(-300, STEADY), run(1, STEADY))) == {"future"}


def test_reports_of_the_first_version_are_read(store: Store) -> None:
    old = {name: value for name, value in STEADY.items() if name not in ("gone", "read", "waiting", "stopped")}
    assert look(store, run(1, old)).days[0].counts["unchanged"] == 20


def test_how_surely_scans_were_read_is_told_by_day_and_in_all(store: Store) -> None:
    for number, (ago, pages) in enumerate(((2, (90, None, 70)), (1, (40,)))):
        one = document(f"{number}", "Un texte lu.", source="essai", pages=tuple(range(len(pages))), ocr=pages)
        store.put(one, f"{days_ago(ago)}T03:00:00Z")
    found = look(store, run(3, STEADY), run(2, STEADY), run(1, STEADY))
    assert [one.ocr for one in found.days] == [
        Recognition(pages=1, median=40, least=40),
        Recognition(pages=2, median=80, least=70),
        None,
    ]
    assert found.ocr == Recognition(pages=3, median=70, least=40)
    said = report([found.to_dict()]).replace("\u00a0", " ")
    assert "2 pages lues par reconnaissance optique, confiance 80 % (70 % au moins)" in said


def test_it_is_said_in_french(store: Store) -> None:
    dead = part(found=3, failed={"dns": 3}, refused={"robots": 2}, waiting=4, stopped="busy", undated=2)
    found = look(store, run(9, STEADY), run(1, dead)).to_dict()
    said = report([found]).replace("\u00a0", " ").replace("\u202f", " ")
    for phrase in (
        "essai : dernière collecte le 21 novembre 2026 à 3 h 00 (UTC)",
        "dernière visite réussie : 13 novembre 2026",
        "Alarme : le site ne répond plus",
        "4 adresses attendent la prochaine collecte (le site demande d’attendre)",
        "3 échecs (nom de site introuvable : 3)",
        "2 refusées (refusé par robots.txt : 2)",
        "2 textes sans date",
    ):
        assert phrase in said, said
    assert alarms([]) == "Aucune alarme."
    assert all(ALARMS[kind] for kind in ("silent", "pending", "future"))
