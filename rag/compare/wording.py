"""Words whose loss or change turns a sentence into another: opposites, negations, conditions and plans.

Patterns for whole folded words, as `rag.french.Token.text`.
"""

import re

OPPOSITES = tuple(
    (re.compile(rf"(?:{left})"), re.compile(rf"(?:{right})"))
    for left, right in (
        (r"hausse|augment\w*|progress\w*|accr\w+|bond\w*|croi\w+", r"baiss\w*|diminu\w*|recul\w*|chut\w*|repli\w*"),
        (r"physiques?", r"financi\w+"),
        (r"ouvertures?|ouverts?|ouvr\w+|lance\w*", r"clotur\w*|ferm\w+|clos"),
        (r"recettes?", r"depenses?"),
        (r"excedent\w*|benefic\w*", r"deficit\w*|pertes?"),
        (r"superieure?s?", r"inferieure?s?"),
        (r"maximum|maximal\w*|plafond", r"minimum|minimal\w*|plancher"),
        (r"hommes?|garcons?", r"femmes?|filles?"),
        (r"publics?|publiques?", r"prives?|privees?"),
        (r"urbaine?s?", r"rurale?s?|ruraux"),
        (r"import\w+", r"export\w+"),
        (r"adopt\w+|approuv\w+|valid\w+|accept\w+|autoris\w+", r"rejet\w*|refus\w*|interdi\w*|annul\w*|suspend\w*"),
        (r"satisfaisante?s?", r"insatisfaisante?s?|insuffisante?s?"),
        (r"legale?s?|legaux", r"illegale?s?|illegaux"),
        (r"anciens?|anciennes?", r"nouveaux?|nouvel\w*"),
        (r"directs?", r"professionnels?"),
    )
)
NEGATION = re.compile(
    r"ne|pas|guere|jamais|rien|aucune?s?|nulle?|ni|sans|non|impossible|refus\w*|rejet\w*|dement\w*|nie|nient|nier"
    r"|contest\w*|echou\w*|echec\w*|interdi\w*|annul\w*|suspend\w*|suspens\w*|absence|manque\w*|report[eé]\w*|empech\w*"
    r"|renonc\w*"
)
DENIAL = re.compile(r"ne|pas|guere|jamais|rien|aucune?s?|nulle?s?|ni|sans|non")
"""The words of grammar alone that turn a sentence round."""
MODALITY = re.compile(
    r"devrai(?:t|ent)|pourrai(?:t|ent)|serai(?:t|ent)|aurai(?:t|ent)|\w{2,}(?:er|ir|dr)ai(?:t|ent)|\w{2,}r(?:a|ont)"
    r"|doit|doivent|devoir|peut|peuvent|prevu\w*|prevoi\w*|envisag\w*|projette\w*|vise|visent|ambitionn\w*|esper\w*"
    r"|souhait\w*|promet\w*|promis\w*|annonc\w*|attendu\w*|probabl\w*|eventuel\w*|presque|quasi\w*|possibl\w*"
    r"|provisoire\w*|previsionnel\w*|cibles?|horizon|estim\w+|pretend\w*|demand\w*|recommand\w*"
)
NOT_FUTURE = frozenset(["opera", "camera", "extra", "para", "aura", "sahara"])
