"""Text-message spelling written out, so that what was meant is searched: "kel é le taux" is "quel est le taux"."""

import re

_SURE = {
    "kel": "quel", "kelle": "quelle", "kels": "quels", "kelles": "quelles", "ki": "qui", "ke": "que", "koi": "quoi",
    "kan": "quand", "qd": "quand", "qnd": "quand", "pk": "pourquoi", "pkoi": "pourquoi", "prkoi": "pourquoi",
    "prq": "pourquoi", "cmt": "comment", "cmnt": "comment", "koman": "comment",
    "kb1": "combien", "cbien": "combien", "combi1": "combien",
    "esk": "est-ce que", "eske": "est-ce que", "esq": "est-ce que", "keske": "qu'est-ce que", "kesk": "qu'est-ce que",
    "bcp": "beaucoup", "bkp": "beaucoup", "pcq": "parce que", "paske": "parce que", "avc": "avec", "tjr": "toujours",
    "tjs": "toujours", "tjrs": "toujours", "jms": "jamais", "kelk": "quelque", "kelkun": "quelqu'un", "pdt": "pendant",
    "dps": "depuis", "ajd": "aujourd'hui", "auj": "aujourd'hui", "gvt": "gouvernement",
    "ministr": "ministère", "presi": "président", "nvo": "nouveau", "nvl": "nouvelle", "nbr": "nombre",
}  # fmt: skip
"""Shorthand that is no French word: one of these shows that a question is typed so."""
_THEN = {
    "c": "c'est", "e": "est", "é": "est", "t": "était", "g": "j'ai", "pr": "pour", "ds": "dans", "lé": "les",
    "dé": "des", "cé": "c'est", "sé": "c'est", "ts": "tous", "tt": "tout", "qq": "quelque", "pa": "pas",
    "jusk": "jusque", "dc": "donc", "mm": "même", "o": "au", "kom": "comme", "kb": "combien",
    "cb": "combien", "combi": "combien", "pq": "pourquoi", "gouv": "gouvernement", "min": "ministère", "nb": "nombre",
}  # fmt: skip
"""Shorthand that could be something else: written out only beside the other kind."""
_MEANT = _SURE | _THEN
_WORD = re.compile(r"(?<![^\W]['’-])\b(?:[a-zà-ÿ][a-zà-ÿ0-9]*|(?<=^)[A-ZÉ][a-zà-ÿ0-9]*)\b(?!['’-]\w)")
"""Not a capitalised word past the first, which may be a name: Ki is one."""


def written_out(question: str) -> str:
    """The question with text-message spelling written out; as it was where it holds none that is sure."""
    if not any(match.group().lower() in _SURE for match in _WORD.finditer(question)):
        return question
    return _WORD.sub(lambda match: _MEANT.get(match.group().lower(), match.group()), question)
