// The few things that Gradio's page cannot say by itself. Nothing here reads or writes HTML text:
// nodes are moved and texts set, so no publication is ever parsed here.
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const goTo = (node, block) => node.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });

  // The address remembers the last question and its filters, and asks it again when it is opened.
  const FILTERS = ["as_of", "since", "until", "ministry", "publisher", "kind"];
  const remember = (question, filters) => {
    const values = new URLSearchParams();
    if (String(question).trim()) values.set("q", String(question).slice(0, 1500));
    FILTERS.forEach((name, at) => { if (filters[at]) values.set(name, filters[at]); });
    const query = values.toString();
    history.replaceState(null, "", query ? `${location.pathname}?${query}` : location.pathname);
  };
  const remembered = () => {
    const values = new URLSearchParams(location.search);
    // What a reader typed while the page was loading stays.
    const question = values.get("q") || "", typed = one("#question textarea")?.value || "";
    if (question) askWhenSet(question, performance.now() + 5000);
    return [question || typed, ...FILTERS.map((name) => values.get(name) || "")];
  };
  const counted = (values) => {
    const label = one("#filters > button span"), active = values.filter(Boolean).length;
    if (label) label.textContent = active ? `Filtres (${active})` : "Filtres";
    return [];
  };
  const askWhenSet = (question, until) => {
    const box = one("#question textarea"), send = one("#send");
    if (box && send && box.value === question) setTimeout(() => send.click(), 50);
    else if (performance.now() < until) setTimeout(() => askWhenSet(question, until), 30);
  };

  // The reader: a publication of this site beside the talk, or over it on a phone.
  let opener = null;
  const closeReader = () => {
    const panel = one("#reader");
    if (!panel) return;
    panel.close();
    panel.remove();
    document.documentElement.classList.remove("reading");
    if (opener?.isConnected) opener.focus();
    opener = null;
  };
  const openReader = (link) => {
    closeReader();
    opener = link;
    const panel = document.createElement("dialog"), bar = document.createElement("p");
    panel.id = "reader";
    panel.setAttribute("aria-label", "Publication");
    const close = document.createElement("button"), alone = document.createElement("a");
    close.type = "button";
    close.textContent = "Fermer";
    close.addEventListener("click", closeReader);
    alone.href = link.href;
    alone.target = "_blank";
    alone.rel = "noopener";
    alone.textContent = "Ouvrir seule";
    bar.append(close, alone);
    const frame = document.createElement("iframe"), address = new URL(link.href);
    frame.title = "Texte de la publication";
    address.searchParams.set("cadre", "1");
    frame.src = address.href;
    frame.addEventListener("load", () => {
      frame.contentWindow?.addEventListener("keydown", (event) => { if (event.key === "Escape") closeReader(); });
    });
    panel.addEventListener("cancel", (event) => { event.preventDefault(); closeReader(); });
    panel.append(bar, frame);
    document.body.append(panel);
    if (window.matchMedia("(min-width: 70rem)").matches) {
      document.documentElement.classList.add("reading");
      panel.show();
    } else panel.showModal();
    close.focus();
  };
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && one("#reader")) closeReader(); });

  const copy = async (button) => {
    const text = button.dataset.copy, label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch { // no permission, or no https: the old way
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copié";
    const status = one("#status .prose") || one("#status");
    if (status) status.textContent = "Copié.";
    setTimeout(() => { button.textContent = label; }, 1500);
  };
  const download = (name, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const save = () => {
    const parts = [...document.querySelectorAll("#talk [data-markdown]")].map((node) => node.dataset.markdown);
    if (parts.length) download("sourcier-conversation.md", `# Conversation avec Sourcier\n\n${parts.join("\n")}`);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-copy]"), link = event.target.closest?.("a.open-reader");
    if (button) copy(button);
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openReader(link);
    }
  });

  let answered = null, moved = "";
  // A question leaves: the last answer moves up into the talk, and the stage shows before the network answers.
  const begin = (question, ...filters) => {
    remember(question, filters);
    const now = one("#now .prose"), past = one("#past .prose");
    if (!now || !past) return;
    const last = now.querySelector("article.turn:not(.passing)") || answered; // Gradio may be drawing it again just now
    if (last && last.outerHTML !== moved) {
      past.append(last.cloneNode(true));
      moved = last.outerHTML;
    }
    answered = null;
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
    history.replaceState(null, "", location.pathname);
    closeReader();
    for (const id of ["past", "now"]) one(`#${id} .prose`)?.replaceChildren();
    const welcome = one("#welcome");
    if (welcome) welcome.hidden = false;
    shown = moved = "";
    answered = null;
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
    if (!turn || turn.querySelector(".stage")) return;
    if (!turn.classList.contains("passing")) answered = turn.cloneNode(true);
    if (turn.id === shown) return;
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

  window.sourcier = { begin, reset, remembered, counted, save };
})();
