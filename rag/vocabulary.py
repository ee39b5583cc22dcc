"""The distinct terms of a segment, sorted, in plain arrays that can be memory-mapped."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rag.arrays import mapped, save

Bytes = npt.NDArray[np.uint8]
Ends = npt.NDArray[np.int64]
Letters = npt.NDArray[np.uint64]

LONGEST = 255
"""Characters that a word is counted as having at most."""
_TWICE = np.uint64(32)


def _bits() -> Letters:
    """Of each byte, its bit: one for each letter, five for the digits, none for what is not ASCII."""
    bits = np.zeros(256, np.uint64)
    for place, letter in enumerate(b"abcdefghijklmnopqrstuvwxyz"):
        bits[letter] = 1 << place
    for digit in range(10):
        bits[ord("0") + digit] = 1 << (26 + digit % 5)
    return bits


_BITS = _bits()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words in the order of their UTF-8 bytes, which is that of `sorted`; the number of a word is its place.

    text: all of them, one after the other; ends: (words,) where each ends; letters: which letters each has, as bits,
    and 32 bits higher those that it has twice; lengths: characters of each, up to LONGEST.
    """

    text: Bytes
    ends: Ends
    letters: Letters
    lengths: Bytes

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        """Of distinct words in any order."""
        known = sorted(words)
        encoded = [word.encode() for word in known]
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
        text = np.frombuffer(b"".join(encoded), np.uint8)
        lengths = np.minimum(np.fromiter(map(len, known), np.int64, len(known)), LONGEST).astype(np.uint8)
        return cls(text, ends, _letters(text, ends), lengths)

    def save(self, folder: Path) -> None:
        """Write the files that `files` names into `folder`."""
        arrays: tuple[npt.NDArray[Any], ...] = (self.text, self.ends, self.letters, self.lengths)
        for name, values in zip(self.files(), arrays, strict=True):
            save(folder / name, values)

    @classmethod
    def files(cls) -> tuple[str, ...]:
        """What `save` writes."""
        return tuple(f"terms.{field.name}.npy" for field in fields(cls))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read what `save` wrote; it stays on disk until it is looked up. Raises DataDamaged."""
        return cls(*(mapped(folder / name) for name in cls.files()))

    def whole(self) -> bool:
        """Whether all arrays speak of the same words."""
        characters = int(self.ends[-1]) if len(self.ends) else 0
        return len(self.text) == characters and len(self.ends) == len(self.letters) == len(self.lengths)

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[str]:
        text, begin = self.text.tobytes(), 0
        for end in self.ends.tolist():
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

        Only words of like length and letters are compared: a slip changes the length by one at most, takes away one
        letter at most and brings one at most.
        """
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        letters = _letters(np.frombuffer(word.encode(), np.uint8), np.array([len(word.encode())]))
        length = min(len(word), LONGEST)
        alike = np.bitwise_count(self.letters ^ letters) <= 2 * most
        alike &= (self.lengths >= max(0, length - most)) & (self.lengths <= min(LONGEST, length + most))
        held = [str(self._word(number), "utf-8") for number in np.flatnonzero(alike).tolist()]
        found = extract(word, held, scorer=OSA.distance, score_cutoff=most, limit=None)
        return sorted((other, int(distance)) for other, distance, _ in found)

    def _word(self, number: int) -> bytes:
        begin = self.ends[number - 1] if number else 0
        return self.text[begin : self.ends[number]].tobytes()


def _letters(text: Bytes, ends: Ends) -> Letters:
    """See Vocabulary; the first letter of all words, then the second of those that have one, and so on."""
    letters = np.zeros(len(ends), np.uint64)
    begins = np.concatenate([np.zeros(1, np.int64), ends])[: len(ends)]
    longer, place = np.flatnonzero(begins < ends), 0
    while len(longer):
        bits = _BITS[text[begins[longer] + place]]
        letters[longer] |= bits | (letters[longer] & bits) << _TWICE
        place += 1
        longer = longer[begins[longer] + place < ends[longer]]
    return letters
