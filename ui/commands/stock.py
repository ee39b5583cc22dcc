"""`index`, `export`, `status`: what the data folder holds."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from corpus.errors import DataDamaged, DataFormatError, DataMissing
from corpus.store import Store
from rag import Assistant, IndexReport, build_index
from ui import terminal
from ui.commands.options import add_json
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
    """What was collected, what is indexed, how the last runs went."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        with Store.open(args.data) as store:
            report: dict[str, Any] = {
                "corpus": asdict(store.counts()) | {"digest": store.digest()},
                "index": None,
                "runs": store.runs(5),
            }
        try:
            with Assistant.open(args.data) as assistant:
                report["index"] = asdict(assistant.state()) | {"late": assistant.late()}
        except DataMissing:
            pass
        except (DataDamaged, DataFormatError) as error:
            report["index"] = {"damaged": str(error)}
        print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else terminal.status(report))
        return 1 if report["index"] is not None and "damaged" in report["index"] else 0
