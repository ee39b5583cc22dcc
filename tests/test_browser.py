"""The doors in Debian's Chromium: reader panel, addresses, copies, exports, filters; axe-core on every page."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from builders import CORPUS, SEED, fill
from doors import QUIET, SHOTS, chromium, keep_original, open_doors
from playwright.sync_api import Browser, Page, expect
from test_light import QUESTION, REPORT, RUN
from test_reading import pdf

from corpus.store import Store
from ui.cli import run
from ui.fragments import live

pytestmark = QUIET
PAGED = (
    "Quel est le taux d’exécution physique des activités au 31 décembre 2024 selon la direction générale des études ?"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = fill(tmp_path_factory.mktemp("browser") / "data", [*CORPUS, REPORT])
    keep_original(data, REPORT, pdf(), "application/pdf")
    with Store.open(data, write=True) as store:
        store.add_run(RUN)
    return data


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with open_doors(data) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A visitor's tab; a test may ask for another by `@pytest.mark.parametrize("tab", [{...}], indirect=True)`."""
    options: dict[str, Any] = {"viewport": {"width": 1280, "height": 850}, "reduced_motion": "reduce"}
    context = browser.new_context(**options | getattr(request, "param", {}))
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


NARROW = {"viewport": {"width": 360, "height": 740}}
DARK = {"color_scheme": "dark"}


