"""The chat: a Gradio page on a FastAPI application, where the other doors stand beside it.

Earlier answers stay in the reader's browser (static/page.js moves them up), so
the server keeps of a conversation only the number of its questions and the
last one, from which a follow-up is understood.
"""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag import Assistant
from ui import DESCRIPTION
from ui.catalogue import Catalogue, kind_name
from ui.conversation import Conversation, stopped
from ui.desk import Desk
from ui.escape import safe
from ui.examples import examples_of
from ui.filters import FILTERS
from ui.french import NBSP, count, day
from ui.gate import Gate
from ui.page import STATIC, FrenchPage
from ui.theme import theme

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

_ALL = {"ministry": "Tous les ministères", "publisher": "Tous les éditeurs", "kind": "Tous les genres"}
_Asked = tuple[int, str, str]
"""Number of questions, the one under way, and the last one answered, in full, from which a follow-up is understood."""
_NOTHING: _Asked = (0, "", "")
_STATE_SECONDS = 6 * 3600  # a conversation left alone this long starts again from its first number
_SESSIONS = 500
"""Conversations whose last question is held, those used last. Gradio copies the page's description and the answer
shown for each, 120 KB (measured over 400 conversations), and holds 10,000 unless told; one that was dropped goes on,
from its first number and without what a follow-up is understood from."""
_WAITING = 64
"""Requests that may wait at all doors together: fifty programs at once are served in their turn."""


def application(assistant: Assistant, data: str | Path, gate: Gate | None = None) -> "FastAPI":
    """The application: the chat at "/", REST under /api/v1, the light pages beside them.

    data: the folder that the assistant was opened on; gate: lets questions in, whatever door they come by.
    """
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles
    from starlette.routing import Route

    from ui.api.routes import plain_health, rest
    from ui.light.routes import routes
    from ui.limits import Limits
    from ui.login import Login
    from ui.passwords import readers_of

    settings = assistant.settings
    gate = gate or Gate(waiting=_WAITING)
    desk = Desk(assistant, Path(data), gate, tell_questions=settings.log == "questions")
    app = FastAPI(title="Sourcier", openapi_url=None)
    if settings.login or settings.api_key:
        app.add_middleware(Login, readers=readers_of(settings.login), key=settings.api_key)
    app.add_middleware(FrenchPage)
    app.add_middleware(Limits, per_minute=settings.rate_per_minute)
    app.mount("/sourcier", StaticFiles(directory=STATIC))
    app.mount("/api/v1", rest(desk))
    app.router.routes += [Route("/healthz", lambda _: plain_health(desk)), *routes(desk)]
    gr.mount_gradio_app(
        app, page(assistant, desk.catalogue, gate), path="/", theme=theme(), footer_links=[],
        show_error=False, ssr_mode=False, run_history=False, max_file_size=1, enable_monitoring=False,
        favicon_path=str(STATIC / "mark.svg"), root_path=settings.root_path or None,
    )  # fmt: skip
    return app


