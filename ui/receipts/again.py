"""Asking a receipt's question again: whether the corpus of today would give the same sentences and the same values.

A different answer takes nothing from the receipt, which says what was published when it was made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from corpus.errors import SourcierError
from rag import Answer
from ui.desk import Desk
from ui.filters import chosen
from ui.french import typeset
from ui.messages import in_french

Found = dict[str, Any]
_SENTENCES = ("phrase du reçu qui ne serait plus donnée", "phrase qui n’est pas dans le reçu")
_VALUES = ("valeur du reçu qui ne serait plus montrée", "autre valeur publiée, qui n’est pas dans le reçu")
_Place = tuple[str, str]
"""Publication and quote."""


def again(receipt: Found, desk: Desk) -> Found:
    """{"same": True, False, or None where the question cannot be asked; "told": one line in French; "differences":
    [{"doc", "quote", "reason"}], what is gone first}."""
    filters = chosen(receipt.get("filters") or {})
    try:
        answer = desk.ask(str(receipt.get("understood") or receipt["question"]), filters)
    except SourcierError as error:
        return _told(None, f"la question n’a pas pu être posée de nouveau ({in_french(error).rstrip('.')})", [])
    differences = [
        *_differences(_sentences(receipt["sentences"]), _sentences(answer.to_dict()["sentences"]), _SENTENCES),
        *_differences(_values(receipt.get("conflicts") or ()), _values(answer.conflicts), _VALUES),
    ]
    return _told(not differences, _summary(receipt, answer, differences), differences)


def _summary(receipt: Found, answer: Answer, differences: list[Found]) -> str:
    if not differences:
        same = "la même réponse" if answer.sentences else "le même refus"
        return f"la même question recevrait {same}"
    if not answer.sentences:
        return "le corpus ne répondrait plus à cette question"
    if not receipt["sentences"]:
        return "le corpus répondrait à cette question, ce qu’il ne faisait pas"
    only_values = all(each["reason"] in map(typeset, _VALUES) for each in differences)
    if only_values:
        return "la même question recevrait les mêmes phrases, avec d’autres valeurs à côté"
    return "la même question recevrait une autre réponse"


def _sentences(sentences: Iterable[Any]) -> dict[_Place, None]:
    """The sentences by the first publication that proves each, in their order."""
    return dict.fromkeys((each["citations"][0]["doc"] if each["citations"] else "", each["text"]) for each in sentences)


def _values(conflicts: Iterable[Any]) -> dict[_Place, None]:
    return dict.fromkeys((point["doc"], point["quote"]) for series in conflicts for point in series["points"])


def _differences(before: Mapping[_Place, None], now: Mapping[_Place, None], reasons: tuple[str, str]) -> list[Found]:
    gone, new = [each for each in before if each not in now], [each for each in now if each not in before]
    return [
        {"doc": doc, "quote": quote, "reason": typeset(reason)}
        for places, reason in zip((gone, new), reasons, strict=True)
        for doc, quote in places
    ]


def _told(same: bool | None, told: str, differences: list[Found]) -> Found:
    return {"same": same, "told": typeset(told), "differences": differences}
