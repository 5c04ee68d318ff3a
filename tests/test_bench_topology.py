"""Which CPUs are of one core, on machines that are made up of files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from study.bench import timing, topology
from study.bench.errors import UnsupportedCellError
from study.lab.simulate import runner
from study.machine import cpus
from study.plan import MIN_TIME_S

if TYPE_CHECKING:
    from pathlib import Path


def machine(patch: pytest.MonkeyPatch, root: Path, lists: list[str], name: str = "core_cpus_list") -> None:
    """A machine whose CPUs, all of them usable, have these lists."""
    for cpu, text in enumerate(lists):
        folder = root / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / name).write_text(f"{text}\n")
    patch.setattr(topology, "_CPUS", root)
    patch.setattr(os, "sched_getaffinity", lambda _: set(range(len(lists))), raising=False)


def test_neighbouring_numbers_can_be_one_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, tmp_path, ["0-1", "0-1", "2-3", "2-3"])
    assert topology.cores() == [[0, 1], [2, 3]]
    assert topology.together(2) == [0, 1]
    assert topology.apart(2) == [0, 2]


def test_numbers_far_apart_can_be_one_core_and_files_have_an_old_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(monkeypatch, tmp_path, ["0,2", "1,3", "0,2", "1,3"], "thread_siblings_list")
    assert topology.together(2) == [0, 2]
    assert topology.apart(2) == [0, 1]


def test_what_is_not_there_is_refused_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, tmp_path, ["0", "1"])
    with pytest.raises(UnsupportedCellError, match="no core here has 2 CPUs"):
        topology.together(2)
    with pytest.raises(UnsupportedCellError, match="3 cores are needed"):
        topology.apart(3)
    monkeypatch.setattr(topology, "_CPUS", tmp_path / "nothing")
    with pytest.raises(UnsupportedCellError, match="does not say which CPUs"):
        topology.cores()


def rates(root: Path, name: str, values: list[str]) -> None:
    """What a file of each CPU says of its speed."""
    for cpu, text in enumerate(values):
        path = root / f"cpu{cpu}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")


def test_cores_of_two_kinds_are_told_by_the_kernel_before_their_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(monkeypatch, tmp_path / "cpu", ["0-1", "0-1", "2", "3"])
    monkeypatch.setattr(topology, "_COUNTERS", tmp_path)
    rates(tmp_path / "cpu", "cpufreq/cpuinfo_max_freq", ["3000000", "3000000", "4000000", "4000000"])
    assert topology.of_two_classes() == (2, 0)  # by the clock, as long as there is nothing better
    for name, text in {"cpu_core": "0-1", "cpu_atom": "2-3"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "cpus").write_text(text)
    assert topology.of_two_classes() == (0, 2)


def test_cores_of_two_kinds_are_told_by_their_capacity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, tmp_path, ["0", "1", "2"])
    rates(tmp_path, "cpu_capacity", ["446", "1024", "1024"])
    rates(tmp_path, "cpufreq/cpuinfo_max_freq", ["3000000", "1000000", "1000000"])
    monkeypatch.setattr(topology, "_COUNTERS", tmp_path / "nothing")
    assert topology.of_two_classes() == (1, 0)


@pytest.mark.parametrize("values", [["1024", "1024"], ["1024", "950"], ["1024", ""]])
def test_cores_that_are_alike_or_not_known_are_of_one_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[str]
) -> None:
    machine(monkeypatch, tmp_path, ["0", "1"])
    rates(tmp_path, "cpu_capacity", values)
    monkeypatch.setattr(topology, "_COUNTERS", tmp_path / "nothing")
    with pytest.raises(UnsupportedCellError, match="one class"):
        topology.of_two_classes()


def test_both_sides_tell_classes_and_long_events_alike() -> None:
    assert topology._KINDS == cpus.EVENT_SOURCES
    assert topology._OTHER_CLASS == cpus.OTHER_CLASS
    assert pytest.approx(timing.LENGTHS_ENOUGH * MIN_TIME_S) == runner._ONCE_S
