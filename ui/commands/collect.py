"""`ingest`, `add`: what brings publications in."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.archive import Archive
from corpus.errors import DataMissing
from corpus.settings import Settings
from corpus.store import Store
from ui import gathering
from ui.collecting import board
from ui.commands.options import add_json
from ui.french import NBSP, count, typeset
from ui.progress import bar
from ui.reasons import detailed, run_report

if TYPE_CHECKING:
    from ingest.catalogue import Source
    from ingest.fetch import Fetcher


class Ingest:
    """Collect the sources of a catalogue."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "catalogue", type=Path, metavar="CATALOGUE.toml", help="fichier, ou nom d’un catalogue fourni (burkina)"
        )
        parser.add_argument(
            "--only", "--source", dest="only", action="append", metavar="NOM",
            help="seulement cette source, même inactive (répétable)",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="montrer ce qui serait visité, ne rien écrire")
        parser.add_argument(
            "--budget", type=_pages, metavar="PAGES", help="nombre de pages au plus ; le reste attend la fois suivante"
        )
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        from ingest.catalogue import load, named
        from ingest.fetch import Fetcher
        from ingest.run import run

        sources = load(args.catalogue)
        if args.only:
            sources = tuple(replace(source, enabled=True) for source in named(sources, args.only, args.catalogue))
        if not any(source.enabled for source in sources):
            print(typeset("Aucune source active dans ce catalogue : nommez-en une avec --only."), file=sys.stderr)
        with Fetcher(Settings.load().user_agent) as fetcher:
            if args.dry_run:
                return _dry_run(sources, fetcher, args.data, as_json=args.json)
            report = None
            with Store.open(args.data, create=True, write=True) as store, board() as show:
                for event in run(sources, store, Archive(args.data), fetcher, budget=args.budget):
                    report = event.report
                    if event.source:
                        show(event.source, event.what, event.outcome)
        assert report is not None
        print(json.dumps(report.to_dict(), ensure_ascii=False) if args.json else run_report(report.to_dict()))
        return 0


def _pages(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _dry_run(sources: "Sequence[Source]", fetcher: "Fetcher", data: Path, *, as_json: bool) -> int:
    from ingest.preview import preview

    counts: dict[str, Counter[str]] = {}
    with ExitStack() as stack:
        try:
            store = stack.enter_context(Store.open(data))
        except DataMissing:
            store = None
        for each in preview(sources, fetcher, store):
            counts.setdefault(each.source, Counter())[each.plan] += 1
            if as_json:
                print(json.dumps(asdict(each), ensure_ascii=False))
            else:
                print(gathering.plan(each.plan, each.url, each.title, each.reason, each.detail))
    if not as_json:
        print(gathering.planned(counts))
    return 0


class Add:
    """Files of this machine."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        from ingest.add import add

        report = None
        with Store.open(args.data, create=True, write=True) as store, bar() as show:
            done = 0
            for event in add(args.files, store):
                if event.what == "done":
                    report = event.report
                    continue
                if event.what in ("failed", "alarm"):
                    line = f", ligne {event.line}" if event.line else ""
                    print(f"{event.path}{line}{NBSP}: {detailed(event.reason, event.detail)}.", file=sys.stderr)
                done += event.what == "stored"
                show("Ajout", done, done)
        assert report is not None
        if args.json:
            print(json.dumps(report.to_dict(), ensure_ascii=False))
        else:
            stored = ", ".join(f"{number} {_OUTCOMES[name]}" for name, number in report.outcomes.items()) or "aucun"
            print(f"Documents{NBSP}: {stored}. Refusés{NBSP}: {count(report.failed, 'élément')}.")
            if report.outcomes.keys() - {"unchanged"}:
                print(typeset("Lancez « sourcier index » pour qu’ils répondent."))
        return 0 if report.stored or not report.failed else 2


_OUTCOMES = {"new": "ajoutés", "edited": "modifiés", "unchanged": "inchangés", "restored": "rétablis"}
