"""Results as French text for a terminal. Returns strings; commands print them."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.compare import Comparison
from evals.floors import Breach
from evals.metrics import LOWER_IS_BETTER
from evals.results import Result
from evals.words import (
    BASELINES,
    CONDITIONS,
    FAILURES,
    GROUPS,
    KINDS,
    NBSP,
    ROBUSTNESS,
    TYPES,
    VERDICTS,
    WARNINGS,
    change,
    counted,
    interval,
    label,
    number,
    points,
    tally,
    whole,
)

BY_TYPE = ("recall@5", "contains", "figure", "citation_recall", "correct")
BY_BASELINE = ("recall@1", "recall@5", "mrr@10", "ndcg@10", "contains", "correct", "crag")
BY_ATTACK = ("recall@5", "contains", "correct", "crag", "error_unanswerable")


def result_text(result: Result, *, width: int = 100) -> str:
    """The whole result: headline figures with intervals, by type, baselines, robustness."""
    suite = result.suite
    tables: list[Table | str] = [_headline(result)]
    if result.by_type:
        tables.append(_by_type(result))
    if result.baselines:
        tables.append(_baselines(result))
    if result.robustness:
        tables += [_robustness(result), _attacks(result)]
    if result.judge:
        tables.append(_opinion(result.judge))
    latency = result.times["latency_ms"]
    tail = f"Temps de réponse{NBSP}: p50 {latency['p50']:.0f}{NBSP}ms, p95 {latency['p95']:.0f}{NBSP}ms"
    if result.curves["aurc"] is not None:
        tail += f" · aire risque-couverture {_plain(result.curves['aurc'])}"
        tail += f" · erreur de calibration {_plain(result.curves['ece'])}"
    return _rendered([f"Banc d’essai «{NBSP}{suite['name']}{NBSP}» — {tally(suite)}", *tables, tail], width)


def comparison_text(comparison: Comparison, *, width: int = 100) -> str:
    """B against A, figure by figure; changes that leave out 0 are marked."""
    table = Table(box=SIMPLE_HEAD, title="Comparaison appariée (B − A)", title_justify="left")
    for head in ("Mesure", "A", "B", "Écart", f"IC 95{NBSP}%", ""):
        table.add_column(head, justify="left" if head in ("Mesure", "") else "right")
    for name, d in comparison.differences.items():
        better = (d.delta > 0) != (name in LOWER_IS_BETTER)
        mark = ("mieux" if better else "moins bien") if d.certain else ""
        bounds = change(name, d.low, d.high)
        table.add_row(label(name), number(name, d.a), number(name, d.b), points(name, d.delta), bounds, mark)
    told = [f"Gagnées par B{NBSP}: {len(comparison.won)} · perdues{NBSP}: {len(comparison.lost)}"]
    differ = ", ".join(CONDITIONS.get(name, name) for name in comparison.changed)
    told += [f"Conditions qui diffèrent{NBSP}: {differ}"] if differ else []
    told += [f"Attention{NBSP}: {WARNINGS.get(warning, warning)}" for warning in comparison.warnings]
    if comparison.only_a or comparison.only_b:
        told.append(f"Questions propres à A{NBSP}: {comparison.only_a}, propres à B{NBSP}: {comparison.only_b}")
    return _rendered([table, *told], width)


def breach_text(breach: Breach) -> str:
    """A figure beyond its floor, or data other than the floor's, in one line."""
    if breach.figure == "data":
        one, other = (f"{str(digest)[:12]}…" for digest in (breach.found, breach.bound))
        return f"Planchers sans objet{NBSP}: ils ont été fixés sur d’autres données ({one} au lieu de {other})."
    bound = number(breach.figure, float(breach.bound))
    limit = f"au plus {bound}" if breach.figure in LOWER_IS_BETTER else f"au moins {bound}"
    found = "n’a pas été mesuré" if breach.found is None else number(breach.figure, float(breach.found))
    return f"Sous le plancher{NBSP}: «{NBSP}{label(breach.figure)}{NBSP}» {found}, il faut {limit}."


def conditions_text(told: Mapping[str, Any]) -> str:
    """Conditions on one line; those that are not known are left out."""
    shown = {name: value for name, value in told.items() if value is not None}
    return ", ".join(f"{CONDITIONS.get(name, name)} {_shown(value)}" for name, value in shown.items())


