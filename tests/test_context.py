"""rag/context.py: the day and the person that a quote leaves to be understood."""

import pytest
from builders import document

from corpus.records import Document
from rag.compare.statements import At
from rag.context import cutoff, leans_on, referent
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


LEANING = document(
    "appuis",
    "Deux projets forment le portefeuille. Il pèse lourd. Son montant global s’élève à 144 milliards de FCFA.\n\n"
    "En tout, 59 plateformes ont été développées. Sur ce total, 32 sont en ligne.\n\n"
    "Le circuit équipe 197 structures. Sa déclinaison pour l’étranger en compte 146.\n\n"
    "Elle n’a pas de phrase devant elle.\n\n"
    "Combien coûte l’ensemble ? Près de 36 millions d’euros. Depuis, le prix a monté.\n\n"
    "Le taux est de 85 %. Cette année, 41 forages ont été réhabilités. La session s’est tenue à Ouagadougou.\n\n"
    "La réponse tient en un chiffre : 53 %. C’est le taux du contrat. C’est l’Assemblée qui l’a voté.\n\n"
    "L’atelier s’est ouvert lundi à Kaya. Le gouverneur en a présidé l’ouverture. Les produits restants suivront.",
)


@pytest.mark.parametrize(
    ("quote", "before"),
    [
        ("Son montant global s’élève à 144 milliards de FCFA.", "Deux projets forment le portefeuille. Il pèse lourd."),
        ("Sur ce total, 32 sont en ligne.", "En tout, 59 plateformes ont été développées."),
        ("Sa déclinaison pour l’étranger en compte 146.", "Le circuit équipe 197 structures."),
        ("Elle n’a pas de phrase devant elle.", None),
        ("Près de 36 millions d’euros.", "Combien coûte l’ensemble ?"),
        ("Depuis, le prix a monté.", "Combien coûte l’ensemble ? Près de 36 millions d’euros."),
        ("Cette année, 41 forages ont été réhabilités.", None),
        ("La session s’est tenue à Ouagadougou.", None),
        ("C’est le taux du contrat.", "La réponse tient en un chiffre : 53 %."),
        ("C’est l’Assemblée qui l’a voté.", None),
        ("Le gouverneur en a présidé l’ouverture.", "L’atelier s’est ouvert lundi à Kaya."),
        (
            "Les produits restants suivront.",
            "L’atelier s’est ouvert lundi à Kaya. Le gouverneur en a présidé l’ouverture.",
        ),
    ],
)
def test_what_a_sentence_leans_on_stands_before_it_in_its_paragraph(quote: str, before: str | None) -> None:
    found = leans_on(place(LEANING, quote))
    assert (LEANING.text[found.start : found.end] if found else None) == before


def test_nothing_is_leant_on_where_the_person_is_told() -> None:
    assert leans_on(place(REPORT, "Elle a félicité les agents.")) is None
    assert leans_on(place(TWO, "Il a parlé.")) is not None
