"""rag/gather.py: lists of a publication, with exact spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.gather import enumerates, is_heading, listings

COLON = (
    "Des usines relancées\n\nTrois entreprises ont été relancées en 2024. "
    "Il s’agit de\u00a0:\n\nBRAFASO\u00a0;\n\nMINOFA\u00a0;"
    "\n\nSN SOSUCO.\n\nLe ministre a remercié ses équipes."
)
LISTS = [
    (COLON, "Il s’agit de\u00a0:", ["BRAFASO\u00a0;", "MINOFA\u00a0;", "SN SOSUCO."]),
    (
        "Le programme comporte :\n- un volet routes\n- un volet eau\n- un volet énergie\n\nLa suite viendra.",
        "Le programme comporte :",
        ["- un volet routes", "- un volet eau", "- un volet énergie"],
    ),
    (
        "Voici l’ordre du jour :\n1. le bilan 2024 ;\n2. le budget 2025.\n\nFin.",
        "Voici l’ordre du jour :",
        ["1. le bilan 2024 ;", "2. le budget 2025."],
    ),
    (
        "Deux annonces ont retenu l’attention. La première concerne des datacenters. "
        "La seconde porte sur une académie. "
        "Le public a applaudi.",
        "Deux annonces ont retenu l’attention.",
        ["La première concerne des datacenters.", "La seconde porte sur une académie."],
    ),
    (
        "Deux effets sont attendus. D’une part, la réinsertion. D’autre part, moins de détenus. C’est tout.",
        "Deux effets sont attendus.",
        ["D’une part, la réinsertion.", "D’autre part, moins de détenus."],
    ),
    (
        "Le plan est simple. D’abord, former. Ensuite, équiper. Enfin, évaluer.",
        "Le plan est simple.",
        ["D’abord, former.", "Ensuite, équiper.", "Enfin, évaluer."],
    ),
]
NONE = [
    "Le Premier ministre a parlé. Le deuxième orateur aussi.",
    "La première session s’est tenue à Ouagadougou. Les travaux ont duré un jour.",
    "Le ministre l’a dit\u00a0: « Nous irons plus loin. » La salle a applaudi.",
    "Un seul point :\n\nle bilan.\n\nLa séance est levée.",
    "",
]


@pytest.mark.parametrize(("text", "intro", "items"), LISTS)
def test_a_list_has_its_announcement_and_its_items(text: str, intro: str, items: list[str]) -> None:
    (found,) = listings(text)
    assert found.intro is not None
    assert text[found.intro.start : found.intro.end] == intro
    assert [text[item.start : item.end] for item in found.items] == items


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_list_is_none(text: str) -> None:
    assert listings(text) == ()


def test_what_stands_above_a_list_speaks_of_it() -> None:
    (found,) = listings(COLON)
    assert [COLON[span.start : span.end] for span in found.above] == [
        "Des usines relancées",
        "Trois entreprises ont été relancées en 2024.",
    ]


def test_two_lists_are_two() -> None:
    text = "Un :\n\na ;\n\nb.\n\nUne phrase entre les deux.\n\nDeux :\n\nc ;\n\nd ;\n\ne."
    assert [len(found.items) for found in listings(text)] == [2, 3]


@pytest.mark.parametrize(
    ("sentence", "several"),
    [
        ("On peut citer les télécoms, la finance et les bases de l’État.", True),
        ("Le Mali et le Niger y participent.", True),
        ("La demande ; le traitement.", True),
        ("Le taux est de 69,89 %.", False),
        ("Réunis à Ouagadougou, les participants ont adopté une feuille de route.", False),
    ],
)
def test_an_enumeration_in_one_sentence_is_seen(sentence: str, several: bool) -> None:
    assert enumerates(sentence) is several


def test_a_heading_is_told_from_a_sentence() -> None:
    spans = {COLON[span.start : span.end]: span for span in (listings(COLON)[0].above)}
    assert is_heading(COLON, spans["Des usines relancées"])
    assert not is_heading(COLON, spans["Trois entreprises ont été relancées en 2024."])


@given(
    st.lists(st.sampled_from(["Il y a :", "\n\n", "un ;", "- deux", "\n", "La première.", "La seconde.", " "])).map(
        "".join
    )
)
def test_lists_are_in_order_and_share_nothing(text: str) -> None:
    end = 0
    for found in listings(text):
        assert len(found.items) >= 2
        for span in found.parts:
            assert end <= span.start < span.end <= len(text)
            end = span.end
