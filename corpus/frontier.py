"""The addresses that a collection has found and those it has still to visit, in the store's own file.

A round is one collection of a source: listing, then visits. It outlives the
process: an address is marked as done in the transaction that stores what its
visit gave, so that whoever goes on after a kill -9, an empty page budget or the
end of the night visits the others, and none of these twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.database import Database


@dataclass(frozen=True, slots=True)
class Waiting:
    """An address to visit. found: what its listing says, as JSON."""

    url: str
    found: str


@dataclass(frozen=True, slots=True)
class Round:
    """started: ISO 8601 time, UTC; listed: when its listing was read to the end, None before that.
    whole: the listing named all that its source has."""

    started: str
    listed: str | None
    whole: bool


class Frontier:
    """The round of one source."""

    def __init__(self, database: Database, source: str) -> None:
        self._database = database
        self._source = source

    def round(self) -> Round | None:
        """The round under way, or None."""
        row = self._database.one("SELECT started, listed, whole FROM round WHERE source = ?", self._source)
        return None if row is None else Round(row[0], row[1], bool(row[2]))

    def begin(self, now: str) -> None:
        """Start a round, in place of one under way."""
        with self._database.transaction():
            self.end()
            self._database.execute("INSERT INTO round VALUES (?, ?, NULL, 0)", self._source, now)

    def add(self, waiting: Iterable[Waiting]) -> int:
        """Addresses behind those that wait; how many the round did not know yet."""
        with self._database.transaction():
            return sum(
                self._database.execute(
                    "INSERT OR IGNORE INTO frontier (source, url, found, doc, done) VALUES (?, ?, ?, '', 0)",
                    self._source,
                    each.url,
                    each.found,
                )
                for each in waiting
            )

    def listed(self, now: str, *, whole: bool) -> None:
        """The listing has been read to its end."""
        with self._database.transaction():
            self._database.execute(
                "UPDATE round SET listed = ?, whole = ? WHERE source = ?", now, int(whole), self._source
            )

    def waiting(self, limit: int) -> list[Waiting]:
        """The next addresses to visit, in the order of their listing."""
        rows = self._database.all(
            "SELECT url, found FROM frontier WHERE source = ? AND done = 0 ORDER BY id LIMIT ?", self._source, limit
        )
        return [Waiting(*row) for row in rows]

    def done(self, url: str, doc: str) -> None:
        """An address has been visited. doc: the document it gave or stands for, "" for none."""
        with self._database.transaction():
            self._database.execute(
                "UPDATE frontier SET done = 1, doc = ? WHERE source = ? AND url = ?", doc, self._source, url
            )

    def met(self) -> frozenset[str]:
        """Documents that the round's visits met."""
        rows = self._database.all("SELECT doc FROM frontier WHERE source = ? AND doc != ''", self._source)
        return frozenset(row[0] for row in rows)

    def counts(self) -> tuple[int, int]:
        """(addresses of the round, those visited)."""
        row = self._database.one("SELECT count(*), coalesce(sum(done), 0) FROM frontier WHERE source = ?", self._source)
        return int(row[0]), int(row[1])

    def end(self) -> None:
        """The round is over, and forgotten."""
        with self._database.transaction():
            self._database.execute("DELETE FROM frontier WHERE source = ?", self._source)
            self._database.execute("DELETE FROM round WHERE source = ?", self._source)
