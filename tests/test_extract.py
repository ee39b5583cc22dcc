"""Pages -> documents. Golden pairs in pages/: NAME.html is read, NAME.json says what must come out.

UPDATE_PAGES=1 rewrites the expectations, for review.
"""

import io
import json
import os
import time
import zipfile
from pathlib import Path
from types import MappingProxyType

import docx
import odfdo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.catalogue import Source
from ingest.charset import decode
from ingest.dates import dateline, find_date, find_day, is_partial_date
from ingest.extract import Body, extract
from ingest.identity import document_id, slug_of, url_slug
from ingest.text import clean_line
from ingest.values import Extracted, Found, Rejected

PAGES = Path(__file__).parent / "pages"
URL = "https://www.exemple.bf/2025/03/bilan/"
SOURCES = {
    "wordpress": Source(name="wp", kind="wordpress", url=URL, publisher="exemple.bf", ministry="Transition digitale"),
    "spip": Source(
        name="spip",
        kind="spip",
        url=URL,
        publisher="Le Kiosque",
        selectors=MappingProxyType({"publisher": ".source-media", "ministry": ".mots-cles a", "kind": ".arbo a + a"}),
    ),
    "windows-1252": Source(name="vieux", kind="rss", url=URL),
}


def read(
    data: bytes, source: Source = SOURCES["windows-1252"], content_type: str = "text/html", **found: str
) -> Extracted | Rejected:
    body = Body(data=data, content_type=content_type, name=URL)
    return extract(body, doc="s/x", url=URL, source=source, found=Found(url=URL, **found))


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


PROSE = "<p>Le ministère a publié hier un long communiqué sur ses résultats de l’année écoulée.</p>" * 4


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_golden_pages(name: str) -> None:
    result = read((PAGES / f"{name}.html").read_bytes(), SOURCES[name])
    assert isinstance(result, Extracted)
    got = json.loads(json.dumps(result.document.to_record()))
    expected = PAGES / f"{name}.json"
    if os.environ.get("UPDATE_PAGES") == "1":
        expected.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert got == json.loads(expected.read_text(encoding="utf-8"))


def test_article_without_text_is_rejected_not_guessed() -> None:
    empty = page("<nav>" + PROSE + "</nav><div class=texte></div><section class=comments>" + PROSE + "</section>")
    assert read(empty, SOURCES["spip"]) == Rejected(reason="no_text", detail="0 characters")


@pytest.mark.parametrize(
    ("data", "content_type", "why"),
    [
        (b"", "text/html", "empty"),
        (b" \n ", "text/html", "empty"),
        (b"\x89PNG\r\n\x1a\n....", "image/png", "unknown_type"),
        (b"\x00\x01\x02\x03", "text/html", "no_text"),
        (b"x" * 6_000_000, "text/html", "html_too_large"),
        (b"PK\x03\x04garbage word/document.xml", "application/octet-stream", "docx_corrupt"),
        (b"%PDF-1.4 garbage", "application/pdf", "pdf_corrupt"),
    ],
)
def test_bodies_without_a_document_say_why(data: bytes, content_type: str, why: str) -> None:
    result = read(data, content_type=content_type)
    assert isinstance(result, Rejected)
    assert result.reason == why


def test_date_never_comes_from_comments_side_columns_or_today() -> None:
    result = read(
        page(
            f"<article><h1>T</h1>{PROSE}</article>"
            "<section class=comments><time datetime=2026-01-02>2 janvier 2026</time></section>"
            "<aside><time class=entry-date datetime=2024-05-05>5 mai 2024</time></aside><footer>© 2026</footer>"
        )
    )
    assert isinstance(result, Extracted)
    assert result.document.published is None


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ("<meta property='article:published_time' content='2025-03-27T23:59:00-05:00'>", "", "2025-03-27"),
        ("", "<p>Publié le 1er avril 2025 à 10h</p>", "2025-04-01"),
        ("", "<p class=info-publi>jeudi 27 mars 2025</p>", "2025-03-27"),
        ("", "<time itemprop=datePublished datetime=2024-02-29>hier</time>", "2024-02-29"),
        ("<script type='application/ld+json'>{broken</script>", "", None),
        ("<meta name=date content='2025-02-30'>", "", None),
    ],
)
def test_dates_where_pages_put_them(head: str, body: str, published: str | None) -> None:
    result = read(page(f"<article><h1>T</h1>{body}{PROSE}</article>", head))
    assert isinstance(result, Extracted)
    assert result.document.published == published


def test_listing_fills_what_the_page_does_not_say() -> None:
    result = read(page(f"<article>{PROSE}</article>"), title="Titre listé", published="2025-03", ministry="Santé")
    assert isinstance(result, Extracted)
    document = result.document
    assert (document.title, document.published, document.ministry) == ("Titre listé", "2025-03", "Santé")
    assert document.publisher == "www.exemple.bf"


