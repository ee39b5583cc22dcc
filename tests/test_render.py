"""ui.render, ui.french, ui.escape, ui.sources, ui.examples: pure functions, read back with an HTML parser."""

import csv
import io
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest
from asking import cite
from bs4 import BeautifulSoup
from builders import FORMER, MONTHLY, SEED, UNDATED, card, document
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Document, Span
from rag import Answer, CorpusState, Evidence, Sentence
from ui import chart, render
from ui.escape import clean, safe
from ui.examples import examples_of
from ui.french import certainty, count, date_span, filters_in_words, searched, typeset, when
from ui.sources import numbered, safe_address

STATE = CorpusState(documents=1118, passages=4000, latest="2026-02-03", generation="g000001")
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> ${alert(3)} {{7*7}} **gras** \"'>\u202e\u2066"


def sentence(d: Document, quote: str) -> Sentence:
    start = d.text.index(quote)
    return Sentence(text=quote, citations=(cite(d, start, start + len(quote)),))


def nearest(d: Document, rank: int = 1) -> Evidence:
    return Evidence(
        rank=rank, score=1.0, doc=d.id, start=0, end=len(d.text), text=d.text, url=d.url, title=d.title,
        publisher=d.publisher, ministry=d.ministry, published=d.published, page=None,
    )  # fmt: skip


def reply(*sentences: Sentence, evidence: tuple[Evidence, ...] = (), confidence: float = 0.9) -> Answer:
    return Answer(
        question="Quel taux ?", status="answered" if sentences else "abstained",
        text=" ".join(item.text for item in sentences), sentences=sentences, evidence=evidence, as_of=None,
        corpus=STATE, confidence=confidence,
    )  # fmt: skip


def series(kind: str, *points: tuple[Document, str, str | None], **changes: Any) -> dict[str, Any]:
    """A series of `Answer.conflicts`: each point is a publication, its value to the letter, and its cut-off date."""
    held = [
        {"value": value, "unit": "%", "as_of": as_of, "doc": d.id, "publisher": d.publisher, "published": d.published,
         "start": d.text.index(value), "end": d.text.index(value) + len(value), "quote": value}
        for d, value, as_of in points
    ]  # fmt: skip
    return {"measure": "taux physique", "body": "Transition digitale", "kind": kind, "points": tuple(held), **changes}


def parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


QUOTE = "un taux d’exécution physique de 88,02%"
OTHER = "104 bâtiments au RESINA"


def test_a_mark_holds_exactly_the_quoted_words_in_their_context() -> None:
    page = parsed(render.answer(reply(sentence(SEED, QUOTE)), {SEED.id: SEED}, "q1"))
    (mark,) = page.select("blockquote mark")
    assert mark.get_text() == QUOTE
    before, after = page.select_one("blockquote").get_text().split(QUOTE)  # type: ignore[union-attr]
    assert before.endswith("le ministère enregistre ")
    assert after.startswith(" et un taux d’exécution financière de 69,89%.")


def test_numbered_marks_lead_to_the_quote_in_its_card() -> None:
    answer = reply(sentence(SEED, QUOTE), sentence(FORMER, "91,40%"), sentence(SEED, OTHER))
    page = parsed(render.answer(answer, {SEED.id: SEED, FORMER.id: FORMER}, "q7"))
    marks = page.select("a.ref")
    assert [mark.get_text() for mark in marks] == ["1", "2", "1"]
    targets = [page.find(id=str(mark["href"])[1:]) for mark in marks]
    assert [target.get_text() for target in targets if target] == [QUOTE, "91,40%", OTHER]
    assert len(page.select("li.card")) == 2
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert all(str(name).startswith("q7-") for name in ids)


