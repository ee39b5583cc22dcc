"""rag/lexical.py: BM25 against figures worked out by hand and against a plain implementation; French forms; files."""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.french import terms
from rag.lexical import LexicalIndex
from rag.postings import Postings

TEXTS = (
    "Le forage du Sahel.",
    "Le forage, le forage et la pompe du village de Dori.",
    "Un barrage à Bagré.",
)
VOCABULARY = ["forage", "pompe", "barrage", "village", "budget", "Dori", "65", "RESINA", "l’eau"]


def scores(index: LexicalIndex, question: str) -> list[float]:
    """Of every row, in order."""
    found: list[float] = index.scores_of(terms(question), range(index.size)).tolist()
    return found


def plain_bm25(texts: Sequence[str], question: str, k1: float = 1.2, b: float = 0.75) -> list[float]:
    """Robertson & Zaragoza 2009, straight from the formula: no arrays, no postings."""
    bags = [Counter(terms(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in set(terms(question)):
            n = sum(1 for other in bags if term in other)
            idf = math.log(1 + (len(bags) - n + 0.5) / (n + 0.5))
            if bag[term]:
                score += idf * bag[term] * (k1 + 1) / (bag[term] + k1 * (1 - b + b * bag.total() / mean))
        scores.append(score)
    return scores


def test_scores_worked_out_by_hand() -> None:
    index = LexicalIndex.build(TEXTS)
    # Terms: [forage sahel] [forage forage pompe village dori] [barrage bagre]; lengths 2, 5, 2, mean 3.
    # "forage" in 2 of 3: idf = ln(1 + 1.5 / 2.5) = ln 1.6 = 0.4700
    # row 0: 0.4700 * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3)) = 1.0340 / 1.9 = 0.5442
    # row 1: 0.4700 * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 5 / 3)) = 2.0680 / 3.8 = 0.5442
    assert scores(index, "forage") == pytest.approx([0.54422, 0.54422, 0.0], abs=1e-5)
    # "barrage" in 1 of 3: idf = ln(1 + 2.5 / 1.5) = 0.98083; row 2: 0.98083 * 2.2 / 1.9 = 1.13570
    assert scores(index, "barrage") == pytest.approx([0.0, 0.0, 1.13570], abs=1e-5)
    assert index.idf("barrag") == pytest.approx(math.log(1 + 2.5 / 1.5), rel=1e-6)


@given(
    st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join), min_size=1, max_size=12),
    st.lists(st.sampled_from([*VOCABULARY, "inconnu"]), max_size=5).map(" ".join),
)
def test_scores_are_those_of_the_formula(texts: list[str], question: str) -> None:
    if any(terms(text) for text in texts):
        assert scores(LexicalIndex.build(texts), question) == pytest.approx(plain_bm25(texts, question), rel=1e-5)


def test_a_term_said_twice_in_the_question_counts_once() -> None:
    index = LexicalIndex.build(TEXTS)
    assert scores(index, "forage forage") == scores(index, "forage")


def test_a_term_of_every_passage_never_lowers_a_score() -> None:
    index = LexicalIndex.build(["budget forage", "budget pompe", "budget"])
    assert min(scores(index, "budget")) > 0
    assert all(both >= one for both, one in zip(scores(index, "budget forage"), scores(index, "forage"), strict=True))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Le taux d’exécution physique", "taux d'exécution"),
        ("L'État finance l’électrification", "état"),
        ("L'État finance l’électrification", "Electrification"),
        ("la dématérialisation des procédures", "dematerialisation"),
        ("LA DÉMATÉRIALISATION", "dématérialisation"),
        ("65 procédures administratives", "procédure administrative"),
        ("le réseau RESINA", "resina"),
        ("1 848 personnes formées", "1848"),
        ("1\u202f848 personnes formées", "1.848"),
        ("un taux de 69,89 %", "69.89"),
        ("la 19ᵉ édition", "19e"),
        ("le cœur du dispositif", "coeur"),
        ("Bobo-Dioulasso", "dioulasso"),
        ("E\u0301ducation", "éducation"),
    ],
)
def test_french_forms_find_each_other(written: str, asked: str) -> None:
    index = LexicalIndex.build([written, "rien de commun ici"])
    found, other = scores(index, asked)
    assert found > 0
    assert other == 0


def test_stop_words_find_nothing() -> None:
    index = LexicalIndex.build(["Le taux de la pompe est dans le rapport"])
    assert scores(index, "le de la est dans qui que l’ d'") == [0.0]


def test_what_is_unknown_scores_nothing_and_is_as_telling_as_what_is_seen_once() -> None:
    index = LexicalIndex.build(TEXTS)
    assert index.scores_of(["inconnu"], range(3)).tolist() == [0.0, 0.0, 0.0]
    assert index.idf("inconnu") == index.idf(terms("pompe")[0])
    assert index.idf("inconnu") > index.idf(terms("forage")[0]) > 0
    assert not index.knows("inconnu")
    assert index.knows(terms("forage")[0])


@pytest.mark.parametrize("texts", [[], [""], ["le la les", "de du"]])
def test_an_index_of_nothing_answers_nothing(texts: list[str], tmp_path: Path) -> None:
    built = Postings.build(texts)
    built.save(tmp_path)
    for part in (built, Postings.open(tmp_path, len(texts))):
        index = LexicalIndex([part])
        assert scores(index, "forage") == [0.0] * len(texts)
        assert index.top(["forage"], 5)[0].tolist() == []
        assert np.isfinite(index.idf("forage"))


@given(st.lists(st.text(max_size=60), max_size=8))
def test_what_is_saved_scores_the_same_when_opened(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    part = Postings.build(texts)
    part.save(folder)
    assert {path.name for path in folder.iterdir()} == set(Postings.files())
    built, opened = LexicalIndex([part]), LexicalIndex([Postings.open(folder, len(texts))])
    for text in texts:
        assert scores(opened, text) == scores(built, text)
    assert opened.size == len(texts)
