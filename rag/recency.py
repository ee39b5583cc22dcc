"""The latest, or the earliest, of what is published on one thing, where a question asks for it."""

from collections.abc import Sequence
from dataclasses import replace

from rag.judge import Judged
from rag.query import Query
from rag.search import Found
from rag.view import View

__all__ = ["in_order", "newest_first"]

NEWEST = 2.0
NEWEST_OF = 10
"""Score that the newest of so many passages gains over the oldest, when the latest is asked for; and the log-odds
within which the newest sentence is taken. About what the right year weighs in search."""
_AS_MUCH = 0.1
"""Share of the question by which a newer sentence may say less of it than the best one."""


def in_order(query: Query, found: Found, view: View) -> Found:
    """What was found with the newest, or oldest, publications before the others, where the question asks for them."""
    if query.recency is None or not found.candidates:
        return found
    head = found.candidates[:NEWEST_OF]
    days = [view.passage(candidate.row)[0].published or "" for candidate in head]
    order = {day: rank for rank, day in enumerate(sorted(set(days), reverse=query.recency == "earliest"))}
    most = max(len(order) - 1, 1)
    gained = [
        replace(candidate, score=candidate.score + NEWEST * order[day] / most)
        for candidate, day in zip(head, days, strict=True)
    ]
    gained.sort(key=lambda candidate: -candidate.score)
    return replace(found, candidates=(*gained, *found.candidates[NEWEST_OF:]))


def newest_first(query: Query, judged: Sequence[Judged]) -> list[Judged]:
    """The newest, or oldest, of the sentences that are nearly as good as the best, before the others."""
    if query.recency is None:
        return list(judged)
    near = [
        item
        for item in judged
        if judged[0].score - item.score <= NEWEST
        and item.features["context"] >= judged[0].features["context"] - _AS_MUCH
    ]
    days = [item.document.published or "" for item in near]
    wanted = (max if query.recency == "latest" else min)(days)
    first = next(item for item, day in zip(near, days, strict=True) if day == wanted)
    return [first, *(item for item in judged if item is not first and (item.document.published or "") == wanted)] + [
        item for item in judged if (item.document.published or "") != wanted
    ]
