// The cost model in closed form, as `study/advise/model/bounds.py` and `figures.py` have it, over the ways that `ways.py` tries; the
// answer is that of `study/sections/foreteller.py`. All numbers come with the data.
const interpolated = (points, at) => {
  if (!points.length) return 0;
  if (at <= points[0][0] || points.length === 1) return points[0][1];
  let upper = points.findIndex(([place]) => at <= place);
  if (upper < 0) upper = points.length - 1;
  const [[low, first], [high, last]] = [points[upper - 1], points[upper]];
  return Math.max(0, first + ((last - first) * (at - low)) / (high - low));
};
const between = (at, full, [nothing, all]) => (at >= full ? all : nothing + ((all - nothing) * at) / full);
const stretched = (way) => way.slowed * (1 - way.waits) + way.waits;

function chunksEarly(way) {
  if (way.argument_transfer_s > 0) return 1;
  const held = way.argument_bytes > 0 ? way.pipe_bytes / way.argument_bytes : way.chunks;
  const allowed = way.ahead >= 0 ? way.workers + way.ahead : way.chunks;
  return Math.max(1, Math.min(way.chunks, held, allowed));
}
function workingCpu(way) {
  const carried = way.dump_argument_s + way.load_argument_s + way.dump_result_s + way.load_result_s;
  return (
    way.items * (way.item_s * way.slowed * (1 - way.waits) + carried) +
    way.chunks * (way.parent_s + way.worker_s + way.argument_transfer_s + way.result_transfer_s) +
    Math.min(way.workers, way.chunks) * way.cold_s
  );
}
function closedForm(way) {
  const half = way.parent_s / 2;
  const fill_s = half + way.chunk * way.dump_argument_s + way.argument_transfer_s;
  const drain_s = half + way.chunk * way.load_result_s + way.result_transfer_s;
  const there = way.chunks * half + way.items * way.dump_argument_s;
  const back = way.chunks * half + way.items * way.load_result_s;
  const parent_s = way.one_at_a_time ? there + back : Math.max(there, back);
  const moved = way.chunks * Math.max(way.argument_transfer_s, way.result_transfer_s);
  const pipes_s = moved > 0 ? parent_s + moved : 0;
  const around = way.worker_s + way.chunk * (way.load_argument_s + way.dump_result_s);
  const chunk = around + way.chunk * way.item_s * stretched(way);
  const rounds = Math.ceil(way.chunks / way.workers);
  const workers_s = way.cold_s + Math.max(rounds * chunk + (rounds - 1) * way.lag_s, around + way.longest_s * stretched(way));
  const cpus_s = workingCpu(way) / way.cpus;
  const reached = Math.max(way.made_s + fill_s, way.first_s + (way.each_s * (way.workers - 1)) / 2);
  const early = Math.min(chunksEarly(way) * (half + way.chunk * way.dump_argument_s), reached - way.made_s);
  const fromFirst = {
    parent: parent_s + chunk - early,
    pipes: pipes_s > 0 ? pipes_s + chunk - fill_s : 0,
    CPUs: cpus_s - (early + way.argument_transfer_s) / way.cpus,
    workers: workers_s + drain_s,
  };
  const longest = Object.keys(fromFirst).reduce((a, b) => (fromFirst[b] > fromFirst[a] ? b : a));
  const start_s = reached - fill_s + way.placement_s + way.end_s;
  const seconds = reached + fromFirst[longest] + way.placement_s + way.end_s;
  const bound = start_s > seconds - start_s ? "start" : longest;
  return { seconds, start_s, fill_s, drain_s, parent_s, pipes_s, cpus_s, workers_s, bound };
}
function sharesOf(way, found) {
  const left = found.seconds - found.start_s;
  const item = way.item_s * stretched(way);
  const work_s = Math.min(left, (way.items * item) / way.workers);
  const around = way.worker_s + way.lag_s + way.chunk * (way.load_argument_s + way.dump_result_s);
  const share = (way.chunks * (around + way.chunk * item)) / way.workers;
  const imbalance_s = Math.min(left - work_s, Math.max(0, found.workers_s - way.cold_s - share));
  const handed = way.chunks * (way.parent_s + way.worker_s);
  const carried =
    way.items * (way.dump_argument_s + way.load_argument_s + way.dump_result_s + way.load_result_s) +
    way.chunks * (way.argument_transfer_s + way.result_transfer_s);
  const rest = left - work_s - imbalance_s;
  const transport_s = carried > 0 ? (rest * carried) / (handed + carried) : 0;
  return { start_s: found.start_s, dispatch_s: rest - transport_s, transport_s, work_s, imbalance_s };
}
// As a reader has them: starting as long as without data, a last chunk that is not full waited for and not handed out.
function partedOf(way, found) {
  const shares = sharesOf(way, found);
  const alone = Math.max(way.made_s, way.first_s + (way.each_s * (way.workers - 1)) / 2);
  const hidden = Math.min(shares.transport_s, Math.max(0, alone + way.placement_s + way.end_s - found.start_s));
  const rest = shares.dispatch_s + shares.transport_s - hidden;
  const idle = Math.min(rest, ((way.chunks * way.chunk - way.items) * way.item_s * stretched(way)) / way.workers);
  const left = rest > 0 ? 1 - idle / rest : 1;
  return {
    start_s: shares.start_s + hidden,
    dispatch_s: shares.dispatch_s * left,
    transport_s: (shares.transport_s - hidden) * left,
    work_s: shares.work_s,
    imbalance_s: shares.imbalance_s + idle,
  };
}

