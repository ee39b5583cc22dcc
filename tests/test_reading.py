"""The reader and its parts: exact marks, page pictures, changes, links into live pages, references, catalogue."""

import io
from dataclasses import replace
from datetime import date

import pytest
from asking import cite
from bs4 import BeautifulSoup
from builders import CORPUS, FORMER, MONTHLY, NOW, SEED, UNDATED, card, document
from test_render import HOSTILE, QUOTE, reply, sentence

from corpus.errors import FilterError
from corpus.records import Document, Fetched, Span, Version
from ui.catalogue import Catalogue, kind_name
from ui.changes import changes
from ui.desk import Publication
from ui.filters import address, chosen
from ui.fragments import fragment, live
from ui.reading import reader, reader_address, spans_of, wanted_version
from ui.references import markdown, reference, with_source
from ui.sheets import Sheet, picture, sheet

PDF_TEXT = (
    "Rapport annuel",
    "Le taux d’exécution physique des activités s’établit à 88,02 % au 31 décembre 2024, selon la direction générale "
    "des études. La dématérialisation a porté sur 65 procédures administratives.",
    "La dématérialisation a porté sur 65 procédures administratives.",
)


def publication(*documents: Document, withdrawn: str | None = None, indexed: int | None = 1) -> Publication:
    """Documents as the versions of one publication."""
    versions = tuple(
        Version(number=number, captured=NOW, digest=each.digest(), document=each)
        for number, each in enumerate(documents, 1)
    )
    visit = Fetched(
        url=documents[-1].url, status=200, fetched=NOW, etag=None, last_modified=None, digest="0" * 64,
        doc=documents[-1].id,
    )  # fmt: skip
    return Publication(versions=versions, indexed=indexed, withdrawn=withdrawn, original=visit, kept=True)


def shown(found: Publication, *spans: Span, **more: object) -> BeautifulSoup:
    return BeautifulSoup(reader(found, found.current, spans, "", **more), "html.parser")  # type: ignore[arg-type]


def span(d: Document, words: str) -> Span:
    start = d.text.index(words)
    return Span(start, start + len(words))


def test_quotes_are_marked_to_the_letter_and_linked_to_each_other() -> None:
    first, second = span(SEED, QUOTE), span(SEED, "65 procédures administratives")
    page = shown(publication(SEED), first, second)
    assert [mark.get_text() for mark in page.select("mark")] == [QUOTE, "65 procédures administratives"]
    assert [mark["id"] for mark in page.select("mark")] == ["c1", "c2"]
    assert page.select_one("a.step[href='#c2']")["aria-label"] == "Citation suivante"  # type: ignore[index]
    assert page.select_one("a.step[href='#c1']")["aria-label"] == "Citation précédente"  # type: ignore[index]
    for step in page.select(".step"):
        step.extract()
    said = " ".join(page.select_one("article").get_text(" ").split())  # type: ignore[union-attr]
    assert said.replace(" ", "") == SEED.text.replace("\n", "").replace(" ", "")


def test_a_quote_over_paragraphs_is_marked_in_each() -> None:
    whole = Span(SEED.text.index("Ouagadougou"), SEED.text.index("le ministère enregistre"))
    marks = shown(publication(SEED), whole).select("mark")
    assert [mark.get_text() for mark in marks] == ["Ouagadougou.", "À la date du 31 décembre 2024, "]
    assert [mark.get("id") for mark in marks] == ["c1", None]


def test_links_lead_to_the_words_on_the_live_page_and_to_our_copy() -> None:
    page = shown(publication(SEED), span(SEED, QUOTE))
    link, copy = page.select(".ways a")
    assert link["href"].startswith(f"{SEED.url}#:~:text=un%20taux%20d%E2%80%99ex%C3%A9cution")  # type: ignore[union-attr]
    assert copy["href"] == f"/original/{SEED.id}"
    assert "récupérée le 1er juin 2025 à 8 h 00" in page.select_one(".ways").get_text().replace("\u00a0", " ")  # type: ignore[union-attr]


def test_withdrawn_and_older_versions_are_said() -> None:
    edited = replace(SEED, text=SEED.text.replace("69,89%", "70,12%"))
    told = shown(publication(SEED, edited, withdrawn="2025-07-01T10:00:00Z")).get_text().replace("\u00a0", " ")
    assert "a été retirée de son site" in told
    assert "version antérieure" in told
    found = publication(SEED, edited)
    page = BeautifulSoup(reader(found, found.versions[0], [], "", since=None), "html.parser")
    assert "Une version plus récente existe" in page.get_text()
    compared = BeautifulSoup(reader(found, found.current, [], "", since=found.versions[0]), "html.parser")
    assert [each.get_text() for each in compared.select("del, ins")] == ["69,89%.", "70,12%."]


