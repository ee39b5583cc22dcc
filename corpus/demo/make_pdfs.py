"""Make the demonstration PDFs: laid-out texts, scanned pictures of texts, one blank page.

    python -m corpus.demo.make_pdfs

The files are committed; run it again after a change of a text of format "pdf"
or "scan". Needs the dev extra (reportlab, pypdfium2, Pillow). The same texts and
the same library versions give the same bytes.
"""

import io
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from corpus.demo.documents import EMPTY_ID
from corpus.demo.press import PDFS
from corpus.demo.render import in_words
from corpus.demo.sites import SITES
from corpus.demo.texts import KINDS, SCANS, TEXTS, DemoText, load_all
from corpus.errors import DocumentError

if TYPE_CHECKING:
    from PIL.Image import Image

SCAN_DPI = 96
SCAN_TILTS = (0.7, -0.5)
"""Degrees by which successive scanned pages lean."""
SCAN_QUALITY = 42
"""JPEG quality: readable, and a page stays under 75 KB."""


def laid_out(text: DemoText, *, points: float = 11) -> bytes:
    """A text as an A4 PDF with running header and footer; `points` is the size of its body type.

    Raises DocumentError on a character that the standard PDF fonts do not have.
    """
    from reportlab.lib.enums import TA_JUSTIFY
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import cm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    _check_characters(text)
    body = ParagraphStyle(
        "body", fontName="Times-Roman", fontSize=points, leading=points * 1.4, spaceAfter=points, alignment=TA_JUSTIFY
    )
    heading = ParagraphStyle("heading", parent=body, fontName="Times-Bold", fontSize=points + 2, spaceBefore=4)
    item = ParagraphStyle("item", parent=body, leftIndent=18, bulletIndent=6, spaceAfter=points / 2)
    title = ParagraphStyle("title", parent=body, fontName="Times-Bold", fontSize=points + 6, leading=points * 2)
    front = ParagraphStyle("front", parent=body, fontName="Times-Italic", spaceAfter=2)
    story: list[Any] = [
        Paragraph(escape(text.title), title),
        Paragraph(f"Ministère\u00a0: {escape(text.ministry)}", front),
        Paragraph(f"Date\u00a0: {in_words(text.published)}", front),
        Spacer(1, points * 1.5),
    ]
    makers: dict[str, Callable[[Any], Any]] = {
        "paragraph": lambda block: Paragraph(escape(block.text), body),
        "heading": lambda block: Paragraph(escape(block.text), heading),
        "item": lambda block: Paragraph(escape(block.text), item, bulletText="•"),
        "table": lambda block: _table(block.rows, body),
    }
    for block in text.blocks:
        story.append(makers[block.kind](block))
    written = io.BytesIO()
    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        topMargin=3 * cm,
        bottomMargin=2.5 * cm,
        leftMargin=2.5 * cm,
        rightMargin=2.5 * cm,
        title=text.title,
        author=text.publisher,
        lang="fr",
        invariant=1,
    )

    def furniture(canvas: Any, _: Any) -> None:
        width, height = A4
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.drawString(2.5 * cm, height - 1.8 * cm, f"{KINDS[text.kind]} – {text.publisher}")
        canvas.drawRightString(width - 2.5 * cm, height - 1.8 * cm, SITES["documents"].tagline)
        canvas.line(2.5 * cm, height - 2 * cm, width - 2.5 * cm, height - 2 * cm)
        canvas.drawString(2.5 * cm, 1.5 * cm, "Texte de démonstration, reformulé")
        canvas.drawRightString(width - 2.5 * cm, 1.5 * cm, f"Page {canvas.getPageNumber()}")
        canvas.restoreState()

    document.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return written.getvalue()


def _table(rows: Sequence[Sequence[str]], body: Any) -> Any:
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Table, TableStyle

    cell = ParagraphStyle("cell", parent=body, alignment=0, spaceAfter=0, fontSize=body.fontSize - 1)
    head = ParagraphStyle("head", parent=cell, fontName="Times-Bold")
    cells = [[Paragraph(escape(text), cell if row else head) for text in held] for row, held in enumerate(rows)]
    ruled = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e6e6e6")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Table(cells, style=ruled, repeatRows=1, spaceBefore=6, spaceAfter=14)


def _check_characters(text: DemoText) -> None:
    for character in f"{text.title}{text.publisher}{text.ministry}{text.plain}":
        try:
            character.encode("cp1252")
        except UnicodeEncodeError as error:
            reason = f"character {character!r} (U+{ord(character):04X}) is not in the standard PDF fonts"
            raise DocumentError(f"{text.id}: {reason}", path=f"{text.id}.md", line=None, reason=reason) from error


def scanned(text: DemoText) -> bytes:
    """A text as a scanner sees it: grey leaning pictures of its pages, without a text layer."""
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(laid_out(text, points=14)) as printed:
        sheets = [page.render(scale=SCAN_DPI / 72, grayscale=True).to_pil().convert("L") for page in printed]
    leaning = [_worn(sheet, SCAN_TILTS[number % 2], Image.Resampling.BICUBIC) for number, sheet in enumerate(sheets)]
    return _pictures(leaning)


def _worn(sheet: "Image", tilt: float, resample: Any) -> "Image":
    """A leaning sheet on grey paper, its ink not quite black."""
    return sheet.rotate(tilt, resample=resample, fillcolor=205).point([55 + level * 180 // 255 for level in range(256)])


def _pictures(sheets: Sequence["Image"]) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    canvas.setTitle("Numérisation")
    for sheet in sheets:
        picture = io.BytesIO()
        sheet.save(picture, "JPEG", quality=SCAN_QUALITY)
        picture.seek(0)
        canvas.drawImage(ImageReader(picture), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def blank() -> bytes:
    """A PDF of one blank page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def make_all(folder: Path = PDFS, texts: Path = TEXTS, scans: Path = SCANS) -> tuple[Path, ...]:
    """Write every PDF; those whose text is gone are removed. The files written, by name."""
    made = {text.id: laid_out(text) for text in load_all(texts) if text.format == "pdf"}
    made |= {text.id: scanned(text) for text in load_all(scans)}
    made[EMPTY_ID] = blank()
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.pdf"):
        if path.stem not in made:
            path.unlink()
    paths = []
    for name, content in sorted(made.items()):
        path = folder / f"{name}.pdf"
        path.with_suffix(".part").write_bytes(content)
        path.with_suffix(".part").replace(path)
        paths.append(path)
    return tuple(paths)


if __name__ == "__main__":
    for path in make_all():
        content = path.read_bytes()
        sys.stdout.write(f"{path.name}  {len(content)} bytes  crc {zlib.crc32(content):08x}\n")
