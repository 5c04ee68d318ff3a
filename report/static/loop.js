// The reader's loop: the same answer as `study/sections/replies.py` gives, of any loop, by the model or from the jobs that were
// measured at the place that is chosen. Place and loop stand in the page's address.
const items = (number) => `${whole(number)} ${number === 1 ? "item" : "items"}`;

const TOO_NEAR = ", too near to tell apart"; // of another way that takes less than the one that is advised, which is simpler
const isAbout = (calculator, measured, asked) =>
  measured === asked || (asked > 0 && asked / calculator.near <= measured && measured <= asked * calculator.near);
const isLike = (calculator, loop, job) =>
  job.kind === loop.kind &&
  (!loop.length_s || isAbout(calculator, job.length_s, loop.length_s)) &&
  loop.items * calculator.fewest <= job.tasks &&
  job.tasks <= loop.items * calculator.most;
const carries = (calculator, loop, job) =>
  isAbout(calculator, job.sent_bytes, loop.sent_bytes) && isAbout(calculator, job.returned_bytes, loop.returned_bytes);

function freightsOf(calculator, loop, carrier) {
  const own = calculator.freights.filter((freight) => freight.carrier === carrier);
  const sent = own.filter((freight) => !freight.returned_bytes && freight.sent_bytes >= loop.sent_bytes);
  const back = own.filter((freight) => !freight.sent_bytes && freight.returned_bytes >= loop.returned_bytes);
  const bytes = (freight) => freight.sent_bytes + freight.returned_bytes;
  const found = [];
  for (const [asked, reached] of [[loop.sent_bytes, sent], [loop.returned_bytes, back]]) {
    if (asked && !reached.length) return null;
    if (asked) found.push(reached.reduce((a, b) => (bytes(b) < bytes(a) || (bytes(b) === bytes(a) && b.cost_s < a.cost_s) ? b : a)));
  }
  return found;
}
function candidate(calculator, loop, job) {
  if (!isLike(calculator, loop, job)) return null;
  let freights = [];
  if (!carries(calculator, loop, job)) freights = job.sent_bytes || job.returned_bytes ? null : freightsOf(calculator, loop, job.carrier);
  if (!freights) return null;
  const length = loop.length_s || job.length_s;
  const each = length / job.gain + freights.reduce((sum, freight) => sum + freight.cost_s, 0);
  return { job, freights, loop_s: loop.items * length, total_s: (job.begin_s ?? 0) + loop.items * each };
}
// Of several jobs of a carrier the nearest answers, in the best of its ways.
const apart = (one, other) => (one === other ? 1 : Math.max(one, other) / Math.min(one, other));
const distance = (loop, { job, freights, total_s }) => [
  freights.length,
  loop.length_s ? apart(job.length_s, loop.length_s) : 1,
  freights.length ? 1 : Math.max(apart(job.sent_bytes, loop.sent_bytes), apart(job.returned_bytes, loop.returned_bytes)),
  apart(job.tasks, loop.items),
  total_s,
];
function nearestOf(loop, found) {
  const known = found.map((one) => [one, distance(loop, one)]);
  const isNearer = ([, a], [, b]) => {
    const place = a.findIndex((value, index) => value !== b[index]);
    return place >= 0 && a[place] < b[place];
  };
  return known.reduce((a, b) => (isNearer(b, a) ? b : a))[0];
}
function candidates(calculator, loop) {
  const known = Map.groupBy(
    calculator.jobs.map((job) => candidate(calculator, loop, job)).filter(Boolean),
    ({ job }) => job.carrier,
  );
  const best = [...known.values()].map((own) => {
    const { work } = nearestOf(loop, own).job;
    return own.filter(({ job }) => job.work === work).reduce((a, b) => (b.total_s < a.total_s ? b : a));
  });
  return best.sort((a, b) => a.total_s - b.total_s);
}
const gainOf = (job, beside) => (job.work === beside.work ? `${job.way} ${job.gain_text}` : `${job.gain_text} in ${job.measured_as}`);

