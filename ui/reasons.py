"""Reason codes of ingest in French, and the report of a run for a terminal."""

from collections.abc import Mapping
from typing import Any

from ui.french import NBSP, count

REASONS: Mapping[str, str] = {
    # our own rules
    "scheme": "adresse qui n’est ni http ni https",
    "bad_url": "adresse mal formée",
    "host": "site hors de la liste autorisée",
    "robots": "refusé par robots.txt",
    "robots_unavailable": "robots.txt illisible, par prudence non visité",
    "private_address": "adresse privée ou locale",
    # the site's faults
    "dns": "nom de site introuvable",
    "redirects": "trop de redirections",
    "too_large": "page trop grosse",
    "timeout": "délai dépassé",
    "tls": "certificat refusé",
    "network": "connexion rompue",
    "bad_encoding": "compression illisible",
    "http_status": "erreur du site",
    # bodies without a document
    "empty": "page vide",
    "no_text": "page sans texte de publication",
    "unknown_type": "type de fichier inconnu",
    "unreadable": "fichier illisible ou absent",
    "html_unreadable": "HTML illisible",
    "html_too_large": "HTML trop volumineux",
    "pdf_without_text": "PDF sans texte (numérisation ?)",
    "pdf_encrypted": "PDF protégé par un mot de passe",
    "pdf_corrupt": "PDF endommagé",
    "pdf_too_long": "PDF trop long",
    "docx_corrupt": "DOCX endommagé",
    "docx_too_large": "DOCX trop volumineux",
    "extractor_error": "extraction impossible",
    # records
    "bad_json": "JSON incorrect",
    "not_object": "la ligne n’est pas un objet JSON",
    "missing": "champ manquant",
    "wrong_type": "champ d’un mauvais type",
    "bad_id": "identifiant incorrect",
    "bad_date": "date incorrecte",
    "bad_pages": "pages incorrectes",
    "bad_text": "texte incorrect",
    "duplicate_id": "identifiant déjà donné dans ce fichier",
    "bad_listing": "liste d’adresses illisible",
    "pdf_pages_without_text": "PDF dont des pages n’ont pas de texte",
}

_COUNTS = (
    ("new", "nouvelle", "nouvelles"),
    ("edited", "modifiée", "modifiées"),
    ("restored", "rétablie", "rétablies"),
    ("unchanged", "inchangée", "inchangées"),
    ("withdrawn", "retirée", "retirées"),
)


def reason(code: str) -> str:
    """A reason code in French; codes may carry a value after a colon ("pdf_pages_without_text:2")."""
    name, _, value = code.partition(":")
    return REASONS.get(name, name.replace("_", " ")) + (f"{NBSP}: {value}" if value else "")


def run_report(report: Mapping[str, Any]) -> str:
    """The report of an ingest run, source by source, problems named."""
    lines = []
    for source in report["sources"]:
        counts = ", ".join(count(source[key], one, many) for key, one, many in _COUNTS if source[key])
        lines.append(f"{source['name']}{NBSP}: {counts or 'aucune publication'} ({source['seconds']:.1f}{NBSP}s)")
        for group, word in (("refused", "refusé"), ("failed", "échec"), ("alarms", "à voir")):
            lines += [f"  {word}{NBSP}: {number}{NBSP}× {reason(code)}" for code, number in source[group].items()]
        for problem in source["problems"]:
            lines.append(f"    {problem['url']} — {reason(problem['reason'])}")
        if source["undated"]:
            lines.append(f"  sans date de publication{NBSP}: {source['undated']}")
    if report["interrupted"]:
        lines.append("Collecte interrompue avant la fin ; relancez-la, elle reprendra où elle en était.")
    return "\n".join(lines)
