"""What would be fetched, what a declaration gives, what reading again would change: for a terminal, in French."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from corpus.records import Document
from ui.escape import clean
from ui.french import NBSP, count, when
from ui.history import difference
from ui.reasons import detailed, reason

_PLANS: Mapping[str, str] = {
    "new": "à visiter",
    "again": "à revoir",
    "unmoved": "inchangée selon la liste du site",
    "refused": "refusée",
    "failed": "liste illisible",
}
_PARAGRAPHS = 5  # of a trial's page, shown


def plan(kind: str, url: str, title: str, why: str, detail: str) -> str:
    """One line of `ingest --dry-run`."""
    named = f" — {clean(title)}" if title else ""
    because = f" ({detailed(why, detail)})" if why else ""
    return f"  {_PLANS[kind]}{NBSP}: {clean(url)}{named}{because}"


def planned(counts: Mapping[str, Counter[str]]) -> str:
    """The sums of `ingest --dry-run`. counts: source -> kind of plan -> addresses."""
    lines = []
    for source, kinds in counts.items():
        said = ", ".join(f"{word}{NBSP}: {kinds[kind]}" for kind, word in _PLANS.items() if kinds[kind])
        lines.append(f"{clean(source)}{NBSP}: {said or 'aucune adresse'}")
    return "\n".join([*lines, "Rien n’a été écrit."])


def trial(
    name: str, listed: int, problems: Iterable[tuple[str, str, str]], document: Document | None, alarms: Sequence[str]
) -> str:
    """What `source check` found. problems: (address, reason, detail)."""
    lines = [f"{clean(name)}{NBSP}: {count(listed, 'adresse')} dans la liste (50 au plus sont lues)."]
    lines += [f"  {clean(url)} — {detailed(code, detail)}" for url, code, detail in problems]
    lines += [f"  à voir{NBSP}: {reason(alarm)}" for alarm in alarms]
    if document is None:
        return "\n".join([*lines, "La déclaration ne donne aucune publication."])
    paragraphs = document.text.split("\n\n")
    missing = [word for word, value in (("date", document.published), ("titre", document.title)) if not value]
    lines += [
        f"  adresse{NBSP}: {clean(document.url)}",
        f"  titre{NBSP}: {clean(document.title) or 'aucun'}",
        f"  {when(document.published)}",
        f"  éditeur{NBSP}: {clean(document.publisher)}{NBSP}; ministère{NBSP}: {clean(document.ministry) or 'aucun'}",
        f"  {count(len(paragraphs), 'paragraphe')}, {count(len(document.text), 'caractère')}{NBSP}:",
        *(f"    {clean(text)}".replace("\n", " ") for text in paragraphs[:_PARAGRAPHS]),
        *(["    …"] if len(paragraphs) > _PARAGRAPHS else []),
    ]
    told = f"La déclaration fonctionne, mais il manque{NBSP}: {', '.join(missing)}." if missing else ""
    return "\n".join([*lines, told or "La déclaration fonctionne."])


def reread(doc: str, outcome: str, before: Document, after: Document | None, why: str) -> list[str]:
    """One document of `reextract`; nothing for one that stays the same."""
    if after is not None:
        return [f"{clean(doc)}{NBSP}:", *difference(before, after)]
    said = {
        "lost": f"l’extraction ne donne plus rien ({reason(why)}), la version gardée reste",
        "not_archived": "la page n’est pas dans l’archive, ou elle y est endommagée",
        "no_declaration": f"la source «{NBSP}{clean(why)}{NBSP}» n’est déclarée nulle part, indiquez son catalogue",
    }
    return [f"{clean(doc)}{NBSP}: {said[outcome]}"] if outcome in said else []


def rereads(counts: Counter[str], *, applied: bool) -> str:
    """The sums of `reextract`."""
    changed = count(counts["changed"], "publication changée", "publications changées")
    if not applied:
        changed = count(counts["changed"], "publication changerait", "publications changeraient")
    others = sum(counts[name] for name in ("lost", "not_archived", "no_declaration"))
    told = f"{count(counts.total(), 'publication relue', 'publications relues')}{NBSP}: {changed}"
    told += f", {count(counts['same'], 'identique')}"
    told += f", {count(others, 'autre laissée telle quelle', 'autres laissées telles quelles')}." if others else "."
    if counts["changed"] and not applied:
        told += f" Ajoutez --apply pour les enregistrer, puis lancez «{NBSP}sourcier index{NBSP}»."
    return told
