"""The checker: sentences of the demonstration texts, told faithfully and counterfeited one thing at a time."""

import pytest

from rag.check import SUPPORT_FROM, Verdict, check

FINANCE = (
    "À la date du 31 décembre 2024, le ministère enregistre un taux d’exécution physique de 88,02% et un taux "
    "d’exécution financière de 69,89%."
)
DIGITAL = (
    "Il s’agit de la dématérialisation de 65 procédures administratives, dont 5 sont déjà mises en exploitation, et "
    "de l’interconnexion de 104 bâtiments au RESINA."
)
BUDGET = (
    "Le montant envisagé pour son budget 2026 est de 61 milliards FCFA, apprend-on au sortir de la deuxième session "
    "ordinaire de son conseil d’administration, tenue le lundi 29 décembre 2025 à Ouagadougou."
)
HELD = (
    "Le ministre de la Sécurité, Mahamadou Sana, a présidé à Ouagadougou, le mardi 25 novembre 2025, le deuxième CASEM."
)
SCANS = "Depuis, plus de 1 300 IRM ont pu être réalisées, à la date de décembre 2024."
GOLD = "Le Burkina Faso a produit 94 tonnes d’or en 2025, soit une hausse de plus de 30 tonnes par rapport à 2024."
VOTE = "Les députés n’ont pas adopté le projet de loi sur la sécurité des systèmes d’information."
ZONES = "Les 750 zones devraient être desservies d’ici à fin 2026."
LAUNCHED = (
    "La ministre Aminata Zerbo/Sabané a lancé les travaux le 27 mars 2025 à Bobo-Dioulasso, sans la société Orange."
)
RECETTES = "Au 30 septembre 2025, les recettes propres mobilisées atteignent 2 414,6 milliards FCFA."
LOAN = "La Banque mondiale a refusé de financer le projet PACTDIGITAL, d’un coût de 92 752 319 800 FCFA."
CONTEST = "Le ministère a organisé 174 concours professionnels et 256 concours directs au titre de 2025."

# (sentence, quote): what the quote carries
FAITHFUL = (
    (FINANCE, FINANCE),
    (FINANCE.replace("’", "’ ").replace("’ ", "’"), f"{DIGITAL} {FINANCE}"),
    ("Au 31 décembre 2024, le taux d’exécution physique du ministère est de 88,02 %.", FINANCE),
    ("Le taux d’exécution financière du ministère est de 69,89 % au 31 décembre 2024.", FINANCE),
    ("Le ministère enregistre en 2024 un taux d’exécution financière de 69,89 pour cent.", FINANCE),
    ("65 procédures administratives sont dématérialisées, dont 5 mises en exploitation.", DIGITAL),
    ("L’interconnexion au RESINA est celle de 104 bâtiments.", DIGITAL),
    ("Le montant envisagé pour le budget 2026 est de 61 000 millions FCFA.", BUDGET),
    ("La deuxième session du conseil d’administration, tenue le 29 décembre 2025, a envisagé un budget.", BUDGET),
    ("Mahamadou Sana a présidé le deuxième CASEM le 25 novembre 2025.", HELD),
    ("À Ouagadougou, le ministre de la Sécurité a présidé le deuxième CASEM.", HELD),
    ("Plus de 1 300 IRM ont pu être réalisées.", SCANS),
    ("Le Burkina Faso a produit 94 tonnes d’or en 2025.", GOLD),
    ("Les députés n’ont pas adopté le projet de loi.", VOTE),
    ("Les 750 zones devraient être desservies d’ici à fin 2026.", ZONES + " Les travaux avancent."),
    ("Aminata Zerbo/Sabané a lancé les travaux à Bobo-Dioulasso.", LAUNCHED),
    ("Les recettes propres atteignent 2 414,6 milliards FCFA.", RECETTES),
    ("La Banque mondiale a refusé de financer PACTDIGITAL.", LOAN),
    ("Le ministère a organisé 256 concours directs.", CONTEST),
)


@pytest.mark.parametrize(("sentence", "quote"), FAITHFUL)
def test_what_the_quote_carries_is_supported(sentence: str, quote: str) -> None:
    verdict = check(sentence, [quote])
    assert verdict == Verdict(supported=True, problems=(), score=verdict.score)
    assert verdict.score >= SUPPORT_FROM


