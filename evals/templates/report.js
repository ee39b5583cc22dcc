"use strict";
const cases = [...document.querySelectorAll("details.case")];
const field = (id) => document.getElementById(id);
const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const texts = cases.map((item) => fold(item.dataset.find));
const failures = field("cases").dataset.failures.split(" ");
function apply() {
  const outcome = field("outcome").value, type = field("type").value;
  const wanted = fold(field("text").value).split(/\s+/).filter(Boolean);
  let shown = 0;
  cases.forEach((item, at) => {
    const fits = outcome === "" || (outcome === "failures" ? failures.includes(item.dataset.outcome)
      : item.dataset.outcome === outcome);
    item.hidden = !(fits && (type === "" || item.dataset.type === type) && wanted.every((w) => texts[at].includes(w)));
    shown += item.hidden ? 0 : 1;
  });
  field("count").textContent = `${shown} questions sur ${cases.length}`;
}
for (const id of ["outcome", "type", "text"]) field(id).addEventListener("input", apply);
let closed = [];
addEventListener("beforeprint", () => {
  closed = cases.filter((item) => !item.hidden && !item.open);
  closed.forEach((item) => { item.open = true; });
});
addEventListener("afterprint", () => closed.forEach((item) => { item.open = false; }));
field("filters").hidden = false;
apply();