def page(assistant: Assistant, offered: Callable[[], Catalogue], gate: Gate | None = None) -> "gr.Blocks":
    """The Gradio page. offered: the catalogue whose names the filters offer."""
    import gradio as gr

    conversation = Conversation(assistant, gate, lambda kind: offered().within(kind))
    first = offered()
    blocks = gr.Blocks(title="Sourcier", analytics_enabled=False)
    with blocks:
        asked = gr.State(_NOTHING, time_to_live=_STATE_SECONDS)
        with gr.Row(elem_id="top"):
            gr.HTML(_HEADER, elem_id="brand")
            save = gr.Button("Exporter", elem_id="save", size="sm")
            again = gr.Button("Nouvelle conversation", elem_id="again", size="sm")
        with gr.Column(elem_id="talk"):
            with gr.Column(elem_id="welcome"):
                gr.HTML(_welcome(assistant))
                examples = [gr.Button(text, elem_classes="example") for text in examples_of(first.cards)]
                gr.HTML(_DOORS)
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
            with gr.Accordion("Filtres", open=False, elem_id="filters"):
                with gr.Row():
                    days: list[Any] = [
                        gr.Textbox(label=label, placeholder="jj/mm/aaaa", max_lines=1, elem_classes="day")
                        for label in ("Comme si l’on était le", "Publié depuis le", "Publié jusqu’au")
                    ]
                with gr.Row():
                    names: list[Any] = [
                        gr.Dropdown(_choices(first, name), value="", label=label, allow_custom_value=True)
                        for name, label in _LABELS.items()
                    ]
            gr.HTML(_HINT)

        chosen = [*days, *names]  # in the order of FILTERS
        shown = [question, now, status, send, stop, asked]
        events = [
            gr.on(
                triggers, partial(_ask, conversation), inputs=[text, *chosen, asked], outputs=shown,
                js="(...args) => { window.sourcier.begin(...args); return args; }",
                show_progress="hidden", concurrency_limit=None, api_visibility="private",
            )
            for triggers, text in (([question.submit, send.click], question), *(([b.click], b) for b in examples))
        ]  # fmt: skip
        stop.click(
            _stopped, asked, shown, cancels=events, show_progress="hidden",
            queue=False, api_visibility="private",
        )  # fmt: skip
        save.click(None, js="() => window.sourcier.save()", api_visibility="private")
        again.click(
            lambda: _updates("", "", "", _NOTHING), None, shown, js="() => { window.sourcier.reset(); return []; }",
            cancels=events, show_progress="hidden", queue=False, api_visibility="private",
        )  # fmt: skip
        gr.on(
            [each.change for each in chosen], None, chosen, None, js="(...values) => window.sourcier.counted(values)",
            api_visibility="private",
        )  # fmt: skip
        blocks.load(
            lambda: _offer(offered()), None, names, show_progress="hidden", queue=False, api_visibility="private"
        ).then(None, None, [question, *chosen], js="() => window.sourcier.remembered()", api_visibility="private")
    blocks.state_session_capacity = _SESSIONS
    blocks.queue(default_concurrency_limit=None, api_open=False)
    return blocks


async def _ask(conversation: Conversation, *values: Any) -> AsyncIterator[Any]:
    """One question. Asynchronous, so that a stop does not wait for the thread that searches: it ends by itself."""
    import gradio as gr
    from anyio.to_thread import run_sync

    question, *chosen, asked = values
    number, last = asked[0] + 1, asked[2]
    filters = dict(zip(FILTERS, chosen, strict=True))
    steps = conversation.reply(question or "", filters, number, [last] if last else [])
    box: Any = ""
    while step := await run_sync(next, steps, None, abandon_on_cancel=True):
        under_way = "" if step.done else question
        state = number, under_way, step.understood or last
        yield _updates(question if step.retry else box, step.html, step.spoken, state)
        box = gr.skip()  # what is typed while the answer is under way stays


def _stopped(asked: _Asked) -> Any:
    number, question, last = asked
    step = stopped(question, number)
    return _updates(question, step.html, step.spoken, (number, "", last))


def _updates(box: Any, html: str, spoken: str, asked: _Asked) -> Any:
    import gradio as gr

    busy = bool(asked[1])
    return box, html, safe(spoken), gr.Button(visible=not busy), gr.Button(visible=busy), asked


def _choices(found: Catalogue, name: str) -> list[tuple[str, str]]:
    """(what is shown, value) of the names of a filter, each with its count."""
    facets = found.facets(name, {})
    shown = [kind_name(facet.name) if name == "kind" else facet.name for facet in facets]
    counted = [(f"{label} ({facet.count})", facet.name) for label, facet in zip(shown, facets, strict=True)]
    return [(_ALL[name], ""), *counted]


def _offer(found: Catalogue) -> Any:
    import gradio as gr

    return [gr.Dropdown(choices=_choices(found, name)) for name in _LABELS]


_LABELS = {"ministry": "Ministère", "publisher": "Éditeur", "kind": "Genre"}
_HEADER = (
    '<h1><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 3l7 9 7-9M12 12v5"/><circle cx="12" cy="21" r="1.6"/>'
    "</svg>Sourcier</h1>"
)
_DOORS = (
    '<nav id="doors" aria-label="Autres pages"><a href="./verifier">Vérifier une affirmation</a>'
    '<a href="./publications">Publications</a><a href="./lire">Lecture légère</a><a href="./methode">Méthode</a>'
    '<a href="./honnetete">Transparence</a></nav>'
)
_HINT = f'<p id="hint">Entrée pour demander. Chaque phrase d’une réponse est citée mot pour mot{NBSP}; vérifiez-la.</p>'


def _welcome(assistant: Assistant) -> str:
    state = assistant.state()
    until = f", jusqu’au{NBSP}{day(state.latest)}" if state.latest and state.latest.count("-") == 2 else ""
    return (
        f'<p class="promise">{safe(DESCRIPTION)}</p>'
        f'<p class="facts">{count(state.documents, "publication")}{until}.</p>'
    )
