"""rag/parts.py and rag/sides.py: questions taken apart, and which sentence is of which side."""

import pytest
from builders import document
from hypothesis import given
from hypothesis import strategies as st

from rag.compare.aspects import Time
from rag.compare.statements import At
from rag.parts import Part, asks_change, take_apart
from rag.sides import in_time, merit, says_change, told

SPLIT = [
    # two times
    (
        "Comment a évolué le taux d'exécution physique du MTDPCE entre fin juin et fin novembre 2025 ?",
        [
            ("fin juin 2025", "Quel est le taux d'exécution physique du MTDPCE à fin juin 2025 ?", "2025-06-30"),
            (
                "fin novembre 2025",
                "Quel est le taux d'exécution physique du MTDPCE à fin novembre 2025 ?",
                "2025-11-30",
            ),
        ],
    ),
    (
        "Le préjudice lié à la cybercriminalité a-t-il baissé entre 2023 et 2024 ?",
        [
            ("2023", "Quel est le préjudice lié à la cybercriminalité en 2023 ?", "2023-12-31"),
            ("2024", "Quel est le préjudice lié à la cybercriminalité en 2024 ?", "2024-12-31"),
        ],
    ),
    (
        "De combien les candidatures ont-elles augmenté entre 2024 et 2025 ?",
        [
            ("2024", "Quel est le nombre de candidatures en 2024 ?", "2024-12-31"),
            ("2025", "Quel est le nombre de candidatures en 2025 ?", "2025-12-31"),
        ],
    ),
    (
        "Combien de plaintes la BCLCC a-t-elle reçues en 2023 et en 2024 ?",
        [
            ("2023", "Combien de plaintes la BCLCC a-t-elle reçues en 2023 ?", "2023-12-31"),
            ("2024", "Combien de plaintes la BCLCC a-t-elle reçues en 2024 ?", "2024-12-31"),
        ],
    ),
    (
        "Combien d'incidents ont été résolus en 2025, à fin juin puis à fin novembre ?",
        [
            ("fin juin", "Combien d'incidents ont été résolus en 2025, à fin juin ?", "2025-06-30"),
            ("fin novembre", "Combien d'incidents ont été résolus en 2025, à fin novembre ?", "2025-11-30"),
        ],
    ),
    (
        "Y a-t-il eu plus de concours à la Semaine du numérique 2023 ou à celle de 2024 ?",
        [
            ("2023", "Combien de concours à la Semaine du numérique 2023 ?", "2023-12-31"),
            ("2024", "Combien de concours à la Semaine du numérique 2024 ?", "2024-12-31"),
        ],
    ),
    (
        "Les recettes de 2024 sont-elles supérieures à celles de 2023 ?",
        [
            ("2024", "Les recettes de 2024 sont-elles supérieures ?", "2024-12-31"),
            ("2023", "Les recettes de 2023 sont-elles supérieures ?", "2023-12-31"),
        ],
    ),
    (
        "Quelle est l'évolution du taux de pénétration mobile de 2014 à 2022 ?",
        [
            ("2014", "Quel est le taux de pénétration mobile en 2014 ?", "2014-12-31"),
            ("2022", "Quel est le taux de pénétration mobile en 2022 ?", "2022-12-31"),
        ],
    ),
    # two names
    (
        "De l'Urbanisme ou de la Santé, quel ministère affichait le meilleur taux au 30 juin 2025 ?",
        [
            ("l'Urbanisme", "l'Urbanisme : affichait quel taux au 30 juin 2025 ?", None),
            ("la Santé", "la Santé : affichait quel taux au 30 juin 2025 ?", None),
        ],
    ),
    (
        "La Santé a-t-elle un meilleur taux que la Justice au 30 juin 2025 ?",
        [
            ("la Santé", "La Santé a-t-elle un meilleur taux au 30 juin 2025 ?", None),
            ("la Justice", "la Justice a-t-elle un meilleur taux au 30 juin 2025 ?", None),
        ],
    ),
    (
        "WURI et PACTDIGITAL : lequel avait le plus avancé, et à quels taux ?",
        [
            ("WURI", "WURI : avait avancé, à quel taux ?", None),
            ("PACTDIGITAL", "PACTDIGITAL : avait avancé, à quel taux ?", None),
        ],
    ),
    # two sorts of one measure
    (
        "Quels sont les taux d'exécution physique et financière du MTDPCE ?",
        [
            ("physique", "Quel est le taux d'exécution physique du MTDPCE ?", None),
            ("financière", "Quel est le taux d'exécution financière du MTDPCE ?", None),
        ],
    ),
    # two things said one against the other
    (
        "Appuis projets : décaissements à fin septembre contre prévision de l'année ?",
        [
            ("décaissements à fin septembre", "Appuis projets : décaissements à fin septembre ?", None),
            ("prévision de l'année", "Appuis projets : prévision de l'année ?", None),
        ],
    ),
    # two questions
    (
        "Quel est le taux physique du MTDPCE en 2024 et combien de procédures ont été dématérialisées ?",
        [
            ("quel est le taux physique du MTDPCE en 2024", "Quel est le taux physique du MTDPCE en 2024 ?", None),
            (
                "combien de procédures ont été dématérialisées",
                "combien de procédures ont été dématérialisées (du MTDPCE, en 2024) ?",
                None,
            ),
        ],
    ),
    (
        "Où et quand s'est tenue la Semaine du numérique 2024 ?",
        [
            ("où", "Où s'est tenue la Semaine du numérique 2024 ?", None),
            ("quand", "quand s'est tenue la Semaine du numérique 2024 ?", None),
        ],
    ),
]

