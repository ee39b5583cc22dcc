"""rag/postings.py, rag/vocabulary.py, rag/maxscore.py: segments against a fresh build, the best rows against all."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from corpus.errors import DataDamaged
from rag import lexical, maxscore
from rag.french import terms
from rag.lexical import LexicalIndex
from rag.postings import Mask, Postings
from rag.vocabulary import Vocabulary

WORDS = ["forage", "pompe", "barrage", "village", "budget", "Dori", "65", "RESINA", "l’eau", "ministère", "le"]
# Some words in nearly every passage, some in one of many.
PASSAGES = st.lists(st.sampled_from(WORDS + WORDS[:3] * 6), max_size=12).map(" ".join)
QUESTIONS = st.lists(st.sampled_from([*WORDS, "inconnu", "forrage"]), min_size=1, max_size=8).map(" ".join)


@st.composite
def segments(draw: st.DrawFn) -> list[list[tuple[str, bool]]]:
    """Texts of up to four segments, and whether each is still there."""
    row = st.tuples(PASSAGES, st.booleans() if draw(st.booleans()) else st.just(True))
    return draw(st.lists(st.lists(row, max_size=12), min_size=1, max_size=4))


def masks(parts: Sequence[Sequence[tuple[str, bool]]]) -> list[Mask | None]:
    return [None if all(live for _, live in part) else np.array([live for _, live in part], bool) for part in parts]


def opened(parts: Sequence[Sequence[tuple[str, bool]]]) -> LexicalIndex:
    return LexicalIndex([Postings.build(text for text, _ in part) for part in parts], masks(parts))


def same(one: Postings, other: Postings) -> bool:
    arrays = ("starts", "rows", "counts", "lengths")
    return list(one.vocabulary) == list(other.vocabulary) and all(
        getattr(one, name).dtype == getattr(other, name).dtype
        and getattr(one, name).tolist() == getattr(other, name).tolist()
        for name in arrays
    )


def dense(index: LexicalIndex, question: str, k: int, allowed: Mask | None, above: float) -> list[tuple[int, float]]:
    """The k best of every row's score: what `top` must give."""
    scores = index.scores_of(terms(question), range(index.size))
    if allowed is not None:
        scores[~allowed] = 0.0
    order = np.lexsort((np.arange(index.size), -scores))
    return [(int(row), float(scores[row])) for row in order[:k] if scores[row] > above]


def top(index: LexicalIndex, question: str, k: int, allowed: Mask | None, above: float) -> list[tuple[int, float]]:
    rows, scores = index.top(terms(question), k, allowed, above)
    return list(zip(rows.tolist(), scores.tolist(), strict=True))


@given(segments(), QUESTIONS, st.integers(0, 12), st.integers(1, 8), st.sampled_from([0, 5]), st.data())
def test_top_is_the_best_of_every_row(
    parts: list[list[tuple[str, bool]]], question: str, k: int, window: int, few: int, data: st.DataObject
) -> None:
    index = opened(parts)
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=index.size, max_size=index.size)), bool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maxscore, "WINDOW", window)
        patch.setattr(lexical, "_FEW", few)
        for mask in (None, allowed, np.ones(index.size, bool)):
            every = dense(index, question, index.size, mask, 0.0)
            for above in (0.0, *(score for _, score in every[:2])):
                assert top(index, question, k, mask, above) == dense(index, question, k, mask, above)


def test_a_frequent_term_is_looked_up_only_where_a_telling_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.arange(100_000, dtype=np.int32)
    frequent, rare = rows[rows % 10 > 0], rows[rows % 50 == 1]
    held = np.concatenate([frequent, rare])
    starts = np.array([0, len(frequent), len(held)])
    ones, lengths = np.ones(len(held), np.uint8), 80 + rows % 41
    index = LexicalIndex([Postings(Vocabulary.of(["budget", "forag"]), starts, held, ones, lengths)])
    weighed = []

    def gains(segment: maxscore.Segment, run: maxscore.Run, at: slice | maxscore.Rows) -> maxscore.Floats:
        weighed.append(len(run.rows[at]))
        return plain(segment, run, at)

    plain = maxscore.Segment.gains
    monkeypatch.setattr(maxscore.Segment, "gains", gains)
    monkeypatch.setattr(maxscore, "WINDOW", 1000)
    assert top(index, "budget forage", 10, None, 0.0) == dense(index, "budget forage", 10, None, 0.0)
    assert sum(weighed) < len(held) / 10


