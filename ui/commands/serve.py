"""`serve`: the chat in a browser; `password`: who may enter."""

import argparse
import errno
import logging
import signal
import socket
import sys
from collections.abc import Callable
from getpass import getpass
from typing import TYPE_CHECKING

from corpus.errors import PortBusy, UsageError
from corpus.settings import Settings
from rag import Assistant, load_encoder

if TYPE_CHECKING:
    from fastapi import FastAPI

_LAST_PORT = 65535
_GRACE_SECONDS = 3  # answers under way are finished; event streams that idle are then cut


class Serve:
    """Opens the conversation and stays until Ctrl-C or SIGTERM."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", metavar="ADRESSE", help="adresse d’écoute (réglage « host », 127.0.0.1)")
        parser.add_argument("--port", type=int, metavar="PORT", help="port d’écoute (réglage « port », 7860)")

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        settings = Settings.load()
        port = settings.port if args.port is None else args.port
        host = args.host or settings.host
        with bind(host, port) as listener:
            # Opened first: a missing folder is said before the model's seconds are spent.
            with Assistant.open(args.data, settings):
                pass
            encoder = None if settings.retrieval == "lexical" else load_encoder(settings)
            with Assistant.open(args.data, settings, encoder=encoder) as assistant:
                from ui.web import application

                _log(settings.log)
                _serve(application(assistant, args.data), listener, host, settings.root_path)
        return 0


class Password:
    """The line of a reader, for the setting `login`. The password is typed, or comes on stdin."""

    @staticmethod
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", metavar="NOM")

    @staticmethod
    def run(args: argparse.Namespace) -> int:
        from ui.passwords import entry

        typed = getpass("Mot de passe\u00a0: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        print(entry(args.name, typed))
        return 0


def bind(host: str, port: int) -> socket.socket:
    """A socket bound, not yet listening; port 0 takes a free one. Raises PortBusy, UsageError."""
    if not 0 <= port <= _LAST_PORT:  # getaddrinfo would wrap it around
        raise UsageError(f"le port va de 0 à {_LAST_PORT}, et non {port}")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"l’adresse {host}:{port} n’existe pas sur cette machine") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortBusy(f"{host}:{port} is taken", host=host, port=port) from error
        raise UsageError(f"impossible d’écouter sur {host}:{port}") from error
    return listener


def _log(wanted: str) -> None:
    """Ours to stderr; the access logs of libraries, which hold addresses with questions, stay off."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if wanted != "errors":
        logging.getLogger("ui").setLevel(logging.INFO)


def _serve(app: "FastAPI", listener: socket.socket, host: str, root_path: str) -> None:
    import uvicorn

    shown = f"[{host}]" if ":" in host else host
    ready = f"La conversation est ouverte\u00a0: http://{shown}:{listener.getsockname()[1]}"

    class Server(uvicorn.Server):
        """Says that it is open when it really listens."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(ready, flush=True)

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
        root_path=root_path,
    )
    # uvicorn raises the signal that stopped it once more, for whoever was there before: nobody, so exit code 0.
    before: list[tuple[int, object]] = [(number, signal.signal(number, _nothing)) for number in _STOPS]
    try:
        Server(config).run(sockets=[listener])
    finally:
        for number, handler in before:
            signal.signal(number, handler)  # type: ignore[arg-type]


_STOPS = (signal.SIGINT, signal.SIGTERM)
_nothing: Callable[..., None] = lambda *_: None  # noqa: E731
