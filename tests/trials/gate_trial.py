"""gate_trial.py PYTHON FOLDER [NAME …]: the gate tried for real: six times on equal code, and on twelve cells that are slower.

For a machine that does nothing else. Each trial is one run of `python -m study gate` over the headline's cells; its words and
its JSON are kept in FOLDER, and one that is there already is not measured again, so that a stopped series goes on where it was.
At the end, or with what is there so far: what was called and what was missed, how long it took, and beside it what pyperf's
`compare_to` says of the same values.

    aa-1 … aa-6   the same interpreter twice, 12 minutes each: at most one cell in all may be called different
    slower-10     twelve cells take 10 % longer (see slowed.py), 12 minutes: eleven of them are called, and no other cell
    slower-5      the same by 5 %, 20 minutes: nine of them

Without a NAME all are run in this order; `summary` runs nothing. Ends with 1 where one of these does not hold.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
TRIALS = {**{f"aa-{number}": (0.0, 12) for number in range(1, 7)}, "slower-10": (10.0, 12), "slower-5": (5.0, 20)}
"""Name -> percent by which twelve cells are slower, minutes."""
WANTED = {"slower-10": 11, "slower-5": 9}
MOST_FALSE = 1
"""Cells that may be called different in all trials of equal code together."""
SLOWED = re.compile(
    r"map kernel=fannkuch .*|map kernel=sha256_8mib backend=threads .*|process_per_task .*start_method=fork.*"
    r"|process_lifecycle backend=processes start_method=(fork part=(start|first|join)|(spawn|forkserver) part=(first|join))"
)
"""The twelve of `slowed.py`."""
DIFFERENT = {"slower", "faster"}


def main(python: str, folder: Path, names: list[str]) -> int:
    """Run what is not there, sum up what is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or TRIALS:
        if name in TRIALS and not (folder / f"{name}.json").exists():
            run(python, folder, name)
    return summary(folder)


def run(python: str, folder: Path, name: str) -> None:
    """One gate, with results of its own."""
    percent, minutes = TRIALS[name]
    arms = {"base": python, "head": python}
    if percent:
        for arm, by in (("base", 0.0), ("head", percent)):
            home = folder / "interpreters" / f"{arm}-{by:g}"
            if not home.exists():
                slowed = [
                    sys.executable,
                    str(Path(__file__).with_name("slowed.py")),
                    "make",
                    python,
                    str(home),
                    str(by),
                ]
                subprocess.run(slowed, check=True)
            arms[arm] = str(next((home / "bin").glob("python3*")))
    command = [sys.executable, "-m", "study", "gate", "--budget", f"{minutes}m", "--results", str(folder / name)]
    command += [word for arm, interpreter in arms.items() for word in ("--arm", f"{arm}={interpreter}")]
    command += ["--json", str(folder / f"{name}.json"), "--junit", str(folder / f"{name}.xml")]
    print(f"{name}: {minutes} minutes", flush=True)
    with (folder / f"{name}.txt").open("a", encoding="utf-8") as said:
        ended = subprocess.run(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, check=False)
    print(f"{name}: ended with {ended.returncode}", flush=True)


def summary(folder: Path) -> int:
    """Print what came of each trial; 1 where something does not hold."""
    wrong, false = [], 0
    for name, (percent, minutes) in TRIALS.items():
        path = folder / f"{name}.json"
        if not path.exists():
            wrong.append(f"{name}: not tried, or it ended without an outcome")
            continue
        outcome = json.loads(path.read_text(encoding="utf-8"))
        called = {cell["cell"] for cell in outcome["cells"] if cell["word"] in DIFFERENT}
        slower = {cell["cell"] for cell in outcome["cells"] if cell["word"] == "slower"}
        slowed = {cell["cell"] for cell in outcome["cells"] if percent and SLOWED.fullmatch(cell["cell"])}
        others = called - slowed
        took_s, rounds = times_of(folder / name)
        print(
            f"\n{name}: gate: {outcome['gate']}; {len(outcome['cells'])} cells, {len(slowed & slower)} of {len(slowed)}"
            f" slowed ones called slower, {len(others)} others called; {rounds} rounds, {took_s / 60:.1f} of {minutes} min;"
            f" equal code called different: {outcome['equal_called_different']} of {outcome['equal']}"
        )
        for line in foretold(folder / f"{name}.txt"):
            print(f"    {line}")
        beside = pyperf_calls(folder / name)
        for cell in outcome["cells"]:
            mark = "slowed" if cell["cell"] in slowed else "      "
            low, high = cell["low"], cell["high"]
            between = f"[{low:.3f}, {high:.3f}]" if low is not None else "no interval"
            print(
                f"    {mark} {cell['word']:12} {cell['ratio'] or 0.0:.3f} {between:16} n={cell['rounds']:<4}"
                f" sd {100 * cell['deviation']:.1f} %  pyperf: {beside.get(cell['cell'], 'not found'):12} {cell['cell']}"
            )
        false += len(others) if not percent else 0
        if percent and len(slowed & slower) < WANTED[name]:
            wrong.append(f"{name}: {len(slowed & slower)} called, wanted {WANTED[name]}")
        if percent and others:
            wrong.append(f"{name}: called though it is equal: {', '.join(sorted(others))}")
    if false > MOST_FALSE:
        wrong.append(f"{false} cells of equal code called different in all")
    print("\n" + ("\n".join(wrong) or "all that was tried holds"))
    return 1 if wrong else 0


def times_of(results: Path) -> tuple[float, int]:
    """Seconds and rounds of the one run that is stored there."""
    [path] = results.glob("*/*/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest["elapsed_s"], len({record["index"] for record in manifest["rounds"]})


def foretold(path: Path) -> list[str]:
    """What the gate foretold after its looks, and when it ended."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [
        line.strip() for line in lines if "at the spread seen" in line or "are decided" in line or "ended after" in line
    ]


def pyperf_calls(results: Path) -> dict[str, str]:
    """Cell -> what pyperf's compare_to says of its pooled values: its t test at 5 %, values of all processes alike."""
    [path] = results.glob("*/*/manifest.json")
    gate = json.loads(path.read_text(encoding="utf-8"))["gate"]
    suites: dict[str, list[Any]] = {gate["base"]: [], gate["head"]: []}
    for file in sorted(path.parent.glob("*.json.gz")):
        target = next((name for name in suites if file.name.endswith(f".{name}.json.gz")), None)
        if target is not None:
            suite = json.loads(gzip.decompress(file.read_bytes()))
            shared = suite.get("metadata", {})  # without which no benchmark has a name
            suites[target] += [
                benchmark | {"metadata": shared | benchmark.get("metadata", {})} for benchmark in suite["benchmarks"]
            ]
    found = {}
    names = {target: results / f"{arm}.pyperf.json" for target, arm in ((gate["base"], "base"), (gate["head"], "head"))}
    for target, benchmarks in suites.items():
        names[target].write_text(json.dumps({"version": "1.0", "benchmarks": benchmarks}), encoding="utf-8")
    command = [sys.executable, "-m", "pyperf", "compare_to", str(names[gate["base"]]), str(names[gate["head"]])]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    name = ""
    for line in said.splitlines():
        title = re.match(r"(\w.*?)(: Mean \+- std dev.*)?$", line)
        if " = " in line or line.startswith(("map ", "process_", "pool_", "four_", "ping_")):
            name = title[1].strip() if title else name
        if word := re.search(r"([0-9.]+)x (slower|faster)|Not significant|no change", line):
            found[name] = f"{word[1]}x {word[2]}" if word[1] else "not called"
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
