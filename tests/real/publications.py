"""Publications in our own words for a real publishing system: what a site shows, and what must come out of it.

Places, figures and decisions are made up.
"""

from dataclasses import dataclass
from html import escape

CATEGORIES = ("Communiqués", "Conseil des ministres", "Appels d’offres", "Rapports & études")
HIDDEN = ("draft", "pending", "private", "future", "trash", "password")
"""What must never come out; "password": published, but closed by a password."""
ASIDE = "Lire aussi : le dossier complet de la rédaction"
COMMENT = "Merci pour cette nouvelle, vivement la suite dans notre quartier"
CAPTION = "Vue de la cérémonie, prise par notre envoyé"
LINK = "Le document complet, signé par la ministre"
"""Words under which the site links the file at the end of the text."""

_SUBJECTS = (
    ("Eau potable : {n} forages remis en état à {place}", "forages", "l’hydraulique"),
    ("« {place} numérique » : {n} agents formés à l’e-administration", "agents formés", "la transition digitale"),
    ("Œuvres sociales — bilan des {n} bourses d’été à {place}", "bourses", "l’enseignement supérieur"),
    ("Campagne agricole à {place} : {n} tonnes d’engrais livrées", "tonnes", "l’agriculture"),
    ("Santé & prévention : {n} moustiquaires pour {place}", "moustiquaires", "la santé"),
    ("Où en est la route {place}-Nord ? {n} km bitumés", "kilomètres", "les infrastructures"),
    ("L’Assemblée examine {n} amendements sur le code minier", "amendements", "les mines"),
    ("Rentrée scolaire : {n} salles de classe livrées à {place}", "salles de classe", "l’éducation"),
    ("Énergie solaire : {place} gagne {n} kilowatts", "kilowatts", "l’énergie"),
)
_PLACES = ("Kombélé", "Tanlay", "Boussé-Peulh", "Nioryida")
_OPENINGS = (
    "Le ministre chargé de {field} a fait le point, ce matin, sur les {n} {what} annoncés pour {place}.",
    "À {place}, les {n} {what} promis en début d’année sont désormais une réalité, assure le ministère de {field}.",
    "Un an après le lancement du programme, {place} compte {n} {what}, selon le cabinet chargé de {field}.",
)
_MIDDLES = (
    "La dépense s’élève à {cost} millions de francs CFA, entièrement supportés par le budget de l’État ; "
    "{percent} % de l’enveloppe était engagée fin juin.",
    "Les chefs de village, réunis sous l’arbre à palabres, ont demandé que l’entretien soit confié à un comité "
    "élu, avec une caisse tenue par deux trésorières.",
    "« Nous n’attendions plus ce chantier, il est là », se réjouit une habitante, qui parcourait auparavant "
    "{percent} minutes à pied chaque matin.",
    "Le calendrier prévoit une réception provisoire au premier trimestre, puis une réception définitive douze mois "
    "plus tard, sous réserve d’un contrôle des travaux.",
)
_ENDINGS = (
    "Une seconde tranche, de même ampleur, doit être soumise au conseil avant la fin de l’exercice.",
    "Le prochain point d’étape est attendu dans trois mois au chef-lieu de la région.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One post. body: HTML as an author types it; blocks: what of it is the text, in order; unwanted: strings that
    stand around it. date: local time of the site, "2025-03-27 00:40:00". status: "publish" or one of HIDDEN.
    pdf: name of a file attached to it, "" for none."""

    slug: str
    title: str
    body: str
    blocks: tuple[str, ...]
    unwanted: tuple[str, ...]
    date: str
    category: str
    status: str = "publish"
    pdf: str = ""
    comment: str = ""


def published(number: int, start: int = 0) -> list[Publication]:
    """`number` publications, all different; a third has a table, a third a list, every fifth a file."""
    return [_one(index) for index in range(start, start + number)]


def hidden() -> list[Publication]:
    """Two of each that nobody may see; one has a file."""
    return [
        _one(500 + index, status=status, prefix=f"reserve-{status}", pdf=index == 0)
        for index, status in enumerate(HIDDEN * 2)
    ]


def _one(index: int, status: str = "publish", prefix: str = "note", pdf: bool | None = None) -> Publication:
    joined = index % 5 == 0 if pdf is None else pdf
    what = _SUBJECTS[index % len(_SUBJECTS)]
    place = _PLACES[index % len(_PLACES)]
    values = {"n": 12 + 7 * index, "place": place, "field": what[2], "what": what[1], "cost": 80 + 3 * index,
              "percent": 20 + index % 70}  # fmt: skip
    opening = _OPENINGS[index % 3].format(**values)
    first, second = (_MIDDLES[(index + step) % 4].format(**values) for step in range(2))
    ending = _ENDINGS[index % 2] + f" Référence {index:03}."
    heading = f"Ce que change la mesure numéro {index}"
    extra, extra_blocks = _extra(index)
    figure = f'<figure class="wp-caption"><figcaption class="wp-caption-text">{CAPTION}</figcaption></figure>'
    aside = f'<p class="lire-aussi"><strong>{ASIDE}</strong></p>'
    body = (
        f"<p><strong>{_typed(opening)}</strong></p>{figure}<p>{_typed(first)}</p>{aside}<h2>{heading}</h2>"
        f"<p>{_typed(second)}</p>{extra}<p>{_typed(ending)}</p>"
    )
    hour = "00:40:00" if index % 2 else "23:20:00"  # another day in Greenwich, east or west of it
    return Publication(
        slug=f"{prefix}-{index}",
        title=what[0].format(**values),
        body=body,
        blocks=(opening, first, heading, second, *extra_blocks, ending, *((LINK,) if joined else ())),
        unwanted=(ASIDE, CAPTION, *((COMMENT,) if index % 4 == 0 else ())),
        date=f"2025-{1 + index % 9:02}-{1 + index % 28:02} {hour}",
        category=CATEGORIES[index % len(CATEGORIES)],
        status=status,
        pdf=f"{prefix}-{index}.pdf" if joined else "",
        comment=COMMENT if index % 4 == 0 else "",
    )


def _extra(index: int) -> tuple[str, tuple[str, ...]]:
    rows = [(f"Commune {letter}", f"{index + step} unités") for step, letter in enumerate("ABC")]
    if index % 3 == 0:
        cells = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
        table = f"<table><thead><tr><th>Commune</th><th>Quantité</th></tr></thead><tbody>{cells}</tbody></table>"
        return table, ("Commune Quantité", *(f"{name} {value}" for name, value in rows))
    if index % 3 == 1:
        items = [f"{name}, qui recevra {value}" for name, value in rows]
        return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>", tuple(items)
    quote = f"Rien ne sera fait sans les habitants, a promis la préfète devant {index} délégués."
    return f"<blockquote><p>{quote}</p></blockquote>", (quote,)


def _typed(text: str) -> str:
    """As authors type: entities, non-breaking spaces, now and then a soft hyphen."""
    marked = escape(text, quote=False).replace(" ;", "&nbsp;;").replace(" %", "&nbsp;%").replace("é", "&eacute;", 1)
    return marked.replace("ministère", "minis&shy;tère", 1)
