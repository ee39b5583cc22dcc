"""Holding a receipt against its signature, and against a corpus that may have changed since.

A problem is what no longer matches: the signature, a quote, an original. A
change is what happened since and takes nothing from the proof: the publication
was edited or withdrawn, the version that was quoted is still kept.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corpus.archive import Archive
from corpus.errors import DataDamaged, DataMissing, DocumentError
from corpus.records import Version
from corpus.store import Store
from ui.french import moment, typeset
from ui.receipts.key import holds, public_key
from ui.receipts.make import FORMAT, quotes, signed_bytes
from ui.receipts.page import EMBEDDED

Found = dict[str, Any]
_PUBLICATION = {"id": str, "digest": str, "text_sha256": str, "version": int}
_QUOTE = {"doc": str, "start": int, "end": int, "quote": str}


def load(path: Path) -> Found | None:
    """The receipt that a file holds, as JSON or in its HTML page; None for a file that is something else.

    Raises DocumentError for one that cannot be read, or that says it is a receipt and is not a whole one.
    """
    try:
        text = path.read_text(encoding="utf-8")
        embedded = re.search(EMBEDDED, text, re.DOTALL)
        receipt = json.loads(embedded[1] if embedded else text)
    except (OSError, ValueError, RecursionError) as error:
        raise DocumentError(f"{path}: {error}", path=str(path), line=None, reason="not_an_answer") from error
    if not isinstance(receipt, dict) or not str(receipt.get("format", "")).startswith("sourcier-receipt/"):
        return None
    if receipt["format"] != FORMAT or not _whole(receipt):
        raise DocumentError(f"{path}: no receipt", path=str(path), line=None, reason="not_a_receipt")
    return receipt


def check(receipt: Found, data: Path) -> Found:
    """{"checked": quotes looked up, "problems": [{"doc", "quote", "reason"}], "changes": the same shape,
    "signature": one line in French, "receipt": {"created", "question", "generation"}}.

    Without a corpus in `data` only the signature is checked, and that is said. Raises what the store raises.
    """
    problems, changes = [], []
    key = public_key(data) if data.is_dir() else None
    good, told = _signature(receipt, key)
    if not good:
        problems.append(_told("", "", told))
    checked = 0
    try:
        with Store.open(data) as store:
            if store.digest() != receipt["corpus"].get("digest"):
                changes.append(_told("", "", "le corpus a changé depuis le reçu"))
            withdrawals = store.withdrawals()
            for known in receipt["publications"]:
                doc = known["id"]
                cited = [quote for quote in quotes(receipt) if quote["doc"] == doc]
                checked += len(cited)
                versions = store.versions(doc)
                visit = store.fetched(known.get("url") or "")
                problems += _missing(known, cited, versions) + _original(known, Archive(data))
                changes += _since(known, cited, versions, withdrawals.get(doc))
                before = (known.get("original") or {}).get("sha256")
                if before and visit is not None and visit.doc == doc and visit.digest != before:
                    changes.append(_told(doc, "", f"le fichier d’origine récupéré le {moment(visit.fetched)} diffère"))
    except DataMissing:
        changes.append(_told("", "", f"aucun corpus dans « {data} » : seule la signature a été vérifiée"))
    about = {"created": receipt["created"], "question": receipt["question"]}
    return {
        "checked": checked, "problems": problems, "changes": changes, "signature": typeset(told),
        "receipt": about | {"generation": receipt["corpus"].get("generation", "")},
    }  # fmt: skip


def _signature(receipt: Found, key: Mapping[str, str] | None) -> tuple[bool, str]:
    """Whether the signature holds, and what is to be said of it."""
    signature = receipt.get("signature")
    if signature is None:
        return True, "ce reçu n’est pas signé : rien ne prouve qu’il est resté tel quel"
    if not isinstance(signature, dict) or not holds(signature, signed_bytes(receipt)):
        return False, "la signature ne correspond pas au contenu : le reçu a été modifié"
    name = signature["key_id"]
    if key is None:
        return True, f"signature exacte, par la clé {name} ; ce dossier n’a pas de clé où la comparer"
    if not hmac.compare_digest(key["public_key"], signature["public_key"]):
        return False, f"le reçu est signé par la clé {name}, et non par celle de ce dossier ({key['key_id']})"
    return True, f"signature exacte, par la clé de ce dossier ({name})"


def _missing(known: Found, cited: list[Found], versions: tuple[Version, ...]) -> list[Found]:
    """What the corpus no longer proves of a publication."""
    doc = known["id"]
    if not versions:
        return [_told(doc, quote["quote"], "la publication n’est pas dans ce corpus") for quote in cited]
    kept = [version for version in versions if version.digest == known["digest"]]
    found = []
    for quote in cited:
        if any(_stands(quote, version) for version in kept):
            continue
        elsewhere = [version.number for version in versions if _stands(quote, version)]
        if kept:
            reason = "la citation n’est pas à sa place dans la version que nomme le reçu"
        elif elsewhere:
            reason = f"la version que nomme le reçu n’est plus là ; la citation tient dans la version {elsewhere[-1]}"
        else:
            reason = "la version que nomme le reçu n’est plus là, et aucune autre ne porte la citation à cette place"
        found.append(_told(doc, quote["quote"], reason))
    texts = {hashlib.sha256(version.document.text.encode()).hexdigest() for version in kept}
    if texts and known["text_sha256"] not in texts:
        found.append(_told(doc, "", "l’empreinte du texte n’est pas celle de la version gardée"))
    return found


def _original(known: Found, archive: Archive) -> list[Found]:
    original = known.get("original") or {}
    if not original.get("kept"):
        return []
    doc, digest = known["id"], str(original.get("sha256"))
    try:
        archive.read(digest)
    except KeyError:
        return [_told(doc, "", "le fichier d’origine n’est plus dans l’archive")]
    except DataDamaged:
        return [_told(doc, "", "le fichier d’origine archivé est endommagé")]
    return []


def _since(known: Found, cited: list[Found], versions: tuple[Version, ...], withdrawn: str | None) -> list[Found]:
    """What happened to a publication after the receipt."""
    doc, found = known["id"], []
    if versions and versions[-1].digest != known["digest"]:
        last = versions[-1]
        found.append(_told(doc, "", f"modifiée depuis : version {last.number}, lue le {moment(last.captured)}"))
        for quote in cited:
            if quote["quote"] not in last.document.text:
                found.append(_told(doc, quote["quote"], f"cette phrase n’est plus dans la version {last.number}"))
    if withdrawn and not known.get("withdrawn"):
        found.append(_told(doc, "", f"retirée depuis, le {moment(withdrawn)}"))
    return found


def _stands(quote: Found, version: Version) -> bool:
    return bool(version.document.text[quote["start"] : quote["end"]] == quote["quote"])


def _told(doc: str, quote: str, reason: str) -> Found:
    return {"doc": doc, "quote": quote, "reason": typeset(reason)}


def _whole(receipt: Found) -> bool:
    """Whether everything that is looked at is there, of its type."""
    try:
        texts = all(isinstance(receipt[name], str) for name in ("created", "question"))
        held = isinstance(receipt["corpus"], dict) and all(
            isinstance(each[name], kind) for each in receipt["publications"] for name, kind in _PUBLICATION.items()
        )
        cited = all(isinstance(each[name], kind) for each in quotes(receipt) for name, kind in _QUOTE.items())
        known = {each["id"] for each in receipt["publications"]}
        return texts and held and cited and all(each["doc"] in known for each in quotes(receipt))
    except (KeyError, TypeError, AttributeError):
        return False
