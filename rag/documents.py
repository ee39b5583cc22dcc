"""What an index keeps of the publications, in columns: a quarter of a million are open at once, a few are looked at.

documents.jsonl, documents.ends.npy  one line a document, read when it is looked at
documents.npy                        COLUMNS, what filters compare
names.json                           ids, and the ministries and publishers that COLUMNS number
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, compress
from pathlib import Path
from typing import Any, Literal, Self, overload

import numpy as np
import numpy.typing as npt

from corpus.errors import DataDamaged
from corpus.records import earliest_day, latest_day
from rag.arrays import loaded, save

COLUMNS = np.dtype(
    [("version", "<i4"), ("digest", "<i8"), ("published", "<i4"), ("earliest", "<i4"), ("latest", "<i4"),
     ("ministry", "<i4"), ("publisher", "<i4")]
)  # fmt: skip
"""version, digest: the edition. published: 20250327 for "2025-03-27", 20250300 for "2025-03", 0 when undated: ordered
as the dates are written. earliest, latest: first and last possible day as ordinals, 0 when undated, which no date
filter lets through. ministry, publisher: numbers of names."""

_KEPT = 4096
"""Documents that were looked at, about 1 kB each: a question looks at two hundred."""
Mask = npt.NDArray[np.bool_]
Column = Literal["ministry", "publisher"]
Edition = tuple[int, int]
"""What tells versions of a document apart: its number and 60 bits of its digest, for a corpus that was put back from a
copy may give a number twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What the index knows of a document; `version` names the text that its offsets count in."""

    id: str
    version: int
    url: str
    title: str
    publisher: str
    ministry: str
    kind: str
    published: str | None


class Part:
    """The documents of one segment. names: "id" (one each), "ministry", "publisher" (each name once)."""

    def __init__(
        self, lines: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64], columns: npt.NDArray[Any],
        names: dict[str, list[str]], path: Path | None = None,
    ) -> None:  # fmt: skip
        self._lines = lines
        self._ends = ends
        self.columns = columns
        self.names = names
        self._path = path

    @classmethod
    def build(cls, documents: Sequence[Indexed], digests: Sequence[int]) -> Self:
        """In the order given. digests: of their editions."""
        lines = [json.dumps(asdict(document), ensure_ascii=False).encode() + b"\n" for document in documents]
        names: dict[str, dict[str, int]] = {"ministry": {}, "publisher": {}}
        columns = np.zeros(len(documents), COLUMNS)
        for number, known in enumerate(documents):
            first, last = _days(known.published)
            ministry, publisher = (
                of.setdefault(name, len(of))
                for of, name in zip(names.values(), (known.ministry, known.publisher), strict=True)
            )
            dates = (_as_number(known.published), first, last)
            columns[number] = (known.version, digests[number], *dates, ministry, publisher)
        return cls(
            np.frombuffer(b"".join(lines), np.uint8),
            np.array([0, *accumulate(map(len, lines))], np.int64),
            columns,
            {"id": [document.id for document in documents]} | {column: list(of) for column, of in names.items()},
        )

    @classmethod
    def merged(cls, parts: Sequence["Part"], kept: Sequence[Mask]) -> Self:
        """The kept ones of several, in their order."""
        ids, lines = [], []
        for part, mask in zip(parts, kept, strict=True):
            ids += list(compress(part.names["id"], mask))
            lines += [part.line(number) for number in np.flatnonzero(mask).tolist()]
        columns = np.concatenate([part.columns[mask] for part, mask in zip(parts, kept, strict=True)])
        names: dict[str, list[str]] = {"id": ids}
        for column in ("ministry", "publisher"):
            told, codes = joined([part.names[column] for part in parts], [part.columns[column] for part in parts])
            taken, columns[column] = np.unique(codes[np.concatenate(kept)], return_inverse=True)
            names[column] = [told[code] for code in taken.tolist()]
        return cls(
            np.frombuffer(b"".join(lines), np.uint8), np.array([0, *accumulate(map(len, lines))], np.int64), columns,
            names,
        )  # fmt: skip

    @classmethod
    def open(cls, home: Path) -> Self:
        """Read what `save` wrote. Raises DataDamaged, OSError, ValueError."""
        path = home / "documents.jsonl"
        return cls(
            np.memmap(path, np.uint8, "r"),
            loaded(home / "documents.ends.npy"),
            loaded(home / "documents.npy"),
            json.loads((home / "names.json").read_bytes()),
            path,
        )

    def save(self, home: Path) -> None:
        """Write the four files into a folder."""
        (home / "documents.jsonl").write_bytes(self._lines.data)
        save(home / "documents.ends.npy", self._ends)
        save(home / "documents.npy", self.columns)
        (home / "names.json").write_text(json.dumps(self.names, ensure_ascii=False), encoding="utf-8")

    def line(self, number: int) -> bytes:
        """A document as it is written."""
        return self._lines[self._ends[number] : self._ends[number + 1]].tobytes()

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, number: int) -> Indexed:
        """Raises DataDamaged."""
        try:
            return Indexed(**json.loads(self.line(number)))
        except (ValueError, TypeError) as error:
            raise DataDamaged(f"{self._path}: line {number}", path=str(self._path), reason=str(error)) from error


class Documents(Sequence[Indexed]):
    """The documents of several segments, numbered through all of them; removed ones keep their numbers.

    columns: (documents,) COLUMNS; ministry and publisher count in the names of their own segment, see `coded`.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self.begins = np.cumsum([0, *map(len, parts)])
        self.columns = np.concatenate([np.zeros(0, COLUMNS), *(part.columns for part in parts)])
        self._kept = lru_cache(_KEPT)(self._read)

    @cached_property
    def editions(self) -> list[Edition]:
        """By number."""
        return list(zip(self.columns["version"].tolist(), self.columns["digest"].tolist(), strict=True))

    @cached_property
    def ids(self) -> list[str]:
        """By number."""
        return [doc for part in self._parts for doc in part.names["id"]]

    def coded(self, column: Column) -> tuple[list[str], npt.NDArray[np.int32]]:
        """The distinct names of a column, and the number of each document's."""
        return joined([part.names[column] for part in self._parts], [part.columns[column] for part in self._parts])

    def __len__(self) -> int:
        return len(self.columns)

    @overload
    def __getitem__(self, number: int) -> Indexed: ...
    @overload
    def __getitem__(self, number: slice) -> list[Indexed]: ...
    def __getitem__(self, number: int | slice) -> Indexed | list[Indexed]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        return self._kept(number % len(self))

    def _read(self, number: int) -> Indexed:
        part = int(np.searchsorted(self.begins, number, side="right")) - 1
        return self._parts[part][number - int(self.begins[part])]

    def __iter__(self) -> Iterator[Indexed]:
        return (part[number] for part in self._parts for number in range(len(part)))


def editions(current: Mapping[str, tuple[int, str]]) -> dict[str, Edition]:
    """Of documents by id. current: as from `Store.current_digests`."""
    return {doc: (number, int(digest[:15], 16)) for doc, (number, digest) in current.items()}


def joined(
    names: Sequence[Sequence[str]], codes: Sequence[npt.NDArray[np.int32]]
) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Names that several segments number each in its own way, numbered in one."""
    known: dict[str, int] = {}
    made = [np.zeros(0, np.int32)]
    for told, numbers in zip(names, codes, strict=True):
        made.append(np.array([known.setdefault(name, len(known)) for name in told], np.int32)[numbers])
    return list(known), np.concatenate(made)


def _as_number(published: str | None) -> int:
    year, month, day = (*(int(part) for part in (published or "0").split("-")), 0, 0)[:3]
    return year * 10_000 + month * 100 + day


def _days(published: str | None) -> tuple[int, int]:
    if published is None:
        return 0, 0
    return earliest_day(published).toordinal(), latest_day(published).toordinal()
