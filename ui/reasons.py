"""Reason codes in French: of ingest, of catalogues, of suites, of damage; and the report of a run for a terminal."""

from collections.abc import Mapping
from typing import Any

from ui.escape import clean
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
    "tls_expired": "certificat expiré",
    "network": "connexion rompue",
    "bad_encoding": "compression illisible",
    "http_status": "erreur du site",
    "bad_listing": "liste d’adresses illisible",
    "file": "fichier illisible",
    "forbidden": "fichier que l’on n’a pas le droit de lire",
    # publications that are missing
    "gone": "page disparue (publication retirée si elle manque encore au moins un jour plus tard)",
    "unlisted": "n’est plus dans la liste du site (publication retirée si c’est encore le cas un jour plus tard)",
    "withdrawn": "publication retirée",
    # bodies without a document
    "empty": "page vide",
    "no_text": "page sans texte de publication",
    "unknown_type": "type de fichier inconnu",
    "unreadable": "fichier absent ou illisible",
    "html_unreadable": "HTML illisible",
    "html_too_large": "HTML trop volumineux",
    "password": "page fermée par un mot de passe",
    "pdf_without_text": "PDF sans texte (numérisation ?)",
    "pdf_unread": "PDF numérisé, non lu (la reconnaissance optique demande tesseract-ocr et tesseract-ocr-fra)",
    "pdf_unreadable": "PDF numérisé, illisible",
    "pdf_picture_too_large": "PDF dont l’image est démesurée",
    "pdf_encrypted": "PDF protégé par un mot de passe",
    "pdf_corrupt": "PDF endommagé",
    "pdf_too_long": "PDF trop long",
    "docx_corrupt": "DOCX endommagé",
    "docx_too_large": "DOCX trop volumineux",
    "odt_corrupt": "ODT endommagé",
    "odt_encrypted": "ODT protégé par un mot de passe",
    "odt_too_large": "ODT trop volumineux",
    "extractor_error": "extraction impossible",
    # records
    "line_too_long": "ligne trop longue",
    "not_utf8": "texte qui n’est pas en UTF-8",
    "bad_json": "JSON incorrect",
    "not_object": "la ligne n’est pas un objet JSON",
    "missing": "champ manquant",
    "wrong_type": "champ d’un mauvais type",
    "bad_id": "identifiant incorrect",
    "bad_date": "date incorrecte",
    "bad_pages": "pages incorrectes",
    "bad_text": "texte incorrect",
    "duplicate_id": "identifiant déjà donné dans ce fichier",
    # documents that came out, but not whole
    "unknown_key": "clé inconnue, ignorée",
    "future_date": "date de publication à venir",
    # the run itself
    "listing_shrunk": "la liste du site ne nomme plus que cette part des publications connues, aucune n’est retirée",
    "clock": "l’horloge du site et celle de cette machine diffèrent de plusieurs jours, rien n’est retiré",
    "archive_damaged": "réponse archivée endommagée, demandée de nouveau",
    "pdf_pages_without_text": "PDF dont des pages n’ont pas de texte",
    "pdf_pages_unread": "PDF dont des pages numérisées n’ont pas été lues (sans tesseract-ocr et tesseract-ocr-fra)",
    "pdf_pages_unreadable": "PDF dont des pages numérisées sont illisibles",
    "pdf_pictures_too_large": "PDF dont des pages ont une image démesurée, non lue",
}
_TELLING = frozenset(
    {
        "missing",
        "wrong_type",
        "bad_id",
        "bad_date",
        "unknown_key",
        "unknown_type",
        "http_status",
        "line_too_long",
        "pdf_pages_without_text",
        "pdf_pages_unread",
        "pdf_pages_unreadable",
        "pdf_pictures_too_large",
        "future_date",
        "listing_shrunk",
        "clock",
    }
)
"""Codes whose detail is a name or a number that helps a reader; other details are a library's English."""

