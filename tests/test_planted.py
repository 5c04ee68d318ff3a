"""A change that was put in is found: twelve runs made of a stored one, in which one kernel is slower from the seventh on."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study import cli, store
from study.compare.history import _kernels
from study.compare.kinds import can_be_compared
from study.store import cell_of
from study.store import manifest as manifests
from study.store import summary as summaries
from study.store.files import write_whole
from study.things import KERNELS
from study.things.kernels import FANNKUCH

if TYPE_CHECKING:
    from study.store import Level

RESULTS = Path(__file__).parent.parent / "results"
RUNS, AT, SLOWED = 12, 6, 1.3
MOVES, APART = 0.05, 0.01
"""Standard deviations of what a run does to all cells, and to each: as stored runs of one programme show."""
KERNEL = FANNKUCH.name


def source() -> store.RunFolder:
    """The fullest run of the programme that was run most often."""
    runs = [run for run in map(store.RunFolder.open, store.run_folders(RESULTS)) if run.manifest.state == "finished"]
    programme, _ = Counter((run.machine, run.manifest.digest) for run in runs).most_common(1)[0]
    return max(
        (run for run in runs if (run.machine, run.manifest.digest) == programme),
        key=lambda run: len(run.manifest.cells),
    )


def planted(results: Path) -> list[str]:
    """Twelve days of it, under another kernel of the system from the seventh on; the name of each run."""
    folder, rng = source(), np.random.default_rng(4)
    known = store.summary_of(folder.path)
    names = []
    for number in range(RUNS):
        whole = float(rng.normal(0.0, MOVES))

        def level(text: str, found: Level, number: int = number, whole: float = whole) -> Level:
            slower = math.log(SLOWED) if number >= AT and cell_of(text).kernel == KERNEL else 0.0
            return found._replace(mean=found.mean + whole + float(rng.normal(0.0, APART)) + slower)

        day = f"2026-05-{number + 1:02d}"
        facts = {**folder.manifest.machine, "kernel": "7.0" if number >= AT else "6.18"}
        made = manifests.decode(manifests.encode(folder.manifest, "a run").decode(), "a run")
        made.machine, made.started, made.finished = facts, f"{day}T11:00:00Z", f"{day}T12:00:00Z"
        data = manifests.encode(made, "a run")
        path = results / folder.machine / f"{day.replace('-', '')}t120000z-{number:08x}"
        write_whole(path / "manifest.json", data)
        targets = {
            name: replace(target, levels={text: level(text, found) for text, found in target.levels.items()})
            for name, target in known.targets.items()
        }
        fields = {name: getattr(known.head, name) for name in known.head.__struct_fields__}
        head = store.Head(**fields | {"machine": facts, "started": made.started, "finished": made.finished})
        summary = replace(known, id=path.name, head=head, targets=targets)
        write_whole(path / summaries.NAME, summaries.encode(summary, data, path.name))
        names.append(f"{folder.machine}/{path.name}")
    return names


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("planted")
    planted(made)
    return made


def test_history_finds_it_dates_it_and_names_what_changed_once(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["history", "--results", str(results), "--json"]) == 0
    histories = json.loads(capsys.readouterr().out)["histories"]
    steps = [step for history in histories for step in history["steps"]]
    (step,) = steps
    assert (step["at"], step["day"]) == (AT, "2026-05-07")
    (slow,) = step["kernels"]
    assert slow["kernel"] == KERNEL
    assert slow["ratio"] == pytest.approx(SLOWED, rel=0.03)
    assert [fact["fact"] for fact in step["facts"]] == ["kernel"]
    assert cli.main(["history", "--results", str(results)]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("Since ")]
    assert line.startswith("Since 2026-05-07 runs of ")
    assert (
        f"for {KERNELS[KERNEL].words}, beside the other cells; changed there (before / after): kernel: 6.18 / 7.0."
        in line
    )


def test_history_of_that_kernel_alone_finds_it_as_well(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "--results", str(results), "--cells", KERNEL, "--json"]) == 0
    (history,) = json.loads(capsys.readouterr().out)["histories"]
    (step,) = history["steps"]
    assert (step["day"], step["kernels"]) == ("2026-05-07", [])
    assert step["all"]["low"] < SLOWED < step["all"]["high"]


def test_without_it_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SLOWED", 1.0)
    planted(tmp_path)
    assert cli.main(["history", "--results", str(tmp_path), "--json"]) == 0
    (history,) = json.loads(capsys.readouterr().out)["histories"]
    assert history["steps"] == []
    assert [change["at"] for change in history["changes"]] == [AT]


def test_what_can_be_compared_of_that_kernel_is_a_part_of_the_run() -> None:
    """Else all cells would move, and the trial would be of another thing."""
    (target, *_) = store.summary_of(source().path).targets.values()
    cells = [cell for cell in map(cell_of, target.levels) if can_be_compared(cell)]
    assert 0 < sum(cell.kernel == KERNEL for cell in cells) < len(cells) / 3


def test_of_two_kernels_nothing_tells_which_one_moved() -> None:
    texts = ["map kernel=fannkuch tasks=8", "map kernel=sieve tasks=8"]
    assert _kernels(texts) == {}
    assert set(_kernels([*texts, "map kernel=nbody tasks=8"])) == {"fannkuch", "sieve", "nbody"}
