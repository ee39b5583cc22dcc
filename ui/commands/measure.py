"""`eval`, `bench`: how good, how fast."""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.settings import Settings
from corpus.store import Store
from rag import ChatModel, load_chat_model
from ui.commands import peers, scale
from ui.commands.extraction import extraction
from ui.commands.options import add_json
from ui.french import NBSP
from ui.progress import bar

if TYPE_CHECKING:
    from evals.results import Result

_WRITTEN = "json,html"
_QUESTIONS = 100
"""Asked by `bench` where --questions does not say."""


class Eval:
    """`eval SUITE`, or `eval compare A.json B.json`."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("suite", metavar="SUITE", help="nom (demo), fichier ou dossier ; ou « compare »")
        parser.add_argument("results", nargs="*", type=Path, metavar="RESULTAT.json", help="avec « compare » : A et B")
        parser.add_argument("--format", default="auto", metavar="FORMAT", help="cases, squad, beir, nomiracl, ragas…")
        parser.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire les résultats et le rapport")
        parser.add_argument("--write", metavar="FORMATS", help=f"avec --out : {_WRITTEN} (d’office), trec,… ou all")
        parser.add_argument("--baselines", action="store_true", help="mesurer aussi chaque partie seule")
        parser.add_argument("--robustness", default="", metavar="NOMS", help="attaques et altérations, ou all")
        parser.add_argument(
            "--judge", default="", metavar="MODELE",
            help="faire aussi juger les réponses par un modèle de langue (nom ou adresse), à part des mesures",
        )  # fmt: skip
        parser.add_argument("--limit", type=_whole(1), metavar="N", help="les N premières questions seulement")
        parser.add_argument("--seed", type=_whole(0), default=0, metavar="N", help="graine des tirages (0)")
        parser.add_argument("--check", action="store_true", help="échouer (1) si une mesure passe sous son plancher")
        parser.add_argument("--pin", action="store_true", help="fixer les planchers aux mesures de ce passage")
        parser.add_argument("--allow-lower", action="store_true", help="avec --pin : permettre d’abaisser un plancher")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        if args.suite == "compare":
            return _compare(args)
        from evals import floors
        from evals.formats_out import chosen, write
        from evals.results import writable
        from evals.run import evaluate
        from evals.show import result_text
        from evals.words import BASELINES, ROBUSTNESS, STAGES

        # Whatever can be refused is refused here: a run takes minutes.
        _fitting(args)
        formats = chosen(_names(args.write or _WRITTEN))
        pins = floors.read() if args.check or args.pin else {}
        if args.out:
            writable(args.out)
        stages = {**BASELINES, **ROBUSTNESS, **STAGES}
        result = None
        with bar() as show, _judge(args.judge) as judge:
            for event in evaluate(
                args.suite,
                format=args.format,
                data=args.data,
                baselines=args.baselines,
                robustness=_names(args.robustness),
                seed=args.seed,
                limit=args.limit,
                judge=judge,
            ):
                show(stages.get(event.stage, event.stage), event.done, event.total)
                result = event.result
        assert result is not None
        print(json.dumps(result.to_dict(), ensure_ascii=False) if args.json else result_text(result))
        for path in write(result, args.out, formats) if args.out else []:
            _say(args, f"Écrit{NBSP}: {path}")
        if args.pin:
            floors.pin(result, allow_lower=args.allow_lower)
        return _breaches(args, result, pins) if args.check else 0


def _judge(name: str) -> AbstractContextManager[ChatModel | None]:
    """The language model that judges, closed when the block ends; None for no name. Raises ExtraMissing, ModelError."""
    settings = Settings.load()
    return load_chat_model(name, key=settings.llm_key, seconds=settings.llm_seconds) if name else nullcontext()


def _fitting(args: argparse.Namespace) -> None:
    """Raises UsageError for options that say nothing together: one of them would be dropped in silence."""
    wrong = {
        "eval_extra": bool(args.results),
        "eval_write": bool(args.write) and not args.out,
        "eval_allow": args.allow_lower and not args.pin,
        "eval_part": args.limit is not None and (args.check or args.pin),
    }
    for reason, applies in wrong.items():
        if applies:
            raise UsageError("options that do not go together", reason=reason)


def _breaches(args: argparse.Namespace, result: "Result", pins: dict[str, Any]) -> int:
    """Hold the run against its floors and tell what fell; the exit code."""
    from evals import floors
    from evals.show import breach_text

    found = floors.check(result, floors.read() if args.pin else pins)
    for breach in found:
        _say(args, breach_text(breach))
    return 1 if found else 0


def _say(args: argparse.Namespace, line: str) -> None:
    """A line beside the result: on stderr where stdout is JSON for a program."""
    print(line, file=sys.stderr if args.json else sys.stdout)


def _compare(args: argparse.Namespace) -> int:
    from evals.compare import compare
    from evals.results import parse
    from evals.show import comparison_text

    if len(args.results) != 2:
        raise UsageError("« eval compare » attend deux fichiers de résultats")
    found = compare(*(parse(path) for path in args.results), seed=args.seed)
    print(json.dumps(found.to_dict(), ensure_ascii=False) if args.json else comparison_text(found))
    return 0


def _names(listed: str) -> list[str]:
    """The names of a comma-separated list."""
    return [name.strip() for name in listed.split(",") if name.strip()]


def _whole(least: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least`."""

    def read(text: str) -> int:
        if (number := int(text)) < least:
            raise ValueError(text)
        return number

    return read


