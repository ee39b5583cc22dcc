"""Links that open a live page at the quoted words: text fragments (WICG, `#:~:text=`), and pages of PDFs.

A browser looks the words up without regard to case, and to accents where its
language data says so; white space counts as one space. So a quote is sent as it
stands, cut to its first and last words: an edit in its middle, or a line break
of the page, then loses nothing.
"""

import re
from urllib.parse import quote as percent
from urllib.parse import urlsplit

_WHOLE = 80
"""Longer quotes are sent as their first and last words."""
_WORDS = 5
_DASH = str.maketrans({"-": "%2D"})  # "-" and "," are the fragment's own signs; `percent` leaves the dash


def fragment(text: str) -> str:
    """ ":~:text=…" for a quote; "" for one without words."""
    words = re.sub(r"\s+", " ", text).strip().split(" ")
    if not any(char.isalnum() for char in text):
        return ""
    if len(text) <= _WHOLE or len(words) < 2 * _WORDS:
        return f":~:text={_encoded(' '.join(words))}"
    return f":~:text={_encoded(' '.join(words[:_WORDS]))},{_encoded(' '.join(words[-_WORDS:]))}"


def live(url: str, quote: str, page: int | None) -> str:
    """`url`, a safe address, opened at the quote: by page in a paged document, else by its words."""
    if page:
        return url if "#" in url else f"{url}#page={page}"
    words = fragment(quote)
    if not words:
        return url
    return f"{url}{words}" if urlsplit(url).fragment else f"{url.removesuffix('#')}#{words}"


def _encoded(text: str) -> str:
    return percent(text, safe="").translate(_DASH)
