"""Near-copies of a sentence with one thing altered: told as a conflict; templates filled in twice are none."""

from dataclasses import replace

import pytest
from builders import document
from evidence import family, places, sentence, weight

from corpus.records import Document
from rag.compare.altered import altered
from rag.compare.near_copies import near_copies
from rag.compare.series import Point, Series, merged
from rag.compare.statements import At
from rag.conflicts import find_conflicts
from rag.french import sentences

TRUE = "Situation arrêtée au 31 décembre 2024, l’exécution physique des activités s’établit à 88,02 %."


@pytest.mark.parametrize(
    ("theirs", "sort", "mine", "other"),
    [
        (TRUE.replace("88,02", "88,62"), "figure", "88,02 %", "88,62 %"),
        (TRUE.replace("2024", "2021"), "date", "31 décembre 2024", "31 décembre 2021"),
        (TRUE.replace("31", "71"), "date", "31 décembre 2024", "71"),
        (TRUE.replace("s’établit", "ne s’établit pas"), "negation", "activités s’établit", "ne s’établit pas"),
        (TRUE.replace("physique", "financière"), "negation", "exécution physique", "exécution financière"),
    ],
)
def test_one_thing_altered_is_found_where_it_stands(theirs: str, sort: str, mine: str, other: str) -> None:
    (change,) = altered(TRUE, theirs) or ()
    assert change.sort == sort
    assert mine in TRUE[change.mine.start : change.mine.end]
    assert other in theirs[change.theirs.start : change.theirs.end]
    back = altered(theirs, TRUE)
    assert back is not None and {one.sort for one in back} == {one.sort for one in altered(TRUE, theirs) or ()}


def test_another_ministry_is_altered_and_a_longer_name_of_the_same_is_not() -> None:
    text = "Le ministère de la Transition digitale a délivré 338 agréments techniques aux entreprises du pays."
    other = altered(text, text.replace("la Transition digitale", "la Santé"))
    assert other and [one.sort for one in other] == ["ministry"]
    assert not altered(text, text.replace("ministère de la Transition digitale", "MTDPCE"))
    assert not altered(text, text.replace("digitale", "digitale, des Postes et des Communications électroniques"))


def test_a_short_sentence_denied_is_found_and_another_number_is_not() -> None:
    (change,) = altered("5 centres n’ont pas été installés.", "5 centres ont été installés.") or ()
    assert change.sort == "negation"
    assert altered("5 centres ont été installés.", "6 centres ont été installés.") is None


@pytest.mark.parametrize(
    "theirs",
    [
        "Situation arrêtée au 31 décembre 2024, l’exécution physique des activités s’établit à 88 %.",  # rounds it
        "Au 31 décembre 2024, l’exécution physique des activités s’établit à 88,02 %.",
        "Situation arrêtée au 31 décembre 2024 : l'execution physique des activites s'etablit a 88,02%",
    ],
)
def test_the_same_in_other_clothes_is_not_altered(theirs: str) -> None:
    assert not altered(TRUE, theirs)


@pytest.mark.parametrize(
    "theirs",
    [
        "Les recettes recouvrées au 31 décembre 2024 par la douane atteignent 88,62 %.",
        "Le ministre a remercié ses hôtes.",
        "Les activités continuent.",
        "",
        "88,62 % 31 décembre 2024 " * 200,
    ],
)
def test_other_sentences_are_no_near_copies(theirs: str) -> None:
    assert altered(TRUE, theirs) is None


def copy_of(text: Document, old: str, new: str, **changed: str) -> list[At]:
    """The sentences of a copy of a publication from another outlet, with one thing altered."""
    assert old in text.text
    false = replace(text, id="faux", publisher="Attaque Info", text=text.text.replace(old, new), **changed)
    return [At(false, span.start, span.end) for span in sentences(false.text)]


ALTERED = (
    ("casem-mtdpce-2025-03-tribune", "69,89", "69,89", "69,49"),
    ("casem-mtdpce-2024-03-mdenp", "11 nœuds", "l'année 2023", "l'année 2022"),
    ("casem-mtdpce-2024-03-mdenp", "116 bâtiments", "ont été interconnectés", "n'ont pas été interconnectés"),
    ("casem-mdenp-2020-12-banfora", "699,89", "699,89", "695,89"),
    ("dc-2026-01-beninwebtv", "100 à 300", "100 à 300", "200 à 300"),
)  # fmt: skip


