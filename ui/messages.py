"""Every error of `corpus.errors` in French, for commands, the chat and the API: one table."""

from collections.abc import Mapping

from corpus import errors

_TEMPLATES: Mapping[type[errors.SourcierError], str | Mapping[str, str]] = {
    errors.QuestionError: {
        "empty": "La question est vide : écrivez quelques mots.",
        "too_long": "La question compte {length} caractères ; la limite est de {limit}. Raccourcissez-la.",
    },
    errors.FilterError: {
        "date": "« {value} » n’est pas une date pour le filtre « {name} » : écrivez-la AAAA-MM-JJ, "
        "par exemple 2025-04-01.",
        "order": "Le filtre « since » est postérieur au filtre « until » : aucune publication ne peut convenir.",
    },
    errors.SettingsError: "Réglage incorrect dans {origin} : « {key} » = « {value} ».",
    errors.CatalogueError: "Le catalogue {path} est incorrect{at_line}{at_key} : {reason}.",
    errors.DocumentError: "Le document {path} n’a pas pu être ajouté{at_line} : {reason}.",
    errors.SuiteError: "La suite de questions {path} est incorrecte{at_line} : {reason}.",
    errors.UsageError: "Demande impossible : {message}.",
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
    errors.DataDamaged: "Le fichier « {path} » est endommagé ({reason}). Le corpus n’est pas perdu : si c’est un "
    "fichier d’index, relancez « sourcier index » ; sinon, restaurez une copie.",
    errors.DataBusy: "Un autre programme écrit en ce moment dans « {path} ». Réessayez quand il aura fini.",
    errors.DataReadOnly: "Impossible d’écrire dans « {path} » : le dossier est en lecture seule.",
    errors.DiskFull: "Le disque est plein : l’écriture dans « {path} » s’est arrêtée. Ce qui était enregistré est "
    "intact ; libérez de la place et relancez.",
    errors.ModelError: "Le modèle « {model} » ne se charge pas : {reason}.",
    errors.PortBusy: "Le port {port} de {host} est déjà pris. Choisissez-en un autre avec --port.",
    errors.ExtraMissing: "Cette fonction demande un paquet qui n’est pas installé ({package}) : "
    "pip install 'sourcier[{extra}]'.",
    errors.StateError: "Opération impossible : {message}.",
    errors.SourcierError: "Erreur : {message}.",
}
_VARIANTS = ("reason", "what")


def in_french(error: errors.SourcierError) -> str:
    """The sentence that a reader sees."""
    template = next(_TEMPLATES[kind] for kind in type(error).__mro__ if kind in _TEMPLATES)
    if not isinstance(template, str):
        variant = next((str(error.details[name]) for name in _VARIANTS if error.details.get(name) in template), "")
        template = template.get(variant, _TEMPLATES[errors.SourcierError])  # type: ignore[assignment]
    line, key = error.details.get("line"), error.details.get("key")
    values = {
        **error.details,
        "message": str(error),
        "at_line": f", ligne {line}" if line else "",
        "at_key": f", clé « {key} »" if key else "",
    }
    return str(template).format_map(_Blank(values))


class _Blank(dict[str, object]):
    """A value that an error did not carry shows as "?", never as a second error."""

    def __missing__(self, key: str) -> str:
        return "?"
