"""The command `sourcier`: a table of commands, one error border, exit codes 0, 1, 2.

Results go to stdout, progress to stderr. 0: done; 1: the machine or the data
folder does not allow it (or a check failed); 2: the request is wrong.
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from corpus.errors import SourcierError, UsageError
from ui import DESCRIPTION
from ui.french import NBSP, typeset
from ui.messages import in_french, system_in_french

COMMANDS = {
    "ingest": ("ui.commands.collect:Ingest", "collecter les sites d’un catalogue"),
    "source": ("ui.commands.declare:Declare", "essayer une déclaration de source, ou enregistrer une page d’exemple"),
    "reextract": ("ui.commands.declare:Reextract", "relire hors ligne les pages archivées"),
    "add": ("ui.commands.collect:Add", "ajouter des fichiers (HTML, PDF, DOCX, TXT, MD, JSONL)"),
    "export": ("ui.commands.stock:Export", "écrire chaque document courant, un objet JSON par ligne"),
    "index": ("ui.commands.stock:Index", "mettre l’index à jour"),
    "ask": ("ui.commands.answer:Ask", "poser une question"),
    "search": ("ui.commands.answer:Search", "chercher des passages"),
    "serve": ("ui.commands.serve:Serve", "ouvrir la conversation dans le navigateur"),
    "password": ("ui.commands.serve:Password", "préparer l’entrée d’un lecteur, pour le réglage « login »"),
    "status": ("ui.commands.stock:Status", "dire ce que contient le dossier de données"),
    "verify": ("ui.commands.answer:Verify", "vérifier les citations d’une réponse, ou tout le dossier"),
    "verify-claim": (
        "ui.commands.answer:VerifyClaim",
        "dire si une affirmation est confirmée, contredite ou introuvable",
    ),
    "eval": ("ui.commands.measure:Eval", "mesurer la qualité sur une suite de questions"),
    "bench": ("ui.commands.measure:Bench", "mesurer la vitesse et la mémoire"),
}
"""Name -> (module:Class, help). A class has `configure(parser)` and `run(args) -> exit code`."""


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # JSON is UTF-8 whatever the terminal's locale
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = 1
    try:
        code = run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except OSError:  # `sourcier export | head`, or a full disk: the interpreter must not write again when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(argv: Sequence[str]) -> int:
    """Run one command; returns its exit code. argparse exits by itself on wrong usage (2) and help (0)."""
    name = next((word for word in argv if not word.startswith("-")), "")
    parser = _parser(name)
    args = parser.parse_args(argv)
    if not args.command:
        parser.print_help(sys.stderr)
        return 2
    try:
        code = int(args.run(args))
        sys.stdout.flush()  # here, where a full disk or a closed pipe can still be told
        return code
    except SourcierError as error:
        _tell(in_french(error))
        return 2 if isinstance(error, UsageError) else 1
    except BrokenPipeError:
        raise
    except OSError as error:
        _tell(system_in_french(error))
        return 1
    except KeyboardInterrupt:
        _tell(typeset("interrompu ; ce qui était enregistré est intact."))
        return 1


def _tell(message: str) -> None:
    print(f"sourcier{NBSP}: {message}", file=sys.stderr)


def _parser(wanted: str) -> argparse.ArgumentParser:
    """The parser; only the wanted command's module is imported."""
    parser = _French(prog="sourcier", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", metavar="COMMANDE", title="commandes")
    for name, (target, help_text) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
        if name == wanted:
            command.add_argument(
                "--data", type=Path, default=Path("data"), metavar="DOSSIER", help="dossier de données (./data)"
            )
            module, _, attribute = target.partition(":")
            implementation = getattr(import_module(module), attribute)
            implementation.configure(command)
            command.set_defaults(run=implementation.run)
    return parser


class _French(argparse.ArgumentParser):
    """argparse in French: its headings, and the messages that wrong usage gives."""

    _MESSAGES = (
        (r"unrecognized arguments: (.*)", r"option ou argument inconnu : \1"),
        (r"the following arguments are required: (.*)", r"il manque : \1"),
        (r"argument COMMANDE: invalid choice: (.*) \(choose from (.*)\)", r"commande inconnue : \1 (commandes : \2)"),
        (r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", r"\2 n’est pas un choix pour \1 (choix : \3)"),
        (r"argument (\S+): ignored explicit argument (.*)", r"l’option \1 n’attend pas de valeur"),
        (r"argument (\S+): expected one argument", r"l’option \1 attend une valeur"),
        (r"argument (\S+): expected at least one argument", r"l’option \1 attend au moins une valeur"),
        (r"argument (\S+): invalid \S+ value: (.*)", r"valeur incorrecte pour \1 : \2"),
        (r"argument (\S+): not allowed with argument (\S+)", r"\1 ne va pas avec \2"),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Formatter, allow_abbrev=False)  # type: ignore[arg-type]
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", action="help", help="afficher cette aide")

    def error(self, message: str) -> NoReturn:
        for pattern, french in self._MESSAGES:
            message = re.sub(pattern, french, message)
        self.print_usage(sys.stderr)
        self.exit(2, typeset(f"{self.prog} : {message}.\n"))


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: object, groups: object, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, f"Utilisation{NBSP}: " if prefix is None else prefix)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
