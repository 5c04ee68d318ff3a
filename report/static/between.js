// Any two of the stored runs, from what their summaries keep of each cell: mean of the logarithms, squared standard error,
// processes. The rules are those of `study/stats/apart.py` and `study/stats/between.py`; only the two that are chosen, and the
// earlier runs of their machines, are looked at.
const meanOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const varianceOf = (numbers) => {
  const middle = meanOf(numbers);
  return numbers.reduce((sum, number) => sum + (number - middle) ** 2, 0) / (numbers.length - 1);
};
function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// Student's t. The tail of its distribution is an incomplete beta function, here as a continued fraction (Lentz).
const LANCZOS = [676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7];
function logGamma(value) {
  const x = value - 1;
  const sum = LANCZOS.reduce((total, factor, index) => total + factor / (x + index + 1), 0.9999999999998099);
  const t = x + LANCZOS.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}
function fractionOfBeta(a, b, x) {
  const tiny = 1e-300;
  const kept = (value) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / kept(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m <= 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept(1 + even * d);
    c = kept(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept(1 + odd * d);
    c = kept(1 + odd / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return product;
}
function betaBelow(a, b, x) {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2) ? (front * fractionOfBeta(a, b, x)) / a : 1 - (front * fractionOfBeta(b, a, 1 - x)) / b;
}
// Probability of a |t| that is larger.
const beyondT = (t, df) => betaBelow(df / 2, 0.5, df / (df + t * t));
function tQuantile(probability, df) {
  const wanted = 2 * (1 - probability);
  let [low, high] = [0, 1];
  while (beyondT(high, df) > wanted) high *= 2;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (beyondT(middle, df) > wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// A side is one interpreter of one run. Its cells lie flat, so many numbers for each.
const FIELDS_OF_CELL = 6;
const levelsKept = new WeakMap();
function levelsOf(side) {
  if (!levelsKept.has(side)) {
    const levels = new Map();
    for (let at = 0; at < side.cells.length; at += FIELDS_OF_CELL) {
      const [thing, mean, squaredError, processes, loops, source] = side.cells.slice(at, at + FIELDS_OF_CELL);
      levels.set(thing, { mean, squaredError, processes, loops, source });
    }
    levelsKept.set(side, levels);
  }
  return levelsKept.get(side);
}
// A thing is [name, kind, whether it is a size, number of its plain loop or -1, logarithm of that one's tasks, whether the
// machine's pace moves it: work takes longer on a slow one, a size is no larger, and a sleep as long].
const LOOP = 3;
const LOG_TASKS = 4;
const PACED = 5;
const byTask = (found, thing, level) => ({ ...level, mean: level.mean - found.things[thing][LOG_TASKS] });
// The cells of both, in the order of the first's. A plain loop counts by its task where the very cell is not there.
function sharedOf(found, first, second, equalLoops) {
  const [mine, theirs] = [first, second].map(levelsOf);
  const left = [mine, theirs].map((levels, index) => {
    const other = index ? mine : theirs;
    const loops = new Map();
    for (const thing of levels.keys()) {
      const loop = found.things[thing][LOOP];
      if (loop >= 0 && !other.has(thing) && !loops.has(loop)) loops.set(loop, thing);
    }
    return loops;
  });
  const shared = { both: [], otherPrograms: 0, otherLoops: 0, taken: 0 };
  for (const [thing, level] of mine) {
    const loop = found.things[thing][LOOP];
    const isFirstOfLoop = left[0].get(loop) === thing;
    const other = theirs.has(thing) ? thing : isFirstOfLoop ? left[1].get(loop) : undefined;
    if (other === undefined) continue;
    shared.taken += 1;
    const there = theirs.get(other);
    if (level.source !== there.source) shared.otherPrograms += 1;
    else if (equalLoops && level.loops !== there.loops) shared.otherLoops += 1;
    else if (other === thing) shared.both.push({ thing, here: level, there });
    else shared.both.push({ thing, here: byTask(found, thing, level), there: byTask(found, other, there), isByTask: true });
  }
  return shared;
}

// How much runs of unchanged code differ beyond what their own intervals explain.
const assumed = (rules) => ({ tau: rules.assumed_tau, df: rules.assumed_df, runs: 0 });
function runComponent(means, squaredErrors, rules) {
  const [levels, errors] = [means, squaredErrors].map((rows) => rows.slice(-rules.newest_of_component));
  const excess = levels[0].map((_, cell) => varianceOf(levels.map((row) => row[cell])) - meanOf(errors.map((row) => row[cell])));
  const tau = Math.sqrt(Math.max(rules.smallest_tau ** 2, meanOf(excess)));
  return { tau, df: 2 * (levels.length - 1), runs: levels.length };
}
function againstOthers(means) {
  const centres = means[0].map((_, cell) => meanOf(means.map((row) => row[cell])));
  return means.map((row) => {
    const common = medianOf(row.map((level, cell) => level - centres[cell]));
    return row.map((level) => level - common);
  });
}
// Of a side, from the other runs of its like: what the machine's pace moves against the others of their run, and as it is; all else.
function componentsOf(found, side, runs, things) {
  const { rules } = found;
  const mine = levelsOf(side);
  const isLike = (other, thing) => {
    const [here, there] = [mine.get(thing), levelsOf(other).get(thing)];
    return here && there && here.source === there.source && here.loops === there.loops;
  };
  const past = found.sides
    .filter((other) => other.kin === side.kin && other.target === side.target && other.speaks && !runs.includes(other.run))
    .map((other) => ({ other, held: things.filter((thing) => isLike(other, thing)) }))
    .filter(({ held }) => held.length && held.length >= rules.least_share * things.length)
    .sort(({ other: a }, { other: b }) => (a.ended === b.ended ? (a.run < b.run ? -1 : 1) : a.ended < b.ended ? -1 : 1))
    .slice(-rules.most_runs);
  const inAll = things.filter((thing) => past.every(({ held }) => held.includes(thing)));
  const [paced, unpaced] = [1, 0].map((is) => inAll.filter((thing) => found.things[thing][PACED] === is));
  const tables = (some) =>
    ["mean", "squaredError"].map((name) => past.map(({ other }) => some.map((thing) => levelsOf(other).get(thing)[name])));
  const enough = past.length >= rules.fewest_runs;
  const own = enough && unpaced.length ? runComponent(...tables(unpaced), rules) : assumed(rules);
  if (!enough || paced.length < rules.fewest_cells) return { apart: assumed(rules), whole: assumed(rules), unpaced: own };
  const [means, errors] = tables(paced);
  return { apart: runComponent(againstOthers(means), errors, rules), whole: runComponent(means, errors, rules), unpaced: own };
}

// The second over the first, of every cell that both have: as it is, or with what is common to all taken off.
function ratiosOf(found, first, second, shared, againstMiddle) {
  const things = shared.both.map(({ thing }) => thing);
  const gaps = shared.both.map(({ here, there }) => there.mean - here.mean);
  const isPaced = things.map((thing) => found.things[thing][PACED] === 1);
  const moving = gaps.filter((_, index) => isPaced[index]);
  const common = moving.length ? medianOf(moving) : 0;
  const runs = [first.run, second.run];
  const sameRun = runs[0] === runs[1];
  const known = sameRun ? [] : [first, second].map((side) => componentsOf(found, side, runs, things));
  const movedBy = (name) => {
    const own = known.map((components) => components[name]);
    // Where only one is known, the machine is taken to move as it did there.
    const measured = own.find(({ runs: past }) => past);
    const components = againstMiddle || name === "unpaced" ? own.map((component) => (component.runs ? component : (measured ?? component))) : own;
    const [one, other] = components;
    const together = one && one.tau === other.tau && one.df === other.df && one.runs === other.runs;
    return { components, terms: together ? [[2 * one.tau ** 2, one.df]] : components.map(({ tau, df }) => [tau ** 2, df]) };
  };
  const moves = [movedBy("unpaced"), movedBy(againstMiddle ? "apart" : "whole")];
  const ratios = shared.both.map(({ thing, here, there, isByTask }, index) => {
    const terms = [...[here, there].map(({ squaredError, processes }) => [squaredError, processes - 1]), ...moves[Number(isPaced[index])].terms];
    const whole = terms.reduce((sum, [part]) => sum + part, 0);
    const df = whole ** 2 / terms.reduce((sum, [part, degrees]) => sum + part ** 2 / degrees, 0);
    const reach = whole ? tQuantile(0.975, df) * Math.sqrt(whole) : 0;
    const gap = gaps[index] - (againstMiddle && isPaced[index] ? common : 0);
    const [name, kind, isSize] = found.things[thing];
    return {
      name: isByTask ? `${name}, by task` : name,
      group: found.kinds[kind],
      here: Math.exp(here.mean),
      there: Math.exp(there.mean),
      isSize: Boolean(isSize),
      isPaced: isPaced[index],
      ratio: Math.exp(gap),
      low: Math.exp(gap - reach),
      high: Math.exp(gap + reach),
    };
  });
  return { ratios, middle: Math.exp(common), components: moves[1].components };
}

// What two sides are to each other, as `study/compare/ladder.py` has it: which facts differ, and what may be said.
const isKnown = (value) => value !== null && value !== undefined;
function differs(a, b, near) {
  if (!isKnown(a) || !isKnown(b)) return false;
  if (near) return Math.abs(a - b) > near * Math.max(a, b);
  return Array.isArray(a) ? a.join() !== b.join() : a !== b;
}
function factsApart(found, first, second) {
  return found.facts.flatMap(([label, about, near], index) => {
    const [a, b] = [first.facts[index], second.facts[index]];
    const counts = about !== "machine" || first.hardware !== second.hardware;
    return counts && differs(a, b, near) ? [{ label, about, near, values: [a, b] }] : [];
  });
}
function standingOf(found, first, second) {
  const facts = factsApart(found, first, second);
  const refused = (why) => ({ standing: "not comparable", why: found.why[why], facts, shared: sharedOf(found, first, second, false) });
  if (first.simulated !== second.simulated) return refused("simulated");
  if (first.sampling !== second.sampling) return refused("sampling");
  if (first.debug !== second.debug) return refused("debug");
  const changed = new Set(facts.map(({ about }) => about));
  const apart = changed.has("state") || changed.has("interpreter") ? "before and after" : "same machine";
  const standing = first.run === second.run ? "paired" : first.hardware === second.hardware ? apart : "two machines";
  const equalLoops = standing === "same machine" || standing === "paired" || facts.every(({ about }) => about === "state");
  const shared = sharedOf(found, first, second, equalLoops);
  if (shared.both.length) return { standing, why: "", facts, shared };
  return refused(shared.otherPrograms ? "code" : shared.otherLoops ? "loops" : "nothing");
}
