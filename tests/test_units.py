"""rag/units.py: the kind of figure that a question wants."""

import pytest

from rag.figures import figures
from rag.units import fits, units_of


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Quel taux d’exécution physique le CASEM a-t-il constaté ?", {"percent", "fraction"}),
        ("À combien s’élève le taux d’exécution financière ?", {"percent", "fraction"}),
        ("Quel est le taux d’intérêt du crédit IDA ?", {"percent", "fraction"}),
        ("Combien le raccordement de 116 bâtiments a-t-il coûté ?", {"money"}),
        ("Combien ont coûté les examens du BEP en 2024 ?", {"money"}),
        ("Combien coûte la couverture des 19 localités ?", {"money"}),
        ("Quel était le montant du budget 2025 ?", {"money"}),
        ("Quelle somme la visioconférence a-t-elle permis d’économiser ?", {"money"}),
        ("Quel préjudice les victimes ont-elles déclaré ?", {"money"}),
        ("Combien de bâtiments étaient reliés au RESINA ?", {"number", "quantity", "fraction"}),
        ("Combien d’administrateurs ont siégé ?", {"number", "quantity", "fraction"}),
        ("Combien de projets dont le budget dépasse un milliard ?", {"number", "quantity", "fraction"}),
        ("En combien de mois le projet devait-il être réalisé ?", {"duration", "period"}),
        ("Quelle longueur de fibre au total ?", {"quantity"}),
        ("Combien de kilomètres reviennent au RESINA ?", {"quantity"}),
        ("Qui a présidé le CASEM ?", set()),
        ("Combien doivent être reliés ?", set()),
    ],
)
def test_the_kind_of_figure_that_a_question_wants(question: str, kinds: set[str]) -> None:
    assert units_of(question) == kinds


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Combien coûte l’école ?", "Elle compte 116 bâtiments.", False),
        ("Combien coûte l’école ?", "Elle a coûté 12,5 milliards de FCFA.", True),
        ("Quel est le taux de réussite ?", "Le taux est de 52,61 %.", True),
        ("Quel est le taux d’intérêt ?", "Le crédit est de 150 millions de dollars.", False),
        ("Combien d’élèves ont été admis ?", "Le taux est de 52,61 %.", False),
        ("Combien d’élèves ont été admis ?", "On compte 79 937 admis.", True),
        ("Qui préside ?", "Le taux est de 52,61 %.", True),
    ],
)
def test_a_figure_fits_the_question(question: str, sentence: str, expected: bool) -> None:
    found = figures(sentence)
    assert found
    assert any(fits(figure, units_of(question)) for figure in found) is expected
