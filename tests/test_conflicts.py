"""The panel of conflicts on the demonstration texts: real disagreements of outlets, and look-alikes that are none."""

from decimal import Decimal

import pytest
from builders import document
from evidence import family, sentence, weight

from rag.compare.rounding import compatible
from rag.compare.statements import At, same_body, statements
from rag.conflicts import Series, find_conflicts
from rag.figures import figures


def panel(question: str, doc: str, words: str, *prefixes: str) -> tuple[Series, ...]:
    return find_conflicts(question, [sentence(doc, words)], family(*prefixes), weight=weight)


CONFLICTS = (
    ("Quel financement AgriNova et JAAL ont-ils reçu au 30 septembre 2025 ?", "casem-mef-2025-10-aib", "AgriNova",
     "casem-", "conflict", {"84,319 millions FCFA", "84,3 milliards FCFA"}),
    ("Combien doivent coûter les boucles de fibre du G-Cloud lancées à Bobo-Dioulasso en avril 2017 ?",
     "gcloud-2017-04-a4", "coût global", "gcloud", "conflict", {"36 milliards de FCFA", "23,6 milliards de FCFA"}),
    ("En combien de régions se tenaient les épreuves sur table des concours directs d'août 2025 ?",
     "concours-2025-07-ouaganews", "17 régions", "concours", "conflict", {"17", "13"}),
    ("Combien d'activités comptait le PTA 2025 du ministère de la Transition digitale ?",
     "casem-mtdpce-2025-08-sidwaya", "cent trente et une", "casem-mtdpce", "conflict",
     {"cent trente et une (131)", "134"}),
    ("Quel était le taux de réussite au CEP 2023 ?", "examens-2023-07-wakat", "taux de réussite est de 71,24",
     "examens", "conflict", {"71,24 %", "71,48%"}),
    ("À quelle date s'est tenue la deuxième session ordinaire 2025 du CASEM de la Transition digitale ?",
     "casem-mtdpce-2025-12-mousso", "28 décembre", "casem-mtdpce", "conflict",
     {"lundi 28 décembre 2025", "lundi 29 décembre 2025"}),
    ("Quel jour de la semaine la ministre de la Transition digitale a-t-elle été évaluée en février 2026 ?",
     "eval-mtdpce-2026-02-minute", "mardi 3 février", "eval-", "conflict",
     {"mardi 3 février 2026", "lundi 3 février 2026"}),
    ("Comment s'écrit le prénom du ministre Mahamadou Sana ?", "casem-securite-2025-11-fadima", "Mahamadou",
     "casem-securite", "conflict", {"Mahamadou Sana", "Mahamoudou Sana"}),
    ("Comment s'appelle la société minière d'État, SOPAMIB ou SOPAMIN ?", "eval-memc-2026-02-nouvelles", "SOPAMIB",
     "eval-memc", "conflict", {"SOPAMIB", "SOPAMIN"}),
    ("Pour quand les 750 zones blanches doivent-elles être couvertes ?", "zb-2025-12-manga-pravda", "l'horizon 2027",
     "zb-", "conflict", {"2027", "2026"}),
    ("Les marchés pour couvrir 750 localités : lancés ou encore en préparation ?", "eval-mtdpce-2025-08-aib",
     "750 localités", "eval-mtdpce", "conflict", {"lancés", "préparation"}),
    ("Combien de logements l'Urbanisme a-t-il réalisés au premier semestre 2025 ?", "eval-muh-2025-08-aib",
     "300 logements", "eval-", "rounded", {"300"}),
    ("Quel est le taux du contrat d'objectifs 2025 de la Transition digitale ?", "eval-mtdpce-2026-02-minute",
     "91,00", "eval-", "rounded", {"91,00 %", "91 %"}),
    ("Comment le nombre de plaintes à la BCLCC a-t-il évolué entre 2020 et 2024 ?", "bclcc-2025-02-pravda",
     "556 plaintes", "bclcc", "evolution", {"556", "4 114"}),
    ("Comment a évolué le taux d'exécution physique de la Transition digitale entre juin et novembre 2025 ?",
     "casem-mtdpce-2025-08-pravda", "43,61", "casem-", "evolution", {"43,61 %", "78,05%"}),
)  # fmt: skip


@pytest.mark.parametrize(("question", "doc", "words", "prefix", "kind", "values"), CONFLICTS)
def test_the_other_value_is_shown(
    question: str, doc: str, words: str, prefix: str, kind: str, values: set[str]
) -> None:
    found = [series for series in panel(question, doc, words, prefix) if series.kind == kind]
    assert len(found) == 1
    shown = {point.value.replace("\u00a0", " ").replace("\u202f", " ") for point in found[0].points}
    assert values <= shown
    assert len(found[0].points) >= 2


