"""recompute.py RESULTS DATA: the printed numbers of the report, made again from the stored suites by other code.

It shares nothing with the study: it reads the suites as JSON, the claims from the TOML that the manifest keeps, and the tables
`cells.csv.gz` and `verdicts.csv` of a report (DATA is its folder `data`); textbook formulas by scipy. Prints what it compared,
and each number that differs by more than its nine digits let it, a relative 1e-8; ends with 1 where one does.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import sys
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import optimize, stats

TOLERANCE = 1e-8
FEWEST_FOR_T, FEWEST_FOR_RANKS = 5, 6
FEWEST_THAT_DIFFER = 4


def main(results: Path, data: Path) -> int:
    """Compare both tables; 1 where a number differs."""
    seen = Seen()
    for row in rows(data / "cells.csv.gz"):
        compare_cell(results, row, seen)
    for row in rows(data / "verdicts.csv"):
        compare_verdict(results, row, seen)
    print(f"{seen.equal} numbers are equal, {len(seen.different)} differ")
    for line in seen.different:
        print(line)
    return 1 if seen.different or not seen.equal else 0


class Seen:
    """What was compared."""

    def __init__(self) -> None:
        self.equal = 0
        self.different: list[str] = []

    def hold(self, where: str, printed: str, made: float | None) -> None:
        """Hold a printed number against the one made again; an empty field is no number."""
        if printed == "" and made is None:
            return
        if printed != "" and made is not None and math.isclose(float(printed), made, rel_tol=TOLERANCE, abs_tol=1e-300):
            self.equal += 1
        else:
            self.different.append(f"{where}: printed {printed or 'nothing'}, made again {made}")


def rows(path: Path) -> list[dict[str, str]]:
    """The lines of a table by its heads; one that ends in .gz is unpacked."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def manifest(folder: Path) -> Any:
    """The manifest of a run."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@cache
def processes(folder: Path) -> dict[tuple[str, str], dict[int, tuple[float, dict[str, int]]]]:
    """(Target, cell) -> round -> the mean of the values of its process, and its outcomes."""
    found: dict[tuple[str, str], dict[int, tuple[float, dict[str, int]]]] = defaultdict(dict)
    for name in manifest(folder)["files"]:
        if name.startswith("invalid"):
            continue
        suite = json.loads(gzip.decompress((folder / name).read_bytes()))
        shared = suite.get("metadata", {})
        for benchmark in suite["benchmarks"]:
            of_cell = {**shared, **benchmark.get("metadata", {})}
            for run in benchmark["runs"]:
                known = {**of_cell, **run.get("metadata", {})}
                outcomes = {key[8:]: value for key, value in known.items() if key.startswith("outcome_")}
                mean = math.fsum(run["values"]) / len(run["values"])
                found[known["study_target"], of_cell["name"]][known["study_round"]] = (mean, outcomes)
    return found


def compare_cell(results: Path, row: dict[str, str], seen: Seen) -> None:
    """Average and typical process of a cell, with their intervals."""
    if row["state"] != "done":
        return
    folder = results / row["machine"] / row["run"]
    of = processes(folder).get((row["target"], row["cell"]))
    if of is None:
        seen.different.append(f"{row['cell']} @ {row['target']}: in no suite")
        return
    means = np.array([of[index][0] for index in sorted(of)])
    where = f"{row['run']} {row['cell']} @ {row['target']}"
    seen.hold(f"{where} processes", row["processes"], float(means.size))
    hold_estimate(where, row, "average", average(means), seen)
    hold_estimate(where, row, "typical", typical(means), seen)


Interval = tuple[float | None, float | None, float | None]


def hold_estimate(where: str, row: dict[str, str], name: str, made: Interval, seen: Seen) -> None:
    """Point and both ends."""
    for column, number in zip((name, f"{name}_low", f"{name}_high"), made, strict=True):
        seen.hold(f"{where} {column}", row[column], number)


def average(means: np.ndarray) -> Interval:
    """The mean with Student's interval, and at the tail Hall's limit where it is wider; a time is not below 0."""
    if means.size < FEWEST_FOR_T:
        return (float(means.mean()) if means.size else None), None, None
    reach = stats.t.ppf(0.975, means.size - 1) * stats.sem(means)
    low, high = float(means.mean() - reach), float(means.mean() + reach)
    skew = float(stats.skew(means)) if np.ptp(means) > 0.0 else 0.0
    if abs(skew) > 1e-6:
        tail = float(means.mean() - means.std(ddof=1) * hall(skew, means.size))
        low, high = min(low, tail), max(high, tail)
    return float(means.mean()), max(0.0, low), high


def hall(skew: float, n: int) -> float:
    """The one real root of Hall's cubic (1992): (mean - truth) over the standard deviation, at the end of the tail."""
    limit = -math.copysign(stats.t.ppf(0.975, n - 1) / math.sqrt(n), skew)
    cubic = np.array([skew**2 / 27.0, skew / 3.0, 1.0, skew / (6.0 * n) - limit])
    return float(optimize.brentq(lambda w: float(np.polyval(cubic, w)), -1e3, 1e3, xtol=1e-15, rtol=1e-14))


