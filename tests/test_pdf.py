"""PDFs made here by reportlab, read back."""

import io
from collections.abc import Callable
from types import MappingProxyType

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
