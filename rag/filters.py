"""Which documents may answer: the filters of a question against the columns of an index generation."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus.errors import FilterError
from rag.french import fold
from rag.generation import Generation
from rag.values import Filters

Mask = npt.NDArray[np.bool_]
_COLUMNS: tuple[Literal["ministry", "publisher"], ...] = ("ministry", "publisher")


def rows_allowed(generation: Generation, allowed: Mask | None) -> Mask | None:
    """Which passages are of documents that may answer, None for all. allowed: by document number."""
    return None if allowed is None else allowed[generation.rows["document"]]


def allowed_documents(generation: Generation, filters: Filters, gone: Mapping[str, str]) -> Mask | None:
    """Which documents pass the filters and stood on the day that is asked about; None when all do. gone: when each
    withdrawn one was withdrawn (ISO 8601), by id. Raises FilterError."""
    mask = np.ones(len(generation.documents), bool)
    for doc in gone:
        if doc in generation.number_of:
            mask[generation.number_of[doc]] = filters.as_of is not None and filters.as_of < gone[doc][:10]
    since, until = _day("since", filters.since), _day("until", filters.until)
    if since and until and since > until:
        raise FilterError("since is after until", name="since", value=filters.since, reason="order")
    for bound in (until, _day("as_of", filters.as_of)):
        if bound is not None:
            mask &= (generation.latest > 0) & (generation.latest <= bound.toordinal())
    if since is not None:
        mask &= generation.earliest >= since.toordinal()
    for column in _COLUMNS:
        wanted = getattr(filters, column)
        if wanted:
            names, codes = generation.coded(column)
            mask &= _holding(tuple(names), fold(wanted))[codes]
    if filters.within is not None:
        inside = np.zeros(len(mask), bool)
        inside[[generation.number_of[doc] for doc in filters.within if doc in generation.number_of]] = True
        mask &= inside
    return None if mask.all() else mask


@lru_cache(maxsize=64)
def _holding(names: tuple[str, ...], needle: str) -> Mask:
    """Which names hold a folded one."""
    return np.array([needle in fold(name) for name in names], bool)


def _day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise FilterError(f"{name}: {value!r} is no date", name=name, value=value, reason="date") from error