def test_a_card_names_title_ministry_publisher_date_page_and_address() -> None:
    paged = replace(SEED, pages=(0, SEED.text.index("À la date")))
    found = replace(sentence(paged, QUOTE).citations[0], page=2)
    page = parsed(render.answer(reply(Sentence(text=QUOTE, citations=(found,))), {SEED.id: paged}, "q1"))
    card = page.select_one("li.card")
    assert card is not None
    text = card.get_text(" ").replace("\u00a0", " ")
    for said in (SEED.title, SEED.ministry, SEED.publisher, "27 mars 2025", "page 2"):
        assert said in text
    (link,) = card.select("h4 a")
    assert link["href"] == SEED.url
    assert {"noopener", "noreferrer"} <= set(link["rel"])


def test_facts_say_certainty_dates_and_what_was_searched() -> None:
    page = parsed(render.answer(reply(sentence(SEED, QUOTE), sentence(FORMER, "91,40%")), {}, "q1"))
    facts = page.select_one(".facts:not(.context)").get_text(" ").replace("\u00a0", " ")  # type: ignore[union-attr]
    assert "Sûr" in facts
    assert "Publications du 12 décembre 2024 au 27 mars 2025" in facts
    assert "Recherché dans 1\u202f118 publications, jusqu’au 3 février 2026" in facts


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(1.0, "sûr"), (0.85, "sûr"), (0.84, "probable"), (0.65, "probable"), (0.64, "incertain"), (0.0, "incertain")],
)
def test_certainty_words(confidence: float, word: str) -> None:
    assert certainty(confidence) == word


def test_a_stale_document_shows_the_quote_without_a_false_context() -> None:
    edited = replace(SEED, text="Texte changé. " + SEED.text)
    page = parsed(render.answer(reply(sentence(SEED, QUOTE)), {SEED.id: edited}, "q1"))
    assert page.select_one("blockquote").get_text() == QUOTE  # type: ignore[union-attr]


def test_a_refusal_says_so_and_labels_what_is_near_as_no_answer() -> None:
    html = render.answer(reply(evidence=tuple(nearest(SEED, rank) for rank in range(1, 6))), {}, "q1")
    page = parsed(html)
    assert render.REFUSAL in page.get_text()
    assert "Recherché dans" in page.get_text()
    assert "ne répondent pas à la question" in page.get_text()
    assert len(page.select("ul.near li")) == render.NEAREST
    assert not page.select("mark, a.ref, .tone")


def test_a_refusal_with_nothing_near_points_to_the_filters() -> None:
    html = render.answer(reply(), {}, "q1", {"ministry": "Santé", "as_of": "2025-04-01", "since": None})
    text = parsed(html).get_text().replace("\u00a0", " ")
    assert "élargissez les filtres" in text
    assert "publié au plus tard le 1er avril 2025 ; ministère : Santé" in text


def test_passages_that_are_cited_are_not_repeated() -> None:
    answer = reply(sentence(SEED, QUOTE), evidence=(nearest(SEED), nearest(FORMER, 2), nearest(UNDATED, 3)))
    page = parsed(render.answer(answer, {SEED.id: SEED}, "q1"))
    assert page.select_one("summary").get_text() == "2\u00a0autres passages proches, non cités"  # type: ignore[union-attr]
    assert "date de publication inconnue" in page.select_one("details").get_text()  # type: ignore[union-attr]


