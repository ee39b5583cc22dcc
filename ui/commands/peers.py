"""`bench peers`: the same paragraphs and questions by other pipelines with the same weights, ours beside each."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from corpus.settings import Settings
from ui.columns import columns
from ui.french import NBSP
from ui.progress import bar

if TYPE_CHECKING:
    from evals.peers.run import Beside, Figures

QUESTIONS = 300
"""Asked where --questions does not say."""
_COLUMNS = (
    "chaîne", "version", "passages/s", "à froid (s)", "recherche (ms)",
    "R@1", "R@5", "MRR@10", "mémoire (Mo)", "charge",
)  # fmt: skip
_WIDTHS = (20, 9, 10, 11, 14, 5, 5, 6, 12, 6)
_RATIOS = {
    "passages_per_second": "passages/s",
    "passage_cpu_ms": "processeur par passage",
    "cold_seconds": "départ à froid",
    "search_ms": "recherche",
    "search_cpu_ms": "processeur par recherche",
    "memory_mb": "mémoire",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The option that only `bench peers` has."""
    parser.add_argument("--only", action="append", metavar="NOM", help="avec « peers » : cette chaîne ; répétable")


def peers(args: argparse.Namespace) -> int:
    """Measure on the SQuAD-like file that the command names; 1 where a peer failed. See `evals.peers`."""
    from evals.bench import conditions
    from evals.formats_in import load
    from evals.peers.chart import chart
    from evals.peers.environments import PEERS
    from evals.peers.run import FORMAT, beside, work
    from evals.results import save, writable
    from evals.show import conditions_text
    from rag.bundled import unpack
    from rag.loading import cache_folder

    files = [name for name in args.names if name != "peers"]
    if len(files) != 1 or len(args.names) != 2:
        raise UsageError("« bench peers » demande un seul fichier au format de PIAF : bench peers PIAF.json")
    names = list(dict.fromkeys(args.only or PEERS))
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise UsageError(f"chaîne inconnue : {unknown[0]} (connues : {', '.join(PEERS)})")
    suite = load(Path(files[0]), "squad")
    cache = cache_folder(Settings.load())
    into = args.into or cache / "peers"
    for folder in filter(None, (args.out, into)):
        writable(folder)
    given = work(suite, unpack(cache), args.questions or QUESTIONS)
    told = conditions() | {"passages": len(given.texts), "questions": len(given.asked), "digest": suite.digest[:12]}
    found: list[Beside] = []
    with bar() as show:
        for each in beside(given, names, into):
            found.append(each)
            show("Comparaison", len(found), len(names))
    whole = json.dumps(
        {"format": FORMAT, "conditions": told, "peers": [each.to_dict() for each in found]},
        ensure_ascii=False, indent=2,
    )  # fmt: skip
    if args.out:
        save(whole + "\n", args.out / "peers.json")
        save(chart(found), args.out / "peers.svg")
    print(whole if args.json else _text(conditions_text(told), found))
    return 1 if any(each.pair is None for each in found) else 0


def _text(conditions: str, found: list["Beside"]) -> str:
    from evals.peers.environments import PEERS

    rows: list[tuple[str, ...]] = [_COLUMNS]
    lines, failures = [], []
    for each in found:
        title = PEERS[each.name].title
        if each.pair is None:
            failures.append(f"{title}{NBSP}: échec. {each.why}")
            continue
        rows += [_row("Sourcier", "", each.pair[0]), _row(title, each.version, each.pair[1])]
        ratios = (f"{_RATIOS[name]} ×{NBSP}{_decimal(ratio, 2)}" for name, ratio in each.ratios().items())
        lines.append(f"Sourcier à côté de {title}{NBSP}: {', '.join(ratios)}")
    shown = [columns(rows, _WIDTHS, left=2), *lines] if lines else []
    return "\n".join([f"Conditions{NBSP}: {conditions}", *shown, *failures])


def _row(name: str, version: str, told: "Figures") -> tuple[str, ...]:
    return (
        name, version, _decimal(told.passages_per_second, 1), _decimal(told.cold_seconds, 1),
        _decimal(told.search_ms, 1), *(_decimal(share, 3) for share in (told.r1, told.r5, told.mrr)),
        _decimal(told.memory_mb, 0), _decimal(told.load, 1),
    )  # fmt: skip


def _decimal(value: float, places: int) -> str:
    return f"{value:.{places}f}".replace(".", ",")
