"""The chat in a real browser (Debian's Chromium), on a real server with the real model. Screenshots go to shots/."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import CORPUS, MODELS, SEED, document, fill, index
from doors import QUIET, SHOTS, chromium, serving
from playwright.sync_api import Browser, Page, expect

from corpus.settings import Settings
from rag import Assistant
from ui.conversation import FULL, STOPPED, Conversation, stopped
from ui.filters import iso_day
from ui.gate import Gate

if TYPE_CHECKING:
    from rag.encoder import Encoder

pytestmark = QUIET

HOSTILE = document(
    "piege",
    'Le concours des énigmes du Sourou a récompensé 37 lauréats <img src=x onerror="window.hit=1">'
    "<script>window.hit=1</script> ${window.hit=1} {{constructor.constructor('window.hit=1')()}} **gras**.",
    title="<img src=x onerror=window.hit=1> Concours du Sourou </h4><script>window.hit=1</script> ${hit=1} \u202e",
    publisher='"><svg onload=window.hit=1>',
    ministry="Jeunesse</span><iframe src='javascript:window.hit=1'>",
    url="javascript:window.hit=1",
    published="2025-05-02",
)
OTHERS = [
    document(
        f"casem-{published}", f"Le ministère de la Transition digitale a réuni son CASEM.\n\n{said}",
        title="Le CASEM de la Transition digitale", ministry=SEED.ministry, publisher=publisher, published=published,
    )
    for publisher, published, said in (
        ("sidwaya.info", "2025-04-02", "Au 31 décembre 2024, l’exécution physique du ministère est de 84,50 %."),
        ("lefaso.net", "2025-08-18", "Au 30 juin 2025, le taux d’exécution physique du ministère est de 43,61 %."),
        ("lefaso.net", "2025-12-29", "Au 30 novembre 2025, le taux d’exécution physique du ministère est de 78,05 %."),
    )
]  # fmt: skip
DISPUTED = "Quel est le taux d’exécution physique de la Transition digitale au 31 décembre 2024 ?"
QUESTION = "Quel est le taux d’exécution financière de la Transition digitale au 31 décembre 2024 ?"
NO_ANSWER = "Qui a remporté la Coupe du monde de football de 1998 ?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: "Encoder") -> Iterator[Assistant]:
    data = fill(tmp_path_factory.mktemp("chat") / "data", [*CORPUS, HOSTILE, *OTHERS])
    index(data, encoder)
    with Assistant.open(data, Settings(cache=str(MODELS)), encoder=encoder) as opened:
        yield opened


@pytest.fixture(scope="module")
def gate() -> Gate:
    """Lets one question through at a time, so that a test can hold it."""
    return Gate(at_once=1)


@pytest.fixture(scope="module")
def address(assistant: Assistant, gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from ui.web import application

    data = next(Path(tmp_path_factory.getbasetemp()).glob("chat*/data"))
    with serving(application(assistant, data, gate)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Chat:
    """A visitor's tab; remembers requests and everything that the page complained of."""

    def __init__(self, browser: Browser, address: str, width: int = 1280, height: int = 850, scheme: str = "light"):
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"  # type: ignore[arg-type]
        )  # fmt: skip
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.goto(address)
        self.box = self.page.get_by_label("Votre question")
        self.box.wait_for()
        self.page.locator("#status[aria-live]").wait_for()  # page.js has dressed the page

    def ask(self, question: str, number: int = 1) -> None:
        """Type, press Enter, wait for the end of the `number`-th question."""
        self.box.fill(question)
        expect(self.box).to_have_value(question)
        self.box.press("Enter")
        self.done(number)

    def done(self, number: int) -> None:
        self.page.locator(f"#now #q{number}:not(:has(.stage))").wait_for()
        expect(self.page.locator("#send")).to_be_visible()

    def shot(self, name: str) -> None:
        self.page.screenshot(path=SHOTS / f"{name}.png")


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Chat]:
    opened = Chat(browser, address)
    yield opened
    opened.context.close()


