"""A question on its way through the chat: stages, answer, refusals and errors as steps of HTML. No Gradio here."""

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import SourcierError, StateError
from corpus.records import Document
from rag import Answer, Assistant
from ui import render
from ui.french import count, typeset
from ui.messages import in_french
from ui.sources import publications

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Questions answered at the same time: one per core of the small machine that this is made for."""
WAITING = 16
"""Questions that may wait; the next one is told to come back."""
TURNS = 100
"""Questions in one conversation, after which a new one must be opened: bounds the page's size."""

FULL = "Beaucoup de questions arrivent en ce moment. Attendez quelques secondes, puis reposez la vôtre."
LONG_TALK = f"Cette conversation compte {TURNS} questions. Ouvrez-en une nouvelle pour continuer."
UNEXPECTED = "Une erreur inattendue empêche de répondre. Reposez la question ; si elle revient, prévenez l’opérateur."
STOPPED = "Recherche arrêtée."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to show now. spoken: for the live region; done: last step; retry: give the question back for correction."""

    html: str
    spoken: str
    done: bool = False
    retry: bool = False


class Gate:
    """Lets `at_once` callers in and `waiting` more wait."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._places = threading.Semaphore(at_once)
        self._guard = threading.Lock()
        self._left = at_once + waiting

    def enter(self) -> bool:
        """Reserve a turn; False when too many wait. Balance each True with one `leave`."""
        with self._guard:
            if self._left <= 0:
                return False
            self._left -= 1
            return True

    def leave(self) -> None:
        """Give the turn back."""
        with self._guard:
            self._left += 1

    def __enter__(self) -> None:
        self._places.acquire()

    def __exit__(self, *_: object) -> None:
        self._places.release()


class Conversation:
    """Questions of all visitors, against one assistant. Safe to use from several threads."""

    def __init__(self, assistant: Assistant, gate: Gate | None = None) -> None:
        self._assistant = assistant
        self._gate = gate or Gate()

    def reply(self, question: str, filters: Mapping[str, str | None], number: int) -> Iterator[Step]:
        """Steps of the answer to the conversation's `number`-th question; the last one is done."""
        anchor = f"q{number}"
        question = question.encode("utf-8", "replace").decode("utf-8")  # lone surrogates, from broken clients
        if number > TURNS:
            yield _failed(question, LONG_TALK, anchor)
            return
        documents = count(self._assistant.state().documents, "publication")
        yield Step(
            html=render.turn(question, render.stage(f"Recherche dans {documents}…"), anchor, keep=False),
            spoken="Recherche en cours…",
        )
        yield self._answered(question, filters, anchor)

    def _answered(self, question: str, filters: Mapping[str, str | None], anchor: str) -> Step:
        if not self._gate.enter():
            return _failed(question, FULL, anchor)
        try:
            with self._gate:
                chosen = {name: iso_day(value) if name in _DAYS else value or None for name, value in filters.items()}
                self._refresh()
                answer = self._assistant.ask(
                    question,
                    as_of=chosen.get("as_of"),
                    since=chosen.get("since"),
                    until=chosen.get("until"),
                    ministry=chosen.get("ministry"),
                    publisher=chosen.get("publisher"),
                )
                body = render.answer(answer, self._documents(answer), anchor, chosen)
        except SourcierError as error:
            return _failed(question, in_french(error), anchor)
        except Exception:
            log.exception("a question failed")  # without the question's text: it is the reader's own affair
            return _failed(question, UNEXPECTED, anchor)
        finally:
            self._gate.leave()
        return Step(html=render.turn(question, body, anchor), spoken=render.spoken(answer), done=True)

    def _refresh(self) -> None:
        try:
            self._assistant.refresh()
        except (StateError, OSError):
            log.warning("the newer index cannot be opened; answering from the one that is open", exc_info=True)

    def _documents(self, answer: Answer) -> dict[str, Document]:
        documents = {}
        for name in publications(answer):
            try:
                documents[name] = self._assistant.document(name)
            except KeyError:  # withdrawn by a newer index between the answer and here: its quotes are shown alone
                continue
        return documents


def stopped(question: str, number: int) -> Step:
    """What is shown when the reader stops the search."""
    return Step(
        html=render.turn(question, render.notice(STOPPED), f"q{number}", keep=False),
        spoken=STOPPED,
        done=True,
        retry=True,
    )


def _failed(question: str, message: str, anchor: str) -> Step:
    message = typeset(message)
    return Step(
        html=render.turn(question, render.notice(message), anchor, keep=False), spoken=message, done=True, retry=True
    )


_DAYS = ("as_of", "since", "until")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def iso_day(value: str | None) -> str | None:
    """A day as typed, "27/03/2025" or ISO 8601, as ISO 8601; other texts pass, for the filter's own error."""
    value = (value or "").strip()
    match = _FRENCH_DAY.fullmatch(value)
    if match:
        return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}"
    return value or None
