"use strict";
// Comfort only: tables can be sorted and filtered, marks in figures say their numbers. Without it nothing is missing.
const text = (cell) => cell.dataset.sort ?? cell.textContent.trim();

function sortable(table) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const numeric = head.classList.contains("num");
    const key = (row) => (numeric ? parseFloat(text(row.cells[column])) : text(row.cells[column]));
    const missing = (value) => value === "" || Number.isNaN(value);
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      const rows = [...body.rows].map((row) => [key(row), row]);
      // Equal ones stay as they stand; what is missing is last, whichever way.
      rows.sort(([a], [b]) => {
        if (missing(a) || missing(b)) return missing(a) - missing(b);
        return sign * (numeric ? a - b : a.localeCompare(b));
      });
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      body.append(...rows.map(([, row]) => row));
    });
  });
}

function filterable(table) {
  const input = document.createElement("input");
  Object.assign(input, { type: "search", placeholder: "Filter rows", ariaLabel: "Filter the rows of the table" });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    for (const row of table.tBodies[0].rows) {
      const all = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => all.includes(word));
    }
  });
  table.closest(".scroll").before(input);
}

const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
document.body.append(tip);
let shown = null;
function say(mark) {
  shown = mark;
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.dataset.tip;
  const box = mark.getBoundingClientRect();
  const above = box.top - tip.offsetHeight - 8;
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${above < 0 ? box.bottom + 8 : above}px`;
}
document.addEventListener("pointerover", (event) => say(event.target.closest?.("[data-tip]")));
document.documentElement.addEventListener("pointerleave", () => say(null));
document.addEventListener("keydown", (event) => event.key === "Escape" && say(null));
document.addEventListener("scroll", () => say(shown), { capture: true, passive: true });
document.querySelectorAll("table.data").forEach(sortable);
document.querySelectorAll("table.filterable").forEach(filterable);
// What is folded opens where a link leads into it, and on paper.
function unfold() {
  const aim = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!aim) return;
  const inside = [];
  for (let fold = aim.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) inside.push(fold);
  if (!inside.length) return;
  for (const fold of inside) fold.open = true;
  aim.scrollIntoView();
}
let opened = [];
addEventListener("hashchange", unfold);
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.folded:not([open])")];
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of opened) fold.open = false;
});
unfold();
