"""Errors of the REST door as problem details (RFC 9457), in French."""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from corpus.errors import Overloaded, SourcierError, StateError, UsageError
from ui.escape import clean
from ui.french import typeset
from ui.messages import in_french

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger(__name__)

MEDIA = "application/problem+json"
RETRY_SECONDS = 5
"""What a client is told to wait when the server is full."""
TITLES: Mapping[int, str] = {
    400: "Demande mal formée",
    401: "Non autorisé",
    404: "Introuvable",
    405: "Méthode non permise",
    413: "Demande trop volumineuse",
    415: "Type de contenu non pris en charge",
    422: "Demande impossible",
    429: "Trop de demandes",
    500: "Erreur interne",
    503: "Momentanément indisponible",
}
_DETAILS: Mapping[int, str] = {
    400: "Le corps de la demande ne se lit pas : envoyez du JSON correct, en UTF-8.",
    404: "Il n’y a rien à cette adresse. La documentation est à « /api/v1/docs ».",
    405: "Cette adresse ne prend pas cette méthode. La documentation est à « /api/v1/docs ».",
    415: "Envoyez du JSON, avec « Content-Type: application/json ».",
}
UNEXPECTED = "Une erreur inattendue empêche de répondre. Réessayez ; si elle revient, prévenez l’opérateur."
_FIELDS: Mapping[str, str] = {
    "missing": "ce champ manque",
    "extra_forbidden": "ce champ est inconnu",
    "string_type": "il faut un texte",
    "string_too_short": "le texte est trop court",
    "string_too_long": "le texte est trop long",
    "string_pattern_mismatch": "il faut une date AAAA-MM-JJ",
    "string_unicode": "il faut un texte en UTF-8",
    "int_parsing": "il faut un nombre entier",
    "int_type": "il faut un nombre entier",
    "int_from_float": "il faut un nombre entier",
    "int_parsing_size": "ce nombre est trop grand",
    "greater_than_equal": "il faut au moins {ge}",
    "less_than_equal": "il faut au plus {le}",
    "list_type": "il faut une liste",
    "too_long": "il y en a trop",
    "json_invalid": "ce n’est pas du JSON correct",
    "model_attributes_type": "il faut un objet JSON",
    "model_type": "il faut un objet JSON",
    "dict_type": "il faut un objet JSON",
}
"""Kind of a validation error -> what is told of the field."""


def problem(
    status: int, detail: str, *, code: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A problem document. code: a stable name for programs; more: further members."""
    content = {"type": "about:blank", "title": TITLES.get(status, "Erreur"), "status": status}
    content |= {"detail": typeset(clean(detail)), **({"code": code} if code else {}), **more}
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA)


def status_of(error: SourcierError) -> int:
    """422 for a request that cannot be honoured, 503 for a machine that cannot now, 500 for the rest."""
    return 422 if isinstance(error, UsageError) else 503 if isinstance(error, StateError) else 500


def install(app: "FastAPI") -> None:
    """Make every error of `app` a problem document."""
    app.add_exception_handler(SourcierError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, SourcierError)
    status = status_of(error)
    if status == 500 or (status == 503 and not isinstance(error, Overloaded)):
        log.warning("the server cannot answer: %s", error)
    headers = {"retry-after": str(RETRY_SECONDS)} if status == 503 else {}
    known = {name: error.details[name] for name in ("reason", "name", "length", "limit") if name in error.details}
    # paths of the machine are the operator's affair
    detail = in_french(error) if status == 422 or isinstance(error, Overloaded) else _UNAVAILABLE
    return problem(status, detail, code=type(error).__name__, headers=headers, **(known if status == 422 else {}))


_UNAVAILABLE = "Le corpus ou son index ne peut pas être lu en ce moment. Réessayez plus tard, ou prévenez l’opérateur."


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [{"field": _place(each["loc"]), "detail": typeset(_told(each))} for each in error.errors()]
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return problem(400, _DETAILS[400], code="bad_json")
    listed = " ; ".join(f"« {each['field']} » : {each['detail']}" for each in found)
    return problem(422, f"La demande est incorrecte. {listed}.", code="bad_request", errors=found)


def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    given = error.detail if isinstance(error.detail, str) and error.detail.startswith(_OURS) else ""
    detail = given.removeprefix(_OURS) or _DETAILS.get(error.status_code, UNEXPECTED)
    return problem(error.status_code, detail, headers=error.headers)


def _unexpected(_: Request, error: Exception) -> Response:
    log.error("a request failed", exc_info=error)  # without its text: it is the reader's own affair
    return problem(500, UNEXPECTED)


_OURS = "\u200b"  # begins the details that we wrote: the framework's own are English


def not_found(detail: str) -> HTTPException:
    """The error to raise for something that does not exist; detail: a French sentence."""
    return HTTPException(404, f"{_OURS}{detail}")


def _place(location: Sequence[object]) -> str:
    """Name of the field at fault: ("body", "question") -> "question"."""
    names = [str(part) for part in location if part not in ("body", "query", "path")]
    return clean(".".join(names)) or "corps de la demande"


def _told(error: Mapping[str, Any]) -> str:
    template = _FIELDS.get(error["type"], "valeur incorrecte")
    return template.format_map(error.get("ctx") or {}) if "{" in template else template
