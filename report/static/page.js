"use strict";
// Comfort only: tables can be sorted and filtered, marks in figures say their numbers. Without it nothing is missing.
const number = (cell) => parseFloat(cell.dataset.sort ?? cell.textContent);
const text = (cell) => cell.dataset.sort ?? cell.textContent.trim();

function sortable(table) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      const numeric = head.classList.contains("num");
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [a.cells[column], b.cells[column]];
        if (!numeric) return text(x).localeCompare(text(y));
        const [p, q] = [number(x), number(y)];
        return Number.isNaN(p) ? 1 : Number.isNaN(q) ? -1 : p - q;
      });
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...(down ? rows.reverse() : rows));
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
document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest?.("[data-tip]");
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.dataset.tip;
  const box = mark.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${box.top - tip.offsetHeight - 8}px`;
});
document.querySelectorAll("table.data").forEach(sortable);
document.querySelectorAll("table.filterable").forEach(filterable);
