"""The demonstration end to end: real sites on loopback, the real model, and what a reader is promised."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders import ROOT, index
from demonstration import Demo

from corpus.records import Document, latest_day
from corpus.settings import Settings
from corpus.store import Store
from evals import floors
from evals.cases import located
from evals.conditions import corpus_digest
from evals.formats_in import load
from evals.results import Result
from evals.run import find_suite, run_suite
from rag import Answer, Assistant, Evidence
from rag.encoder import Encoder

SUITE = [json.loads(line) for line in (ROOT / "evals" / "suites" / "demo.jsonl").read_text("utf-8").splitlines()]
SEED_DATE = "2025-03-27"

SEED_QUESTIONS = (
    ("Combien de procédures administratives le ministère de la Transition digitale avait-il dématérialisées au "
     "31 décembre 2024 ?", "65 procédures"),
    ("Combien des procédures dématérialisées par le ministère de la Transition digitale étaient déjà en exploitation "
     "au 31 décembre 2024 ?", "dont 5 "),
    ("Dans combien de nouvelles localités en zones blanches les réseaux de communications électroniques ont-ils été "
     "étendus, selon le CASEM du 27 mars 2025 ?", "93"),
    ("Combien de bâtiments ont été interconnectés au RESINA en 2024, selon le CASEM de mars 2025 ?", "104"),
    ("À combien est passé le nombre total de bâtiments interconnectés au RESINA, selon le CASEM du 27 mars 2025 ?",
     "3 025"),
    ("Quel était le taux d’exécution physique du MTDPCE au 31 décembre 2024 ?", "88,02"),
    ("Quel était le taux d’exécution financière du MTDPCE au 31 décembre 2024 ?", "69,89"),
    ("Quelle édition de la Semaine du numérique le ministère a-t-il tenue en 2024, selon le bilan présenté au CASEM "
     "du 27 mars 2025 ?", "19"),
    ("Combien de personnes ont été formées pendant la 19e édition de la Semaine du numérique, selon le bilan du CASEM "
     "de mars 2025 ?", "1 848"),
    ("Combien de personnes ont été sensibilisées au numérique pendant la 19e Semaine du numérique, selon le bilan du "
     "CASEM de mars 2025 ?", "1 600"),
)  # fmt: skip
"""A001 to A010 of the suite, and what the first sentence of the answer must say."""


@pytest.fixture(scope="module")
def assistant(demo_data: Path, encoder: Encoder) -> Iterator[Assistant]:
    with Assistant.open(demo_data, Settings(), encoder=encoder) as opened:
        yield opened


class Recorder:
    """An assistant that keeps its answers."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.answers: list[Answer] = []

    def ask(self, question: str, **narrow: Any) -> Answer:
        self.answers.append(self.assistant.ask(question, **narrow))
        return self.answers[-1]

    def search(self, question: str, **narrow: Any) -> Sequence[Evidence]:
        return self.assistant.search(question, **narrow)

    def document(self, doc_id: str) -> Document:
        return self.assistant.document(doc_id)


@pytest.fixture(scope="module")
def measured(assistant: Assistant, demo_data: Path) -> tuple[Result, list[Answer]]:
    """The whole suite, evaluated in one pass, with the answers."""
    with Store.open(demo_data) as store:
        suite = located(load(find_suite("demo")), store.current())
        given = {"corpus_digest": corpus_digest(store.current())}
    recorder = Recorder(assistant)
    *_, last = run_suite(suite, recorder, given=given)
    assert last.result is not None
    return last.result, recorder.answers


@pytest.fixture(scope="module")
def replies(measured: tuple[Result, list[Answer]]) -> list[tuple[dict[str, Any], Answer]]:
    """Every question of the suite with its answer."""
    return list(zip(SUITE, measured[1], strict=True))


