"""The REST door on a real server: values, French problems, pages, limits, and a fuzz of its own description."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from builders import CORPUS, FORMER, SEED, WordEncoder, fill, index
from doors import QUIET, WORDS, keep_original, open_doors

from corpus.store import Store
from ui.gate import Gate
from ui.limits import BODY_BYTES

pytestmark = QUIET
QUESTION = "Quel est le taux d’exécution financière de la Transition digitale au 31 décembre 2024 ?"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = fill(tmp_path_factory.mktemp("api") / "data")
    keep_original(data, SEED, b"<p>original</p>")
    with Store.open(data, write=True) as store:
        store.put(replace(FORMER, text=FORMER.text.replace("91,40%", "91,45%")), "2025-06-02T08:00:00Z")
    return data


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with open_doors(data) as (address, _):
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:
        yield client


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    held: dict[str, Any] = answer.json()
    assert held["status"] == status
    assert held["type"] == "about:blank"
    assert held["title"] and held["detail"]
    return held


def test_a_question_is_answered_with_exact_places(client: httpx.Client, address: str) -> None:
    posted = client.post("/ask", json={"question": QUESTION})
    assert posted.status_code == 200
    answer = posted.json()
    assert answer["status"] == "answered"
    for sentence in answer["sentences"]:
        for citation in sentence["citations"]:
            text = client.get(f"/documents/{citation['doc']}").json()["text"]
            assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert "69,89%" in answer["text"]
    got = client.get("/ask", params={"question": QUESTION}).json()
    assert (got["text"], got["confidence"]) == (answer["text"], answer["confidence"])
    assert httpx.get(f"{address}{answer['permalink']}").status_code == 200


def test_a_follow_up_is_read_from_the_questions_before_it(client: httpx.Client) -> None:
    alone = client.post("/ask", json={"question": "Et au 31 décembre 2023 ?"}).json()
    asked = {"question": "Et au 31 décembre 2023 ?", "after": [QUESTION]}
    followed = client.post("/ask", json=asked).json()
    assert "exécution financière" in followed["understood"] and "2023" in followed["understood"]
    assert not alone["understood"]
    assert client.get("/ask", params=asked).json()["understood"] == followed["understood"]
    assert "ex%C3%A9cution+financi%C3%A8re" in followed["permalink"]
    refused = client.post("/ask", json=asked | {"after": ["x"] * 6})
    assert (refused.status_code, refused.json()["errors"][0]["detail"]) == (422, "il y en a trop")


def test_filters_narrow(client: httpx.Client) -> None:
    before = client.post("/ask", json={"question": QUESTION, "as_of": "2025-01-01"}).json()
    assert SEED.id not in {item["doc"] for item in before["evidence"]}
    kind = client.post("/search", json={"question": "forages ministère taux", "kind": "rapport"}).json()
    assert {item["doc"] for item in kind["items"]} == {"essai/bulletin-2025-02"}


def test_passages_come_in_pages(client: httpx.Client, address: str) -> None:
    whole = client.get("/search", params={"question": "ministère taux exécution forages", "limit": 50}).json()
    assert whole["next"] is None
    first = client.get("/search", params={"question": "ministère taux exécution forages", "limit": 2}).json()
    assert [item["rank"] for item in first["items"]] == [1, 2]
    second = httpx.get(f"{address}{first['next']}").json()
    assert [item["doc"] for item in second["items"]] == [item["doc"] for item in whole["items"][2:4]]


def test_claims_are_verified(client: httpx.Client) -> None:
    said = "Au 31 décembre 2024, le taux d’exécution financière de la Transition digitale est de 75,10%."
    (verdict,) = client.post("/verify-claim", json={"text": said}).json()["items"]
    assert verdict["status"] == "contradicted"
    assert verdict["value"].startswith("69,89")
    assert verdict["quotes"][0]["doc"] == SEED.id


def test_documents_are_listed_newest_first_and_in_pages(client: httpx.Client, address: str) -> None:
    first = client.get("/documents", params={"limit": 3}).json()
    assert first["total"] == len(CORPUS)
    assert [item["id"] for item in first["items"]][:2] == [SEED.id, "essai/bulletin-2025-02"]
    rest = httpx.get(f"{address}{first['next']}").json()
    assert rest["next"] is None
    assert [item["published"] for item in rest["items"]] == [None]
    found = client.get("/documents", params={"words": "économie casem"}).json()
    assert [item["id"] for item in found["items"]] == [FORMER.id]


def test_a_document_has_its_versions_and_its_original(client: httpx.Client) -> None:
    held = client.get(f"/documents/{FORMER.id}").json()
    assert [version["number"] for version in held["versions"]] == [1, 2]
    assert "91,45%" in held["text"]
    assert held["indexed_version"] == 2
    before = client.get(f"/documents/{FORMER.id}", params={"version": 1}).json()
    assert before["text"] == FORMER.text
    assert before["version"]["digest"] == FORMER.digest()
    original = client.get(f"/documents/{SEED.id.replace('/', '%2F')}").json()["original"]
    assert original["kept"] is True
    problem(client.get(f"/documents/{FORMER.id}", params={"version": 9}), 404)
    problem(client.get("/documents/rien"), 404)


def test_state_and_health(client: httpx.Client, address: str) -> None:
    status = client.get("/status").json()
    assert status["corpus"] == {"documents": 4, "versions": 5, "withdrawn": 0}
    assert status["index"]["late"] == 0
    assert client.get("/healthz").json() == httpx.get(f"{address}/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"question": "  "}, 422, "La question est vide"),
        ({"question": "x" * 2001}, 422, "la limite est de 2000"),
        ({}, 422, "« question » : ce champ manque"),
        ({"question": 3}, 422, "il faut un texte"),
        ({"question": "a", "autre": 1}, 422, "ce champ est inconnu"),
        ({"question": QUESTION, "as_of": "hier"}, 422, "il faut une date AAAA-MM-JJ"),
        ({"question": QUESTION, "as_of": "2025-02-31"}, 422, "n’est pas une date"),
        ({"question": QUESTION, "since": "2025-02-01", "until": "2024-01-01"}, 422, "postérieur"),
        ([], 422, "il faut un objet JSON"),
    ],
)
def test_what_cannot_be_asked_is_said_in_french(client: httpx.Client, sent: Any, status: int, told: str) -> None:
    assert told in problem(client.post("/ask", json=sent), status)["detail"].replace("\u00a0", " ")


def test_other_bad_requests(client: httpx.Client) -> None:
    as_json = {"content-type": "application/json"}
    assert "JSON" in problem(client.post("/ask", content=b"{", headers=as_json), 400)["detail"]
    problem(client.post("/ask", content=b"\xff\xfe", headers=as_json), 400)
    problem(client.delete("/ask"), 405)
    problem(client.get("/nulle-part"), 404)
    problem(client.get("/search", params={"question": "a", "limit": 0}), 422)
    answer = client.post("/ask", content=b'{"question": "\\ud800 taux ?"}', headers=as_json)
    assert answer.status_code < 500


def test_a_body_that_is_too_large_is_refused_whatever_it_says(client: httpx.Client) -> None:
    large = b'{"question": "' + b"a" * BODY_BYTES + b'"}'
    problem(client.post("/ask", content=large, headers={"content-type": "application/json"}), 413)

    def parts() -> Iterator[bytes]:
        yield from (large[at : at + 65536] for at in range(0, len(large), 65536))

    problem(client.post("/ask", content=parts(), headers={"content-type": "application/json"}), 413)


def test_the_description_is_french_and_complete(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    paths = {"/ask", "/search", "/verify-claim", "/receipt", "/documents", "/documents/{doc}", "/status", "/healthz"}
    assert set(described["paths"]) == paths
    assert "Problem" in described["components"]["schemas"]
    question = described["components"]["schemas"]["Question"]["properties"]["question"]
    assert question["examples"] == [
        "Quel est le taux d’exécution physique de la Transition digitale au 31 décembre 2024 ?"
    ]
    page = client.get("/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text.replace("http://www.w3.org", "") and "https://" not in page.text
    for path in paths:
        assert path in page.text


def test_no_other_site_may_read_it(client: httpx.Client) -> None:
    answer = client.get("/status", headers={"origin": "https://ailleurs.example"})
    assert "access-control-allow-origin" not in answer.headers
    plain = client.post("/ask", content=b'{"question": "a"}', headers={"content-type": "text/plain"})
    assert plain.status_code in (415, 422)  # a form of another site cannot ask


def test_one_address_is_held_back_after_its_share(data: Path) -> None:
    with open_doors(data, replace(WORDS, rate_per_minute=3)) as (address, _), httpx.Client(base_url=address) as visitor:
        for _ in range(3):
            assert visitor.get("/api/v1/search", params={"question": "taux"}).status_code == 200
        refused = visitor.get("/api/v1/search", params={"question": "taux"})
        assert "Attendez" in problem(refused, 429)["detail"]
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        page = visitor.get("/lire", params={"q": "taux"})
        assert page.status_code == 429
        assert "Attendez" in page.text
        assert visitor.get("/healthz").status_code == 200
        other = visitor.get("/api/v1/search", params={"question": "taux"}, headers={"x-forwarded-for": "192.0.2.7"})
        assert other.status_code == 200  # a proxy on this machine says who asks


def test_a_full_server_says_so_and_fifty_at_once_are_served(data: Path) -> None:
    gate = Gate(at_once=1, waiting=1)
    with open_doors(data, gate=gate) as (address, _), ThreadPoolExecutor(50) as pool:
        ask = lambda _: httpx.post(f"{address}/api/v1/ask", json={"question": QUESTION}, timeout=60)  # noqa: E731
        with gate:  # nothing can be answered now
            waiting = [pool.submit(ask, n) for n in range(2)]
            assert gate_is_full(gate)
            refused = ask(0)
            assert "Réessayez" in problem(refused, 503)["detail"].capitalize() or "réessayez" in refused.text
            assert refused.headers["retry-after"] == "5"
            assert httpx.get(f"{address}/healthz").status_code == 200
        assert [each.result().status_code for each in waiting] == [200, 200]


def gate_is_full(gate: Gate) -> bool:
    """Waits until no turn is left."""
    tick = threading.Event()
    for _ in range(500):
        if not gate.enter():
            return True
        gate.leave()
        tick.wait(0.01)
    return False


def test_a_new_index_is_taken_up_while_it_serves(tmp_path: Path) -> None:
    data = fill(tmp_path / "data", CORPUS[1:])
    with open_doors(data) as (address, _), httpx.Client(base_url=f"{address}/api/v1") as client:
        before = client.post("/search", json={"question": QUESTION}).json()["items"]
        assert SEED.id not in {item["doc"] for item in before}
        fill(data, [SEED])
        index(data, WordEncoder())
        after = client.post("/search", json={"question": QUESTION}).json()["items"]
        assert after[0]["doc"] == SEED.id
        assert client.get("/status").json()["index"]["generation"] == "g000002"


def test_nothing_that_the_description_allows_breaks_the_server(address: str) -> None:
    """schemathesis: random requests from our own OpenAPI description; none is answered by 5xx."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"), "run", f"{address}/api/v1/openapi.json",
            "--checks=not_a_server_error", "--phases=examples,fuzzing", "--max-examples=6", "--max-time=6",
            "--generation-deterministic", "--no-color", "--warnings=off",
        ],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "not_a_server_error" not in done.stdout


def test_the_log_says_how_long_and_not_what(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="ui.desk")
    client.post("/ask", json={"question": QUESTION})
    client.post("/ask", json={"question": ""})
    told = [record.getMessage() for record in caplog.records if record.name == "ui.desk"]
    assert [line.split(",")[0] for line in told] == ["ask", "ask"]
    assert f"{len(QUESTION)} characters, done" in told[0] and "QuestionError" in told[1]
    assert "taux" not in caplog.text