def test_hostile_texts_stay_text_everywhere() -> None:
    bad = document("bad", f"{HOSTILE}. La fin {HOSTILE}.", title=HOSTILE, publisher=HOSTILE, ministry=HOSTILE)
    answer = reply(sentence(bad, "La fin " + HOSTILE), evidence=(nearest(FORMER), nearest(bad, 2)))
    refusal = reply(evidence=(nearest(bad),))
    for html in (
        render.turn(HOSTILE, render.answer(answer, {bad.id: bad}, "q1", {"ministry": HOSTILE}), "q1"),
        render.turn(HOSTILE, render.answer(refusal, {}, "q1"), "q1"),
        render.turn(HOSTILE, render.notice(HOSTILE), "q1"),
        render.turn(HOSTILE, render.stage(HOSTILE), "q1"),
    ):
        page = parsed(html)
        assert not page.select("script, img, iframe, style, object")
        assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
        assert "<script>alert(2)</script>" in page.get_text()
        assert not set("\u202e\u2066") & set(html)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.org/x", "", "x",
     "https://user:pass@evil.org/", "https://", "https://a.org/\n", "https://a.org/\u202e", 'https://a.org/"x', "http://[::1"],
)  # fmt: skip
def test_unsafe_addresses_are_no_links(url: str) -> None:
    assert safe_address(url) is None
    bad = replace(SEED, url=url)
    assert not parsed(render.answer(reply(sentence(bad, QUOTE)), {SEED.id: bad}, "q1")).select("h4 a")


@pytest.mark.parametrize("url", ["https://lefaso.net/spip.php?article1&é=1#suite", "http://127.0.0.1:8808/kiosque/é"])
def test_web_addresses_are_links(url: str) -> None:
    assert safe_address(url) == url


@given(st.text(min_size=1), st.integers(0, 40), st.integers(1, 40))
def test_excerpts_never_change_the_text(text: str, start: int, length: int) -> None:
    start = min(start, len(text) - 1)
    span = Span(start, min(start + length, len(text)))
    d = document("x", text)
    left, right = render.window(text, span)
    assert 0 <= left <= span.start <= span.end <= right <= len(text)
    page = parsed(render.excerpt(d, [span], ["m"]))
    assert page.select_one("mark").get_text() == parsed(safe(text[span.start : span.end])).get_text()  # type: ignore[union-attr]


RIVAL = document("rival", "Le taux physique serait de 84,5 %.", publisher="sidwaya.info", published="2025-04-02")


def valued(*found: dict[str, Any]) -> Answer:
    return replace(reply(sentence(SEED, QUOTE)), conflicts=found)


def test_other_values_are_a_table_that_names_and_links_each_source() -> None:
    paged = replace(RIVAL, pages=(0, 3), url="https://example.org/rival.pdf")
    answer = valued(series("conflict", (SEED, "88,02%", "2024-12-31"), (paged, "84,5 %", None)))
    page = parsed(render.answer(answer, {SEED.id: SEED, RIVAL.id: paged}, "q1"))
    block = page.select_one("section.conflict")
    assert block is not None and block.h3 is not None and block.caption is not None
    assert block["aria-labelledby"] == block.h3["id"]
    assert block.h3.get_text() == "D’autres valeurs ont été publiées"
    assert block.caption.get_text() == "Taux physique — Transition digitale"
    assert len(block.select("thead th[scope=col]")) == 5
    first, second = (" ".join(row.get_text(" ").split()) for row in block.select("tbody tr"))
    assert first.startswith("88,02% réponse 31 décembre 2024 latribunedufaso.net")
    assert "84,5 % non précisé sidwaya.info" in second and "(page 2) 2 avril 2025 « 84,5 % »" in second
    assert [row.th["scope"] for row in block.select("tbody tr") if row.th] == ["row", "row"]
    assert [link["href"] for link in block.select("a")] == [SEED.url, "https://example.org/rival.pdf#page=2"]
    assert "D’autres valeurs ont été publiées" in render.spoken(answer)
    assert not parsed(render.answer(answer, {}, "q1")).select("section a")


