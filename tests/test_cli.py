"""The commands as a user runs them: exit codes, what goes to stdout and to stderr, and every bad input in French."""

import io
import json
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from builders import CORPUS, MODELS, ROOT, WordEncoder, document, fill, index

from corpus.database import FORMAT
from corpus.demo.serve import DemoSite
from corpus.settings import Settings
from corpus.store import Store
from ingest.catalogue import REASONS as CATALOGUE_REASONS
from ingest.values import FetchReason, RejectReason
from rag import Assistant
from rag.sealed import FORMAT as INDEX_FORMAT
from ui.cli import COMMANDS, run
from ui.reasons import CATALOGUE, REASONS

NBSP = "\u00a0"
QUESTION = "Quel est le taux d’exécution physique de la Transition digitale au 31 décembre 2024 ?"
ON_DATA = [name for name in COMMANDS if name not in ("ingest", "source", "add", "eval", "bench", "password")]
ARGUMENTS = {name: [QUESTION] for name in ("ask", "search", "verify-claim")}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it said, with ordinary spaces in `err`."""

    code: int
    out: str
    err: str

    def told(self, code: int, *phrases: str) -> None:
        """It ended with `code` and one French message on stderr that holds `phrases`; nothing on stdout."""
        assert (self.code, self.out) == (code, ""), self.err
        message = [line for line in self.err.splitlines() if line.startswith("sourcier")]
        assert len(message) == 1, self.err
        for phrase in phrases:
            assert phrase in message[0]
        self.speaks_french()

    def speaks_french(self) -> None:
        """No traceback, no English, no value that a message lacked."""
        assert "Traceback" not in self.err
        said = "\n".join(line for line in self.err.splitlines() if " : " in line and not line.startswith("Util"))
        words = re.sub(r"«[^»]*»|--\S+|\S*[/.]\S*", "", said)  # names and paths are the user's own
        assert not re.search(r"\b(the|not|no|error|cannot|invalid|must|unknown|is|of)\b", words), self.err
        assert " ?" not in words and "None" not in words, self.err


Command = Callable[..., Done]


@pytest.fixture
def sourcier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """sourcier("ask", question, data=folder): a command in this process, without the model, in an empty folder."""
    monkeypatch.setenv("SOURCIER_RETRIEVAL", "lexical")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, data: Path | None = None) -> Done:
        argv = [*map(str, arguments), *(["--data", str(data)] if data else [])]
        capsys.readouterr()
        try:
            code: Any = run(argv)
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return Done(code, said.out, said.err.replace(NBSP, " "))

    return call


def process(*arguments: object, stdout: Any = subprocess.PIPE, **environment: str) -> subprocess.Popen[bytes]:
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ui.cli", *(item if isinstance(item, bytes) else str(item) for item in arguments)],
        stdout=stdout, stderr=subprocess.PIPE, cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "SOURCIER_CACHE": str(MODELS), **environment},
    )  # fmt: skip


def finished(*arguments: object, **environment: str) -> Done:
    """The same, waited for."""
    with process(*arguments, **environment) as child:
        out, err = child.communicate(timeout=300)
    return Done(child.returncode, out.decode(), err.decode().replace(NBSP, " "))


@pytest.fixture
def indexed(data: Path, words: WordEncoder) -> Path:
    """The small corpus of `builders`, indexed without a model."""
    index(data, words)
    return data


def records(path: Path, *lines: object) -> Path:
    text = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    return path


def held(data: Path) -> dict[str, str]:
    """Text of every document of a folder, read after the fact."""
    with Store.open(data) as store:
        return {each.id: each.text for each in store.current()}


# Results.


def test_ask_prints_the_sentence_and_where_it_stands(sourcier: Command, indexed: Path) -> None:
    done = sourcier("ask", QUESTION, data=indexed)
    assert (done.code, done.err) == (0, "")
    assert "88,02" in done.out and "latribunedufaso.net" in done.out and "27\u00a0mars\u00a02025" in done.out
    assert "https://example.org/casem-2025-03" in done.out


def test_ask_json_is_the_public_surface(sourcier: Command, indexed: Path) -> None:
    done = sourcier("ask", QUESTION, "--as-of", "2025-04-01", "--json", data=indexed)
    assert (done.code, done.err) == (0, "")
    answer = json.loads(done.out)
    keys = {"status", "text", "sentences", "evidence", "conflicts", "as_of", "corpus", "timings_ms"}
    assert keys <= answer.keys()
    assert (answer["status"], answer["as_of"]) == ("answered", "2025-04-01")
    (sentence, *_), (best, *_) = answer["sentences"], answer["evidence"]
    assert {"text", "citations"} <= sentence.keys()
    place = {"doc", "url", "title", "publisher", "ministry", "published", "page", "start", "end", "quote"}
    assert place <= sentence["citations"][0].keys()
    assert {"rank", "score", "doc", "start", "end", "text"} <= best.keys()
    assert answer["corpus"]["documents"] == len(CORPUS)
    assert all(isinstance(value, int | float) for value in answer["timings_ms"].values())


def test_a_refusal_is_a_result(sourcier: Command, indexed: Path) -> None:
    done = sourcier("ask", "Qui a gagné la Coupe du monde de football de 1998 ?", "--json", data=indexed)
    answer = json.loads(done.out)
    assert (done.code, answer["status"], answer["sentences"], answer["text"]) == (0, "abstained", [], "")


def test_search_gives_passages_best_first(sourcier: Command, indexed: Path) -> None:
    found = json.loads(sourcier("search", "taux d’exécution physique", "-k", 2, "--json", data=indexed).out)
    assert [item["rank"] for item in found] == [1, 2] and found[0]["score"] >= found[1]["score"]
    found = json.loads(sourcier("search", "forages réhabilités", "-k", 1, "--json", data=indexed).out)
    assert len(found) == 1
    assert "41 forages" in found[0]["text"]
    assert "41 forages" in sourcier("search", "forages réhabilités", data=indexed).out


def test_filters_reach_the_search(sourcier: Command, indexed: Path) -> None:
    narrowed = ("--until", "2024-12-31", "--ministry", "economie", "--publisher", "lefaso")
    found = json.loads(sourcier("search", "taux d’exécution", *narrowed, "--json", data=indexed).out)
    assert {item["doc"] for item in found} == {"essai/casem-2024-12"}


def test_status_before_and_after_the_index(sourcier: Command, data: Path, words: WordEncoder) -> None:
    before = json.loads(sourcier("status", "--json", data=data).out)
    assert (before["corpus"]["documents"], before["index"], before["runs"]) == (4, None, [])
    assert "sourcier index" in sourcier("status", data=data).out
    index(data, words)
    fill(data, [document("tard")])
    after = json.loads(sourcier("status", "--json", data=data).out)
    assert (after["index"]["documents"], after["index"]["late"]) == (4, 1)


def test_verify_takes_an_answer_back(sourcier: Command, indexed: Path, tmp_path: Path) -> None:
    kept = tmp_path / "reponse.json"
    kept.write_text(sourcier("ask", QUESTION, "--json", data=indexed).out, encoding="utf-8")
    done = sourcier("verify", kept, "--json", data=indexed)
    report = json.loads(done.out)
    assert (done.code, report["problems"]) == (0, []) and report["checked"] >= 1
    kept.write_text(kept.read_text(encoding="utf-8").replace("88,02", "98,02"), encoding="utf-8")
    done = sourcier("verify", kept, "--json", data=indexed)
    assert done.code == 1 and "98,02" in json.loads(done.out)["problems"][0]["quote"]
    kept.write_text("[]", encoding="utf-8")
    sourcier("verify", kept, data=indexed).told(2, "n’est pas une réponse")
    sourcier("verify", tmp_path / "absent.json", data=indexed).told(2, "n’est pas une réponse")


def test_verify_reads_the_whole_folder(sourcier: Command, indexed: Path) -> None:
    report = json.loads(sourcier("verify", "--json", data=indexed).out)
    assert report["checked"] >= 4 and report["problems"] == []


def test_results_and_progress_go_their_own_ways(tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", *(each.to_record() for each in CORPUS))
    done = finished("add", path, "--json", "--data", tmp_path / "data")
    assert done.code == 0
    assert json.loads(done.out)["outcomes"] == {"new": 4}
    assert "Ajout" in done.err


def test_the_index_command_embeds_what_is_new(data: Path) -> None:
    done = finished("index", "--json", "--data", data)
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert (report["documents"], report["reused"], report["embedded"]) == (4, 0, report["passages"])
    assert "Calcul des vecteurs" in done.err
    done = finished("ask", QUESTION, "--data", data)  # the whole way, with the model
    assert (done.code, done.err) == (0, "") and "88,02" in done.out


# Wrong usage: exit code 2.


@pytest.mark.parametrize(
    ("argv", "phrase"),
    [
        (["pose"], "commande inconnue : 'pose'"),
        (["ask"], "il manque : QUESTION"),
        (["add"], "il manque : FICHIER"),
        (["ask", "q", "--rapide"], "option ou argument inconnu : --rapide"),
        (["ask", "q", "trop"], "option ou argument inconnu : trop"),
        (["ask", "q", "--as-of"], "l’option --as-of attend une valeur"),
        (["ask", "q", "--json=oui"], "l’option --json n’attend pas de valeur"),
        (["ask", "q", "--da", "x"], "option ou argument inconnu"),
        (["search", "q", "-k", "dix"], "valeur incorrecte pour -k : 'dix'"),
        (["search", "q", "-k", "0"], "valeur incorrecte pour -k : '0'"),
        (["search", "q", "-k", "-2"], "valeur incorrecte pour -k : '-2'"),
        (["serve", "--port", "haut"], "valeur incorrecte pour --port"),
        (["ingest", "absent.toml"], "Le catalogue « absent.toml » n’existe pas."),
    ],
)
def test_wrong_usage(sourcier: Command, argv: list[str], phrase: str) -> None:
    sourcier(*argv).told(2, phrase)


def test_no_command_shows_the_commands(sourcier: Command) -> None:
    done = sourcier()
    assert (done.code, done.out) == (2, "")
    assert all(name in done.err for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_in_french(sourcier: Command, name: str) -> None:
    done = sourcier(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Utilisation{NBSP}: sourcier {name}")
    assert not re.search(r"usage|show this|optional|positional", done.out)


@pytest.mark.parametrize("question", ["", " \t\n", NBSP, "?!…", "🙂🏗️👩🏽\u200d💻"], ids=ascii)
def test_an_empty_question(sourcier: Command, indexed: Path, question: str) -> None:
    for command in ("ask", "search"):
        sourcier(command, question, data=indexed).told(2, "La question est vide", "écrivez quelques mots")


def test_a_question_of_20000_characters(sourcier: Command, indexed: Path) -> None:
    for command in ("ask", "search"):
        sourcier(command, "mots" * 5000, data=indexed).told(2, "20000 caractères", "la limite est de 2000")


@pytest.mark.parametrize(
    "question",
    ["ما هي نسبة التنفيذ المالي للوزارة؟", "'; DROP TABLE document; --", "\x1b[2J\x00 a", "🙂 xylophone 🙂 ?"],
    ids=ascii,
)
def test_questions_in_other_signs_are_refused_politely(sourcier: Command, indexed: Path, question: str) -> None:
    done = sourcier("ask", question, "--json", data=indexed)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["status"] == "abstained"
    assert len(held(indexed)) == len(CORPUS)


def test_a_question_that_is_no_utf8(indexed: Path) -> None:
    done = finished("ask", b"Quel taux \xe9\xff ?", "--data", indexed, SOURCIER_RETRIEVAL="lexical")
    assert done.code in (0, 2)
    done.speaks_french()


@pytest.mark.parametrize(
    ("filters", "phrase"),
    [
        (["--as-of", "27/03/2025"], "« 27/03/2025 » n’est pas une date"),
        (["--since", "2025-02-30"], "« 2025-02-30 » n’est pas une date"),
        (["--since", "2025-02-01", "--until", "2025-01-01"], "postérieur"),
    ],
)
def test_filters_that_cannot_be(sourcier: Command, indexed: Path, filters: list[str], phrase: str) -> None:
    sourcier("ask", QUESTION, *filters, data=indexed).told(2, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("couleur = 3\n", "« couleur » = « 3 »"),
        ("evidence = 'x'\n", "« evidence » = « x »"),
        ("= 3\n", "n’est pas du TOML correct"),
    ],
)
def test_settings_that_cannot_be(sourcier: Command, indexed: Path, tmp_path: Path, text: str, phrase: str) -> None:
    (tmp_path / "sourcier.toml").write_text(text, encoding="utf-8")
    sourcier("ask", QUESTION, data=indexed).told(2, phrase)


# Catalogues.

SOURCE = "[[source]]\nname = 'a'\nkind = 'rss'\nurl = 'http://a.bf'\n"


def test_every_reason_has_its_french() -> None:
    assert CATALOGUE.keys() == CATALOGUE_REASONS.keys()
    assert {*get_args(FetchReason), *get_args(RejectReason)} <= REASONS.keys()


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("", ["aucune source"]),
        ("[sources]\nname = 'a'\n", ["ligne 1", "« sources »", "[[source]]"]),
        ("source = 3\n", ["ligne 1", "[[source]]"]),
        ("[[source]]\nname = 'a\n", ["ligne 2", "TOML"]),
        (SOURCE + "delai = 3\n", ["ligne 5", "« delai »", "delay_seconds"]),
        (SOURCE + "delay_seconds = 'x'\n", ["ligne 5", "« delay_seconds »", "un nombre"]),
        (SOURCE + "max_pages = 0\n", ["ligne 5", "« max_pages »", "de 1 à 1000000"]),
        (SOURCE + "enabled = 1\n", ["ligne 5", "« enabled »", "true ou false"]),
        (SOURCE + "hosts = []\n", ["ligne 5", "« hosts »", "liste"]),
        (SOURCE + "[source.selectors]\nbody = 'div['\n", ["ligne 6", "« body »", "sélecteur CSS"]),
        (SOURCE + "[source.selectors]\ncorps = 'div'\n", ["ligne 6", "« corps »", "sélecteur inconnu"]),
        (SOURCE + SOURCE, ["ligne 6", "« name »", "deux sources"]),
        (SOURCE.replace("rss", "drupal"), ["ligne 3", "« kind »", "« drupal »", "wordpress"]),
        (SOURCE.replace("rss", "listing"), ["« selectors »", "item"]),
        (SOURCE.replace("'a'", "'é a'"), ["ligne 2", "« name »", "lettres sans accent"]),
        (SOURCE.replace("http://a", "ftp://a"), ["ligne 4", "« url »", "http://"]),
        (SOURCE.replace("a.bf", "u:p@a.bf"), ["ligne 4", "« url »", "mot de passe"]),
        (SOURCE.replace("//a.bf", "//[a.bf"), ["ligne 4", "« url »", "mal formée"]),
        (SOURCE.replace("url", "#"), ["ligne 1", "« url »", "manque"]),
    ],
)
def test_a_bad_catalogue(sourcier: Command, tmp_path: Path, text: str, phrases: list[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    sourcier("ingest", path, data=tmp_path / "data").told(2, "Le catalogue", *phrases)
    assert not (tmp_path / "data").exists()


def test_catalogues_that_cannot_be_read(sourcier: Command, tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "é"'.encode("latin-1"))
    sourcier("ingest", path).told(2, "UTF-8")
    sourcier("ingest", tmp_path).told(2, "ne peut pas être lu")


def test_a_source_that_the_catalogue_does_not_have(sourcier: Command, tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(SOURCE, encoding="utf-8")
    sourcier("ingest", path, "--source", "b", data=tmp_path / "data").told(2, "source inconnue", "« b »")


# Data folders that do not do: exit code 1.


@pytest.mark.parametrize("name", [*ON_DATA, "bench"])
def test_no_data_folder(sourcier: Command, tmp_path: Path, name: str) -> None:
    extra = ["--port", 0] if name == "serve" else ["disk"] if name == "bench" else []
    done = sourcier(name, *ARGUMENTS.get(name, []), *extra, data=tmp_path / "absent")
    done.told(1, "n’existe pas", "sourcier ingest", "--data")
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("name", ON_DATA)
def test_a_folder_of_another_format_version(sourcier: Command, indexed: Path, name: str) -> None:
    with sqlite3.connect(indexed / "corpus.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    extra = ["--port", 0] if name == "serve" else []
    sourcier(name, *ARGUMENTS.get(name, []), *extra, data=indexed).told(1, "au format 99", f"le format {FORMAT}")


@pytest.mark.parametrize("name", ["ask", "search", "serve", "verify"])
def test_an_index_of_another_format_version(sourcier: Command, indexed: Path, name: str) -> None:
    manifest = next(indexed.glob("index/g*/manifest.json"))
    other = manifest.read_text("utf-8").replace(f'"format": {INDEX_FORMAT}', '"format": 7')
    manifest.write_text(other, encoding="utf-8")
    extra = ["--port", 0] if name == "serve" else []
    sourcier(name, *ARGUMENTS.get(name, []), *extra, data=indexed).told(1, "au format 7")


def test_an_empty_corpus(sourcier: Command, tmp_path: Path) -> None:
    fill(tmp_path / "data", [])
    sourcier("index", data=tmp_path / "data").told(1, "est vide", "sourcier ingest")
    sourcier("ask", QUESTION, data=tmp_path / "data").told(1, "pas encore d’index")
    done = sourcier("export", data=tmp_path / "data")
    assert (done.code, done.out, done.err) == (0, "", "")
    (tmp_path / "nu").mkdir()
    sourcier("ask", QUESTION, data=tmp_path / "nu").told(1, "ne contient aucun corpus")


@pytest.mark.parametrize("name", ["ask", "search", "serve", "verify"])
def test_no_index_yet(sourcier: Command, data: Path, name: str) -> None:
    extra = ["--port", 0] if name == "serve" else []
    done = sourcier(name, *ARGUMENTS.get(name, []), *extra, data=data)
    done.told(1, "pas encore d’index", "Lancez « sourcier index »")


def test_each_file_of_the_index_is_checked(sourcier: Command, indexed: Path, words: WordEncoder) -> None:
    files = [path for path in indexed.glob("index/**/*") if path.is_file()]
    assert len(files) >= 6
    for path in files:
        whole = path.read_bytes()
        for spoiled in (whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
            path.write_bytes(spoiled)
            sourcier("ask", QUESTION, data=indexed).told(1, "endommagé", "sourcier index")
        path.write_bytes(whole)
    assert sourcier("ask", QUESTION, data=indexed).code == 0
    files[-1].unlink()
    sourcier("ask", QUESTION, data=indexed).told(1, "endommagé")
    assert sourcier("status", data=indexed).code == 1
    assert len(held(indexed)) == len(CORPUS)
    index(indexed, words)
    assert sourcier("ask", QUESTION, data=indexed).code == 0


def test_a_corpus_that_is_no_database(sourcier: Command, indexed: Path) -> None:
    (indexed / "corpus.sqlite").write_bytes(b"ceci n'est pas une base" * 500)
    for name in ("ask", "export", "status", "index"):
        sourcier(name, *ARGUMENTS.get(name, []), data=indexed).told(1, "endommagé", "base SQLite")


def test_a_file_where_the_folder_should_be(sourcier: Command, tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", {"id": "a", "text": "x"})
    sourcier("add", path, data=path).told(1, "Impossible d’utiliser", "existe déjà")
    sourcier("add", path, data=path / "data").told(1, "Impossible d’utiliser", "ce n’est pas un dossier")
    sourcier("ask", QUESTION, data=path).told(1, "n’existe pas")


def test_a_folder_that_cannot_be_written(
    sourcier: Command, mount: Callable[..., Path], read_only: Callable[[Path], None], words: WordEncoder, tmp_path: Path
) -> None:
    data = fill(mount() / "data")
    index(data, words)
    read_only(data.parent)
    assert "88,02" in sourcier("ask", QUESTION, data=data).out
    assert len(sourcier("export", data=data).out.splitlines()) == len(CORPUS)
    assert sourcier("status", data=data).code == sourcier("verify", data=data).code == 0
    path = records(tmp_path / "a.jsonl", {"id": "a", "text": "x"})
    catalogue = tmp_path / "c.toml"
    catalogue.write_text(SOURCE, encoding="utf-8")
    for arguments in (["add", path], ["index"], ["ingest", catalogue]):
        sourcier(*arguments, data=data).told(1, "lecture seule")
    sourcier("add", path, data=data.parent / "autre").told(1, "lecture seule")


# A full disk: nothing is lost.


def test_add_on_a_full_disk(
    sourcier: Command, mount: Callable[..., Path], stuff: Callable[..., Path], tmp_path: Path
) -> None:
    data = fill(mount() / "data")
    ballast = stuff(data.parent, leave=300_000)
    path = records(tmp_path / "a.jsonl", *({"id": f"r/{n}", "text": f"{n} " + "texte " * 100} for n in range(5000)))
    sourcier("add", path, data=data).told(1, "Le disque est plein", "intact")
    before = held(data)
    assert {each.id: each.text for each in CORPUS}.items() <= before.items()
    ballast.unlink()
    assert sourcier("add", path, data=data).code == 0
    assert len(held(data)) == len(CORPUS) + 5000


def test_ingest_on_a_full_disk(
    sourcier: Command, mount: Callable[..., Path], stuff: Callable[..., Path], tmp_path: Path
) -> None:
    data = fill(mount() / "data")
    ballast = stuff(data.parent, leave=60_000)
    with DemoSite() as site:
        (tmp_path / "c.toml").write_text(site.catalogue(), encoding="utf-8")
        arguments = ("ingest", tmp_path / "c.toml", "--source", "latribune")
        sourcier(*arguments, data=data).told(1, "Le disque est plein", "intact")
        assert {each.id for each in CORPUS} <= held(data).keys()
        ballast.unlink()
        done = sourcier(*arguments, data=data)
    assert done.code == 0
    assert sum(doc.startswith("latribune/") for doc in held(data)) == 8


def test_index_on_a_full_disk(
    sourcier: Command, mount: Callable[..., Path], stuff: Callable[..., Path], words: WordEncoder
) -> None:
    data = fill(mount() / "data")
    index(data, words)
    fill(data, [document("nouveau", "La piscine de Banfora a ouvert en juin.")])
    ballast = stuff(data.parent, leave=12 * 4096)  # SQLite's shared memory takes 8 pages
    finished("index", "--data", data).told(1, "Le disque est plein", "intact")
    with ballast.open("r+b") as file:  # readers need these pages too
        file.truncate(ballast.stat().st_size - 16 * 4096)
    assert len(held(data)) == len(CORPUS) + 1
    assert "88,02" in sourcier("ask", QUESTION, data=data).out  # the former generation still serves
    assert [path for path in (data / "index").iterdir() if path.name.startswith(".g")] == []
    ballast.unlink()
    with Assistant.open(data, Settings(), encoder=words) as assistant:
        assert assistant.late() == 1
    assert index(data, words).documents == len(CORPUS) + 1


def test_results_on_a_full_disk(data: Path) -> None:
    with open("/dev/full", "wb") as full, process("export", "--data", data, stdout=full) as child:  # noqa: PTH123
        _, err = child.communicate(timeout=60)
    Done(child.returncode, "", err.decode().replace(NBSP, " ")).told(1, "Le disque est plein")


# Others are there too.


def test_two_writers(sourcier: Command, data: Path, tmp_path: Path) -> None:
    path = records(tmp_path / "a.jsonl", {"id": "a", "text": "x"})
    with Store.open(data, write=True) as store:
        done = finished("add", path, "--data", data)
        done.told(1, "Un autre programme écrit", "Réessayez")
        sourcier("index", data=data).told(1, "Un autre programme écrit")
        assert len(sourcier("export", data=data).out.splitlines()) == len(CORPUS)  # readers are never kept out
        store.put(document("b"), "2025-06-02T08:00:00Z")
    assert sourcier("add", path, data=data).code == 0
    assert len(held(data)) == len(CORPUS) + 2


def test_the_port_is_taken(sourcier: Command, indexed: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        sourcier("serve", "--port", port, data=indexed).told(1, f"Le port {port}", "déjà pris", "--port")
    sourcier("serve", "--port", 70000, data=indexed).told(2, "Demande impossible")
    sourcier("serve", "--host", "pas.une.adresse.invalid", data=indexed).told(2, "n’existe pas sur cette machine")


def test_a_reader_that_leaves_early(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", [document(str(n), "texte " * 500) for n in range(200)])
    with process("export", "--data", data) as child:
        assert child.stdout is not None and child.stderr is not None
        assert json.loads(child.stdout.readline())["id"] == "essai/0"
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(timeout=60) == 1


# Files of this machine.


def test_bad_lines_are_named_and_the_rest_goes_on(sourcier: Command, tmp_path: Path) -> None:
    path = records(
        tmp_path / "a.jsonl",
        {"id": "bon", "text": "texte"},
        "{pas du json",
        "[1]",
        {"id": "x"},
        {"id": "y", "text": "x", "published": "27/03/2025"},
        {"id": "bon", "text": "encore"},
        {"id": "z", "text": "x", "pages": [9]},
        {"id": "fin", "text": "texte", "titre": "?"},
    )
    done = sourcier("add", path, data=tmp_path / "data")
    assert done.code == 0
    said = {int(number): why for number, why in re.findall(r", ligne (\d+) : (.*)", done.err)}
    assert said == {
        2: "JSON incorrect.",
        3: "la ligne n’est pas un objet JSON.",
        4: "champ manquant (text).",
        5: "date incorrecte (published: '27/03/2025').",
        6: "identifiant déjà donné dans ce fichier.",
        7: "pages incorrectes.",
        8: "clé inconnue, ignorée (titre).",
    }
    assert "Documents : 2 ajoutés. Refusés : 6 éléments." in done.out.replace(NBSP, " ")
    assert held(tmp_path / "data") == {"bon": "texte", "fin": "texte"}


@pytest.mark.parametrize(
    ("name", "content", "phrase"),
    [
        ("absent.html", None, "fichier absent ou illisible"),
        ("absent.jsonl", None, "fichier absent ou illisible"),
        ("vide.html", b"", "page vide"),
        ("vide.pdf", b"", "page vide"),
        ("vide.txt", b"", "page vide"),
        ("faux.pdf", b"%PDF-1.4\nrien", "PDF endommagé"),
        ("faux.docx", b"PK\x03\x04rien", "DOCX endommagé"),
        ("image.png", b"\x89PNG", "type de fichier inconnu (.png)"),
        ("nu.html", b"<html><body><nav>Menu</nav></body></html>", "page sans texte de publication"),
        ("gros.html", b"<p>" + b"mot " * 13_000_000, "trop "),
    ],
)
def test_files_that_give_no_document(
    sourcier: Command, tmp_path: Path, name: str, content: bytes | None, phrase: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    done = sourcier("add", path, data=tmp_path / "data")
    assert done.code == 2
    assert f"{path} : " in done.err and phrase in done.err
    done.speaks_french()
    assert "sourcier index" not in done.out
    good = records(tmp_path / "bon.jsonl", {"id": "a", "text": "x"})
    assert sourcier("add", path, good, data=tmp_path / "data").code == 0
    assert held(tmp_path / "data") == {"a": "x"}


def test_an_empty_record_file_is_no_failure(sourcier: Command, tmp_path: Path) -> None:
    done = sourcier("add", records(tmp_path / "vide.jsonl"), data=tmp_path / "data")
    assert done.code == 0 and "aucun" in done.out


PROSE = "Le ministère a publié hier un communiqué sur l’exécution de ses activités de l’année passée."


def test_a_wrong_charset_is_read_right(sourcier: Command, tmp_path: Path) -> None:
    page = f'<meta charset="utf-8"><article><h1>Été</h1><p>{PROSE}</p><p>{PROSE} Encore.</p></article>'
    path = tmp_path / "page.html"
    path.write_bytes(page.encode("cp1252"))
    assert sourcier("add", path, data=tmp_path / "data").code == 0
    assert PROSE in held(tmp_path / "data")["fichier/page"]


def test_hostile_html_is_only_text(sourcier: Command, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        f"<article><h1>Titre<script>alert(1)</script></h1><p>{PROSE}<img src=x onerror=alert(2)></p>"
        f"<style>p{{}}</style><p>{PROSE} &lt;script&gt;alert(3)&lt;/script&gt;</p>{'<div>' * 100}<p>{PROSE} Fin.</p>",
        encoding="utf-8",
    )
    done = sourcier("add", path, data=tmp_path / "data")
    done.speaks_french()
    assert done.code == 0, done.err
    text = held(tmp_path / "data")["fichier/page"]
    assert PROSE in text and "alert(1)" not in text and "alert(2)" not in text
    path.write_text(f"<article>{'<div>' * 50_000}<p>{PROSE}", encoding="utf-8")  # deeper than any parser's stack
    done = sourcier("add", path, data=tmp_path / "data")
    assert done.code == 2 and "HTML" in done.err
    done.speaks_french()
    assert held(tmp_path / "data")["fichier/page"] == text


def test_an_export_goes_back_in_unchanged(sourcier: Command, data: Path, tmp_path: Path) -> None:
    fill(
        data,
        [document("signes", "« É »\u00a0: e\u0301\u202f1 848 🙂\n\n\ttab\u2028fin", pages=(0, 4), modified="2025-04")],
    )
    first = sourcier("export", data=data).out
    assert [json.loads(line)["id"] for line in io.StringIO(first)] == sorted(held(data))
    path = tmp_path / "export.jsonl"
    path.write_text(first, encoding="utf-8")
    assert sourcier("add", path, data=tmp_path / "autre").code == 0
    assert sourcier("export", data=tmp_path / "autre").out == first
    with Store.open(data) as one, Store.open(tmp_path / "autre") as other:
        assert one.digest() == other.digest()
    again = json.loads(sourcier("add", path, "--json", data=data).out)
    assert again["outcomes"] == {"unchanged": len(CORPUS) + 1}


def test_a_terminal_of_another_charset_still_gets_utf8(data: Path) -> None:
    done = finished("export", "--data", data, PYTHONIOENCODING="latin-1", PYTHONUTF8="0", LC_ALL="C")
    assert done.code == 0 and "s’est tenu" in done.out