# (quote, what is changed, by what, the problem that must be named)
COUNTERFEITS = (
    (FINANCE, "69,89%", "79,89%", "figure"),
    (FINANCE, "88,02%", "88,2%", "figure"),
    (FINANCE, "31 décembre 2024", "31 décembre 2023", "date"),
    (FINANCE, "31 décembre 2024", "30 décembre 2024", "date"),
    (FINANCE, "31 décembre 2024", "31 novembre 2024", "date"),
    (FINANCE, "69,89%", "69,89 milliards FCFA", "unit-or-figure"),
    (FINANCE, "taux d’exécution financière de 69,89%", "taux d’exécution financière de près de 69,89%", "qualifier"),
    (FINANCE, "le ministère enregistre", "le ministère n’enregistre pas", "negation"),
    (FINANCE, "le ministère", "le ministère de la Santé", "name"),
    (DIGITAL, "65 procédures", "75 procédures", "figure"),
    (DIGITAL, "65 procédures administratives", "65 bâtiments administratifs", "unit"),
    (DIGITAL, "104 bâtiments", "104 procédures", "unit"),
    (DIGITAL, "104", "140", "figure"),
    (DIGITAL, "104 bâtiments", "104 camions", "unit"),
    (DIGITAL, "dont 5", "dont plus de 5", "qualifier"),
    (DIGITAL, "RESINA", "G-Cloud", "name"),
    (DIGITAL, "dont 5 sont déjà", "dont 5 ne sont pas", "negation"),
    (BUDGET, "61 milliards", "61 millions", "figure"),
    (BUDGET, "61 milliards FCFA", "61 milliards d’euros", "unit"),
    (BUDGET, "budget 2026", "budget 2025", "date"),
    (BUDGET, "deuxième session", "première session", "figure"),
    (BUDGET, "lundi 29", "mardi 29", "date"),
    (BUDGET, "29 décembre", "28 décembre", "date"),
    (BUDGET, "Ouagadougou", "Koudougou", "name"),
    (BUDGET, "61 milliards", "plus de 61 milliards", "qualifier"),
    (BUDGET, "envisagé pour son", "de son", "modality"),
    (HELD, "Mahamadou", "Issouf", "name"),
    (HELD, "Sana", "Sawadogo", "name"),
    (HELD, "Sécurité", "Justice", "name"),
    (HELD, "Sécurité", "Santé", "ministry"),
    (HELD, "deuxième CASEM", "troisième CASEM", "figure"),
    (HELD, "25 novembre 2025", "25 novembre 2024", "date"),
    (HELD, "mardi", "jeudi", "date"),
    (HELD, "a présidé", "n’a pas présidé", "negation"),
    (SCANS, "plus de 1 300", "1 300", "qualifier"),
    (SCANS, "plus de 1 300", "moins de 1 300", "qualifier"),
    (SCANS, "1 300", "13 000", "figure"),
    (SCANS, "IRM", "PCR", "name"),
    (SCANS, "décembre 2024", "décembre 2025", "date"),
    (SCANS, "ont pu être réalisées", "n’ont pu être réalisées", "negation"),
    (GOLD, "94 tonnes", "94 kg", "unit-or-figure"),
    (GOLD, "94 tonnes", "64 tonnes", "figure"),
    (GOLD, "hausse", "baisse", "opposite"),
    (GOLD, "plus de 30 tonnes", "30 tonnes", "qualifier"),
    (GOLD, "Burkina Faso", "Mali", "name"),
    (GOLD, "en 2025", "en 2022", "date"),
    (VOTE, "n’ont pas adopté", "ont adopté", "negation"),
    (VOTE, "n’ont pas adopté", "ont rejeté", "opposite"),
    (ZONES, "devraient être", "sont", "modality"),
    (ZONES, "devraient être", "ont été", "modality"),
    (ZONES, "750", "570", "figure"),
    (ZONES, "fin 2026", "fin 2027", "date"),
    (ZONES, "d’ici à fin 2026", "depuis 2026", "qualifier"),
    (LAUNCHED, "sans la société", "avec la société", "negation"),
    (LAUNCHED, "Bobo-Dioulasso", "Banfora", "name"),
    (LAUNCHED, "a lancé", "a clôturé", "opposite"),
    (LAUNCHED, "Orange", "Telecel", "name"),
    (RECETTES, "2 414,6", "2 414,9", "figure"),
    (RECETTES, "recettes", "dépenses", "opposite"),
    (RECETTES, "30 septembre", "30 juin", "date"),
    (LOAN, "a refusé de financer", "a accepté de financer", "negation"),
    (LOAN, "a refusé de financer", "finance", "negation"),
    (LOAN, "92 752 319 800", "92 752 319 900", "figure"),
    (LOAN, "PACTDIGITAL", "WURI", "name"),
    (CONTEST, "256 concours directs", "256 concours professionnels", "measure"),
    (CONTEST, "174", "256", "measure-or-none"),
    (CONTEST, "au titre de 2025", "au titre de 2024", "date"),
)
EITHER = {
    "unit-or-figure": {"unit", "figure"},
    "measure-or-none": {"measure", "unit"},
}


