"""What the loaded corpus holds, without its texts: lists, filters and the counts beside them. Pure, but for `read`."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from corpus.errors import FilterError
from corpus.records import Card, earliest_day, latest_day
from ui.filters import Filters
from ui.french import capital

KINDS = {
    "casem": "CASEM",
    "communique": "Communiqué",
    "conseil-des-ministres": "Conseil des ministres",
    "annonce": "Annonce",
    "rapport": "Rapport",
}
"""Kind of a publication -> its name; others are shown as they are written."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A name that can be chosen, and how many publications pass the filters when it is."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every current publication, newest first; undated ones last."""

    cards: tuple[Card, ...]

    @classmethod
    def of(cls, cards: Sequence[Card]) -> "Catalogue":
        """The catalogue of these cards."""
        return cls(tuple(sorted(cards, key=lambda card: (_last(card) or date.min, card.id), reverse=True)))

    def select(self, filters: Filters, words: str = "") -> list[Card]:
        """The publications that pass, newest first: as `rag` filters, and with every one of `words` in the title,
        the ministry or the publisher. Raises FilterError."""
        tests = _tests(filters)
        wanted = fold(words).split()
        return [
            card
            for card in self.cards
            if all(test(card) for test in tests.values())
            and all(word in fold(f"{card.title} {card.ministry} {card.publisher}") for word in wanted)
        ]

    def facets(self, name: str, filters: Filters) -> list[Facet]:
        """Names of filter `name` ("ministry", "publisher", "kind") in order of the alphabet, each with the number of
        publications that pass it and the other filters; names that none passes are left out. Raises FilterError."""
        others = self.select({**filters, name: None})
        found = Counter(str(getattr(card, name)).strip() for card in others)
        del found[""]
        if name == "kind":
            return [Facet(value, found[value]) for value in sorted(found, key=lambda value: fold(kind_name(value)))]
        # a name is matched as a part of a name: choosing « Sécurité » also brings « Sécurité (BCLCC) »
        return [
            Facet(value, sum(number for other, number in found.items() if fold(value) in fold(other)))
            for value in sorted(found, key=fold)
        ]

    def within(self, kind: str | None) -> frozenset[str] | None:
        """Ids of the publications of a kind; None when no kind is wanted."""
        if not kind:
            return None
        return frozenset(card.id for card in self.cards if fold(card.kind) == fold(kind))


def kind_name(kind: str) -> str:
    """A kind as a reader sees it."""
    return KINDS.get(kind) or capital(kind.replace("-", " ").replace("_", " ").strip())


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case, without accents, straight apostrophes, single spaces: how names are compared."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).lower()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def _tests(filters: Filters) -> dict[str, Callable[[Card], bool]]:
    """One test per filter that is set."""
    days = {name: _day(name, filters.get(name)) for name in ("as_of", "since", "until")}
    as_of, since, until = days["as_of"], days["since"], days["until"]
    if since and until and since > until:
        raise FilterError("since is after until", name="since", value=filters.get("since"), reason="order")
    tests: dict[str, Callable[[Card], bool]] = {}
    last = min((bound for bound in (as_of, until) if bound), default=None)
    if last is not None:
        tests["until"] = lambda card: (_last(card) or date.max) <= last
    if since is not None:
        tests["since"] = lambda card: (_first(card) or date.min) >= since
    for name in ("ministry", "publisher"):
        if wanted := fold(filters.get(name) or ""):
            tests[name] = lambda card, name=name, wanted=wanted: wanted in fold(getattr(card, name))  # type: ignore[misc]
    if kind := fold(filters.get("kind") or ""):
        tests["kind"] = lambda card: fold(card.kind) == kind
    return tests


def _day(name: str, value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise FilterError(f"{name}: {value!r} is no date", name=name, value=value, reason="date") from error


def _last(card: Card) -> date | None:
    return latest_day(card.published) if card.published else None


def _first(card: Card) -> date | None:
    return earliest_day(card.published) if card.published else None
