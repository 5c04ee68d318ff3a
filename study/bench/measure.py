"""The program that is timed: `python -m study.bench.measure JOB.json OUT.json`.

One curve in, its pyperf runs (or its loops) out; OUT is written whole, and only when everything went well. Spawned
children import this file again as `__mp_main__`: nothing is imported here but what they have anyway.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

SCHEMA = 1


def main(arguments: Sequence[str]) -> int:
    """Do the job; 0 when OUT was written, else 1 and the reason as the last line of stderr."""
    try:
        job_path, out_path = _paths(arguments)
        _write(out_path, _do(job_path))
    except Exception as error:  # noqa: BLE001 - whatever went wrong becomes the reason on stderr, its traceback above
        return _fail(error)
    return 0


def _paths(arguments: Sequence[str]) -> tuple[Path, Path]:
    from pathlib import Path

    from study.bench.errors import JobError

    if len(arguments) != 2:
        raise JobError("two arguments are needed: the job's file and the file for what is measured")
    return Path(arguments[0]), Path(arguments[1])


def _do(job_path: Path) -> dict[str, Any]:
    from study.bench import timing
    from study.bench.job import assert_environment, read_job

    job = read_job(job_path)
    assert_environment(job.environment)
    watch = timing.Stopwatch()
    result: dict[str, Any] = {"schema": SCHEMA}
    if job.mode == "calibrate":
        result |= timing.calibrate(job, watch)._asdict()
    else:
        measured = timing.measure(job, watch)
        from study.bench.suite import suite_json  # brings pyperf: not before the timing is over

        result["suite"] = suite_json(job.cells, measured)
    result["timing"] = watch.seconds
    return result


def _write(path: Path, result: dict[str, Any]) -> None:
    """Write beside the file, then put it in its place."""
    import json

    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_text(json.dumps(result, separators=(",", ":")) + "\n", encoding="utf-8")
    unfinished.replace(path)


def _fail(error: Exception) -> int:
    """Say why on stderr, end what is still running, return 1."""
    import os
    import traceback

    from study.bench.timing import leftovers

    traceback.print_exception(error)
    if (processes := sys.modules.get("multiprocessing.process")) is not None:
        for child in processes.active_children():
            child.terminate()
            child.join()
    sentence = " ".join(str(error).split()) or "no more is known"
    print(f"{type(error).__name__}: {sentence}", file=sys.stderr, flush=True)  # noqa: T201 - the contract's last line
    if leftovers():  # threads that nobody will join: leave without waiting for them
        os._exit(1)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