CATALOGUE: Mapping[str, str] = {
    "missing_file": "le fichier n’existe pas",
    "unreadable": "le fichier ne peut pas être lu",
    "not_utf8": "le texte n’est pas en UTF-8",
    "not_toml": "ce n’est pas du TOML correct",
    "no_source": "il ne déclare aucune source [[source]]",
    "unknown_table": "clé inconnue, chaque source s’écrit [[source]]",
    "not_a_list": "chaque source s’écrit [[source]], entre doubles crochets",
    "same_name": "deux sources s’appellent « {value} »",
    "unknown_key": "clé inconnue (clés possibles : {known})",
    "wrong_type": "il faut {expected}",
    "missing": "cette clé manque",
    "bad_name": "seuls les lettres sans accent, les chiffres, - et _ sont permis (64 au plus)",
    "unknown_kind": "« {value} » n’est pas un genre de source (genres possibles : {known})",
    "out_of_range": "il faut un nombre de {least} à {most}",
    "unknown_selector": "sélecteur inconnu (sélecteurs possibles : {known})",
    "bad_selector": "ce n’est pas un sélecteur CSS",
    "no_item": "un genre « listing » demande le sélecteur « item »",
    "bad_url": "l’adresse est mal formée",
    "not_http": "l’adresse doit commencer par http:// ou https:// et nommer un site",
    "credentials": "l’adresse ne doit contenir ni nom d’utilisateur ni mot de passe",
    "bad_hosts": "il faut une liste de « site » ou de « site:port »",
    "bad_hours": "il faut deux heures en temps universel, par exemple « 22-06 »",
}
"""The French of `ingest.catalogue.REASONS`; values in braces are details of the error."""

SUITE: Mapping[str, str] = {
    # the file
    "missing_file": "le fichier n’existe pas",
    "unknown_suite": "ce n’est ni un fichier ni le nom d’une suite fournie (suites fournies : {known})",
    "unknown_format": "le format « {value} » est inconnu (formats possibles : {known})",
    "not_utf8": "le texte n’est pas en UTF-8 (octet {at})",
    "not_json": "ce n’est pas du JSON correct (colonne {column})",
    "not_csv": "ce n’est pas un tableau CSV correct",
    "not_squad": "le champ « data » (une liste) manque, ce n’est donc pas du JSON de SQuAD",
    "missing_part": "le fichier « {name} » manque",
    # fields and columns
    "not_object": "la ligne n’est pas un objet JSON",
    "unknown_field": "le champ « {field} » est inconnu (champs possibles : {known})",
    "missing": "le champ « {field} » manque",
    "missing_among": "le champ « {field} » manque (champs trouvés : {found})",
    "bad_field": "le champ « {field} » manque ou n’a pas le bon type (il faut {expected})",
    "wrong_type": "le champ « {field} » n’a pas le bon type (il faut {expected})",
    "gold_objects": "le champ « gold » doit être une liste d’objets",
    "answers_text": "le champ « answers » doit être une liste de textes",
    "ragas_text": "« user_input » et « reference » doivent être des textes, et « reference_contexts » une liste de "
    "textes",
    "unknown_column": "la colonne « {column} » est inconnue (colonnes possibles : {known})",
    "missing_column": "la colonne « {column} » manque (colonnes possibles : {known})",
    "same_column": "deux colonnes tiennent lieu de « {column} » (colonnes possibles : {known})",
    "row_length": "la ligne compte {found} colonnes, et l’en-tête {wanted}",
    "bad_flag": "la colonne « answerable » contient « {value} » (il faut oui ou non, true ou false, 1 ou 0)",
    "bad_page": "la colonne « page » contient « {value} » (il faut un nombre entier)",
    "page_alone": "la colonne « page » est remplie sans la colonne « source »",
    "bad_day": "le champ « {field} » contient « {value} » (il faut un jour AAAA-MM-JJ)",
    "bad_qrels": "il faut trois colonnes, query-id, corpus-id et un score entier",
    # questions and documents
    "no_question": "elle ne contient aucune question",
    "bad_page_row": "il faut un objet JSON avec « file », « with » et « without »",
    "no_page": "elle ne contient aucune page",
    "empty_question": "la question « {qid} » est vide",
    "same_id": "l’identifiant « {id} » est déjà pris",
    "same_id_line": "l’identifiant « {id} » est déjà pris à la ligne {first}",
    "answered": "une question sans réponse (« answerable » à false) a pourtant des réponses ou des passages attendus",
    "no_passage_text": "un passage n’a pas de texte",
    "same_passage_id": "l’identifiant de passage « {id} » désigne deux textes différents",
    "relevant_passage": "le passage attendu « {id} » n’est pas parmi les passages de la question",
    "unknown_query": "la question « {id} » n’est pas dans queries.jsonl",
    "unknown_document": "le document « {id} » n’est pas dans corpus.jsonl",
    "gold_document": "le document attendu « {doc} » n’est pas dans le corpus",
    "gold_quote": "l’extrait attendu « {quote} » n’est pas dans « {doc} »",
    # results and floors
    "not_results": "ce n’est pas du JSON correct",
    "other_format": "ce n’est pas du JSON au format « {wanted} »",
    "damaged_results": "des parties manquent ou ne sont pas à leur place",
    "other_suite": "ils viennent de deux suites différentes ({one} et {other})",
    "nothing_shared": "ils n’ont aucune question en commun",
    "not_floors": "ce n’est pas du JSON correct, ou les planchers n’y sont pas",
    "unknown_figure": "la mesure « {value} » est inconnue",
    "bad_floor": "« {value} » n’est ni une empreinte ni un plancher (il faut un nombre de −1 à 1)",
}
"""The French of `evals.problems.REASONS`; values in braces are details of the error."""

