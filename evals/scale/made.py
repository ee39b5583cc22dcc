"""Documents made of real passages: some from different texts in each, figures and names changed.

What is changed keeps its length, so that a made text is cut where its real passages end, and the skeleton by which
`ScaleEncoder` finds them. Everything follows from the seed and the document's number; nothing is held.
"""

import random
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from corpus.records import Document
from evals.scale.encoder import CHANGED, MADE

LONGEST = 1200
"""Characters of a passage; two neighbours of a made document are longer together, so that they are never joined."""
SHORTEST = 300
"""Characters of a real passage that is used."""
PARTS = (2, 3, 4)
"""Passages of a document. One alone would be a near-copy of every other made from the same real passage."""
FIGURES, NAMES = 0.9, 0.8
"""Shares that are changed."""
FIRST_DAY, DAYS = date(2005, 1, 1), 7500
MINISTRIES = (
    "Économie et Finances", "Santé", "Éducation nationale", "Justice", "Agriculture", "Eau et Assainissement",
    "Sports et Loisirs", "Culture", "Transports", "Énergie", "Défense", "Affaires étrangères", "Commerce", "Jeunesse",
    "Environnement", "Urbanisme", "Travail", "Fonction publique", "Recherche", "Mines", "Ressources animales",
    "Transition numérique", "Action sociale", "Infrastructures",
)  # fmt: skip
_WORD = re.compile(r"\b[a-zà-öø-ÿ]{4,}")


class Composer:
    """Makes documents by number. bodies: the real passages."""

    def __init__(self, bodies: Iterable[str], seed: int) -> None:
        flowing = sorted({" ".join(body.split()) for body in bodies})
        self._bodies = [body for body in flowing if SHORTEST <= len(body) <= LONGEST]
        self._long = [body for body in self._bodies if len(body) > LONGEST - SHORTEST]
        self._seed = seed
        self._names = _names(self._bodies)

    def document(self, number: int, *, title: str = MADE, source: str = "compose") -> tuple[Document, int]:
        """A document, and of how many passages it is."""
        chance = random.Random(f"{self._seed}/{source}/{number}")
        taken: list[str] = []
        for _ in range(chance.choice(PARTS)):
            body = chance.choice(self._bodies)
            if taken and len(taken[-1]) + len(body) + 2 <= LONGEST:
                body = chance.choice(self._long or self._bodies)
            if body not in taken and (not taken or len(taken[-1]) + len(body) + 2 > LONGEST):
                taken.append(body)
        text = "\n\n".join(CHANGED.sub(lambda found: self._other(found[0], chance), body) for body in taken)
        return (
            Document(
                id=f"{source}/{number:07d}", url=f"https://exemple.test/{source}/{number}",
                title=f"{title} n° {number}", publisher="exemple.test", ministry=chance.choice(MINISTRIES),
                kind="communique", published=str(FIRST_DAY + timedelta(days=chance.randrange(DAYS))), text=text,
            ),
            len(taken),
        )  # fmt: skip

    def _other(self, found: str, chance: random.Random) -> str:
        if found[0].isdigit():
            if chance.random() > FIGURES:
                return found
            lowest = 10 ** (len(found) - 1) if found[0] != "0" and len(found) > 1 else 0
            return str(chance.randrange(lowest, 10 ** len(found))).zfill(len(found))
        names = self._names.get(len(found), ())
        return chance.choice(names) if found in names and chance.random() < NAMES else found


def _names(bodies: Sequence[str]) -> dict[int, list[str]]:
    """By length, capitalised words that never stand uncapitalised: "Dans" at the head of a sentence is no name."""
    plain, capital = set[str](), set[str]()
    for body in bodies:
        plain.update(_WORD.findall(body))
        capital.update(word for word in CHANGED.findall(body) if not word[0].isdigit())
    found: dict[int, list[str]] = {}
    for word in sorted(capital):
        if word.lower() not in plain:
            found.setdefault(len(word), []).append(word)
    return found