def chat(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/{query}")
    page.get_by_label("Votre question").wait_for()


def ask(page: Page, question: str, number: int = 1) -> None:
    box = page.get_by_label("Votre question")
    box.fill(question)
    box.press("Enter")
    page.locator(f"#now #q{number}:not(:has(.stage))").wait_for()


def serious(page: Page) -> list[str]:
    """What axe-core finds that keeps a reader out."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:150]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("tab", [{}, NARROW, DARK], indirect=True, ids=["large", "telephone", "sombre"])
def test_no_page_keeps_a_reader_out(tab: Page, address: str) -> None:
    paths = {
        "lire": f"/lire?q={quote(QUESTION)}",
        "refus": "/lire?q=coupe+du+monde",
        "publications": "/publications?kind=casem",
        "publication": f"/publication/{REPORT.id}?c=20-60",
        "verifier": f"/verifier?texte={quote('Le taux d’exécution financière du ministère est de 75,10%.')}",
        "methode": "/methode",
        "honnetete": "/honnetete",
        "recu": f"/recu?q={quote(QUESTION)}",
        "docs": "/api/v1/docs",
        "absente": "/publication/rien",
    }
    width = (tab.viewport_size or {})["width"]
    for name, path in paths.items():
        assert (tab.goto(f"{address}{path}") or tab).url.startswith(address)
        tab.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
        assert serious(tab) == [], name
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("tab", [{}, NARROW, DARK], indirect=True, ids=["large", "telephone", "sombre"])
def test_the_chat_keeps_no_reader_out(tab: Page, address: str) -> None:
    chat(tab, address)
    assert serious(tab) == []
    ask(tab, QUESTION)
    assert serious(tab) == []
    tab.screenshot(path=SHOTS / f"portes-{(tab.viewport_size or {})['width']}.png")
    boxes = [tab.locator(f"#top {part}").bounding_box() for part in ("#brand h1", "#save", "#again")]
    assert all(a and b and a["x"] + a["width"] <= b["x"] for a, b in pairwise(boxes))  # nothing lies over the name
    tab.get_by_role("button", name="Filtres").click()
    assert serious(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= (tab.viewport_size or {})["width"]


@pytest.mark.parametrize("tab", [{}, NARROW], indirect=True, ids=["large", "telephone"])
def test_the_reader_opens_at_the_exact_words_and_closes_by_keyboard(tab: Page, address: str) -> None:
    chat(tab, address)
    ask(tab, QUESTION)
    link = tab.locator("#now a.open-reader").first
    link.focus()
    link.press("Enter")
    frame = tab.frame_locator("#reader iframe")
    mark = frame.locator("mark#c1")
    expect(mark).to_be_in_viewport()
    assert mark.inner_text() in SEED.text and "69,89%" in mark.inner_text()
    tab.screenshot(path=SHOTS / f"lecteur-{(tab.viewport_size or {})['width']}.png")
    assert serious(tab) == []
    frame.locator("body").press("Escape")
    expect(tab.locator("#reader")).to_have_count(0)
    assert tab.evaluate("document.activeElement.className") == "open-reader"


def test_a_page_of_a_pdf_shows_the_quote_in_its_box(tab: Page, address: str) -> None:
    chat(tab, address)
    ask(tab, PAGED)
    tab.locator(f"#now a.open-reader[href*='{REPORT.id}']").first.click()
    frame = tab.frame_locator("#reader iframe")
    box, image = frame.locator(".sheet rect").first, frame.locator(".sheet img")
    image.scroll_into_view_if_needed()
    expect(box).to_be_visible()
    assert image.evaluate("img => img.decode().then(() => img.naturalWidth)") == 1000
    tab.screenshot(path=SHOTS / "lecteur-pdf.png")


def test_the_address_remembers_the_question_and_its_filters(tab: Page, address: str) -> None:
    chat(tab, address)
    tab.get_by_role("button", name="Filtres").click()
    tab.get_by_label("Publié depuis le").fill("01/01/2025")
    tab.get_by_label("Genre").click()
    tab.get_by_role("option", name="CASEM (2)").click()
    ask(tab, QUESTION)
    assert "q=Quel+est+le+taux" in tab.url and "since=01%2F01%2F2025" in tab.url and "kind=casem" in tab.url
    expect(tab.locator("#now .facts", has_text="Filtres")).to_contain_text("casem")
    permanent = tab.locator("#now a.permalink").get_attribute("href")
    tab.goto(f"{address}/{str(permanent).removeprefix('./')}")
    tab.locator("#now #q1:not(:has(.stage))").wait_for()
    expect(tab.locator("#now .said")).to_contain_text("69,89%")
    tab.get_by_role("button", name="Filtres (2)").click()
    expect(tab.get_by_label("Publié depuis le")).to_have_value("2025-01-01")


def test_a_reference_is_copied_and_the_talk_is_exported(tab: Page, address: str) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat(tab, address)
    expect(tab.get_by_role("button", name="Exporter")).to_be_hidden()
    ask(tab, QUESTION)
    ask(tab, "Combien de forages ont été réhabilités dans la région du Sahel ?", 2)
    tab.get_by_role("button", name="Copier la référence").last.click()
    expect(tab.locator("#status")).to_contain_text("Copié")
    copied = tab.evaluate("navigator.clipboard.readText()").replace("\u00a0", " ")
    assert copied.startswith("« ") and "eau.gov.bf" in copied and "consulté le" in copied
    with tab.expect_download() as started:
        tab.get_by_role("button", name="Exporter").click()
    text = started.value.path().read_text(encoding="utf-8")
    assert text.startswith("# Conversation avec Sourcier")
    assert text.count("\n## ") == 2 and "69,89%" in text


def test_a_receipt_from_the_page_verifies_offline(
    tab: Page, address: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_RETRIEVAL", "lexical")
    chat(tab, address)
    ask(tab, QUESTION)
    with tab.expect_download() as started:
        tab.locator("#now a.receipt-json").click()
    kept = tmp_path / "recu.json"
    started.value.save_as(kept)
    assert run(["verify", str(kept), "--data", str(data)]) == 0
    with tab.context.expect_page() as opened:
        tab.locator("#now a.receipt").click()
    page = opened.value
    page.wait_for_load_state()
    kept = tmp_path / "recu.html"
    kept.write_text(page.content(), encoding="utf-8")
    assert run(["verify", str(kept), "--data", str(data)]) == 0


def test_without_a_script_the_light_page_is_offered(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="lecture légère").click()
    page.get_by_label("Votre question").fill(QUESTION)
    page.get_by_role("button", name="Demander").press("Enter")
    expect(page.locator(".said")).to_contain_text("69,89%")
    context.close()


def test_text_fragments_find_accented_words_on_the_live_page(tab: Page, tmp_path: Path) -> None:
    text = "L’état d’exécution financière : 69,89\u00a0% – « réévalué » à l’été, d’après l’établissement."
    filler = "<p>Un autre paragraphe.</p>" * 200
    page = f"<meta charset=utf-8>{filler}<p id=there>{text}</p>{filler}"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    server.RequestHandlerClass.log_message = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        tab.goto(live(f"http://127.0.0.1:{server.server_port}/page.html", text, None))
        expect(tab.locator("#there")).to_be_in_viewport()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_first_load_is_light(tab: Page, address: str) -> None:
    sizes: list[float] = []
    wire = tab.context.new_cdp_session(tab)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    chat(tab, address)
    expect(tab.locator("#status[aria-live]")).to_be_attached()  # page.js has run: all that the page needs is here
    assert 100_000 < sum(sizes) <= 500_000


def test_nothing_asks_another_host(tab: Page, address: str) -> None:
    asked: list[str] = []
    errors: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    chat(tab, address)
    ask(tab, QUESTION)
    tab.locator("#now a.open-reader").first.click()
    expect(tab.frame_locator("#reader iframe").locator("mark#c1")).to_be_visible()
    for path in ("/lire", "/api/v1/docs", f"/recu?q={quote(QUESTION)}"):
        tab.goto(f"{address}{path}")
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert errors == []
