"""The filters of a question as every door takes them, and the address that remembers them."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

Filters = Mapping[str, str | None]
FILTERS = ("as_of", "since", "until", "ministry", "publisher", "kind")
"""Names of the filters, in the order of the page; the same in the address, the API and `Assistant.ask`."""
DAYS = FILTERS[:3]
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_LONGEST = 200  # characters of a filter: no name is longer


def chosen(values: Mapping[str, object]) -> dict[str, str | None]:
    """The filters among `values`, as the assistant takes them: days in ISO 8601, empty ones None."""
    taken: dict[str, str | None] = {}
    for name in FILTERS:
        text = str(values.get(name) or "").encode("utf-8", "replace").decode()
        text = re.sub(r"\s+", " ", text).strip()[:_LONGEST]
        taken[name] = iso_day(text) if name in DAYS else text or None
    return taken


def iso_day(value: str | None) -> str | None:
    """A day as typed, "27/03/2025" or ISO 8601, as ISO 8601; other texts pass, for the filter's own error."""
    value = (value or "").strip()
    match = _FRENCH_DAY.fullmatch(value)
    if match:
        return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}"
    return value or None


def address(path: str, question: str = "", filters: Filters | None = None, **more: object) -> str:
    """`path` with the question, the filters that are set and `more` (values that are not "" or None) as its query."""
    values: dict[str, object] = {"q": question}
    values |= {name: (filters or {}).get(name) for name in FILTERS} | more
    query = urlencode([(name, str(value)) for name, value in values.items() if value not in (None, "")])
    return f"{path}?{query}" if query else path
