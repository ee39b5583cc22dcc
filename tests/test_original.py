"""What was written where text is cleaned: kept as differences, from the page to the store."""

import unicodedata
from io import BytesIO
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from corpus.original import Edit, original
from corpus.store import Store
from ingest.add import add
from ingest.pdf import read_pdf
from ingest.text import block_edits, clean_blocks, clean_line, edits_of, join_blocks
from ingest.values import Content

WRITTEN = (
    "Le pro\u00adjet e\u0301tait \ufb01nance\u0301 a\u0300 69,89 %\u200b "
    "par l\u2019E\u0301tat et ses parte\u00adnaires."
)
READ = "Le projet était financé à 69,89 % par l’État et ses partenaires."


def test_a_line_gives_its_original_back() -> None:
    line = clean_line(WRITTEN)
    assert line == READ
    assert original(line, edits_of(line)) == WRITTEN
    at = READ.index("financé")
    assert original(line, edits_of(line), at, at + len("financé")) == "\ufb01nance\u0301"
    assert edits_of(clean_line("  rien \n que   des espaces ")) == ()


def test_edits_follow_their_blocks() -> None:
    blocks = clean_blocks(["Un titre", WRITTEN, " ", "Une \ufb01n"])
    text = join_blocks(blocks)
    assert original(text, block_edits(blocks)) == f"Un titre\n\n{WRITTEN}\n\nUne \ufb01n"


def test_an_original_that_begins_inside_a_range_counts() -> None:
    edits = (Edit(1, 2, "xyz"), Edit(3, 3, "-"))
    assert original("abcd", edits) == "axyzc-d"
    assert original("abcd", edits, 2) == "c-d"
    assert original("abcd", edits, 0, 1) == "a"


LETTERS = st.sampled_from("aeé\u0301\u0300\u00ad\u200b \n\t\u00a0\u202f\ufb01ŒœA.,1\u2009\x07-’")


@given(st.text(LETTERS, max_size=40))
def test_any_line_gives_its_original_back_but_for_white_space(raw: str) -> None:
    line = clean_line(raw)
    back = original(line, edits_of(line))
    assert bare(back) == bare(raw)
    assert clean_line(back) == line


def bare(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) not in ("Zs", "Cc") or c == "\x07")


def test_a_mended_word_of_a_pdf_and_a_web_page_in_the_store(tmp_path: Path) -> None:
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    canvas.drawString(72, 700, "Le ministère poursuit partout en 2025 la dématérialisation de ses procé-")
    canvas.drawString(72, 686, "dures.")
    canvas.save()
    got = read_pdf(stream.getvalue())
    assert isinstance(got, Content)
    at = got.text.index("procédures")
    assert original(got.text, got.edits, at, at + len("procédures")) == "procé-\ndures"

    page = tmp_path / "page.html"
    page.write_text(f"<article><h1>Titre</h1><p>{WRITTEN}</p><p>{WRITTEN} Fin.</p></article>", encoding="utf-8")
    with Store.open(tmp_path / "data", create=True, write=True) as store:
        list(add([page], store))
        document = store.get("fichier/page")
        edits = store.edits("fichier/page")
        assert WRITTEN in original(document.text, edits)
        assert store.edits("fichier/page", 1) == edits
        assert store.edits("inconnu") == ()
