"""The chat: a Gradio page on a FastAPI application, where other doors can be opened beside it.

Earlier answers stay in the reader's browser (static/page.js moves them up), so
the server keeps of a conversation only the number of its questions.
"""

import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.store import Store
from rag import Assistant
from ui.conversation import Conversation, Gate, stopped
from ui.escape import safe
from ui.facets import Facets, facets
from ui.french import NBSP, count, day
from ui.page import DESCRIPTION, STATIC, FrenchPage
from ui.theme import theme

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

_ALL_MINISTRIES = ("Tous les ministères", "")
_ALL_PUBLISHERS = ("Tous les éditeurs", "")
_STATE_SECONDS = 6 * 3600  # a conversation left alone this long starts again from its first number


def application(assistant: Assistant, data: str | Path, gate: Gate | None = None) -> "FastAPI":
    """The application that serves the chat at "/".

    data: the folder that the assistant was opened on; gate: shared with other doors that ask the same assistant.
    """
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    app = FastAPI(title="Sourcier", openapi_url=None)
    app.add_middleware(FrenchPage)
    app.mount("/sourcier", StaticFiles(directory=STATIC))
    gr.mount_gradio_app(
        app, page(assistant, FacetsOf(assistant, Path(data)), gate), path="/", theme=theme(), footer_links=[],
        show_error=False, ssr_mode=False, run_history=False, max_file_size=1, enable_monitoring=False,
        favicon_path=str(STATIC / "mark.svg"),
    )  # fmt: skip
    return app


class FacetsOf:
    """The facets of the index that is open, read once per generation."""

    def __init__(self, assistant: Assistant, data: Path) -> None:
        self._assistant = assistant
        self._data = data
        self._guard = threading.Lock()
        self._known: tuple[str, Facets] | None = None

    def __call__(self) -> Facets:
        generation = self._assistant.state().generation
        with self._guard:
            if self._known is None or self._known[0] != generation:
                with Store.open(self._data) as store:
                    self._known = (generation, facets(store.current()))
            return self._known[1]


def page(assistant: Assistant, offered: Callable[[], Facets], gate: Gate | None = None) -> "gr.Blocks":
    """The Gradio page."""
    import gradio as gr

    conversation = Conversation(assistant, gate)
    first = offered()
    blocks = gr.Blocks(title="Sourcier", analytics_enabled=False)
    with blocks:
        asked = gr.State((0, ""), time_to_live=_STATE_SECONDS)  # number of questions, and the one under way
        with gr.Row(elem_id="top"):
            gr.HTML(_HEADER, elem_id="brand")
            again = gr.Button("Nouvelle conversation", elem_id="again", size="sm")
        with gr.Column(elem_id="talk"):
            with gr.Column(elem_id="welcome"):
                gr.HTML(_welcome(assistant))
                examples = [gr.Button(text, elem_classes="example") for text in first.examples]
            gr.HTML(elem_id="past")
            now = gr.HTML(elem_id="now")
            status = gr.HTML(elem_id="status")
        with gr.Column(elem_id="composer"):
            with gr.Row(elem_id="ask"):
                question = gr.Textbox(
                    label="Votre question", show_label=False, placeholder="Votre question",
                    lines=1, max_lines=5, autofocus=True, elem_id="question", container=False,
                    html_attributes=gr.InputHTMLAttributes(lang="fr", enterkeyhint="send", autocomplete="off"),
                )  # fmt: skip
                send = gr.Button("Demander", variant="primary", elem_id="send")
                stop = gr.Button("Arrêter", visible=False, elem_id="stop")
            with gr.Accordion("Filtres", open=False, elem_id="filters") as panel, gr.Row():
                as_of = gr.Textbox(
                    label="Publié au plus tard le", placeholder="jj/mm/aaaa", max_lines=1, elem_id="as-of"
                )
                ministry = gr.Dropdown([_ALL_MINISTRIES, *first.ministries], value="", label="Ministère")
                publisher = gr.Dropdown([_ALL_PUBLISHERS, *first.publishers], value="", label="Éditeur")
            gr.HTML(_HINT)

        chosen = [as_of, ministry, publisher]
        shown = [question, now, status, send, stop, asked]
        events = [
            gr.on(
                triggers, partial(_ask, conversation), inputs=[text, *chosen, asked], outputs=shown,
                js="(...args) => { window.sourcier.begin(args[0]); return args; }",
                show_progress="hidden", concurrency_limit=None, api_visibility="private",
            )
            for triggers, text in (([question.submit, send.click], question), *(([b.click], b) for b in examples))
        ]  # fmt: skip
        stop.click(
            _stopped, asked, shown, cancels=events, show_progress="hidden",
            queue=False, api_visibility="private",
        )  # fmt: skip
        again.click(
            lambda: _updates("", "", "", (0, "")), None, shown, js="() => { window.sourcier.reset(); return []; }",
            cancels=events, show_progress="hidden", queue=False, api_visibility="private",
        )  # fmt: skip
        gr.on(
            [as_of.change, ministry.change, publisher.change], _panel_label, chosen, panel,
            show_progress="hidden", queue=False, api_visibility="private",
        )  # fmt: skip
        blocks.load(
            lambda: _choices(offered()), None, [ministry, publisher],
            show_progress="hidden", queue=False, api_visibility="private",
        )  # fmt: skip
    blocks.queue(default_concurrency_limit=None, api_open=False)
    return blocks


async def _ask(conversation: Conversation, *values: Any) -> AsyncIterator[Any]:
    """One question. Asynchronous, so that a stop does not wait for the thread that searches: it ends by itself."""
    from anyio.to_thread import run_sync

    question, as_of, ministry, publisher, asked = values
    number = asked[0] + 1
    filters = {"as_of": as_of, "ministry": ministry, "publisher": publisher}
    steps = conversation.reply(question or "", filters, number)
    while step := await run_sync(next, steps, None, abandon_on_cancel=True):
        under_way = "" if step.done else question
        yield _updates(question if step.retry else "", step.html, step.spoken, (number, under_way))


def _stopped(asked: tuple[int, str]) -> Any:
    number, question = asked
    step = stopped(question, number)
    return _updates(question, step.html, step.spoken, (number, ""))


def _updates(box: str, html: str, spoken: str, asked: tuple[int, str]) -> Any:
    import gradio as gr

    busy = bool(asked[1])
    return box, html, safe(spoken), gr.Button(visible=not busy), gr.Button(visible=busy), asked


def _panel_label(*values: str | None) -> Any:
    import gradio as gr

    active = sum(1 for value in values if value)
    return gr.Accordion(label=f"Filtres ({active})" if active else "Filtres")


def _choices(found: Facets) -> Any:
    import gradio as gr

    return (
        gr.Dropdown(choices=[_ALL_MINISTRIES, *found.ministries]),
        gr.Dropdown(choices=[_ALL_PUBLISHERS, *found.publishers]),
    )


_HEADER = (
    '<h1><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 3l7 9 7-9M12 12v5"/><circle cx="12" cy="21" r="1.6"/>'
    "</svg>Sourcier</h1>"
)
_HINT = f'<p id="hint">Entrée pour demander. Chaque phrase d’une réponse est citée mot pour mot{NBSP}; vérifiez-la.</p>'


def _welcome(assistant: Assistant) -> str:
    state = assistant.state()
    until = f", jusqu’au{NBSP}{day(state.latest)}" if state.latest and state.latest.count("-") == 2 else ""
    return (
        f'<p class="promise">{safe(DESCRIPTION)}</p>'
        f'<p class="facts">{count(state.documents, "publication")}{until}.</p>'
    )