def test_addresses_name_the_version_that_their_offsets_count_in() -> None:
    where = reader_address(".", SEED, [Span(3, 9)])
    assert where == f"./publication/{SEED.id}?v={SEED.digest()[:12]}&c=3-9#c1"
    found = publication(SEED, replace(SEED, text="Autre."))
    assert wanted_version(found, SEED.digest()[:12]).number == 1
    assert wanted_version(found, "2").number == 2
    assert wanted_version(found, "").number == 1
    for name in ("3", "abc", "f" * 12):
        with pytest.raises(KeyError):
            wanted_version(found, name)


@pytest.mark.parametrize("text", ["", "5", "9-3", "0-999999", "-1-4", "a-b", "1-2-3"])
def test_bad_spans_are_told_apart(text: str) -> None:
    assert spans_of([text, "3-9"], SEED) == ([Span(3, 9)], False)


def test_spans_are_put_in_order_and_joined() -> None:
    assert spans_of(["20-30", "3-9", "25-40"], SEED) == ([Span(3, 9), Span(20, 40)], True)


def test_a_hostile_publication_is_text_in_the_reader() -> None:
    bad = document(
        "x", f"Un {HOSTILE} texte.", title=HOSTILE, publisher=HOSTILE, ministry=HOSTILE, url="javascript:hit()"
    )
    page = shown(publication(bad), Span(0, len(bad.text)))
    assert page.select("script, img, [onerror], a[href^=javascript]") == []
    assert "\u202e" not in page.get_text()
    assert "<script>" in page.get_text()


def test_fragments_encode_accents_and_their_own_signs() -> None:
    assert fragment("88,02 % – état") == ":~:text=88%2C02%20%25%20%E2%80%93%20%C3%A9tat"
    assert fragment("rendez-vous") == ":~:text=rendez%2Dvous"
    long = "Le " + "très " * 30 + "long texte de la fin ici"
    assert fragment(long) == ":~:text=Le%20tr%C3%A8s%20tr%C3%A8s%20tr%C3%A8s%20tr%C3%A8s,de%20la%20fin%20ici".replace(
        "de%20la", "texte%20de%20la"
    )
    assert fragment("…") == ""
    assert live("https://a.bf/p#section", "mot", None) == "https://a.bf/p#section:~:text=mot"
    assert live("https://a.bf/p.pdf", "mot", 3) == "https://a.bf/p.pdf#page=3"


def test_changes_mark_words_and_keep_the_rest_out() -> None:
    found = BeautifulSoup(changes("Un.\n\nDeux <b> mots.\n\nTrois.", "Un.\n\nDeux <i> mots.\n\nTrois."), "html.parser")
    assert [each.get_text() for each in found.select("del, ins")] == ["<b>", "<i>"]
    assert "Trois" not in found.get_text()
    assert changes("a", "a") == ""
    assert "<ins>" in changes("a " * 6000, "b " * 6000)


def test_a_reference_is_in_french_press_style() -> None:
    start = SEED.text.index(QUOTE)
    said = reference(cite(SEED, start, start + len(QUOTE)), date(2026, 4, 1)).replace("\u00a0", " ")
    assert said == (
        f"« {QUOTE} » — {SEED.ministry}, « {SEED.title} », {SEED.publisher}, 27 mars 2025, {SEED.url}, "
        "consulté le 1er avril 2026."
    )
    assert with_source(sentence(SEED, QUOTE)).replace("\u00a0", " ") == (
        f"« {QUOTE} » ({SEED.publisher}, 27 mars 2025, {SEED.url})"
    )


def test_markdown_of_a_conversation_escapes_what_markdown_reads() -> None:
    bad = document("x", "Le *taux* est [ici](javascript:hit) <b>.", title="Titre ](x)")
    said = markdown(reply(sentence(bad, bad.text)), "Quel *taux* ?", date(2026, 4, 1))
    assert "## Quel \\*taux\\* ?" in said
    assert "> Le \\*taux\\* est \\[ici\\](javascript:hit) \\<b\\>. [1]" in said
    assert f"1. [Titre \\](x)](<{bad.url}>), example.org" in said
    assert "ne répond pas" in markdown(reply(), "Quel taux ?", date(2026, 4, 1))


