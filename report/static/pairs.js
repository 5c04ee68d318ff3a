// Any two of the stored runs set against each other: two choices, what differs, a strip of every ratio by kind, and each of them.
// The numbers are those of `between.js`; the choice stands in the page's address.
const SVG = "http://www.w3.org/2000/svg";
const drawn = (name, attributes, ...inside) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};
const ROW = 24;
const middleOf = (numbers) => Math.exp(medianOf(numbers.map(Math.log)));
const multiple = (value) => `${digits(value, 3)}×`;
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
const bracketOf = ({ low, high }) => (low === null ? "" : ` [${digits(low, 3)}, ${digits(high, 3)}]`);
const saidOf = (member) => `${member.name}: ${multiple(member.ratio)}${bracketOf(member)}`;
function forest(ratios, width, middleOfAll) {
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
    words(group, 0, y - 6, { "font-weight": 700, ...ON_GROUND });
    for (const member of [...members].sort((a, b) => b.ratio - a.ratio)) {
      for (const line of wrapped(saidOf(member), width)) {
        y += LINE;
        words(line, 0, y - 3, { fill: "var(--second)", ...ON_GROUND });
      }
      y += ROW;
      const middle = y - ROW / 2;
      const mark = drawn("g", { "data-tip": saidOf(member), "data-mark": "point" });
      if (member.low !== null && member.high !== null) {
        const [begin, end] = [Math.max(low, member.low), Math.min(high, member.high)].map(x);
        mark.append(drawn("line", { x1: begin, x2: end, y1: middle, y2: middle, stroke: "var(--ink)", "stroke-width": 2 }));
      }
      mark.append(drawn("circle", { cx: x(member.ratio), cy: middle, r: 4.5, fill: "var(--ink)" }));
      parts.push(mark);
    }
  }
  const back = [[1, "var(--third)", "4 3"], [middleOfAll, "var(--hair)", "none"]].map(([value, stroke, dashes]) =>
    drawn("line", { x1: x(value), x2: x(value), y1: 0, y2: y, stroke, "stroke-dasharray": dashes }),
  );
  const ticks = few(ticksBetween(low, high)).map((tick) =>
    drawn("text", { x: x(tick), y: y + 18, "text-anchor": "middle", "font-size": 12, fill: "var(--second)" }, `${tick}×`),
  );
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${y + 40}`, width, height: y + 40, role: "img", class: "forest" });
  svg.append(drawn("title", {}, "The second over the first, by kind of thing"), ...back, ...parts, ...ticks);
  svg.append(drawn("text", { x: 0, y: y + 36, "font-size": 12, fill: "var(--second)" }, "dashed: equal; pale: the middle of all"));
  return svg;
}
// Words that a line may pass behind.
const ON_GROUND = { stroke: "var(--page)", "stroke-width": 5, "paint-order": "stroke" };
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
    parts.push(drawn("text", narrow ? { x: 0, y: y - 2, "font-size": 13, fill: "var(--ink)", ...ON_GROUND } : { x: 208, y: at + 4, "text-anchor": "end", "font-size": 13, fill: "var(--ink)" }, narrow ? `${name}, middle ${middle.toFixed(2)}×` : name));
    if (!narrow) parts.push(drawn("text", { x: width, y: at + 4, "text-anchor": "end", "font-size": 13, "font-weight": 700, fill: "var(--ink)" }, `${middle.toFixed(2)}×`));
    for (const member of members) {
      const mark = drawn("g", { "data-tip": saidOf(member), "data-mark": "point" });
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
  svg.append(drawn("title", {}, "Every ratio of the second over the first, by kind of thing"), equal, ...parts, ...ticks);
  return svg;
}
function rowsOf(ratios, names) {
  const table = made("table", { className: "data filterable" });
  const head = table.createTHead().insertRow();
  for (const [said, kind] of [["What", "text"], ["Kind", "word"], [names[0], "num"], [names[1], "num"], ["Second over first", "num"]])
    head.append(made("th", { scope: "col", className: kind, textContent: said }));
  const body = table.createTBody();
  for (const ratio of ratios) {
    const [here, there] = [ratio.here, ratio.there].map((value) => (ratio.isSize ? size(value) : seconds(value)));
    const row = body.insertRow();
    for (const [said, kind, sort] of [[ratio.name, "text"], [ratio.group, "word"], [here, "num", ratio.here], [there, "num", ratio.there], [multiple(ratio.ratio), "num", ratio.ratio]]) {
      const cell = made("td", { className: kind, textContent: said });
      if (sort !== undefined) cell.dataset.sort = sort;
      row.append(cell);
    }
    row.lastChild.append(" ", made("small", { textContent: bracketOf(ratio).trim() }));
  }
  const box = made("div", { className: "scroll", tabIndex: 0, ariaLabel: "Every ratio" }, table);
  box.setAttribute("role", "group");
  return box;
}

// What differs in bold, and by name what does not.
const GIB = 2 ** 30;
function shownFact(found, fact) {
  const [a, b] = fact.values;
  if (fact.near) return fact.values.map((bytes) => `${Math.round(bytes / GIB)} GiB`);
  if (!Array.isArray(a)) return [found.texts[a], found.texts[b]];
  const own = (mine, theirs) => mine.filter((text) => !theirs.includes(text)).map((text) => found.texts[text]);
  return [own(a, b), own(b, a)].map((texts) => texts.join(", ") || "none");
}
function factsOf(found, first, second, facts) {
  const list = made("dl", { className: "facts" });
  for (const fact of facts) {
    const [here, there] = shownFact(found, fact);
    list.append(made("dt", { textContent: fact.label }), made("dd", {}, made("strong", { textContent: here }), " / ", made("strong", { textContent: there })));
  }
  const apart = new Set(facts.map(({ label }) => label));
  const known = found.facts.filter(([label], index) => !apart.has(label) && isKnown(first.facts[index]) && isKnown(second.facts[index]));
  const summary = made("summary", { textContent: `${whole(known.length)} facts that are known of both are equal` });
  const equal = made("details", { className: "folded" }, summary, made("p", { className: "small", textContent: `${capital(known.map(([label]) => label).join(", "))}.` }));
  return [...(facts.length ? [list] : []), ...(known.length ? [equal] : [])];
}

const cells = (number) => `${whole(number)} ${number === 1 ? "cell" : "cells"}`;
function coverageOf({ both, otherPrograms, otherLoops, taken }, first, second) {
  const every = first.measured + second.measured - taken;
  const rest = [
    [first.measured - taken, "only in the first"],
    [second.measured - taken, "only in the second"],
    [otherPrograms, "timed by other programs"],
    [otherLoops, "measured in other loops"],
  ];
  const told = rest.filter(([number]) => number > 0).map(([number, words]) => `${whole(number)} ${words}`);
  return `${whole(both.length)} of ${cells(every)} in both${told.length ? ` (${told.join(", ")})` : ""}.`;
}
function movedBy({ rules }, components) {
  const [one, other] = components.map(({ tau, runs }) => {
    const from = runs ? `from ${runs} other runs` : `assumed: fewer than ${rules.fewest_runs} other runs of it are stored`;
    return `${digits(100 * tau, 2)} % (${from})`;
  });
  return one === other ? `${one} on either side` : `${one} on the first, ${other} on the second`;
}
// The second over the first; a machine that both have is named once, and what has the same name by when it was.
function overEachOther(first, second) {
  const together = first.machine === second.machine;
  const same = together && first.interpreter === second.interpreter;
  const nameOf = (side) => `${together ? "" : `${side.machine} · `}${side.interpreter}${same ? `, ${side.when}` : ""}`;
  return `${nameOf(second)} over ${nameOf(first)}${together ? `, ${first.machine}` : ""}. `;
}
const asTyped = (side) => (/^[\w.@/-]+$/.test(side.id) ? side.id : `'${side.id}'`);
const FURTHEST = 20;
function ratioParts(found, first, second, shared, againstMiddle, width) {
  const { ratios: asFound, middle, components } = ratiosOf(found, first, second, shared, againstMiddle);
  const ratios = asFound.toSorted((a, b) => found.kinds.indexOf(a.group) - found.kinds.indexOf(b.group));
  const values = ratios.map(({ ratio }) => ratio);
  const at = againstMiddle ? 1 : middle;
  const span = `from ${multiple(Math.min(...values))} to ${multiple(Math.max(...values))}`;
  const some = ratios.some(({ isPaced }) => isPaced);
  const all = ratios.every(({ isPaced }) => isPaced);
  const off = `With the middle of ${all ? "all" : "what a machine's pace moves"}, ${multiple(middle)}, taken off`;
  const told = !some ? `They go ${span}.` : againstMiddle ? `${off}: ${span}.` : `The middle cell is ${multiple(middle)}, and they go ${span}.`;
  const away = ({ ratio, isPaced }) => Math.abs(Math.log(ratio / (isPaced ? at : 1)));
  const furthest = [...ratios].sort((a, b) => away(b) - away(a)).slice(0, FURTHEST);
  const picture = (drawing) => made("div", { className: "picture" }, drawing);
  const summary = made("summary", { textContent: "Each ratio with its interval " }, made("small", { textContent: `${ratios.length} rows` }));
  const few = made("p", { className: "small", textContent: `The ${furthest.length} furthest from the middle:` });
  const every = made("details", { className: "folded" }, summary, few, picture(forest(furthest, width, at)), rowsOf(ratios, ["First", "Second"]));
  const moved = components.length ? ` Intervals hold what a machine moves from run to run: ${movedBy(found, components)}.` : "";
  const how = `Ratios of geometric means over processes, with 95 % intervals.${moved}`;
  return { told, parts: [picture(strip(ratios, width)), made("p", { className: "small", textContent: "A dot for each ratio, a bar at the middle of its kind; dashed: equal. Nothing is called here." }), every], how };
}
function showPair(live, place, found, first, second, againstMiddle) {
  if (first === second) {
    live.replaceChildren("Choose two that differ.");
    place.replaceChildren();
    return;
  }
  const { standing, why, facts, shared } = standingOf(found, first, second);
  const width = Math.max(300, Math.min(1072, place.clientWidth));
  const counted = standing === "not comparable" ? null : ratioParts(found, first, second, shared, againstMiddle, width);
  live.replaceChildren(made("strong", { textContent: overEachOther(first, second) }), `${found.says[standing]} ${why}`);
  const builds = made("p", { className: "small", textContent: [first, second].map((side) => `${side.run}, ${side.target}: ${side.build}, ${side.when}, ${side.rounds}`).join(" / ") });
  const covered = made("p", { textContent: `${coverageOf(shared, first, second)} ${counted?.told ?? ""}` });
  const command = made("code", { textContent: `nox -s compare -- ${asTyped(first)} ${asTyped(second)}` });
  const called = made("p", { className: "small" }, counted?.how ?? "Nothing is called here.", " What may be called says ", command);
  counted?.parts.at(-1).append(builds, called); // beside the ratios one by one
  place.replaceChildren(...factsOf(found, first, second, facts), covered, ...(counted?.parts ?? [builds, called]));
  furnish(place);
}

function optionsOf(sides, chosen) {
  return [...Map.groupBy(sides, (side) => side.machine)].map(([machine, own]) => {
    const group = made("optgroup", { label: machine });
    for (const side of own)
      group.append(made("option", { value: side.id, textContent: `${side.interpreter} · ${side.when} · ${cells(side.measured)}`, selected: side.id === chosen }));
    return group;
  });
}
// Those that are asked for by the address, else the first and one of another machine, or the next; what can be compared, if any.
const MOST_TRIED = 12; // sides from which such a pair is looked for
function begunWith(found) {
  const { sides } = found;
  const said = inAddress();
  const known = (name) => sides.find((side) => side.id === said.get(name));
  const [a, b] = [known("a"), known("b")];
  const othersOf = (first) => {
    const others = sides.filter((side) => side !== first);
    return [...others.filter((side) => side.hardware !== first.hardware), ...others.filter((side) => side.hardware === first.hardware)];
  };
  for (const first of a || b ? [] : sides.slice(0, MOST_TRIED)) {
    const second = othersOf(first).slice(0, MOST_TRIED).find((side) => standingOf(found, first, side).standing !== "not comparable");
    if (second) return [first, second];
  }
  return [a ?? sides[0], b ?? othersOf(a ?? sides[0])[0]];
}
function furnishPairs(box) {
  const found = data.pairs?.[box.id];
  if (!found || found.sides.length < 2) return;
  const byId = new Map(found.sides.map((side) => [side.id, side]));
  const begun = begunWith(found);
  const selects = begun.map(() => made("select"));
  const middle = made("input", { type: "checkbox", checked: inAddress().get("middle") === "1" });
  const fill = (sides) =>
    selects.forEach((select, number) => {
      const chosen = byId.get(select.value) ?? begun[number];
      select.replaceChildren(...optionsOf(sides.includes(chosen) ? sides : [chosen, ...sides], chosen.id));
    });
  const live = made("p", { className: "standing" });
  live.setAttribute("aria-live", "polite");
  const place = made("div", { className: "pair" });
  const show = () => showPair(live, place, found, ...selects.map((select) => byId.get(select.value)), middle.checked);
  const changed = () => {
    const said = inAddress();
    selects.forEach((select, number) => said.set("ab"[number], select.value));
    if (middle.checked) said.set("middle", "1");
    else said.delete("middle");
    putInAddress(said);
    show();
  };
  for (const control of [...selects, middle]) control.addEventListener("change", changed);
  const labels = ["Set against", "this one"].map((said, number) => made("label", { textContent: said }, selects[number]));
  const against = made("label", { className: "check" }, middle, " against the middle of all: what is left when one is just slower");
  const controls = made("div", { className: "pick", ariaLabel: "Which two" }, ...labels, against);
  controls.setAttribute("role", "group");
  box.querySelectorAll("details.every").forEach((fold) => (fold.open = false));
  box.prepend(controls, live, place);
  fill(found.sides);
  // Where one filter sifts the rows of all runs, the choices follow it.
  document.addEventListener("sifted", ({ detail }) => fill(detail.map((row) => found.sides[row])));
  let width = 0;
  addEventListener("resize", () => {
    if (place.clientWidth !== width) show();
    width = place.clientWidth;
  });
  width = place.clientWidth;
  show();
  if (inAddress().has("a") || inAddress().has("b")) box.scrollIntoView({ behavior: "instant" });
}
document.querySelectorAll(".anytwo").forEach(furnishPairs);