@pytest.mark.parametrize(("quote", "true", "false", "kind"), COUNTERFEITS)
def test_a_counterfeit_is_refused_for_what_was_changed(quote: str, true: str, false: str, kind: str) -> None:
    assert true in quote
    verdict = check(quote.replace(true, false), [quote])
    assert not verdict.supported
    assert {problem.kind for problem in verdict.problems} & EITHER.get(kind, {kind})


def test_a_part_of_a_quote_without_its_negation_is_no_quote() -> None:
    assert not check(
        "Les députés ont adopté le projet de loi", [f"Il est faux que {VOTE.replace(' pas', '')}"]
    ).supported


def test_each_problem_shows_its_place() -> None:
    sentence = "Mahamadou Sana a présidé le troisième CASEM à Koudougou."
    problems = check(sentence, [HELD]).problems
    assert {sentence[problem.start : problem.end] for problem in problems} == {"troisième", "Koudougou"}
    assert all(problem.text == sentence[problem.start : problem.end] for problem in problems)


def test_a_lost_word_is_named_as_the_quote_writes_it() -> None:
    (problem,) = check("Les 750 zones sont desservies d’ici à fin 2026.", [ZONES]).problems
    assert (problem.kind, problem.text, problem.start, problem.end) == ("modality", "devraient", 0, 0)


def test_figures_may_come_from_several_quotes() -> None:
    sentence = (
        "Le taux d’exécution financière est de 69,89 % et 104 bâtiments ont rejoint le RESINA par interconnexion."
    )
    assert check(sentence, [FINANCE, DIGITAL]).supported
    assert not check(sentence, [FINANCE]).supported


def test_names_and_dates_may_stand_in_the_context_amounts_never() -> None:
    quote = "Sur le plan financier, le taux d’exécution ressort, à la même date, à 69,89 %."
    before = "Situation arrêtée au 31 décembre 2024, l’exécution physique des activités s’établit à 88,02 %."
    sentence = (
        "Au 31 décembre 2024, le taux d’exécution de la Transition digitale sur le plan financier est de 69,89 %."
    )
    assert check(sentence, [quote], context=[before, "CASEM de la Transition digitale"]).supported
    assert not check(sentence, [quote]).supported
    assert not check(sentence.replace("69,89", "88,02"), [quote], context=[before, "Transition digitale"]).supported


def test_a_sentence_on_something_else_is_not_supported() -> None:
    verdict = check("Les semences améliorées seront distribuées aux producteurs de coton.", [FINANCE])
    assert verdict.score == 0
    assert [problem.kind for problem in verdict.problems] == ["support"]


def test_without_quotes_nothing_is_supported() -> None:
    assert not check("Le ministère a tenu sa session.", []).supported


def test_an_acronym_stands_for_the_long_name_that_a_quote_spells_out() -> None:
    quote = "Le Conseil d’administration du secteur ministériel a adopté le rapport."
    assert check("Le CASM a adopté le rapport du secteur.", [quote]).supported
    assert not check("Le PNUD a adopté le rapport du secteur.", [quote]).supported
