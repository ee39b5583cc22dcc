"""The results' outer forms: report, exports, tables. Hostile strings stay text, nothing comes from outside."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from asking import PlainAsker, by_chance, cite, perfect, town
from bs4 import BeautifulSoup
from builders import document

from corpus.errors import SuiteError, UsageError
from evals import floors, formats_out
from evals.cases import Case, Gold, Suite
from evals.compare import compare
from evals.formats_in import load
from evals.report import render
from evals.results import Result, dump, parse
from evals.run import run_suite
from evals.show import comparison_text, result_text

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&]]> | {{ 7*7 }} \x0b\u202e"


def run(suite: Suite, asker: PlainAsker) -> Result:
    *_, last = run_suite(suite, asker)
    assert last.result is not None
    return last.result


@pytest.fixture(scope="module")
def chance() -> Result:
    documents, suite = town()
    return run(suite, by_chance(documents))


@pytest.fixture(scope="module")
def hostile() -> Result:
    """Every text that a web page or a suite can bring is hostile."""
    d = document("x", HOSTILE, title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)")
    cases = tuple(
        Case(
            qid=f"{HOSTILE}{kind}",
            question=HOSTILE,
            type=f"{HOSTILE}{kind}",
            answers=(HOSTILE + "non",),
            gold=(Gold(doc=d.id, quote=HOSTILE, start=0),),
        )
        for kind in "ab"
    )
    suite = Suite(name=HOSTILE, format="cases", digest="0", cases=cases, notes=(HOSTILE,))
    return run(suite, PlainAsker([d], lambda _, seen: seen, lambda _, seen: (((d, 0, len(d.text)),), 0.5)))


def test_the_report_shows_figures_intervals_plots_and_failures(chance: Result) -> None:
    page = BeautifulSoup(render(chance), "html.parser")
    text = page.get_text(" ")
    assert "[" in text and "Rappel@5" in text and "Score CRAG" in text
    assert len(page.select("svg.plot")) == 4 and all(svg.find("title") for svg in page.select("svg.plot"))
    cases = page.select("details.case")
    assert len(cases) == len(chance.rows)
    order = [case["data-outcome"] for case in cases]
    assert order.index("right_refusal") > order.index("wrong"), "gravest first"
    wrong = next(case for case in cases if case["data-outcome"] == "wrong")
    assert "rang " in wrong.get_text() and re.search(r"5\d{4}", wrong.get_text())


def test_the_report_brings_nothing_from_outside_and_runs_only_its_own_script(chance: Result, hostile: Result) -> None:
    for result in (chance, hostile):
        html = render(result)
        page = BeautifulSoup(html, "html.parser")
        assert not page.select("[src], link, iframe, object, embed, a[href], base, form[action]")
        assert len(page.select("script")) == 1 and len(page.select("style")) == 1
        assert "@import" not in html and "url(" not in html
        assert [a for tag in page.find_all(True) for a in tag.attrs if a.startswith("on") or a == "style"] == []
        policy = page.select_one("meta[http-equiv=Content-Security-Policy]")
        assert policy is not None and str(policy["content"]).startswith("default-src 'none'; style-src 'sha256-")


def test_hostile_strings_stay_text(hostile: Result) -> None:
    page = BeautifulSoup(render(hostile), "html.parser")
    assert "<img src=x onerror=alert(1)>" in page.get_text() and page.find("img") is None
    assert "{{ 7*7 }}" in page.get_text() and "49" not in page.select("details.case")[0].get_text()
    options = {str(option["value"]) for option in page.select("#type option")}
    assert f"{HOSTILE}a" in options


def test_the_report_s_script_filters(chance: Result) -> None:
    """The ids that the script looks for are all there."""
    html = render(chance)
    page = BeautifulSoup(html, "html.parser")
    for name in re.findall(r'field\("(\w+)"\)', html):
        assert page.find(id=name) is not None, name


def test_results_survive_their_json(tmp_path: Path, chance: Result) -> None:
    path = tmp_path / "r.json"
    path.write_text(dump(chance), encoding="utf-8")
    assert dump(parse(path)) == dump(chance)
    path.write_text('{"format": "autre"}', encoding="utf-8")
    with pytest.raises(SuiteError, match="expected 'sourcier-eval/1'"):
        parse(path)
    path.write_text('{"format": "sourcier-eval/1", "rows": []}', encoding="utf-8")
    with pytest.raises(SuiteError, match="damaged"):
        parse(path)


def test_trec_lines_have_six_words(chance: Result, hostile: Result) -> None:
    for result in (chance, hostile):
        lines = formats_out.trec_run(result).splitlines()
        assert len(lines) == sum(len(row.evidence) for row in result.rows) > 0
        assert all(len(line.split()) == 6 and line.split()[1] == "Q0" for line in lines)


def test_evalap_csv_reads_back(hostile: Result) -> None:
    rows = list(csv.DictReader(io.StringIO(formats_out.evalap_csv(hostile), newline="")))
    assert list(rows[0]) == ["query", "output_true", "output", "context"] and rows[0]["query"] == HOSTILE
    assert json.loads(rows[0]["context"]) == [HOSTILE]


def test_ragtime_jsonl_is_a_suite_again(tmp_path: Path, chance: Result) -> None:
    path = tmp_path / "again.jsonl"
    path.write_text(formats_out.ragtime_jsonl(chance), encoding="utf-8")
    again = load(path)
    assert [c.qid for c in again.cases] == [r.qid for r in chance.rows]
    assert [c.answerable for c in again.cases] == [r.answerable for r in chance.rows]


def test_junit_counts_what_failed(chance: Result, hostile: Result) -> None:
    tree = ET.fromstring(formats_out.junit_xml(chance))
    failures = sum(r.outcome in {"wrong", "refused", "answered_unanswerable"} for r in chance.rows)
    assert int(tree.attrib["failures"]) == len(tree.findall("testcase/failure")) == failures > 0
    assert int(tree.attrib["tests"]) == len(tree.findall("testcase")) == 80
    ET.fromstring(formats_out.junit_xml(hostile))


def test_markdown_cells_do_not_break_tables(hostile: Result) -> None:
    for line in formats_out.markdown(hostile).splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in {5, 6} and "<script" not in line


def test_all_formats_are_written(tmp_path: Path, hostile: Result) -> None:
    paths = formats_out.write(hostile, tmp_path / "out", ["all"])
    assert len(paths) == len(formats_out.WRITERS) == len(list((tmp_path / "out").iterdir()))
    with pytest.raises(UsageError, match="unknown format 'pdf'"):
        formats_out.write(hostile, tmp_path, ["pdf"])


def test_terminal_tables_are_french_and_fit(chance: Result) -> None:
    text = result_text(replace(chance, baselines={"default": chance.metrics, "lexical": chance.metrics}), width=100)
    assert "Précision des refus" in text and "BM25 seul" in text and "\u00a0%" in text
    assert max(map(len, text.splitlines())) <= 100


def test_comparison_pairs_questions(chance: Result) -> None:
    documents, suite = town()
    best = run(suite, perfect(documents))
    found = compare(chance, best)
    assert found.differences["correct"].certain and found.differences["correct"].delta > 0
    assert set(found.won) == {r.qid for r in chance.rows if r.outcome not in {"right", "right_refusal"}}
    assert found.lost == () and compare(best, chance).won == ()
    same = compare(best, best).differences["correct"]
    assert (same.delta, same.low, same.high, same.certain) == (0, 0, 0, False)
    text = comparison_text(found)
    assert "mieux" in text and "Gagnées par B" in text
    other = replace(best, suite={**best.suite, "digest": "f" * 64})
    with pytest.raises(SuiteError, match="two different suites"):
        compare(chance, other)
    assert compare(chance, other, force=True).warnings


def test_floors_hold_fall_and_need_a_flag_to_be_lowered(tmp_path: Path, chance: Result) -> None:
    documents, suite = town()
    best, path = run(suite, perfect(documents)), tmp_path / "floors.json"
    assert floors.check(best, floors.read(path)) == []
    floors.pin(best, path)
    assert floors.check(best, floors.read(path)) == []
    fallen = {breach.figure for breach in floors.check(chance, floors.read(path))}
    assert {"recall@5", "contains", "error_unanswerable"} <= fallen and "citation_exact" not in fallen
    before = path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="lower the floor"):
        floors.pin(chance, path)
    assert path.read_text(encoding="utf-8") == before
    floors.pin(chance, path, allow_lower=True)
    assert path.read_text(encoding="utf-8") != before
    floors.pin(best, path)
    other = replace(best, conditions={**best.conditions, "corpus_digest": "autre"})
    assert [breach.figure for breach in floors.check(other, floors.read(path))] == ["data"]
    with pytest.raises(UsageError, match="the data changed"):
        floors.pin(other, path)


def test_the_shipped_floors_can_be_read() -> None:
    assert isinstance(floors.read(), dict)


def test_citations_in_the_report_show_inexact_ones() -> None:
    d = document("a", "Le taux est de 69,89 %.")
    suite = Suite(name="s", format="cases", digest="0", cases=(Case(qid="q", question="Quel taux ?", answers=("70",)),))

    class Liar(PlainAsker):
        def ask(self, question: str, **filters: object):  # type: ignore[no-untyped-def]
            answer = super().ask(question)
            false = replace(answer.sentences[0], citations=(cite(d, 0, 7, "Le tauX"),))
            return replace(answer, sentences=(false,))

    result = run(suite, Liar([d], lambda _, seen: seen, lambda _, seen: (((d, 0, 7),), 0.9)))
    assert result.metrics["citation_exact"].value == 0 and "extrait inexact" in render(result)
