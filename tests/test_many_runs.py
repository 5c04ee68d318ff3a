"""Many runs made from one, the promises of a gate of runs apart, and what is said of these where a machine has few runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study import cli, store
from study.compare.command import validated
from study.identity import fingerprint, fits
from study.lab.scale import many_runs
from study.lab.simulate import Noise
from study.lab.validate import separate
from study.lab.validate.noises import RESAMPLED
from tests.kept_runs import CELLS, kept, several

if TYPE_CHECKING:
    from pathlib import Path


CALM = Noise(residuals=tuple(np.exp(np.linspace(-0.05, 0.05, 40))), within_cv=0.0)


def test_many_runs_have_levels_and_machines_of_their_own_and_are_believed(tmp_path: Path) -> None:
    source = kept(tmp_path / "one")
    names = many_runs(tmp_path / "many", source.path, 12, 3)
    assert len(set(names)) == 12
    found = [store.summary_of(path) for path in store.run_folders(tmp_path / "many")]
    assert sorted(run.name for run in found) == sorted(names)
    assert {run.measured for run in found} == {len(CELLS)}
    levels = {next(iter(run.targets.values())).levels[CELLS[0].text].mean for run in found}
    assert len(levels) == 12  # of the runs' summaries, not of the times, which are the same
    first, second = (fingerprint(run.head.machine) for run in (found[0], found[-1]))
    assert not fits(first, second)
    assert all(store.RunFolder.open(path).load() for path in store.run_folders(tmp_path / "many"))


def test_two_of_many_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = many_runs(tmp_path / "many", kept(tmp_path / "one").path, 30, 3)
    assert cli.main(["compare", names[0], names[1], "--results", str(tmp_path / "many")]) == 0
    assert "8 other runs of unchanged code" in capsys.readouterr().out


@pytest.mark.parametrize("moves", separate.MOVES)
def test_a_gate_of_runs_apart_keeps_its_promises_under_calm_noise(moves: float) -> None:
    trials = separate.trials({f"{RESAMPLED}calm": CALM, "lognormal noise": Noise()})
    assert len(trials) == len(separate.MOVES)  # of the noise of stored runs alone
    trial = next(trial for name, trial in trials.items() if name.endswith(f"{100 * moves:.1f} %"))
    false, found = trial(400, np.random.default_rng(1))
    assert (false.side, found.side) == ("at most", "at least")
    assert false.hits / false.trials <= 0.05
    assert found.hits / found.trials >= 0.75


def test_where_a_machine_has_few_runs_simulated_studies_speak(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    several(tmp_path, 7)
    words = ["compare", "latest~1", "latest", "--results", str(tmp_path), "--fail-if-slower", "20%"]
    assert validated(tmp_path) == ""
    assert cli.main(words) == 0
    assert "is not known on this machine" in capsys.readouterr().out
    rates = {("at most", 30), ("at most", 10), ("at least", 800), ("at least", 900)}
    promises = [
        {"group": "separate runs", "what": "x", "noise": f"{hits}", "side": side, "promised": 0.05, "hits": hits,
         "trials": 1000, "short_of": None}
        for side, hits in sorted(rates)
    ]  # fmt: skip
    other = {**promises[0], "group": "gate", "hits": 999}
    outcome = {"finished": "2026-01-01T00:00:00Z", "studies": 2000, "rounds": 10, "values": 3, "seed": 1,
               "resampled_process_means": {}, "promises": [*promises, other]}  # fmt: skip
    store.save_outcome(tmp_path, "validation", outcome)
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert "failed unchanged code in at most 3.0 % of comparisons" in said
    assert "found a slowdown of its size in at least 80 % of cells" in said
    (tmp_path / "validation.json").write_text(json.dumps({"schema": 1}), encoding="utf-8")
    assert validated(tmp_path) == ""
