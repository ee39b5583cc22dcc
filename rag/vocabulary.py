"""The distinct terms of a segment, sorted, in two plain arrays that can be memory-mapped."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from rag.arrays import mapped, save

Bytes = npt.NDArray[np.uint8]
Ends = npt.NDArray[np.int64]


def _bits() -> npt.NDArray[np.uint32]:
    """One bit for each letter, six for the digits, none for what is not ASCII."""
    bits = np.zeros(256, np.uint32)
    for place, letter in enumerate(b"abcdefghijklmnopqrstuvwxyz"):
        bits[letter] = 1 << place
    for digit in range(10):
        bits[ord("0") + digit] = 1 << (26 + digit % 6)
    return bits


_BITS = _bits()


class Vocabulary:
    """Words in the order of their UTF-8 bytes, which is that of `sorted`; the number of a word is its place.

    text: all of them, one after the other; ends: (words,) where each ends.
    """

    FILES = ("terms.npy", "terms.ends.npy")

    def __init__(self, text: Bytes, ends: Ends) -> None:
        self._text = text
        self._ends = ends

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        """Of distinct words in any order."""
        encoded = [word.encode() for word in sorted(words)]
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends)

    def save(self, folder: Path) -> None:
        """Write FILES into `folder`."""
        save(folder / self.FILES[0], self._text)
        save(folder / self.FILES[1], self._ends)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read what `save` wrote; it stays on disk until it is looked up. Raises DataDamaged."""
        text, ends = (mapped(folder / name) for name in cls.FILES)
        return cls(text, ends)

    def whole(self) -> bool:
        """Whether both arrays speak of as many characters."""
        return len(self._text) == (self._ends[-1] if len(self._ends) else 0)

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[str]:
        text, begin = self._text.tobytes(), 0
        for end in self._ends.tolist():
            yield text[begin:end].decode()
            begin = end

    def number(self, word: str) -> int | None:
        """Its number, None where it is not held."""
        wanted = word.encode()
        place = bisect_left(range(len(self)), wanted, key=self._word)
        return place if place < len(self) and self._word(place) == wanted else None

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """The words at most `most` slips away with how many, in order: optimal string alignment (one letter replaced,
        left out, added or two neighbours swapped).

        Only words of like length and letters are compared: a slip changes the length by one at most, and at most two
        of the letters that a word has.
        """
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        letters = np.bitwise_or.reduce(_BITS[np.frombuffer(word.encode(), np.uint8)], initial=np.uint32(0))
        alike = np.bitwise_count(self._letters ^ letters) <= 2 * most
        alike &= np.abs(self._lengths - len(word)) <= most
        held = [self._word(number).decode() for number in np.flatnonzero(alike).tolist()]
        found = extract(word, held, scorer=OSA.distance, score_cutoff=most, limit=None)
        return sorted((other, int(distance)) for other, distance, _ in found)

    def _word(self, number: int) -> bytes:
        begin = self._ends[number - 1] if number else 0
        return self._text[begin : self._ends[number]].tobytes()

    @cached_property
    def _begins(self) -> Ends:
        return np.concatenate([np.zeros(1, np.int64), self._ends[:-1]])[: len(self)]

    @cached_property
    def _letters(self) -> npt.NDArray[np.uint32]:
        """Which letters each word has, as bits."""
        letters = np.zeros(len(self), np.uint32)
        held = self._begins < self._ends  # `reduceat` gives a neighbour's letters for an empty word
        if held.any():
            letters[held] = np.bitwise_or.reduceat(_BITS[self._text], self._begins[held])
        return letters

    @cached_property
    def _lengths(self) -> npt.NDArray[np.int64]:
        """Characters of each word: bytes that do not go on from the one before."""
        ends = np.cumsum((self._text & 0xC0) != 0x80, dtype=np.int64)
        upto = np.concatenate([np.zeros(1, np.int64), ends])
        lengths: npt.NDArray[np.int64] = upto[self._ends] - upto[self._begins]
        return lengths