def test_conflicts_come_first_and_a_rounded_value_stays_folded() -> None:
    points = (SEED, "88,02%", None), (RIVAL, "84,5 %", None)
    page = parsed(
        render.answer(valued(*(series(kind, *points) for kind in ("rounded", "evolution", "conflict"))), {}, "q")
    )
    titles = [tag.get_text() for tag in page.select(".series h3, .series summary")]
    assert titles == ["D’autres valeurs ont été publiées", "Évolution", "Même valeur, arrondie ailleurs"]
    assert page.select_one("details.rounded table") and not page.select("svg")
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_three_dates_are_drawn_with_their_exact_values_and_said() -> None:
    d = document("d", "88,02 % puis 43,61 % puis 39,21 % puis 78,05%")
    months = ("2024-12-31", "2025-06-30", "2025-11-30")
    points = tuple((d, value, month) for value, month in zip(("88,02 %", "43,61 %", "78,05%"), months, strict=True))
    (drawing,) = parsed(chart.chart(series("evolution", *points))).select("svg[role=img]")
    assert [text.get_text() for text in drawing.select("text.value")] == ["88,02 %", "43,61 %", "78,05%"]
    assert str(drawing["aria-label"]).endswith(
        ": 88,02 % au 31 décembre 2024 ; 43,61 % au 30 juin 2025 ; 78,05% au 30 novembre 2025."
    )
    heights = [float(str(dot["cy"])) for dot in drawing.select("circle")]
    assert heights[0] < heights[2] < heights[1]
    assert drawing.select("polyline")
    two = parsed(chart.chart(series("evolution", *points, (d, "39,21 %", months[1]))))
    assert len(two.select("circle")) == 4 and not two.select("polyline")
    assert chart.chart(series("evolution", *points[:2], (d, "puis", months[2]))) == ""
    assert chart.chart(series("evolution", *points[:2], (d, "78,05%", None))) == ""
    mixed = series("evolution", *points)
    mixed["points"][0]["unit"] = "FCFA"
    assert chart.chart(mixed) == ""


@given(st.lists(st.dates().map(str), min_size=3, max_size=12, unique=True))
def test_labels_of_dates_stand_apart_inside_the_drawing(days: list[str]) -> None:
    d = document("d", "12,5 milliards")
    drawing = parsed(chart.chart(series("evolution", *((d, d.text, day) for day in days)))).svg
    assert drawing is not None
    places = sorted(float(str(text["x"])) for text in drawing.select("text.value"))
    width = float(str(drawing["viewbox"]).split()[2])
    assert places[0] >= 0 and places[-1] <= width
    assert all(right - left >= 7 * len(d.text) for left, right in pairwise(places))


@pytest.mark.parametrize(
    ("text", "value"),
    [("88,02 %", 88.02), ("1 848", 1848), ("3\u202f025 bâtiments", 3025), ("12,5 milliards de FCFA", 12.5e9),
     ("plus de 60", 60), ("1.250.000 FCFA", 1_250_000), ("trente-huit", None),
     ("de 15 à 16 milliards", None), ("", None)],
)  # fmt: skip
def test_numbers_of_a_drawing(text: str, value: float | None) -> None:
    assert chart.number(text) == value


def test_the_csv_holds_every_value_and_no_formula() -> None:
    bad = replace(RIVAL, publisher='=HYPERLINK("https://evil.org";"x")', url="javascript:alert(1)")
    answer = valued(series("conflict", (SEED, "88,02%", "2024-12-31"), (bad, "84,5 %", None)))
    page = parsed(render.answer(answer, {SEED.id: SEED, bad.id: bad}, "q1"))
    (link,) = page.select("a[download]")
    text = unquote(str(link["href"]).removeprefix("data:text/csv;charset=utf-8,"))
    head, first, second = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    row = dict(zip(head, first, strict=True))
    assert (row["valeur"], row["arretee_au"], row["adresse"]) == ("88,02%", "2024-12-31", SEED.url)
    assert dict(zip(head, second, strict=True))["editeur"].startswith("'=HYPERLINK")
    assert "javascript" not in text


