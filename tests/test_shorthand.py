"""rag/text/shorthand.py: text-message spelling, and names that must not be taken for it; typing slips in BM25."""

import pytest

from rag.french import terms
from rag.lexical import LexicalIndex
from rag.text.shorthand import written_out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kel é le taux d'execution", "quel est le taux d'execution"),
        ("Kel est le taux ?", "quel est le taux ?"),
        ("ki a presidé la casem ds la ville", "qui a presidé la casem dans la ville"),
        ("combi1 de procedures pr 2024", "combien de procedures pour 2024"),
        ("pk le ministr a t il reporté", "pourquoi le ministère a était il reporté"),
        ("c koi le taux", "c'est quoi le taux"),
    ],
)
def test_shorthand_is_written_out(typed: str, meant: str) -> None:
    assert written_out(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Qui est Joseph Ki-Zerbo ?",
        "Quand Mme Ki a-t-elle pris fonction ?",
        "Quel est le plafond de la CB ?",
        "La séance a duré 10 min ?",
        "Où est le centre de formation de Pr Ouédraogo ?",
        "C’est quand ?",
        "kilomètre",
        "",
    ],
)
def test_plain_french_is_left_alone(question: str) -> None:
    assert written_out(question) == question


TEXTS = [
    "Le ministère a dématérialisé des procédures.",
    "La ministre inaugure un forage à Ouagadougou.",
    "Budget 1848.",
]


@pytest.mark.parametrize(
    ("typed", "row"), [("dématérialisation dématérailisé", 0), ("Ouagadougu", 1), ("forrage", 1), ("procèduers", 0)]
)
def test_a_slip_finds_what_was_meant(typed: str, row: int) -> None:
    scores = LexicalIndex.build(TEXTS).scores_of(terms(typed), range(len(TEXTS)))
    assert scores.argmax() == row
    assert scores[row] > 0


def test_a_guess_weighs_less_than_the_word_itself() -> None:
    index = LexicalIndex.build(TEXTS)
    assert 0 < index.scores_of(terms("forrage"), [1]) < index.scores_of(terms("forage"), [1])


@pytest.mark.parametrize("typed", ["1849", "zzzzzz", "sur", ""])
def test_numbers_and_strangers_are_not_guessed(typed: str) -> None:
    assert not LexicalIndex.build(TEXTS).scores_of(terms(typed), range(len(TEXTS))).any()
    assert LexicalIndex.build([]).slips("forage") == ()