AGREEING = (
    ("Quel est le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?", "casem-mtdpce-2025-03-tribune",
     "69,89", ("casem-", "eval-")),
    ("Quel est le taux d'exécution physique du MTDPCE au 31 décembre 2024 ?", "casem-mtdpce-2025-03-tribune",
     "88,02", ("casem-", "eval-")),
    ("Quel est le taux du contrat d'objectifs de la Transition digitale au 30 juin 2025 ?", "eval-mtdpce-2025-08-aib",
     "53%", ("casem-", "eval-", "revue-")),
    ("Quel taux d'exécution physique pour la Santé au 30 juin 2025 ?", "eval-sante-2025-08-ouaga24", "46,74",
     ("eval-", "casem-")),
    ("Quel taux d'exécution financière pour le projet WURI au 30 juin 2025 ?", "revue-projets-mtdpce-2025-mdenp",
     "8,32", ("revue-", "casem-", "eval-")),
    ("Quel est le taux d'exécution physique de PACTDIGITAL fin juin 2025 ?", "revue-projets-mtdpce-2025-mdenp", "9,01",
     ("revue-", "casem-", "eval-")),
    ("Quel était le taux d'exécution financière du ministère de la Transition digitale au 30 juin 2025 ?",
     "casem-mtdpce-2025-08-pravda", "10,80", ("revue-", "casem-", "eval-")),
    ("Combien de localités du Nazinon sont concernées ?", "zb-2025-12-manga-pravda", "dix-neuf", ("zb-", "casem-")),
    ("Quel montant le Fonds de soutien patriotique avait-il recouvré au 30 septembre 2025 ?", "casem-mef-2025-10-aib",
     "142,603", ("casem-",)),
)  # fmt: skip


@pytest.mark.parametrize(("question", "doc", "words", "prefixes"), AGREEING)
def test_look_alikes_are_no_conflict(question: str, doc: str, words: str, prefixes: tuple[str, ...]) -> None:
    assert [series for series in panel(question, doc, words, *prefixes) if series.kind == "conflict"] == []


def test_points_are_exact_and_name_their_outlet() -> None:
    for question, doc, words, prefix, *_ in CONFLICTS:
        places = {place.document.id: place.document for place in family(prefix)}
        for series in panel(question, doc, words, prefix):
            for point in series.points:
                source = places[point.doc]
                assert source.text[point.start : point.end] == point.quote
                assert point.value in point.quote
                assert (point.publisher, point.published) == (source.publisher, source.published)


def test_an_evolution_is_told_oldest_first_and_labelled_in_the_words_of_the_text() -> None:
    question, doc, words, prefix, *_ = CONFLICTS[-1]
    (series,) = panel(question, doc, words, prefix)
    days = [point.as_of or "" for point in series.points]
    assert days == sorted(days)
    assert series.measure == "taux d’exécution physique global des activités"
    assert series.body.startswith("Transition digitale")


def test_nothing_is_shown_twice_and_order_of_evidence_does_not_matter() -> None:
    question, doc, words, prefix, *_ = CONFLICTS[0]
    shown, others = [sentence(doc, words)], family(prefix)
    forward = find_conflicts(question, shown, others, weight=weight)
    backward = find_conflicts(question, shown, others[::-1], weight=weight)
    assert {(s.kind, frozenset(s.points)) for s in forward} == {(s.kind, frozenset(s.points)) for s in backward}


def test_without_an_answer_there_is_no_panel() -> None:
    assert find_conflicts("Quel taux ?", [], family("casem-mef")) == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("12,5 milliards de FCFA", "12 500 millions de FCFA", True),
        ("près de 500 agents", "497 agents", True),
        ("environ 2 000 personnes", "1 950 personnes", True),
        ("plus de 80 000 femmes", "84 000 femmes", True),
        ("plus de 80 000 femmes", "79 000 femmes", False),
        ("moins de 100 agents", "97 agents", True),
        ("142,6 milliards de FCFA", "142,603 milliards de FCFA", True),
        ("69,9 %", "69,89 %", True),
        ("70 %", "69,89 %", False),
        ("104 bâtiments", "100 bâtiments", False),
        ("36 milliards de FCFA", "23,6 milliards de FCFA", False),
        ("de 15 à 16 milliards de FCFA", "15,4 milliards de FCFA", True),
    ],
)
def test_rounding(one: str, other: str, expected: bool) -> None:
    left, right = figures(one)[0], figures(other)[0]
    assert compatible(left, right) is compatible(right, left) is expected


def test_a_figure_knows_its_time_and_what_it_is_not() -> None:
    text = "Le taux d’exécution physique est de 88,02 % en 2024, contre 85 % en 2023, et le taux financier de 69,89 %."
    place = At(document(text=text), 0, len(text))
    first, second, third = statements(place)
    assert [what.time.end for what in (first, second) if what.time] == ["2024-12-31", "2023-12-31"]
    assert ("sort", 0) in first.sides
    assert ("sort", 1) in third.sides
    assert third.figure.value == Decimal("69.89")


def test_bodies_keep_their_portfolio_under_a_new_name() -> None:
    old = document("a", ministry="Développement de l'Économie numérique et des Postes")
    new = document("b", ministry="Transition digitale, Postes et Communications électroniques")
    assert same_body(old, new)
    assert not same_body(document("c", ministry="Santé"), new)