def test_enter_brings_a_cited_answer_with_the_exact_words_marked(chat: Chat) -> None:
    chat.shot("accueil-large-clair")
    chat.ask(QUESTION)
    chat.shot("reponse-large-clair")
    said = chat.page.locator("#now .said p span").first.inner_text()
    assert "69,89%" in said
    assert said in SEED.text
    assert chat.page.locator("#now li.card mark").first.inner_text() == said
    link = chat.page.locator("#now li.card h4 a").first
    assert link.get_attribute("href") == SEED.url
    assert "noopener" in str(link.get_attribute("rel"))
    expect(chat.page.locator("#now .facts").first).to_contain_text("8 publications")
    expect(chat.box).to_have_value("")
    expect(chat.page.locator("#status")).to_contain_text("69,89%")
    assert chat.page.locator("#status").get_attribute("aria-live") == "polite"


def test_what_is_typed_while_the_answer_comes_stays(chat: Chat, gate: Gate) -> None:
    with gate:
        chat.box.fill(QUESTION)
        chat.box.press("Enter")
        expect(chat.page.locator("#status")).to_contain_text("Recherche en cours")
        expect(chat.box).to_have_value("")
        chat.box.fill("Et en 2023 ?")
    chat.done(1)
    expect(chat.box).to_have_value("Et en 2023 ?")


def test_the_stages_are_told_in_their_order(assistant: Assistant) -> None:
    *stages, last = Conversation(assistant).reply(QUESTION, {}, 1)
    told = [re.sub(r"<[^>]+>", " ", step.html).split("?")[-1].split() for step in stages]
    assert [words[0] for words in told] == ["Recherche", "Lecture", "Vérification"]
    assert int(told[1][2]) > 0 and not any(step.done for step in stages)
    assert last.done and "69,89%" in last.html


def test_a_numbered_mark_leads_to_the_words(chat: Chat) -> None:
    chat.ask(QUESTION)
    reference = chat.page.locator("#now a.ref").first
    reference.focus()
    reference.press("Enter")
    focused = chat.page.evaluate(
        "[document.activeElement.tagName, document.activeElement.textContent, location.pathname]"
    )
    assert focused[0] == "MARK"
    assert "69,89%" in focused[1]
    expect(chat.page.locator("#now mark").first).to_be_in_viewport()


def test_a_refusal_is_clear_and_its_passages_are_no_answer(chat: Chat) -> None:
    chat.ask(NO_ANSWER)
    chat.shot("refus-large-clair")
    expect(chat.page.locator("#now .refusal")).to_contain_text("Le corpus ne répond pas à cette question.")
    expect(chat.page.locator("#now .refusal")).to_contain_text("Recherché dans 8")
    expect(chat.page.locator("#now .warn").first).to_contain_text("Ils ne répondent pas")
    assert chat.page.locator("#now mark, #now .said").count() == 0


def test_the_conversation_keeps_earlier_answers_and_can_be_begun_again(chat: Chat) -> None:
    chat.ask(QUESTION)
    chat.ask("", 2)  # an empty question leaves no trace in the talk
    expect(chat.page.locator("#now .notice")).to_contain_text("La question est vide")
    chat.ask(NO_ANSWER, 3)
    chat.ask("Combien de forages ont été réhabilités dans le Sahel en février 2025 ?", 4)
    asked = chat.page.locator("#talk h2.asked").all_inner_texts()
    assert asked[:2] == [QUESTION, NO_ANSWER]
    assert len(asked) == 3
    expect(chat.page.locator("#now h2.asked")).to_be_in_viewport()
    chat.page.get_by_role("button", name="Nouvelle conversation").click()
    expect(chat.page.locator("#talk h2.asked")).to_have_count(0)
    expect(chat.page.locator("#welcome")).to_be_visible()
    chat.ask(QUESTION)
    expect(chat.page.locator("#now .said")).to_contain_text("69,89%")


@pytest.mark.parametrize(
    "question", ["كم عدد المباني؟", "🇧🇫🐘 ? 💧", "a\u202e\u0000b <b>gras</b>", "'; DROP TABLE document; --"]
)
def test_odd_questions_are_shown_as_text(chat: Chat, question: str) -> None:
    chat.ask(question)
    assert chat.page.locator("#now h2.asked b").count() == 0
    expect(chat.page.locator("#now .refusal, #now .said, #now .notice").first).to_be_visible()


def test_a_question_of_20000_characters_is_refused_in_french_and_given_back(chat: Chat) -> None:
    question = "é" * 20_000
    chat.ask(question)
    expect(chat.page.locator("#now .notice")).to_contain_text("20000 caractères ; la limite est de 2000")
    expect(chat.box).to_have_value(question)
    assert len(chat.page.locator("#now h2.asked").inner_text()) < 500
    chat.shot("trop-long")


