"""French words: folding, tokens, stop words, index terms.

Standard library and PyStemmer (Snowball French). Sentence boundaries are in
`sentences.py` and acronyms in `acronyms.py`; both are offered here too, so that
callers have one face.

Decisions, the same for what is indexed and for what is asked:

* Matching never depends on case, accents, ligatures, apostrophe or on the
  Unicode form: the stem is taken from the folded word, so "taux d'execution" finds
  "taux d’exécution". It costs nothing: BM25 on PIAF dev has MRR@10 0.803 with these
  terms, 0.803 with stems of accented words, 0.792 without stems.
* An elided particle is split off and dropped: "l'État" gives "etat". Words that
  own their apostrophe ("aujourd'hui", "presqu'île") stay whole.
* A hyphen compound gives its parts, each with its own span: "porte-parole" and
  "porte parole" are the same to a search, "Bobo-Dioulasso" is found by either half.
* A number is one token whatever its separators: "1 848", "1.848" and "1848" are
  "1848"; "69,89" and "69.89" are "69,89". An ordinal is "19e" in all its forms.
* An acronym is stemmed like the same letters in lower case would be (a reader who
  types "resina" means RESINA), unless it has a digit or no vowel; its `text` is whole.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import Stemmer

from rag.text.acronyms import acronyms
from rag.text.sentences import sentences

__all__ = ["STOP_WORDS", "Token", "acronyms", "fold", "sentences", "terms", "tokens"]


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


# Folded. Left out, for their folded form is another word: "mais" (maïs), "or" (the metal).
STOP_WORDS: frozenset[str] = _words("""
    a afin ainsi alors apres au aupres aussi autre autres aux avant avec c car ce ceci cela celle celles celui
    cependant ces cet cette ceux chaque chez ci comme concernant contre d dans de depuis des desormais deja donc dont
    du durant e elle elles en encore enfin ensuite entre envers est et etc eux hors hui ici il ils j je jusque l la le
    les leur leurs lors lorsque lui m malgre me meme memes mes mien moi moins mon moyennant n ne neanmoins ni nos
    notamment notre nous on ou outre par parmi pas pendant peu plus plutot pour pourtant puis puisque qu quant que
    quelque quelques s sa sans sauf se selon ses si sien soi soit son sous suivant sur t ta tandis te tel telle telles
    tels tes toi ton tous tout toute toutefois toutes tres trop tu un une vers via voici voila vos votre vous y

    ai aie aient ait as aura aurait auront avaient avait avez avoir avons ayant eu eut ont
    es etaient etais etait etant ete etes etre fut furent sera serait seraient seront soient sommes sont suis
    fait faire font peut peuvent pouvoir va vont

    combien comment lequel laquelle lesquels lesquelles auquel auxquels auxquelles duquel desquels desquelles
    pourquoi quand quel quelle quelles quels qui quoi

    mm mme mmes mlle mr
""")
_ELIDED = _words("l d j m t s n c qu lorsqu puisqu quoiqu jusqu")
_KEEP_APOSTROPHE = re.compile(r"(?:aujourd|prud|presqu'il|quelqu'un|entr|grand)'?")
_APOSTROPHES = "'’‘ʼ`´′＇"
_STRAIGHT = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | {"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss"})
_LETTER = r"[^\W_]"
_COMBINING = "[\u0300-\u036f]"
_GAP = "[ \u00a0\u2009\u202f]"
# A number is read first, whole; what is left are words, with their apostrophes and combining accents.
_CHUNK = re.compile(
    rf"(?<![^\W_])(?<!\d[.,])(?:[1-9]\d{{0,2}}(?:(?:{_GAP}\d{{3}})+|(?:\.\d{{3}})+)(?!\d)|\d+)(?:[.,]\d+)?"
    rf"(?![.,]?\d|{_LETTER})"
    rf"|(?:[^\W\d_]{{1,2}}[{_APOSTROPHES}])?(?:{_LETTER}\.){{2,}}(?:{_LETTER}(?!{_LETTER}))?"
    rf"|{_LETTER}(?:{_LETTER}|{_COMBINING})*(?:[{_APOSTROPHES}]{_LETTER}(?:{_LETTER}|{_COMBINING})*)*"
)
_GROUP_MARK = re.compile(r"[ \u00a0\u2009\u202f]|\.(?=\d{3}(?!\d))")
_ORDINAL = re.compile(r"(\d+)(?:er|ere|re|e|eme|ieme|me|nd|nde)s?$")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number of a text: `text` folded, `stem` its index term, [start, end) its characters.

    stop: in STOP_WORDS; acronym: written as one (two capitals or more, "4G", "O.N.U.").
    """

    text: str
    stem: str
    start: int
    end: int
    stop: bool
    acronym: bool


