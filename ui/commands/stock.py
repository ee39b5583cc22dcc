"""`index`, `export`, `status`: what the data folder holds."""

import argparse
import json
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from corpus.diff import changes
from corpus.errors import DataDamaged, DataFormatError, DataMissing, UsageError
from corpus.health import health, now
from corpus.store import Store
from rag import Assistant, IndexReport, build_index
from ui import health as honesty
from ui import terminal
from ui.commands.options import add_json
from ui.history import history
from ui.progress import bar

_STAGES = {"cut": "Découpage", "encode": "Calcul des vecteurs", "write": "Écriture"}


class Index:
    """Bring the index up to the corpus."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        report: IndexReport | None = None
        with bar() as show:
            for event in build_index(args.data):
                if event.stage in _STAGES:
                    show(_STAGES[event.stage], event.done, event.total)
                report = event.report
        assert report is not None
        if args.json:
            print(json.dumps(asdict(report), ensure_ascii=False))
        else:
            print(terminal.indexed(report))
        return 0


class Export:
    """Every current document, one JSON object a line."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        pass

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        with Store.open(args.data) as store:
            for document in store.current():
                print(json.dumps(document.to_record(), ensure_ascii=False))
        return 0


class Status:
    """What was collected, what is indexed, how each source does; or the versions of one document."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=7, metavar="N", help="jours montrés pour chaque source (7)")
        parser.add_argument(
            "--check", action="store_true", help="les alarmes seulement ; code 1 s’il y en a (pour cron)"
        )
        parser.add_argument("--document", metavar="ID", help="les versions d’un document et ce qui a changé")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        with Store.open(args.data) as store:
            if args.document is not None:
                return _document(store, args.document, as_json=args.json)
            sources = [each.to_dict() for each in health(store, now(), max(1, args.days))]
            alarms = sum(len(source["alarms"]) for source in sources)
            report: dict[str, Any] = {
                "corpus": asdict(store.counts()) | {"digest": store.digest()},
                "index": None,
                "runs": store.runs(5),
                "ocr": {doc: list(pages) for doc, pages in store.recognised().items()},
                "sources": sources,
                "alarms": alarms,
            }
        if args.check:
            print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else honesty.alarms(sources))
            return 1 if alarms else 0
        try:
            with Assistant.open(args.data) as assistant:
                report["index"] = asdict(assistant.state()) | {"late": assistant.late()}
        except DataMissing:
            pass
        except (DataDamaged, DataFormatError) as error:
            report["index"] = {"damaged": str(error)}
        if args.json:
            print(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            print("\n".join(filter(None, (terminal.status(report), honesty.report(sources)))))
        return 1 if report["index"] is not None and "damaged" in report["index"] else 0


def _document(store: Store, doc: str, *, as_json: bool) -> int:
    versions = store.versions(doc)
    if not versions:
        raise UsageError(f"no document {doc}", reason="unknown_document", doc=doc)
    withdrawn = store.withdrawals().get(doc)
    if as_json:
        told = [asdict(version) | {"document": version.document.to_record()} for version in versions]
        for version, (before, after) in zip(told[1:], pairwise(versions), strict=True):
            version["changes"] = [asdict(change) for change in changes(before.document, after.document)]
        print(json.dumps({"id": doc, "withdrawn": withdrawn, "versions": told}, ensure_ascii=False, indent=2))
    else:
        print(history(versions, withdrawn))
    return 0
