"""What was measured -> a pyperf suite, through pyperf's public objects; pyperf is imported only when it is made."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import platform
import sys
import time

from study.bench.timing import INJECTED
from study.cell import unit_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    import pyperf

    from study.bench.timing import Measured
    from study.cell import Cell


def gil_state() -> str:
    """'enabled' or 'disabled', at this moment."""
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
    return "enabled" if enabled else "disabled"


def suite_json(cells: Iterable[Cell], measured: Sequence[Measured]) -> dict[str, Any]:
    """One benchmark per cell, one run each, as pyperf's JSON object."""
    gil = gil_state()  # as it was during the timing: an extension that comes with pyperf may change it
    import pyperf

    by_point = {found.point: found for found in measured}
    common = {**_common_metadata(), "study_gil": gil}
    benchmarks = [pyperf.Benchmark([_run(cell, by_point[cell.point], common)]) for cell in cells]
    text = io.StringIO()
    pyperf.BenchmarkSuite(benchmarks).dump(text)
    suite: dict[str, Any] = json.loads(text.getvalue())
    return suite


def _run(cell: Cell, found: Measured, common: dict[str, str | int]) -> pyperf.Run:
    import pyperf

    metadata = {
        **common,
        "name": cell.text,
        "unit": unit_of(cell),
        "loops": found.loops,
        **{f"outcome_{name}": count for name, count in found.outcomes.items()},
    }
    if cell.label == INJECTED:
        metadata["injected_ppm"] = found.injected_ppm
    return pyperf.Run(
        [value[cell.part] for value in found.values],
        warmups=[(found.loops, warmup[cell.part]) for warmup in found.warmups],
        metadata=metadata,
        collect_metadata=False,
    )


def _common_metadata() -> dict[str, str | int]:
    """What every run of this process says of itself; no host, no user, no path."""
    import pyperf

    clock = time.get_clock_info("perf_counter")
    now = dt.datetime.now(tz=dt.UTC).replace(tzinfo=None)
    return {
        "date": now.isoformat(sep=" "),
        "perf_version": pyperf.__version__,
        "python_version": f"{platform.python_version()} ({64 if sys.maxsize > 2**32 else 32}-bit)",
        "python_implementation": platform.python_implementation().lower(),
        "timer": f"{clock.implementation}, resolution: {clock.resolution:.2g} s",
        "env_padding_bytes": len(os.environ.get("STUDY_PADDING", "")),
    }
