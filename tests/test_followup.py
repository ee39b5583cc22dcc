"""rag/followup.py: follow-ups made full questions, and questions that are none left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.followup import rewrite

RATE = "Quel était le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"
COUNT = "Combien de procédures le ministère de la Transition digitale a-t-il dématérialisées en 2024 ?"
WHO = "Qui a présidé le CASEM de la Santé du 12 septembre 2025 ?"
CRIME = "Combien de plaintes la BCLCC a-t-elle reçues en 2023 à Ouagadougou ?"
POST = "Quel est le résultat net de La Poste en 2023 ?"

FOLLOW_UPS = [
    # another time
    (RATE, "Et en 2023 ?", "Quel était le taux d'exécution financière du MTDPCE en 2023 ?"),
    (RATE, "en 2023 ?", "Quel était le taux d'exécution financière du MTDPCE en 2023 ?"),
    (RATE, "et au 30 juin 2025 ?", "Quel était le taux d'exécution financière du MTDPCE au 30 juin 2025 ?"),
    (RATE, "ET AU 30 JUIN 2025", "Quel était le taux d'exécution financière du MTDPCE au 30 JUIN 2025 ?"),
    (RATE, "et fin 2022 ?", "Quel était le taux d'exécution financière du MTDPCE fin 2022 ?"),
    (RATE, "et celui de 2022 ?", "Quel était le taux d'exécution financière du MTDPCE en 2022 ?"),
    (RATE, "Et l'année d'avant ?", "Quel était le taux d'exécution financière du MTDPCE en 2023 ?"),
    (RATE, "Et l’année suivante ?", "Quel était le taux d'exécution financière du MTDPCE en 2025 ?"),
    (RATE, "et l'année précédente", "Quel était le taux d'exécution financière du MTDPCE en 2023 ?"),
    (
        RATE,
        "et pour le premier semestre ?",
        "Quel était le taux d'exécution financière du MTDPCE au premier semestre 2024 ?",
    ),
    (
        COUNT,
        "Et au premier semestre 2025 ?",
        "Combien de procédures le ministère de la Transition digitale a-t-il dématérialisées "
        "au premier semestre 2025 ?",
    ),
    (
        COUNT,
        "et en juin ?",
        "Combien de procédures le ministère de la Transition digitale a-t-il dématérialisées en juin 2024 ?",
    ),
    (CRIME, "Et en 2022 ?", "Combien de plaintes la BCLCC a-t-elle reçues en 2022 à Ouagadougou ?"),
    (WHO, "Et celui de mars 2025 ?", "Qui a présidé le CASEM de la Santé de mars 2025 ?"),
    (POST, "mais en 2024 ?", "Quel est le résultat net de La Poste en 2024 ?"),
    ("Quel est le budget du RESINA ?", "et en 2023 ?", "Quel est le budget du RESINA en 2023 ?"),
    # another ministry
    (
        RATE,
        "et celui de la Justice ?",
        "Quel était le taux d'exécution financière du ministère de la Justice au 31 décembre 2024 ?",
    ),
    (
        RATE,
        "Et à la Santé ?",
        "Quel était le taux d'exécution financière du ministère de la Santé au 31 décembre 2024 ?",
    ),
    (RATE, "et le MEF ?", "Quel était le taux d'exécution financière du MEF au 31 décembre 2024 ?"),
    (
        RATE,
        "et pour le ministère de l'Économie et des Finances ?",
        "Quel était le taux d'exécution financière du ministère de l'Économie et des Finances au 31 décembre 2024 ?",
    ),
    (
        RATE,
        "quid de la santé ?",
        "Quel était le taux d'exécution financière du ministère de la Santé au 31 décembre 2024 ?",
    ),
    (
        RATE,
        "Et pour le Commerce ?",
        "Quel était le taux d'exécution financière du ministère du Commerce au 31 décembre 2024 ?",
    ),
    (COUNT, "Et la Justice ?", "Combien de procédures le ministère de la Justice a-t-il dématérialisées en 2024 ?"),
    (WHO, "et celui de la Justice ?", "Qui a présidé le CASEM du ministère de la Justice du 12 septembre 2025 ?"),
    (
        "Quel est le taux de la ministre de la Transition digitale ?",
        "et celui de la Santé ?",
        "Quel est le taux du ministre de la Santé ?",
    ),
    # another name
    (CRIME, "Et à Bobo-Dioulasso ?", "Combien de plaintes la BCLCC a-t-elle reçues en 2023 à Bobo-Dioulasso ?"),
    (POST, "et celui de l'ONATEL ?", "Quel est le résultat net de l’ONATEL en 2023 ?"),
    (POST, "et Orange ?", "Quel est le résultat net d’Orange en 2023 ?"),
    # another measure
    (RATE, "Et le taux physique ?", "Quel était le taux d'exécution physique du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "et l'exécution physique ?", "Quel était le taux d'exécution physique du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "et physiquement ?", "Quel était le taux d'exécution physique du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "et le thème ?", "Quel est le thème (MTDPCE, au 31 décembre 2024) ?"),
    (POST, "Et son effectif ?", "Quel est son effectif (Poste, 2023) ?"),
    (RATE, "Et combien de procédures ?", "Combien de procédures (MTDPCE, au 31 décembre 2024) ?"),
    (CRIME, "Et les femmes ?", "Combien de plaintes la BCLCC a-t-elle reçues en 2023 à Ouagadougou, pour les femmes ?"),
    # what is asked of it
    (RATE, "Pourquoi ?", "Pourquoi : le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "pourquoi ça ?", "Pourquoi : le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "qui l'a dit ?", "Qui a dit : le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "Qui l’a annoncé ?", "Qui a dit : le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "selon qui ?", "Qui a dit : le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "Quand ?", "Quand : le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"),
    (RATE, "et quand ?", "Quand : le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"),
    (WHO, "Où ?", "Où : le CASEM de la Santé du 12 septembre 2025 ?"),
    # words that point back
    (WHO, "Quel était son thème ?", "Quel était son thème (CASEM, Santé, 12 septembre 2025) ?"),
    (WHO, "Quel en était le thème ?", "Quel en était le thème (CASEM, Santé, 12 septembre 2025) ?"),
    (WHO, "Où s'est-il tenu ?", "Où s'est-il tenu (CASEM, Santé, 12 septembre 2025) ?"),
    (POST, "Qui la dirige ?", "Qui la dirige (Poste, 2023) ?"),
    (CRIME, "Comment a évolué ce nombre ?", "Comment a évolué ce nombre (BCLCC, 2023, Ouagadougou) ?"),
]

WHOLE = [
    "Quel est le thème du CASEM de la Santé ?",
    "Combien de bâtiments le RESINA compte-t-il ?",
    "Qui est Robert Kargougou ?",
    "Quel est le taux de réussite au bac ?",
    "Combien de localités ont été couvertes ?",
    "Le MTDPCE a-t-il atteint son objectif en 2025 ?",
    "Quels concours figuraient à la 20e Semaine du numérique ?",
    "Et quel est le taux d'exécution physique du ministère de la Sécurité au 30 septembre 2025 ?",
    "Et combien de plaintes la BCLCC a-t-elle enregistrées en 2022 ?",
    "Pourquoi l'exportation du karité a-t-elle été suspendue ?",
    "Où s'est tenue la Semaine du numérique 2024 ?",
    "Quand le SAMU ouvrira-t-il à Bobo-Dioulasso ?",
    "Qui a présidé le CASEM du 27 mars 2025 ?",
    "Merci",
    "Bonjour",
    "2023",
    "ok",
    "Quelle est la capitale de l'Australie ?",
    "What is the budget?",
    "Donne-moi la recette du riz gras pour six personnes.",
]


@pytest.mark.parametrize(("before", "question", "full"), FOLLOW_UPS)
def test_a_follow_up_is_made_a_full_question(before: str, question: str, full: str) -> None:
    assert rewrite(question, [before]) == full


@pytest.mark.parametrize("question", WHOLE)
@pytest.mark.parametrize("before", [RATE, WHO])
def test_a_question_that_stands_alone_is_left_as_it_is(before: str, question: str) -> None:
    assert rewrite(question, [before]) == question


def test_follow_ups_of_follow_ups_keep_what_was_changed_before() -> None:
    asked = [RATE, "et en 2023 ?", "et celui de la Santé ?"]
    assert (
        rewrite("Et l'exécution physique ?", asked)
        == "Quel était le taux d'exécution physique du ministère de la Santé en 2023 ?"
    )


def test_a_new_subject_ends_the_one_before() -> None:
    assert rewrite("et en 2022 ?", [RATE, POST]) == "Quel est le résultat net de La Poste en 2022 ?"


def test_without_questions_before_nothing_is_changed() -> None:
    assert rewrite("Et en 2023 ?", []) == "Et en 2023 ?"
    assert rewrite("Pourquoi ?", ["", " ?"]) == "Pourquoi ?"


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
def test_any_text_is_read_without_an_error(question: str, before: list[str]) -> None:
    assert isinstance(rewrite(question, before), str)