function outOfReach(calculator, loop) {
  const same = calculator.jobs.filter((job) => job.kind === loop.kind);
  if (!same.length) return `No job of this kind was measured here: ${loop.kind}.`;
  const lengths = same.map((job) => job.length_s);
  if (loop.length_s && !lengths.some((length) => isAbout(calculator, length, loop.length_s))) {
    const reach = `from ${seconds(Math.min(...lengths))} to ${seconds(Math.max(...lengths))}`;
    return `Tasks of ${seconds(loop.length_s)} were not measured; those that were lie ${reach}.`;
  }
  if (!same.some((job) => isLike(calculator, loop, job))) {
    const tasks = same.map((job) => job.tasks);
    return `No job with about ${whole(loop.items)} items was measured; those that were have ${whole(Math.min(...tasks))} to ${whole(Math.max(...tasks))}.`;
  }
  return "What so many bytes cost was not measured here.";
}
function modelOf(loop, best) {
  const pieces = [`that gain is taken for ${items(loop.items)} of ${seconds(loop.length_s || best.job.length_s)}`];
  for (const freight of best.freights) {
    const [way, bytes] = freight.sent_bytes ? ["sending", freight.sent_bytes] : ["returning", freight.returned_bytes];
    pieces.push(`${way} ${size(bytes)} adds ${freight.text} a task`);
  }
  if (best.job.begin_text) pieces.push(`making the workers and ending them adds ${best.job.begin_text}, once`);
  return `${capital(pieces.join("; "))}. The total has no interval.`;
}
const paysOf = (best) => (best.job.pays !== "yes" ? best.job.pays : best.total_s < best.loop_s ? "yes" : "no");
// A measured job that is the answer: of a carrier that is not foretold, sooner than all that is, or as soon and simpler.
function rather(model, said, found) {
  const best = found.find(({ job }) => !model.carriers.includes(job.carrier));
  if (!best || paysOf(best) !== "yes") return null;
  return best.total_s < (model.simpler.includes(best.job.carrier) ? model.too_close : 1) * said.fastest_s ? best : null;
}
function foretoldReply(model, loop, said, found) {
  const times = `${secondsWithin(said.seconds, said.ends_s, model.level)} instead of ${seconds(said.loop_s)}`;
  const headline = {
    yes: `Yes, about ${digits(said.loop_s / said.seconds, 2)} times as fast: ${times}`,
    no: `No: ${times}`,
    open: `Too close to call, so keep the loop: ${times}`,
  }[said.pays];
  const parts = said.code ? [["Write", said.code]] : [];
  // What is most of a time has a digit more, so that parts add up to it.
  const told = (share) => seconds(share, share > said.seconds / 2 ? 4 : 3);
  const shares = said.shares.filter(([, share]) => share > 1e-9).map(([name, share]) => `${name} ${told(share)}`);
  if (said.pays !== "yes" || !said.code) parts.push(["Who", said.who]);
  const time = [`${shares.join("; ")}. In the end ${said.why}.`, model.begun[said.method] ?? ""].filter(Boolean).join(" ");
  parts.push(["Time", time], ["Model", model.about]);
  return { pays: said.pays, headline, parts, aside: foretoldAside(model, loop, said, found) };
}
function foretoldAside(model, loop, said, found) {
  const aside = [];
  if (said.method) {
    const told = (methods) => methods.map(([method, took]) => `with ${method} ${seconds(took)}`);
    const near = told(said.methods.filter(([, took]) => took < said.seconds));
    const far = told(said.methods.filter(([, took]) => took >= said.seconds));
    const tooNear = near.length ? [near.join(" and ") + TOO_NEAR] : [];
    aside.push(["Start", [`${said.method}: ${model.method_words[said.method]}`, ...tooNear, ...far].join("; ")]);
  }
  if (said.chunks) aside.push(["Chunks", said.chunks]);
  if (said.others.length) aside.push(["Others", said.others.map(([who, took]) => `${who}: ${seconds(took)}${took < said.seconds ? TOO_NEAR : ""}`).join("; ")]);
  if (found.length) {
    const nearest = nearestOf(loop, found);
    const told = found.filter((other) => other !== nearest && !model.carriers.includes(other.job.carrier));
    const beside = told.slice(0, 3).map(({ job }) => gainOf(job, nearest.job));
    const without = nearest.freights.length ? ", which sends nothing" : "";
    aside.push(["Nearest job measured", [`${nearest.job.gain_text} in ${nearest.job.measured_as}${without}`, ...beside].join("; ")]);
  }
  aside.push(["Not in the model", model.left_out]);
  return aside;
}
function replyTo(calculator, loop) {
  if (calculator.why) return { pays: "open", headline: `Left open: ${calculator.why}`, parts: [], aside: [] };
  const found = candidates(calculator, loop);
  const said = calculator.model && foretold(calculator.model, loop);
  const sooner = said && rather(calculator.model, said, found);
  if (said && !sooner) return foretoldReply(calculator.model, loop, said, found);
  const [best, ...others] = sooner ? [sooner, ...found.filter((other) => other !== sooner)] : found;
  if (!best) {
    const headline = "Cannot be decided: not reached by what was measured";
    return { pays: "open", headline, parts: [["Why", outOfReach(calculator, loop)]], aside: [] };
  }
  const pays = paysOf(best);
  const times = `${seconds(best.total_s)} instead of ${seconds(best.loop_s)}`;
  const headline =
    pays === "yes"
      ? `Yes, about ${digits(best.loop_s / best.total_s, 2)} times as fast: ${times}`
      : `${pays === "no" ? "No" : "No clear difference was seen"}: ${times}`;
  const parts = best.job.code ? [["Write", best.job.code]] : [];
  parts.push(["Who", best.job.way], ["Measured", `${best.job.gain_text} as fast as the plain loop in ${best.job.measured_as}`]);
  parts.push(["Model", modelOf(loop, best)]);
  const aside = others.length ? [["Others", others.slice(0, 3).map(({ job }) => gainOf(job, best.job)).join("; ")]] : [];
  return { pays, headline, parts, aside };
}

