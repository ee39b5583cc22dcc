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
    "bias": -8.12, "context": 0.99, "late": 4.35, "measure": -0.31, "other_time": -0.85, "clash_time": -1.55,
    "same_time": 0.62, "clash_side": 0.00, "silent_side": -0.39, "lacks": -0.79, "other_unit": -1.96, "aim": 0.30,
    "dense": -0.53, "covered": 0.48, "agreed": 0.04, "named": 0.43, "unknown": 1.38, "ministry": 0.83,
    "other_ministry": -0.72, "session": 0.46, "days": 1.13, "months": 0.94, "years_near": 0.59, "years": 1.46,
    "gap": 0.18, "first": 0.02, "lead": 0.25,
}  # fmt: skip
"""Weights without a reader, fitted like those with it."""
READ: Mapping[str, float] = {
    "bias": -11.92, "odds": 0.28, "any": 0.10, "context": 0.65, "late": 3.12, "measure": -0.11, "other_time": -0.52,
    "clash_time": -1.93, "same_time": 0.26, "clash_side": -1.27, "silent_side": -0.51, "lacks": -0.30,
    "other_unit": -2.35, "aim": 0.25, "dense": 6.55, "covered": 0.18, "agreed": 0.25, "named": 0.83, "unknown": 1.29,
    "ministry": 0.65, "other_ministry": -1.38, "session": 1.24, "days": 1.05, "months": 0.27, "years_near": 0.13,
    "years": 0.84, "gap": 0.23, "first": 0.18, "lead": 0.08,
}  # fmt: skip
"""Weights with the reader. Logistic regression by `python -m evals.fit` on the demonstration suite, press-office texts,
press-qa and PIAF held out from the reader, and NoMIRACL questions that it did not see: that the right sentence is among
the two shown (NoMIRACL tells only whether there is one). Cross-validated AUROC of answerable against not: demonstration
suite 0.86, press-office texts 0.66, press-qa 0.68, NoMIRACL 0.69."""
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
    passage = set(terms(f"{header(best.document)} {text[:_LEAD]} {text[int(row['start']) : int(row['end'])]}"))
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
        "covered": share(weights, passage),
        "agreed": float(candidate.dense == max(item.dense for item in found.candidates))
        + float(candidate.lexical == max(item.lexical for item in found.candidates)),
        "named": share(named, passage) if named else 1.0,
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
