"""The lock in front of every door: form, cookie, keys, wrong passwords, and what a closed door tells."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from builders import CORPUS, fill
from doors import QUIET, SHOTS, WORDS, chromium, open_doors
from playwright.sync_api import expect
from test_browser import QUESTION, serious

from corpus.errors import SettingsError, UsageError
from corpus.settings import Settings
from ui.cli import run
from ui.login import COOKIE
from ui.passwords import entry, readers_of

pytestmark = QUIET
PASSWORD = "la source est là"
KEY = "cle-des-programmes-0123456789"


@pytest.fixture(scope="module")
def line() -> str:
    return entry("awa", PASSWORD)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, line: str) -> Iterator[str]:
    data = fill(tmp_path_factory.mktemp("closed") / "data", CORPUS)
    settings = Settings(retrieval="lexical", rate_per_minute=0, login=line, api_key=KEY, log="questions")
    with open_doors(data, settings) as (address, _):
        yield address


@pytest.fixture
def visitor(closed: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=closed, timeout=30) as client:
        yield client


def enter(client: httpx.Client, name: str = "awa", password: str = PASSWORD, towards: str = "") -> httpx.Response:
    return client.post("/connexion", params={"vers": towards}, data={"nom": name, "passe": password})


@pytest.mark.parametrize(
    "path", ["/", "/lire?q=taux", "/publications", "/honnetete", "/recu?q=taux", "/sourcier/page.js", "/original/x"]
)
def test_no_page_is_shown_without_a_name(visitor: httpx.Client, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion?vers=")
    assert "Transition" not in answer.text


def test_programs_are_told_so_and_enter_with_a_key(visitor: httpx.Client) -> None:
    refused = visitor.get("/api/v1/ask", params={"question": QUESTION})
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert "Bearer" in refused.headers["www-authenticate"] and "Ce service est fermé" in refused.json()["detail"]
    for headers in ({"authorization": f"Bearer {KEY}"}, {"authorization": f"bearer  {KEY}"}):
        assert visitor.get("/api/v1/status", headers=headers).status_code == 200
    for _ in range(2):  # the second time from what is known of the first
        assert visitor.get("/api/v1/status", auth=("awa", PASSWORD.encode())).status_code == 200
    for header in (f"Bearer {KEY[:-1]}", "Bearer x", "Basic é", "Basic !!!", "Basic YXdh", "Digest x", f"Basic {KEY}"):
        sent = {"authorization": header.encode()}
        assert visitor.get("/api/v1/status", headers=sent).status_code == 401, header
    assert visitor.post("/gradio_api/queue/join", json={}).status_code == 401
    assert visitor.get("/gradio_api/queue/data").status_code == 401
    assert (visitor.get("/healthz").status_code, visitor.get("/api/v1/healthz").status_code) == (200, 200)


def test_a_reader_enters_and_leaves(visitor: httpx.Client) -> None:
    entered = enter(visitor, towards=f"/lire?q={quote(QUESTION)}")
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and PASSWORD not in cookie
    assert visitor.get(entered.headers["location"]).text.count("69,89%")
    assert visitor.get("/api/v1/status").status_code == 200
    assert "Vous êtes connecté" in visitor.get("/connexion").text
    kept = visitor.cookies[COOKIE]
    for forged in (kept[:-1], kept.replace(".", ".9", 1), "x", "..", f"{b'ali'.hex()}{kept[6:]}", "é"):
        again = httpx.get(f"{visitor.base_url}/publications", headers={"cookie": f"{COOKIE}={forged}".encode()})
        assert again.status_code == 303, forged
    assert visitor.post("/deconnexion").status_code == 303
    assert visitor.get("/").status_code == 303


@pytest.mark.parametrize("towards", ["//ailleurs.example/", "/\\ailleurs.example", "https://ailleurs.example", "/a b"])
def test_the_form_leads_nowhere_else(visitor: httpx.Client, towards: str) -> None:
    assert enter(visitor, towards=towards).headers["location"] == "/"


def test_wrong_passwords_are_refused_counted_and_not_logged(
    tmp_path: Path, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = Settings(retrieval="lexical", login=line, log="questions")
    with (
        open_doors(fill(tmp_path / "data", CORPUS), settings) as (address, _),
        httpx.Client(base_url=address) as client,
    ):
        assert client.get("/api/v1/status", headers={"authorization": "Bearer x"}).status_code == 401  # no key is set
        wrong = [enter(client, name, "pas la bonne") for name in ("awa", "personne", "<b>", "", "awa", "awa")]
        assert {answer.status_code for answer in wrong} == {401}
        assert all("n’est pas le bon" in answer.text and "<b>" not in answer.text for answer in wrong)
        statuses = [enter(client, "awa", "non").status_code for _ in range(5)]
        assert statuses[-1] == 429
        assert enter(client).status_code == 429  # the right one too: it could have been found by trying
    assert "pas la bonne" not in caplog.text and "scrypt" not in caplog.text


def test_the_form_in_a_browser(closed: str) -> None:
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 360, "height": 740})
        tab.goto(f"{closed}/?q=")
        tab.screenshot(path=SHOTS / "connexion-360.png")
        assert serious(tab) == []
        tab.get_by_label("Nom").fill("awa")
        tab.get_by_label("Mot de passe").fill("pas la bonne")
        tab.keyboard.press("Enter")
        expect(tab.locator(".notice")).to_contain_text("n’est pas le bon")
        tab.get_by_label("Nom").fill("awa")
        tab.get_by_label("Mot de passe").fill(PASSWORD)
        tab.keyboard.press("Enter")
        box = tab.get_by_label("Votre question")
        box.fill(QUESTION)
        box.press("Enter")
        expect(tab.locator("#now .said")).to_contain_text("69,89%")


def test_under_the_path_of_a_proxy(tmp_path: Path, line: str) -> None:
    settings = Settings(retrieval="lexical", login=line, root_path="/sourcier")
    data = fill(tmp_path / "data", CORPUS)
    with open_doors(data, settings, root_path="/sourcier") as (address, _), httpx.Client(base_url=address) as client:
        assert client.get("/publications").headers["location"] == "/sourcier/connexion?vers=/publications"
        entered = enter(client, towards="/publications")
        assert entered.headers["location"] == "/sourcier/publications"
        assert "Path=/sourcier" in entered.headers["set-cookie"]


def test_a_line_is_written_by_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "in").write_text(f"{PASSWORD}\n", encoding="utf-8")
    with (tmp_path / "in").open(encoding="utf-8") as typed:
        monkeypatch.setattr("sys.stdin", typed)
        assert run(["password", "awa"]) == 0
    written = capsys.readouterr().out.strip()
    assert PASSWORD not in written
    readers = readers_of(f"{written}\n{entry('ali', PASSWORD)}")
    assert list(readers) == ["awa", "ali"]
    assert readers["awa"].fits(PASSWORD) and not readers["awa"].fits(f"{PASSWORD} ")
    assert not re.search(r"digest|salt", repr(readers))
    for name, password in (("a b", PASSWORD), ("a:b", PASSWORD), ("", PASSWORD), ("awa", "court")):
        with pytest.raises(UsageError):
            entry(name, password)


@pytest.mark.parametrize(
    "login",
    [
        "awa",
        "awa:secret",
        "awa:scrypt:3:8:1:AA:AA",
        "awa:scrypt:1048576:8:1:AA:AA",
        "a:scrypt:x:8:1:AA:AA",
        "a:b:c:d:e:f:g",
    ],
)
def test_a_bad_line_is_refused_and_not_repeated(login: str) -> None:
    with pytest.raises(SettingsError) as caught:
        readers_of(login)
    assert login not in str(caught.value) and login not in repr(caught.value.details)
    assert WORDS.login == "" and login not in repr(Settings(login=login))
