"""The routes of the pages without JavaScript: each reads its address, asks the desk, and frames a body."""

import json
import logging
import re
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from corpus.errors import Overloaded, SourcierError
from corpus.records import Document
from rag import ClaimVerdict
from ui.api.problems import RETRY_SECONDS, UNEXPECTED, status_of
from ui.current import documents_of
from ui.desk import Desk
from ui.examples import examples_of
from ui.filters import DAYS, Filters, chosen
from ui.light import honesty, pages
from ui.light.frame import notice, page, policy, response
from ui.messages import in_french
from ui.reading import reader, spans_of, wanted_version
from ui.receipts.key import public_key
from ui.receipts.make import receipt_of
from ui.receipts.page import receipt_page
from ui.sheets import Sheet, picture, sheet

log = logging.getLogger(__name__)

_RUNS = 10
_FIGURES = Path(__file__).with_name("figures.toml")
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
"""For the page of another site that we kept: nothing of it runs, and nothing is fetched."""
_ABSENT = "Aucune publication ne porte cet identifiant. Elle a peut-être changé d’adresse : cherchez-la par son titre."

Page = Callable[[Desk, Request, str], Awaitable[Response]]


def routes(desk: Desk) -> list[Route]:
    """All of them."""
    table: dict[str, Page] = {
        "/lire": _read,
        "/verifier": _verify,
        "/publications": _publications,
        "/publication/{doc:path}": _publication,
        "/page/{number:int}/{doc:path}": _picture,
        "/original/{doc:path}": _original,
        "/recu": _receipt,
        "/recu.json": _receipt,
        "/honnetete": _honesty,
        "/methode": _method,
    }
    return [Route(path, partial(_guarded, desk, shown)) for path, shown in table.items()]


async def _guarded(desk: Desk, shown: Page, request: Request) -> Response:
    """One page; every error as a page in French with its status."""
    base = str(request.scope.get("root_path", ""))
    try:
        return await shown(desk, request, base)
    except SourcierError as error:
        status = status_of(error)
        headers = {"retry-after": str(RETRY_SECONDS)} if status == 503 else {}
        told = in_french(error) if status == 422 or isinstance(error, Overloaded) else UNEXPECTED
        if status != 422 and not isinstance(error, Overloaded):
            log.warning("a page cannot be shown: %s", error)
        return response(page("Impossible", f"<h1>Impossible</h1>{notice(told, bad=True)}", base), status, headers)
    except Exception:
        log.exception("a page failed")
        return response(page("Erreur", f"<h1>Erreur</h1>{notice(UNEXPECTED, bad=True)}", base), 500)


async def _read(desk: Desk, request: Request, base: str) -> Response:
    values = request.query_params
    question, filters = values.get("q", ""), chosen(values)
    catalogue = await run_sync(desk.catalogue)
    if not question.strip():
        body = pages.welcome(catalogue, await run_sync(partial(examples_of, catalogue.cards)), base)
        return response(page("Lecture légère", body, base, here="/lire"))
    try:
        answer = await desk.turn(lambda: desk.ask(question, filters))
    except SourcierError as error:
        status = status_of(error)
        if status != 422:
            raise
        filters = _sound(filters)
        body = pages.failed(question[:4000], in_french(error), filters, catalogue, base)
        return response(page("Lecture légère", body, base, here="/lire"), status)
    documents = await run_sync(partial(desk.documents, answer))
    body = pages.answered(answer, documents, question, filters, catalogue, base)
    return response(page(question[:120], body, base, here="/lire", description=answer.text[:200]))


def _sound(filters: Filters) -> dict[str, str | None]:
    """Filters without the days that cannot be: the form shows the rest."""
    good = {name: _day(value) if name in DAYS else value for name, value in filters.items()}
    return good | ({"since": None} if (good.get("since") or "") > (good.get("until") or "9") else {})


def _day(value: str | None) -> str | None:
    try:
        return date.fromisoformat(value or "").isoformat()
    except ValueError:
        return None


async def _verify(desk: Desk, request: Request, base: str) -> Response:
    text, filters = request.query_params.get("texte", ""), chosen(request.query_params)
    catalogue = await run_sync(desk.catalogue)
    verdicts, documents, message, status = None, {}, "", 200
    if text.strip():
        try:
            verdicts = await desk.turn(lambda: desk.verify(text, filters))
            documents = await run_sync(partial(_quoted, desk, verdicts))
        except SourcierError as error:
            status = status_of(error)
            if status != 422:
                raise
            message, filters = in_french(error), _sound(filters)
    body = pages.claims(text[:4000], verdicts, documents, filters, catalogue, base, message)
    return response(page("Vérifier une affirmation", body, base, here="/verifier"), status)


def _quoted(desk: Desk, verdicts: Sequence[ClaimVerdict]) -> dict[str, Document]:
    return documents_of(desk.assistant, {citation.doc for one in verdicts for citation in one.quotes})


