"""Other values of what an answer says, as safe HTML in French: a block per series, and all of it as CSV.

A series is a dictionary of `Answer.conflicts`. Like `ui.render`: values in, a string out, every text escaped.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from corpus.records import Document
from rag import Answer
from ui.chart import chart
from ui.escape import clean, quoted, safe
from ui.french import NBSP, SERIES, about, count, day
from ui.sources import safe_address

COLUMNS = ("Valeur", "Arrêtée au", "Éditeur", "Publié le", "Citation")
_ORDER = tuple(SERIES)
_CSV_HEAD = ("serie", "mesure", "ministere", "valeur", "arretee_au", "editeur", "publie_le", "citation", "document",
             "adresse")  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t")
"""A cell that begins so would be computed by a spreadsheet; an apostrophe before it makes it text."""


def panel(reply: Answer, documents: Mapping[str, Document], anchor: str) -> str:
    """The series of an answer, conflicts first; "" when it has none.

    documents: by id; a value whose publication is missing stands without its link.
    """
    series = by_kind(reply.conflicts)
    if not series:
        return ""
    blocks = [_block(one, reply, documents, f"{anchor}-v{number}") for number, one in enumerate(series, 1)]
    address = f"data:text/csv;charset=utf-8,{quote(as_csv(series, documents))}"
    link = f'<p class="csv"><a download="sourcier-valeurs.csv" href="{address}">Télécharger ces valeurs (CSV)</a></p>'
    return f'<div class="series">{"".join(blocks)}{link}</div>'


def by_kind(series: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Series with the most pressing kind first."""
    return sorted(series, key=lambda one: _ORDER.index(one["kind"]))


def as_csv(series: Sequence[Mapping[str, Any]], documents: Mapping[str, Document]) -> str:
    """Every value of the series, a row each, as French spreadsheets open it: semicolons, UTF-8 with its mark."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(_CSV_HEAD)
    for one in series:
        for point in one["points"]:
            document = documents.get(point["doc"])
            cells = (SERIES[one["kind"]], one["measure"], one["body"], point["value"], point["as_of"],
                     point["publisher"], point["published"], point["quote"], point["doc"],
                     safe_address(document.url) if document else "")  # fmt: skip
            rows.writerow([_cell(cell or "") for cell in cells])
    return f"\ufeff{written.getvalue()}"


def _cell(text: str) -> str:
    text = clean(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _block(one: Mapping[str, Any], reply: Answer, documents: Mapping[str, Document], name: str) -> str:
    title, points = SERIES[one["kind"]], one["points"]
    drawing = chart(one) if one["kind"] == "evolution" else ""
    table = _table(one, reply, documents)
    if one["kind"] == "rounded":  # no disagreement: at hand, not in the way
        return f'<details class="rounded"><summary>{title}</summary>{table}</details>'
    if drawing:
        table = (
            f'<p class="measure">{safe(about(one))}</p>{drawing}'
            f"<details><summary>{count(len(points), 'valeur')} et leurs citations</summary>{table}</details>"
        )
    return f'<section class="{one["kind"]}" aria-labelledby="{name}"><h3 id="{name}">{title}</h3>{table}</section>'


def _table(one: Mapping[str, Any], reply: Answer, documents: Mapping[str, Document]) -> str:
    """Roles are said again because the phone's style lays rows out as blocks, which takes them from readers."""
    head = "".join(f'<th scope="col" role="columnheader">{column}</th>' for column in COLUMNS)
    rows = "".join(_row(point, reply, documents.get(point["doc"])) for point in one["points"])
    return (
        f'<table role="table"><caption>{safe(about(one))}</caption><thead role="rowgroup"><tr role="row">{head}</tr>'
        f'</thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _row(point: Mapping[str, Any], reply: Answer, document: Document | None) -> str:
    tag = '<span class="mine">réponse</span>' if is_cited(point, reply) else ""
    cells = (
        day(point["as_of"]) if point["as_of"] else "non précisé",
        _publisher(point, document),
        day(point["published"]),
        f'«{NBSP}<span dir="auto">{quoted(point["quote"].strip())}</span>{NBSP}»',
    )
    told = "".join(
        f'<td role="cell" data-label="{column}">{cell}</td>' for column, cell in zip(COLUMNS[1:], cells, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader"><bdi>{safe(point["value"])}</bdi>{tag}</th>{told}</tr>'


def _publisher(point: Mapping[str, Any], document: Document | None) -> str:
    """The publisher, linked to the page that the quote stands on."""
    name = f"<bdi>{safe(point['publisher'].strip() or 'Éditeur inconnu')}</bdi>"
    address = safe_address(document.url) if document else None
    number = document.page_at(point["start"]) if document else None
    page = f"{NBSP}<span>(page{NBSP}{number})</span>" if number else ""
    if document is None or address is None:
        return f"{name}{page}"
    if number and "#" not in address:
        address = f"{address}#page={number}"
    return (
        f'<a href="{safe(address)}" target="_blank" rel="noopener noreferrer nofollow" title="{safe(document.title)}">'
        f'{name}<span class="only-spoken"> (nouvel onglet)</span></a>{page}'
    )


def is_cited(point: Mapping[str, Any], reply: Answer) -> bool:
    """Whether a value is the answer's own: its sentence is cited."""
    return any(
        point["doc"] == citation.doc and citation.start < point["end"] and point["start"] < citation.end
        for sentence in reply.sentences
        for citation in sentence.citations
    )
