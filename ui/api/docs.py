"""The documentation of the REST door as one plain page made from its OpenAPI description: no script, no other host."""

import json
from collections.abc import Mapping
from typing import Any

from ui.escape import safe
from ui.french import NBSP
from ui.light.frame import page

_PLACES = {"query": "adresse", "path": "chemin"}


def page_of(description: Mapping[str, Any], root: str) -> str:
    """root: the path that the API is mounted under, as the browser sees it."""
    info = description["info"]
    parts = [
        f"<h1>Sourcier pour les programmes</h1><p>{safe(_plain(info['description']))}</p>",
        f'<p><a href="{safe(root)}/openapi.json">Description OpenAPI</a>, version {safe(info["version"])}.</p>',
    ]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation, description, root))
    return page("Pour les programmes", "".join(parts), root.removesuffix("/api/v1"))


def _operation(path: str, method: str, operation: Mapping[str, Any], description: Mapping[str, Any], root: str) -> str:
    name = f"{method.upper()} {path}"
    rows = [
        _row(each["name"], each["schema"], each, _PLACES.get(each["in"], each["in"]))
        for each in operation.get("parameters", ())
    ]
    body = operation.get("requestBody")
    example = ""
    if body:
        shape = _shape(body["content"]["application/json"]["schema"], description)
        required = shape.get("required", ())
        rows += [
            _row(field, schema, {"required": field in required, **schema}, "corps")
            for field, schema in shape.get("properties", {}).items()
        ]
        told = {
            field: schema["examples"][0]
            for field, schema in shape["properties"].items()
            if schema.get("examples") and field in required
        }
        sent = json.dumps(told, ensure_ascii=False).replace("'", "’")
        example = f"<pre>curl -H 'Content-Type: application/json' -d '{safe(sent)}' {safe(root + path)}</pre>"
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Nom", "Où", "Sens"))
    table = (
        '<div class="wide" tabindex="0" role="region" aria-label="Paramètres"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        if rows
        else ""
    )
    answers = ", ".join(sorted(operation["responses"]))
    return (
        f"<section><h2><code>{safe(name)}</code> {safe(operation['summary'])}</h2>{table}{example}"
        f'<p class="small">Réponses{NBSP}: {safe(answers)}.</p></section>'
    )


def _row(name: str, schema: Mapping[str, Any], about: Mapping[str, Any], place: str) -> str:
    needed = ", obligatoire" if about.get("required") else ""
    told = about.get("description") or schema.get("description") or schema.get("title", "")
    return f'<tr><th scope="row"><code>{safe(name)}</code></th><td>{place}{needed}</td><td>{safe(told)}</td></tr>'


def _shape(schema: Mapping[str, Any], description: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema, or the one that it refers to."""
    reference = schema.get("$ref", "")
    found: Mapping[str, Any] = (
        description["components"]["schemas"][reference.rsplit("/", 1)[-1]] if reference else schema
    )
    return found


def _plain(text: str) -> str:
    return text.replace("`", "")