def plain(text: str) -> str:
    """Text with ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_first_collection_brings_every_text_and_names_what_it_could_not(demo: Demo) -> None:
    first = {source["name"]: source for source in demo.ingested[0]["sources"]}
    assert list(first) == ["ministere", "latribune", "burkina24", "kiosque", "documents"]
    with Store.open(demo.data) as store:
        counts = store.counts()
    assert counts.documents == sum(source["new"] for source in first.values()) >= 80
    failed = Counter[str]()
    for source in first.values():
        failed += Counter(source["failed"])
        assert {problem["reason"] for problem in source["problems"]} == {*source["failed"], *source["refused"]}
    assert failed == {"http_status": 1, "no_text": 1, "pdf_without_text": 1, "pdf_unread": 2}
    assert first["kiosque"]["refused"] == {"robots": 1}


def test_the_second_collection_fetches_and_stores_nothing(demo: Demo) -> None:
    first, second = demo.ingested
    totals = Counter[str]()
    for source in second["sources"]:
        totals += Counter({key: value for key, value in source.items() if isinstance(value, int)})
    for name in ("fetched", "new", "edited", "restored", "withdrawn", "archived", "bytes"):
        assert totals[name] == 0, name
    assert totals["unchanged"] == sum(source["new"] for source in first["sources"])
    statuses = Counter(visit.status for visit in demo.visits if not visit.target.endswith("/robots.txt"))
    assert statuses.keys() == {304, 500}  # the broken page is tried again, everything else is as it was


def test_the_second_index_embeds_nothing(demo: Demo) -> None:
    first, second = demo.indexed
    assert first.embedded == first.passages > 0
    assert (second.embedded, second.reused, second.generation) == (0, first.passages, first.generation)


@pytest.mark.parametrize(("question", "figure"), SEED_QUESTIONS, ids=[figure for _, figure in SEED_QUESTIONS])
def test_the_seed_event(assistant: Assistant, question: str, figure: str) -> None:
    answer = assistant.ask(question)
    assert answer.sentences, f"refused; nearest: {answer.evidence[0].text[:200]}"
    assert figure in plain(answer.sentences[0].text)
    first = answer.sentences[0].citations[0]
    assert first.published and first.publisher and first.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("year", ["2027", "2031"])
@pytest.mark.parametrize(
    "question",
    [
        "Quel était le taux d’exécution financière du ministère de la Transition digitale au 31 décembre {year} ?",
        "Combien de bâtiments étaient raccordés au RESINA fin {year} ?",
        "Quel était le thème du premier CASEM {year} de la Transition digitale ?",
    ],
)
def test_a_year_that_the_corpus_does_not_have_is_refused(assistant: Assistant, question: str, year: str) -> None:
    answer = assistant.ask(question.format(year=year))
    assert (answer.status, answer.sentences, answer.text) == ("abstained", (), "")
    assert answer.evidence, "a refusal shows the nearest passages"


def test_every_citation_of_every_question_is_an_exact_span(
    demo_data: Path, replies: list[tuple[dict[str, Any], Answer]]
) -> None:
    assert len(replies) == len(SUITE) >= 160
    seen = 0
    with Store.open(demo_data) as store:
        for case, answer in replies:
            assert bool(answer.sentences) == (answer.status != "abstained"), case["qid"]
            for sentence in answer.sentences:
                assert sentence.citations, case["qid"]
                assert sentence.text == "\n".join(citation.quote for citation in sentence.citations), case["qid"]
                for citation in sentence.citations:
                    document = store.get(citation.doc)
                    assert document.text[citation.start : citation.end] == citation.quote, case["qid"]
                    assert citation.quote.strip(), case["qid"]
                    assert citation.page == document.page_at(citation.start), case["qid"]
                    told = (citation.url, citation.title, citation.publisher, citation.ministry, citation.published)
                    kept = (document.url, document.title, document.publisher, document.ministry, document.published)
                    assert told == kept, case["qid"]
                    seen += 1
            for item in answer.evidence:
                assert store.get(item.doc).text[item.start : item.end] == item.text, case["qid"]
    assert seen > 100


def test_no_figure_of_the_benchmark_fell_below_its_floor(measured: tuple[Result, list[Answer]]) -> None:
    pins = floors.read()
    assert pins["demo"]["floors"], "the demonstration suite has floors"
    assert floors.check(measured[0], pins) == []


def test_a_citation_of_a_pdf_has_its_page(demo_data: Path, replies: list[tuple[dict[str, Any], Answer]]) -> None:
    cited = {
        citation
        for _, answer in replies
        for sentence in answer.sentences
        for citation in sentence.citations
        if citation.doc.startswith("documents/")
    }
    assert cited
    assert all(citation.page is not None and citation.page >= 1 for citation in cited)
    assert any((citation.page or 0) > 1 for citation in cited), "none from a second page"


def test_an_as_of_question_is_answered_from_what_was_published_by_then(
    assistant: Assistant, replies: list[tuple[dict[str, Any], Answer]]
) -> None:
    dated = [(case["as_of"], answer) for case, answer in replies if case.get("as_of")]
    assert dated
    cited = 0
    for as_of, answer in dated:
        assert answer.as_of == as_of
        places = [citation for sentence in answer.sentences for citation in sentence.citations]
        for place in (*places, *answer.evidence):
            assert place.published and latest_day(place.published).isoformat() <= as_of
        cited += len(places)
    assert cited, "no as-of question was answered"
    question = next(question for question, figure in SEED_QUESTIONS if figure == "69,89")
    before = assistant.ask(question, as_of="2025-03-26")
    assert "69,89" not in before.text
    assert "69,89" in assistant.ask(question, as_of=SEED_DATE).text


@pytest.mark.parametrize(
    ("question", "as_of", "published"),
    [
        ("À quelle date le ministère de la Santé a-t-il tenu son dernier CASEM ?", "2025-01-15", "2024-12"),
        ("À quelle date le ministère de la Santé a-t-il tenu son dernier CASEM ?", "2025-10-01", "2025-09"),
        (
            "Quel est le dernier taux d'exécution du contrat d'objectifs de la ministre de la Transition digitale ?",
            "2025-09-01",
            "2025-08",
        ),
    ],
)
def test_the_latest_is_the_latest_of_its_day(assistant: Assistant, question: str, as_of: str, published: str) -> None:
    first = assistant.ask(question, as_of=as_of).sentences[0].citations[0]
    assert (first.published or "").startswith(published)


def test_a_withdrawn_publication_stops_answering_at_once(demo: Demo, encoder: Encoder, tmp_path: Path) -> None:
    data = demo.copy(tmp_path / "data")
    question, figure = SEED_QUESTIONS[0]
    with Assistant.open(data, Settings(), encoder=encoder) as assistant:
        cited: set[str] = set()
        while figure in (answer := assistant.ask(question)).text:  # several outlets tell it: withdraw them all
            docs = {citation.doc for sentence in answer.sentences for citation in sentence.citations}
            assert not docs & cited
            cited |= docs
            with Store.open(data, write=True) as store:
                for doc in docs:
                    assert store.withdraw(doc, "2026-01-01T00:00:00Z")
        assert cited
        kept = {citation.doc for sentence in answer.sentences for citation in sentence.citations}
        assert not cited & (kept | {item.doc for item in answer.evidence})
    report = index(data, encoder)
    assert (report.documents, report.embedded) == (demo.indexed[0].documents - len(cited), 0)
