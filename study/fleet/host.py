"""What happens on a host: one study in a process of its own, its bundle into the spool. Done before: nothing is measured.

Dask has no part in it: whatever becomes of worker and scheduler, what is measured lies in the spool.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from study import identity, store
from study.errors import ResultsError
from study.fleet.spool import Spool
from study.fleet.tied import tied
from study.supervise import RUN_ID, Supervisor, end_leftovers, tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.fleet.spool import Place
    from study.fleet.words import Finished, Order

ROOT = Path(__file__).resolve().parents[2]
LONGEST_BESIDE_S = 3600.0
"""What a study may take beside twice its budget: targets are installed, functions calibrated."""
LONGEST_BUNDLE_S = 600.0
GRACE_S = 15.0
"""What a study gets, when it is told to end, to end its process in flight and to write down what it has."""
NANNYS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_", "PYTHONHASHSEED")
"""Variables that Dask's nanny sets in its worker, and with that in all it starts."""


def code_digest(root: Path = ROOT) -> str:
    """Of all that decides what a study measures: the code, the experiments, the locks. Hosts of a fleet have the same."""
    folders = (("study", "*.py"), ("experiments", "*.toml"))
    paths = [path for folder, pattern in folders for path in (root / folder).rglob(pattern)]
    return identity.digest_of_files(root, [*paths, *root.glob("requirements-*.txt")])


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what Dask has set for its worker."""
    return {name: value for name, value in environment.items() if name not in NANNYS and "DASK_" not in name}


def made(order: Order, root: Path = ROOT) -> Finished:
    """Measure what is ordered, unless it was; leave the bundle in the spool, and say which it is.

    Raises
    ------
    StudyError
        why there is no bundle: what can be mended, and what the study said last.
    """
    spool = Spool(order.spool)
    longest_s = 2 * order.budget_s + LONGEST_BESIDE_S
    with spool.alone(longest_s):
        place = spool.place(order.fleet)
        if found := place.finished():
            return found
        place.make()
        mark = f"fleet-{order.fleet}-{spool.host()}"
        _end_orphans(mark)
        if not _has_finished_run(place):
            _measured(order, place, mark, longest_s, root)
        return _bundled(order, place, mark, root)


def _measured(order: Order, place: Place, mark: str, longest_s: float, root: Path) -> None:
    """Begin the study, or go on with what an earlier task of this fleet has begun."""
    words = ["--machine", order.label, "--budget", f"{order.budget_s:.3f}s", "--results", str(place.results)]
    why = _carried_out(["run", *words, *order.options], place, mark, longest_s, root)
    if not _has_finished_run(place):
        raise ResultsError(
            f"the study was not finished ({why or 'it says nothing'}). What it has measured is kept; its output: {place.log}"
        )


def _bundled(order: Order, place: Place, mark: str, root: Path) -> Finished:
    place.clear()
    words = ["--results", str(place.results), "--to", str(place.bundles), *["--simulated"] * order.simulated]
    why = _carried_out(["bundle", *words], place, mark, LONGEST_BUNDLE_S, root)
    if why:
        raise ResultsError(f"no bundle was made of the finished study ({why}); its output: {place.log}")
    return place.finish()


def _carried_out(words: list[str], place: Place, mark: str, longest_s: float, root: Path) -> str:
    """Run one verb of the study to its end; '' or why it did not end well."""
    command = tied([sys.executable, "-m", "study", *words])
    with Supervisor() as supervisor:
        outcome = supervisor.run(
            command,
            environment={**clean(os.environ), RUN_ID: mark},
            cwd=root,
            deadline_s=longest_s,
            log=place.log,
        )
    return outcome.reason


def _has_finished_run(place: Place) -> bool:
    return any(store.RunFolder.open(path).manifest.state == "finished" for path in store.run_folders(place.results))


def _end_orphans(mark: str) -> None:
    """End the study of a task before this one, whose worker is gone; politely first, so that it can be gone on with."""

    def find() -> list[psutil.Process]:
        return tree.marked(mark)

    for process in find():
        with contextlib.suppress(psutil.Error):
            process.terminate()
    tree.wait_until_gone(find, grace_s=GRACE_S)
    end_leftovers(mark)
