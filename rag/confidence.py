"""How sure an answer is: one probability, from signs that a similarity alone does not give.

No threshold on a cosine tells the unanswerable questions of this domain: they
are look-alikes by year, session, ministry or attribute. What speaks is what the
reader makes of the passages, whether the publication agrees with the question in
time and ministry, whether the figure does, whether every name of the question is
there, and how the best sentence and the best passage stand out.
"""

import math
import re
from collections.abc import Mapping, Sequence

from rag.agreement import NOTHING_NAMED, without_dates
from rag.french import terms
from rag.generation import Generation
from rag.judge import Judged, gap, share
from rag.passages import header
from rag.query import Query
from rag.search import Found

PLAIN: Mapping[str, float] = {
    "bias": -6.74, "context": 1.16, "late": 5.86, "dense": -3.50, "named": 0.52, "unknown": 0.47, "measure": -0.17,
    "ministry": 1.24, "other_ministry": 0.03, "session": 0.71, "days": 1.40, "months": 1.66, "years_near": 0.27,
    "years": 0.96, "other_time": -0.38, "clash_time": -1.57, "same_time": 0.46, "clash_side": 0.00,
    "silent_side": -0.43, "gap": 0.24, "first": 0.32, "lead": 0.17, "lacks": 0.00,
    "other_unit": 0.00, "aim": 0.00, "covered": 0.00, "agreed": 0.00,
}  # fmt: skip
"""Weights without a reader, fitted like those with it."""
READ: Mapping[str, float] = {
    "bias": -11.63, "odds": 0.33, "any": 0.22, "context": 0.96, "late": 2.54, "dense": 5.16, "named": 1.11,
    "unknown": 0.99, "measure": -0.35, "ministry": 0.77, "other_ministry": -0.59, "session": 1.04, "days": 2.06,
    "months": 0.38, "years_near": 0.02, "years": 0.77, "other_time": -0.47, "clash_time": -1.87, "same_time": 0.32,
    "clash_side": -0.64, "silent_side": -1.00, "gap": 0.29, "first": 0.47, "lead": 0.08, "lacks": 0.00,
    "other_unit": 0.00, "aim": 0.00, "covered": 0.00, "agreed": 0.00,
}  # fmt: skip
"""Weights with the reader. Logistic regression by `python -m evals.fit` on the demonstration suite, press-qa and PIAF
held out from the reader, and NoMIRACL questions that it did not see: that the right sentence is among the two shown
(NoMIRACL tells only whether there is one). Cross-validated AUROC of answerable against not: demonstration suite 0.80,
press-qa 0.69, NoMIRACL 0.72."""
_LEAD = 2000
"""Characters at the head of a publication where its names are introduced."""
_FAR, _APART = 5.0, 3.0
"""Beyond, the lead of the best sentence, and of the first passage, tells no more."""
_OF_SENTENCE = (
    "context", "late", "measure", "other_time", "clash_time", "same_time", "clash_side", "silent_side", "lacks",
    "other_unit", "aim",
)  # fmt: skip
"""Features of the best sentence that are signs as they are (see `rag.judge.Judged`)."""
_NAMES = re.compile(r"(?<=[\w,’'«(] )[«(]?[A-ZÀ-Ý0-9][\w’'&-]*|(?<=[’'«(])[A-ZÀ-Ý0-9][\w’'&-]*")
_NO_VECTOR = 0.88
"""Cosine assumed where no vectors are in use: the median of the best one over the demonstration suite."""


def features(query: Query, judged: Sequence[Judged], found: Found, generation: Generation) -> dict[str, float]:
    """The signs, keys of the weights less "bias". `judged` is not empty, best first."""
    best = judged[0]
    candidate = found.candidates[best.rank]
    text = best.document.text
    row = generation.rows[candidate.row]
    passage = f"{header(best.document)} {text[:_LEAD]} {text[int(row['start']) : int(row['end'])]}"
    weights = {term: generation.lexical.idf(term) for term in query.content}
    named = {term: generation.lexical.idf(term) for term in names(query.text)}
    agrees = candidate.agreement or NOTHING_NAMED
    second = next((item.score for item in judged if item is not best), best.score - _FAR)
    read = {}
    if "odds" in best.features:
        odds = [item.features["odds"] for item in judged]
        read = {"odds": best.features["odds"], "any": max(odds) + math.log(sum(math.exp(o - max(odds)) for o in odds))}
    return {
        **read,
        **{name: best.features[name] for name in _OF_SENTENCE},
        "dense": max(item.dense for item in found.candidates) if found.vector is not None else _NO_VECTOR,
        "covered": share(weights, set(terms(passage))),
        "agreed": float(candidate.dense == max(item.dense for item in found.candidates))
        + float(candidate.lexical == max(item.lexical for item in found.candidates)),
        "named": share(named, set(terms(passage))) if named else 1.0,
        "unknown": 1.0 - share(weights, {term for term in weights if generation.lexical.knows(term)}),
        "ministry": float(agrees.ministry),
        "other_ministry": float(agrees.ministry < 0),
        "session": float(agrees.session),
        "days": agrees.days_far,
        "months": agrees.months_far,
        "years_near": agrees.years_near,
        "years": agrees.years_far,
        "gap": min(gap(found.candidates), _APART),
        "first": float(best.rank == 0),
        "lead": min(best.score - second, _FAR),
    }


def names(question: str) -> list[str]:
    """Index terms of the proper names and the numbers of a question, dates left out; none where all is in capitals."""
    if question.isupper():
        return []
    found = " ".join(match.group() for match in _NAMES.finditer(without_dates(question)))
    return list(dict.fromkeys(terms(found)))


def confidence(signs: Mapping[str, float]) -> float:
    """Probability, 0 to 1, that the answer shown is right."""
    weights = READ if "odds" in signs else PLAIN
    logit = weights["bias"] + sum(weights[name] * value for name, value in signs.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))