@given(segments(), QUESTIONS)
def test_what_was_removed_is_as_if_it_had_never_been(parts: list[list[tuple[str, bool]]], question: str) -> None:
    index = opened(parts)
    live = [live for part in parts for _, live in part]
    fresh = LexicalIndex.build(text for part in parts for text, live in part if live)
    scores = index.scores_of(terms(question), range(index.size))
    assert scores[live].tolist() == fresh.scores_of(terms(question), range(fresh.size)).tolist()
    assert not scores[[not there for there in live]].any()
    assert (index.size, index.live) == (len(live), sum(live))
    for term in {*terms(question), *terms(" ".join(WORDS))}:
        assert (index.idf(term), index.knows(term)) == (fresh.idf(term), fresh.knows(term))
        assert index.slips(term) == fresh.slips(term)


@given(segments())
def test_merged_is_as_if_built_at_once(parts: list[list[tuple[str, bool]]]) -> None:
    merged = Postings.merged([Postings.build(text for text, _ in part) for part in parts], masks(parts))
    assert same(merged, Postings.build(text for part in parts for text, live in part if live))


def test_a_build_in_blocks_and_a_merge_in_steps_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(WORDS[place % 7 : place % 11]) for place in range(100)]
    whole = Postings.build(texts)
    monkeypatch.setattr("rag.postings._BLOCK", 7)
    monkeypatch.setattr("rag.postings._MOVED", 5)
    assert same(Postings.build(texts), whole)


def test_a_word_said_very_often_counts_up_to_a_bound() -> None:
    part = Postings.build(["pompe " * 300, "pompe"])
    assert part.counts.tolist() == [255, 1]
    assert part.lengths.tolist() == [300, 1]
    assert math.isclose(
        LexicalIndex([part]).scores_of(terms("pompe"), [0])[0], math.log(1.2) * 2.2 * 0.994, rel_tol=0.01
    )


@pytest.mark.parametrize("name", Postings.files())
def test_a_file_that_was_cut_short_is_damage(tmp_path: Path, name: str) -> None:
    Postings.build(["Le forage du Sahel", "Un barrage à Bagré"]).save(tmp_path)
    whole = (tmp_path / name).read_bytes()
    for length in (0, 5, len(whole) // 2, len(whole) - 1):
        (tmp_path / name).write_bytes(whole[:length])
        with pytest.raises(DataDamaged):
            Postings.open(tmp_path, 2)
    (tmp_path / name).unlink()
    with pytest.raises(DataDamaged):
        Postings.open(tmp_path, 2)


def test_files_of_another_number_of_rows_are_damage(tmp_path: Path) -> None:
    Postings.build(["Le forage du Sahel"]).save(tmp_path)
    with pytest.raises(DataDamaged):
        Postings.open(tmp_path, 2)


@given(
    st.sets(st.text("abcé1ж", max_size=9), max_size=30), st.text("abcé1ж", min_size=1, max_size=9), st.integers(1, 2)
)
def test_near_words_are_those_of_the_distance(words: set[str], wanted: str, most: int) -> None:
    vocabulary = Vocabulary.of(words)
    assert list(vocabulary) == sorted(words)
    assert [vocabulary.number(word) for word in sorted(words)] == list(range(len(words)))
    assert (vocabulary.number(wanted) is None) == (wanted not in words)
    near = [(word, OSA.distance(word, wanted)) for word in sorted(words) if OSA.distance(word, wanted) <= most]
    assert vocabulary.near(wanted, most) == near


def test_of_many_guesses_the_most_used_are_taken() -> None:
    words = ["cargo", "fargo", "largo", "margo", "targo", "vargo"]
    index = LexicalIndex.build([*words, *words[2:], "cargo margo"])
    assert index.slips("zargo") == ("cargo", "largo", "margo", "targo")


def test_a_mistyped_first_letter_is_found() -> None:
    assert LexicalIndex.build(["une dématérialisation", "du forage"]).slips("vorag") == ("forag",)
