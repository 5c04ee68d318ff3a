"use strict";
// What the scripts of every page need: elements, the page's data, what stands in its address, and numbers with their units.
const made = (name, properties = {}, ...inside) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
};
const holder = document.getElementById("data");
const data = holder ? JSON.parse(holder.textContent) : {};

// Each part of a page has names of its own there, and leaves those of the others as they are.
const inAddress = () => new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
function putInAddress(said) {
  try {
    history.replaceState(null, "", String(said) ? `#?${said}` : "#");
  } catch {
    // Where the address may not be changed the page works as well.
  }
}

const SECONDS = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]];
const BYTES = [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]];
const GROUP = "\u202f";
const whole = (value) => {
  const digits = Math.round(Math.abs(value)).toString();
  return digits.length > 4 ? digits.replace(/\B(?=(\d{3})+$)/g, GROUP) : digits;
};
// What lies in the middle between two numbers goes to the even one, as in Python; `toFixed` takes the larger.
function fixed(value, decimals) {
  const text = value.toFixed(decimals);
  const inTheMiddle = new RegExp(`\\.\\d{${decimals}}50*$`).test(value.toFixed(60));
  return inTheMiddle && Number(text.at(-1)) % 2 ? (value - 10 ** -decimals / 4).toFixed(decimals) : text;
}
// Like `study/units.py`: so many digits, a whole number keeps all of its own.
function decimalsOf(value, wanted) {
  if (!value) return 0;
  const power = Math.floor(Math.log10(Math.abs(Number(value.toExponential(wanted - 1)))));
  return Math.max(0, Math.min(9, wanted - 1 - power));
}
function inDecimals(value, decimals) {
  const [before, after] = fixed(value, decimals).split(".");
  return after ? `${whole(Number(before))}.${after}` : whole(Number(before));
}
const digits = (value, wanted) => inDecimals(value || 0, decimalsOf(value, wanted));
const scaled = (value, steps) => steps.find(([step]) => Math.abs(value) >= 0.9995 * step) ?? steps.at(-1);
function seconds(value, wanted = 3) {
  if (!value) return "0 s";
  const [step, name] = scaled(value, SECONDS);
  return `${digits(value / step, wanted)} ${name}`;
}
// A time that was foretold, and between which times it lies, with its decimals; an end that would equal it moves out a step.
function secondsWithin(value, ends, level) {
  if (!ends) return seconds(value);
  const [step] = scaled(value, SECONDS);
  const decimals = decimalsOf(value / step, 3);
  const told = inDecimals(value / step, decimals);
  const texts = ends.map((end, index) => {
    const text = inDecimals(end / step, decimals);
    return value && text === told ? inDecimals(end / step + (index ? 1 : -1) * 10 ** -decimals, decimals) : text;
  });
  return `${seconds(value)} [${level}: ${texts.join(", ")}]`;
}
function size(value) {
  if (!value) return "0 B";
  const [step, name] = scaled(value, BYTES);
  const number = value / step;
  return `${Number.isInteger(number) ? whole(number) : digits(number, 3)} ${name}`;
}
// As `study/report/text.py` has it: a number stays with its unit and its interval on one line.
const joined = (said) =>
  said
    .replace(/\[[^[\]]{1,40}\]/g, (bounds) => bounds.replaceAll(", ", ",\u00a0"))
    .replace(/(?<=[\d\]]) (?=(?:\[|ns\b|µs\b|ms\b|s\b|%|times\b|min\b|h\b|B\b|KiB\b|MiB\b|GiB\b))/g, "\u00a0");
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