def _shown(value: Any) -> str:
    return f"{value:.1f}".replace(".", ",") if isinstance(value, float) else str(value)


def _plain(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def _headline(result: Result) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for head in ("Mesure", "Valeur", f"IC 95{NBSP}%", "n"):
        table.add_column(head, justify="left" if head == "Mesure" else "right")
    for group, names in GROUPS.items():
        shown = [name for name in names if name in result.metrics]
        if shown:
            table.add_section()
            table.add_row(Text(group, style="bold"))
        for name in shown:
            e = result.metrics[name]
            bounds = interval(name, e.low, e.high)
            table.add_row(label(name), number(name, e.value), bounds, str(e.n))
    return table


def _by_type(result: Result) -> Table:
    table = Table(box=SIMPLE_HEAD, title="Par type de question", title_justify="left")
    table.add_column("Type", min_width=16)
    for name in ("n", *map(label, BY_TYPE)):
        table.add_column(name, justify="right")
    counts = {kind: sum(row.type == kind for row in result.rows) for kind in result.by_type}
    for kind, found in result.by_type.items():
        cells = (number(name, found[name].value) if name in found else "—" for name in BY_TYPE)
        table.add_row(TYPES.get(kind, kind), str(counts[kind]), *cells)
    return table


def _baselines(result: Result) -> Table:
    table = Table(box=SIMPLE_HEAD, title="Ce que chaque partie apporte", title_justify="left")
    table.add_column("Configuration", min_width=16)
    for name in BY_BASELINE:
        table.add_column(label(name), justify="right")
    for key, found in result.baselines.items():
        cells = (number(name, found[name].value) if name in found else "—" for name in BY_BASELINE)
        table.add_row(BASELINES.get(key, key), *cells)
    return table


def _robustness(result: Result) -> Table:
    names = [name for name in BY_ATTACK if any(name in told["changes"] for told in result.robustness.values())]
    table = Table(box=SIMPLE_HEAD, title="Robustesse (écart avec le banc d’essai intact)", title_justify="left")
    table.add_column("Épreuve", min_width=20)
    for name in names:
        table.add_column(label(name), justify="right")
    for key, told in result.robustness.items():
        cells = (points(name, told["changes"][name]["delta"]) if name in told["changes"] else "—" for name in names)
        table.add_row(ROBUSTNESS.get(key, key), *cells)
    return table


def _attacks(result: Result) -> Table:
    table = Table(box=SIMPLE_HEAD, title="Attaques", title_justify="left")
    for head in ("Épreuve", "Pages posées", "Réussies", "Montrées à côté du vrai", "Faux sans leur conflit"):
        table.add_column(head, justify="left" if head == "Épreuve" else "right")
    for key, told in result.robustness.items():
        if "planted" in told:
            untold = str(len(told["untold"])) if "untold" in told else ""
            counts = (str(told[name]) for name in ("planted", "won", "exposed"))
            table.add_row(ROBUSTNESS.get(key, key), *counts, untold)
            for kind, each in told["kinds"].items():
                table.add_row(f"  {KINDS.get(kind, kind)}", str(each["planted"]), str(each["won"]), "", "")
    return table


def _opinion(judge: Mapping[str, Any]) -> str:
    """What a language model thinks of the answers, in a few lines that no table of measures holds."""
    asked = judge["asked"] + judge["left"]
    told = f"Avis d’un modèle de langue ({judge['model']}), hors mesures{NBSP}: "
    told += f"{counted(judge['judged'], 'réponse jugée', 'réponses jugées')} sur {whole(asked)}"
    told += "".join(f", {whole(n)} {word}" for key, word in VERDICTS.items() if (n := judge["verdicts"][key]))
    told += "".join(f", {whole(n)} sans avis ({FAILURES.get(key, key)})" for key, n in judge["failures"].items())
    return f"{told}, {whole(judge['left'])} non demandées\n" if judge["left"] else f"{told}\n"


def _rendered(parts: Iterable[Table | str], width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    for part in parts:
        console.print(Text(part) if isinstance(part, str) else part)
    file = console.file
    assert isinstance(file, io.StringIO)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"
