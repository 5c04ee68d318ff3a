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

// A side is one interpreter of one run. Its cells lie flat: number of the thing, mean, squared error, processes, source.
const FIELDS_OF_CELL = 5;
const levelsKept = new WeakMap();
function levelsOf(side) {
  if (!levelsKept.has(side)) {
    const levels = new Map();
    for (let at = 0; at < side.cells.length; at += FIELDS_OF_CELL) {
      const [thing, mean, squaredError, processes, source] = side.cells.slice(at, at + FIELDS_OF_CELL);
      levels.set(thing, { mean, squaredError, processes, source });
    }
    levelsKept.set(side, levels);
  }
  return levelsKept.get(side);
}
const inAll = (sides) => {
  const [first, ...others] = sides.map(levelsOf);
  return [...first.keys()].filter((thing) => others.every((levels) => levels.get(thing)?.source === first.get(thing).source));
};

// How much runs of unchanged code differ beyond what their own intervals explain; `apart`: each cell against the others of its run.
function runComponent(means, squaredErrors, rules) {
  if (means.length < rules.fewest_runs || !means[0].length) return { tau: rules.assumed_tau, df: rules.assumed_df, runs: 0 };
  const [levels, errors] = [means, squaredErrors].map((rows) => rows.slice(-rules.most_runs));
  const columns = levels[0].map((_, cell) => [levels, errors].map((rows) => rows.map((row) => row[cell])));
  const excess = meanOf(columns.map(([level, error]) => varianceOf(level) - meanOf(error)));
  return { tau: Math.sqrt(Math.max(rules.smallest_tau ** 2, excess)), df: 2 * (levels.length - 1), runs: levels.length };
}
function againstOthers(means) {
  const centres = means[0].map((_, cell) => meanOf(means.map((row) => row[cell])));
  return means.map((row) => {
    const common = medianOf(row.map((level, cell) => level - centres[cell]));
    return row.map((level) => level - common);
  });
}
function componentOf(found, side, without, apart) {
  const own = side.history < 0 ? [] : found.sides.filter((other) => other.history === side.history && !without.includes(other));
  const past = own.sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-found.rules.most_runs);
  const things = past.length ? inAll(past) : [];
  const rows = (name) => past.map((other) => things.map((thing) => levelsOf(other).get(thing)[name]));
  const means = rows("mean");
  const enough = past.length > 1 && things.length >= found.rules.fewest_cells;
  return runComponent(apart && enough ? againstOthers(means) : means, rows("squaredError"), found.rules);
}

// The second over the first, of every cell that both have: with what is common to all taken off, or as it is.
function ratiosOf(found, first, second, againstMiddle) {
  const things = inAll([first, second]);
  const gaps = things.map((thing) => levelsOf(second).get(thing).mean - levelsOf(first).get(thing).mean);
  const common = things.length ? medianOf(gaps) : 0;
  const sameRun = first.run === second.run;
  const components = [first, second].map((side) => componentOf(found, side, [first, second], againstMiddle));
  const [one, other] = components;
  const together = one.tau === other.tau && one.df === other.df && one.runs === other.runs;
  const moved = together ? [[2 * one.tau ** 2, one.df]] : components.map(({ tau, df }) => [tau ** 2, df]);
  const ratios = things.map((thing, index) => {
    const sides = [first, second].map((side) => levelsOf(side).get(thing));
    const own = sides.map(({ squaredError, processes }) => [squaredError, processes - 1]);
    const terms = sameRun ? own : [...own, ...moved];
    const whole = terms.reduce((sum, [part]) => sum + part, 0);
    const df = whole ** 2 / terms.reduce((sum, [part, degrees]) => sum + part ** 2 / degrees, 0);
    const reach = whole ? tQuantile(0.975, df) * Math.sqrt(whole) : 0;
    const gap = gaps[index] - (againstMiddle ? common : 0);
    const [name, kind, isSize] = found.things[thing];
    return {
      name,
      group: found.kinds[kind],
      here: Math.exp(sides[0].mean),
      there: Math.exp(sides[1].mean),
      isSize: Boolean(isSize),
      ratio: Math.exp(gap),
      low: Math.exp(gap - reach),
      high: Math.exp(gap + reach),
    };
  });
  return { ratios, middle: Math.exp(common), components, sameRun };
}

// What two sides are to each other, as `study/sections/sides.py` has it: which facts differ, and what may be said.
const isKnown = (value) => value !== null && value !== undefined;
function differs(a, b, near) {
  if (!isKnown(a) || !isKnown(b)) return false;
  if (near) return Math.abs(a - b) > near * Math.max(a, b);
  return Array.isArray(a) ? a.join("\n") !== b.join("\n") : a !== b;
}
function factsApart(found, first, second) {
  return found.facts.flatMap(([label, about, near], index) => {
    const [a, b] = [first.facts[index], second.facts[index]];
    const counts = about !== "machine" || first.hardware !== second.hardware;
    return counts && differs(a, b, near) ? [{ label, about, values: [a, b] }] : [];
  });
}
function verdictOf(found, first, second) {
  if (first.run === second.run) return first === second ? "itself" : "paired";
  if (first.simulated !== second.simulated) return "made up beside measured";
  if (first.debug !== second.debug) return "debug beside release";
  if (first.sampling !== second.sampling) return "sampled otherwise";
  if (!inAll([first, second]).length) return first.code === second.code ? "nothing in both" : "other code";
  if (first.hardware !== second.hardware) return "two machines";
  const changed = new Set(factsApart(found, first, second).map(({ about }) => about));
  return ["same machine", "before and after", "changed in both"][changed.size];
}