DAMAGE: Mapping[str, str] = {
    "digest": "son contenu n’est plus celui qui a été écrit",
    "file is not a database": "ce n’est pas une base SQLite",
    "database disk image is malformed": "sa structure est rompue",
}
"""Reasons of DataDamaged that help a reader."""

TYPES: Mapping[str, str] = {
    "str": "un texte entre guillemets",
    "int": "un nombre entier",
    "float": "un nombre",
    "bool": "true ou false",
    "list": "une liste",
    "dict": "une table",
}
"""Names of Python's types, as a catalogue's author knows them."""

COUNTS = (
    ("found", "vue", "vues"),
    ("new", "nouvelle", "nouvelles"),
    ("edited", "modifiée", "modifiées"),
    ("restored", "rétablie", "rétablies"),
    ("unchanged", "inchangée", "inchangées"),
    ("gone", "disparue", "disparues"),
    ("withdrawn", "retirée", "retirées"),
)
"""What a collection counts, in the words that readers see: name, one, several."""

STOPS: Mapping[str, str] = {
    "hours": "hors des heures permises par le catalogue",
    "budget": "le nombre de pages permis est atteint",
    "busy": "le site demande d’attendre",
    "unreachable": "le site ne répond plus",
    "interrupted": "la collecte a été arrêtée",
}
"""The French of `ingest.report.STOPS`."""


def reason(code: str) -> str:
    """A reason code in French; codes may carry a value after a colon ("pdf_pages_without_text:2")."""
    name, _, value = code.partition(":")
    return REASONS.get(name, name.replace("_", " ")) + (f"{NBSP}: {value}" if value else "")


def detailed(code: str, detail: str) -> str:
    """A reason in French with its detail, where that helps: « champ manquant (text) »."""
    return reason(code) + (f" ({clean(detail)})" if detail and code in _TELLING else "")


def run_report(report: Mapping[str, Any]) -> str:
    """The report of an ingest run, source by source, problems named."""
    lines = []
    for source in report["sources"]:
        counts = ", ".join(count(source[key], one, many) for key, one, many in COUNTS[1:] if source.get(key))
        lines.append(f"{source['name']}{NBSP}: {counts or 'aucune publication'} ({_seconds(source['seconds'])})")
        for group, word in (("refused", "refusé"), ("failed", "échec"), ("alarms", "à voir")):
            lines += [f"  {word}{NBSP}: {number}{NBSP}× {reason(code)}" for code, number in source[group].items()]
        for problem in source["problems"]:
            lines.append(f"    {clean(problem['url'])} — {detailed(problem['reason'], problem['detail'])}")
        if source["undated"]:
            lines.append(f"  sans date de publication{NBSP}: {source['undated']}")
        if source.get("stopped"):
            left = count(source["waiting"], "adresse attend", "adresses attendent")
            lines.append(f"  arrêt{NBSP}: {STOPS[source['stopped']]}{NBSP}; {left} la prochaine collecte.")
    if report["interrupted"]:
        lines.append("Collecte interrompue avant la fin ; relancez-la, elle reprendra où elle en était.")
    return "\n".join(lines)


def _seconds(value: float) -> str:
    return f"{value:.1f}".replace(".", ",") + f"{NBSP}s"
