"""Under a name whose hardware changed nothing is resumed, calibrated from or added. All facts and times are made up."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from study import identity, store
from study.cell import Cell
from study.errors import ResultsError
from study.plan import Curve
from study.progress import Progress
from study.run import Wishes, run
from study.run.naming import machine_name
from study.run.prepared import Prepared
from tests.builders import manifest
from tests.test_run import CELLS, FakeRunner

if TYPE_CHECKING:
    from study.plan import Expansion

ROOT = Path(__file__).parent.parent
SOURCES = identity.Sources(ROOT)
EPYC: dict[str, Any] = {
    "arch": "x86_64", "cpu_model": "AMD EPYC", "logical_cpus": 2, "l3_bytes": 32 << 20, "memory_bytes": 24 << 30,
    "kernel": "6.1",
}  # fmt: skip
CELERON = EPYC | {"cpu_model": "Intel Celeron N4020", "l3_bytes": 4 << 20}


def stored(
    results: Path, machine: str, facts: dict[str, Any], *, digest: str = "0" * 16, **rest: Any
) -> store.RunFolder:
    """A run of this machine's; its digest keeps runs of one second apart."""
    made = manifest(CELLS, machine=dict(facts), simulated=False, digest=digest, **rest)
    for record in made.cells:
        record.digest = SOURCES.digest(Cell.parse(record.cell))
    return store.RunFolder.create(results, machine, made)


def named(results: Path, facts: dict[str, Any], asked: str = "") -> tuple[str, str]:
    """The name, and what was said."""
    said: list[str] = []
    name = machine_name(results, asked, identity.fingerprint(facts), said.append)
    return name, " ".join(said)


def test_the_same_hardware_has_one_name_in_every_results_folder(tmp_path: Path) -> None:
    names = {named(tmp_path / each, EPYC | {"kernel": each})[0] for each in ("6.1", "6.18", "7.0")}
    assert len(names) == 1
    assert names.pop().startswith("x86-64-2cpu-")
    assert named(tmp_path / "other", CELERON)[0] not in names


def test_a_remembered_name_stays_while_the_hardware_is_the_same(tmp_path: Path) -> None:
    stored(tmp_path, "laptop", EPYC)
    store.remember_name(tmp_path, "laptop", identity.fingerprint(EPYC))
    assert named(tmp_path, EPYC | {"kernel": "7.0", "memory_bytes": (24 << 30) - (100 << 20)}) == ("laptop", "")
    assert named(tmp_path, {"cpu_model": "AMD EPYC"}) == ("laptop", "")  # in a container that hides the rest


def test_under_a_name_whose_hardware_changed_a_run_says_so_and_goes_on_as_a_new_machine_and_back(
    tmp_path: Path,
) -> None:
    stored(tmp_path, "laptop", EPYC)
    store.remember_name(tmp_path, "laptop", identity.fingerprint(EPYC))
    name, said = named(tmp_path, CELERON)
    assert name.startswith("x86-64-2cpu-")
    assert "the runs under the name laptop were measured on other hardware" in said
    assert "CPU model: AMD EPYC / Intel Celeron N4020; L3 cache: 32 MiB / 4 MiB" in said
    assert f"goes on as {name}" in said
    stored(tmp_path, name, CELERON)
    assert named(tmp_path, CELERON) == (name, "")
    assert named(tmp_path, EPYC)[0] == "laptop"
    assert store.own_names(tmp_path) == ("laptop", name)


def test_the_only_folder_of_the_new_hardware_gives_its_name(tmp_path: Path) -> None:
    stored(tmp_path, "boxa", EPYC)
    stored(tmp_path, "boxb", CELERON)
    store.remember_name(tmp_path, "boxa", identity.fingerprint(EPYC))
    assert named(tmp_path, CELERON)[0] == "boxb"


def test_a_name_asked_for_that_other_hardware_has_is_numbered_each_time_the_same(tmp_path: Path) -> None:
    stored(tmp_path, "box", EPYC)
    name, said = named(tmp_path, CELERON, "box")
    assert name == "box-2"
    assert "goes on as box-2" in said
    stored(tmp_path, "box-2", CELERON)
    assert named(tmp_path, CELERON, "box")[0] == "box-2"
    assert named(tmp_path, EPYC | {"logical_cpus": 64}, "box")[0] == "box-3"
    assert named(tmp_path, EPYC, "box") == ("box", "")
    long = "a" * 40
    stored(tmp_path, long, EPYC)
    assert named(tmp_path, CELERON, long)[0] == "a" * 38 + "-2"


