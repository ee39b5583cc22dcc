"""What was collected, what failed and why; how answers are made and how good they are: safe HTML."""

from collections.abc import Mapping, Sequence
from typing import Any

from ui.escape import safe
from ui.french import NBSP, count, day, moment, typeset
from ui.health import alarm, recognised
from ui.light.frame import notice
from ui.reasons import STOPS, reason
from ui.sources import safe_address

_PROBLEMS = 60
"""Addresses that failed, shown at most."""
_COLUMNS = {
    "found": "vues",
    "stored": "enregistrées",
    "unchanged": "inchangées",
    "edited": "modifiées",
    "withdrawn": "retirées",
    "robots": "refusées par robots.txt",
    "empty_pdfs": "PDF sans texte",
    "undated": "sans date",
}
"""Numbers of a day: keys of `corpus.health.Day`, or of its counts."""
_METHOD = (
    (
        "Des phrases, mot pour mot",
        "Une réponse est faite de phrases qui se trouvent telles quelles dans une publication. Aucun programme n’en "
        "écrit une. Chaque phrase porte l’endroit exact d’où elle vient, qui l’a publiée et quand.",
    ),
    (
        "Aucun chiffre sans sa place",
        "Un nombre, un montant, un pourcentage ou une date n’est montré que s’il se trouve dans la phrase citée, lu à "
        "la manière française : « 1 848 », « 12,5 milliards de FCFA », « 69,89 % ».",
    ),
    (
        "Se taire plutôt que se tromper",
        "Quand le corpus ne répond pas, Sourcier le dit, dit ce qu’il a parcouru, et montre les passages voisins comme "
        "ce qu’ils sont : pas une réponse.",
    ),
    (
        "Les désaccords restent visibles",
        "Si d’autres publications donnent une autre valeur pour la même mesure, elles sont montrées, datées et citées. "
        "Rien n’est moyenné ni caché.",
    ),
    (
        "Les dates sont celles de la publication",
        "« Au 1er avril 2025 » se répond avec ce qui était publié ce jour-là, non avec ce qui a été collecté depuis.",
    ),
    (
        "Une preuve que l’on garde",
        "Le reçu de preuve contient la question, les phrases, leur place, les adresses, les dates et les empreintes "
        "des fichiers d’origine, signés. « sourcier verify » le contrôle plus tard, sans réseau.",
    ),
)


def honesty(status: Mapping[str, Any], runs: Sequence[Mapping[str, Any]], key: Mapping[str, str] | None) -> str:
    """status: as `Desk.status`; runs: reports of collections, newest first; key: the public key of receipts."""
    corpus, index = status["corpus"], status["index"]
    late = f" {count(index['late'], 'publication')} en retard sur le corpus." if index["late"] else ""
    latest = f", la plus récente du {day(index['latest'])}" if index["latest"] else ""
    gone = corpus["withdrawn"]
    withdrawn = f" {count(gone, 'publication retirée', 'publications retirées')} du site d’origine." if gone else ""
    parts = [
        "<h1>Transparence</h1>",
        "<h2>Ce qui est dans le corpus</h2>",
        f"<p>{count(corpus['documents'], 'publication')} en {count(corpus['versions'], 'version')}{latest}."
        f"{withdrawn}</p>",
        f"<p>Index{NBSP}: génération <code>{safe(str(index['generation']))}</code>, "
        f"{count(index['passages'], 'passage')}.{late}</p>",
    ]
    if key:
        parts.append(f"<p>Clé des reçus de preuve{NBSP}: <code>{safe(key['key_id'])}</code> (Ed25519).</p>")
    if runs:
        parts += [_last(runs[0]), _problems(runs[0]), _alarms(status["sources"])]
        parts += ["<h2>Source par source</h2>", *map(_source, status["sources"]), _past(runs[1:])]
    else:
        parts.append(notice("Aucune collecte n’a été faite : les documents ont été ajoutés à la main."))
    return "".join(parts)


def method(figures: Sequence[Mapping[str, Any]]) -> str:
    """How it works, and how good it is. figures: suites of `figures.toml`."""
    explained = "".join(f"<h2>{title}</h2><p>{safe(typeset(text))}</p>" for title, text in _METHOD)
    return f"<h1>Comment Sourcier répond</h1>{explained}{_measured(figures)}"


def _last(run: Mapping[str, Any]) -> str:
    stopped = " Elle a été interrompue." if run.get("interrupted") else ""
    return (
        f"<h2>Dernière collecte</h2><p>Du {safe(moment(str(run.get('started', ''))))}, en "
        f"{safe(str(run.get('seconds', '?')).replace('.', ','))}{NBSP}s.{stopped}</p>"
    )


