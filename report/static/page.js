// Comfort only: tables can be sorted and filtered, marks in figures say their numbers, the bar shows where one is. Without it
// nothing is missing.
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

// What a mark says, where the pointer is or the arrow keys have gone.
const tip = made("div", { id: "tip", hidden: true });
tip.setAttribute("role", "status");
document.body.append(tip);
let shown = null;
function say(mark) {
  shown = mark;
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.dataset.tip;
  tip.style.left = "0"; // or the end of the window would break its lines before they are counted
  const box = mark.getBoundingClientRect();
  const above = box.top - tip.offsetHeight - 8;
  const { clientWidth, clientHeight } = document.documentElement; // without the bars that scroll
  tip.style.left = `${Math.max(8, Math.min(box.left, clientWidth - tip.offsetWidth - 9))}px`;
  tip.style.top = `${above < 0 ? Math.min(box.bottom + 8, clientHeight - tip.offsetHeight - 8) : above}px`;
}
document.addEventListener("pointerover", (event) => say(event.target.closest?.("[data-tip]")));
document.documentElement.addEventListener("pointerleave", () => say(null));
document.addEventListener("keydown", (event) => event.key === "Escape" && say(null));
document.addEventListener("scroll", () => say(shown), { capture: true, passive: true });

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
function walkable(picture) {
  picture.tabIndex = 0;
  picture.setAttribute("role", "group");
  picture.setAttribute("aria-label", "Figure; arrow keys go from number to number");
  let at = -1;
  picture.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const seen = [...picture.children].find((drawing) => drawing.checkVisibility());
    const marks = [...(seen ?? picture).querySelectorAll("[data-tip]")];
    if (!marks.length) return;
    at = (at + step + marks.length) % marks.length;
    marks[at].scrollIntoView({ block: "nearest", behavior: "instant" });
    say(marks[at]);
  });
  picture.addEventListener("blur", () => say(null));
}

// A figure as a file: its drawing with the colours that it has here.
const OWN_COLOUR = /\bvar\((--[\w-]+)\)/g;
function asFile(figure) {
  const drawing = [...figure.querySelectorAll(".picture > div")].find((part) => part.checkVisibility());
  const svg = drawing.querySelector("svg").cloneNode(true);
  const style = getComputedStyle(figure);
  const probe = made("span");
  figure.append(probe);
  const coloured = (value) =>
    value.replace(OWN_COLOUR, (all, name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    });
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    for (const name of ["fill", "stroke"]) {
      const value = element.getAttribute(name);
      if (value?.includes("var(")) element.setAttribute(name, coloured(value));
    }
  }
  probe.remove();
  svg.setAttribute("font-family", style.fontFamily);
  svg.insertBefore(ground(svg), svg.firstChild);
  return new XMLSerializer().serializeToString(svg);
}
function ground(svg) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const page = getComputedStyle(document.body).backgroundColor;
  for (const [name, value] of Object.entries({ width: svg.getAttribute("width"), height: svg.getAttribute("height"), fill: page }))
    rect.setAttribute(name, value);
  return rect;
}
function save(href, name) {
  made("a", { href, download: name }).click();
}
function saveable(figure) {
  const svg = made("button", { type: "button", textContent: "SVG" });
  svg.addEventListener("click", () => save(`data:image/svg+xml,${encodeURIComponent(asFile(figure))}`, `${figure.id}.svg`));
  const png = made("button", { type: "button", textContent: "PNG" });
  png.addEventListener("click", () => {
    const image = new Image();
    image.addEventListener("load", () => {
      const canvas = made("canvas", { width: 2 * image.width, height: 2 * image.height });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      save(canvas.toDataURL("image/png"), `${figure.id}.png`);
    });
    image.src = `data:image/svg+xml,${encodeURIComponent(asFile(figure))}`;
  });
  for (const button of [svg, png]) button.ariaLabel = `Save this figure as ${button.textContent}`;
  figure.querySelector(".uses").prepend(svg, " ", png, " ");
}

// Cards that come into the page later need the same.
function furnish(root) {
  root.querySelectorAll("table.data").forEach(sortable);
  root.querySelectorAll("table.filterable").forEach(filterable);
  root.querySelectorAll(".picture").forEach(walkable);
  root.querySelectorAll("figure[id]").forEach(saveable);
}
furnish(document);

// What lies below an entry of the bar closes when one leaves it; the bar shows in which part one is.
const folds = [...document.querySelectorAll("nav details")];
for (const fold of folds) {
  fold.addEventListener("toggle", () => {
    if (fold.open) for (const other of folds) if (other !== fold) other.open = false;
  });
}
const closeFolds = () => folds.forEach((fold) => (fold.open = false));
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("nav details") || event.target.closest("nav details a")) closeFolds();
});
document.addEventListener("keydown", (event) => {
  const fold = folds.find((one) => one.open);
  if (event.key !== "Escape" || !fold) return;
  fold.open = false;
  fold.querySelector("summary").focus();
});
const entries = new Map([...document.querySelectorAll(".bar > li > a[href^='#']")].map((link) => [link.textContent, link]));
const inSight = new Set();
const watcher = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) inSight[isIntersecting ? "add" : "delete"](target);
    const topmost = [...inSight].sort((a, b) => a.offsetTop - b.offsetTop)[0];
    for (const [part, link] of entries) {
      if (topmost?.dataset.part === part) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  },
  { rootMargin: "-60px 0px -60% 0px" },
);
document.querySelectorAll("section[data-part]").forEach((section) => watcher.observe(section));

// What the page is about stands in the bar once the head, which says it too, is out of sight.
const bar = document.querySelector("nav");
const headWatcher = new IntersectionObserver(([{ isIntersecting }]) => bar.classList.toggle("below-head", isIntersecting));
if (bar) document.querySelectorAll("header").forEach((head) => headWatcher.observe(head));

// What is folded opens where a link leads into it, and on paper.
const unescaped = (said) => {
  try {
    return decodeURIComponent(said);
  } catch {
    return said; // no place of this page
  }
};
function unfold() {
  const aim = location.hash.length > 1 && document.getElementById(unescaped(location.hash.slice(1)));
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