def test_hostile_markup_is_only_text() -> None:
    result = read(
        page(
            "<article><h1>T</h1><script>alert(1)</script><style>p{}</style><p onclick=x()>Un texte &lt;script&gt;"
            "alert(2)&lt;/script&gt; avec des balises échappées, qui restent du texte.</p><!-- secret --></article>"
        )
    )
    assert isinstance(result, Extracted)
    assert "<script>alert(2)</script>" in result.document.text
    assert "alert(1)" not in result.document.text
    assert "secret" not in result.document.text


def test_ten_thousand_nested_elements_end_well() -> None:
    for tag in ("div", "b", "table"):
        result = read(page(f"<{tag}>" * 10_000 + PROSE), SOURCES["wordpress"])
        assert isinstance(result, Extracted | Rejected)


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_value(data: bytes) -> None:
    assert isinstance(read(b"<html><body>" + data), Extracted | Rejected)


@given(st.binary(max_size=200), st.sampled_from(["", "text/html; charset=utf-8", "text/html; charset=base64", "x"]))
def test_decoding_never_fails(data: bytes, content_type: str) -> None:
    assert isinstance(decode(data, content_type), str)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ("à l’État".encode(), "text/html; charset=iso-8859-1"),
        ("à l’État".encode("cp1252"), "text/html; charset=iso-8859-1"),
        ("à l’État".encode("cp1252"), "text/html; charset=utf-8"),
        ("à l’État".encode("utf-16"), ""),
        ("à l’État".encode("utf-8-sig"), "text/html; charset=windows-1252"),
        ("à l’État".encode("cp1252"), "text/html; charset=unicode_escape"),
    ],
)
def test_encodings_that_lie(data: bytes, content_type: str) -> None:
    assert decode(data, content_type) == "à l’État"


def test_windows_1252_pasted_into_utf_8() -> None:
    text = "Été à Kaya, l’année 2024 a été très « bonne » pour les élèves."
    pasted = " 5 % à l’État"
    assert decode(text.encode() + pasted.encode("windows-1252")) == text + pasted
    assert decode(pasted.encode("windows-1252") + text.encode(), "text/html; charset=utf-8") == pasted + text


def test_clean_text() -> None:
    assert clean_line(" e\u0301tat\u00ad  \u200bfin\n\u00a0") == "état fin"
    assert clean_line("12\u00a0% « o\u202f»") == "12\u00a0% « o\u202f»"
    assert clean_line("ﬁnances \x00\ud800") == "finances"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("jeudi 27 mars 2025 à 10h", "2025-03-27"),
        ("1er août 2024", "2024-08-01"),
        ("27/03/2025", "2025-03-27"),
        ("2025-03-27T23:00:00-05:00", "2025-03-27"),
        ("March 27, 2025", "2025-03-27"),
        ("31/02/2025", None),
        ("en 2025", None),
        ("12 345 2025", None),
    ],
)
def test_days_in_words(text: str, wanted: str | None) -> None:
    assert find_day(text) == wanted


def test_reduced_dates() -> None:
    assert [find_date(text) for text in ("mars 2025", "2025", "en 2025", "Août 2024")] == [
        "2025-03", "2025", None, "2024-08",
    ]  # fmt: skip
    assert dateline(["Communiqué", "Ouagadougou, le 27 mars 2025"]) == "2025-03-27"
    assert [is_partial_date(text) for text in ("2025", "2025-13", "2025-02-30", "2025-02-28", "25", "٢٠٢٥")] == [
        True, False, False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://a.bf/2025/03/le-bilan-2024/", "le-bilan-2024"),
        ("https://a.bf/docs/Rapport%20d%E2%80%99%C3%A9tape.PDF", "rapport-d-etape"),
        ("https://a.bf/spip.php?article123&lang=fr", "article123"),
        ("https://a.bf/spip.php?page=article&id=4", "page-article-id-4"),
        ("https://a.bf/?p=12", "p-12"),
        ("https://a.bf/", "a-bf"),
    ],
)
def test_slugs(url: str, slug: str) -> None:
    assert url_slug(url) == slug


def test_two_addresses_never_share_an_id() -> None:
    held = {"s/bilan": "https://a.bf/2024/bilan"}
    same = document_id("s", "bilan", "https://a.bf/2024/bilan", held.get)
    other = document_id("s", "bilan", "https://a.bf/2025/bilan", held.get)
    assert same == "s/bilan"
    assert other.startswith("s/bilan-") and len(other) == len("s/bilan-") + 8
    long = slug_of("mot " * 100)
    assert len(long) <= 100 and long != slug_of("mot " * 101)


