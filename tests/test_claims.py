"""Claims held against the demonstration texts."""

import json

import pytest
from builders import ROOT, document
from evidence import documents, family, weight

from rag.claims import claims_in, verify_claim
from rag.compare.statements import At

CLAIMS = [json.loads(line) for line in (ROOT / "evals/suites/claims.jsonl").read_text(encoding="utf-8").splitlines()]
KNOWN_MISSES = 7
"""Claims of the suite that are read wrongly with all texts as evidence; never as confirmed when they are not."""


def test_the_suite_is_balanced_and_points_to_texts_that_say_so() -> None:
    counts = {status: sum(claim["status"] == status for claim in CLAIMS) for status in
              ("confirmed", "contradicted", "not_found")}  # fmt: skip
    assert counts == {"confirmed": 34, "contradicted": 34, "not_found": 32}
    plain = str.maketrans("\u00a0\u202f", "  ")
    for claim in CLAIMS:
        if claim["doc"]:
            text = documents()[claim["doc"].split("/")[1]].text.translate(plain)
            assert claim["value"] in text, claim


def test_the_suite_is_read_right_with_every_text_as_evidence() -> None:
    everything = family("")
    wrong = []
    for claim in CLAIMS:
        verdict = verify_claim(claim["claim"], everything, weight=weight)
        if verdict.status != claim["status"]:
            wrong.append((claim["claim"], verdict.status))
            assert verdict.status == "not_found" or claim["status"] == "not_found"
            assert verdict.status != "confirmed"
    assert len(wrong) <= KNOWN_MISSES, wrong


def test_a_contradicted_claim_gives_the_true_figure_and_its_quote() -> None:
    verdict = verify_claim(
        "Le ministère de la Transition digitale a dématérialisé 75 procédures en 2024.",
        family("casem-mtdpce"),
        weight=weight,
    )
    assert (verdict.status, verdict.value) == ("contradicted", "65")
    for quote in verdict.quotes:
        assert documents()[quote.doc].text[quote.start : quote.end] == quote.quote
    assert "65" in verdict.quotes[0].quote


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("La session a réuni 120 participants.", "confirmed"),
        ("La session a réuni près de 120 participants.", "confirmed"),
        ("La session a réuni 150 participants.", "contradicted"),
        ("La session a réuni environ 119 participants.", "confirmed"),
        ("La session a réuni 120 journalistes.", "not_found"),
        ("Le ministre n’a pas adopté le rapport annuel.", "contradicted"),
        ("Le ministre a adopté le rapport annuel.", "confirmed"),
        ("Le ministre a rejeté le budget des sports.", "not_found"),
    ],
)
def test_facts_and_counts(claim: str, status: str) -> None:
    text = "La session a réuni 120 participants à Koudougou. Le ministre a adopté le rapport annuel."
    source = document(text=text)
    cut = text.index(" Le ministre")
    verdict = verify_claim(claim, [At(source, 0, cut), At(source, cut + 1, len(text))], weight=lambda _: 1.0)
    assert verdict.status == status
    assert bool(verdict.quotes) == (status != "not_found")


def test_without_evidence_nothing_is_found() -> None:
    verdict = verify_claim("Le ministère a livré 104 bâtiments.", [], weight=weight)
    assert (verdict.status, verdict.value, verdict.quotes) == ("not_found", None, ())


def test_a_paragraph_is_taken_apart_in_claims() -> None:
    text = "M. Sana a livré 104 bâtiments. Le taux est de 69,89 %. Qu’en pensez-vous ?"
    assert claims_in(text) == ("M. Sana a livré 104 bâtiments.", "Le taux est de 69,89 %.")


def told(claim: str) -> tuple[str, str | None]:
    verdict = verify_claim(claim, family("casem-mtdpce", "casem-mica", "revue-", "eval-mtdpce"), weight=weight)
    return verdict.status, verdict.value


def test_a_figure_without_its_measure_is_neither_confirmed_nor_contradicted() -> None:
    assert told("95 % au 30 juin 2025.") == ("not_found", None)
    assert told("Le ministère de la Transition digitale a atteint 95 % au 30 juin 2025.") == ("not_found", None)
    assert told("Le taux d’exécution physique du MTDPCE était de 95 % au 30 juin 2025.") == (
        "contradicted",
        "43,61\u00a0%",
    )


def test_the_quotes_of_a_contradiction_prove_its_value_and_no_other() -> None:
    claim = "Le taux d’exécution physique du MTDPCE était de 95 % au 30 juin 2025."
    verdict = verify_claim(claim, family("casem-mtdpce", "revue-", "eval-mtdpce"), weight=weight)
    assert verdict.quotes and all("43,61" in quote.quote for quote in verdict.quotes)


def test_a_fact_denied_is_contradicted_and_a_wrong_place_is_not_confirmed() -> None:
    assert told("L’exportation du karité a été suspendue en 2024.")[0] == "confirmed"
    assert told("L’exportation du karité n’a pas été suspendue en 2024.")[0] == "contradicted"
    where = "Le CASEM extraordinaire de la Transition digitale s’est tenu à {} le 14 août 2025."
    assert told(where.format("Ouagadougou"))[0] == "confirmed"
    assert told(where.format("Bobo-Dioulasso"))[0] == "not_found"
