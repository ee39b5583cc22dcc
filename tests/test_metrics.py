"""The metrics against hand-computed cases, the library's own values, and what chance predicts."""

import math

import pytest
from asking import PlainAsker, by_chance, cite, everything, perfect, silent, town
from builders import document
from hypothesis import given
from hypothesis import strategies as st

from evals import metrics
from evals.cases import Gold, Suite
from evals.curves import auroc, calibration, risk_coverage
from evals.figures import read_figures
from evals.matching import contains, coverage, exact_match, figure_right, normalise, token_f1
from evals.results import Result
from evals.run import run_suite
from evals.scoring import finds, is_exact, proves
from rag import Evidence


def run(suite: Suite, asker: PlainAsker) -> Result:
    *_, last = run_suite(suite, asker)
    assert last.result is not None
    return last.result


def test_ranking_by_hand() -> None:
    """Gold at ranks 2 and 6 of 2: every figure worked out on paper."""
    ranked = ["x1", "g1", "x2", "x3", "x4", "g2", "x5"]
    found = metrics.ranking({"q": ["g1", "g2"]}, {"q": ranked})["q"]
    assert found["recall@1"] == 0 and found["recall@5"] == 0.5 and found["recall@10"] == 1
    assert found["success@1"] == 0 and found["success@5"] == 1 and found["mrr@10"] == 0.5
    gain = 1 / math.log2(3) + 1 / math.log2(7)
    assert found["ndcg@10"] == pytest.approx(gain / (1 + 1 / math.log2(3)), abs=1e-4)


def test_ranking_agrees_with_the_library_s_own_example() -> None:
    """The example of ir-measures' documentation, whose nDCG@10 is 0.8154648767857288."""
    found = metrics.ranking({"Q0": ["D1"], "Q1": ["D3"]}, {"Q0": ["D0", "D1"], "Q1": ["D3", "D0"]})
    assert (found["Q0"]["ndcg@10"] + found["Q1"]["ndcg@10"]) / 2 == pytest.approx(0.8154648767857288)


