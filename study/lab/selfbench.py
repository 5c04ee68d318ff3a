"""`nox -s selfbench`: what the study itself costs. Every figure is a ratio, or a difference, within one sitting."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from study.cell import Cell
from study.errors import StudyError
from study.lab import fleet_scale
from study.lab.scale import many_runs, taken
from study.plan import Curve
from study.run.jobs import job
from study.run.runner import environment_of
from study.store import run_folders
from study.units import count, counted, percent, ratio, seconds, size

if TYPE_CHECKING:
    from collections.abc import Sequence

PAIRS = 15
LARGEST_OVERHEAD_RATIO = 1.6
LONGEST_REPORT_S = 8.0
LONGEST_HELP_S = 0.2
LONGEST_COMPARE_S = 30.0
MOST_COMPARE_BYTES = 2**30
LARGEST_GROWTH = 1.0
FEW_RUNS, MANY_RUNS, RUNS_OF_A_MACHINE = 10, 1000, 10
NOOP = Cell(pattern="map")
_STATES = {True: "kept  ", False: "BROKEN", None: "open  "}


@dataclass(frozen=True, slots=True)
class Figure:
    """One promise: what was measured, and whether it is kept; None where what was measured cannot tell."""

    words: str
    kept: bool | None


def report_of_bench(root: Path) -> tuple[str, bool]:
    """Measure every promise; the text to print, and whether none is broken."""
    figures = [_overhead(root), _help(root), _report(root), *_efficiency(root), *_comparing(root), *_fleet(root)]
    lines = [f"{_STATES[figure.kept]}  {figure.words}" for figure in figures]
    return "\n".join(lines), all(figure.kept is not False for figure in figures)


def _wall_s(command: Sequence[str], root: Path, environment: dict[str, str] | None = None) -> float:
    began_s = time.perf_counter()
    subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return time.perf_counter() - began_s


def _overhead(root: Path) -> Figure:
    """What a process costs beside its events, its set-up and its check, against importing pyperf."""
    curve = Curve(experiment="bench", question="noise", tier="core", target="here", cells=(NOOP,))
    with tempfile.TemporaryDirectory() as scratch:
        request, answer = Path(scratch, "job.json"), Path(scratch, "out.json")
        bench = [sys.executable, "-m", "study.bench.measure", str(request), str(answer)]

        def carry_out(work: dict[str, object]) -> tuple[float, dict[str, dict[str, float]]]:
            request.write_text(json.dumps(work), encoding="utf-8")
            wall_s = _wall_s(bench, root, environment_of(work, "bench"))
            return wall_s, json.loads(answer.read_text(encoding="utf-8"))

        loops = carry_out(job(curve, mode="calibrate", seed=1))[1]["loops"]
        work = job(curve, mode="measure", seed=1, loops={point: int(number) for point, number in loops.items()})
        overheads_s, imports_s = [], []
        for _ in range(PAIRS):
            wall_s, found = carry_out(work)
            timing = found["timing"]
            known = ("timed_s", "warmup_s", "set_up_s", "check_s")
            overheads_s.append(wall_s - sum(timing[name] for name in known))
            imports_s.append(_wall_s([sys.executable, "-c", "import pyperf"], root, environment_of(work, "bench")))
    ratio = statistics.median(overhead / importing for overhead, importing in zip(overheads_s, imports_s, strict=True))
    return Figure(
        f"a process of the no-op cell costs {ratio:.2f} × `import pyperf` beside its events, set-up and check"
        f" ({seconds(statistics.median(overheads_s))} against {seconds(statistics.median(imports_s))}, median of"
        f" {PAIRS} pairs; promised: at most {LARGEST_OVERHEAD_RATIO})",
        ratio <= LARGEST_OVERHEAD_RATIO,
    )


def _help(root: Path) -> Figure:
    helps, bare = [], []
    for _ in range(PAIRS):
        helps.append(_wall_s([sys.executable, "-m", "study", "--help"], root))
        bare.append(_wall_s([sys.executable, "-c", "pass"], root))
    more_s = statistics.median(ours - bare_s for ours, bare_s in zip(helps, bare, strict=True))
    return Figure(
        f"`python -m study --help` takes {seconds(more_s)} more than a bare interpreter"
        f" (median of {PAIRS} pairs; promised: less than {seconds(LONGEST_HELP_S)})",
        more_s < LONGEST_HELP_S,
    )


def _report(root: Path) -> Figure:
    with tempfile.TemporaryDirectory() as out:
        try:
            wall_s = _wall_s([sys.executable, "-m", "study", "report", "--out", out], root)
        except subprocess.CalledProcessError as error:
            return Figure(f"the report ends with {error.returncode}: `python -m study report` says why", kept=False)
    return Figure(
        f"the report, HTML and PDF, takes {seconds(wall_s)} (promised: less than {seconds(LONGEST_REPORT_S)})",
        wall_s < LONGEST_REPORT_S,
    )


def _fleet(root: Path) -> list[Figure]:
    """Reports over a thousand runs, beside one over ten: each takes no more than that many times as long."""
    few, *others = fleet_scale.costs(root)
    figures = []
    for many in others:
        name = f"a report over {counted(many.runs, 'run')} of {counted(many.machines, 'machine')}"
        grown, most = many.wall_s / few.wall_s, many.runs / few.runs
        figures += [
            Figure(
                f"{name} takes {seconds(many.wall_s)} (promised: at most {seconds(fleet_scale.LONGEST_S)}), {ratio(grown)} as"
                f" long as over {count(few.runs)} (promised: at most {ratio(most)})",
                many.wall_s <= fleet_scale.LONGEST_S and grown <= most,
            ),
            Figure(
                f"{name} needs {size(many.peak_bytes)} of memory (promised: at most {size(fleet_scale.MOST_BYTES)})",
                many.peak_bytes <= fleet_scale.MOST_BYTES,
            ),
            Figure(
                f"{name}: its largest page has {count(many.page_bytes)} bytes (promised: at most"
                f" {count(fleet_scale.LARGEST_PAGE_BYTES)})",
                many.page_bytes <= fleet_scale.LARGEST_PAGE_BYTES,
            ),
        ]
    return figures


def _comparing(root: Path) -> list[Figure]:
    """What comparing two runs takes where few others lie beside them, and where many do."""
    with tempfile.TemporaryDirectory() as scratch:
        one = Path(scratch, "one")
        made_up = ("run", "--simulated", "--results", str(one), "--only", "q3,q4", "--budget", "1m", "--seed", "1")
        taken(made_up, root)
        (source,) = run_folders(one)
        found = {}
        for runs in (FEW_RUNS, MANY_RUNS):
            results = Path(scratch, str(runs))
            names = many_runs(results, source, runs, runs // RUNS_OF_A_MACHINE)
            found[runs] = taken(("compare", names[0], names[1], "--results", str(results)), root)
    few, many = (found[runs] for runs in (FEW_RUNS, MANY_RUNS))
    growth = (many.wall_s - few.wall_s) / (MANY_RUNS - FEW_RUNS) * FEW_RUNS / few.wall_s
    return [
        Figure(
            f"comparing two of {count(MANY_RUNS)} runs takes {seconds(many.wall_s)} and {size(many.peak_bytes)} (promised: less"
            f" than {seconds(LONGEST_COMPARE_S)} and {size(MOST_COMPARE_BYTES)})",
            many.wall_s < LONGEST_COMPARE_S and many.peak_bytes < MOST_COMPARE_BYTES,
        ),
        Figure(
            f"every {count(FEW_RUNS)} runs more add {growth:.2f} × what {count(FEW_RUNS)} take (promised: at most"
            f" {LARGEST_GROWTH:g}, for in proportion it would be 1 and less)",
            growth <= LARGEST_GROWTH,
        ),
    ]


def _efficiency(root: Path) -> list[Figure]:
    """How good the present plan is against the Kalibera-Jones optimum of the spread in the run that the report is about.

    A class is judged by all interpreters of the run together, and by the whole interval, as every promise is.
    """
    from study.evidence import study_of  # noqa: PLC0415 - pandas and scipy, which the other figures need not wait for
    from study.plan import VALUES  # noqa: PLC0415
    from study.sections.allocations import LEAST_EFFICIENCY, pooled_allocations  # noqa: PLC0415

    try:
        run = study_of(root / "results", root, lock_digest="").subject
    except StudyError as error:
        return [Figure(f"efficiency of the plan: {error}", kept=False)]
    figures = []
    for one in pooled_allocations(run, VALUES):
        name = f"{run.machine}, {counted(len(run.targets), 'interpreter')}, {one.noise_class} ({counted(one.cells, 'cell')})"
        if one.relative_efficiency is None or one.optimal_values is None:
            figures.append(Figure(f"{name}: {one.reason or 'nothing varies'}", kept=None))
            continue
        figures.append(
            Figure(
                f"{name}: the fixed plan is {percent(one.relative_efficiency)} as efficient as the optimum of"
                f" {counted(one.optimal_values, 'value')}{one.between()} (promised: at least {percent(LEAST_EFFICIENCY)})",
                one.is_good,
            )
        )
    return figures
