"""A SPIP-like site on loopback, collected: SPIP itself is in no registry that this project reaches, so the press
portal of the demonstration sites stands for it (backend of ten articles, sitemap, rubriques with debut_articles).

    python tests/real/spip.py        # figures as JSON; half a minute
"""

import json
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from measure import Expected, Run, a_day_passes, collect, counts, documents, figures

from corpus.demo.serve import DemoSite
from corpus.demo.spip import BROKEN, EMPTY
from corpus.demo.texts import TEXTS
from ingest.catalogue import Source, parse
from ingest.discover import discover
from ingest.fetch import Fetcher
from ingest.preview import Listings
from ingest.values import Found, Page, Refusal

_NAME = "kiosque"
_EDITED, _REMOVED = 3, 3


class WithoutSitemap(Listings):
    """Listings of the same site, its sitemaps closed."""

    def page(self, url: str) -> Page | Refusal:
        """A listing; 404 for every sitemap."""
        if "sitemap" in url:
            return Refusal(requested=url, url=url, reason="http_status", detail="404", status=404)
        return super().page(url)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """None."""
        return ()


def measured(*, selectors: bool) -> dict[str, Any]:
    """Everything; selectors: with those of the catalogue, or as a site that nobody has looked at."""
    with tempfile.TemporaryDirectory(prefix="sourcier-spip-") as name:
        folder = Path(name)
        texts = folder / "texts"
        shutil.copytree(TEXTS, texts)
        with DemoSite(texts=texts) as site:
            source = next(one for one in parse(site.catalogue(), folder / "demo.toml") if one.name == _NAME)
            if not selectors:
                source = replace(source, selectors=MappingProxyType({}))
            began = time.monotonic()
            first = collect(source, folder / "data")
            seconds = round(time.monotonic() - began, 1)
            result = figures(documents(folder / "data"), _expected(site), (), [EMPTY.title, BROKEN.title, "/prive/"])
            again = collect(source, folder / "data")
            return {
                "selectors": selectors,
                "seconds": seconds,
                "first": counts(first),
                **result,
                "by_rubriques_alone": _by_rubriques(site, source),
                "second_run": {**counts(again), "bodies_downloaded": len(again.downloaded)},
                "changes": _changed(site, source, folder / "data", texts),
            }


def _expected(site: DemoSite) -> list[Expected]:
    return [
        Expected(url=site.address + post.path, title=post.text.title, published=post.text.published,
                 text=post.text.plain, unwanted=("Lire aussi", "Votre annonce ici", "Répondre à ce message"))
        for post in site.press.posts[_NAME]
    ]  # fmt: skip


def _by_rubriques(site: DemoSite, source: Source) -> dict[str, int]:
    """What is listed when the sitemaps are closed; the backend names ten."""
    with Fetcher("Sourcier-essai/1") as fetcher:
        items = list(discover(source, WithoutSitemap(source, fetcher)))
    found = {item.url for item in items if isinstance(item, Found)}
    wanted = {one.url for one in _expected(site)}
    bad = {site.address + item.path for item in (BROKEN, EMPTY)}
    refused = sum(isinstance(item, Refusal) for item in items)
    return {"published": len(wanted), "found": len(wanted & found), "others": len(found - wanted - bad),
            "refused": refused}  # fmt: skip


def _changed(site: DemoSite, source: Source, data: Path, texts: Path) -> dict[str, Any]:
    """Three edits, three deletions, an addition; then two days later."""
    paths = [texts / f"{post.text.id}.md" for post in site.press.posts[_NAME]]
    for path in paths[:_EDITED]:
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\nRectificatif ajouté à cette note.\n", encoding="utf-8")
    for path in paths[_EDITED : _EDITED + _REMOVED]:
        path.unlink()
    added = texts / "une-note-de-plus.md"
    text = paths[-1].read_text(encoding="utf-8").replace(paths[-1].stem, added.stem)
    added.write_text(text.replace("title = ", 'title = "De plus : " #', 1), encoding="utf-8")
    site.reload()
    noticed: Run = collect(source, data)
    a_day_passes(data)
    later = collect(source, data)
    return {
        "asked": {"edited": _EDITED, "removed": _REMOVED, "added": 1},
        "noticed": counts(noticed),
        "two_days_later": counts(later),
    }


def main() -> int:
    """Print the figures, with and without selectors."""
    print(json.dumps([measured(selectors=one) for one in (True, False)], ensure_ascii=False, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
