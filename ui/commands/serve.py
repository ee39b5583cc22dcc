"""`serve`: the chat in a browser."""

import argparse
import errno
import logging
import signal
import socket
from dataclasses import replace

from corpus.errors import PortBusy
from corpus.settings import Settings
from rag import Assistant
from rag.assistant import load_encoder

_GRACE_SECONDS = 3  # answers under way are finished; idle event streams are then cut


class Serve:
    """Opens the conversation and stays until Ctrl-C or SIGTERM."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", metavar="ADRESSE", help="adresse d’écoute (réglage « host », 127.0.0.1)")
        parser.add_argument("--port", type=int, metavar="PORT", help="port d’écoute (réglage « port », 7860)")

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        settings = Settings.load()
        settings = replace(settings, host=args.host or settings.host, port=settings.port if args.port is None else args.port)
        listener = _bind(settings.host, settings.port)
        try:
            _serve(args, settings, listener)
        finally:
            listener.close()
        return 0
