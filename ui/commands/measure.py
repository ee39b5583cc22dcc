"""`eval`, `bench`: how good, how fast."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from corpus.errors import UsageError
from corpus.store import Store
from ui.commands.options import add_json
from ui.french import NBSP
from ui.progress import bar


class Eval:
    """`eval SUITE`, or `eval compare A.json B.json`."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("suite", metavar="SUITE", help="nom (demo), fichier ou dossier ; ou « compare »")
        parser.add_argument("results", nargs="*", type=Path, metavar="RESULTAT.json", help="avec « compare » : A et B")
        parser.add_argument("--format", default="auto", metavar="FORMAT", help="cases, squad, beir, nomiracl, ragas…")
        parser.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire les résultats et le rapport")
        parser.add_argument("--write", default="json,html", metavar="FORMATS", help="json,html,trec,… ou all")
        parser.add_argument("--baselines", action="store_true", help="mesurer aussi chaque partie seule")
        parser.add_argument("--robustness", default="", metavar="NOMS", help="attaques et altérations, ou all")
        parser.add_argument("--limit", type=int, metavar="N", help="les N premières questions seulement")
        parser.add_argument("--seed", type=int, default=0, metavar="N")
        parser.add_argument("--check", action="store_true", help="échouer (1) si une mesure passe sous son plancher")
        parser.add_argument("--pin", action="store_true", help="fixer les planchers aux mesures de ce passage")
        parser.add_argument("--allow-lower", action="store_true", help="avec --pin : permettre d’abaisser un plancher")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        if args.suite == "compare":
            return _compare(args)
        from evals import floors
        from evals.formats_out import write
        from evals.run import evaluate
        from evals.show import result_text
        from evals.words import BASELINES, ROBUSTNESS, STAGES

        stages = {**BASELINES, **ROBUSTNESS, **STAGES}
        result = None
        with bar() as show:
            for event in evaluate(
                args.suite,
                format=args.format,
                data=args.data,
                baselines=args.baselines,
                robustness=[name for name in args.robustness.split(",") if name],
                seed=args.seed,
                limit=args.limit,
            ):
                show(stages.get(event.stage, event.stage), event.done, event.total)
                result = event.result
        assert result is not None
        if args.json:
            print(json.dumps(result.to_dict(), ensure_ascii=False))
        else:
            print(result_text(result))
        for path in write(result, args.out, args.write.split(",")) if args.out else []:
            print(f"Écrit{NBSP}: {path}")
        if args.pin:
            floors.pin(result, allow_lower=args.allow_lower)
        breaches = floors.check(result, floors.read()) if args.check else []
        for breach in breaches:
            print(f"Sous le plancher{NBSP}: {breach.figure}, {breach.found} au lieu de {breach.bound}")
        return 1 if breaches else 0


def _compare(args: argparse.Namespace) -> int:
    from evals.compare import compare
    from evals.results import parse
    from evals.show import comparison_text

    if len(args.results) != 2:
        raise UsageError("« eval compare » attend deux fichiers de résultats")
    found = compare(*(parse(path) for path in args.results), seed=args.seed)
    print(json.dumps(found.to_dict(), ensure_ascii=False) if args.json else comparison_text(found))
    return 0


_LABELS = {
    "ask_cold": "« sourcier ask » à froid (médiane de 3 processus)",
    "ask_p50": "question à chaud, médiane",
    "ask_p95": "question à chaud, 95ᵉ centile",
    "embed": "passages vectorisés",
    "serve_ready": "« sourcier serve » prêt",
    "serve_memory": "mémoire résidente du serveur",
    "data_size": "taille du dossier de données",
}


_UNITS = {"MB": "Mo"}


class Bench:
    """Speed, memory and size on this machine, with the demonstration questions."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="MESURE", help="cold, ask, encode, server, disk (toutes)")
        parser.add_argument("--suite", default="demo", metavar="SUITE", help="questions posées (demo)")
        parser.add_argument("--questions", type=int, default=100, metavar="N", help="nombre de questions (100)")
        add_json(parser)

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        from evals.bench import BENCHES, bench, conditions
        from evals.formats_in import load
        from evals.run import find_suite

        unknown = [name for name in args.names if name not in BENCHES]
        if unknown:
            raise UsageError(f"mesure inconnue : {unknown[0]} (connues : {', '.join(BENCHES)})")
        with Store.open(args.data):  # said before anything is measured
            pass
        suite = load(find_suite(args.suite))
        questions = [case.question for case in suite.cases if case.answerable][: args.questions]
        told = conditions() | {"questions": len(questions)}
        measures = list(bench(args.data, args.names or list(BENCHES), questions))
        if args.json:
            found = {"conditions": told, "measures": [asdict(measure) for measure in measures]}
            print(json.dumps(found, ensure_ascii=False, indent=2))
            return 0
        print(f"Conditions{NBSP}: " + ", ".join(f"{key} {value}" for key, value in told.items()))
        for measure in measures:
            print(
                f"  {_LABELS[measure.name]:<52} {measure.value:10.1f} {_UNITS.get(measure.unit, measure.unit)}".replace(
                    ".", ","
                )
            )
        return 0
