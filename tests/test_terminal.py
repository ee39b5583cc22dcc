"""ui.terminal: what commands print."""

from dataclasses import replace
from typing import Any

from builders import FORMER, SEED, document
from test_render import OTHER, QUOTE, RIVAL, nearest, reply, sentence, series

from rag import ClaimVerdict, IndexReport
from ui import terminal

LONG = document(
    "long", "Un mot après l’autre, " * 30, title="Un très long titre " * 9, url="https://example.org/" + "a" * 150
)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_an_answer_is_numbered_and_its_sources_are_named() -> None:
    answer = reply(sentence(SEED, QUOTE), sentence(FORMER, "91,40%"), sentence(SEED, OTHER))
    text = plain(terminal.answer(answer))
    start = SEED.text.index(QUOTE)
    one, two = f"(Ministère : {SEED.ministry}.)", f"(Ministère : {FORMER.ministry}.)"
    assert text.startswith(f"{QUOTE} [1] {one} 91,40% [2] {two} {OTHER} [1] {one}")
    assert "Certitude : sûr — publications du 12 décembre 2024 au 27 mars 2025 — recherché dans" in text
    assert f"[1] {SEED.title} {SEED.publisher} — {SEED.ministry} — 27 mars 2025 {SEED.url}" in text
    assert f"« {QUOTE} » (caractères {start} à {start + len(QUOTE)})" in text


def test_other_values_stand_between_the_answer_and_its_sources() -> None:
    found = (series("evolution", (RIVAL, "84,5 %", None)), series("conflict", (SEED, "88,02%", "2024-12-31")))
    answer = replace(reply(sentence(SEED, QUOTE)), conflicts=found)
    text = plain(terminal.answer(answer, {RIVAL.id: RIVAL}))
    conflict = "D’autres valeurs ont été publiées : Taux physique — Transition digitale"
    said = "- 88,02% au 31 décembre 2024 (réponse) — latribunedufaso.net, 27 mars 2025 « 88,02% »"
    evolution = f"- 84,5 % — sidwaya.info, 2 avril 2025 « 84,5 % » {RIVAL.url} Source :"
    assert f"{conflict} {said} Évolution : Taux physique — Transition digitale {evolution}" in text


def test_verdicts_say_what_is_proved_by_what() -> None:
    (quote,) = sentence(SEED, QUOTE).citations
    wrong = ClaimVerdict(
        claim="Le taux est de 95 %.", status="contradicted", value="88,02%", quotes=(quote,), claimed="95 %"
    )
    text = plain(terminal.verdicts((wrong,)))
    assert text.startswith(f"« Le taux est de 95 %. » Contredit : 88,02% au lieu de 95 %. « {QUOTE} » — {SEED.title}")
    assert text.endswith(SEED.url)
    right = replace(wrong, status="confirmed", claimed="88,02%")
    assert "» Confirmé : 88,02%. «" in plain(terminal.verdicts((right,)))
    assert "» Contredit. «" in plain(terminal.verdicts((replace(wrong, value=None, claimed=None),)))
    lost = replace(wrong, status="not_found", value=None, claimed=None, quotes=())
    assert plain(terminal.verdicts((lost,))).endswith(
        "» Introuvable : le corpus ne permet ni de confirmer ni de contredire."
    )
    assert terminal.verdicts((right, lost)).count("\n\n") == 1
    assert terminal.verdicts(()) == "Aucune affirmation à vérifier."
    bad = ClaimVerdict(claim="a\x1b[2J", status="confirmed", value="\x1b1", quotes=(replace(quote, quote="\u202e1"),))
    assert not set("\x1b\u202e") & set(terminal.verdicts((bad,)))


def test_a_page_is_said() -> None:
    found = sentence(SEED, QUOTE)
    paged = replace(found, citations=(replace(found.citations[0], page=3),))
    assert "page 3, caractères" in plain(terminal.answer(reply(paged)))


def test_a_refusal_says_that_what_follows_is_no_answer() -> None:
    text = plain(terminal.answer(reply(evidence=tuple(nearest(SEED, n) for n in range(1, 9)))))
    assert text.startswith("Le corpus ne répond pas à cette question. Recherché dans")
    assert "ce ne sont pas des réponses" in text
    assert text.count(SEED.url) == 3


def test_lines_are_wrapped_at_100_columns_but_addresses_stay_whole() -> None:
    text = terminal.answer(reply(sentence(LONG, LONG.text.strip()), evidence=(nearest(LONG),)))
    for line in text.splitlines():
        assert len(line) <= terminal.WIDTH or "https://" in line
    assert LONG.url in text
    assert all(
        len(line) <= terminal.WIDTH or "https://" in line for line in terminal.passages((nearest(LONG),)).splitlines()
    )


def test_escape_codes_of_a_page_do_not_reach_the_terminal() -> None:
    bad = document(
        "bad",
        "Rouge \x1b[31m et \u202eenvers.",
        title="\x1b]0;titre\x07",
        publisher="\x9b1m",
        url="https://e.org/\x1b[2J",
    )
    for text in (terminal.answer(reply(sentence(bad, bad.text))), terminal.passages((nearest(bad),))):
        assert not set("\x1b\x07\x9b\u202e") & set(text)


def test_passages_in_order_or_none() -> None:
    text = plain(terminal.passages((nearest(SEED), nearest(FORMER, 2))))
    assert text.startswith(f"1. {SEED.title}")
    assert f"2. {FORMER.title}" in text
    assert terminal.passages(()) == "Aucun passage ne correspond."


def test_verification() -> None:
    assert plain(terminal.verification({"checked": 12, "problems": []})) == "12 passages vérifiés : tous exacts."
    assert plain(terminal.verification({"checked": 1, "problems": []})) == "1 passage vérifié : exact."
    problem = {"doc": "a/b", "quote": "69,89 %", "reason": "document inconnu"}
    text = plain(terminal.verification({"checked": 2, "problems": [problem]}))
    assert text == "2 passages vérifiés : 1 élément ne correspond plus. - a/b : document inconnu « 69,89 % »"


def test_status_with_and_without_an_index() -> None:
    corpus = {"documents": 118, "versions": 120, "withdrawn": 1, "digest": "0"}
    report: dict[str, Any] = {"corpus": corpus, "index": None, "runs": []}
    text = plain(terminal.status(report))
    assert text.startswith("Corpus : 118 publications, 120 versions, 1 publication retirée.")
    assert "sourcier index" in text
    index = {"documents": 117, "passages": 243, "latest": "2026-02-03", "generation": "g000002", "late": 1}
    text = plain(terminal.status(report | {"index": index, "runs": [{"new": 3, "sites": ["x"]}]}))
    assert "génération g000002, 117 publications, la plus récente du 3 février 2026, 243 passages" in text
    assert "1 publication en retard" in text
    assert "Dernière collecte : new 3." in text
    run = {"started": "2026-11-23T00:55:15Z", "finished": "", "seconds": 0.665, "interrupted": True, "sources": []}
    text = plain(terminal.status(report | {"runs": [run]}))
    assert "Dernière collecte : le 23 novembre 2026 à 0 h 55 (UTC), en 0,7 s, interrompue." in text
    assert "endommagé" in terminal.status(report | {"index": {"damaged": "vectors.bin"}})


def test_indexed() -> None:
    report = IndexReport(generation="g000001", documents=2, passages=5, embedded=5, reused=0, seconds=1.26)
    text = plain(terminal.indexed(report))
    assert text == "Index à jour : génération g000001, 2 publications, 5 passages (5 calculés, 0 repris) en 1,3 s."
