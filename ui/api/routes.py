"""The REST door: a FastAPI application to be mounted at /api/v1. Each route asks the desk and returns its values."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Path, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, RedirectResponse, Response

from corpus.errors import StateError
from corpus.store import Store
from rag import Answer
from ui import DESCRIPTION
from ui.api import docs, models
from ui.api.problems import MEDIA, TITLES, install, not_found
from ui.desk import Desk, Publication
from ui.filters import Filters, address
from ui.light.frame import response
from ui.receipts.key import public_key
from ui.receipts.make import receipt_of

_ASK = "Questions"
_READ = "Publications"
_STATE = "État"
Responses = dict[int | str, dict[str, Any]]
_ERRORS: Responses = {
    status: {
        "description": TITLES[status],
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in (400, 401, 404, 413, 415, 422, 429, 503)
}
_ASKING: Responses = {status: _ERRORS[status] for status in (400, 401, 413, 415, 422, 429, 503)}
_READING: Responses = {status: _ERRORS[status] for status in (401, 404, 422, 503)}
_STANDING: Responses = {status: _ERRORS[status] for status in (401, 503)}
_DESCRIPTION = (
    "Pose une question en français sur ce que des ministères ont publié, et reçoit des phrases citées mot pour mot : "
    "`texte[start:end] == quote`. Une clé n’est demandée que si l’opérateur a fermé le service : elle s’envoie dans "
    "l’en-tête `Authorization: Bearer`, ou le nom et le mot de passe d’un lecteur dans `Authorization: Basic`. Les "
    "erreurs suivent la RFC 9457 (`application/problem+json`), en français. Trop de demandes d’une même adresse "
    "reçoivent 429, un serveur plein répond 503 ; l’en-tête `Retry-After` dit combien de secondes attendre."
)


def rest(desk: Desk) -> FastAPI:
    """The application. Its own documentation and errors; nothing of it asks another host."""
    app = FastAPI(
        title="Sourcier", version=version("sourcier"), description=_DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", redirect_slashes=False,
    )  # fmt: skip
    install(app)
    _add_questions(app, desk)
    _add_publications(app, desk)
    _add_state(app, desk)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _add_questions(app: FastAPI, desk: Desk) -> None:
    async def ask(asked: models.Question, request: Request) -> Any:
        filters = asked.filters()
        answer = await desk.turn(lambda: desk.ask(asked.question, filters, asked.after))
        return answer.to_dict() | {"permalink": _permalink(answer, filters, request)}

    async def search(asked: models.Lookup, request: Request) -> Any:
        wanted = asked.offset + asked.limit
        found = await desk.turn(lambda: desk.search(asked.question, asked.filters(), wanted + 1))
        items = [asdict(item) for item in found[asked.offset : wanted]]
        return _page(items, asked, request, more=len(found) > wanted)

    async def verify_claim(asked: models.Claims) -> Any:
        filters = {"as_of": asked.as_of or None, "ministry": asked.ministry or None}
        return {"items": [asdict(one) for one in await desk.turn(lambda: desk.verify(asked.text, filters))]}

    async def receipt(asked: models.Question) -> Any:
        filters = asked.filters()
        return await desk.turn(lambda: receipt_of(desk, desk.ask(asked.question, filters, asked.after), filters))

    _both(app, "/ask", ask, models.Question, models.Reply, "Poser une question")
    _both(app, "/search", search, models.Lookup, models.Passages, "Chercher des passages")
    _both(app, "/verify-claim", verify_claim, models.Claims, models.Verdicts, "Vérifier les affirmations d’un texte")
    _both(app, "/receipt", receipt, models.Question, dict[str, Any], "Obtenir un reçu de preuve signé")


def _both(app: FastAPI, path: str, call: Callable[..., Any], asked: Any, given: Any, summary: str) -> None:
    """One call by GET, parameters in the address, and by POST, parameters in a JSON body."""
    name = path.strip("/").replace("-", "_")
    with_request = "request" in call.__annotations__

    async def by_get(request: Request, values: Any) -> Any:
        return await (call(values, request) if with_request else call(values))

    async def by_post(request: Request, values: Any) -> Any:
        return await (call(values, request) if with_request else call(values))

    by_get.__annotations__ |= {"values": Annotated[asked, Query()]}
    by_post.__annotations__ |= {"values": asked}
    options: dict[str, Any] = {"response_model": given, "responses": _ASKING, "tags": [_ASK], "summary": summary}
    app.get(path, operation_id=f"{name}_get", **options)(by_get)
    app.post(path, operation_id=name, **options)(by_post)


def _add_publications(app: FastAPI, desk: Desk) -> None:
    @app.get(
        "/documents", operation_id="documents", response_model=models.Cards, responses=_READING, tags=[_READ],
        summary="Lister les publications, la plus récente d’abord",
    )  # fmt: skip
    def documents(asked: Annotated[models.Listing, Query()], request: Request) -> Any:
        cards = desk.catalogue().select(asked.filters(), asked.words or "")
        items = [asdict(card) for card in cards[asked.offset : asked.offset + asked.limit]]
        found = _page(items, asked, request, more=len(cards) > asked.offset + asked.limit)
        return found | {"total": len(cards)}

    @app.get(
        "/documents/{doc:path}", operation_id="document", response_model=models.Document, responses=_READING,
        tags=[_READ], summary="Lire une publication et la liste de ses versions",
    )  # fmt: skip
    def document(
        doc: Annotated[str, Path(description="Identifiant de la publication.")],
        version: Annotated[int | None, Query(ge=1, le=1_000_000, description="Numéro de version.")] = None,
    ) -> Any:
        try:
            publication = desk.publication(doc)
        except KeyError:
            raise not_found("Aucune publication ne porte cet identifiant.") from None
        try:
            return _document(publication, version)
        except KeyError:
            raise not_found(f"Cette publication n’a pas de version {version}.") from None


def _add_state(app: FastAPI, desk: Desk) -> None:
    @app.get(
        "/status", operation_id="status", response_model=models.Status, responses=_STANDING, tags=[_STATE],
        summary="Connaître l’état du corpus et de l’index",
    )  # fmt: skip
    def status() -> Any:
        return {"version": app.version, "receipts": public_key(desk.data), **desk.status()}

    @app.get(
        "/healthz", operation_id="healthz", response_model=models.Health, responses=_STANDING, tags=[_STATE],
        summary="Savoir si le service répond",
    )  # fmt: skip
    def healthz() -> Any:
        return health(desk)

    @app.get("/docs", include_in_schema=False)
    def documentation(request: Request) -> Response:
        return response(docs.page_of(app.openapi(), str(request.scope.get("root_path", ""))))

    @app.get("/", include_in_schema=False)
    def index(request: Request) -> Response:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")


def health(desk: Desk) -> dict[str, str]:
    """{"status": "ok"} while the corpus opens. Raises StateError."""
    desk.state()
    with Store.open(desk.data):
        return {"status": "ok"}


def plain_health(desk: Desk) -> Response:
    """The same for /healthz at the root, where load balancers look."""
    try:
        return JSONResponse(health(desk))
    except StateError:
        return JSONResponse({"status": "unavailable"}, 503)


def _permalink(answer: Answer, filters: Filters, request: Request) -> str:
    site = str(request.scope.get("root_path", "")).removesuffix("/api/v1")
    return address(f"{site}/lire", answer.understood or answer.question, filters)


def _page(
    items: Sequence[Any], asked: models.Lookup | models.Listing, request: Request, *, more: bool
) -> dict[str, Any]:
    """Items of a list with the address of what follows, to be fetched by GET."""
    following, offset = None, asked.offset + asked.limit
    if more and offset <= (models.MOST if isinstance(asked, models.Lookup) else models.FURTHEST):
        values = asked.model_dump(exclude_none=True) | {"offset": offset}
        following = f"{request.url.path}?{urlencode(values)}"
    return {"items": list(items), "limit": asked.limit, "offset": asked.offset, "next": following}


def _document(publication: Publication, number: int | None) -> dict[str, Any]:
    shown = publication.version(number)
    original = publication.original
    kept = [{"number": each.number, "captured": each.captured, "digest": each.digest} for each in publication.versions]
    return shown.document.to_record() | {
        "version": kept[publication.versions.index(shown)],
        "versions": kept,
        "indexed_version": publication.indexed,
        "withdrawn": publication.withdrawn,
        "original": original
        and {"url": original.url, "fetched": original.fetched, "digest": original.digest, "kept": publication.kept},
    }


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The description with the shape of errors, which no route returns by itself."""
    if app.openapi_schema is None:
        described = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, summary=DESCRIPTION
        )
        shapes = described.setdefault("components", {}).setdefault("schemas", {})
        shapes["Problem"] = models.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes |= shapes["Problem"].pop("$defs", {})
        app.openapi_schema = described
    return app.openapi_schema
