"""Publications that are one text published again: found when the index is built, shown as one.

MinHash (Broder 1997) over runs of words finds the candidates; what decides is
read in full. A copy with another figure, date, ministry or negation than the
text it copies is no copy: it stays beside it, and `rag.compare.near_copies`
tells the conflict. A group's head is the ministry's own publication, else the
oldest: an outlet that copies a communiqué never stands in its place.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from corpus.records import Document, Span
from rag.bands import UNSIGNED, Keys, Numbers, compared, repeated
from rag.compare.altered import altered
from rag.compare.statements import figures_of
from rag.french import fold, sentences, tokens

if TYPE_CHECKING:
    from rag.documents import Indexed
    from rag.stack import Stack

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

Pairs = npt.NDArray[np.int32]
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
        return np.full(PERMUTATIONS, UNSIGNED, np.uint32)
    made = MinHash(num_perm=PERMUTATIONS, scheme=_SCHEME)
    made.update_batch([run.encode() for run in sorted(runs)])
    values: npt.NDArray[np.uint32] = made.hashvalues.astype(np.uint32)
    return values


def around(stack: "Stack", changed: Numbers, gone: Keys) -> Numbers:
    """The documents whose group may be another one now: all that are tied to a changed one, or to one that is gone (of
    which `gone` are the keys), by common bands from document to document. All others are grouped as before."""
    seen = np.zeros(len(stack.documents), bool)
    frontier = np.union1d(changed[compared(stack.signatures(changed))], stack.sharing(gone))
    frontier = frontier[stack.live[frontier]]
    while len(frontier):
        seen[frontier] = True
        found = stack.sharing(np.unique(stack.keys(frontier)))
        frontier = found[stack.live[found] & ~seen[found]]
    return np.flatnonzero(seen)


def heads(stack: "Stack", numbers: Numbers, read: Read) -> dict[int, int]:
    """Of documents that share no band with others, which of them copies which; those that copy none are left out.

    The order of the documents counts for nothing: the State's own stand first, then the oldest, then by id."""
    keys = stack.keys(numbers)
    shared = np.isin(keys, repeated([keys.reshape(-1)])).any(axis=1)
    numbers, keys = numbers[shared], keys[shared]
    signatures = stack.signatures(numbers)
    known = [stack.documents[number] for number in numbers.tolist()]
    standing: dict[int, list[int]] = {}
    found: dict[int, int] = {}
    for place in sorted(range(len(known)), key=lambda place: _precedence(known[place])):
        near = {head for key in keys[place].tolist() for head in standing.get(key, ())}
        shares = {head: float(np.mean(signatures[place] == signatures[head])) for head in near}
        for head in sorted(near, key=lambda head: (-shares[head], known[head].id)):
            if shares[head] >= ALIKE_FROM and says_the_same(read(int(numbers[place])), read(int(numbers[head]))):
                found[int(numbers[place])] = int(numbers[head])
                break
        else:
            for key in keys[place].tolist():
                standing.setdefault(key, []).append(place)
    return found


def twins(stack: "Stack", numbers: Numbers, read: Read) -> Pairs:
    """The passages of some documents that copy one of their group's head: (passage, its twin) by row. numbers: as from
    `around`."""
    pairs: list[tuple[int, int]] = []
    for number, head in sorted(heads(stack, numbers, read).items()):
        theirs = [(row, _passage_runs(read(head), stack.rows[row])) for row in stack.rows_of(head)]
        for row in stack.rows_of(number):
            mine = _passage_runs(read(number), stack.rows[row])
            share, twin = max(((_common(mine, runs), -other) for other, runs in theirs), default=(0.0, 0))
            if share >= PASSAGE_FROM:
                pairs.append((row, -twin))
    return np.array(pairs, np.int32).reshape(-1, 2)


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
    """Which passages say the same, in one generation. pairs: (n, 2) int32, each passage that copies another with the
    one of its group's head that it copies, by row."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self._heads: dict[int, int] = dict(pairs.tolist())
        self._groups: dict[int, list[int]] = {}
        for row, head in sorted(self._heads.items()):
            self._groups.setdefault(head, []).append(row)

    def head(self, row: int) -> int:
        """The passage that stands for a passage's group."""
        return self._heads.get(row, row)

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