_LABELS = {
    "ask_cold": "« sourcier ask » à froid (médiane de 3 processus)",
    "ask_p50": "question à chaud, médiane",
    "ask_p95": "question à chaud, 95ᵉ centile",
    "search_p50": "recherche seule, médiane",
    "search_p95": "recherche seule, 95ᵉ centile",
    "embed": "passages vectorisés",
    "embed_plain": "les mêmes par sentence-transformers seul",
    "embed_ratio": "combien de fois plus vite",
    "index": "index refait en entier",
    "index_again": "index remis à jour sans rien de neuf",
    "ingest": "pages collectées d’un site local",
    "ingest_again": "seconde visite du même site, rien de changé",
    "serve_ready": "« sourcier serve » prêt",
    "serve_memory": "mémoire résidente du serveur",
    "load_answers": "réponses, 20 personnes demandant sans pause",
    "load_p95": "attente de ces personnes, 95ᵉ centile",
    "load_errors": "erreurs pendant ce temps",
    "serve_used": "mémoire du serveur après 100 conversations",
    "data_size": "taille du dossier de données",
}


_UNITS = {"MB": "Mo"}


class Bench:
    """Speed, memory and size on this machine, with the demonstration questions."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "names",
            nargs="*",
            metavar="MESURE",
            help="cold, ask, search, encode, index, ingest, server, load, memory, disk ; ou extraction, peers, scale",
        )
        parser.add_argument("--suite", default="demo", metavar="SUITE", help="questions posées (demo)")
        parser.add_argument("--pages", type=Path, metavar="DOSSIER", help="avec « extraction » : pages.jsonl et pages/")
        parser.add_argument(
            "--questions", type=_whole(1), metavar="N",
            help=f"nombre de questions ({_QUESTIONS} ; avec « peers », {peers.QUESTIONS})",
        )  # fmt: skip
        parser.add_argument(
            "--into", type=Path, metavar="DOSSIER",
            help="avec « peers » : où installer les autres chaînes ; avec « scale » : où le corpus grandit",
        )  # fmt: skip
        parser.add_argument(
            "--out", type=Path, metavar="DOSSIER", help="avec « peers » et « scale » : où écrire les résultats"
        )
        peers.configure(parser)
        scale.configure(parser, _whole(1))
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        if "extraction" in args.names:
            return extraction(args)
        if args.names[:1] == ["peers"]:
            return peers.peers(args)
        if "scale" in args.names:
            return scale.scale(args)
        if args.into or args.only or args.out or args.real:
            raise UsageError("--into, --only, --real et --out ne vont qu’avec « bench peers » ou « bench scale »")
        from evals.bench import BENCHES, bench, conditions
        from evals.formats_in import load
        from evals.run import find_suite
        from evals.show import conditions_text

        unknown = [name for name in args.names if name not in BENCHES]
        if unknown:
            raise UsageError(f"mesure inconnue : {unknown[0]} (connues : {', '.join(BENCHES)})")
        with Store.open(args.data):  # said before anything is measured
            pass
        suite = load(find_suite(args.suite))
        questions = [case.question for case in suite.cases if case.answerable][: args.questions or _QUESTIONS]
        told = conditions() | {"questions": len(questions)}
        measures = list(bench(args.data, args.names or list(BENCHES), questions))
        if args.json:
            found = {"conditions": told, "measures": [asdict(measure) for measure in measures]}
            print(json.dumps(found, ensure_ascii=False, indent=2))
            return 0
        print(f"Conditions{NBSP}: {conditions_text(told)}")
        for measure in measures:
            print(
                f"  {_LABELS[measure.name]:<52} {measure.value:10.1f} {_UNITS.get(measure.unit, measure.unit)}".replace(
                    ".", ","
                )
            )
        return 0