def pdf() -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

    written = io.BytesIO()
    style = getSampleStyleSheet()["Normal"]
    story = [Paragraph(PDF_TEXT[0], style), PageBreak(), *(Paragraph(text, style) for text in PDF_TEXT[1:])]
    SimpleDocTemplate(written, pagesize=A4).build(story)
    return written.getvalue()


def test_a_page_picture_has_the_quote_boxed_on_its_lines() -> None:
    text = "\n\n".join(PDF_TEXT)
    held = document("rapport", text, pages=(0, len(PDF_TEXT[0]) + 2))
    body = pdf()
    found = sheet(body, 2, held, [span(held, PDF_TEXT[1][:130])])
    assert found is not None
    assert found.width == 1000 and 1400 <= found.height <= 1420
    assert len(found.boxes) == 2  # the quote runs over a line's end
    (x, y, width, height), (_, below, _, _) = found.boxes
    assert 100 < x < 140 and width > 600 and 8 < height < 40 and below > y
    again = text.rindex("La dématérialisation")
    last = sheet(body, 2, held, [Span(again, len(text))])
    assert last is not None and last.boxes[0][1] > below  # the second of two equal sentences
    other = sheet(body, 1, held, [Span(again, len(text))])
    assert other is not None and other.boxes == ()
    image = picture(body, 2)
    assert image is not None and image.startswith(b"\x89PNG")
    from PIL import Image

    drawn = Image.open(io.BytesIO(image)).convert("L").crop((x, y, x + width, y + height))
    assert min(drawn.tobytes()) < 100  # there are letters in the box
    page = BeautifulSoup(
        reader(publication(held), publication(held).current, [Span(again, len(text))], "", sheets={2: last}),
        "html.parser",
    )
    assert page.select_one(".sheet img")["src"] == f"/page/2/{held.id}"  # type: ignore[index]
    assert len(page.select(".sheet rect")) == len(last.boxes)


@pytest.mark.parametrize("body", [b"", b"%PDF-1.4 nothing", b"<html>"])
def test_a_file_that_is_no_pdf_has_no_picture(body: bytes) -> None:
    assert picture(body, 1) is None
    assert sheet(body, 1, document("a", "texte", pages=(0,)), []) is None


def test_a_picture_with_no_box_says_so() -> None:
    held = document("rapport", "Un texte.", pages=(0,))
    page = shown(publication(held), Span(0, 4), sheets={1: Sheet(100, 100, ())})
    assert "n’a pas pu y être encadrée" in page.select_one("img")["alt"]  # type: ignore[index]


CATALOGUE = Catalogue.of([card(each) for each in CORPUS])


def test_the_catalogue_is_newest_first_and_filters_as_the_search_does() -> None:
    assert [each.id for each in CATALOGUE.cards] == [SEED.id, MONTHLY.id, FORMER.id, UNDATED.id]
    assert [each.id for each in CATALOGUE.select({"as_of": "2025-02-27"})] == [FORMER.id]  # February is not over
    assert [each.id for each in CATALOGUE.select({"as_of": "2025-02-28"})] == [MONTHLY.id, FORMER.id]
    assert [each.id for each in CATALOGUE.select({"since": "2025-02-02"})] == [SEED.id]
    assert [each.id for each in CATALOGUE.select({"ministry": "economie"})] == [FORMER.id]
    assert [each.id for each in CATALOGUE.select({}, "casem digitale")] == [SEED.id]
    assert CATALOGUE.within("rapport") == {MONTHLY.id}
    assert CATALOGUE.within(None) is None
    with pytest.raises(FilterError):
        CATALOGUE.select({"since": "2025-02-01", "until": "2024-01-01"})


def test_counts_are_what_choosing_the_name_brings() -> None:
    for filters in ({}, {"since": "2024-01-01"}, {"kind": "casem"}):
        for name in ("ministry", "publisher", "kind"):
            for facet in CATALOGUE.facets(name, filters):
                assert len(CATALOGUE.select({**filters, name: facet.name})) == facet.count
    assert [kind_name(facet.name) for facet in CATALOGUE.facets("kind", {})] == ["CASEM", "Communiqué", "Rapport"]


def test_filters_travel_in_addresses() -> None:
    values = chosen({"as_of": "27/03/2025", "ministry": " Santé  publique ", "publisher": "", "autre": "x"})
    assert values["as_of"] == "2025-03-27"
    assert address("/lire", "Quel taux ?", values) == (
        "/lire?q=Quel+taux+%3F&as_of=2025-03-27&ministry=Sant%C3%A9+publique"
    )
    assert address("/lire") == "/lire"
