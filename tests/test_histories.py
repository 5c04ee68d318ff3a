"""What is compared as equal: machines by their hardware, states apart, debug builds and JITs never. All made up."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from study import store
from study.evidence.hardware import hardware_of
from study.evidence.histories import histories
from study.sections.interpreters import interpreter_tables
from study.store import TargetRecord
from tests import test_interpreters
from tests.builders import manifest

if TYPE_CHECKING:
    from study.evidence.histories import History

RESULTS = Path(__file__).parent.parent / "results"
EPYC: dict[str, Any] = {"cpu_model": "AMD EPYC", "logical_cpus": 2, "kernel": "6.1"}
XEON = EPYC | {"cpu_model": "Intel Xeon"}
TUNED = ["--enable-optimizations"]


def whole(number: int, *, name: str = "box", facts: dict[str, Any] = EPYC, build: Any = None, **changes: Any) -> Any:
    """A finished run of a machine, in the order of their numbers."""
    fields: dict[str, Any] = {
        "state": "finished",
        "simulated": False,
        "machine": facts,
        "targets": [TargetRecord(name="one", facts=build or {})],
        "digests": {"bench": "bench", "lock": "lock"},
    }
    return store.RunFolder(Path("results") / name / f"r{number:02}", manifest(**(fields | changes)))


def ids(found: list[History]) -> list[list[str]]:
    return [[folder.name for folder in history.runs] for history in found]


def test_runs_of_one_name_on_two_machines_are_two_histories_told_apart_by_their_cpus() -> None:
    found = histories([whole(0), whole(1, facts=XEON), whole(2), whole(3, facts=XEON)])
    assert ids(found) == [["box/r00", "box/r02"], ["box/r01", "box/r03"]] or ids(found) == [
        ["box/r01", "box/r03"],
        ["box/r00", "box/r02"],
    ]
    assert {history.where for history in found} == {"box (AMD EPYC)", "box (Intel Xeon)"}
    assert len({history.id for history in found}) == 2


def test_the_same_hardware_under_two_names_is_one_machine_and_the_page_says_so() -> None:
    (found,) = histories([whole(0, name="ci-9dd2"), whole(1, name="ci-d660"), whole(2, name="ci-9dd2")])
    assert ids([found]) == [["ci-9dd2/r00", "ci-d660/r01", "ci-9dd2/r02"]]
    assert found.where == "the hardware of ci-9dd2 and ci-d660"
    assert any("Runs under 2 names count as of one machine" in note for note in found.notes)


def test_hardware_of_which_nothing_is_known_is_nobody_elses() -> None:
    assert len(histories([whole(0, name="a", facts={}), whole(1, name="b", facts={})])) == 2
    assert len(histories([whole(0, name="a", facts={}), whole(1, name="a", facts={})])) == 1


@given(st.permutations(range(7)))
def test_which_runs_are_of_one_machine_does_not_depend_on_their_order(order: list[int]) -> None:
    runs = [
        whole(0),
        whole(1, name="ci"),
        whole(2, facts=XEON),
        whole(3, name="ci", facts={"cpu_model": "AMD EPYC"}),
        whole(4, facts={"logical_cpus": 2}),
        whole(5, name="other", facts=EPYC | {"memory_bytes": 1 << 35}),
        whole(6, name="other", facts=EPYC | {"memory_bytes": 1 << 36}),
    ]

    def machines(ordered: list[Any]) -> dict[str, str]:
        return {run.name: one.label for run, one in zip(ordered, hardware_of(ordered), strict=True)}

    assert machines([runs[index] for index in order]) == machines(runs)
    found = machines(runs)
    assert found["box/r00"] == found["ci/r01"] == found["ci/r03"]
    assert len(set(found.values())) == 5  # EPYC of unknown memory, two of known, the Xeon, and what is hardly known


def test_a_changed_kernel_begins_another_history_and_either_says_what_changed() -> None:
    before, after = histories([whole(0), whole(1), whole(2, facts=EPYC | {"kernel": "7.0"})])
    assert ids([before, after]) == [["box/r00", "box/r01"], ["box/r02"]]
    assert before.notes == (
        "1 run of the same code in another state of the machine (kernel: 6.1 / 7.0: here / there) is a history apart.",
    )
    assert "2 runs of the same code" in after.notes[0]
    assert "kernel: 7.0 / 6.1" in after.notes[0]


def test_a_run_whose_state_changed_between_sittings_is_in_no_history() -> None:
    (found,) = histories([whole(0), whole(1), whole(2, changes=["kernel: 6.1 / 7.0"])])
    assert ids([found]) == [["box/r00", "box/r01"]]
    assert found.notes == ("1 run during which the machine's state changed is left out.",)


def test_a_debug_build_or_another_interpreter_is_not_the_same_code() -> None:
    builds: list[dict[str, Any]] = [
        {},
        {"config_args": ["--with-pydebug"]},
        {"config_args": TUNED},
        {"jit": {"available": True, "enabled": True}},
        {"variables": {"PYTHON_GIL": "0"}},
        {"compiler": "another"},
    ]
    found = histories([whole(number, build=build) for number, build in enumerate([*builds, *builds])])
    assert sorted(ids(found)) == [[f"box/r{number:02}", f"box/r{number + 6:02}"] for number in range(6)]


def test_no_history_of_the_committed_runs_mixes_processors() -> None:
    found = histories([store.RunFolder.open(path) for path in store.run_folders(RESULTS)])
    assert found
    for history in found:
        models = {folder.manifest.machine["cpu_model"] for folder in history.runs}
        assert len(models) == 1


def test_interpreters_side_by_side_say_how_their_builds_differ() -> None:
    made = cast("Any", test_interpreters.run("cpython-3.13.5", "cpython-3.13.5t"))
    made.manifest.targets[1] = SimpleNamespace(
        name="cpython-3.13.5t", facts={"config_args": ["--with-pydebug"], "frame_pointers": True}
    )
    made.manifest.targets[0].facts["frame_pointers"] = False
    (table,) = interpreter_tables([made])
    assert "debug build: yes / no" in table.notes[0]
    assert "frame pointers: yes / no" in table.notes[0]


def test_what_was_installed_beside_them_parts_no_runs_and_what_cells_import_does() -> None:
    peers = {"bench": "bench", "lock": "another"}
    old, new = ({"pyperf_version": "2.10.0", "numpy_version": version} for version in ("2.4.6", "2.5.5"))
    assert len(histories([whole(0, build=old), whole(1, build=old, digests=peers)])) == 1
    assert len(histories([whole(0, build=old), whole(1, build=new)])) == 2
