"""Units of measure, currencies, rates and durations, as French press texts write them."""

import re
from typing import Literal, NamedTuple

UnitKind = Literal["percent", "money", "duration", "quantity"]


class Unit(NamedTuple):
    """What follows a number: its kind, and its name in one normal form."""

    kind: UnitKind
    name: str


_GAP = r"[ \t\u00a0\u2009\u202f]"
# (kind, pattern, name): the first that matches wins, so longer forms stand first.
_ROWS: tuple[tuple[UnitKind, str, str], ...] = (
    ("percent", r"%|pour[ \u00a0]cents?(?!\w)|p\.[ \u00a0]?100|pour[ \u00a0]100(?!\d)", "%"),
    ("percent", r"‰|pour[ \u00a0]mille(?!\w)", "‰"),
    (
        "percent",
        r"points?[ \u00a0]de[ \u00a0]pourcentage|points?(?=[ \u00a0](?:en|contre|par rapport|entre)\b)",
        "point",
    ),
    (
        "money",
        rf"(?:d['’])?(?:nos{_GAP}+)?(?:francs?{_GAP}*\(?C\.?F\.?A\b\)?|F\.?{_GAP}?C\.?F\.?A\b|CFA\b|XOF\b|francs?\b"
        rf"|(?-i:F)\b(?!{_GAP}?(?-i:[A-Z])\w|['’]))",
        "FCFA",
    ),
    ("money", r"(?:d['’])?(?:euros?\b|EUR\b|€)", "EUR"),
    ("money", rf"dollars?(?:{_GAP}+(?:US\b|américains?\b|des États-Unis))?|USD\b|US\$|\$(?:{_GAP}?US\b)?", "USD"),
    ("money", r"yuans?\b", "CNY"),
    ("money", r"livres? sterling\b|£", "GBP"),
    ("money", r"dirhams?\b", "MAD"),
    ("duration", r"ans\b|an\b|années?\b", "an"),
    ("duration", r"mois\b", "mois"),
    ("duration", r"semaines?\b", "semaine"),
    ("duration", r"jours?\b|journées?\b", "jour"),
    ("duration", r"heures?\b|h\b", "heure"),
    ("duration", r"minutes?\b|mn\b|min\b", "minute"),
    ("duration", r"secondes?\b", "seconde"),
    ("quantity", r"km/h\b|kilomètres?[ -](?:par[ -]heure|heure)\b", "km/h"),
    ("quantity", r"km²|km2\b|kilomètres?[ \u00a0]carrés?\b", "km²"),
    ("quantity", r"m²|m2\b|mètres?[ \u00a0]carrés?\b", "m²"),
    ("quantity", r"m³|m3\b|mètres?[ \u00a0]cubes?\b", "m³"),
    ("quantity", r"(?-i:km)\b|kilom[èe]tres?\b", "km"),
    ("quantity", r"(?-i:cm)\b|centim[èe]tres?\b", "cm"),
    ("quantity", r"(?-i:mm)\b|millim[èe]tres?\b", "mm"),
    ("quantity", r"m[èe]tres?[ \u00a0]lin[ée]aires?\b|(?-i:ml)\b", "ml"),
    ("quantity", r"(?-i:m)\b(?!['’./])|m[èe]tres?\b", "m"),
    ("quantity", r"ha\b|hectares?\b", "ha"),
    ("quantity", r"(?-i:kg)\b|kilogrammes?\b|kilos?\b", "kg"),
    ("quantity", r"(?-i:g)\b|grammes?\b", "g"),
    ("quantity", r"tonnes?\b|(?-i:t)\b", "t"),
    ("quantity", r"(?-i:l)\b(?!['’])|litres?\b", "l"),
    ("quantity", r"(?-i:kWh)\b|kilowatt-?heures?\b", "kWh"),
    ("quantity", r"(?-i:MWh)\b|m[ée]gawatt-?heures?\b", "MWh"),
    ("quantity", r"(?-i:GWh)\b|gigawatt-?heures?\b", "GWh"),
    ("quantity", r"(?-i:MWc)\b|m[ée]gawatts?[- ]cr[êe]te\b", "MWc"),
    ("quantity", r"(?-i:kWc)\b", "kWc"),
    ("quantity", r"(?-i:kVA)\b", "kVA"),
    ("quantity", r"(?-i:kV)\b", "kV"),
    ("quantity", r"(?-i:MW)\b|m[ée]gawatts?\b", "MW"),
    ("quantity", r"(?-i:kW)\b|kilowatts?\b", "kW"),
    ("quantity", r"(?-i:GW)\b|gigawatts?\b", "GW"),
    ("quantity", r"Tbps\b|Tb/s|Tbits?/s", "Tbit/s"),
    ("quantity", r"Gbps\b|Gb/s|Gbits?/s|gigabits?(?: par seconde)?\b", "Gbit/s"),
    ("quantity", r"Mbps\b|Mb/s|Mbits?/s|m[ée]gabits?(?: par seconde)?\b", "Mbit/s"),
    ("quantity", r"(?-i:To)\b|t[ée]raoctets?\b", "To"),
    ("quantity", r"(?-i:Go)\b|gigaoctets?\b|gigas?\b", "Go"),
    ("quantity", r"(?-i:Mo)\b|m[ée]gaoctets?\b", "Mo"),
    ("quantity", r"(?-i:GHz)\b|gigahertz\b", "GHz"),
    ("quantity", r"(?-i:MHz)\b|m[ée]gahertz\b", "MHz"),
    ("quantity", r"°[ ]?C\b|degr[ée]s?(?: Celsius)?\b", "°C"),
)
_UNITS = tuple(Unit(kind, name) for kind, _, name in _ROWS)
# "de" may stand between: "12 millions de francs"
_UNIT = re.compile(rf"{_GAP}*(?:de{_GAP}+(?!mois\b))?(?:{'|'.join(f'({pattern})' for _, pattern, _ in _ROWS)})", re.I)
_DE = re.compile(rf"{_GAP}*de{_GAP}", re.I)


def read_unit(text: str, at: int, end: int, *, scaled: bool) -> tuple[Unit | None, int]:
    """The unit after a number that ends at `at`, and where it ends; (None, at) when there is none.

    scaled: the number ended in "millions" or the like, so "de" may come between.
    """
    match = _UNIT.match(text, at, end)
    if not match or match.lastindex is None or (not scaled and _DE.match(text, at, end)):
        return None, at
    if match.end() < end and text[match.end() - 1].isalnum() and text[match.end()].isalnum():
        return None, at
    return _UNITS[match.lastindex - 1], match.end()
