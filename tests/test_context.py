"""rag/context.py: the day and the person that a quote leaves to be understood."""

import pytest
from builders import document

from corpus.records import Document
from rag.compare.statements import At
from rag.context import cutoff, referent
from rag.values import Referent

REPORT = document(
    "rapport",
    "La ministre de la Transition digitale, Aminata Zerbo, a présidé les travaux. Elle a félicité les agents.\n\n"
    "Situation arrêtée au 31 décembre 2024, l’exécution physique s’établit à 88,02 %. "
    "Sur le plan financier, le taux ressort, à la même date, à 69,89 %.\n\n"
    "La ministre a salué l’appui des partenaires. Il s’agit d’un soutien constant.\n\n"
    "L’objectif de l’an prochain est de 95 %.",
)
TWO = document(
    "deux",
    "Le ministre de la Santé, Robert Kargougou, a reçu le ministre de la Justice, Rodrigue Bayala. Il a parlé.\n\n"
    "Le ministre a promis de revenir.",
)


def place(d: Document, quote: str) -> At:
    start = d.text.index(quote)
    return At(d, start, start + len(quote))


@pytest.mark.parametrize(
    ("quote", "day"),
    [
        ("Sur le plan financier, le taux ressort, à la même date, à 69,89 %.", "2024-12-31"),
        ("Situation arrêtée au 31 décembre 2024, l’exécution physique s’établit à 88,02 %.", None),
        ("Elle a félicité les agents.", None),
        ("L’objectif de l’an prochain est de 95 %.", None),
    ],
)
def test_the_day_of_figures_is_told_where_the_text_before_says_it(quote: str, day: str | None) -> None:
    assert cutoff(place(REPORT, quote)) == day


@pytest.mark.parametrize(
    ("quote", "said", "name"),
    [
        ("Elle a félicité les agents.", "Elle", "Aminata Zerbo"),
        ("La ministre a salué l’appui des partenaires.", "La ministre", "Aminata Zerbo"),
    ],
)
def test_a_pronoun_is_somebody_where_it_is_certain(quote: str, said: str, name: str) -> None:
    assert referent(place(REPORT, quote)) == Referent(said=said, name=name)


@pytest.mark.parametrize(
    ("d", "quote"),
    [
        (REPORT, "Il s’agit d’un soutien constant."),
        (REPORT, "Sur le plan financier, le taux ressort, à la même date, à 69,89 %."),
        (TWO, "Il a parlé."),
        (TWO, "Le ministre a promis de revenir."),
    ],
)
def test_nobody_is_named_where_it_is_not_certain(d: Document, quote: str) -> None:
    assert referent(place(d, quote)) is None
