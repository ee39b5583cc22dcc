"""A receipt as one HTML file that needs nothing else: to read, to print, to keep; `sourcier verify` reads it too."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ui.escape import safe
from ui.french import NBSP, count, day, filters_in_words, moment, typeset
from ui.light.frame import page
from ui.sources import safe_address

_ID = "sourcier-receipt"
EMBEDDED = rf'<script type="application/json" id="{_ID}">(.*?)</script>'
"""Where the page carries the receipt itself."""


def receipt_page(receipt: Mapping[str, Any]) -> str:
    """The page; every text of a publication escaped, the receipt itself inside as data that no browser runs."""
    publications = {each["id"]: each for each in receipt["publications"]}
    parts = [
        f'<h1>Reçu de preuve</h1><p class="promise"><bdi>{safe(receipt["question"])}</bdi></p>',
        f'<p class="facts">Établi le {moment(receipt["created"])} par {safe(receipt["software"])}.</p>',
        _sentences(receipt["sentences"], publications),
    ]
    if said := filters_in_words(receipt["filters"]):
        parts.insert(1, f'<p class="facts">Filtres{NBSP}: {safe(said)}</p>')
    if receipt["conflicts"]:
        parts.append(_values(receipt["conflicts"]))
    parts.append(f"<h2>Publications citées</h2>{''.join(map(_publication, receipt['publications']))}")
    parts.append(_seal(receipt))
    held = json.dumps(receipt, ensure_ascii=False).replace("<", "\\u003c")  # no "</script>" of a publication ends it
    parts.append(f'<script type="application/json" id="{_ID}">{held}</script>')
    return page("Reçu de preuve", "".join(parts), "", bare=True)


def _sentences(sentences: Sequence[Mapping[str, Any]], publications: Mapping[str, Mapping[str, Any]]) -> str:
    if not sentences:
        return '<div class="refusal"><p class="no">Le corpus ne répondait pas à cette question.</p></div>'
    parts = []
    for sentence in sentences:
        places = "".join(f"<li>{_place(each, publications)}</li>" for each in sentence["citations"])
        said = f'<blockquote dir="auto">«{NBSP}{safe(sentence["text"])}{NBSP}»</blockquote>'
        parts.append(f'{said}<ul class="small">{places}</ul>')
    return "".join(parts)


def _place(quote: Mapping[str, Any], publications: Mapping[str, Mapping[str, Any]]) -> str:
    known = publications.get(quote["doc"], {})
    page = f", page{NBSP}{quote['page']}" if quote.get("page") else ""
    return (
        f"<bdi>{safe(str(known.get('title', quote['doc'])))}</bdi>{page}, "
        f"caractères {quote['start']} à {quote['end']}, version {known.get('version', '?')}"
    )


def _values(conflicts: Sequence[Mapping[str, Any]]) -> str:
    listed = "".join(
        f"<li><strong><bdi>{safe(point['value'])}</bdi></strong>"
        f"{f' au{NBSP}' + day(point['as_of']) if point['as_of'] else ''}, <bdi>{safe(point['publisher'])}</bdi>, "
        f'{day(point["published"])}{NBSP}: «{NBSP}<span dir="auto">{safe(point["quote"].strip())}</span>{NBSP}»</li>'
        for series in conflicts
        for point in series["points"]
    )
    return f"<h2>Valeurs publiées</h2><ul>{listed}</ul>"


def _publication(known: Mapping[str, Any]) -> str:
    address = safe_address(known["url"])
    title = f"<bdi>{safe(known['title'].strip() or 'Sans titre')}</bdi>"
    linked = f'<a href="{safe(address)}" rel="noopener noreferrer nofollow">{title}</a>' if address else title
    original = known["original"]
    rows = [
        ("Éditeur", known["publisher"]),
        ("Ministère", known["ministry"]),
        ("Publiée le", day(known["published"])),
        ("Version", f"{known['version']}, lue le {moment(known['captured'])}"),
        ("Empreinte de la version (SHA\u2011256)", known["digest"]),
        ("Empreinte du texte (SHA\u2011256)", known["text_sha256"]),
    ]
    if original:
        rows.append(("Fichier d’origine récupéré le", moment(original["fetched"])))
        rows.append(("Empreinte du fichier d’origine (SHA\u2011256)", original["sha256"]))
    if known["withdrawn"]:
        rows.append(("Retirée le", moment(known["withdrawn"])))
    listed = "".join(f'<tr><th scope="row">{name}</th><td><bdi>{safe(value)}</bdi></td></tr>' for name, value in rows)
    return f"<h3>{linked}</h3><table><tbody>{listed}</tbody></table>"


def _seal(receipt: Mapping[str, Any]) -> str:
    corpus, signature = receipt["corpus"], receipt.get("signature")
    signed = (
        f"Signé avec la clé {signature['key_id']} ({signature['algorithm']})."
        if signature
        else "Ce reçu n’est pas signé : le dossier de données ne peut pas être écrit."
    )
    return (
        f"<h2>Contrôler ce reçu</h2><p>{safe(typeset(signed))} "
        f"Corpus{NBSP}: {count(corpus['documents'], 'publication')}, "
        f"génération {safe(str(corpus['generation']))}, empreinte <code>{safe(corpus['digest'][:16])}</code>.</p>"
        "<p>Gardez ce fichier, puis lancez, plus tard et sans réseau"
        f"{NBSP}:</p><pre>sourcier verify recu.html</pre>"
    )
