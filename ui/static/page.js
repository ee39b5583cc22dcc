// The few things that Gradio's page cannot say by itself. Nothing here reads or writes HTML text:
// nodes are moved and texts set, so no publication is ever parsed here.
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const goTo = (node, block) => node.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });

  // A question leaves: the last answer moves up into the talk, and the stage shows before the network answers.
  const begin = (question) => {
    const now = one("#now .prose"), past = one("#past .prose");
    if (!now || !past) return;
    for (const turn of now.querySelectorAll("article.turn:not(.passing)")) past.append(turn.cloneNode(true));
    now.replaceChildren();
    if (!String(question).trim()) return; // the server says that it is empty
    const turn = document.createElement("article");
    turn.className = "turn passing";
    const asked = document.createElement("h2");
    asked.className = "asked";
    asked.textContent = String(question).slice(0, 400);
    const stage = document.createElement("p");
    stage.className = "stage";
    const dot = document.createElement("span");
    dot.className = "dot";
    stage.append(dot, "Recherche…");
    turn.append(asked, stage);
    now.append(turn);
    const welcome = one("#welcome");
    if (welcome) welcome.hidden = true;
    goTo(turn, "start");
  };

  const reset = () => {
    for (const id of ["past", "now"]) one(`#${id} .prose`)?.replaceChildren();
    const welcome = one("#welcome");
    if (welcome) welcome.hidden = false;
    shown = "";
    one("#question textarea")?.focus();
  };

  // Marks of the answer lead to the words in the source, also where <base> would make "#id" leave the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a.ref[href^="#"]');
    const mark = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!mark) return;
    event.preventDefault();
    goTo(mark, "center");
    mark.focus({ preventScroll: true });
  });

  // The answer stands: its question goes to the top of the window, once.
  let shown = "";
  const follow = () => {
    const turn = one("#now article.turn[id]");
    if (!turn || turn.querySelector(".stage") || turn.id === shown) return;
    shown = turn.id;
    goTo(turn, "start");
  };

  // Once Gradio has drawn the page.
  const dress = () => {
    const status = one("#status"), box = one("#question textarea");
    if (!status || !one("#now") || !box) return false;
    status.setAttribute("role", "status");
    status.setAttribute("aria-live", "polite");
    box.setAttribute("aria-describedby", "hint");
    new MutationObserver(follow).observe(one("#now"), { childList: true, subtree: true });
    return true;
  };
  const watcher = new MutationObserver(() => { if (dress()) watcher.disconnect(); });
  watcher.observe(document.documentElement, { childList: true, subtree: true });

  window.sourcier = { begin, reset };
})();
