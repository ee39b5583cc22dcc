"""rag/training/alter.py: an altered question asks for what its passage does not say."""

import random

import pytest

from rag.training.alter import alter, names

OTHERS = names(["Qui dirige le FESPACO ?", "Qui dirige le SIAO ?", "Où est né le Mogho Naaba ?"])


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Quel était le taux en 2024 ?", "Le taux de 2024 est de 88 %."),
        ("Qui a ouvert la 19e édition ?", "La 19e édition a été ouverte par la ministre."),
        ("Combien de films le FESPACO a-t-il reçus ?", "Le FESPACO a reçu 20 films."),
        ("Qui a présidé la clôture ?", "La clôture a été présidée par le ministre."),
    ],
)
def test_one_word_of_the_passage_becomes_another(question: str, read: str) -> None:
    for seed in range(20):
        changed = alter(question, read, OTHERS, random.Random(seed))
        assert changed and changed != question
        new = set(changed.split()) - set(question.split())
        assert len(new) >= 1
        assert not any(word in read for word in new)


@pytest.mark.parametrize("question", ["Pourquoi ?", "Qui a présidé la réunion de 2021 ?"])
def test_nothing_is_changed_that_the_passage_does_not_hold(question: str) -> None:
    assert alter(question, "La séance a duré deux heures.", OTHERS, random.Random(0)) is None


def test_names_take_the_place_of_names_after_the_same_word() -> None:
    assert OTHERS["le"] == ["FESPACO", "Mogho Naaba", "SIAO"]
    found = {alter("Qui préside le FESPACO ?", "le FESPACO", OTHERS, random.Random(seed)) for seed in range(30)}
    assert found == {"Qui préside le SIAO ?"}