def test_hostile_series_stay_text() -> None:
    bad = document("bad", HOSTILE, title=HOSTILE, publisher=HOSTILE, url=f"https://e.org/{HOSTILE}")
    points = tuple((bad, HOSTILE, f"2025-0{month}-01") for month in (1, 2, 3))
    answer = valued(
        *(series(kind, *points, measure=HOSTILE, body=HOSTILE) for kind in ("conflict", "evolution", "rounded"))
    )
    html = render.answer(answer, {bad.id: bad}, "q1")
    page = parsed(html)
    assert not page.select("script, img, iframe, style, object, section a")
    assert not [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert not set("\u202e\u2066") & set(html)
    drawing = chart.chart(series("evolution", *((bad, "1", day) for _, _, day in points), measure=HOSTILE))
    assert "<script>" not in drawing and len(parsed(drawing).find_all("svg")) == 1


def test_far_quotes_of_one_document_stand_in_two_windows() -> None:
    d = document("long", "Premier fait. " + "Du texte entre les deux. " * 60 + "Second fait.")
    spans = [Span(0, 13), Span(len(d.text) - 12, len(d.text))]
    page = parsed(render.excerpt(d, spans, ["a", "b"]))
    assert [mark.get_text() for mark in page.select("mark")] == ["Premier fait.", "Second fait."]
    assert len(page.select(".cut")) == 1
    assert len(page.get_text()) < 800


@given(st.text())
def test_escaped_text_is_one_text_node(text: str) -> None:
    page = BeautifulSoup(f'<p title="{safe(text)}">{safe(text)}</p>', "html.parser")
    assert [tag.name for tag in page.find_all(True)] == ["p"]
    assert set(page.p.attrs) == {"title"}  # type: ignore[union-attr]
    safe(text).encode()  # no lone surrogate


def test_clean_takes_out_what_deceives() -> None:
    assert clean("12\u202e34\u2069 a\u200bb\x1b[31m\ud800\r\nfin") == "1234 ab\ufffd[31m\ufffd\nfin"


def test_dates_and_counts_in_french() -> None:
    nb = "\u00a0"
    assert when("2025-03-27") == f"publié le{nb}27{nb}mars{nb}2025"
    assert when("2025-02") == f"publié en{nb}février{nb}2025"
    assert when(None) == "date de publication inconnue"
    assert date_span([None, "2025-03-27", "2025-03-27"]) == when("2025-03-27")
    assert date_span(["2025-04-01", "2024"]) == f"publications de{nb}2024 au{nb}1er{nb}avril{nb}2025"
    assert count(0, "publication") == f"0{nb}publication"
    assert count(12345, "publication") == f"12\u202f345{nb}publications"
    assert searched(replace(STATE, latest=None)) == f"recherché dans 1\u202f118{nb}publications"
    assert searched(STATE, "2025-04-01").endswith(f"en s’arrêtant au{nb}1er{nb}avril{nb}2025")
    assert filters_in_words({"as_of": "hier"}) == "publié au plus tard le hier"
    assert typeset("« x » : y ?") == f"«{nb}x{nb}»{nb}: y{nb}?"


def test_spoken_is_short_plain_text() -> None:
    said = render.spoken(reply(sentence(SEED, QUOTE)))
    assert QUOTE in said
    assert "sûr" in said
    assert "<" not in said
    assert render.spoken(reply()).startswith(render.REFUSAL)


def test_sources_are_numbered_by_first_appearance() -> None:
    first, again = sentence(SEED, OTHER), sentence(SEED, QUOTE)
    sources = numbered([first, sentence(FORMER, "91,40%"), again, first])
    assert [(source.number, source.first.doc) for source in sources] == [(1, SEED.id), (2, FORMER.id)]
    assert [citation.quote for citation in sources[0].citations] == [QUOTE, OTHER]


def test_examples_are_questions_of_the_corpus() -> None:
    assert SEED.title in examples_of([card(d) for d in (SEED, FORMER, MONTHLY, UNDATED)])[0]
    demo = examples_of([card(replace(SEED, id="latribune/casem-mtdpce-2025-03-tribune"))])
    assert demo
    assert SEED.title not in demo[0]
    assert examples_of([]) == ()
