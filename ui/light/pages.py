"""Bodies of the light pages: values in, safe HTML out."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote as percent

from corpus.records import Card, Document
from rag import Answer, ClaimVerdict
from ui import DESCRIPTION, render
from ui.catalogue import Catalogue, kind_name
from ui.escape import quoted, safe
from ui.filters import Filters, address
from ui.french import NBSP, capital, count, day, typeset
from ui.light import forms
from ui.light.frame import notice
from ui.reading import quoted_spans, reader_address

PER_PAGE = 20
"""Publications on a page of the list."""
_VERDICTS = {
    "confirmed": "Confirmé",
    "contradicted": "Contredit",
    "not_found": "Introuvable",
}
_MEANING = {
    "confirmed": "Une publication le dit.",
    "contradicted": "Une publication dit autre chose.",
    "not_found": "Le corpus ne permet ni de confirmer ni de contredire : ce silence ne prouve rien.",
}


def welcome(catalogue: Catalogue, examples: Sequence[str], base: str) -> str:
    """The empty page of /lire."""
    form = forms.ask_form(f"{base}/lire", "", {}, catalogue)
    listed = "".join(f'<li><a href="{safe(address(f"{base}/lire", each))}">{safe(each)}</a></li>' for each in examples)
    return (
        f'<h1>{safe(DESCRIPTION)}</h1><p class="facts">{count(len(catalogue.cards), "publication")}.</p>{form}'
        f"<h2>Par exemple</h2><ul>{listed}</ul>"
    )


def answered(
    answer: Answer, documents: Mapping[str, Document], question: str, filters: Filters, catalogue: Catalogue, base: str
) -> str:
    """A question, its answer and the form for the next one."""
    body = render.answer(answer, documents, "r", filters, base=base, scripted=False)
    form = forms.ask_form(f"{base}/lire", question, filters, catalogue)
    shown = question if len(question) <= 400 else f"{question[:400]}…"
    return f"<h1><bdi>{safe(shown.strip())}</bdi></h1>{body}<h2>Une autre question</h2>{form}"


def failed(question: str, message: str, filters: Filters, catalogue: Catalogue, base: str) -> str:
    """A question that could not be answered, given back for correction."""
    form = forms.ask_form(f"{base}/lire", question, filters, catalogue)
    return f"<h1>Lecture légère</h1>{notice(message, bad=True)}{form}"


def claims(
    text: str, verdicts: Sequence[ClaimVerdict] | None, documents: Mapping[str, Document], filters: Filters,
    catalogue: Catalogue, base: str, message: str = "",
) -> str:  # fmt: skip
    """The claim check; verdicts: None before a text is given; message: what went wrong."""
    parts = [
        "<h1>Vérifier une affirmation</h1>"
        '<p class="facts">Collez une phrase ou un paragraphe. Chaque phrase est comparée au corpus.</p>'
    ]
    if message:
        parts.append(notice(message, bad=True))
    parts.append(forms.claim_form(f"{base}/verifier", text, filters, catalogue))
    if verdicts is not None:
        told = [sum(one.status == status for one in verdicts) for status in _VERDICTS]
        summary = ", ".join(
            count(number, word, words)
            for number, (word, words) in zip(
                told, (("confirmée", "confirmées"), ("contredite", "contredites"), ("introuvable", "introuvables")),
                strict=True,
            )
        )  # fmt: skip
        listed = "".join(_verdict(one, documents, base) for one in verdicts)
        parts.append(f'<h2>{count(len(verdicts), "affirmation")}{NBSP}: {summary}</h2><ul class="cards">{listed}</ul>')
        if not verdicts:
            parts.append(notice("Ce texte ne contient aucune affirmation à vérifier."))
    return "".join(parts)


def _verdict(one: ClaimVerdict, documents: Mapping[str, Document], base: str) -> str:
    told = ""
    if one.value:
        told = f"{NBSP}: {safe(one.value)}"
        if one.status == "contradicted" and one.claimed:
            told += f" au lieu de {safe(one.claimed)}"
    tone = {"confirmed": "sure", "contradicted": "unsure", "not_found": "likely"}[one.status]
    quotes = []
    for citation in one.quotes:
        document = documents.get(citation.doc)
        title = safe(citation.title.strip() or "Sans titre")
        linked = title
        if document is not None:
            linked = f'<a href="{safe(reader_address(base, document, quoted_spans([citation])))}">{title}</a>'
        where = " · ".join(part for part in (safe(citation.publisher), day(citation.published)) if part)
        quotes.append(
            f'<blockquote dir="auto">«{NBSP}{quoted(citation.quote.strip())}{NBSP}»</blockquote>'
            f'<p class="where"><bdi>{linked}</bdi> — {where}</p>'
        )
    return (
        f'<li><p dir="auto">{quoted(one.claim)}</p><p><span class="tone {tone}">{_VERDICTS[one.status]}{told}</span>. '
        f'<span class="small">{typeset(_MEANING[one.status])}</span></p>{"".join(quotes)}</li>'
    )


def listing(
    cards: Sequence[Card], number: int, words: str, filters: Filters, catalogue: Catalogue, base: str, message: str = ""
) -> str:
    """The latest publications. number: page, from 1; cards: all that pass the filters."""
    path, last = f"{base}/publications", max(1, -(-len(cards) // PER_PAGE))
    shown = cards[(number - 1) * PER_PAGE : number * PER_PAGE]
    listed = "".join(
        f'<li><h3><a href="{safe(f"{base}/publication/{percent(card.id)}")}">'
        f"<bdi>{safe(card.title.strip() or 'Sans titre')}</bdi></a></h3>"
        f'<p class="where"><span>{safe(card.publisher)}</span><span>{day(card.published)}</span>'
        f"<span>{safe(kind_name(card.kind))}</span>"
        f'<span class="ministry"><bdi>{safe(card.ministry)}</bdi></span></p></li>'
        for card in shown
    )
    turns = []
    for label, wanted, rel in (("← Plus récentes", number - 1, "prev"), ("Plus anciennes →", number + 1, "next")):
        if 1 <= wanted <= last:
            target = address(path, "", filters, mots=words, page=wanted)
            turns.append(f'<a rel="{rel}" href="{safe(target)}">{label}</a>')
    found = count(len(cards), "publication")
    return (
        f"<h1>Publications</h1>{notice(message, bad=True) if message else ''}"
        f"{forms.list_form(path, words, filters, catalogue)}"
        f'<h2>{found}{f", page {number} sur {last}" if last > 1 else ""}</h2><ul class="cards">{listed}</ul>'
        f'<nav class="pages" aria-label="Pages de la liste">{"".join(turns)}</nav>'
    )


def missing(message: str, base: str) -> str:
    """Something that is not there."""
    return (
        f"<h1>Introuvable</h1>{notice(message, bad=True)}"
        f'<p><a href="{safe(base)}/publications">{capital("voir les publications")}</a></p>'
    )
