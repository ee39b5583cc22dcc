"""rag/passages.py: exact spans, whole sentences, nothing lost, nothing twice, nothing too long."""

import pytest
from builders import SEED, document
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.records import Document
from rag.french import sentences
from rag.passages import MAX_CHARS, Passage, header, passages

PROSE = st.lists(
    st.sampled_from(
        [
            "Le ministère a tenu son CASEM. ", "M. Ouédraogo, S.E.M. le ministre, a dit « oui ! ». ", "\n\n", "\n",
            "88,02 % ; 69,89 %. ", "- premier point ;\n", "a) second point\n", "Mot " * 120 + ". ", "É" * 700, "   ",
            " \n \n", "\u00a0", "🌍. ", "Fin", "? ", "x" * 1300, "\u2028", "\r\n\r\n", " " * 1300,
        ]
    ),
    max_size=14,
).map("".join)  # fmt: skip


def cut(text: str) -> tuple[Document, tuple[Passage, ...]]:
    whole = document(text=text)
    return whole, passages(whole)


@given(st.text(max_size=400) | PROSE)
@example("mot " * 2000)
@example("x" * 5000)
@example("a" + " " * 5000 + "b")
@example("")
@example(" \n\n \n")
def test_every_character_that_is_not_blank_is_in_exactly_one_passage(text: str) -> None:
    _whole, found = cut(text)
    owners = [0] * len(text)
    for passage in found:
        assert 0 <= passage.start < passage.end <= len(text)
        assert passage.end - passage.start <= MAX_CHARS
        owners[passage.start : passage.end] = [count + 1 for count in owners[passage.start : passage.end]]
    assert [passage.start for passage in found] == sorted(passage.start for passage in found)
    for char, count in zip(text, owners, strict=True):
        assert count == 1 or (count == 0 and char.isspace())


@given(st.text(max_size=400) | PROSE)
@example("a" + " " * 5000 + "b")
def test_no_passage_is_blank_or_padded(text: str) -> None:
    for passage in cut(text)[1]:
        quote = text[passage.start : passage.end]
        assert quote
        assert quote == quote.strip()


@given(PROSE)
def test_sentences_are_never_cut_unless_they_are_too_long(text: str) -> None:
    _, found = cut(text)
    for sentence in sentences(text):
        if sentence.end - sentence.start <= MAX_CHARS:
            assert any(each.start <= sentence.start and sentence.end <= each.end for each in found)


@given(st.text(max_size=400) | PROSE)
def test_what_is_indexed_is_the_header_then_the_exact_slice(text: str) -> None:
    whole, found = cut(text)
    for passage in found:
        assert passage.indexed == f"{header(whole)}\n{text[passage.start : passage.end]}"


def test_short_documents_are_one_passage() -> None:
    (only,) = passages(SEED)
    assert (only.start, only.end) == (0, len(SEED.text))


def test_passages_end_at_paragraphs_where_they_can() -> None:
    paragraphs = ["Une phrase de ce paragraphe. " * 20] * 5
    text = "\n\n".join(paragraph.strip() for paragraph in paragraphs)
    for passage in cut(text)[1]:
        before, after = text[: passage.start], text[passage.end :]
        assert before == "" or before.endswith("\n\n")
        assert after == "" or after.startswith("\n\n")


def test_a_monstrous_paragraph_is_cut_between_words() -> None:
    words = [f"mot{number}" for number in range(3000)]
    text = " ".join(words)
    found = cut(text)[1]
    assert " ".join(text[passage.start : passage.end] for passage in found).split() == words
    assert min(passage.end - passage.start for passage in found[:-1]) > MAX_CHARS // 2


@pytest.mark.parametrize("text", ["", "   ", "\n\n\n", "\u00a0\n\n\t"])
def test_a_blank_document_has_no_passage(text: str) -> None:
    assert cut(text)[1] == ()


def test_the_header_names_title_ministry_and_date_and_leaves_out_what_is_missing() -> None:
    assert header(document(title="Titre", ministry="", published=None)) == "Titre"
    dated = header(document(title="Titre", ministry="Santé", published="2025-03-27"))
    assert "Titre" in dated
    assert "Santé" in dated
    assert "2025" in dated
    assert "27 mars 2025" in dated or "2025-03-27" in dated


def test_look_alike_sessions_are_indexed_apart() -> None:
    one, other = (document(title=title, published=day) for title, day in (("A", "2024-03-27"), ("B", "2025-03-27")))
    assert passages(one)[0].indexed != passages(other)[0].indexed
