"""Options that several commands share."""

import argparse
from typing import Any

_FILTERS = {
    "as-of": ("DATE", "seulement ce qui était publié ce jour-là (AAAA-MM-JJ)"),
    "since": ("DATE", "publié ce jour-là ou après"),
    "until": ("DATE", "publié ce jour-là ou avant"),
    "ministry": ("NOM", "ministère, en entier ou en partie"),
    "publisher": ("NOM", "éditeur, en entier ou en partie"),
}


def add_filters(parser: argparse.ArgumentParser) -> None:
    """--as-of, --since, --until, --ministry, --publisher."""
    for name, (metavar, help_text) in _FILTERS.items():
        parser.add_argument(f"--{name}", metavar=metavar, help=help_text)


def filters(args: argparse.Namespace) -> dict[str, Any]:
    """The filters given, as keyword arguments of `Assistant.ask`."""
    return {name: getattr(args, name) for name in (key.replace("-", "_") for key in _FILTERS)}


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="résultat en JSON, pour un programme")
