"""`ask`, `search`, `verify`, `verify-claim`."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError, StateError
from corpus.store import Store
from rag import Assistant, Evidence
from ui import terminal
from ui.commands.options import add_filters, add_json, filters
from ui.desk import Desk
from ui.gate import Gate
from ui.receipts.again import again
from ui.receipts.check import check, load
from ui.sources import publications


class Ask:
    """A question, answered on the terminal or as JSON."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("question", metavar="QUESTION")
        parser.add_argument(
            "--after", action="append", default=[], metavar="QUESTION",
            help="question d’avant, dont celle-ci est la suite (« et en 2023 ? ») ; à répéter dans l’ordre",
        )  # fmt: skip
        add_filters(parser)
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        with Assistant.open(args.data) as assistant:
            answer = assistant.ask(args.question, after=args.after, **filters(args))
            documents = {name: assistant.document(name) for name in publications(answer)}
        if args.json:
            print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2))
        else:
            print(terminal.answer(answer, documents))
        return 0


class Search:
    """Passages, best first."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("question", metavar="QUESTION")
        parser.add_argument("-k", type=_positive, default=8, metavar="N", help="nombre de passages (8)")
        add_filters(parser)
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        with Assistant.open(args.data) as assistant:
            found = assistant.search(args.question, k=args.k, **filters(args))
        if args.json:
            print(json.dumps([_evidence(item) for item in found], ensure_ascii=False, indent=2))
        else:
            print(terminal.passages(found))
        return 0


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def _evidence(item: Evidence) -> dict[str, Any]:
    return {name: getattr(item, name) for name in Evidence.__dataclass_fields__}


class VerifyClaim:
    """Each claim of a text: confirmed, contradicted or not found in the corpus."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("text", metavar="TEXTE", help="une phrase ou un paragraphe")
        add_filters(parser, "as-of", "ministry")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        with Assistant.open(args.data) as assistant:
            verdicts = assistant.verify(args.text, **filters(args))
        if args.json:
            print(json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=2))
        else:
            print(terminal.verdicts(verdicts))
        return 0


class Verify:
    """Quotes of a kept answer against the corpus, or every file of the data folder."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "answer", nargs="?", type=Path, metavar="REPONSE.json",
            help="réponse écrite par « sourcier ask --json », ou reçu de preuve (JSON ou HTML) ; sans fichier, tout le "
            "dossier est vérifié",
        )  # fmt: skip
        parser.add_argument(
            "--no-ask", action="store_true", help="ne pas poser de nouveau la question d’un reçu (plus rapide)"
        )
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        receipt = load(args.answer) if args.answer else None
        if receipt is not None:
            report = check(receipt, args.data)
            if not args.no_ask:
                report["today"] = _asked_again(receipt, args.data)
        else:
            report = _verify_answer(args.data, args.answer) if args.answer else _verify_folder(args.data)
        if args.json:
            print(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            print(terminal.verification(report))
        return 0 if not report["problems"] else 1


def _asked_again(receipt: dict[str, Any], data: Path) -> dict[str, Any] | None:
    """What the corpus of today answers to a receipt's question; None without a corpus or an index."""
    try:
        with Assistant.open(data) as assistant:
            return again(receipt, Desk(assistant, data, Gate()))
    except StateError:
        return None


def _verify_answer(data: Path, path: Path) -> dict[str, Any]:
    """Look each quote up in every version of its document."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        citations = [citation for sentence in answer["sentences"] for citation in sentence["citations"]]
        wanted = [(item["doc"], int(item["start"]), int(item["end"]), item["quote"]) for item in citations]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DocumentError(f"{path}: {error}", path=str(path), line=None, reason="not_an_answer") from error
    problems = []
    with Store.open(data) as store:
        for doc, start, end, quote in wanted:
            versions = store.versions(doc)
            if not any(version.document.text[start:end] == quote for version in versions):
                reason = "la citation n’est plus à sa place" if versions else "document inconnu"
                problems.append({"doc": doc, "quote": quote, "reason": reason})
    return {"checked": len(wanted), "problems": problems}


def _verify_folder(data: Path) -> dict[str, Any]:
    """Hash every file of the index whole and read every passage back from the corpus."""
    with Assistant.open(data) as assistant:
        checked, problems = assistant.check()
    found = [{"doc": doc, "quote": "", "reason": _PROBLEMS[problem]} for doc, problem in problems]
    return {"checked": checked, "problems": found}


_PROBLEMS = {"missing": "document absent du corpus", "empty": "passage vide ou hors du texte"}