async def _publications(desk: Desk, request: Request, base: str) -> Response:
    values = request.query_params
    filters, words = chosen(values), values.get("mots", "")[:200]
    number = int(values["page"]) if re.fullmatch(r"[1-9]\d{0,5}", values.get("page", "")) else 1
    catalogue = await run_sync(desk.catalogue)
    message, status = "", 200
    try:
        cards = catalogue.select(filters, words)
    except SourcierError as error:
        message, status, filters = in_french(error), status_of(error), _sound(filters)
        cards = []
    number = min(number, max(1, -(-len(cards) // pages.PER_PAGE)))
    body = pages.listing(cards, number, words, filters, catalogue, base, message)
    return response(page("Publications", body, base, here="/publications"), status)


async def _publication(desk: Desk, request: Request, base: str) -> Response:
    values, bare = request.query_params, "cadre" in request.query_params
    try:
        publication = await run_sync(desk.publication, request.path_params["doc"])
    except KeyError:
        return response(page("Introuvable", pages.missing(_ABSENT, base), base, bare=bare), 404)
    told = ""
    try:
        shown = wanted_version(publication, values.get("v", ""))
    except KeyError:
        return response(
            page("Introuvable", pages.missing("Cette publication n’a pas cette version.", base), base, bare=bare), 404
        )
    since = None
    if before := values.get("depuis"):
        try:
            since = wanted_version(publication, before)
        except KeyError:
            told = notice("La version à comparer n’existe pas.", bad=True)
    spans, good = spans_of(values.getlist("c"), shown.document)
    if not good:
        told += notice("Une citation demandée n’est pas dans cette version du texte.", bad=True)
    pictured = {number for span in spans if (number := shown.document.page_at(span.start))}
    sheets: dict[int, Sheet] = {}
    if pictured and publication.kept and shown is publication.current:
        sheets = await run_sync(lambda: _sheets(desk, request.path_params["doc"], pictured, spans))
    body = told + reader(publication, shown, spans, base, sheets=sheets, since=since)
    if bare:  # links in the panel must not lose it; those that leave open a tab of their own
        body = body.replace("?v=", "?cadre=1&amp;v=")
    return response(page(shown.document.title.strip() or "Publication", body, base, here="/publications", bare=bare))


def _sheets(desk: Desk, doc: str, numbers: set[int], spans: Sequence[Any]) -> dict[int, Sheet]:
    publication = desk.publication(doc)
    try:
        _, body, _ = desk.original(publication)
    except (KeyError, SourcierError):
        return {}
    found = {number: sheet(body, number, publication.current.document, spans) for number in sorted(numbers)}
    return {number: one for number, one in found.items() if one is not None}


async def _picture(desk: Desk, request: Request, base: str) -> Response:
    number = request.path_params["number"]
    found = await desk.turn(lambda: _png(desk, request.path_params["doc"], number))
    if found is None:
        return response(page("Introuvable", pages.missing("Cette page n’a pas d’image.", base), base), 404)
    return Response(found, media_type="image/png", headers={"cache-control": "private, max-age=3600"})


def _png(desk: Desk, doc: str, number: int) -> bytes | None:
    try:
        publication = desk.publication(doc)
        if not 1 <= number <= len(publication.current.document.pages):
            return None
        _, body, _ = desk.original(publication)
    except (KeyError, SourcierError):
        return None
    return picture(body, number)


async def _original(desk: Desk, request: Request, base: str) -> Response:
    try:
        publication = await run_sync(desk.publication, request.path_params["doc"])
        visit, body, kind = await run_sync(desk.original, publication)
    except KeyError:
        return response(page("Introuvable", pages.missing("Aucune copie n’a été archivée.", base), base), 404)
    plain = kind.split(";")[0].strip().lower()
    headers = {"content-security-policy": _SANDBOX, "x-robots-tag": "noindex", "memento-datetime": visit.fetched}
    if plain in ("text/html", "application/xhtml+xml", "text/plain"):
        return Response(body, headers=headers | {"content-type": kind})
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", visit.url.rsplit("/", 1)[-1])[:80] or "original"
    headers["content-disposition"] = f'attachment; filename="{name}"'
    return Response(body, media_type="application/octet-stream", headers=headers)


async def _receipt(desk: Desk, request: Request, base: str) -> Response:
    values = request.query_params
    question, filters = values.get("q", ""), chosen(values)
    receipt = await desk.turn(lambda: receipt_of(desk, desk.ask(question, filters), filters))
    stem = f"sourcier-recu-{receipt['created'][:10]}"
    if request.url.path.endswith(".json"):
        text = json.dumps(receipt, ensure_ascii=False, indent=2)
        kind, name, body = "application/json", f"{stem}.json", text
    else:
        kind, name, body = "text/html; charset=utf-8", f"{stem}.html", receipt_page(receipt)
    held = "attachment" if "garder" in values else "inline"
    headers = {"content-disposition": f'{held}; filename="{name}"', "content-security-policy": policy()}
    return Response(body, media_type=kind, headers=headers)


async def _honesty(desk: Desk, request: Request, base: str) -> Response:
    status, runs = await run_sync(desk.status), await run_sync(desk.runs, _RUNS)
    body = honesty.honesty(status, runs, await run_sync(public_key, desk.data))
    return response(page("Transparence", body, base, here="/honnetete"))


async def _method(desk: Desk, request: Request, base: str) -> Response:
    figures = tomllib.loads(_FIGURES.read_text(encoding="utf-8"))["suite"]
    return response(page("Méthode", honesty.method(figures), base, here="/methode"))