class _Plain(dict[int, Any]):
    """For `str.translate`: _STRAIGHT, and combining marks to nothing. It remembers what stays as it is: a character
    that a table does not hold costs it ten times as much."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return cast("int | None", self[code])


_PLAIN = _Plain(_STRAIGHT)


def fold(text: str) -> str:
    """Lower case, no accents, straight apostrophes, ligatures opened, single spaces. Idempotent.

    The length may change: never use its offsets on the original.
    """
    plain = text.translate(_PLAIN)
    if not plain.isascii():
        # twice: lower-casing may bring a new combining mark ("İ"), decomposition a new capital ("℃")
        for _ in range(2):
            plain = unicodedata.normalize("NFKD", plain).lower().translate(_PLAIN)
    return _SPACES.sub(" ", plain.lower()).strip()


def tokens(text: str) -> tuple[Token, ...]:
    """Every word and number of `text`, in order, with its place; punctuation is left out."""
    found = []
    for match in _CHUNK.finditer(text):
        begin = match.start()
        for first, last, word, stem, stop, acronym in _analyse(match.group()):
            found.append(Token(word, stem, begin + first, begin + last, stop, acronym))
    return tuple(found)


def terms(text: str) -> list[str]:
    """The index terms of `text` in order: stems of its words that are not stop words, numbers, acronyms."""
    found: list[str] = []
    for match in _CHUNK.finditer(text):
        found += _terms(match.group())
    return found


@lru_cache(maxsize=100_000)
def _terms(chunk: str) -> tuple[str, ...]:
    return tuple(stem for _, _, _, stem, stop, _ in _analyse(chunk) if not stop)


@lru_cache(maxsize=100_000)
def _analyse(chunk: str) -> tuple[tuple[int, int, str, str, bool, bool], ...]:
    """(first, last, text, stem, stop, acronym) of each token of one chunk, offsets within the chunk."""
    if chunk[0].isdigit() and not any(char.isalpha() for char in chunk):
        number = _number(chunk)
        return ((0, len(chunk), number, number, False, False),)
    if "." in chunk:
        begin = len(_head(chunk, 0)) + 1 if _head(chunk, 0) else 0
        word = fold(chunk[begin:]).replace(".", "")
        return ((begin, len(chunk), word, _stem(word), word in STOP_WORDS, True),)
    plain = fold(chunk)
    if "'" not in plain or _KEEP_APOSTROPHE.match(plain):
        return (_token(chunk, 0),)
    begin = 0
    head = _head(chunk, begin)
    while head and fold(head) in _ELIDED:
        begin += len(head) + 1
        head = _head(chunk, begin)
    # what is left may hold an apostrophe of its own ("O'Brien")
    return (_token(chunk[begin:], begin),)


def _head(chunk: str, begin: int) -> str:
    """What stands before the next apostrophe, "" when there is none."""
    for place in range(begin, len(chunk)):
        if chunk[place] in _APOSTROPHES:
            return chunk[begin:place]
    return ""


def _token(word: str, begin: int) -> tuple[int, int, str, str, bool, bool]:
    folded = fold(word)
    ordinal = _ORDINAL.match(folded)
    if ordinal:
        folded = ordinal[1] + "e"
    capitals = sum(char.isupper() for char in word)
    has_digit = any(char.isdigit() for char in word)
    acronym = not ordinal and len(word) > 1 and (capitals >= 2 or (has_digit and capitals == 1))
    stop = folded in STOP_WORDS
    return begin, begin + len(word), folded, _stem(folded), stop, acronym


def _number(chunk: str) -> str:
    """The number with no group marks and a decimal comma: "12.500" -> "12500", "3.5" -> "3,5"."""
    return _GROUP_MARK.sub("", chunk).replace(".", ",")


_SNOWBALL = Stemmer.Stemmer("french")
_VOWEL = re.compile("[aeiouy]")


def _stem(word: str) -> str:
    """The Snowball stem of a folded word; a word with a digit or without a vowel is left alone."""
    if any(char.isdigit() for char in word) or not _VOWEL.search(word):
        return word
    # "formee(s)" has lost the accent that tells Snowball of a participle
    if word.endswith("ees"):
        word = word[:-2]
    elif word.endswith("ee"):
        word = word[:-1]
    elif len(word) > 6 and word.endswith(("iere", "ieres")):  # "financiere" meets "financier"
        word = word.removesuffix("s")[:-3] + "er"
    return fold(_SNOWBALL.stemWord(word))
