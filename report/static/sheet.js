// All rows of a sheet with one filter: rows are data, and only those in sight are elements. The filter stands in the address.
const { heads, rows } = data;
const HIGH = 32;
const SPARE = 8;
const textOf = (cell) => (typeof cell === "string" ? cell : cell[0]);
const smallOf = (cell) => (typeof cell === "string" ? "" : cell[1]);
const sortOf = (cell) => (typeof cell === "string" ? cell : cell[2] || cell[0]);
const searched = rows.map((row) => row.map((cell) => `${textOf(cell)} ${smallOf(cell)}`).join(" ").toLowerCase());
const order = rows.map((_, index) => index);
let kept = order;
let sorted = { column: -1, sign: 1 };

const box = made("div", { className: "window", tabIndex: 0, ariaLabel: "Every row" });
box.setAttribute("role", "region");
const table = made("table", { className: "data" });
const head = table.createTHead().insertRow();
const body = table.createTBody();
table.setAttribute("aria-rowcount", String(rows.length + 1));
const found = made("p", { className: "small" });
found.setAttribute("aria-live", "polite");
const input = made("input", { type: "search", placeholder: "Filter rows", ariaLabel: "Filter all rows by words" });

function spacer(rowsHigh) {
  const row = made("tr", { className: "space" });
  const cell = row.insertCell();
  cell.colSpan = heads.length;
  cell.style.height = `${rowsHigh * HIGH}px`;
  row.setAttribute("aria-hidden", "true");
  return row;
}
function rowOf(index, place) {
  const row = made("tr");
  row.setAttribute("aria-rowindex", String(place + 2));
  rows[index].forEach((cell, column) => {
    const shown = row.insertCell();
    shown.className = heads[column].kind;
    shown.append(textOf(cell));
    if (smallOf(cell)) shown.append(" ", made("small", { textContent: smallOf(cell) }));
  });
  return row;
}
function draw() {
  const first = Math.max(0, Math.floor(box.scrollTop / HIGH) - SPARE);
  const last = Math.min(kept.length, Math.ceil((box.scrollTop + box.clientHeight) / HIGH) + SPARE);
  body.replaceChildren(
    ...(first ? [spacer(first)] : []),
    ...kept.slice(first, last).map((index, place) => rowOf(index, first + place)),
    ...(last < kept.length ? [spacer(kept.length - last)] : []),
  );
}
function sift() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  kept = words.length ? order.filter((index) => words.every((word) => searched[index].includes(word))) : order.slice();
  if (sorted.column >= 0) sort();
  found.textContent = `${kept.length} of ${rows.length} rows`;
  box.scrollTop = 0;
  draw();
  document.dispatchEvent(new CustomEvent("sifted", { detail: kept.toSorted((a, b) => a - b) }));
}
function sort() {
  const { column, sign } = sorted;
  const numeric = heads[column].kind === "num";
  const keys = new Map(kept.map((index) => [index, numeric ? parseFloat(sortOf(rows[index][column])) : sortOf(rows[index][column])]));
  const missing = (key) => key === "" || Number.isNaN(key);
  const collator = new Intl.Collator();
  // Equal ones stay in their order; what is missing is last, whichever way.
  kept = kept.slice().sort((a, b) => {
    const [one, other] = [keys.get(a), keys.get(b)];
    if (missing(one) || missing(other)) return missing(one) - missing(other) || a - b;
    return sign * (numeric ? one - other : collator.compare(one, other)) || a - b;
  });
}
function press(column) {
  sorted = { column, sign: sorted.column === column ? -sorted.sign : 1 };
  [...head.cells].forEach((cell, index) => {
    if (index === column) cell.setAttribute("aria-sort", sorted.sign > 0 ? "ascending" : "descending");
    else cell.removeAttribute("aria-sort");
  });
  sort();
  draw();
}
function address() {
  const said = inAddress();
  if (input.value) said.set("q", input.value);
  else said.delete("q");
  putInAddress(said);
}
function begin() {
  heads.forEach(({ text, kind }, column) => {
    const button = made("button", { type: "button", textContent: text });
    button.addEventListener("click", () => press(column));
    const cell = made("th", { scope: "col", className: kind }, button);
    // As wide as its longest text, or columns would jump with the rows in sight.
    const longest = rows.reduce((most, row) => Math.max(most, textOf(row[column]).length + smallOf(row[column]).length), text.length + 2);
    cell.style.minWidth = `${Math.ceil(0.56 * longest) + 1}em`;
    head.append(cell);
  });
  box.append(table);
  document.getElementById("without").remove();
  document.getElementById("sheet").append(input, found, box);
  input.addEventListener("input", () => {
    sift();
    address();
  });
  let waiting = false;
  box.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  });
  addEventListener("resize", draw);
  input.value = inAddress().get("q") ?? "";
  sift();
}
if (rows.length) begin();
