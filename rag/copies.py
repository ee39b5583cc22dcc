"""Publications that are one text published again: found when the index is built, shown as one.

MinHash (Broder 1997) over runs of words finds the candidates; what decides is
read in full. A copy with another figure, date, ministry or negation than the
text it copies is no copy: it stays beside it, and `rag.compare.near_copies`
tells the conflict. A group's head is the ministry's own publication, else the
oldest: an outlet that copies a communiqué never stands in its place.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt

from corpus.records import Document, Span
from rag.arrays import save
from rag.compare.altered import altered
from rag.compare.statements import figures_of
from rag.french import fold, sentences, tokens

if TYPE_CHECKING:
    from rag.generation import Indexed

SHINGLE = 3
"""Words in a run. With single words, two communiqués of one ministry are too alike."""
PERMUTATIONS = 128
"""Values of a signature: the share of equal ones estimates the share of common runs to about 0.04."""
ALIKE_FROM = 0.7
"""Share of all runs of words that copies have in common; an outlet adds a line of its own, or leaves some out."""
PASSAGE_FROM = 0.8
"""Share of the runs of the shorter of two passages that both have, when one copies the other."""
_SCHEME: Literal["affine32"] = "affine32"  # of datasketch's hash functions: named, for signatures are kept
_FEWEST = 12  # runs; of shorter texts too many are alike by chance
_OWN = re.compile(
    r"\bgou?v\.[a-z]{2}\b|\bminister|\bprimature\b|\bpresidence\b|\bgouvernement|service d'information|\bsig\b|\bdcpm\b"
)

Signatures = npt.NDArray[np.uint32]
"""(documents, PERMUTATIONS)."""
Read = Callable[[int], Document]
"""Document number -> document."""


def is_own(publisher: str) -> bool:
    """Whether a publisher is the State itself. The publisher is what the catalogue of sources declares: no page can
    claim it."""
    return bool(_OWN.search(fold(publisher)))


def signature(text: str) -> npt.NDArray[np.uint32]:
    """The MinHash of a text, (PERMUTATIONS,) uint32; all ones where it is too short to be compared."""
    from datasketch import MinHash

    runs = _runs(text)
    if len(runs) < _FEWEST:
        return np.full(PERMUTATIONS, np.iinfo(np.uint32).max, np.uint32)
    made = MinHash(num_perm=PERMUTATIONS, scheme=_SCHEME)
    made.update_batch([run.encode() for run in sorted(runs)])
    values: npt.NDArray[np.uint32] = made.hashvalues.astype(np.uint32)
    return values


def heads(documents: Sequence["Indexed"], signatures: Signatures, read: Read) -> npt.NDArray[np.int32]:
    """(documents,) int32: for each document the one that it copies, itself for all others."""
    from datasketch import MinHash, MinHashLSH

    found = np.arange(len(documents), dtype=np.int32)
    known = MinHashLSH(threshold=ALIKE_FROM, num_perm=PERMUTATIONS)
    short = np.iinfo(np.uint32).max
    for number in sorted(range(len(documents)), key=lambda number: _precedence(documents[number])):
        if signatures[number, 0] == short:
            continue
        mine = MinHash(num_perm=PERMUTATIONS, scheme=_SCHEME, hashvalues=np.array(signatures[number]))
        alike = [(float(np.mean(signatures[number] == signatures[head])), -head) for head in known.query(mine)]
        for share, head in sorted(alike, reverse=True):
            if share >= ALIKE_FROM and says_the_same(read(number), read(-head)):
                found[number] = -head
                break
        else:
            known.insert(number, mine)
    return found


def _precedence(known: "Indexed") -> tuple[bool, str, str]:
    """The State's own first, then the oldest, then by id."""
    return not is_own(known.publisher), known.published or "9", known.id


def says_the_same(a: Document, b: Document) -> bool:
    """Whether one of two like texts only leaves out what the other says: no figure, ministry or negation differs."""
    left, right = _figures(a.text), _figures(b.text)
    if left - right and right - left:
        return False
    mine, theirs = _sentences(a.text), _sentences(b.text)
    return not any(altered(one, other) for one in mine - theirs for other in theirs - mine)


def _figures(text: str) -> frozenset[tuple[object, ...]]:
    return frozenset((one.kind, one.value, one.high, one.iso) for one in figures_of(text))


def _sentences(text: str) -> set[str]:
    return {" ".join(text[span.start : span.end].split()) for span in sentences(text)}


def _runs(text: str) -> frozenset[str]:
    words = [word.text for word in tokens(text)]
    return frozenset(" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))


class Copies:
    """Which passages say the same, in one generation.

    twins: (passages,) int32, for each passage the one of its group's head that it copies, itself for all others.
    signatures: kept so that an update reads only new texts.
    """

    FILES = ("copies.npy", "minhash.npy")

    def __init__(self, twins: npt.NDArray[np.int32], signatures: Signatures) -> None:
        self.twins = twins
        self.signatures = signatures
        self._groups: dict[int, list[int]] = {}
        for row in np.flatnonzero(twins != np.arange(len(twins))).tolist():
            self._groups.setdefault(int(twins[row]), []).append(row)

    @classmethod
    def build(cls, documents: Sequence["Indexed"], rows: npt.NDArray[Any], signatures: Signatures, read: Read) -> Self:
        """Group the documents and match their passages. rows: (document, start, end) among their fields."""
        found = heads(documents, signatures, read)
        twins = np.arange(len(rows), dtype=np.int32)
        owners = rows["document"]
        for number in np.flatnonzero(found != np.arange(len(found))).tolist():
            head = int(found[number])
            theirs = [(row, _passage_runs(read(head), rows[row])) for row in np.flatnonzero(owners == head).tolist()]
            for row in np.flatnonzero(owners == number).tolist():
                mine = _passage_runs(read(number), rows[row])
                share, twin = max(((_common(mine, runs), -other) for other, runs in theirs), default=(0.0, 0))
                if share >= PASSAGE_FROM:
                    twins[row] = -twin
        return cls(twins, signatures)

    def save(self, folder: Path) -> None:
        """Write FILES into `folder`."""
        save(folder / "copies.npy", self.twins)
        save(folder / "minhash.npy", self.signatures)

    @classmethod
    def open(cls, folder: Path, rows: int) -> Self:
        """Open what `save` wrote; where an index is of before copies were sought, no passage is one."""
        if not (folder / "copies.npy").is_file():
            return cls(np.arange(rows, dtype=np.int32), np.zeros((0, PERMUTATIONS), np.uint32))
        return cls(np.load(folder / "copies.npy"), np.load(folder / "minhash.npy", mmap_mode="r"))

    def head(self, row: int) -> int:
        """The passage that stands for a passage's group."""
        return int(self.twins[row])

    def group(self, row: int) -> tuple[int, ...]:
        """All passages that say what a passage says, its head first, then by row; itself alone where it has no copy."""
        head = self.head(row)
        return (head, *self._groups.get(head, ()))


def _passage_runs(document: Document, row: Any) -> frozenset[str]:
    span = Span(int(row["start"]), int(row["end"]))
    return _runs(document.text[span.start : span.end])


def _common(a: frozenset[str], b: frozenset[str]) -> float:
    """Share of the runs of the shorter of two texts that both have."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0
