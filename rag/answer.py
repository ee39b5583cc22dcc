"""Evidence to an answer: the fewest verbatim sentences that hold what is asked, or silence."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from corpus.records import Span
from rag.choice import WITHIN as WITHIN_ONE
from rag.choice import Line, best_first, choose, one_line
from rag.compare.series import Series
from rag.compare.statements import At
from rag.confidence import confidence, features
from rag.conflicts import find_conflicts
from rag.french import fold, terms, tokens
from rag.gather import is_heading
from rag.judge import Judged, Models, judge
from rag.parts import Part, take_apart
from rag.passages import header
from rag.query import Query
from rag.quoting import quoted
from rag.recency import in_order, newest_first
from rag.search import Candidate, Found
from rag.sides import beside, in_time, is_table, merit, names_time, says_change, told
from rag.values import Sentence, Verdict
from rag.view import View
from rag.yesno import decided, moved

Again = Callable[[str], tuple[Query, Found]]
"""Searches another question under the same filters."""

COMPARED = 20
"""Passages, best first, that are read for other values of what is answered or claimed."""
ANSWER_FROM = 0.35
"""Confidence from which an answer is shown; `python -m evals.fit` prints what other thresholds would refuse."""
_UNSURE = ANSWER_FROM / 2 - 0.01
"""Confidence, at most, in what is of another year than the question, or says none of its words."""
SIDE_WITHIN = 4.0
"""Log-odds: the sentence of one side of a comparison is taken this far behind the best one, if that is of another."""
BOTH_WITHIN = 2.0
"""Log-odds: a sentence that is shown for one side serves the other too when it scores this close to the best."""
SAID_WITHIN = 3.0
"""The same for the sentence that decides a yes/no question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Sentences in the order to show (empty when abstaining), the confidence, 0 to 1, and other values published.

    missing, verdict: as in Answer."""

    sentences: tuple[Sentence, ...] = ()
    confidence: float = 0.0
    conflicts: tuple[Series, ...] = ()
    missing: tuple[str, ...] = ()
    verdict: Verdict | None = None


def compose(query: Query, found: Found, view: View, models: Models, *, most: int, again: Again) -> Reply:
    """Answer from what retrieval found, in at most `most` sentences (one for each part of a question that has
    parts), or abstain. again: how the parts are searched."""
    asked = _Asked(query, found, view, models, most)
    return asked.by_part(take_apart(query.text)[: max(most, 1)], again) or asked.whole()


@dataclass(frozen=True, slots=True)
class _Picked:
    """What answers a part, and how sure."""

    part: Part
    line: Line
    sure: float


@dataclass(frozen=True, slots=True)
class _Pool:
    """What was found and judged for each part, by its question."""

    queries: dict[str, Query]
    found: dict[str, Found]
    judged: dict[str, list[Judged]]

    def items(self) -> Iterator[tuple[Judged, Candidate]]:
        """Every sentence once, as judged where it scored best, with its passage."""
        best: dict[tuple[str, int], tuple[Judged, Candidate]] = {}
        for asked, judged in self.judged.items():
            for item in judged:
                place = item.document.id, item.start
                if place not in best or best[place][0].score < item.score:
                    best[place] = item, self.found[asked].candidates[item.rank]
        yield from best.values()


@dataclass(frozen=True)
class _Asked:
    """A question with all that it is answered from."""

    query: Query
    found: Found
    view: View
    models: Models
    most: int

    def whole(self) -> Reply:
        """The answer to the question as one."""
        judged, sure = self._judged
        if sure < ANSWER_FROM:
            return Reply(confidence=sure)
        lines, verdict = self._said(judged) if self.query.yes_no else (None, None)
        lines = lines or choose(self.query, judged, self.most)
        return self._reply([(line, "") for line in lines], sure, verdict=verdict)

    @cached_property
    def _judged(self) -> tuple[list[Judged], float]:
        """The sentences for the question as one, best first, and how sure the first one is: at most ANSWER_FROM where
        it is of another year."""
        query, view = self.query, self.view
        found = in_order(query, self.found, view)
        judged = newest_first(query, best_first(query, judge(query, found, view.generation, view.lookup, self.models)))
        return judged, self._sure(query, judged, found)

    @cached_property
    def _compared(self) -> list[At]:
        """The sentences that are read for other values of what is answered."""
        return self.view.places(self.found, COMPARED)

    def _sure(self, query: Query, judged: Sequence[Judged], found: Found, candidate: Candidate | None = None) -> float:
        """How sure the first sentence is. candidate: its passage, where it is none of those found."""
        if not judged:
            return 0.0
        if candidate is not None and candidate.row != found.candidates[judged[0].rank].row:
            found = replace(found, candidates=(candidate, *found.candidates))
            judged = [replace(judged[0], rank=0), *(replace(item, rank=item.rank + 1) for item in judged[1:])]
        sure = confidence(features(query, judged, found, self.view.generation))
        unheard = judged[0].features["context"] == 0  # not one word of the question, around the sentence neither
        return min(sure, _UNSURE) if unheard or _another_year(found, judged[0]) else sure

    def by_part(self, parts: Sequence[Part], again: Again) -> Reply | None:
        """A line for each part of the question; None where it has no parts, or nothing is known of any."""
        if not parts:
            return None
        if both := self._both(parts):
            return both
        pool, picked = self._pool(parts, again), list[_Picked]()
        for part in parts:
            one = self._pick(part, [other for other in parts if other is not part], pool, picked)
            picked += [one] if one else []
        if not picked or max(self._judged[1], *(one.sure for one in picked)) < ANSWER_FROM:
            return None
        for part in parts:
            if part.time is not None and all(one.part is not part for one in picked):
                line = next((found for one in picked if (found := beside(part, one.line))), None)
                picked += [_Picked(part, line, picked[0].sure)] if line else []
        picked.sort(key=lambda one: parts.index(one.part))
        shown: list[tuple[Line, list[str]]] = []
        for one in picked:
            labels = next((labels for line, labels in shown if _same(line, one.line)), None)
            if labels is None:
                shown.append((one.line, [one.part.label]))
            else:
                labels.append(one.part.label)
        known = {one.part.label for one in picked}
        labelled = [*self._change([line for line, _ in shown]), *((line, " ; ".join(labels)) for line, labels in shown)]
        return self._reply(
            labelled[: max(self.most, len(parts))],
            sum(one.sure for one in picked) / len(picked),
            missing=tuple(part.label for part in parts if part.label not in known),
            verdict=moved(self.query.text, [(one.line.places[0], one.part.time) for one in picked]),
        )

    def _change(self, shown: Sequence[Line]) -> list[tuple[Line, str]]:
        """Before the values of "de combien… a-t-il augmenté ?", the sentence that says by how much."""
        if not _BY_HOW_MUCH.search(fold(self.query.text)) or self._judged[1] < ANSWER_FROM:
            return []
        judged = self._judged[0]
        near = [item for item in judged if judged[0].score - item.score <= SAID_WITHIN and says_change(item)]
        return [(line, "") for item in near[:1] if not any(_same(line := one_line(item), one) for one in shown)]

    def _pick(self, part: Part, rivals: Sequence[Part], pool: "_Pool", known: Sequence["_Picked"]) -> "_Picked | None":
        """The sentence of one part; one that is shown already, where it says this too. Half as sure as a whole answer
        must be is enough: that it is of this part is checked besides."""
        found = pool.found[part.question]
        best = pool.judged[part.question][0].score if pool.judged[part.question] else 0.0
        fitting = [
            (item, candidate)
            for item, candidate in pool.items()
            if best - item.score <= SIDE_WITHIN and self._suits(part, item, candidate, rivals)
        ]
        if not fitting:
            return None
        worth = {id(item): item.score + merit(part, item) for item, _ in fitting}
        fitting.sort(key=lambda one: -worth[id(one[0])])
        both = [one for one in fitting if any(_holds(picked.line, one[0]) for picked in known)]
        within = BOTH_WITHIN if part.time else BOTH_WITHIN / 4
        near = both and worth[id(fitting[0][0])] - worth[id(both[0][0])] <= within and not is_table(both[0][0].text)
        chosen = both[0] if near else fitting[0]
        query = pool.queries[part.question]
        sure = self._sure(query, [chosen[0], *pool.judged[part.question]], found, chosen[1])
        return _Picked(part, choose(query, [chosen[0]], 1)[0], sure) if sure >= ANSWER_FROM / 2 else None

    def _pool(self, parts: Sequence[Part], again: Again) -> "_Pool":
        """Every part searched and judged on its own."""
        pool = _Pool({}, {}, {})
        for part in parts:
            query, found = again(part.question)
            if part.counts:
                query = replace(query, wanted="figure", several=False)
            judged = best_first(query, judge(query, found, self.view.generation, self.view.lookup, self.models))
            pool.queries[part.question], pool.found[part.question], pool.judged[part.question] = query, found, judged
        return pool

    def _both(self, parts: Sequence[Part]) -> Reply | None:
        """One sentence that speaks of all the times compared, where it is about the best of the whole question."""
        judged, sure = self._judged
        if sure < ANSWER_FROM or any(part.time is None for part in parts):
            return None
        whole = [
            item
            for item in judged
            if judged[0].score - item.score <= WITHIN_ONE
            and told(parts[0], item)
            and not is_table(item.text)
            and all(part.time is not None and names_time(part.time, item.text) for part in parts)
        ]
        if not whole:
            return None
        line = one_line(whole[0])
        shown = [(line, " ; ".join(part.label for part in parts))]
        verdict = moved(self.query.text, [(line.places[0], part.time) for part in parts])
        return self._reply([*self._change([line]), *shown], sure, verdict=verdict)

    def _suits(self, part: Part, item: Judged, candidate: Candidate, rivals: Sequence[Part]) -> bool:
        """Whether a sentence is of this part and not of the other one."""
        if is_heading(item.document.text, Span(item.start, item.end)):
            return False
        if part.names and not self._names(part, item, candidate, rivals):
            return False
        said = told(part, item)
        if part.counts and not said:
            return False
        return part.time is None or in_time(part.time, item, said)

    def _names(self, part: Part, item: Judged, candidate: Candidate, rivals: Sequence[Part]) -> bool:
        """Whether a sentence is of the side that has these names: of the ministry named, or else of what is named
        last in its passage, the header counted."""
        agrees = candidate.agreement
        if agrees is not None and agrees.ministry:
            return agrees.ministry == 1
        row = self.view.generation.rows[candidate.row]
        text = f"{header(item.document)}\n{item.document.text[int(row['start']) : item.end]}"
        own = set(terms(item.text))
        if part.names <= own or not part.names <= set(terms(text)):
            return part.names <= own
        if any(rival.names <= own for rival in rivals):
            return False
        words = tokens(text)
        last = {one.label: max((w.start for w in words if w.stem in one.names), default=-1) for one in (part, *rivals)}
        return last[part.label] == max(last.values())

    def _said(self, judged: Sequence[Judged]) -> tuple[list[Line] | None, Verdict | None]:
        """The sentence that decides a yes/no question, and what it says; (None, None) where none is sure to."""
        verdict_at = decided(self.query.text, self._compared, self.view.generation.lexical.idf)
        if verdict_at is None:
            return None, None
        verdict, places = verdict_at
        for item in judged:
            if judged[0].score - item.score > SAID_WITHIN:
                break
            if (item.document.id, item.start) in places:
                return choose(self.query, [item], 1), verdict
        return None, None

    def _reply(
        self,
        lines: Sequence[tuple[Line, str]],
        sure: float,
        *,
        missing: tuple[str, ...] = (),
        verdict: Verdict | None = None,
    ) -> Reply:
        shown = [place for line, _ in lines for place in line.places]
        near = self.view.places_like(shown, self.found)
        conflicts = find_conflicts(
            self.query.text, shown, self._compared, near=near, weight=self.view.generation.lexical.idf
        )
        sentences = quoted(lines)
        return Reply(sentences=sentences, confidence=sure, conflicts=conflicts, missing=missing, verdict=verdict)


_BY_HOW_MUCH = re.compile(
    r"\bde combien\b|\bquelle? (?:est |a ete )?(?:la |l')?(?:hausse|baisse|augmentation|progression)\b"
)


def _another_year(found: Found, best: Judged) -> bool:
    """The question names years and the publication names none of them: whatever it says, it is of another time."""
    agrees = found.candidates[best.rank].agreement
    return agrees is not None and agrees.years_far == 0


def _same(one: Line, other: Line) -> bool:
    return one.document.id == other.document.id and bool(set(one.spans) & set(other.spans))


def _holds(line: Line, item: Judged) -> bool:
    return line.document.id == item.document.id and Span(item.start, item.end) in line.spans