def test_a_hostile_publication_is_only_text(chat: Chat) -> None:
    chat.ask("Combien de lauréats le concours des énigmes du Sourou a-t-il récompensés ?")
    chat.shot("hostile")
    shown = chat.page.locator("#now")
    expect(shown).to_contain_text("<script>window.hit=1</script>")
    assert chat.page.evaluate("window.hit") is None
    assert shown.locator("script, img, iframe, svg, [onerror], [onload]").count() == 0
    assert shown.locator("a[href^='javascript']").count() == 0
    assert "\u202e" not in shown.inner_text()


def test_an_inline_script_that_slipped_through_would_not_run(chat: Chat) -> None:
    chat.page.locator("#now .prose").evaluate("e => { e.innerHTML = '<img src=x: onerror=\"window.hit=1\">' }")
    chat.page.locator("#now img").wait_for(state="attached")
    chat.ask(NO_ANSWER)
    assert chat.page.evaluate("window.hit") is None


def test_examples_ask_and_filters_narrow(chat: Chat) -> None:
    chat.page.locator("#welcome .example").first.click()
    chat.done(1)
    expect(chat.page.locator("#welcome")).to_be_hidden()
    chat.page.get_by_role("button", name="Filtres").click()
    chat.page.get_by_label("Comme si l’on était le").fill("01/01/2025")
    chat.page.get_by_label("Comme si l’on était le").press("Tab")
    expect(chat.page.get_by_role("button", name="Filtres (1)")).to_be_visible()
    chat.ask(QUESTION, 2)
    chat.shot("filtres")
    expect(chat.page.locator("#now .facts").last).to_contain_text("publié au plus tard le 1er janvier 2025")
    assert chat.page.locator("#now").get_by_text(SEED.title).count() == 0
    chat.page.get_by_label("Comme si l’on était le").fill("bientôt")
    chat.ask(QUESTION, 3)
    expect(chat.page.locator("#now .notice")).to_contain_text("« bientôt » n’est pas une date")


def test_nothing_leaves_the_machine_and_nothing_complains(chat: Chat, address: str) -> None:
    chat.ask(QUESTION)
    assert chat.requests
    assert [url for url in chat.requests if not url.startswith((address, "data:", "blob:"))] == []
    assert chat.errors == []
    assert chat.page.evaluate("document.documentElement.lang") == "fr"
    assert chat.page.title() == "Sourcier"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_other_values_are_shown_drawn_and_exported(browser: Browser, address: str, width: int, scheme: str) -> None:
    tab = Chat(browser, address, width, 850, scheme)
    tab.ask(DISPUTED)
    conflict, evolution = tab.page.locator("#now section.conflict"), tab.page.locator("#now section.evolution").first
    expect(conflict.get_by_role("heading")).to_have_text("D’autres valeurs ont été publiées")
    values = conflict.get_by_role("rowheader").all_inner_texts()
    assert {value.split("\n")[0][:5] for value in values} == {"88,02", "84,50"}
    expect(conflict.get_by_role("columnheader")).to_have_count(5)  # on the phone too, where they are only spoken
    (here, there), link = {SEED.url, OTHERS[0].url}, conflict.get_by_role("link")
    assert {link.nth(0).get_attribute("href"), link.nth(1).get_attribute("href")} == {here, there}
    assert evolution.get_by_role("img").get_attribute("aria-label").endswith("78,05 % au 30 novembre 2025.")  # type: ignore[union-attr]
    evolution.locator("summary").press("Enter")
    expect(evolution.get_by_role("table")).to_contain_text("43,61 %")
    tab.shot(f"valeurs-{width}-{scheme}")
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.page.evaluate(CONTRAST) == []
    with tab.page.expect_download() as started:
        tab.page.get_by_role("link", name="Télécharger ces valeurs (CSV)").click()
    rows = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("serie;mesure;") and any(";84,50 %;2024-12-31;sidwaya.info;" in row for row in rows)
    assert tab.errors == []
    tab.context.close()