// Ways: whom they ask for, how many workers, in which chunks.
function workersOf(model, waits) {
  const { cpus } = model;
  const numbers = new Set();
  if (cpus <= model.few_cpus) for (let number = 2; number <= cpus; number++) numbers.add(number);
  else {
    for (let number = 2; number <= cpus; number *= 2) numbers.add(number);
    numbers.add(cpus).add(Math.floor(cpus / 2));
  }
  if (waits >= model.waiting) for (let number = 2 * cpus; number <= model.most_that_wait * cpus; number *= 2) numbers.add(number);
  return numbers.size ? [...numbers].sort((a, b) => a - b) : [1];
}
function chunksizesOf(backend, items, workers) {
  const own = backend.chunks_itself ? Math.ceil(items / (4 * workers)) : 1;
  if (!backend.takes_chunksize) return [[own, true]];
  const share = Math.ceil(items / workers);
  const others = new Set([share]);
  for (let size = 1; size <= share; size *= 2) others.add(size);
  others.delete(own);
  return [[own, true], ...[...others].sort((a, b) => a - b).map((size) => [size, false])];
}
function waysOf(model, loop) {
  const found = [];
  const carries = loop.sent_bytes > 0 || loop.returned_bytes > 0;
  for (const [rank, backend] of model.backends.entries()) {
    if (carries && !(backend.through_pipe && model.transfer.length)) continue;
    const methods = backend.starts[""] ? [""] : model.methods.filter((method) => backend.starts[method]);
    for (const method of methods)
      for (const workers of workersOf(model, model.waits[loop.kind]))
        for (const [chunksize, own] of chunksizesOf(backend, loop.items, workers)) found.push({ rank, backend, method, workers, chunksize, own });
  }
  return found;
}
function figuresOf(model, loop, way) {
  const { backend, workers } = way;
  const start = backend.starts[way.method];
  const waits = model.waits[loop.kind];
  const chunk = Math.min(way.chunksize, loop.items);
  const message = (bytes) => (backend.through_pipe ? chunk * bytes + model.envelope_bytes : 0);
  const transfer = (bytes) => (bytes <= model.pipe_bytes ? 0 : interpolated(model.transfer, bytes));
  const inPipe = (bytes) => {
    if (!backend.through_pipe || chunk * bytes + model.envelope_bytes > model.pipe_bytes) return 0;
    return interpolated([[0, 0], ...model.transfer], chunk * bytes) / chunk;
  };
  const more = workers - start.workers;
  const crowded = (Math.max(workers, model.cpus) - Math.max(start.workers, model.cpus)) / model.cpus;
  const works = chunk * loop.length_s;
  return {
    items: loop.items,
    chunks: Math.ceil(loop.items / way.chunksize),
    chunk,
    workers,
    cpus: model.cpus,
    one_at_a_time: model.one_at_a_time,
    item_s: loop.length_s,
    longest_s: chunk * loop.length_s,
    waits,
    slowed: slowedBy(model.slowed[loop.kind], Math.min(workers, model.cpus)),
    argument_bytes: message(loop.sent_bytes),
    result_bytes: message(loop.returned_bytes),
    pipe_bytes: model.pipe_bytes,
    ahead: backend.ahead,
    dump_argument_s: 0,
    load_argument_s: inPipe(loop.sent_bytes),
    dump_result_s: inPipe(loop.returned_bytes),
    load_result_s: 0,
    parent_s: between(works, backend.busy_s, backend.parent_s),
    worker_s: between(works, backend.busy_s, backend.worker_s),
    lag_s: 0,
    argument_transfer_s: transfer(message(loop.sent_bytes)),
    result_transfer_s: transfer(message(loop.returned_bytes)),
    made_s: Math.max(0, start.made_s + more * start.each_made_s),
    first_s: Math.max(0, start.first_s + crowded * start.boot_s),
    each_s: start.each_s,
    cold_s: 0,
    placement_s: Math.min(model.placement_s, loop.items * loop.length_s * (1 - waits) * (1 - 1 / workers)),
    end_s: Math.max(0, start.end_s + more * start.each_end_s),
  };
}
// Beyond the most that were tried as with these.
function slowedBy(known, working) {
  const points = known.some(([number]) => number === 1) ? known : [[1, 1], ...known];
  return interpolated(points, Math.min(working, points.at(-1)[0]));
}

