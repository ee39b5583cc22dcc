"""Forms of the pages without JavaScript: one question or text, and the filters with the counts beside each name."""

from collections.abc import Sequence

from ui.catalogue import Catalogue, Facet, kind_name
from ui.escape import safe
from ui.filters import DAYS, FILTERS, Filters

_NAMES = 40
"""Names in one list, those with the most publications: keeps a page light; any other can be typed in the address."""
_LABELS = {
    "as_of": "Comme si l’on était le",
    "since": "Publié depuis le",
    "until": "Publié jusqu’au",
    "ministry": "Ministère",
    "publisher": "Éditeur",
    "kind": "Genre",
}
_ANY = {"ministry": "Tous les ministères", "publisher": "Tous les éditeurs", "kind": "Tous les genres"}


def ask_form(action: str, question: str, filters: Filters, catalogue: Catalogue) -> str:
    """The question and its filters."""
    return _form(
        action,
        f'<label for="q">Votre question</label><textarea id="q" name="q" rows="2" required>{safe(question)}</textarea>',
        filters_fold(filters, catalogue),
        "Demander",
    )


def claim_form(action: str, text: str, filters: Filters, catalogue: Catalogue) -> str:
    """A text to verify."""
    return _form(
        action,
        '<label for="texte">Une phrase ou un paragraphe</label>'
        f'<textarea id="texte" name="texte" rows="5" required>{safe(text)}</textarea>',
        filters_fold(filters, catalogue, ("as_of", "ministry")),
        "Vérifier",
    )


def list_form(action: str, words: str, filters: Filters, catalogue: Catalogue) -> str:
    """Words and filters of the list of publications."""
    return _form(
        action,
        '<label for="mots">Mots du titre, du ministère ou de l’éditeur</label>'
        f'<input id="mots" name="mots" type="search" value="{safe(words)}">',
        filters_fold(filters, catalogue, FILTERS[1:]),
        "Chercher",
    )


def filters_fold(filters: Filters, catalogue: Catalogue, names: Sequence[str] = FILTERS) -> str:
    """The filters, folded while none is set."""
    active = sum(1 for name in names if filters.get(name))
    fields = "".join(
        _day(name, filters.get(name)) if name in DAYS else _names(name, filters, catalogue) for name in names
    )
    summary = f"<summary>Filtres ({active})</summary>" if active else "<summary>Filtres</summary>"
    return f'<details{" open" if active else ""}>{summary}<div class="fields">{fields}</div></details>'


def _form(action: str, first: str, folded: str, button: str) -> str:
    return f'<form action="{safe(action)}" method="get" role="search">{first}{folded}<button>{button}</button></form>'


def _day(name: str, value: str | None) -> str:
    return (
        f'<div><label for="{name}">{_LABELS[name]}</label>'
        f'<input id="{name}" name="{name}" type="date" value="{safe(value or "")}"></div>'
    )


def _names(name: str, filters: Filters, catalogue: Catalogue) -> str:
    chosen = filters.get(name) or ""
    facets = catalogue.facets(name, {key: value for key, value in filters.items() if key != name})
    options = "".join(
        f'<option value="{safe(facet.name)}"{" selected" if facet.name == chosen else ""}>'
        f"{safe(kind_name(facet.name) if name == 'kind' else facet.name)} ({facet.count})</option>"
        for facet in offered(facets)
    )
    if chosen and all(facet.name != chosen for facet in offered(facets)):
        options = f'<option value="{safe(chosen)}" selected>{safe(chosen)}</option>{options}'
    return (
        f'<div><label for="{name}">{_LABELS[name]}</label><select id="{name}" name="{name}">'
        f'<option value="">{_ANY[name]}</option>{options}</select></div>'
    )


def offered(facets: Sequence[Facet]) -> list[Facet]:
    """The names of the most publications, in their order."""
    if len(facets) <= _NAMES:
        return list(facets)
    kept = set(sorted(facets, key=lambda facet: -facet.count)[:_NAMES])
    return [facet for facet in facets if facet in kept]
