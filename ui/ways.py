"""What a reader can do with an answer, and notes on it: safe HTML that `ui.render` puts around the quotes."""

from collections.abc import Mapping, Sequence
from datetime import date

from corpus.records import Document, Span
from rag import Answer, Sentence
from ui.escape import clean, safe
from ui.filters import Filters, address
from ui.fragments import live
from ui.french import NBSP, capital, day, typeset
from ui.reading import reader_address
from ui.references import markdown, references, with_source
from ui.sources import Source, safe_address

NOTICES: Mapping[str, str] = {
    "language": "Sourcier ne lit que des questions en français.",
    "private": "Cette question porte sur la vie privée d’une personne : Sourcier n’y répond pas.",
    "insult": "Sourcier ne répond pas à une insulte. Posez une question sur ce que les ministères ont publié.",
    "instructions": "Sourcier répond à des questions ; il ne suit pas d’instructions.",
    "future": "Cette question porte sur ce qui n’est pas encore arrivé : aucune publication ne peut le dire.",
    "filters": "Les filtres ne laissent aucune publication où chercher.",
}
"""Code of `Answer.notice` -> why the question is not answered."""
VERDICTS = {"yes": "Oui", "no": "Non"}
"""`Answer.verdict` -> what stands before the quotes."""


def actions(reply: Answer, filters: Filters, base: str, consulted: date, *, scripted: bool) -> str:
    """Copy, keep, share. scripted: the page has a script that copies; without one the texts are shown to be selected.

    The addresses carry the question and its filters: they stay good.
    """
    asked = reply.understood or reply.question  # a follow-up says nothing without the questions before it
    links = [
        (address(f"{base}/", asked, filters), "Adresse permanente", "permalink"),
        (address(f"{base}/lire", asked, filters), "Version à imprimer", "print"),
    ]
    if reply.sentences:
        links.append((address(f"{base}/recu", asked, filters), "Reçu de preuve", "receipt"))
        links.append((address(f"{base}/recu.json", asked, filters, garder=1), "Reçu (JSON)", "receipt-json"))
    if not scripted:
        links = [link for link in links if link[2] != "print"]
    listed = "".join(
        f'<a class="{kind}" href="{safe(target)}"{_TAB if scripted and kind != "permalink" else ""}>{label}</a>'
        for target, label, kind in links
    )
    text = "\n".join(with_source(sentence) for sentence in reply.sentences)
    if not scripted:
        shown = references([c for s in reply.sentences for c in s.citations], consulted)
        fold = f"<details><summary>Référence à copier</summary><pre>{safe(shown)}</pre></details>" if shown else ""
        return f'<p class="ways">{listed}</p>{fold}'
    copy = _copy(text, "Copier la réponse et sa source") if text else ""
    held = markdown(reply, asked, consulted)
    return f'<p class="ways" data-markdown="{safe(held)}">{copy}{listed}</p>'


def source_ways(source: Source, document: Document | None, base: str, consulted: date, *, scripted: bool) -> str:
    """Under a source: the whole publication with the quotes marked, the live page at the quote, a reference."""
    first = source.first
    links = []
    if document is not None:
        target = reader_address(base, document, [Span(c.start, c.end) for c in source.citations])
        links.append(f'<a class="open-reader" href="{safe(target)}">Lire dans la publication</a>')
    if url := safe_address(first.url):
        links.append(
            f'<a class="live" href="{safe(live(url, first.quote, first.page))}" target="_blank" '
            f'rel="noopener noreferrer nofollow">Voir sur le site{NBSP}↗'
            '<span class="only-spoken"> (nouvel onglet)</span></a>'
        )
    if scripted:
        links.append(_copy(references(source.citations, consulted), "Copier la référence"))
    return f'<p class="ways">{"".join(links)}</p>' if links else ""


def before(reply: Answer) -> str:
    """What stands above the sentences: how the question was understood, and yes or no."""
    parts = []
    if reply.understood and reply.understood != reply.question:
        parts.append(f'<p class="facts understood">Question comprise{NBSP}: <bdi>{safe(reply.understood)}</bdi></p>')
    if reply.verdict and reply.sentences:
        parts.append(f'<p class="verdict">{VERDICTS[reply.verdict]}, d’après la publication{NBSP}:</p>')
    return "".join(parts)


def after(sentence: Sentence) -> str:
    """Context of one sentence, which is never part of its quote."""
    return f'<p class="context"><bdi>{safe(told)}</bdi></p>' if (told := context(sentence)) else ""


def context(sentence: Sentence) -> str:
    """The same as plain text: which part of the question, whose and of which day the figures are, who "elle" is."""
    told = []
    if sentence.part:
        told.append(f"Sur «{NBSP}{clean(sentence.part)}{NBSP}»")
    ministry = sentence.citations[0].ministry
    if ministry and any(char.isdigit() for char in sentence.text):
        told.append(f"ministère{NBSP}: {clean(ministry)}")
    if sentence.cutoff:
        told.append(f"chiffres arrêtés au{NBSP}{day(sentence.cutoff)}")
    if sentence.referent:
        told.append(f"«{NBSP}{clean(sentence.referent.said)}{NBSP}»{NBSP}: {clean(sentence.referent.name)}")
    return capital(f"{NBSP}; ".join(told)) + "." if told else ""


def missing(parts: Sequence[str]) -> str:
    """The parts of a question that nothing answers."""
    if not parts:
        return "Une partie de la question reste sans réponse dans le corpus."
    listed = " ; ".join(f"« {part} »" for part in parts)
    return typeset(f"Reste sans réponse dans le corpus : {listed}.")


def why_not(reply: Answer) -> str:
    """Why a question of this kind is not answered; "" for an ordinary one."""
    return typeset(NOTICES.get(reply.notice or "", ""))


def _copy(text: str, label: str) -> str:
    return f'<button type="button" class="copy" data-copy="{safe(text)}">{label}</button>'


_TAB = ' target="_blank" rel="noopener"'