// Simpler: an earlier backend and start method, no chunk size of its own, fewer workers, larger chunks.
function simplerFirst(model, a, b) {
  const keys = [a, b].map((way) => [way.rank, model.methods.indexOf(way.method), way.own ? 0 : 1, way.workers, -way.chunksize]);
  const place = keys[0].findIndex((key, index) => key !== keys[1][index]);
  return place < 0 ? 0 : keys[0][place] - keys[1][place];
}
function wayWords(way) {
  const who = `${way.backend.label} of ${whole(way.workers)} ${way.workers === 1 ? "worker" : "workers"}`;
  return [who, way.method, way.own ? "" : `chunks of ${whole(way.chunksize)}`].filter(Boolean).join(", ");
}
const wayCode = (way) =>
  way.backend.code
    .replaceAll("{n}", way.workers)
    .replaceAll("{method}", way.method ? `"${way.method}"` : "")
    .replaceAll("{chunks}", way.own ? "" : `, chunksize=${way.chunksize}`);
const chunksOf = (model, { backend, chunksize, own }) => {
  if (!backend.takes_chunksize) return "";
  const each = `${whole(chunksize)} ${chunksize === 1 ? "item" : "items"}`;
  return own ? `${each}, ${model.own_chunks}` : each;
};
// By the errors of the nearest kin of whom enough were tried (`study/advise/model/intervals.py`), in units of `unit_of`.
function endsOf(model, way, seconds) {
  const { kind, starts_slowly } = way.backend;
  const name = [`${kind} ${way.method}`.trim(), kind, ""].find((kin) => Object.hasOwn(model.within, kin));
  if (name === undefined) return null;
  const short = starts_slowly ? Math.min(model.most_short, model.short_s / Math.max(seconds, 1e-9)) : 0;
  return model.within[name].map((error) => seconds * Math.exp(error * Math.hypot(1, short)));
}
// The same workers with smaller chunks, where these share few long items out better.
function sharedOut(model, told, close) {
  const { way, seconds } = told;
  const finer = close.filter(
    ({ way: other }) =>
      other.rank === way.rank && other.method === way.method && other.workers === way.workers && other.chunksize < way.chunksize,
  );
  const least = finer.reduce((known, one) => Math.min(known, one.seconds), Infinity);
  if (!finer.length || seconds < model.finer * least) return told;
  return finer.filter((one) => one.seconds <= model.even * least).reduce((a, b) => (b.way.chunksize < a.way.chunksize ? b : a));
}
function foretold(model, loop) {
  if (!Object.hasOwn(model.waits, loop.kind) || loop.length_s <= 0) return null;
  const known = waysOf(model, loop).map((way) => ({ way, seconds: closedForm(figuresOf(model, loop, way)).seconds }));
  if (!known.length) return null;
  const loop_s = loop.items * loop.length_s;
  const fastest_s = known.reduce((least, { seconds }) => Math.min(least, seconds), Infinity);
  const worth = known.filter(({ seconds }) => seconds < model.worth * loop_s);
  const gains = worth.length > 0;
  const close = (gains ? worth : known).filter(({ seconds }) => seconds <= model.too_close * fastest_s);
  const simplest = close.reduce((a, b) => (simplerFirst(model, b.way, a.way) < 0 ? b : a));
  const { way, seconds } = sharedOut(model, simplest, close);
  const figures = figuresOf(model, loop, way);
  const found = closedForm(figures);
  const parts = partedOf(figures, found);
  const [best, methods] = [new Map(), new Map()];
  for (const other of known) {
    const name = other.way.backend.name;
    const { method } = other.way;
    if (name === way.backend.name && method !== way.method) methods.set(method, Math.min(other.seconds, methods.get(method) ?? Infinity));
    else if (name !== way.backend.name && !(best.get(name)?.seconds <= other.seconds)) best.set(name, other);
  }
  return {
    pays: gains ? "yes" : loop_s < model.worth * fastest_s ? "no" : "open",
    loop_s,
    seconds,
    fastest_s,
    who: gains ? wayWords(way) : `The plain loop; the best of the others is ${wayWords(way)}`,
    code: gains ? wayCode(way) : model.loop_code,
    shares: ["start_s", "dispatch_s", "transport_s", "work_s", "imbalance_s"].map((name, index) => [model.shares[index], parts[name]]),
    why: model.held_up[found.bound],
    others: [...best.values()].map((other) => [wayWords(other.way), other.seconds]),
    method: gains ? way.method : "",
    methods: [...methods],
    chunks: gains ? chunksOf(model, way) : "",
    ends_s: endsOf(model, way, seconds),
  };
}
