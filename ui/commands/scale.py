"""`bench scale`: a large corpus of real and made texts, and what the product does with it as it grows."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from ui.french import NBSP
from ui.progress import bar

if TYPE_CHECKING:
    from evals.scale.run import Stage

_STAGES = {
    "cut": "Découpage",
    "encode": "Vecteurs",
    "write": "Écriture",
    "done": "Index",
    "store": "Textes",
    "ask": "Questions",
}
_LABELS = {
    "build_store": "textes faits et enregistrés",
    "build_cut": "index : documents découpés",
    "build_encode": "index : vecteurs",
    "build_write": "index : écriture, fusions",
    "build_done": "index : fin",
    "build_vectors_made": "dont vecteurs inventés",
    "data_size": "taille du dossier de données",
    "copies": "part des passages pris pour des copies",
    "open": "ouverture",
    "memory_open": "mémoire résidente, ouvert",
    "ask_first": "première question, modèles chargés",
    "ask_p50": "question à chaud, médiane",
    "ask_p95": "question à chaud, 95ᵉ centile",
    "memory_asked": "mémoire résidente après les questions",
    "search_p50": "recherche seule, vecteur gardé, médiane",
    "search_p95": "recherche seule, vecteur gardé, 95ᵉ centile",
    "search_ministry_p50": "recherche dans un ministère, médiane",
    "search_ministry_p95": "recherche dans un ministère, 95ᵉ centile",
    "search_year_p50": "recherche dans une année, médiane",
    "search_year_p95": "recherche dans une année, 95ᵉ centile",
    "search_week_p50": "recherche dans une semaine, médiane",
    "search_week_p95": "recherche dans une semaine, 95ᵉ centile",
    "recall_at_5": "document de la réponse parmi les 5 premiers passages",
    "vectors_recall_at_10": "dix vrais plus proches que l’index trouve",
    "add": "publications ajoutées, jusqu’à ce qu’on les trouve",
    "add_cut": "dont découpage",
    "add_encode": "dont vecteurs",
    "add_write": "dont écriture",
    "add_done": "dont fin",
    "add_found": "trouvées (1 : oui)",
}
_HOW = (
    "Passages réels vraiment vectorisés. Le reste est composé : deux à quatre passages réels de textes différents par "
    "document, chiffres et noms changés pour d’autres de même longueur, vecteurs des passages réels déplacés de "
    "la moitié de l’écart entre deux autres, 64 vecteurs de mots bruités par passage ; tirages à graine fixe. "
    "Les publications ajoutées à la fin sont vraiment vectorisées."
)
_UNITS = {"MB": "Mo"}


def configure(parser: argparse.ArgumentParser, whole: Callable[[str], int]) -> None:
    """The options that only `bench scale` has. whole: reads a number from 1."""
    parser.add_argument(
        "--real", nargs="+", type=Path, default=[], metavar="CHEMIN",
        help="avec « scale » : fichiers et dossiers de textes réels (JSON, HTML, texte, pages de manuel)",
    )  # fmt: skip
    parser.add_argument(
        "--passages", type=whole, default=1_000_000, metavar="N", help="avec « scale » : jusqu’où (1000000)"
    )
    parser.add_argument(
        "--added", type=whole, default=1_000, metavar="N", help="avec « scale » : publications ajoutées (1000)"
    )


def scale(args: argparse.Namespace) -> int:
    """Grow the corpus of `--into` to `--passages`; see `evals.scale.run`."""
    from evals.bench import conditions
    from evals.scale.run import scale as stages
    from evals.show import conditions_text

    if not args.real or args.into is None:
        raise UsageError("« bench scale » demande des textes réels et un dossier : --real DOSSIER… --into DOSSIER")
    told = conditions()
    if not args.json:
        print(f"Conditions{NBSP}: {conditions_text(told)}\n{_HOW}", flush=True)
    found: list[Stage] = []
    with bar() as show:
        for event in stages(args.real, args.into, args.passages, added=args.added):
            show(_STAGES[event.name], event.done, event.total)
            if event.result is not None:
                found.append(event.result)
                _write(args.out, told, found)
                if not args.json:
                    print(_text(event.result), flush=True)
    if args.json:
        print(json.dumps(_all(told, found), ensure_ascii=False, indent=2))
    return 0


def _all(told: dict[str, object], found: "list[Stage]") -> dict[str, object]:
    return {"conditions": told, "corpus": _HOW, "stages": [asdict(stage) for stage in found]}


def _write(out: Path | None, told: dict[str, object], found: "list[Stage]") -> None:
    """After each stage: one takes an hour, and what was measured is kept whatever happens to the next."""
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "scale.json").write_text(json.dumps(_all(told, found), ensure_ascii=False, indent=2), encoding="utf-8")


def _text(stage: "Stage") -> str:
    lines = [f"{stage.passages} passages, dont {stage.real} réels, {stage.documents} documents"]
    for measure in stage.measures:
        unit = _UNITS.get(measure.unit, measure.unit)
        lines.append(f"  {_LABELS[measure.name]:<52} {measure.value:10.2f} {unit}".replace(".", ",").rstrip())
    return "\n".join(lines)
