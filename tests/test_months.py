"""The one table of French months."""

import re

import pytest

from corpus import months


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("janvier", 1), ("FÉVRIER", 2), ("févr.", 2), ("fev", 2), ("mars", 3), ("avr.", 4), ("mai", 5), ("juin", 6),
     ("juil.", 7), ("juillet", 7), ("août", 8), ("aout", 8), ("sept.", 9), ("oct", 10), ("nov.", 11), ("déc.", 12),
     ("jui", None), ("lundi", None), ("", None)],
)  # fmt: skip
def test_numbers(word: str, wanted: int | None) -> None:
    assert months.number(word) == wanted


def test_the_pattern_finds_every_name_with_and_without_accents() -> None:
    for names in (months.NAMES, months.FOLDED):
        assert [re.fullmatch(months.PATTERN, name) is not None for name in names] == [True] * 12
    assert re.fullmatch(months.PATTERN, "lundi") is None
