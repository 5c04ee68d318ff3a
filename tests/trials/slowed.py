"""slowed.py make PYTHON FOLDER PERCENT, slowed.py check FOLDER: an interpreter with which twelve cells really take longer.

`make` copies an installation into FOLDER and gives it a `sitecustomize` by which named work of the study's headline goes on for
so many percent of the time that it has just taken: the work is done, then a loop burns the rest, inside what is timed. Nothing
is miscounted, no clock is touched. With 0 percent the same code runs and burns nothing: that is the base to compare with, so
that the two interpreters differ in one number.

    slowed.py make python3.13 /tmp/a/base 0
    slowed.py make python3.13 /tmp/a/head 10
    python -m study gate --arm base=/tmp/a/base/bin/python3.13 --arm head=/tmp/a/head/bin/python3.13
    slowed.py check /tmp/a 40

The twelve are those of the headline whose neighbouring processes differed by less than 15 % in the stored runs: the plain
loop, pool and threads of fannkuch, the threads of SHA-256, a process per task, start, first and join of a forked process,
first and join of a spawned one and of one of the forkserver. `check` tells what the percents are, apart from the gate and the
bench's timing: it times whole events by a clock of its own, base and head in turn, each in fresh processes, and prints the ratio
of the means.
"""

from __future__ import annotations

import math
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = ("test", "tests", "idlelib", "lib2to3", "site-packages", "turtledemo", "__phello__", "*.a", "*.o")
SITECUSTOMIZE = Path(__file__).with_name("slowed_site.py")
FACTOR = "BY = 0.0"
MAP = "map kernel=fannkuch "
LIFE = "process_lifecycle backend=processes start_method="
EVENTS = {
    f"{MAP}tasks=140": 1,
    f"{MAP}backend=pool start_method=fork workers=2 tasks=280": 1,
    f"{MAP}backend=threads workers=2 tasks=140": 1,
    "map kernel=sha256_8mib backend=threads workers=2 tasks=312": 1,
    "process_per_task backend=processes start_method=fork workers=2 tasks=8": 20,
    f"{LIFE}fork": 150,
    f"{LIFE}spawn": 10,
    f"{LIFE}forkserver": 60,
    "map kernel=square tasks=5": 100_000,
    "process_lifecycle backend=threads": 1000,
}
"""Events that are checked, each with how many are timed at once; the last two are not slowed."""
PROGRAM = """
import sys, time
from study.bench import registry
from study.cell import Cell
session = registry.session_of(Cell.parse(sys.argv[1]))
loops = int(sys.argv[2])
session.set_up()
try:
    session.event(max(1, loops // 10))
    begun = time.perf_counter()
    session.event(loops)
    whole = time.perf_counter() - begun
finally:
    session.tear_down()
print(f"\\n{whole / loops!r}")
"""


def make(python: str, folder: Path, percent: float) -> None:
    """Copy the installation, and write the factor into its sitecustomize."""
    asked = "import sys; print(sys.base_prefix); print(sys._base_executable); print(*sys.version_info[:2], sep='.')"
    said = subprocess.run([python, "-I", "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    prefix, executable, version = Path(said[0]), Path(said[1]).resolve(), said[2]
    lib = f"lib/python{version}"
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(executable, folder / "bin" / f"python{version}")
    shutil.copytree(prefix / lib, folder / lib, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=False)
    for library in (prefix / "lib").glob("libpython*"):
        shutil.copy2(library, folder / "lib" / library.name)
    (folder / lib / "site-packages").mkdir()
    text = SITECUSTOMIZE.read_text(encoding="utf-8")
    if text.count(FACTOR) != 1:
        raise SystemExit(f"{SITECUSTOMIZE.name}: {FACTOR!r} must stand there once")
    site = folder / lib / "sitecustomize.py"
    site.write_text(text.replace(FACTOR, f"BY = {percent / 100.0!r}"), encoding="utf-8")
    inside = folder / "bin" / f"python{version}"
    told = subprocess.run(
        [inside, "-c", "import sys, sitecustomize; print(sys.base_prefix, sitecustomize.BY)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    if Path(told[0]).resolve() != folder.resolve():
        raise SystemExit(f"{inside} takes its library from {told[0]}: it cannot be copied like this")
    print(f"{inside}: slower by {100 * float(told[1]):g} %")


def check(folder: Path, repeats: int) -> None:
    """Time whole events of base and head in turn, and print how many times as long head's take."""
    pythons = [next((folder / arm / "bin").glob("python3*")) for arm in ("base", "head")]
    for text, loops in EVENTS.items():
        logs = []
        for number in range(repeats):
            of_arms = {}
            for arm in (0, 1) if number % 2 else (1, 0):
                of_arms[arm] = seconds(pythons[arm], text, loops)
            logs.append(math.log(of_arms[1] / of_arms[0]))
        error = statistics.stdev(logs) / math.sqrt(repeats)
        print(
            f"{text}: {100 * math.expm1(statistics.fmean(logs)):+.2f} % (standard error {100 * error:.2f})", flush=True
        )


def seconds(python: Path, text: str, loops: int) -> float:
    """Seconds of an event in a fresh process, by a clock around all of it."""
    numpy = {"PYTHONPATH": str(ROOT), "STUDY_SLOWED": "1"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    said = subprocess.run(
        [python, "-c", PROGRAM, text, str(loops)], capture_output=True, text=True, check=True, env={**kept, **numpy},
        cwd=ROOT,
    )  # fmt: skip
    return float(said.stdout.split()[-1])


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))
    else:
        check(Path(sys.argv[2]), int(sys.argv[3]))