def test_a_run_that_cannot_be_read_does_not_hide_what_the_others_tell(tmp_path: Path) -> None:
    stored(tmp_path, "box", EPYC, digest="1" * 16)
    broken = stored(tmp_path, "box", EPYC, digest="2" * 16)
    (broken.path / "manifest.json").write_text("{", encoding="utf-8")
    assert named(tmp_path, CELERON, "box")[0] == "box-2"
    assert named(tmp_path, EPYC, "box")[0] == "box"


def test_made_up_times_leave_the_remembered_name_alone_and_go_into_no_machines_folder(tmp_path: Path) -> None:
    stored(tmp_path, "box", EPYC)
    store.remember_name(tmp_path, "box", identity.fingerprint(EPYC))
    assert named(tmp_path, {"simulated": True}) == ("simulated", "")
    assert named(tmp_path, {"simulated": True}, "box")[0] == "box-2"
    assert store.own_names(tmp_path) == ("box",)


def test_a_memory_that_is_not_ours_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "machine.json").write_text('{"machine": 7}', encoding="utf-8")
    with pytest.raises(ResultsError, match=r"machine\.json: Expected `str \| object`, got `int`"):
        store.own_names(tmp_path)


def prepared(results: Path, facts: dict[str, Any], progress: Progress | None = None) -> Prepared:
    """A session that stops after the process in flight, at once: only what it begins with is looked at."""
    return Prepared(
        wishes=Wishes(root=ROOT, results=results, budget_s=60.0),
        progress=progress or Progress(),
        texts={},
        experiments=(),
        machine_name="box",
        machine_facts=facts,
        usable_cpus=2,
        targets=[],
        digests={"core": "c", "lock": "l"},
        sources=SOURCES,
        runner=FakeRunner(),
        stopping=True,
    )


def begun(results: Path, facts: dict[str, Any]) -> store.RunFolder:
    return stored(results, "box", facts, digest=prepared(results, facts).digest)


def test_a_run_is_not_resumed_on_other_hardware_and_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = begun(tmp_path, EPYC)
    before = (folder.path / "manifest.json").read_bytes()
    assert run(prepared(tmp_path, CELERON)).folder is None
    assert (folder.path / "manifest.json").read_bytes() == before
    said = " ".join(capsys.readouterr().out.split())
    assert "was measured on other hardware (CPU model: AMD EPYC / Intel Celeron N4020" in said
    ended = run(prepared(tmp_path, EPYC))
    assert ended.folder is not None
    assert ended.folder.name == folder.name


def test_a_changed_state_is_said_and_kept_when_a_run_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = begun(tmp_path, EPYC)
    for _ in range(2):
        assert run(prepared(tmp_path, EPYC | {"kernel": "6.18"})).folder is not None
    assert "the machine's state changed (kernel: 6.1 / 6.18" in " ".join(capsys.readouterr().out.split())
    found = store.RunFolder.open(folder.path).manifest
    assert found.changes == ["kernel: 6.1 / 6.18"]
    assert found.machine["kernel"] == "6.1"


def test_a_run_begun_where_little_could_be_read_is_not_a_bridge_between_two_machines(tmp_path: Path) -> None:
    folder = begun(tmp_path, {"logical_cpus": 2})
    ended = run(prepared(tmp_path, EPYC))
    assert ended.folder is not None
    assert ended.folder.name == folder.name
    assert run(prepared(tmp_path, CELERON)).folder is None
    found = store.RunFolder.open(folder.path).manifest.machine
    assert found["cpu_model"] == "AMD EPYC"
    assert "simulated" not in found


def test_loops_are_calibrated_anew_on_other_hardware_and_not_under_another_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    curve = Curve(experiment="q1", question="Q1", tier="core", target="one", cells=(Cell(pattern="map"),))

    def kept(_expansion: object, *, keys: dict[tuple[str, Cell], str], **_rest: object) -> None:
        found.append(keys[curve.target, curve.points[0]])

    monkeypatch.setattr(sys.modules[Prepared.__module__], "calibrate", kept)
    target = {"name": "one", "facts": {"start_methods": [], "has_fork": True, "has_posix_spawn": True}}
    for facts in (EPYC, EPYC | {"kernel": "7.0"}, CELERON, EPYC | {"memory_bytes": 64 << 30}):
        made = prepared(tmp_path, facts)
        made.targets = [target]
        made.calibrated(cast("Expansion", SimpleNamespace(curves=(curve,))))
    assert found[0] == found[1]
    assert len(set(found)) == 3