// The form, in the units in which people think; what was measured is in seconds and bytes.
const FIELDS = [
  ["items", "Items", 1, "n"],
  ["length_s", "Each takes, ms", 1e-3, "ms"],
  ["sent_bytes", "Sent each, KiB", 1024, "KiB"],
  ["returned_bytes", "Returned each, KiB", 1024, "back"],
];
const state = { place: data.places?.[0]?.id, loop: null };
function readAddress() {
  if (!location.hash.startsWith("#?")) return;
  const said = inAddress();
  if (Object.hasOwn(data.calculators, said.get("at") ?? "")) state.place = said.get("at");
  const calculator = data.calculators[state.place];
  const loop = { ...calculator.loop };
  for (const [name, , unit, key] of FIELDS) {
    const number = Number(said.get(key));
    if (said.has(key) && Number.isFinite(number) && number >= 0) loop[name] = name === "items" ? Math.max(1, Math.round(number)) : number * unit;
  }
  if (calculator.kinds.includes(said.get("work"))) loop.kind = said.get("work");
  state.loop = loop;
}
const rounded = (value) => String(Number(value.toPrecision(12)));
function writeAddress() {
  const said = inAddress();
  said.set("at", state.place);
  for (const [name, , unit, key] of FIELDS) said.set(key, rounded(state.loop[name] / unit));
  said.set("work", state.loop.kind);
  putInAddress(said);
}
function tell(list, parts) {
  list.replaceChildren();
  for (const [word, said] of parts) {
    const told = made("dd", { className: word === "Write" ? "write" : "" });
    if (word === "Write") told.append(made("pre", {}, made("code", { textContent: said })));
    else told.textContent = joined(said);
    list.append(made("dt", { textContent: word }), told);
  }
}
function showReply(box, reply) {
  box.className = `reply ${reply.pays}`;
  box.querySelector(".headline").textContent = joined(reply.headline);
  tell(box.querySelector("dl"), reply.parts);
  let aside = box.querySelector(".aside");
  if (!aside) {
    aside = made("details", { className: "aside" }, made("summary", { textContent: "Other ways, and what was measured" }), made("dl"));
    box.append(aside);
  }
  aside.hidden = !reply.aside.length;
  tell(aside.querySelector("dl"), reply.aside);
}
// The ring on the map goes where the loop lies. A drawing says where its axes begin and end (low, high, first, last); one that
// does not keeps its ring for the first loop and hides it for any other.
const along = ([low, high, first, last], value) => first + ((last - first) * Math.log(value / low)) / Math.log(high / low);
const holds = ([low, high], value) => low <= value && value <= high;
const placeOf = (loop) => [loop.length_s, Math.max(1, loop.sent_bytes)];
// Its name goes below or above the ring where there is no room beside it.
function keepInside(ring, svg) {
  for (const name of ring.querySelectorAll("text")) {
    name.removeAttribute("transform");
    const [box, around] = [name.getBoundingClientRect(), svg.getBoundingClientRect()];
    const over = box.right - around.right + 4;
    const high = box.top - around.top < around.height / 2 ? 20 : -20;
    if (over > 4) name.setAttribute("transform", `translate(${-over} ${high})`);
  }
}
// A map that is of so many items says so beside it where the reader's loop has another number of them.
function tellItems(svg) {
  const small = svg.closest("figure").querySelector("figcaption small");
  const other = svg.dataset.items && Number(svg.dataset.items) !== state.loop.items;
  small.querySelector("b")?.remove();
  if (other) small.append(made("b", { textContent: ` Your loop has ${items(state.loop.items)}: the answer speaks of them, this map does not.` }));
}
function moveRing() {
  const [first, now] = [data.calculators[state.place].loop, state.loop].map(placeOf);
  for (const ring of document.querySelectorAll('[data-shown] [data-mark="case"][data-of="your loop"]')) {
    const svg = ring.ownerSVGElement;
    const scales = [svg.dataset.xScale, svg.dataset.yScale].map((said) => said?.split(" ").map(Number));
    const same = first.every((value, axis) => value === now[axis]);
    const inside = same || scales.every((scale, axis) => scale && holds(scale, now[axis]));
    const moved = inside && !same ? scales.map((scale, axis) => along(scale, now[axis]) - along(scale, first[axis])) : [0, 0];
    tellItems(svg);
    ring.setAttribute("visibility", inside ? "visible" : "hidden");
    ring.setAttribute("transform", `translate(${moved[0]} ${moved[1]})`);
    keepInside(ring, svg);
  }
}
addEventListener("resize", () => state.loop && data.calculators && moveRing()); // another of its drawings may be seen
function ask(box) {
  showReply(box.querySelector(".reply"), replyTo(data.calculators[state.place], state.loop));
  moveRing();
}
function field(box, [name, label, unit]) {
  const input = made("input", { type: "number", min: name === "items" ? "1" : "0", step: "any", value: rounded(state.loop[name] / unit) });
  input.addEventListener("input", () => {
    const number = Number(input.value);
    if (input.value === "" || !Number.isFinite(number) || number < 0) return;
    state.loop[name] = name === "items" ? Math.max(1, Math.round(number)) : number * unit;
    ask(box);
    writeAddress();
  });
  return made("label", { textContent: label }, input);
}
function work(box, kinds) {
  const select = made("select");
  for (const kind of kinds) select.append(made("option", { textContent: kind, value: kind, selected: kind === state.loop.kind }));
  select.addEventListener("change", () => {
    state.loop.kind = select.value;
    ask(box);
    writeAddress();
  });
  return made("label", { textContent: "Work" }, select);
}
function furnishCalculator(box) {
  const calculator = data.calculators[box.dataset.calculator];
  if (!calculator) return;
  state.loop ??= { ...calculator.loop };
  const form = made("div", { className: "fields", ariaLabel: "Your loop" });
  form.setAttribute("role", "group");
  form.append(...FIELDS.map((said) => field(box, said)), work(box, calculator.kinds));
  box.querySelector(".fields, .asked").replaceWith(form);
  box.querySelector(".reply").setAttribute("aria-live", "polite");
  ask(box);
}

