"""Scanned pages, read by the real tesseract; and what happens where it is not installed."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import builders
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.demo.texts import SCANS, load_all
from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from ingest.add import add
from ingest.ocr import Picture, find_tesseract
from ingest.pdf import read_pdf
from ingest.pdf_scan import no_ocr
from ingest.values import Content, Rejected
from rag import Assistant
from ui import render, terminal
from ui.french import NBSP, optical

PDFS = SCANS.parent / "pdf"
FLOUR = "farine-2022-02-sidwaya"
WRITTEN = "Un texte assez long pour être une publication, écrit en toutes lettres."


def pages(*drawn: "Image.Image | str") -> bytes:
    """A PDF of pages that are a picture, 4 inches wide, or a line of text."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    for one in drawn:
        size = A4 if isinstance(one, str) else (288, 288 * one.height / one.width)
        canvas.setPageSize(size)
        if isinstance(one, str):
            canvas.drawString(72, 700, one)
        else:
            canvas.drawImage(ImageReader(one), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def typed(*lines: str) -> Image.Image:
    """A small printed sheet as a scanner sees it: 200 dpi, 4 inches wide."""
    import pypdfium2

    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(288, 150), invariant=1)
    canvas.setFont("Times-Roman", 11)
    for row, line in enumerate(lines):
        canvas.drawString(20, 120 - 15 * row, line)
    canvas.save()
    with pypdfium2.PdfDocument(stream.getvalue()) as document:
        sheet: Image.Image = document[0].render(scale=200 / 72, grayscale=True).to_pil()
        return sheet.convert("L")


SHEET = ("Le ministère a formé 1 848 agents", "au cours de l’année 2024. Le taux", "d’exécution est de 69,89 %.")
SAID = "Le ministère a formé 1 848 agents au cours de l’année 2024. Le taux d’exécution est de 69,89 %."


def plain(text: str) -> str:
    return text.replace("’", "'").replace(NBSP, " ")


def test_a_demonstration_scan_is_read_with_its_confidence(tmp_path: Path) -> None:
    text = next(text for text in load_all(SCANS) if text.id == FLOUR)
    with Store.open(tmp_path / "data", create=True, write=True) as store:
        *_, last = add([PDFS / f"{text.id}.pdf"], store)
        assert last.report is not None and last.report.outcomes == {"new": 1} and not last.report.alarms
        (document,) = store.current()
        assert store.recognised() == {document.id: document.ocr}
    assert len(document.ocr) == len(document.pages) == 2
    assert all(value is not None and value >= 80 for value in document.ocr)
    assert document.published == text.published
    for sentence in (
        "l’exportation de farine est suspendue",
        "Aucune région, aucun poste frontalier",
        "la farine de mil",
    ):
        assert plain(sentence) in plain(document.text)
    assert "Page 2" not in document.text
    assert document.ocr_at(len(document.text) - 1) == document.ocr[1]


def test_sheets_that_lay_upside_down_and_pages_of_text_between_them() -> None:
    got = read_pdf(pages(WRITTEN, typed(*SHEET).rotate(180)))
    assert isinstance(got, Content)
    first, second = got.ocr
    assert first is None and second is not None and second >= 80
    assert plain(got.text[got.pages[1] :]) == plain(SAID)
    assert got.alarms == ()


def test_pages_that_nobody_can_read_are_alarms() -> None:
    speckled = Image.effect_noise((400, 300), 100)
    got = read_pdf(pages(WRITTEN, speckled))
    assert isinstance(got, Content) and got.text == WRITTEN
    assert got.alarms == ("pdf_pages_unreadable:1",)
    assert got.ocr == ()
    assert read_pdf(pages(speckled)) == Rejected(reason="pdf_unreadable", detail="1 pages")


def test_a_picture_of_monstrous_size_is_not_decoded() -> None:
    small = pages(Image.new("L", (9, 9)))
    bomb = small.replace(b"/Height 9", b"/Height 40000").replace(b"/Width 9", b"/Width 60000")
    assert bomb != small
    assert read_pdf(bomb) == Rejected(reason="pdf_picture_too_large", detail="1 pages")


def test_without_ocr_a_scan_is_an_alarm_and_never_a_success() -> None:
    blank = Image.new("L", (300, 400), 255)
    assert read_pdf(pages(blank, blank), no_ocr) == Rejected(reason="pdf_unread", detail="2 pages")
    got = read_pdf(pages(WRITTEN, blank), no_ocr)
    assert isinstance(got, Content) and got.alarms == ("pdf_pages_unread:1",)


def test_without_the_program_the_command_says_what_to_install(tmp_path: Path) -> None:
    """A whole process whose PATH holds no tesseract."""
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "add", "--data", str(tmp_path), "--json", str(PDFS / f"{FLOUR}.pdf")],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["failures"] == {"pdf_unread": 1}
    assert "tesseract-ocr-fra" in done.stderr


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 0", "cat >/dev/null; kill -9 $$"])
def test_a_program_that_fails_costs_its_page(tmp_path: Path, script: str) -> None:
    program = tmp_path / "tesseract"
    program.write_text(f'#!/bin/sh\n[ "$1" = --list-langs ] && echo fra && exit 0\n{script}\n')
    program.chmod(0o755)
    found = find_tesseract(str(tmp_path))
    assert found is not None
    got = found.read(Picture(width=10, height=10, dpi=200, grey=bytes(100)), 0)
    assert got is None or not got.readable


def test_confidence_in_words_and_by_page() -> None:
    assert optical([None, 91, 87]) == f"lu par reconnaissance optique, confiance 87{NBSP}%"
    assert optical([None]) == ""
    document = Document(
        id="a", url="", title="", publisher="", ministry="", kind="", published=None,
        text="abcdef", pages=(0, 3), ocr=(None, 87),
    )  # fmt: skip
    assert [document.ocr_at(0), document.ocr_at(4)] == [None, 87]
    assert document.digest() == replace(document, ocr=()).digest()


def test_a_quote_says_that_it_was_read_by_ocr(tmp_path: Path) -> None:
    scan = builders.document("scan", "Texte du fichier.\n\nLe ministère a livré 104 bâtiments en 2024.")
    data = builders.fill(tmp_path / "data", [replace(scan, pages=(0, 19), ocr=(None, 87))])
    builders.index(data, builders.WordEncoder())
    with Assistant.open(data, Settings(), encoder=builders.WordEncoder()) as assistant:
        reply = assistant.ask("Combien de bâtiments le ministère a-t-il livrés en 2024 ?")
        documents = {scan.id: assistant.document(scan.id)}
    (citation,) = reply.sentences[0].citations
    assert (citation.page, citation.ocr) == (2, 87)
    said = f"lu par reconnaissance optique, confiance 87{NBSP}%"
    assert said in terminal.answer(reply, documents).replace("\n    ", " ")
    assert said in render.answer(reply, documents, anchor="a")
    done = terminal.status(
        {"corpus": {"documents": 1, "versions": 1, "withdrawn": 0}, "index": None, "runs": [], "ocr": {"a": [None, 87]}}
    )
    assert f"1{NBSP}page lue dans 1{NBSP}publication, confiance la plus basse 87{NBSP}% (a)" in done.replace("\n", " ")
