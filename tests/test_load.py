"""The measures of many users and of one reader's wait, small, on a real server: what they count and what they find."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from builders import CORPUS, fill
from doors import QUIET, WORDS, open_doors

from evals.load import press, share, talk
from evals.screen import measure

pytestmark = QUIET
QUESTION = "Quel est le taux d’exécution financière de la Transition digitale au 31 décembre 2024 ?"
OTHER = "Combien de forages ont été réhabilités dans la région du Sahel ?"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("load") / "data", CORPUS)


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with open_doors(data) as (address, _):
        yield address


def test_users_are_answered_and_refusals_are_counted(address: str, data: Path) -> None:
    found = asyncio.run(press(address, users=8, seconds=0.5, questions=[QUESTION, OTHER]))
    assert found.answered >= 8 and found.errors == {}
    assert 0 < found.p50 <= found.p95 <= found.slowest and found.per_second > 0
    with open_doors(data, replace(WORDS, rate_per_minute=1)) as (limited, _):
        held = asyncio.run(press(limited, users=4, seconds=0.3, questions=[QUESTION]))
    assert held.answered == 1 and set(held.errors) == {"429"}


def test_conversations_are_led_through_the_chat(address: str) -> None:
    found = asyncio.run(talk(address, conversations=3, pid=os.getpid(), questions=[QUESTION, OTHER]))
    assert found.errors == {}
    assert list(found.after_mb) == [3] and found.after_mb[3] > 10


def test_a_reader_waits_for_a_stage_and_for_an_answer(address: str) -> None:
    found = measure(address, [QUESTION, OTHER])
    assert found.hosts == [address.removeprefix("http://")]
    assert 100 < found.first_load_kb <= 500
    assert 0 < found.stage_p50 <= found.answer_p50 <= found.answer_p95


def test_shares() -> None:
    assert [share([3, 1, 2, 4], part) for part in (0.0, 0.5, 0.95, 1.0)] == [1, 3, 4, 4]
    assert share([], 0.5) == 0
