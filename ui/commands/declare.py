"""`source`, `reextract`: what an operator does with declarations and extraction, without a run."""

import argparse
import json
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import urlsplit

from corpus.archive import Archive
from corpus.errors import UsageError
from corpus.settings import Settings
from corpus.store import Store
from ui import gathering
from ui.commands.options import add_json
from ui.french import NBSP
from ui.reasons import detailed


class Declare:
    """`source check NAME CATALOGUE`, `source record URL [CATALOGUE]`."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("action", choices=("check", "record"), metavar="ACTION", help="check ou record")
        parser.add_argument("target", metavar="CIBLE", help="check : nom de la source ; record : adresse d’une page")
        parser.add_argument("catalogue", nargs="?", type=Path, metavar="CATALOGUE.toml")
        parser.add_argument("--source", metavar="NOM", help="record : la source du catalogue que suit la page")
        parser.add_argument(
            "--into",
            type=Path,
            default=Path("tests/pages/sites"),
            metavar="DOSSIER",
            help="record : où écrire la paire",
        )
        parser.add_argument("--name", metavar="NOM", help="record : nom des deux fichiers (celui de la source)")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        return _check(args) if args.action == "check" else _record(args)


def _check(args: argparse.Namespace) -> int:
    from ingest.catalogue import load, named
    from ingest.clock import SystemClock
    from ingest.fetch import Fetcher
    from ingest.trial import check

    if args.catalogue is None:
        raise UsageError("no catalogue", reason="no_catalogue")
    (source,) = named(load(args.catalogue), [args.target], args.catalogue)
    with Fetcher(Settings.load().user_agent) as fetcher:
        found = check(source, fetcher, SystemClock())
    if args.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        problems = [(problem.url, problem.reason, problem.detail) for problem in found.problems]
        print(gathering.trial(found.source, found.listed, problems, found.document, found.alarms))
    return 0 if found.document is not None else 1


def _record(args: argparse.Namespace) -> int:
    from ingest.catalogue import load, named, parse
    from ingest.fetch import Fetcher
    from ingest.identity import slug_of
    from ingest.report import Problem
    from ingest.trial import record

    if args.catalogue is not None:
        sources = load(args.catalogue)
        if args.source is None and len(sources) > 1:
            raise UsageError("several sources", reason="which_source", known=", ".join(each.name for each in sources))
        source = named(sources, [args.source], args.catalogue)[0] if args.source else sources[0]
    else:
        host = slug_of((urlsplit(args.target).hostname or "").removeprefix("www.")) or "site"
        entry = f'[[source]]\nname = "{host[:64]}"\nkind = "sitemap"\nurl = {json.dumps(args.target)}\n'
        source = replace(parse(entry, Path(args.target))[0], publisher=(urlsplit(args.target).hostname or ""))
    with Fetcher(Settings.load().user_agent) as fetcher:
        found = record(args.target, source, fetcher, args.into, args.name or source.name)
    if isinstance(found, Problem):
        raise UsageError(
            f"{found.url}: {found.reason}",
            reason="no_page",
            url=found.url,
            why=detailed(found.reason, found.detail),
        )
    if args.json:
        print(json.dumps([str(path) for path in found], ensure_ascii=False))
    else:
        print(f"Page enregistrée{NBSP}: {found[0]}\nAttendu, à relire et à corriger{NBSP}: {found[1]}")
    return 0


class Reextract:
    """Read the archive again with today's extractor."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "catalogue", nargs="?", type=Path, metavar="CATALOGUE.toml", help="déclarations à suivre à la place de "
            "celles de la dernière collecte",
        )  # fmt: skip
        parser.add_argument("--only", action="append", metavar="NOM", help="seulement cette source (répétable)")
        parser.add_argument("--apply", action="store_true", help="enregistrer ce qui change, au lieu de le montrer")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        from ingest.catalogue import load
        from ingest.clock import SystemClock
        from ingest.reextract import reextract

        catalogue = load(args.catalogue) if args.catalogue is not None else ()
        counts: Counter[str] = Counter()
        with Store.open(args.data, write=args.apply) as store:
            for each in reextract(
                store, Archive(args.data), SystemClock(),
                catalogue=catalogue, only=frozenset(args.only or ()), apply=args.apply,
            ):  # fmt: skip
                counts[each.outcome] += 1
                if args.json:
                    print(json.dumps(asdict(each), ensure_ascii=False))
                else:
                    for line in gathering.reread(each.doc, each.outcome, each.before, each.after, each.reason):
                        print(line)
        if not args.json:
            print(gathering.rereads(counts, applied=args.apply))
        return 0
