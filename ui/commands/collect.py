"""`ingest`, `add`: what brings publications in."""

import argparse
import json
import sys
from pathlib import Path

from corpus.archive import Archive
from corpus.errors import UsageError
from corpus.settings import Settings
from corpus.store import Store
from ui.commands.options import add_json
from ui.french import NBSP, count, typeset
from ui.progress import bar
from ui.reasons import detailed, run_report


class Ingest:
    """Collect the sources of a catalogue."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("catalogue", type=Path, metavar="CATALOGUE.toml")
        parser.add_argument("--source", action="append", metavar="NOM", help="seulement cette source (répétable)")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        from ingest.catalogue import load
        from ingest.fetch import Fetcher
        from ingest.run import run

        sources = load(args.catalogue)
        unknown = set(args.source or ()) - {source.name for source in sources}
        if unknown:
            raise UsageError(f"source inconnue dans {args.catalogue} : {', '.join(sorted(unknown))}")
        chosen = [source for source in sources if not args.source or source.name in args.source]
        report = None
        seen: dict[str, list[int]] = {}
        with (
            Store.open(args.data, create=True, write=True) as store,
            Fetcher(Settings.load().user_agent) as fetcher,
            bar() as show,
        ):
            for event in run(chosen, store, Archive(args.data), fetcher):
                if event.what == "done":
                    report = event.report
                elif event.source:
                    tally = seen.setdefault(event.source, [0, 0])
                    tally[event.what != "found"] += event.what in {"found", "stored", "unchanged", "refused", "failed"}
                    show(f"Collecte de {event.source}", tally[1], max(tally))
        assert report is not None
        print(json.dumps(report.to_dict(), ensure_ascii=False) if args.json else run_report(report.to_dict()))
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