def _alarms(sources: Sequence[Mapping[str, Any]]) -> str:
    told = "".join(
        f"<li><bdi>{safe(source['name'])}</bdi>{NBSP}: {safe(alarm(each))}.</li>"
        for source in sources
        for each in source["alarms"]
    )
    return f'<h2>Alarmes</h2><div class="notice bad"><ul>{told}</ul></div>' if told else notice("Aucune alarme.")


def _source(source: Mapping[str, Any]) -> str:
    """One source: when it was last there, then a row for each day."""
    success, newest = source["last_success"], source["last_published"]
    told = [f"Dernière visite réussie{NBSP}: {moment(success) if success else 'jamais'}."]
    told += [f"Publication la plus récente{NBSP}: {day(newest)}."] if newest else []
    told += [f"{recognised(source['ocr'])}."] if source["ocr"] else []
    if source["stopped"]:
        left = count(source["waiting"], "adresse attend", "adresses attendent")
        told.append(f"{left} la prochaine collecte ({STOPS.get(source['stopped'], source['stopped'])}).")
    name = safe(source["name"])
    head = "".join(f'<th scope="col">{label}</th>' for label in _COLUMNS.values())
    return (
        f'<h3><bdi>{name}</bdi></h3><p>{safe(" ".join(told))}</p><div class="wide" tabindex="0" role="region" '
        f'aria-label="{name}, jour par jour"><table><thead><tr><th scope="col">Jour</th>{head}'
        f'<th scope="col">à signaler, et pourquoi</th></tr></thead>'
        f"<tbody>{''.join(map(_day, source['days']))}</tbody></table></div>"
    )


def _day(each: Mapping[str, Any]) -> str:
    numbers = {**each["counts"], **each}
    cells = "".join(f"<td>{_number(numbers[name])}</td>" for name in _COLUMNS)
    held = [*each["refused"].items(), *each["failed"].items(), *each["alarms"].items()]
    told = [f"{_number(number)}{NBSP}× {reason(code)}" for code, number in held]
    told += [recognised(each["ocr"])] if each["ocr"] else []
    why = safe(", ".join(told) or "rien à signaler")
    return f'<tr><th scope="row">{day(each["day"])}</th>{cells}<td>{why}</td></tr>'


def _problems(run: Mapping[str, Any]) -> str:
    problems = [each for source in run["sources"] for each in source.get("problems", ())]
    if not problems:
        return ""
    rows = "".join(
        f"<li>{safe(reason(str(each.get('reason'))))}{NBSP}: "
        f"<span>{safe(safe_address(str(each.get('url', ''))) or 'adresse illisible')}</span></li>"
        for each in problems[:_PROBLEMS]
    )
    more = f"<li>et {count(len(problems) - _PROBLEMS, 'autre')}</li>" if len(problems) > _PROBLEMS else ""
    told = f"{count(len(problems), 'adresse')} sans publication, et pourquoi"
    return f"<details><summary>{told}</summary><ul>{rows}{more}</ul></details>"


def _past(runs: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for run in runs:
        sources = [one for one in run.get("sources", ()) if isinstance(one, dict)]
        new = sum(int(one.get("new") or 0) for one in sources)
        edited = sum(int(one.get("edited") or 0) for one in sources)
        said = f"{count(new, 'nouvelle')}, {count(edited, 'modifiée')}"
        rows.append(f"<li>{moment(str(run.get('started', '')))}{NBSP}: {said}</li>")
    return f"<h2>Collectes précédentes</h2><ul>{''.join(rows)}</ul>" if rows else ""


def _measured(figures: Sequence[Mapping[str, Any]]) -> str:
    if not figures:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{safe(one["name"])}</th>'
        f"{''.join(f'<td>{safe(str(one[key]))}</td>' for key in _MEASURES)}"
        f"<td><code>{safe(one['command'])}</code></td></tr>"
        for one in figures
    )
    head = "".join(f'<th scope="col">{label}</th>' for label in _MEASURES.values())
    return (
        '<h2>À quel point c’est juste</h2><div class="wide" tabindex="0" role="region" aria-label="Mesures">'
        f'<table><thead><tr><th scope="col">Suite</th>{head}<th scope="col">Pour le refaire</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


_MEASURES = {
    "questions": "questions",
    "recall": "passage juste dans les 5 premiers (%)",
    "answer": "réponse juste (%)",
    "refusal": "refus justes / trouvés (%)",
    "exact": "citations exactes (%)",
}


def _number(value: object) -> str:
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else "–"
