"""What discovery may do: fetch a listing, and ask for the sitemaps that robots.txt names."""

from typing import Protocol

from ingest.values import Page, Refusal

MAX_LISTINGS = 500
"""Listing pages (feeds, sitemaps, REST pages) read for one source in one run."""


class Visit(Protocol):
    """Fetches listings for one source."""

    def page(self, url: str) -> Page | Refusal:
        """A listing; one that has not changed comes from the archive."""

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps named by the robots.txt of the site of `url`."""
