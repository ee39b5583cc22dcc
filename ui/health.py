"""The honesty report in French: per source and per day what came in, what did not and why, and the alarms."""

from collections.abc import Iterable, Mapping
from typing import Any

from ui.escape import clean
from ui.french import NBSP, capital, count, day, moment, typeset
from ui.reasons import COUNTS, STOPS, reason

ALARMS: Mapping[str, str] = {
    "unreachable": "le site ne répond plus ({value}), dernière visite réussie : {usual}",
    "silent": "rien de nouveau depuis {value} jours (d’ordinaire, une publication {usual})",
    "failing": "{value} % des pages visitées ne donnent rien (d’ordinaire {usual} %)",
    "empty_pdfs": "PDF, ou pages de PDF, sans texte : {value}",
    "length": "les textes ont changé de longueur ({value} caractères, d’ordinaire {usual}) : la mise en page du site "
    "a peut-être changé",
    "dates": "{value} % des textes n’ont pas de date (d’ordinaire {usual} %) : la mise en page du site a peut-être "
    "changé",
    "future": "une collecte est datée du {value} : l’horloge de cette machine a été changée",
    "pending": "{value} adresses attendent, et leur nombre ne diminue pas",
}
"""The French of the kinds of `corpus.health.Alarm`."""


def report(sources: Iterable[Mapping[str, Any]]) -> str:
    """One block per source. sources: `corpus.health.SourceHealth.to_dict`."""
    return "\n".join(line for source in sources for line in _source(source))


def alarms(sources: Iterable[Mapping[str, Any]]) -> str:
    """The alarms alone, one a line; « Aucune alarme. » where there is none."""
    lines = [f"{clean(source['name'])}{NBSP}: {alarm(each)}." for source in sources for each in source["alarms"]]
    return "\n".join(lines) or "Aucune alarme."


def _source(source: Mapping[str, Any]) -> list[str]:
    newest = f", publication la plus récente{NBSP}: {day(source['last_published'])}" if source["last_published"] else ""
    lines = [
        f"{clean(source['name'])}{NBSP}: dernière collecte le{NBSP}{moment(source['last_run'])}, "
        f"dernière visite réussie{NBSP}: {moment(source['last_success'])}{newest}."
    ]
    lines += [f"  Alarme{NBSP}: {alarm(each)}." for each in source["alarms"]]
    if source["stopped"]:
        left = count(source["waiting"], "adresse attend", "adresses attendent")
        lines.append(f"  {left} la prochaine collecte ({STOPS[source['stopped']]}).")
    return lines + [f"  {_day(each)}" for each in source["days"]]


def _day(each: Mapping[str, Any]) -> str:
    said = [count(each["counts"][key], one, many) for key, one, many in COUNTS if each["counts"][key] or key == "found"]
    for group, one, many in (("refused", "refusée", "refusées"), ("failed", "échec", "échecs")):
        total = sum(each[group].values())
        why = ", ".join(f"{reason(code)}{NBSP}: {number}" for code, number in each[group].items())
        said += [f"{count(total, one, many)} ({why})"] if total else []
    said += [count(each["empty_pdfs"], "PDF sans texte", "PDF sans texte")] if each["empty_pdfs"] else []
    said += [f"{count(each['counts']['undated'], 'texte')} sans date"] if each["counts"]["undated"] else []
    said += [recognised(each["ocr"])] if each["ocr"] else []
    others = {code: number for code, number in each["alarms"].items() if not code.startswith("pdf_pages_")}
    said += [f"à voir{NBSP}: {reason(code)} ({number})" for code, number in others.items()]
    return f"{capital(day(each['day']))}{NBSP}: {', '.join(said)}."


def recognised(ocr: Mapping[str, int]) -> str:
    """« 12 pages lues par reconnaissance optique, confiance 87 % (61 % au moins) ».

    ocr: `corpus.health.Recognition` as a dict.
    """
    pages = count(ocr["pages"], "page lue", "pages lues")
    sure = f"confiance {ocr['median']}{NBSP}% ({ocr['least']}{NBSP}% au moins)"
    return f"{pages} par reconnaissance optique, {sure}"


def alarm(each: Mapping[str, Any]) -> str:
    """One alarm in words, without its source. each: `corpus.health.Alarm` as a dict."""
    value, usual = each["value"], each["usual"]
    if each["kind"] == "unreachable":
        value, usual = ", ".join(map(reason, value.split(", "))) if value else "aucune page", moment(usual)
    if each["kind"] == "future":
        value = moment(value)
    if each["kind"] == "silent":
        usual = "chaque jour" if usual in ("0", "1") else f"tous les {usual} jours"
    return typeset(ALARMS[each["kind"]].format(value=clean(value), usual=clean(usual)))