def typical(numbers: np.ndarray) -> Interval:
    """The median between the order statistics that hold it in at least 95 %."""
    n = numbers.size
    point = float(np.median(numbers)) if n else None
    below = max((k for k in range(1, n // 2 + 1) if 2 * stats.binom.cdf(k - 1, n, 0.5) <= 0.05), default=0)
    if n < FEWEST_FOR_RANKS or not below:
        return point, None, None
    ordered = np.sort(numbers)
    return point, float(ordered[below - 1]), float(ordered[n - below])


def compare_verdict(results: Path, row: dict[str, str], seen: Seen) -> None:
    """The number of a claim, made from the cells that it names."""
    folder = results / row["machine"] / row["run"]
    if not row["average"]:
        return
    claims = tomllib.loads(manifest(folder)["config"]["claims"])["claim"]
    claim = next(claim for claim in claims if claim["id"] == row["claim"])
    # Of a claim with further tests number and cells are those of the one that decides; tables from before have no such column.
    test = [claim, *claim.get("also", [])][int(row.get("test") or 0)]
    cells = row["cells"].split(" | ")[: 2 if test.get("to") else 1]
    sides = [processes(folder)[row["target"], cell] for cell in cells]
    where = f"{row['run']} claim {row['claim']} @ {row['target']}"
    if test["estimand"] == "ratio":
        shared = sorted(set(sides[0]) & set(sides[1]))
        of, to = (np.array([side[index][0] for index in shared]) for side in sides)
        if test.get("per_task"):
            of, to = (side / tasks(cell) for side, cell in zip((of, to), cells, strict=True))
        if row["average_high"] == "inf":  # at least so much: the lower end alone is known
            for column in ("average", "average_low"):
                seen.hold(f"{where} {column}", row[column], fieller(of, to)[1])
            return
        hold_estimate(where, row, "average", fieller(of, to), seen)
        hold_estimate(where, row, "typical", typical(of / to), seen)
        return
    counts = [side[1] for side in (sides[0][index] for index in sorted(sides[0]))]
    if "outcome" not in test:
        means = np.array([sides[0][index][0] for index in sorted(sides[0])])
        hold_estimate(where, row, "average", average(means), seen)
        hold_estimate(where, row, "typical", typical(means), seen)
        return
    per = test.get("per", "trials")
    hits, trials = np.array([(count[test["outcome"]], count[per]) for count in counts if count.get(per)], float).T
    if row.get("counts"):  # counted, not estimated
        hold_estimate(where, row, "average", (float(hits.sum() / trials.sum()), None, None), seen)
        return
    if test["estimand"] == "value":
        hold_estimate(where, row, "average", fieller(hits, trials), seen)
        hold_estimate(where, row, "typical", typical(hits / trials), seen)
    elif test["direction"] in {"above", "below"}:
        hold_estimate(where, row, "average", share(hits, trials), seen)


def tasks(cell: str) -> int:
    """How many tasks an event of the cell has."""
    return next((int(word[6:]) for word in cell.split() if word.startswith("tasks=")), 1)


def fieller(of: np.ndarray, to: np.ndarray) -> Interval:
    """The ratio of two means and every ratio that the paired t test does not reject: the roots of a quadratic."""
    n = of.size
    ratio = float(of.mean() / to.mean())
    if n < FEWEST_FOR_T:
        return ratio, None, None
    t2 = stats.t.ppf(0.975, n - 1) ** 2
    cov = np.cov(of, to) / n
    square = to.mean() ** 2 - t2 * cov[1, 1]
    half = of.mean() * to.mean() - t2 * cov[0, 1]
    rest = of.mean() ** 2 - t2 * cov[0, 0]
    root = math.sqrt(max(0.0, half**2 - square * rest))
    if square <= 0:
        return ratio, None, None
    return ratio, max(0.0, float((half - root) / square)), float((half + root) / square)


def share(hits: np.ndarray, trials: np.ndarray) -> Interval:
    """The share of all trials with Korn and Graubard's interval; where few processes differ, processes are the trials."""
    n, whole = hits.size, float(trials.sum())
    point = float(hits.sum()) / whole
    few = min(np.count_nonzero(hits), np.count_nonzero(hits < trials))
    if few and n < FEWEST_FOR_T:
        return point, None, None
    effective = float(n)
    if few >= FEWEST_THAT_DIFFER:
        error2 = float(np.var(hits - point * trials, ddof=1)) * n / whole**2
        cost = float(stats.t.ppf(0.975, whole - 1) / stats.t.ppf(0.975, n - 1))
        effective = min(whole, point * (1.0 - point) / error2 * cost**2) if error2 else whole
    low = float(stats.beta.ppf(0.025, effective * point, effective * (1.0 - point) + 1.0)) if point > 0.0 else 0.0
    high = float(stats.beta.ppf(0.975, effective * point + 1.0, effective * (1.0 - point))) if point < 1.0 else 1.0
    return point, min(low, point), max(high, point)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