@pytest.mark.parametrize(("doc", "words", "old", "new"), ALTERED)
def test_an_altered_copy_is_a_conflict_whichever_of_the_two_is_quoted(doc: str, words: str, old: str, new: str) -> None:
    true = sentence(doc, words)
    false = copy_of(true.document, old, new)
    (mine,) = [place for place in false if place.start == true.start]
    for shown, others in ((true, false), (mine, list(places(doc)))):
        (series,) = find_conflicts("Que dit le bilan ?", [shown], [], near=others, weight=weight)
        assert series.kind == "conflict"
        assert [point.doc for point in series.points] == [shown.document.id, others[0].document.id]
        for point in series.points:
            text = (true.document if point.doc == doc else mine.document).text
            assert text[point.start : point.end] == point.quote and point.value in point.quote
        assert {point.publisher for point in series.points} == {true.document.publisher, "Attaque Info"}


def test_a_short_sentence_is_compared_with_the_one_before_it() -> None:
    text = "Le taux de pénétration mobile du pays était de 71,1 % en 2014. En 2022, il atteignait 115,7 %."
    true = document("vrai", text, published="2025-02-25")
    false = document("faux", text.replace("115,7", "195,7"), published="2025-02-25")
    spans = sentences(text)
    one, other = ([At(each, span.start, span.end) for span in spans] for each in (true, false))
    (series,) = near_copies([other[1]], one)
    assert [point.value for point in series.points] == ["195,7 %", "115,7 %"]


def test_what_is_altered_beside_a_quoted_sentence_is_told_too() -> None:
    true = sentence("casem-mtdpce-2025-03-tribune", "Braïma Barro")
    false = copy_of(true.document, "31 décembre 2024", "31 décembre 2022")
    (mine,) = [place for place in false if place.start == true.start]
    (series,) = near_copies([mine], places("casem-mtdpce-2025-03-tribune"))
    assert [point.value for point in series.points] == ["31 décembre 2022", "31 décembre 2024"]


def test_a_template_of_another_session_or_ministry_is_no_copy() -> None:
    text = "Le taux d’exécution physique des activités du plan de travail annuel est de 88,02 %."
    mine = document("a", text, published="2025-03-27", ministry="Santé")
    at = At(mine, 0, len(text))
    for change in ({"published": "2025-12-30"}, {"ministry": "Justice et Droits humains"}):
        other = replace(mine, id="b", text=text.replace("88,02", "78,05"), **change)
        assert near_copies([at], [At(other, 0, len(other.text))]) == ()
    sibling = replace(mine, id="b", text=text.replace("88,02", "78,05"))
    assert len(near_copies([at], [At(sibling, 0, len(text))])) == 1


def test_no_sentence_of_the_demonstration_texts_is_taken_for_an_altered_copy() -> None:
    for prefix in ("eval-mtdpce", "revue-", "casem-mef"):  # all against all: 0 of 2,447, in ten seconds
        every = family(prefix)
        assert near_copies(every, every) == (), prefix


def test_what_another_series_tells_is_not_told_again() -> None:
    true = sentence("casem-mtdpce-2025-03-tribune", "69,89")
    false = copy_of(true.document, "69,89", "69,49")
    question = "Quel est le taux d'exécution financière du MTDPCE au 31 décembre 2024 ?"
    found = find_conflicts(question, [true], [*places(true.document.id), *false], near=false, weight=weight)
    assert [series.kind for series in found].count("conflict") == 1


def a_series(kind: str, *points: tuple[str, str, int]) -> Series:
    made = tuple(
        Point(value=value, unit="", as_of=None, doc=doc, publisher="", published=None, start=start, end=start + 9,
              quote=value)
        for value, doc, start in points
    )  # fmt: skip
    return Series(measure="taux", body="Santé", kind=kind, points=made)  # type: ignore[arg-type]


def test_near_identical_series_are_one() -> None:
    first = a_series("conflict", ("17", "a", 0), ("13", "b", 0))
    again = a_series("conflict", ("13", "c", 0), ("17", "d", 0), ("17", "a", 0))
    (one,) = merged([first, again])
    assert [(point.value, point.doc) for point in one.points] == [("17", "a"), ("13", "b"), ("13", "c"), ("17", "d")]
    same_sentences = a_series("conflict", ("milliards", "a", 0), ("millions", "b", 0))
    assert merged([first, same_sentences]) == (first,)
    assert merged([first, a_series("rounded", ("17", "a", 0), ("13", "e", 0))]) == (first,)
    others = [
        a_series("conflict", ("17", "a", 0), ("14", "e", 5)),
        a_series("evolution", ("17", "a", 0), ("13", "b", 0)),
    ]
    assert merged([first, *others]) == (first, *others)
