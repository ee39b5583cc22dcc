"""corpus/records.py: dates whole and reduced, pages, digests, the exchange record."""

import dataclasses
import json
from datetime import date

import pytest
from builders import document
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Document, earliest_day, latest_day


@pytest.mark.parametrize(
    ("partial", "first", "last"),
    [
        ("2025-03-27", date(2025, 3, 27), date(2025, 3, 27)),
        ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_reduced_date_spans_from_its_first_to_its_last_day(partial: str, first: date, last: date) -> None:
    assert (earliest_day(partial), latest_day(partial)) == (first, last)


@pytest.mark.parametrize("wrong", ["", "2025-13", "2025-02-30", "hier", "2025-xx"])
def test_what_is_no_date_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        latest_day(wrong)
    with pytest.raises(ValueError):
        earliest_day(wrong)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_whole_date_is_its_own_first_and_last_day(day: date) -> None:
    assert earliest_day(day.isoformat()) == latest_day(day.isoformat()) == day
    assert earliest_day(day.isoformat()[:7]) <= day <= latest_day(day.isoformat()[:7])
    assert earliest_day(day.isoformat()[:4]) <= day <= latest_day(day.isoformat()[:4])


def test_page_at_counts_from_one_and_changes_at_each_offset() -> None:
    paged = document(text="x" * 30, pages=(0, 10, 20))
    assert [paged.page_at(offset) for offset in (0, 9, 10, 19, 20, 29)] == [1, 1, 2, 2, 3, 3]


def test_an_empty_page_gives_its_characters_to_the_next() -> None:
    assert document(pages=(0, 10, 10, 20)).page_at(10) == 3


def test_an_unpaged_document_has_no_page() -> None:
    assert document().page_at(0) is None


def test_digest_changes_with_all_that_a_reader_sees_and_with_nothing_else() -> None:
    whole = document(pages=(0, 4), modified="2025-04-01", source="ministere")
    changed: dict[str, object] = {field.name: "autre" for field in dataclasses.fields(Document)} | {"pages": (0, 5)}
    for name, value in changed.items():
        other = dataclasses.replace(whole, **{name: value})  # type: ignore[arg-type]
        assert (other.digest() == whole.digest()) == (name in {"source", "ocr", "edits"}), name


def test_digest_is_the_same_for_equal_documents_and_is_hexadecimal() -> None:
    assert document().digest() == document().digest()
    assert len(bytes.fromhex(document().digest())) == 32


@given(st.text(), st.none() | st.sampled_from(["2025", "2025-03", "2025-03-27"]), st.lists(st.integers(0, 99)))
def test_a_record_makes_the_same_document_again_through_json(
    text: str, published: str | None, pages: list[int]
) -> None:
    whole = document(text=text, published=published, pages=tuple(sorted(pages)), source="ministere")
    record = json.loads(json.dumps(whole.to_record()))
    record["pages"] = tuple(record["pages"])
    assert Document(**record) == whole


def test_documents_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        document().text = "autre"  # type: ignore[misc]
