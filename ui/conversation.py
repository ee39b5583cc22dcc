"""A question on its way through the chat: stages, answer, refusals and errors as steps of HTML. No Gradio here."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from corpus.errors import SourcierError
from rag import Assistant
from ui import render
from ui.current import documents_of, refreshed
from ui.filters import chosen as chosen_of
from ui.french import count, typeset
from ui.gate import Gate
from ui.messages import in_french
from ui.sources import publications

log = logging.getLogger(__name__)

Within = Callable[[str | None], frozenset[str] | None]

TURNS = 100
"""Questions in one conversation, after which a new one must be opened: bounds the page's size."""

FULL = "Beaucoup de questions arrivent en ce moment. Attendez quelques secondes, puis reposez la vôtre."
LONG_TALK = f"Cette conversation compte {TURNS} questions. Ouvrez-en une nouvelle pour continuer."
UNEXPECTED = "Une erreur inattendue empêche de répondre. Reposez la question ; si elle revient, prévenez l’opérateur."
STOPPED = "Recherche arrêtée."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to show now. spoken: for the live region; done: last step; retry: give the question back for correction.

    understood: the question that was answered, in full, from which the next one may follow; "" where there is none."""

    html: str
    spoken: str
    done: bool = False
    retry: bool = False
    understood: str = ""


class Conversation:
    """Questions of all visitors, against one assistant. Safe to use from several threads.

    within: from a kind of publications to the ids of those of that kind, None for all.
    """

    def __init__(self, assistant: Assistant, gate: Gate | None = None, within: Within | None = None) -> None:
        self._assistant = assistant
        self._gate = gate or Gate()
        self._within = within or (lambda _: None)

    def reply(
        self, question: str, filters: Mapping[str, str | None], number: int, after: Sequence[str] = ()
    ) -> Iterator[Step]:
        """Steps of the answer to the conversation's `number`-th question; the last one is done.

        after: the questions before it, as they were understood, that a follow-up is read from.
        """
        anchor = f"q{number}"
        question = question.encode("utf-8", "replace").decode("utf-8")  # lone surrogates, from broken clients
        if number > TURNS:
            yield _failed(question, LONG_TALK, anchor)
            return
        documents = count(self._assistant.state().documents, "publication")
        steps: SimpleQueue[Step] = SimpleQueue()

        def stage(message: str, spoken: str = "") -> None:
            steps.put(
                Step(html=render.turn(question, render.stage(message), anchor, keep=False), spoken=spoken or message)
            )

        stage(f"Recherche dans {documents}…", "Recherche en cours…")
        answering = Thread(
            target=lambda: steps.put(self._answered(question, filters, anchor, after, stage)), daemon=True
        )
        answering.start()
        while not (step := steps.get()).done:
            yield step
        yield step

    def _answered(
        self,
        question: str,
        filters: Mapping[str, str | None],
        anchor: str,
        after: Sequence[str],
        stage: Callable[[str], None],
    ) -> Step:
        """The last step; the stages before it are told to `stage`."""
        if not self._gate.enter():
            return _failed(question, FULL, anchor)
        try:
            with self._gate:
                chosen = chosen_of(filters)
                refreshed(self._assistant)
                answer = self._assistant.ask(
                    question,
                    as_of=chosen.get("as_of"),
                    since=chosen.get("since"),
                    until=chosen.get("until"),
                    ministry=chosen.get("ministry"),
                    publisher=chosen.get("publisher"),
                    within=self._within(chosen.get("kind")),
                    after=after,
                    found_passages=lambda found: stage(f"Lecture de {count(found, 'passage')}…"),
                )
                stage("Vérification des citations…")
                body = render.answer(answer, documents_of(self._assistant, publications(answer)), anchor, chosen)
        except SourcierError as error:
            return _failed(question, in_french(error), anchor)
        except Exception:
            log.exception("a question failed")  # without the question's text: it is the reader's own affair
            return _failed(question, UNEXPECTED, anchor)
        finally:
            self._gate.leave()
        return Step(
            html=render.turn(question, body, anchor),
            spoken=render.spoken(answer),
            done=True,
            understood="" if answer.notice else answer.understood or question,
        )


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
