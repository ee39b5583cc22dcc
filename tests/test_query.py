"""rag/query.py and rag/yesno.py: what a question asks."""

from datetime import date

import pytest
from builders import document

from rag.compare.aspects import Time
from rag.compare.statements import At
from rag.query import understand
from rag.values import Verdict
from rag.yesno import claim_of, decided, moved


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Quels concours figuraient au programme ?", True),
        ("Citez les partenaires de la Semaine du numérique.", True),
        ("Comment se répartit la fibre ?", True),
        ("Dans quelles sociétés l'État a-t-il pris des participations ?", True),
        ("Quel est le thème ?", False),
        ("Quels étaient les taux d'exécution ?", False),
        ("Combien de concours ?", False),
    ],
)
def test_a_question_for_several_things_is_seen(question: str, several: bool) -> None:
    assert understand(question, 200).several is several


@pytest.mark.parametrize(
    ("question", "recency"),
    [
        ("Quel est le dernier taux connu ?", "latest"),
        ("Quelle est l'édition la plus récente ?", "latest"),
        ("Qui est l'actuelle ministre ?", "latest"),
        ("Quelle a été la toute première édition ?", "earliest"),
        ("Quel était le taux au dernier trimestre 2024 ?", None),
        ("Quel était le taux du premier semestre ?", None),
        ("Quel était le taux de l'an dernier ?", None),
    ],
)
def test_superlatives_of_time_are_seen(question: str, recency: str | None) -> None:
    assert understand(question, 200, date(2025, 5, 14)).recency == recency


def test_relative_dates_are_what_is_searched() -> None:
    query = understand("Quel était le taux de l'an dernier ?", 200, date(2025, 5, 14))
    assert query.text == "Quel était le taux de 2024 ?"
    assert "2024" in query.terms


CLAIMS = [
    ("La Santé a-t-elle atteint sa cible ?", "La Santé a atteint sa cible."),
    ("Est-ce que le taux a baissé ?", "Le taux a baissé."),
    ("Le gouvernement prévoit-il de transformer les CSPS ?", "Le gouvernement prévoit de transformer les CSPS."),
    ("A-t-elle été présidée par le ministre ?", "Elle A été présidée par le ministre."),
]


@pytest.mark.parametrize(("question", "claim"), CLAIMS)
def test_a_yes_no_question_makes_a_claim(question: str, claim: str) -> None:
    assert understand(question, 200).yes_no
    assert claim_of(question).casefold() == claim.casefold()


@pytest.mark.parametrize(
    "question",
    [
        "Combien de procédures le ministère a-t-il dématérialisées ?",
        "Pourquoi le taux a-t-il baissé ?",
        "Quand la session s'est-elle tenue ?",
        "Où le CASEM s'est-il tenu ?",
        "Qui la dirige-t-il ?",
        "Quel thème a-t-on retenu ?",
    ],
)
def test_a_question_with_a_word_that_asks_is_no_yes_no_question(question: str) -> None:
    assert not understand(question, 200).yes_no


def test_a_choice_is_no_claim() -> None:
    assert claim_of("Le taux a-t-il monté ou baissé ?") == ""


STAFF = document(
    "poste",
    "La Poste comptait 1 086 agents en 2022 ; ils étaient 1 071 en 2023.\n\n"
    "En 2024, le ministère a dématérialisé 65 procédures.",
    title="La Poste",
    ministry="Postes",
)
SIDES = [(At(STAFF, 0, 67), Time("2022-12-31", False)), (At(STAFF, 0, 67), Time("2023-12-31", False))]


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Les effectifs de La Poste ont-ils augmenté entre 2022 et 2023 ?", "no"),
        ("Les effectifs de La Poste ont-ils diminué entre 2022 et 2023 ?", "yes"),
        ("Comment les effectifs ont-ils évolué entre 2022 et 2023 ?", None),
        ("Les effectifs ont-ils augmenté ou baissé ?", None),
    ],
)
def test_two_figures_say_whether_something_rose(question: str, verdict: Verdict | None) -> None:
    assert moved(question, SIDES) == verdict


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Le ministère a-t-il dématérialisé 65 procédures en 2024 ?", "yes"),
        ("Le ministère a-t-il dématérialisé 80 procédures en 2024 ?", "no"),
        ("Le ministère a-t-il construit 12 ponts ?", None),
    ],
)
def test_a_claim_that_is_decided_says_yes_or_no(question: str, verdict: Verdict | None) -> None:
    start = STAFF.text.index("En 2024")
    found = decided(question, [At(STAFF, start, len(STAFF.text))], lambda _: 1.0)
    assert (found[0] if found else None) == verdict
    assert found is None or found[1] == {(STAFF.id, start)}