def test_a_question_with_an_empty_ranking_scores_zero_not_nothing() -> None:
    found = metrics.ranking({"a": ["g"], "b": ["g"]}, {"a": ["g"]})
    assert found["b"] == dict.fromkeys(metrics.RANKING, 0.0) and found["a"]["recall@1"] == 1
    assert metrics.ranking({"a": ["g"]}, {})["a"]["ndcg@10"] == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("69,89 %", "69,89%"),
        ("69,89\u00a0%", "69,89 pour cent"),
        ("1 848", "1848"),
        ("1\u202f848", "1.848"),
        ("L’Assemblée", "l'assemblee"),
        ("d'un taux de 3 025,50", "UN TAUX DE 3025,5"),
        ("qu’il", "il"),
        ("les bâtiments", "bâtiments"),
    ],
)
def test_french_normalisation_makes_one_of(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_accents_make_the_strict_variant() -> None:
    assert exact_match("Fada N'Gourma", ["fada ngourma"]) == 0
    assert exact_match("Pouytenga réhabilité", ["pouytenga rehabilite"]) == 1
    assert exact_match("Pouytenga réhabilité", ["pouytenga rehabilite"], accents=True) == 0


def test_figures_are_told_apart() -> None:
    assert normalise("69,89 %") != normalise("69,98 %") and normalise("1,848") != normalise("1848")
    assert contains("un taux de 169,89 %", ["69,89 %"]) == 0, "no match inside a longer number"
    assert contains("en 2024 et 2025", ["24"]) == 0


def test_token_f1_by_hand() -> None:
    """ "le taux atteint 69,89 %" keeps 3 tokens, "69,89 %" 1: P 1/3, R 1, F1 1/2."""
    assert token_f1("le taux atteint 69,89 %", ["88,02 %", "69,89 %"]) == pytest.approx(0.5)
    assert token_f1("", ["x"]) == 0 and token_f1("x", []) == 0


def test_contains_and_coverage_look_at_the_beginning_only() -> None:
    assert contains("Il y a 104 bâtiments.", ["104"]) == 1 and contains("x " * 600 + "104", ["104"]) == 0
    assert coverage("Kaya et Dori", ["Kaya", "Dori", "Fada", "kaya"]) == pytest.approx(2 / 3)
    assert coverage("Kaya", []) is None
    assert coverage("le 28 décembre", ["lundi 28 décembre", "28 décembre", "29 décembre"]) == 0.5, "longer forms"


def test_figure_accuracy_needs_value_unit_and_cutoff() -> None:
    def right(said: str, accepted: str, cutoff: str | None = None) -> float | None:
        return figure_right(said, [accepted], cutoff=cutoff, read=read_figures)

    assert right("un taux de 69,89 pour cent", "69,89 %") == 1
    assert right("un total de 69,89 FCFA", "69,89 %") == 0
    assert right("un taux de 88,02 %", "69,89 %") == 0
    assert right("soixante-cinq procédures", "65") == 1
    assert right("Au 31 décembre 2024, 69,89 %", "69,89 %", "2024-12-31") == 1
    assert right("Au 30 juin 2024, 69,89 %", "69,89 %", "2024-12-31") == 0
    assert right("le ministre", "le ministre") is None


def test_citations_by_hand() -> None:
    """Sentence 1: a needed citation and a repeat of it; sentence 2: nothing that proves. ALCE: 1/2 and 1/3."""
    view = metrics.CitationView
    good, off = view(exact=True, proves=frozenset({0})), view(exact=False, proves=frozenset())
    found = metrics.citation_scores([[good, good], [off]], gold=True)
    assert found["citation_exact"] == pytest.approx(2 / 3)
    assert found["citation_recall"] == 0.5 and found["citation_precision"] == pytest.approx(1 / 3)
    assert metrics.citation_scores([[good]], gold=False)["citation_recall"] is None
    assert set(metrics.citation_scores([], gold=True).values()) == {None}


def test_exactness_sees_altered_quotes_and_unknown_documents() -> None:
    d = document("a", "Le taux est de 69,89 %.")
    documents = {d.id: d}
    assert is_exact(cite(d, 0, 7), documents.__getitem__)
    assert not is_exact(cite(d, 0, 7, "Le tauX"), documents.__getitem__)
    assert not is_exact(cite(document("b"), 0, 7), documents.__getitem__)
    assert not is_exact(cite(d, 3, 3), documents.__getitem__)


def passage(doc: str, start: int, end: int) -> Evidence:
    return Evidence(
        rank=1, score=1.0, doc=doc, start=start, end=end, text="x" * (end - start), url="", title="", publisher="",
        ministry="", published=None, page=None,
    )  # fmt: skip


def test_half_of_the_quote_must_be_found_and_huge_passages_find_nothing() -> None:
    gold = Gold(doc="d", quote="x" * 100, start=1000)
    assert finds(passage("d", 1050, 1500), gold) and not finds(passage("d", 1051, 1500), gold)
    assert not finds(passage("e", 900, 1200), gold) and not finds(passage("d", 0, 5000), gold)
    d = document("a", "y" * 5000)
    whole = Gold(doc=d.id, quote="y" * 100, start=1000)
    assert proves(cite(d, 1000, 1100), whole) and not proves(cite(d, 0, 5000), whole)


def test_risk_coverage_by_hand() -> None:
    """Right, wrong, right by falling confidence: risks 0, 1/2, 1/3."""
    points, area = risk_coverage([0.2, 0.9, 0.5], [False, False, True])
    assert points == [(0.333333, 0.0), (0.666667, 0.5), (1.0, 0.333333)]
    assert area == pytest.approx((0 + 1 / 2 + 1 / 3) / 3, abs=1e-6)
    assert risk_coverage([], []) == ([], None)


def test_ties_in_confidence_do_not_depend_on_the_order() -> None:
    one = risk_coverage([0.5, 0.5, 0.5, 0.5], [True, True, False, False])
    assert one == risk_coverage([0.5, 0.5, 0.5, 0.5], [False, True, False, True]) == ([(1.0, 0.5)], 0.5)


def test_calibration_and_auroc_by_hand() -> None:
    bins, error = calibration([0.9, 0.9, 0.1, 1.0], [True, False, False, True], bins=2)
    assert [b["n"] for b in bins] == [1, 3] and error == pytest.approx(
        0.25 * 0.1 + 0.75 * abs(2.8 / 3 - 2 / 3), abs=1e-5
    )
    assert auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == 0.875
    assert auroc([0.5], [True]) is None


def test_the_bootstrap_is_seeded_and_covers_the_value() -> None:
    parts = [(float(n % 3 == 0), 1.0) for n in range(300)]
    one = metrics.ratio(parts, seed=1)
    assert one == metrics.ratio(parts, seed=1) != metrics.ratio(parts, seed=2)
    assert one is not None and one.low < one.value < one.high and one.n == 300
    width = 2 * 1.96 * math.sqrt(one.value * (1 - one.value) / 300)
    assert one.high - one.low == pytest.approx(width, rel=0.15), "the normal approximation of a proportion"
    assert metrics.ratio([(0.0, 0.0)], seed=1) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_curves_stay_in_the_unit_square(pairs: list[tuple[float, bool]]) -> None:
    confidence, wrong = [c for c, _ in pairs], [w for _, w in pairs]
    points, area = risk_coverage(confidence, wrong)
    assert all(0 < x <= 1 and 0 <= y <= 1 for x, y in points) and points[-1][0] == 1
    assert points[-1][1] == pytest.approx(sum(wrong) / len(wrong), abs=1e-6) and area is not None and 0 <= area <= 1


def test_a_perfect_system_has_full_marks_and_its_refusals_count_as_successes() -> None:
    documents, suite = town()
    found = run(suite, perfect(documents)).metrics
    for name in ("recall@1", "correct", "contains", "figure", "citation_exact", "citation_recall", "crag"):
        assert found[name].value == 1, name
    assert found["refusal_precision"].value == found["refusal_recall"].value == found["refusal_f1"].value == 1
    assert found["error_unanswerable"].value == found["refused_answerable"].value == 0
    assert found["correct"].n == len(suite.cases), "refusals are scored"


def test_easy_and_adversarial_negatives_are_apart() -> None:
    documents, suite = town()

    def reply(question: str, seen: list) -> tuple:  # type: ignore[type-arg]
        easy = question.rstrip(" ?").split()[-1]
        return ((), 0.1) if int(easy) % 4 == 0 else (((seen[0], 0, 5),), 0.5)

    found = run(suite, PlainAsker(documents, lambda _, seen: seen, reply)).metrics
    assert found["error_easy"].value == 0 and found["error_easy"].n == 10
    assert found["error_adversarial"].value == 1 and found["error_adversarial"].n == 30
    assert found["error_unanswerable"].value == 0.75


def test_chance_scores_what_chance_predicts() -> None:
    """40 documents: recall@k of a shuffle is k/40; random refusals find what the base rate says."""
    documents, suite = town()
    runs = [run(suite, by_chance(documents, seed)) for seed in range(12)]

    def mean(name: str) -> float:
        return sum(r.metrics[name].value for r in runs) / len(runs)

    for k in (1, 5, 10, 20):
        assert mean(f"recall@{k}") == pytest.approx(k / 40, abs=0.06)
    assert mean("mrr@10") == pytest.approx(sum(1 / r for r in range(1, 11)) / 40, abs=0.03)
    assert mean("refusal_precision") == pytest.approx(0.5, abs=0.06)
    assert mean("refusal_recall") == pytest.approx(0.5, abs=0.06)
    assert mean("error_unanswerable") == pytest.approx(0.5, abs=0.06)
    assert mean("contains") == pytest.approx(0.5 / 40, abs=0.02)
    assert sum(r.curves["auroc_answerable"] for r in runs) / len(runs) == pytest.approx(0.5, abs=0.05)


def test_cheats_do_not_win() -> None:
    documents, suite = town()
    honest = run(suite, perfect(documents)).metrics
    cheat, mute = run(suite, everything(documents)).metrics, run(suite, silent(documents)).metrics
    assert cheat["contains"].value < 0.5, "only the beginning of an answer is judged"
    assert cheat["citation_precision"].value == pytest.approx(1 / 40)
    assert cheat["citation_recall"].value == pytest.approx(1 / 40)
    assert cheat["error_unanswerable"].value == 1
    for other in (cheat, mute):
        assert other["correct"].value < 0.75 * honest["correct"].value and other["crag"].value <= 0.5
    assert mute["refused_answerable"].value == 1 and mute["correct"].value == 0.5
