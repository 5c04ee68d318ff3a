"""What `plan` says before anything is measured."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from study import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def usual_signals() -> Iterator[None]:
    """What a verb does about signals ends with its process, which is this one."""
    numbers = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("usual_signals")
def test_a_plan_names_its_cost_each_cell_and_what_each_can_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["plan", "--simulated", "--results", str(tmp_path), "--budget", "2m", "--only", "q3"]
    said = []
    for _ in range(2):
        assert cli.main(wanted) == 0
        said.append(capsys.readouterr().out)
    first, again = said
    assert "Calibrating" in first
    assert "Calibrating" not in again
    head = next(line for line in again.splitlines() if line.startswith("simulated: "))
    numbers = re.fullmatch(
        r"simulated: (\d+) processes a round for (\d+) cells, (.+) s a round, (\d+) rounds \(at least (\d+)\);"
        r" about 1 min (\d+) s of 2 min 0 s; costs from the stored calibration",
        head,
    )
    assert numbers, head
    processes, cells, round_s, rounds, least, over_a_minute_s = map(float, numbers.groups())
    assert processes < cells
    assert least <= rounds
    rounded_s = 0.5 if round_s >= 10 else 0.05  # from ten seconds on whole ones are told
    assert rounds * round_s == pytest.approx(60 + over_a_minute_s, abs=1 + rounds * rounded_s)
    shown = re.findall(r"^  (.+) @ simulated: shows changes from [\d.]+ % \(assumed spread\)$", again, re.MULTILINE)
    assert len(set(shown)) == len(shown) == cells
    assert "process_lifecycle backend=processes start_method=spawn part=join" in shown
    costs = re.findall(r"^\S+ \((?:headline|core|extended), ([\d.]+) (s|ms) a round\): .+\?$", again, re.MULTILINE)
    total_s = sum(float(cost) * (1 if unit == "s" else 1e-3) for cost, unit in costs)
    assert total_s == pytest.approx(round_s, abs=0.06 * len(costs) + rounded_s)
