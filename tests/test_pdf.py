"""PDFs made here by reportlab, read back."""

import io
from collections.abc import Callable
from types import MappingProxyType

import pytest
from builders import output
from reportlab.lib import pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from ingest.catalogue import Source
from ingest.extract import Body, extract
from ingest.pdf import read_pdf
from ingest.pdf_layout import Line, paragraphs
from ingest.values import Content, Extracted, Found, Rejected

STYLES = getSampleStyleSheet()
FIRST = (
    "Le ministère a tenu sa première session du conseil d’administration. Le taux d’exécution physique est de 88,02 % "
    "et le taux d’exécution financière de 69,89 %, selon le directeur général des études et des statistiques."
)
SECOND = "Au titre des perspectives, le ministère entend poursuivre la dématérialisation des procédures en 2025."


def build(
    *flow: object, title: str = "", decorate: Callable[[Canvas, object], None] = lambda canvas, doc: None
) -> bytes:
    stream = io.BytesIO()
    document = SimpleDocTemplate(stream, pagesize=A4, title=title or None, invariant=1)
    document.build(list(flow), onFirstPage=decorate, onLaterPages=decorate)
    return stream.getvalue()


def paragraph(text: str, style: str = "BodyText") -> Paragraph:
    return Paragraph(text, STYLES[style])


def content(data: bytes) -> Content:
    result = read_pdf(data)
    assert isinstance(result, Content), result
    return result


def heads(canvas: Canvas, document: object) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, A4[1] - 40, "MTDPCE – Rapport annuel")
    canvas.drawString(72, 30, f"Page {canvas.getPageNumber()} sur 2")


def test_paragraphs_are_joined_over_lines_and_pages_are_known() -> None:
    got = content(
        build(paragraph("Bilan 2024", "Heading1"), paragraph(FIRST), paragraph(SECOND), PageBreak(), paragraph(FIRST))
    )
    assert got.text.split("\n\n") == ["Bilan 2024", FIRST, SECOND, FIRST]
    assert len(got.pages) == 2
    assert got.text[got.pages[1] :] == FIRST


def test_running_heads_and_page_numbers_are_dropped() -> None:
    got = content(build(paragraph(FIRST), PageBreak(), paragraph(SECOND), decorate=heads))
    assert got.text == f"{FIRST}\n\n{SECOND}"
    alone = content(build(paragraph(FIRST), paragraph(SECOND), decorate=heads))
    assert alone.text == f"{FIRST}\n\n{SECOND}"


def test_tables_are_rows_and_stand_in_their_place() -> None:
    table = Table(
        [["Indicateur", "2023", "2024"], ["Agents formés", "1 200", "1 848"], ["Localités", "80", "93"]],
        style=[("GRID", (0, 0), (-1, -1), 0.5, "black")],
    )
    got = content(build(paragraph(FIRST), Spacer(1, 12), table, Spacer(1, 12), paragraph(SECOND)))
    assert got.text.split("\n\n") == [
        FIRST,
        "Indicateur | 2023 | 2024\nAgents formés | 1 200 | 1 848\nLocalités | 80 | 93",
        SECOND,
    ]


def test_list_items_lose_their_bullets() -> None:
    items = ListFlowable(
        [paragraph("93 nouvelles localités couvertes"), paragraph("104 bâtiments")], bulletType="bullet"
    )
    assert content(build(paragraph(FIRST), items)).text.split("\n\n") == [
        FIRST,
        "93 nouvelles localités couvertes",
        "104 bâtiments",
    ]


def line(text: str, row: int) -> Line:
    return Line(page=0, text=text, left=72, right=500, bottom=700 - 14 * row, top=710 - 14 * row)


def test_hyphenation_is_mended_and_compounds_kept() -> None:
    rows = [
        "Le sous-préfet parle de la déma-",
        "térialisation avec le sous-",
        "préfet de la région et le taux de 2024-",
        "2025 est connu",
    ]
    (piece,) = paragraphs([[line(text, row) for row, text in enumerate(rows)]], {})
    assert piece.text == (
        "Le sous-préfet parle de la dématérialisation avec le sous-préfet de la région "
        "et le taux de 2024-2025 est connu"
    )


def test_sentence_over_a_page_break_is_one_paragraph_on_two_pages() -> None:
    flow = [
        paragraph("Le ministère a réalisé en 2024 une grande partie de ses"),
        PageBreak(),
        paragraph("activités prévues, dont 65 procédures."),
    ]
    got = content(build(*flow))
    assert got.text == "Le ministère a réalisé en 2024 une grande partie de ses activités prévues, dont 65 procédures."
    assert got.text[got.pages[1] :].startswith("activités")


def drawn(*, encrypt: str = "", pages: int = 1, text: str = "") -> bytes:
    stream = io.BytesIO()
    lock = pdfencrypt.StandardEncryption(encrypt) if encrypt else None
    canvas = Canvas(stream, encrypt=lock, invariant=1)
    for number in range(pages):
        canvas.rect(100, 100, 200, 200, fill=1)
        if text and number == 0:
            canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def test_pdf_without_text_is_an_alarm_of_its_own() -> None:
    assert read_pdf(drawn(pages=3)) == Rejected(reason="pdf_without_text", detail="3 pages")


