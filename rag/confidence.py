"""How sure an answer is: one probability, from signs that a similarity alone does not give.

No threshold on a cosine tells the unanswerable questions of this domain: they
are look-alikes by year, session, ministry or attribute. What speaks is whether
the publication agrees with the question in time and ministry, whether the
passage says all of the question's words, whether the kind of thing asked for is
there, whether both retrievers point at the same publication, and how the best
sentence stands out.
"""

import math
from collections.abc import Mapping, Sequence

from rag.french import terms
from rag.index import Generation
from rag.judge import Judged
from rag.passages import header
from rag.query import Query
from rag.search import Found

PLAIN: Mapping[str, float] = {
    "bias": -17.18, "score": 0.24, "margin": 0.22, "context": -0.11, "near": -3.39, "dense": 13.68,
    "covered": -0.07, "unknown": 0.35, "retrievers": 0.31, "holds": 0.08, "measure": -0.74, "ministry": 0.82,
    "session": 0.82, "days": 3.46, "months": 0.64, "years_near": 0.52, "years": 1.96, "other_time": -0.94,
}  # fmt: skip
"""Weights without a reader. Logistic regression by `python -m evals.fit` on the demonstration suite: the right
sentence is shown. Cross-validated by family: AUROC 0.77 for answerable; below 0.3, 45 % of the unanswerable and 8 %
of the answerable questions are refused."""
READ: Mapping[str, float] = {
    "bias": -16.67, "odds": 0.20, "score": 0.14, "margin": 0.17, "context": 0.87, "dense": 13.40,
    "covered": -0.11, "unknown": 0.47, "retrievers": 0.13, "holds": 0.18, "measure": -1.73, "ministry": 0.96,
    "session": 0.10, "days": 1.01, "months": 1.46, "years_near": 0.38, "years": 0.62, "other_time": -1.51,
}  # fmt: skip
"""Weights with the reader, by the same command, on the demonstration suite and the held-out articles of press-qa."""
_NO_VECTOR = 0.88
"""Cosine assumed where no vectors are in use: the median of the best one over the demonstration suite."""


def features(query: Query, judged: Sequence[Judged], found: Found, generation: Generation) -> dict[str, float]:
    """The signs, keys of the weights less "bias". `judged` is not empty, best first."""
    best = judged[0]
    candidate = found.candidates[best.rank]
    row = generation.rows[candidate.row]
    text = best.document.text[int(row["start"]) : int(row["end"])]
    weights = {term: generation.lexical.idf(term) for term in query.content}
    whole = sum(weights.values()) or 1.0
    said = set(terms(f"{header(best.document)} {text}"))
    agrees = candidate.agreement
    second = next((item.score for item in judged[1:] if item.document.id != best.document.id), best.score - 5.0)
    top_lexical = max(found.candidates, key=lambda item: item.lexical)
    top_dense = max(found.candidates, key=lambda item: item.dense)
    model = "odds" if "odds" in best.features else "near"
    return {
        model: best.features[model],
        "score": best.score,
        "margin": min(best.score - second, 5.0),
        "context": best.features["context"],
        "dense": top_dense.dense if found.vector is not None else _NO_VECTOR,
        "covered": sum(weight for term, weight in weights.items() if term in said) / whole,
        "unknown": sum(weight for term, weight in weights.items() if not generation.lexical.knows(term)) / whole,
        "retrievers": float(generation.rows[top_lexical.row]["document"] == generation.rows[top_dense.row]["document"]),
        "holds": sum(value for name, value in best.features.items() if name.startswith("holds_")),
        "measure": best.features["measure"],
        "ministry": float(agrees.ministry) if agrees else 0.0,
        "session": float(agrees.session) if agrees else 0.0,
        "days": agrees.days_far if agrees else 1.0,
        "months": agrees.months_far if agrees else 1.0,
        "years_near": agrees.years_near if agrees else 1.0,
        "years": agrees.years_far if agrees else 1.0,
        "other_time": best.features["other_time"],
    }


def confidence(signs: Mapping[str, float]) -> float:
    """Probability, 0 to 1, that the answer shown is right."""
    weights = READ if "odds" in signs else PLAIN
    logit = weights["bias"] + sum(weights[name] * value for name, value in signs.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))
