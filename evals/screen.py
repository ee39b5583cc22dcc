"""What a reader waits for, measured in Chromium on a running `sourcier serve`: first load, first stage, answer.

    python -m evals.screen http://127.0.0.1:7860 --questions 40

Times are taken in the page: from the key to the frame in which the words stand. Needs playwright and Debian's Chromium
(the extra "dev"), and a server without a rate limit (SOURCIER_RATE_PER_MINUTE=0).
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from evals.formats_in import load
from evals.load import SUITE, share

_CHROMIUM = "/usr/bin/chromium"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_WATCH = """() => {
  const now = document.querySelector("#now");
  let number = 0;
  const stamp = (name) => requestAnimationFrame(() => { window.timed[name] ??= performance.now(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    number += 1;
    window.timed = { key: performance.now() };
  }, true);
  new MutationObserver(() => {
    if (now.querySelector(".stage")) stamp("stage");
    else if (now.querySelector(`#q${number}`)) stamp("answer");
  }).observe(now, { childList: true, subtree: true });
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """first_load_kb: bytes over the wire until the question box stands and the page is quiet; hosts: asked for it.

    Times in ms, over `questions`. load: the machine's, one minute.
    """

    first_load_kb: float
    hosts: list[str]
    questions: int
    stage_p50: int
    stage_p95: int
    answer_p50: int
    answer_p95: int
    load: float


def measure(url: str, questions: Sequence[str]) -> Screen:
    """Open the page anew, then ask each question in one conversation of one tab."""
    from playwright.sync_api import sync_playwright

    stages, answers, got, hosts = [], [], [], set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda told: got.append(told["encodedDataLength"]))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.goto(url)
        box = page.get_by_label("Votre question")
        box.wait_for()
        page.wait_for_timeout(2000)  # what comes late counts too; the page keeps a connection open, so is never idle
        first = sum(got) / 1000
        page.evaluate(_WATCH)
        for number, question in enumerate(questions, 1):
            box.fill(question)
            box.press("Enter")
            page.locator(f"#now #q{number}:not(:has(.stage))").wait_for()
            page.locator("#send").wait_for()
            timed: dict[str, Any] = page.wait_for_function("window.timed.answer && window.timed").json_value()
            stages.append(timed["stage"] - timed["key"])
            answers.append(timed["answer"] - timed["key"])
        browser.close()
    return Screen(
        first_load_kb=round(first, 1), hosts=sorted(filter(None, hosts)), questions=len(questions),
        stage_p50=round(share(stages, 0.5)), stage_p95=round(share(stages, 0.95)),
        answer_p50=round(share(answers, 0.5)), answer_p95=round(share(answers, 0.95)),
        load=round(os.getloadavg()[0], 2),
    )  # fmt: skip


def main() -> None:
    """Print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--questions", type=int, default=40)
    args = parser.parse_args()
    asked = random.Random(0).sample([case.question for case in load(SUITE).cases], args.questions)
    json.dump(asdict(measure(args.url, asked)), sys.stdout, indent=2)
    print()  # noqa: T201


if __name__ == "__main__":
    main()