def test_pages_without_text_in_a_readable_pdf_are_an_alarm() -> None:
    got = content(drawn(pages=3, text="Un texte assez long pour être une publication."))
    assert got.alarms == ("pdf_pages_without_text:2",)
    assert len(got.pages) == 3


def test_locked_and_broken_pdfs() -> None:
    locked = read_pdf(drawn(encrypt="secret", text="Un texte assez long pour être une publication."))
    assert isinstance(locked, Rejected) and locked.reason == "pdf_encrypted"
    whole = build(paragraph(FIRST))
    for data in (b"%PDF-1.7\n", whole[:200], b"%PDF-1.4\n" + bytes(5000)):
        broken = read_pdf(data)
        assert isinstance(broken, Rejected)
        assert broken.reason in ("pdf_corrupt", "pdf_without_text")


def test_title_is_the_listing_s_then_the_file_s_and_leaves_the_text() -> None:
    source = Source(name="documents", kind="listing", url="http://a.bf/", selectors=MappingProxyType({"item": "a"}))
    data = build(
        paragraph("Bilan 2024", "Heading1"), paragraph("Date : 27 mars 2025"), paragraph(FIRST), title="Fichier"
    )

    def document(title: str) -> Extracted:
        body = Body(data=data, content_type="application/pdf", name="http://a.bf/b.pdf")
        got = extract(body, doc="documents/b", url="http://a.bf/b.pdf", source=source, found=Found(url="", title=title))
        assert isinstance(got, Extracted)
        return got

    listed = document("Bilan\u00a02024").document
    assert (listed.title, listed.published) == ("Bilan\u00a02024", "2025-03-27")
    assert listed.text.startswith("Date")
    assert listed.pages == (0,)
    assert document("").document.title == "Fichier"


TOP = "Un titre qui tient toute la largeur de la page et annonce ce que disent les deux colonnes"
END = "Une phrase de fin qui tient elle aussi toute la largeur de la page, après les deux colonnes."
LEFT = (
    "Le ministère a tenu sa session du conseil", "d’administration. Le taux d’exécution phy-",
    "sique est de 88,02 % selon le directeur", "des études et des statistiques du minis-",
    "tère, qui a présenté le bilan de l’année.",
)  # fmt: skip
RIGHT = (
    "Au titre des perspectives, il entend pour-", "suivre la dématérialisation des procé-",
    "dures en 2025 et former mille agents", "dans les treize régions du pays, avec",
    "l’appui de ses partenaires financiers.",
)  # fmt: skip
ORDERS: dict[str, list[tuple[int, int]]] = {
    "column by column": [(side, row) for side in (0, 1) for row in range(5)],
    "row by row": [(side, row) for row in range(5) for side in (0, 1)],
    "right column first": [(side, row) for side in (1, 0) for row in range(5)],
}


@pytest.mark.parametrize("order", ORDERS)
def test_columns_are_read_one_after_the_other_and_words_mended(order: str) -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    canvas.setFont("Times-Roman", 11)
    canvas.drawString(72, 760, TOP)
    for side, row in ORDERS[order]:
        canvas.drawString((72, 320)[side], 720 - 14 * row, (LEFT, RIGHT)[side][row])
    canvas.drawString(72, 620, END)
    canvas.save()
    assert content(stream.getvalue()).text.split("\n\n") == [
        TOP,
        "Le ministère a tenu sa session du conseil d’administration. Le taux d’exécution physique est de 88,02 % selon "
        "le directeur des études et des statistiques du ministère, qui a présenté le bilan de l’année.",
        "Au titre des perspectives, il entend poursuivre la dématérialisation des procédures en 2025 et former mille "
        "agents dans les treize régions du pays, avec l’appui de ses partenaires financiers.",
        END,
    ]


def test_a_compound_keeps_its_hyphen_at_the_end_of_a_line() -> None:
    words = "Le sous-préfet reçoit. " + "La visite du sous-préfet de la région est prévue et annoncée à tous. " * 12
    assert content(build(paragraph(words.strip()))).text == words.strip()


def test_a_table_without_rules_is_read_by_rows() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    rows = [("Agents formés", "1 200", "1 848"), ("Localités", "80", "93"), ("Bâtiments", "60", "104")]
    canvas.drawString(72, 720, FIRST[:90])
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            canvas.drawString(72 + 160 * column, 690 - 16 * number, cell)
    canvas.save()
    text = content(stream.getvalue()).text
    assert all(" ".join(row) in text.replace("\n", " ") for row in rows)


LONG_REPORT = """
import io, re
from pathlib import Path
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from ingest.pdf import read_pdf
stream = io.BytesIO()
canvas = Canvas(stream, pagesize=A4)
for number in range(150):
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 805, "Rapport annuel")
    canvas.drawString(72, 30, f"Page {number + 1}")
    canvas.setFont("Times-Roman", 10)
    for row in range(45):
        canvas.drawString(72, 760 - 15 * row, f"Ligne {row} de la page {number}, qui dit ce que le ministère a fait.")
    canvas.showPage()
canvas.save()
got = read_pdf(stream.getvalue())
assert len(got.pages) == 150 and "Rapport annuel" not in got.text and "Page 9" not in got.text
assert "Ligne 44 de la page 149" in got.text[got.pages[149]:]
# Not getrusage: it counts what the process was forked from.
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_a_report_of_150_pages_takes_little_memory() -> None:
    assert int(output(LONG_REPORT)) < 300_000  # KiB