@pytest.mark.parametrize(("scheme", "name"), [("light", "clair"), ("dark", "sombre")])
def test_phone(browser: Browser, address: str, scheme: str, name: str) -> None:
    phone = Chat(browser, address, 360, 740, scheme)
    phone.shot(f"accueil-telephone-{name}")
    for number, (question, shot) in enumerate([(QUESTION, "reponse"), (NO_ANSWER, "refus"), ("x" * 300, "long")], 1):
        phone.ask(question, number)
        phone.shot(f"{shot}-telephone-{name}")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    phone.page.get_by_role("button", name="Filtres").click()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
    phone.context.close()


CONTRAST = """() => {
  const rgb = (value) => value.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (node) => { for (; node; node = node.parentElement) {
    const c = rgb(getComputedStyle(node).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } };
  const low = [];
  for (const node of document.querySelectorAll('#top *, #talk *, #composer *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color).slice(0, 3)), light(ground(node))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) low.push(`${node.tagName}.${node.className} ${node.textContent.slice(0, 40)}`);
  }
  return low; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_both_schemes(browser: Browser, address: str, scheme: str) -> None:
    wide = Chat(browser, address, scheme=scheme)
    dark = wide.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 22)"
    assert dark == (scheme == "dark")
    for number, question in enumerate((QUESTION, NO_ANSWER, ""), 1):
        wide.ask(question, number)
        if number == 1 and scheme == "dark":
            wide.shot("reponse-large-sombre")
        assert wide.page.evaluate(CONTRAST) == []
    wide.context.close()


def test_the_keyboard_alone_reaches_everything(chat: Chat) -> None:
    expect(chat.box).to_be_focused()
    names = []
    for key in ("Tab", "Tab", *("Shift+Tab",) * 8):  # past the links to the other pages
        chat.page.keyboard.press(key)
        names.append(chat.page.evaluate("document.activeElement.textContent.trim()"))
        if key == "Tab":
            assert chat.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert names[0] == "Demander"
    assert names[1].startswith("Filtres")
    assert names[4:9] == ["Transparence", "Méthode", "Lecture légère", "Publications", "Vérifier une affirmation"]
    assert names[9].startswith("Que dit la publication")
    chat.page.keyboard.press("Enter")
    chat.done(1)


def test_the_stage_shows_at_once_and_stop_ends_it(chat: Chat, gate: Gate) -> None:
    with gate:  # no answer can come now
        chat.box.fill(QUESTION)
        chat.box.press("Enter")
        expect(chat.page.locator("#now .stage")).to_contain_text("Recherche dans 8")
        expect(chat.page.locator("#status")).to_contain_text("Recherche en cours")
        chat.shot("recherche")
        with chat.page.expect_response("**/reset"):  # Gradio has let the stopped question go
            chat.page.get_by_role("button", name="Arrêter").click()
        expect(chat.page.locator("#now .notice")).to_contain_text(STOPPED)
        expect(chat.page.locator("#send")).to_be_visible()
        expect(chat.box).to_have_value(QUESTION)
    chat.ask(QUESTION, 2)
    expect(chat.page.locator("#now .said")).to_contain_text("69,89%")


def test_too_many_at_once_are_told_so(assistant: Assistant) -> None:
    gate = Gate(at_once=1, waiting=0)
    assert gate.enter()
    *_, last = Conversation(assistant, gate).reply(QUESTION, {}, 1)
    assert FULL in last.html
    assert last.retry
    gate.leave()
    *_, last = Conversation(assistant, gate).reply(QUESTION, {}, 2)
    assert "69,89%" in last.html
    assert last.done


def test_a_broken_client_cannot_break_the_page(assistant: Assistant) -> None:
    steps = list(Conversation(assistant).reply("\ud800 taux ? \x00", {"as_of": "2025-02-31"}, 1))
    assert [step.done for step in steps] == [False, True]
    assert "n’est pas une date" in steps[-1].html
    steps[-1].html.encode()


def test_stopping_says_so_and_gives_the_question_back() -> None:
    step = stopped("Quel taux ?", 3)
    assert STOPPED in step.html
    assert 'id="q3"' in step.html
    assert step.retry


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("27/03/2025", "2025-03-27"),
        ("1.4.2025", "2025-04-01"),
        (" 2025-04-01 ", "2025-04-01"),
        ("", None),
        (None, None),
        ("hier", "hier"),
    ],
)
def test_days_as_typed(typed: str | None, day: str | None) -> None:
    assert iso_day(typed) == day