// Another machine and interpreter: its cards take the place of those that are shown, which are kept as they are.
const kept = new Map();
function choose(id) {
  const now = document.querySelector("[data-shown]");
  if (!now || now.dataset.shown === id) return;
  let next = kept.get(id);
  if (!next) {
    const waiting = [...document.querySelectorAll("template[data-cards]")].find((part) => part.dataset.cards === id);
    if (!waiting) return;
    next = made("div", { className: "cards" });
    next.dataset.shown = id;
    next.append(waiting.content.cloneNode(true));
    furnish(next);
  }
  kept.set(now.dataset.shown, now);
  now.replaceWith(next);
  state.place = id;
  next.querySelectorAll("[data-calculator]").forEach(furnishCalculator);
}
// The entries say the interpreter alone, below their machine; what else the chosen one is stands beside, where it may wrap.
function chooser(list) {
  const select = made("select", { id: "chosen", ariaLabel: "Machine and interpreter of this screen" });
  for (const [machine, own] of Map.groupBy(data.places, (place) => place.machine))
    select.append(made("optgroup", { label: machine }, ...own.map((place) => made("option", { value: place.id, textContent: place.entry }))));
  const beside = made("output", { className: "small" });
  beside.htmlFor.add(select.id);
  const show = () => {
    const { machine, build } = data.places.find((place) => place.id === state.place);
    select.value = state.place;
    beside.textContent = [machine, build].filter(Boolean).join(", ");
  };
  select.addEventListener("change", () => {
    choose(select.value);
    show();
    writeAddress();
  });
  list.replaceChildren(made("div", { className: "pick" }, beside, select));
  return show;
}
const list = document.getElementById("choose");
if (list && data.calculators?.[state.place]) {
  const first = state.place;
  readAddress();
  const wanted = state.place;
  state.place = first;
  const show = data.places.length > 1 ? chooser(list) : null;
  document.querySelectorAll("[data-shown] [data-calculator]").forEach(furnishCalculator);
  if (wanted !== first) choose(wanted);
  show?.();
}
