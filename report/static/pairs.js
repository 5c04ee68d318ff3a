// Any two places set against each other: two choices, a forest by kind of thing with the middle of all, the facts that differ.
const SVG = "http://www.w3.org/2000/svg";
const drawn = (name, attributes, ...inside) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};
const ROW = 24;
const middleOf = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : Math.sqrt(sorted[half - 1] * sorted[half]);
};
const ticksBetween = (low, high) =>
  [0.01, 0.02, 0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100].filter((tick) => low <= tick && tick <= high);
function few(ticks) {
  const step = Math.ceil(ticks.length / 7);
  return ticks.filter((tick, index) => tick === 1 || index % step === 0);
}
// A name is wrapped and never cut: so many letters go in a line.
const LETTER = 6.8;
function wrapped(said, width) {
  const lines = [""];
  for (const word of said.split(" ")) {
    if (lines.at(-1) && (lines.at(-1).length + word.length + 1) * LETTER > width) lines.push("");
    lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
  }
  return lines;
}
const LINE = 17;
function forest(ratios, width) {
  const ends = ratios.flatMap(({ ratio, low, high }) => [ratio, low ?? ratio, high ?? ratio]).filter((value) => value > 0);
  const low = Math.min(0.8, ...ends) / 1.05;
  const high = Math.max(1.25, ...ends) * 1.05;
  const [left, right] = [24, width - 24];
  const x = (value) => left + ((right - left) * Math.log(value / low)) / Math.log(high / low);
  const parts = [];
  let y = 0;
  const words = (said, at, top, more = {}) => parts.push(drawn("text", { x: at, y: top, "font-size": 13, fill: "var(--ink)", ...more }, said));
  for (const [group, members] of Map.groupBy(ratios, (ratio) => ratio.group)) {
    y += ROW;
    words(group, 0, y - 6, { "font-weight": 700 });
    for (const member of [...members].sort((a, b) => b.ratio - a.ratio)) {
      for (const line of wrapped(`${member.name}: ${member.text}`, width)) {
        y += LINE;
        words(line, 0, y - 3, { fill: "var(--second)" });
      }
      y += ROW;
      const middle = y - ROW / 2;
      const mark = drawn("g", { "data-tip": `${member.name}: ${member.text}`, "data-mark": "point" });
      if (member.low !== null && member.high !== null) {
        const [begin, end] = [Math.max(low, member.low), Math.min(high, member.high)].map(x);
        mark.append(drawn("line", { x1: begin, x2: end, y1: middle, y2: middle, stroke: "var(--ink)", "stroke-width": 2 }));
      }
      mark.append(drawn("circle", { cx: x(member.ratio), cy: middle, r: 4.5, fill: "var(--ink)" }));
      parts.push(mark);
    }
  }
  const middleOfAll = middleOf(ratios.map((ratio) => ratio.ratio));
  const back = [[1, "var(--third)", "4 3"], [middleOfAll, "var(--hair)", "none"]].map(([value, stroke, dashes]) =>
    drawn("line", { x1: x(value), x2: x(value), y1: 0, y2: y, stroke, "stroke-dasharray": dashes }),
  );
  const ticks = few(ticksBetween(low, high)).map((tick) =>
    drawn("text", { x: x(tick), y: y + 18, "text-anchor": "middle", "font-size": 12, fill: "var(--second)" }, `${tick}×`),
  );
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${y + 40}`, width, height: y + 40, role: "img", class: "forest" });
  svg.append(drawn("title", {}, "The second place over the first, by kind of thing"), ...back, ...parts, ...ticks);
  svg.append(drawn("text", { x: 0, y: y + 36, "font-size": 12, fill: "var(--second)" }, "dashed: equal; pale: the middle of all"));
  return svg;
}
// All ratios at a glance: a row for each kind of thing, a dot each, a bar at the middle of the kind.
function strip(ratios, width) {
  const values = ratios.map(({ ratio }) => ratio).filter((value) => value > 0);
  const [low, high] = [Math.min(0.8, ...values) / 1.05, Math.max(1.25, ...values) * 1.05];
  const narrow = width < 600;
  const [left, right] = narrow ? [12, width - 12] : [220, width - 90];
  const x = (value) => left + ((right - left) * Math.log(value / low)) / Math.log(high / low);
  const parts = [];
  let y = 0;
  for (const [group, members] of Map.groupBy(ratios, (ratio) => ratio.group)) {
    if (narrow) y += LINE;
    const at = y + ROW / 2;
    const middle = middleOf(members.map(({ ratio }) => ratio));
    const name = `${group} (${members.length})`;
    parts.push(drawn("line", { x1: left, x2: right, y1: at, y2: at, stroke: "var(--hair)" }));
    parts.push(drawn("text", narrow ? { x: 0, y: y - 2, "font-size": 13, fill: "var(--ink)" } : { x: 208, y: at + 4, "text-anchor": "end", "font-size": 13, fill: "var(--ink)" }, narrow ? `${name}, middle ${middle.toFixed(2)}×` : name));
    if (!narrow) parts.push(drawn("text", { x: width, y: at + 4, "text-anchor": "end", "font-size": 13, "font-weight": 700, fill: "var(--ink)" }, `${middle.toFixed(2)}×`));
    for (const member of members) {
      const mark = drawn("g", { "data-tip": `${member.name}: ${member.text}`, "data-mark": "point" });
      mark.append(drawn("circle", { cx: x(member.ratio), cy: at, r: 4, fill: "var(--second)", "fill-opacity": 0.6 }));
      parts.push(mark);
    }
    parts.push(drawn("line", { x1: x(middle), x2: x(middle), y1: at - 8, y2: at + 8, stroke: "var(--ink)", "stroke-width": 2.5 }));
    y += ROW;
  }
  const equal = drawn("line", { x1: x(1), x2: x(1), y1: 0, y2: y, stroke: "var(--third)", "stroke-dasharray": "4 3" });
  const ticks = few(ticksBetween(low, high)).map((tick) =>
    drawn("text", { x: x(tick), y: y + 16, "text-anchor": "middle", "font-size": 12, fill: "var(--second)" }, `${tick}×`),
  );
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${y + 20}`, width, height: y + 20, role: "img", class: "forest" });
  svg.append(drawn("title", {}, "Every ratio of the second place over the first, by kind of thing"), equal, ...parts, ...ticks);
  return svg;
}
function rowsOf(pair, names) {
  const table = made("table", { className: "data" });
  const head = table.createTHead().insertRow();
  for (const [said, kind] of [["What", "text"], ["Kind", "word"], [names[0], "word"], [names[1], "word"], ["Second over first", "num"]])
    head.append(made("th", { scope: "col", className: kind, textContent: said }));
  const body = table.createTBody();
  for (const ratio of pair.ratios) {
    const row = body.insertRow();
    for (const [said, kind, sort] of [[ratio.name, "text"], [ratio.group, "word"], [ratio.here, "word"], [ratio.there, "word"], [ratio.text, "num", ratio.ratio]]) {
      const cell = made("td", { className: kind, textContent: said });
      if (sort !== undefined) cell.dataset.sort = sort;
      row.append(cell);
    }
  }
  const box = made("div", { className: "scroll", tabIndex: 0, ariaLabel: "One place over the other" }, table);
  box.setAttribute("role", "region");
  return box;
}
function factsOf(pair) {
  const facts = made("dl", { className: "facts" });
  for (const [what, here, there] of pair.facts)
    facts.append(made("dt", { textContent: what }), made("dd", {}, made("strong", { textContent: here }), " / ", made("strong", { textContent: there })));
  return facts;
}
function showPair(box, found, first, second) {
  const names = new Map(found.places.map((place) => [place.id, place]));
  const pair = found.pairs.find((other) => other.first === first && other.second === second);
  const turned = pair ? null : found.pairs.find((other) => other.first === second && other.second === first);
  const used = pair ?? turned;
  const place = box.querySelector(".pair");
  if (!used) {
    place.replaceChildren(made("p", { className: "empty", textContent: "Choose two that differ." }));
    return;
  }
  const [above, below] = [names.get(used.second), names.get(used.first)];
  const builds = made("p", { className: "small", textContent: `${above.name}: ${above.build}. ${below.name}: ${below.build}.` });
  const head = made("p", {}, made("strong", { textContent: `${above.name} over ${below.name}: ${used.refused || used.summary}` }));
  const parts = [head, builds];
  if (used.ratios.length) {
    const width = Math.max(300, Math.min(1072, box.clientWidth));
    const pictures = [strip, forest].map((form) => made("div", { className: "picture" }, form(used.ratios, width)));
    const few = made("summary", { textContent: "Each ratio with its interval " }, made("small", { textContent: `${used.ratios.length} rows` }));
    const every = made("details", { className: "folded" }, few, pictures[1], rowsOf(used, [below.name, above.name]));
    parts.push(pictures[0], made("p", { className: "small", textContent: "A dot for each ratio, a bar at the middle of its kind; dashed: equal." }), every);
  }
  parts.push(factsOf(used), made("p", { className: "small", textContent: used.how }));
  place.replaceChildren(...parts);
  furnish(place);
}
function furnishPairs(box) {
  const found = data.pairs?.[box.id];
  if (!found || found.places.length < 2) return;
  const selects = [0, 1].map((number) => {
    const select = made("select");
    for (const [index, place] of found.places.entries())
      select.append(made("option", { value: place.id, textContent: place.name, selected: index === number }));
    return select;
  });
  const show = () => showPair(box, found, selects[0].value, selects[1].value);
  for (const select of selects) select.addEventListener("change", show);
  const labels = ["Set against", "this one"].map((said, number) => made("label", { textContent: said }, selects[number]));
  box.prepend(made("div", { className: "pick" }, ...labels));
  show();
}
document.querySelectorAll(".anytwo").forEach(furnishPairs);
