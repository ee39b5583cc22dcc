"""The pages without JavaScript over HTTP: contents, sizes, statuses, policies, hostile texts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup, Tag
from builders import CORPUS, FORMER, SEED, document, fill
from doors import QUIET, WORDS, keep_original, open_doors
from test_reading import PDF_TEXT, pdf

from corpus.health import health, now
from corpus.store import Store
from ui.health import alarms

pytestmark = QUIET
QUESTION = "Quel est le taux d’exécution financière de la Transition digitale au 31 décembre 2024 ?"
LIGHT_BYTES = 30 * 1024
REPORT = document(
    "rapport", "\n\n".join(PDF_TEXT), url="https://example.org/rapport.pdf", pages=(0, len(PDF_TEXT[0]) + 2),
    published="2025-04-02", kind="rapport", title="Rapport <script>alert(1)</script>",
)  # fmt: skip
GONE = document("retiree", "Un texte retiré.", published="2024-01-01", ministry="Santé")
RUN = {
    "started": "2025-06-01T08:00:00Z", "finished": "2025-06-01T08:01:00Z", "seconds": 60.5, "interrupted": False,
    "sources": [
        {"name": "essai", "found": 9, "new": 4, "edited": 1, "unchanged": 3, "withdrawn": 1, "undated": 1,
         "refused": {"robots": 1}, "failed": {"pdf_without_text": 2}, "alarms": {},
         "problems": [{"url": "https://example.org/a.pdf", "reason": "pdf_without_text", "detail": ""},
                      {"url": "javascript:hit()", "reason": "<b>", "detail": ""}]}
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = fill(tmp_path_factory.mktemp("light") / "data", [*CORPUS, REPORT, GONE])
    keep_original(data, SEED, b"<script>hit()</script><p>original</p>")
    keep_original(data, REPORT, pdf(), "application/pdf")
    with Store.open(data, write=True) as store:
        store.put(replace(FORMER, text=FORMER.text.replace("91,40%", "91,45%")), "2025-06-02T08:00:00Z")
        store.withdraw(GONE.id, "2025-06-03T08:00:00Z")
        store.add_run(RUN)
    return data


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[httpx.Client]:
    with open_doors(data) as (address, _), httpx.Client(base_url=address, timeout=30) as client:
        yield client


def read(answer: httpx.Response, status: int = 200) -> BeautifulSoup:
    """The page, which runs and asks nothing."""
    assert answer.status_code == status, answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "script-src" not in policy
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select("script, [onclick], [style], link[rel=stylesheet]") == []
    assert page.html is not None and page.html["lang"] == "fr"
    assert len(page.select("h1")) == 1
    return page


def plain(page: Tag) -> str:
    return " ".join(page.get_text(" ").split()).replace("\u00a0", " ")


def test_light_reading_has_answer_quotes_sources_and_a_form(site: httpx.Client) -> None:
    answer = site.get("/lire", params={"q": QUESTION})
    assert len(answer.content) <= LIGHT_BYTES
    page = read(answer)
    assert "69,89%" in page.select_one(".said").get_text()  # type: ignore[union-attr]
    assert page.select_one("li.card mark") is not None
    assert page.select_one("textarea[name=q]").get_text() == QUESTION  # type: ignore[union-attr]
    assert {each["name"] for each in page.select("form [name]")} == {
        "q", "as_of", "since", "until", "ministry", "publisher", "kind"
    }  # fmt: skip
    for link in page.select("a[href^='/']"):
        assert site.get(str(link["href"])).status_code == 200, link
    refused = read(site.get("/lire", params={"q": "Qui a gagné la coupe du monde de football ?"}))
    assert "Le corpus ne répond pas" in plain(refused)


def test_filters_are_remembered_with_their_counts(site: httpx.Client) -> None:
    page = read(site.get("/lire", params={"q": QUESTION, "as_of": "2025-01-01", "ministry": "Économie et Finances"}))
    assert page.select_one("details[open] summary").get_text() == "Filtres (2)"  # type: ignore[union-attr]
    chosen = page.select_one("select[name=ministry] option[selected]")
    assert chosen is not None and chosen.get_text() == "Économie et Finances (1)"
    assert page.select_one("input[name=as_of]")["value"] == "2025-01-01"  # type: ignore[index]
    assert "69,89%" not in plain(page)


@pytest.mark.parametrize(
    ("path", "values", "status", "told"),
    [
        ("/lire", {"q": "x" * 2001}, 422, "la limite est de 2000"),
        ("/lire", {"q": "taux", "as_of": "demain"}, 422, "n’est pas une date"),
        ("/lire", {"q": "taux", "since": "2025-01-02", "until": "2025-01-01"}, 422, "postérieur"),
        ("/publications", {"since": "x"}, 422, "n’est pas une date"),
        ("/verifier", {"texte": "x" * 2001}, 422, "la limite est de 2000"),
        ("/publication/rien", {}, 404, "Aucune publication"),
        (f"/publication/{SEED.id}", {"v": "9"}, 404, "n’a pas cette version"),
        (f"/publication/{SEED.id}", {"c": "5-99999"}, 200, "n’est pas dans cette version"),
        (f"/publication/{SEED.id}", {"depuis": "9"}, 200, "n’existe pas"),
        (f"/page/1/{SEED.id}", {}, 404, "n’a pas d’image"),
        (f"/page/7/{REPORT.id}", {}, 404, "n’a pas d’image"),
        ("/original/rien", {}, 404, "Aucune copie"),
        (f"/original/{FORMER.id}", {}, 404, "Aucune copie"),
        ("/recu", {"q": ""}, 422, "La question est vide"),
    ],
)
def test_what_is_wrong_is_said_with_its_status(
    site: httpx.Client, path: str, values: dict[str, str], status: int, told: str
) -> None:
    assert told in plain(read(site.get(path, params=values), status))


def test_publications_are_listed_searched_and_turned(site: httpx.Client) -> None:
    page = read(site.get("/publications"))
    titles = [each.get_text() for each in page.select("ul.cards h3")]
    assert titles[0] == REPORT.title and len(titles) == 5
    assert GONE.title not in titles
    found = read(site.get("/publications", params={"mots": "casem economie"}))
    assert [each.get_text() for each in found.select("ul.cards h3")] == [FORMER.title]
    assert read(site.get("/publications", params={"page": "99"})).select("ul.cards li")


def test_a_publication_shows_its_quote_its_past_and_its_original(site: httpx.Client) -> None:
    start = SEED.text.index("69,89%")
    page = read(site.get(f"/publication/{SEED.id}", params={"v": SEED.digest()[:12], "c": f"{start}-{start + 6}"}))
    assert page.select_one("mark#c1").get_text() == "69,89%"  # type: ignore[union-attr]
    kept = site.get(f"/original/{SEED.id}")
    assert kept.content == b"<script>hit()</script><p>original</p>"
    assert (
        "sandbox" in kept.headers["content-security-policy"]
        and "script-src" not in kept.headers["content-security-policy"]
    )
    edited = read(site.get(f"/publication/{FORMER.id}", params={"depuis": "1"}))
    assert [each.get_text() for each in edited.select("del, ins")] == ["91,40%", "91,45%"]
    assert "a été retirée de son site" in plain(read(site.get(f"/publication/{GONE.id}")))


def test_the_panel_of_the_chat_has_no_navigation_and_keeps_its_frame(site: httpx.Client) -> None:
    page = read(site.get(f"/publication/{FORMER.id}", params={"cadre": "1"}))
    assert page.select("header, footer") == []
    inner = [str(each["href"]) for each in page.select("ol a")]
    assert inner and all("cadre=1" in address for address in inner)


def test_a_pdf_shows_its_page_with_the_quote_boxed(site: httpx.Client) -> None:
    start = REPORT.text.index("88,02 %")
    page = read(site.get(f"/publication/{REPORT.id}", params={"c": f"{start}-{start + 7}"}))
    assert len(page.select(".sheet rect")) == 1
    image = site.get(str(page.select_one(".sheet img")["src"]))  # type: ignore[index]
    assert image.headers["content-type"] == "image/png" and image.content.startswith(b"\x89PNG")
    live = page.select_one(".ways a")
    assert live is not None and live["href"] == "https://example.org/rapport.pdf#page=2"
    held = site.get(f"/original/{REPORT.id}")
    assert held.headers["content-disposition"] == 'attachment; filename="rapport.pdf"'


def test_claims_are_told_apart(site: httpx.Client) -> None:
    text = (
        "Au 31 décembre 2024, le taux d’exécution financière de la Transition digitale est de 75,10%. "
        "La lune est faite de fromage."
    )
    page = read(site.get("/verifier", params={"texte": text}))
    told = [" ".join(each.get_text().split()).replace("\u00a0", " ") for each in page.select(".tone")]
    assert told == ["Contredit : 69,89% au lieu de 75,10%", "Introuvable"]
    assert "1 contredite" in plain(page)
    assert site.get(str(page.select_one("ul.cards a")["href"])).status_code == 200  # type: ignore[index]


def test_receipts_are_pages_and_files(site: httpx.Client) -> None:
    page = site.get("/recu", params={"q": QUESTION})
    assert page.status_code == 200
    assert "Reçu de preuve" in page.text and "69,89%" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    held = site.get("/recu.json", params={"q": QUESTION, "garder": "1"})
    assert held.headers["content-disposition"].startswith('attachment; filename="sourcier-recu-')
    assert held.json()["signature"]["algorithm"] == "Ed25519"
    told = plain(read(site.get("/honnetete")))
    assert held.json()["signature"]["key_id"] in told


def test_honesty_tells_what_failed_and_why(site: httpx.Client) -> None:
    page = read(site.get("/honnetete"))
    told = plain(page)
    assert "5 publications en 7 versions" in told
    assert "1 publication retirée" in told
    assert "2 × PDF sans texte (numérisation ?)" in told
    assert "refusé par robots.txt" in told
    assert page.select("b, a[href^=javascript]") == []


def test_honesty_is_told_per_source_and_per_day_as_the_terminal_tells_it(data: Path, site: httpx.Client) -> None:
    page = read(site.get("/honnetete"))
    (table,) = page.select("main table")
    assert [plain(cell) for cell in table.select("tbody th, tbody td")][:9] == [
        "1er juin 2025", "9", "5", "3", "1", "1", "1", "2", "1",
    ]  # fmt: skip
    assert "Dernière visite réussie : 1er juin 2025 à 8 h 00 (UTC)" in plain(page)
    with Store.open(data) as store:
        (source,) = [one.to_dict() for one in health(store, now())]
    (held,) = site.get("/api/v1/status").json()["sources"]
    assert held == json.loads(json.dumps(source))
    assert [plain(line).replace(" :", ":") for line in page.select(".bad li")] == [
        line.replace("\u00a0", " ").replace(" :", ":") for line in alarms([source]).splitlines()
    ]


def test_how_good_says_what_the_readme_says(site: httpx.Client) -> None:
    import tomllib

    from builders import ROOT

    told = plain(read(site.get("/methode")))
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace(".", ",")
    for suite in tomllib.loads((ROOT / "ui/light/figures.toml").read_text(encoding="utf-8"))["suite"]:
        assert suite["name"] in told
        for name in ("recall", "answer"):
            assert f"| {suite[name]} |" in readme, suite[name]


def test_everything_works_under_a_path_of_a_proxy(data: Path) -> None:
    """uvicorn's root_path: the proxy has taken the path off; every link must carry it."""
    settings = replace(WORDS, root_path="/veille")
    with open_doors(data, settings, root_path="/veille") as (address, _), httpx.Client(base_url=address) as proxied:
        for path in ("/lire", "/publications", "/honnetete", f"/publication/{FORMER.id}", "/api/v1/docs"):
            page = BeautifulSoup(proxied.get(path).text, "html.parser")
            inner = [str(each.get("href") or each.get("action")) for each in page.select("a[href^='/'], form")]
            assert inner and all(link.startswith("/veille/") for link in inner), path
        asked = proxied.post("/api/v1/ask", json={"question": QUESTION}).json()
        assert asked["permalink"].startswith("/veille/lire?")
        assert proxied.get("/api/v1/openapi.json").json()["servers"] == [{"url": "/veille/api/v1"}]
        chat = proxied.get("/")
        assert chat.status_code == 200
        assert '<html lang="fr"' in chat.text and "/veille" in chat.text


def test_no_file_leaves_its_folder(site: httpx.Client) -> None:
    for path in ("/original/../../corpus.sqlite", "/publication/%2e%2e%2fcorpus.sqlite", "/page/1/..%2f..%2fetc"):
        assert site.get(path).status_code == 404
