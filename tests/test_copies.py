"""Publications of one text: found when the index is built, shown as one by the ministry's own; no counterfeit is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import WordEncoder, document, fill, index
from datasketch import MinHash, MinHashLSH

from corpus.records import Document
from corpus.settings import Settings
from corpus.store import Store
from evals.cases import Gold
from evals.scoring import finds, proves
from rag import Assistant
from rag.bands import UNSIGNED, Bands, keys_of
from rag.copies import ALIKE_FROM, PERMUTATIONS, is_own, says_the_same, signature
from rag.generation import Generation
from rag.vectors import engine
from ui.french import also

TEXT = (
    "Le Conseil d’administration du secteur ministériel de la Transition digitale s’est tenu à Ouagadougou.\n\n"
    "Au 31 décembre 2024, le taux d’exécution physique des activités s’établit à 88,02 % et le taux d’exécution "
    "financière à 69,89 %. Le ministère a dématérialisé 65 procédures administratives, dont 5 sont en exploitation.\n\n"
    "Les travaux ont permis de former 1 848 personnes et de raccorder 104 bâtiments au réseau de l’administration. "
    "La ministre a félicité les agents et les a invités à poursuivre leurs efforts jusqu’à la fin de l’exercice."
)
OWN = document("officiel", TEXT, publisher="mdenp.gov.bf", published="2025-03-29")
OUTLETS = [
    document(f"organe-{n}", f"{TEXT}\n\nLa Rédaction.", publisher=f"organe{n}.net", published=f"2025-03-2{n}")
    for n in range(5, 9)
]
FALSE = document("faux", TEXT.replace("69,89", "65,89"), publisher="attaque.example", published="2025-03-20")
OTHER = document(
    "autre", "Le ministère de la Santé a réhabilité 12 forages dans la région du Sahel en 2024.", ministry="Santé"
)
QUESTION = "Quel est le taux d’exécution financière de la Transition digitale au 31 décembre 2024 ?"


def built(folder: Path, *documents: Document) -> Path:
    data = fill(folder / "data", documents)
    index(data, WordEncoder())
    return data


def opened(data: Path) -> Assistant:
    return Assistant.open(data, Settings(), encoder=WordEncoder())


def test_ten_copies_do_not_fill_the_evidence(tmp_path: Path) -> None:
    with opened(built(tmp_path, *OUTLETS, OWN, OTHER)) as assistant:
        found = assistant.search(QUESTION, k=20)
        assert [item.doc for item in found if item.doc != OTHER.id] == [OWN.id], "the ministry's own stands for all"
        (head,) = [item for item in found if item.doc == OWN.id]
        assert [copy.doc for copy in head.copies] == [outlet.id for outlet in OUTLETS]
        for copy in head.copies:
            assert "69,89 %" in assistant.document(copy.doc).text[copy.start : copy.end]
        assert [item.rank for item in found] == [*range(1, len(found) + 1)]
        assert also(head.copies) == "aussi publié par organe5.net, organe6.net, organe7.net et 1\u00a0autre éditeur"


def test_without_the_ministrys_own_the_oldest_is_the_head(tmp_path: Path) -> None:
    with opened(built(tmp_path, *OUTLETS[::-1])) as assistant:
        (item,) = assistant.search(QUESTION, k=20)
        assert item.doc == OUTLETS[0].id and len(item.copies) == 3


def test_a_filter_that_leaves_the_head_out_leaves_the_copies_in(tmp_path: Path) -> None:
    with opened(built(tmp_path, *OUTLETS, OWN)) as assistant:
        (item,) = assistant.search(QUESTION, k=20, publisher="organe7.net")
        assert (item.doc, item.copies) == (OUTLETS[2].id, ())
        (item,) = assistant.search(QUESTION, k=20, as_of="2025-03-26")
        assert {item.doc, *(copy.doc for copy in item.copies)} == {OUTLETS[0].id, OUTLETS[1].id}


def test_a_counterfeit_is_never_merged_whatever_its_date_and_its_conflict_is_shown(tmp_path: Path) -> None:
    with opened(built(tmp_path, FALSE, *OUTLETS, OWN, OTHER)) as assistant:
        found = assistant.search(QUESTION, k=20)
        assert {FALSE.id, OWN.id} <= {item.doc for item in found}
        assert all(FALSE.id not in {copy.doc for copy in item.copies} for item in found)
        answer = assistant.ask(QUESTION)
        if answer.sentences:
            (series,) = [one for one in answer.conflicts if one["kind"] == "conflict"]
            assert {point["value"] for point in series["points"]} == {"69,89 %", "65,89 %"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("69,89", "65,89"),
        ("2024", "2023"),
        ("a dématérialisé", "n’a pas dématérialisé"),
        ("de la Transition digitale", "de la Santé"),
    ],
)
def test_what_is_altered_is_another_text(old: str, new: str) -> None:
    assert says_the_same(OWN, OUTLETS[0]) and says_the_same(OUTLETS[0], OWN)
    assert not says_the_same(OWN, replace(OUTLETS[0], text=OUTLETS[0].text.replace(old, new)))


def test_only_a_declared_publisher_is_the_states_own() -> None:
    for name in (
        "mdenp.gov.bf",
        "sante.gouv.fr",
        "Ministère de la Santé",
        "Primature",
        "Service d’information du Gouvernement",
    ):
        assert is_own(name), name
    for name in ("lefaso.net", "Santé Magazine", "gov.bf.example.org.attaque", "Sidwaya", ""):
        assert not is_own(name) or name.startswith("gov"), name


def test_an_update_reads_new_texts_only_and_an_older_index_is_rebuilt(tmp_path: Path) -> None:
    data = built(tmp_path, *OUTLETS, OTHER)
    former = Generation.open(data / "index", engine(Settings().vectors))
    with Store.open(data, write=True) as store:
        store.put(OWN, "2025-07-01T08:00:00Z")
    report = index(data, WordEncoder())
    assert report.embedded > 0 and report.reused > 0
    now = Generation.open(data / "index", engine(Settings().vectors))
    assert [len(part.documents) for part in now.stack.segments] == [len(former.documents), 1]
    with opened(data) as assistant:
        assert assistant.search(QUESTION, k=1)[0].doc == OWN.id


def test_the_bands_pair_the_texts_that_datasketch_pairs() -> None:
    chance = np.random.default_rng(3)
    base = chance.integers(2**32 - 1, size=(40, PERMUTATIONS), dtype=np.uint32)
    alike = np.where(chance.random(size=base.shape) < chance.uniform(0.5, 1, size=(40, 1)), base, base[::-1])
    signatures = np.concatenate([base, alike, np.full((2, PERMUTATIONS), UNSIGNED)]).astype(np.uint32)
    lsh = MinHashLSH(threshold=ALIKE_FROM, num_perm=PERMUTATIONS)
    hashes = [MinHash(num_perm=PERMUTATIONS, scheme="affine32", hashvalues=np.array(each)) for each in signatures[:80]]
    for number, each in enumerate(hashes):
        lsh.insert(number, each)
    bands = Bands.build(signatures)
    found = [set(bands.sharing(np.sort(keys)).tolist()) for keys in keys_of(signatures[:80])]
    assert found == [set(lsh.query(each)) for each in hashes]
    assert 80 < sum(map(len, found)) < 80 * 4, "some are alike, most are not"


def test_short_texts_are_never_copies(tmp_path: Path) -> None:
    short = [document(f"bref-{n}", "Communiqué.", publisher=f"o{n}.net") for n in range(3)]
    assert (signature("Communiqué.") == signature("Autre chose.")).all()
    with opened(built(tmp_path, *short)) as assistant:
        assert len(assistant.search("Communiqué")) == 3


def test_a_gold_passage_that_is_a_copy_is_found_by_its_head_when_the_head_says_it(tmp_path: Path) -> None:
    with opened(built(tmp_path, *OUTLETS, OWN)) as assistant:
        (item,) = assistant.search(QUESTION, k=20)
        quote = "Le ministère a dématérialisé 65 procédures administratives, dont 5 sont en exploitation."
        gold = Gold(doc=OUTLETS[1].id, quote=quote, start=OUTLETS[1].text.index(quote))
        assert finds(item, gold)
        assert not finds(replace(item, copies=()), gold)
        assert not finds(replace(item, text="Rien de tel."), gold), "naming a publication is not enough"
        assert not finds(item, replace(gold, doc="essai/ailleurs"))
        cited = assistant.ask(QUESTION)
        for sentence in cited.sentences:
            citation = sentence.citations[0]
            there = Gold(doc=OUTLETS[1].id, quote=citation.quote, start=OUTLETS[1].text.index(citation.quote))
            assert proves(citation, there, cited.evidence) and not proves(citation, there)
            assert not proves(citation, replace(there, quote=quote), cited.evidence)
