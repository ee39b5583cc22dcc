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


def add_filters(parser: argparse.ArgumentParser, *wanted: str) -> None:
    """--as-of, --since, --until, --ministry, --publisher, or those of them that are `wanted`."""
    for name in wanted or _FILTERS:
        metavar, help_text = _FILTERS[name]
        parser.add_argument(f"--{name}", metavar=metavar, help=help_text)


def filters(args: argparse.Namespace) -> dict[str, Any]:
    """The filters that the command has, as keyword arguments of `Assistant.ask`."""
    names = (key.replace("-", "_") for key in _FILTERS)
    return {name: getattr(args, name) for name in names if hasattr(args, name)}


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="résultat en JSON, pour un programme")
