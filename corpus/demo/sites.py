"""Which site publishes which text, and how each site names itself.

Site of a text: "documents" for PDFs and scans, else by publisher with
PUBLISHER_SITES, else the press portal.
"""

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from corpus.demo.texts import KINDS, SCANS, TEXTS, DemoText, load_all
from corpus.errors import DocumentError
from corpus.records import earliest_day

Theme = Literal["wordpress", "spip", "documents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A demonstration site, served under /<name>/. accent: its colour, CSS."""

    name: str
    theme: Theme
    title: str
    tagline: str
    signature: str
    accent: str


SITES = {
    site.name: site
    for site in (
        Site(
            name="ministere",
            theme="wordpress",
            title="Ministère de la Transition digitale",
            tagline="Portail d’information du département",
            signature="DCRP",
            accent="#00693e",
        ),
        Site(
            name="latribune",
            theme="wordpress",
            title="La Tribune du Faso",
            tagline="L’actualité des ministères et des institutions",
            signature="latribunedufaso.net",
            accent="#a3211b",
        ),
        Site(
            name="burkina24",
            theme="wordpress",
            title="Burkina 24",
            tagline="L’actualité du Burkina Faso 24h/24",
            signature="Burkina 24",
            accent="#0b5394",
        ),
        Site(
            name="kiosque",
            theme="spip",
            title="Le Kiosque du Faso",
            tagline="La revue de presse des politiques publiques",
            signature="Le Kiosque",
            accent="#7a4a00",
        ),
        Site(
            name="documents",
            theme="documents",
            title="Rapports et documents",
            tagline="Centre de documentation administrative",
            signature="",
            accent="#2b3a67",
        ),
    )
}

PUBLISHER_SITES = {"mdenp.gov.bf": "ministere", "latribunedufaso.net": "latribune", "burkina24.com": "burkina24"}
OTHER_PUBLISHERS_SITE = "kiosque"
PAPER_SITE = "documents"


def site_of(text: DemoText) -> str:
    """Name of the site that publishes a text."""
    if text.format != "html":
        return PAPER_SITE
    return PUBLISHER_SITES.get(text.publisher, OTHER_PUBLISHERS_SITE)


def slugify(name: str) -> str:
    """ "Transition digitale, Postes" -> "transition-digitale-postes"."""
    spaced = re.sub(r"['’\u00a0\u202f–—]", " ", name)
    plain = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def number_of(name: str) -> int:
    """A number for a name, as databases give, but the same wherever it is computed."""
    return 1000 + zlib.crc32(name.encode()) % 90_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A WordPress category or tag, or a SPIP rubrique (kinds) or mot-clé (ministries)."""

    taxonomy: Literal["rubriques", "ministeres", "tag"]
    name: str

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def number(self) -> int:
        return number_of(f"{self.taxonomy}/{self.slug}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A text as its site publishes it. moment, changed: UTC, which is Ouagadougou's time.

    moment is for order and HTTP; pages show `stamp` and the text's own date,
    which may be less than a day or nothing.
    """

    text: DemoText
    site: Site
    moment: datetime
    changed: datetime

    @property
    def number(self) -> int:
        return number_of(self.text.id)

    @property
    def kind(self) -> Term:
        return Term(taxonomy="rubriques", name=KINDS[self.text.kind])

    @property
    def ministry(self) -> Term:
        return Term(taxonomy="ministeres", name=self.text.ministry)

    @property
    def categories(self) -> tuple[Term, Term]:
        return self.kind, self.ministry

    @property
    def tags(self) -> tuple[Term, ...]:
        year = (self.text.published or "")[:4]
        names = ("Burkina Faso", self.kind.name, year) if year else ("Burkina Faso", self.kind.name)
        return tuple(Term(taxonomy="tag", name=name) for name in names)

    @property
    def stamp(self) -> str | None:
        """ISO 8601: the moment when the day is known, else what is known of the date."""
        return self.moment.isoformat() if len(self.text.published or "") == len("2025-03-27") else self.text.published

    @property
    def path(self) -> str:
        """Path of the page or PDF, from the server's root."""
        if self.site.theme == "wordpress":
            return "/".join(["", self.site.name, *(self.text.published or "").split("-")[:2], self.text.id, ""])
        return f"/{self.site.name}/{self.text.id}.{'html' if self.site.theme == 'spip' else 'pdf'}"


_UNDATED = datetime(2020, 1, 1, tzinfo=UTC)


def _moment(iso: str | None, name: str) -> datetime:
    """The day at an hour between 7:00 and 18:59 drawn from the name: stable, and not all alike."""
    day = earliest_day(iso) if iso else _UNDATED.date()
    minutes = 7 * 60 + zlib.crc32(name.encode()) % (12 * 60)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)


def publish(texts: Iterable[DemoText]) -> dict[str, tuple[Post, ...]]:
    """Posts of each site, newest first, undated ones last. Raises DocumentError on a clash of numbers."""
    posts: dict[str, list[Post]] = {name: [] for name in SITES}
    for text in texts:
        site = SITES[site_of(text)]
        moment = _moment(text.published, text.id)
        changed = _moment(text.modified, text.id) if text.modified else moment
        posts[site.name].append(Post(text=text, site=site, moment=moment, changed=changed))
    for name, held in posts.items():
        twice = [number for number, times in Counter(post.number for post in held).items() if times > 1]
        if twice:
            reason = f"{name}: two texts share the number {twice[0]}; rename one"
            raise DocumentError(reason, path=name, line=None, reason=reason)
    return {name: tuple(sorted(held, key=_newest_first)) for name, held in posts.items()}


def _newest_first(post: Post) -> tuple[bool, float, str]:
    return post.text.published is None, -post.moment.timestamp(), post.text.id


def load_edition(texts: Path = TEXTS, scans: Path = SCANS) -> dict[str, tuple[Post, ...]]:
    """Read and publish every text and scan. Raises DocumentError."""
    return publish((*load_all(texts), *load_all(scans)))