def test_docx_with_table() -> None:
    document = docx.Document()
    document.core_properties.title = "Rapport"
    document.add_paragraph("Ouagadougou, le 27 mars 2025")
    document.add_paragraph("Premier paragraphe du rapport, assez long.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Agents", "1 848"
    stream = io.BytesIO()
    document.save(stream)
    result = read(stream.getvalue(), content_type="application/octet-stream")
    assert isinstance(result, Extracted)
    assert result.document.title == "Rapport"
    assert result.document.published == "2025-03-27"
    assert result.document.text.endswith("assez long.\n\nAgents | 1 848")


def odt(*parts: "odfdo.Element", title: str = "") -> bytes:
    document = odfdo.Document("text")
    document.body.clear()
    for part in parts:
        document.body.append(part)
    if title:
        document.meta.title = title
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_odt_with_list_table_and_note() -> None:
    told = odfdo.Paragraph("Le conseil s’est tenu.")
    told.insert_note(after="conseil", note_id="n", citation="1", body="Le deuxième de l’année.")
    told.insert_annotation(after="tenu", body="à relire", creator="moi")
    table = odfdo.Table("t")
    for values in (["Indicateur", "2024"], ["Agents", "1\u00a0848"]):
        row = odfdo.Row()
        row.set_values(values)
        table.append(row)
    data = odt(odfdo.Header(1, "Bilan"), told, odfdo.List(["un", "deux"]), table, title="Bilan 2024")
    result = read(data, Source(name="d", kind="files", url=""), "application/octet-stream")
    assert isinstance(result, Extracted)
    assert result.document.title == "Bilan 2024"
    assert result.document.text.split("\n\n") == [
        "Bilan", "Le conseil s’est tenu.", "Le deuxième de l’année.", "un", "deux",
        "Indicateur | 2024\nAgents | 1\u00a0848",
    ]  # fmt: skip


def test_odt_that_would_swell_is_bounded() -> None:
    spaces = odfdo.Paragraph("Un texte")
    spaces.append(odfdo.Element.from_tag("<text:s/>"))
    spaces.get_elements("descendant::text:s")[0].set_attribute("text:c", "1000000000")  # odfdo would write them all
    wide = odfdo.Element.from_tag(
        '<table:table><table:table-row><table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table>'
    )
    result = read(odt(spaces, wide), Source(name="d", kind="files", url=""), "")
    assert isinstance(result, Extracted) and len(result.document.text) < 1000
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", b"<a>" + b" " * 60_000_000 + b"</a>")
    bomb = read(stream.getvalue(), Source(name="d", kind="files", url=""), "")
    assert isinstance(bomb, Rejected) and bomb.reason == "odt_too_large"
    cut = read(odt(odfdo.Paragraph("x"))[:400], Source(name="d", kind="files", url=""), "")
    assert isinstance(cut, Rejected) and cut.reason in ("docx_corrupt", "odt_corrupt")


def test_plain_text_and_markdown() -> None:
    text = read(b"Titre\n\nUn deux\ntrois.\n", content_type="text/plain; charset=utf-8")
    assert isinstance(text, Extracted)
    assert (text.document.title, text.document.text) == ("Titre", "Titre\n\nUn deux trois.")
    marked = read(b"# Titre\n\n**Un** [lien](http://x)\n\n- item\n\n## Fin\n", content_type="text/markdown")
    assert isinstance(marked, Extracted)
    assert (marked.document.title, marked.document.text) == ("Titre", "Un lien\n\nitem\n\nFin")
    table = read(b"Avant\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n- - -\nFin\n", content_type="text/markdown")
    assert isinstance(table, Extracted)
    assert table.document.text == "Avant\n\na | b\n\n1 | 2\n\nFin"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"[" * 300_000 + b"x", "text/markdown"),
        (b"|" * 100_000 + b"x", "text/markdown"),
        (b" " * 100_000 + b"x", "text/markdown"),
        (b"`a * " * 20_000, "text/markdown"),
        (b"<!---->" * 200 + b"x", "text/plain"),
    ],
    ids=["brackets", "bars", "spaces", "ticks", "comments"],
)
def test_patterns_do_not_hang(data: bytes, content_type: str) -> None:
    """Each of these took minutes or more while a pattern could begin again at every place."""
    began = time.process_time()
    read(data, content_type=content_type)
    assert time.process_time() - began < 5


def test_a_page_closed_by_a_password_gives_no_document() -> None:
    """WordPress shows the form, and words of its own, in the place of the text."""
    asks = "<p>Cette publication est protégée par un mot de passe. Pour la lire, veuillez le saisir ci-dessous.</p>"
    form = f"<form class=post-password-form>{asks}<input type=password></form>"
    closed = page(f"<article><h1>Note</h1><div class=entry-content>{form}</div></article>")
    assert read(closed, SOURCES["wordpress"]) == Rejected(reason="password")
    beside = page(f"<article class=post><div class=entry-content>{PROSE}</div></article><aside>{form}</aside>")
    assert isinstance(read(beside, SOURCES["wordpress"]), Extracted)
