"""rag/periods.py: relative dates counted from a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.periods import explicit

DAY = date(2025, 5, 14)

SAID = [
    ("Quel était le taux de l'an dernier ?", "Quel était le taux de 2024 ?"),
    ("Combien de procédures l’année dernière ?", "Combien de procédures en 2024 ?"),
    ("Combien de procédures au cours de l'année passée ?", "Combien de procédures en 2024 ?"),
    ("Quel est le budget de cette année ?", "Quel est le budget de 2025 ?"),
    ("Que prévoit l'État l'année prochaine ?", "Que prévoit l'État en 2026 ?"),
    ("Quel bilan pour le mois dernier ?", "Quel bilan pour avril 2025 ?"),
    ("Le mois dernier, combien de plaintes ?", "En avril 2025, combien de plaintes ?"),
    ("Quels marchés ce trimestre ?", "Quels marchés au deuxième trimestre 2025 ?"),
    ("Le bilan du trimestre dernier", "Le bilan du premier trimestre 2025"),
    ("Combien de bâtiments ce semestre ?", "Combien de bâtiments au premier semestre 2025 ?"),
    ("Combien de bâtiments le semestre dernier ?", "Combien de bâtiments au deuxième semestre 2024 ?"),
    ("Il y a deux ans, quel était le taux ?", "En 2023, quel était le taux ?"),
    ("Que s'est-il passé hier ?", "Que s'est-il passé le 13 mai 2025 ?"),
    ("Combien depuis l'an dernier ?", "Combien depuis 2024 ?"),
]
ALONE = [
    "Quel est le dernier taux connu ?",
    "Quel était le taux en 2024 ?",
    "Quels résultats ce trimestre 2024 ?",
    "Qui a parlé en dernier ?",
    "",
]


@pytest.mark.parametrize(("question", "named"), SAID)
def test_a_relative_date_is_named_by_the_calendar(question: str, named: str) -> None:
    assert explicit(question, DAY) == named


@pytest.mark.parametrize("question", ALONE)
def test_what_is_no_relative_date_stays(question: str) -> None:
    assert explicit(question, DAY) == question


def test_periods_go_over_the_turn_of_the_year() -> None:
    january = date(2025, 1, 1)
    assert explicit("le mois dernier", january) == "en décembre 2024"
    assert explicit("le trimestre dernier", january) == "au quatrième trimestre 2024"
    assert explicit("hier", date(2025, 3, 2)) == "le 1er mars 2025"


@given(st.text(max_size=60), st.dates(min_value=date(2, 1, 1), max_value=date(9990, 1, 1)))
def test_any_text_and_day_are_read(text: str, day: date) -> None:
    assert isinstance(explicit(text, day), str)