WHOLE = [
    "Quel était le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?",
    "Combien d'IRM ont été réalisées entre janvier et août 2025 ?",
    "Urbanisme et Habitat : quel taux pour le contrat d'objectifs à mi-année 2025 ?",
    "Qui est le ministre de l'Industrie et du Commerce ?",
    "Quel acteur compare le théâtre de l'Amitié à un temple et à un joyau ?",
    "Le ministère et la commission sont-ils d'accord ?",
    "Quand s'est tenue la session du 25 au 28 mars 2024 ?",
    "Que prévoit le plan 2021-2025 ?",
    "Quels concours figuraient à la 20e Semaine du numérique ?",
    "Le MTDPCE a-t-il fait mieux que prévu en 2024 ?",
    "Quelle part du territoire le chantier doit-il couvrir, et pour quelle échéance ?",
    "",
    "et",
]


@pytest.mark.parametrize(("question", "parts"), SPLIT)
def test_a_question_of_two_parts_is_taken_apart(question: str, parts: list[tuple[str, str, str | None]]) -> None:
    found = take_apart(question)
    assert [(part.label, part.question, part.time.end if part.time else None) for part in found] == parts


@pytest.mark.parametrize("question", WHOLE)
def test_a_whole_question_is_left_whole(question: str) -> None:
    assert take_apart(question) == ()


@given(st.text(max_size=120))
def test_any_text_is_whole_or_has_two_different_parts(text: str) -> None:
    parts = take_apart(text)
    assert len(parts) != 1
    assert len({part.question for part in parts}) == len(parts)


def test_a_change_is_told_from_a_state() -> None:
    assert asks_change("Comment a évolué le taux ?")
    assert not asks_change("Quel est le taux ?")


RATES = document(
    "taux",
    "Au 30 juin 2025, le taux d’exécution physique est de 43,61 %. Il était de 40 % au 30 juin 2024. "
    "L’objectif est de 50 %.",
    published="2025-08-14",
)


def place(quote: str) -> At:
    start = RATES.text.index(quote)
    return At(RATES, start, start + len(quote))


def test_a_sentence_is_of_the_time_of_its_figures() -> None:
    part = Part(label="", question="Quel est le taux d'exécution physique ?", counts=True)
    for quote, year in (("Au 30 juin 2025, le taux d’exécution physique est de 43,61 %.", "2025"),
                        ("Il était de 40 % au 30 juin 2024.", "2024")):  # fmt: skip
        at = place(quote)
        assert in_time(Time(f"{year}-06-30", True), at, told(part, at))
        assert not in_time(Time("2023-06-30", True), at, told(part, at))


def test_an_aim_is_no_value_unless_it_is_asked_for() -> None:
    at = place("L’objectif est de 50 %.")
    assert told(Part(label="", question="Quel est le taux ?"), at) == []
    assert told(Part(label="", question="Quel est l'objectif ?"), at)


def test_rows_of_a_table_are_worth_less_than_a_sentence() -> None:
    part = Part(label="", question="Combien de plaintes en 2020 ?", counts=True)
    rows = document("rows", "2020 | 556 plaintes | 32 | 1 109 | 4")
    said = document("said", "En 2020, la brigade a reçu 556 plaintes.")
    assert merit(part, At(rows, 0, len(rows.text))) < merit(part, At(said, 0, len(said.text)))


def test_a_count_of_the_noun_asked_for_is_worth_more_than_another_one() -> None:
    part = Part(label="", question="Combien de concours en 2024 ?", counts=True)
    noun = document("noun", "Les jurys ont jugé quatre concours.")
    other = document("other", "Leur prix s’élève à 500 000 FCFA.")
    assert merit(part, At(noun, 0, len(noun.text))) > merit(part, At(other, 0, len(other.text)))


def test_a_rate_of_change_is_no_value_but_says_the_change() -> None:
    rose = document("rose", "Les recettes sont en hausse de 3,73 %.")
    at = At(rose, 0, len(rose.text))
    assert says_change(at)
    assert told(Part(label="", question="Quelles sont les recettes ?"), at) == []
