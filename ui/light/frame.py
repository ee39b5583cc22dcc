"""The frame of every page without JavaScript: one file, its style inside, a policy that runs and asks nothing else."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import HTMLResponse

from ui.escape import safe
from ui.french import typeset

NAVIGATION = (
    ("/", "Conversation"),
    ("/lire", "Lecture légère"),
    ("/verifier", "Vérifier"),
    ("/publications", "Publications"),
    ("/methode", "Méthode"),
    ("/honnetete", "Transparence"),
)
_STYLE = Path(__file__).parent.parent / "static" / "light.css"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%230b5c55' "
    "stroke-width='2.4'%3E%3Cpath d='M5 3l7 9 7-9M12 12v8'/%3E%3C/svg%3E"
)


def page(title: str, body: str, base: str, *, here: str = "", bare: bool = False, description: str = "") -> str:
    """A whole page. title: plain text; body: safe HTML; base: the path that the site is served under, "" at the root.

    here: the entry of NAVIGATION that is shown; bare: without navigation, for the reader panel and for receipts.
    """
    links = "".join(
        f'<a href="{safe(base + path)}"{" aria-current=page" if path == here else ""}>{name}</a>'
        for path, name in NAVIGATION[1:]
    )
    top = (
        f'<header><a class="skip" href="#contenu">Aller au contenu</a><nav aria-label="Pages">'
        f'<a class="home" href="{safe(base)}/">Sourcier</a>{links}</nav></header>'
    )
    foot = (
        "<footer>Chaque phrase citée se trouve mot pour mot dans sa publication. "
        f'<a href="{safe(base)}/api/v1/docs">Pour les programmes</a></footer>'
    )
    told = f'<meta name="description" content="{safe(description)}">' if description else ""
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{safe(title)}{'' if title == 'Sourcier' else ' — Sourcier'}</title>{told}"
        f'<link rel="icon" href="{_ICON}"><style>{style()}</style></head><body>'
        f'{"" if bare else top}<main id="contenu">{body}</main>{"" if bare else foot}</body></html>'
    )


def response(html: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    """`html` with a policy of its own: no script at all, no other host, framed by this site only."""
    return HTMLResponse(html, status, {"content-security-policy": policy(), **(headers or {})})


@cache
def policy() -> str:
    """The Content-Security-Policy of these pages."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )


@cache
def style() -> str:
    """The style sheet, on fewer bytes."""
    return " ".join(_STYLE.read_text(encoding="utf-8").split())


def notice(message: str, *, bad: bool = False) -> str:
    """An error or a remark, as a French sentence."""
    return f'<p class="notice{" bad" if bad else ""}">{safe(typeset(message))}</p>'
