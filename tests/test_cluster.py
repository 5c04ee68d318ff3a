"""A cluster at an address: what may be typed, what is told of one that cannot be used, who learns the address, what is kept."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from study import config
from study.bench import cluster as bench
from study.cell import Cell
from study.errors import TargetError, UsageError
from study.plan import TargetView, expand
from study.run.runner import BenchRunner
from study.supervise import Outcome
from study.targets import Target, asking
from study.targets.cluster import HIDDEN, Cluster, cluster_of, seen_from, seen_from_all
from study.things.addressed import ADDRESS, AUTHORITY, CERTIFICATE, KEY
from tests.builders import LOOP
from tests.test_fleet_dask import Cluster as Started
from tests.test_runner import Recorder, request

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PLACE = "tls://node.lab:8786"
EXPERIMENTS = ("dispatch-address", "grain-address")
AT_ADDRESS = Cell(pattern="map", backend="dask_address", workers=2, tasks=512)
LINUX = TargetView(
    name="one",
    start_methods=("fork", "spawn", "forkserver"),
    has_fork=True,
    has_posix_spawn=True,
    packages=("distributed",),
)


@pytest.fixture
def files(tmp_path: Path) -> str:
    paths = [tmp_path / f"{name}.pem" for name in ("ca", "cert", "key")]
    for path in paths:
        path.write_text("-----BEGIN CERTIFICATE-----\n", encoding="ascii")
    return ",".join(map(str, paths))


def target(**facts: Any) -> Target:
    return Target(name="one", python=Path(sys.executable), facts={"peers": {"distributed": "1"}, **facts})


# What may be typed


def test_an_address_and_its_files_become_variables_that_no_text_of_it_shows(files: str) -> None:
    found = cluster_of(f"{PLACE}/", files)
    assert found is not None
    assert found.variables == {
        ADDRESS: PLACE,
        **dict(zip((AUTHORITY, CERTIFICATE, KEY), files.split(","), strict=True)),
    }
    assert "node.lab" not in repr(found)
    assert "pem" not in repr(found)
    plain = cluster_of("tcp://10.0.0.1:8786", None)
    assert plain is not None
    assert plain.variables == {ADDRESS: "tcp://10.0.0.1:8786"}
    assert cluster_of(None, None) is None


@pytest.mark.parametrize(
    ("address", "given", "told"),
    [
        ("node.lab:8786", None, "no address; write tls://HOST:PORT or tcp://HOST:PORT"),
        ("tls://node.lab", None, "no address"),
        ("tls://node.lab:0", None, "no address"),
        ("tls://node.lab:99999", None, "no address"),
        (PLACE, None, "needs --dask-tls CA,CERT,KEY"),
        (PLACE, "two,{files}", "three files"),
        (PLACE, "ca,,key", "three files"),
        (PLACE, "a,b,c", "--dask-tls a: no file in PEM format"),
        ("tcp://node.lab:8786", "{files}", "nothing is encrypted at tcp://"),
        (None, "{files}", "goes with --dask-address"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(address: str | None, given: str | None, told: str, files: str) -> None:
    with pytest.raises(UsageError, match=told) as raised:
        cluster_of(address, given and given.format(files=files))
    assert raised.value.exit_code == 1


def test_what_is_kept_of_a_text_names_neither_address_nor_files(files: str) -> None:
    found = cluster_of(PLACE, files)
    assert found is not None
    text = f"no {PLACE}, no {files.split(',')[2]}; node.lab is lost, key.pem too, and monkey.pem is not"
    assert found.hide(text) == f"no {HIDDEN}, no {HIDDEN}; {HIDDEN} is lost, {HIDDEN} too, and monkey.pem is not"


# What is measured


def plan_of(names: tuple[str, ...], threads: int) -> Any:
    texts = config.read_texts(ROOT / "experiments")
    return expand([config.parse_experiment(texts[name], name) for name in names], config.Cpus(2, 2, threads), [LINUX])


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_without_a_cluster_nothing_of_its_experiments_is_measured_and_none_of_it_failed(name: str) -> None:
    found = plan_of((name,), 0)
    assert found.curves == ()
    assert {absence.state for absence in found.absent} == {"skipped"}
    assert {absence.reason.partition(":")[0] for absence in found.absent} == {"no cluster is named"}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_with_a_cluster_there_are_as_many_workers_as_it_has_threads(name: str) -> None:
    found = plan_of((name,), 12)
    assert found.absent == ()
    cells = {cell for curve in found.curves for cell in curve.cells}
    assert {cell.workers for cell in cells if cell.backend == AT_ADDRESS.backend} == {12}
    assert {cell.backend for cell in cells} > {AT_ADDRESS.backend}


def test_what_another_experiment_asks_for_as_well_is_measured_without_a_cluster() -> None:
    found = plan_of(("grain", "grain-address"), 0)
    assert "call" in {cell.backend for curve in found.curves for cell in curve.cells}
    assert {absence.cell.backend for absence in found.absent} == {AT_ADDRESS.backend}


def test_the_facts_of_a_machine_tell_how_many_threads_the_cluster_has() -> None:
    facts = {"logical_cpus": 4, "physical_cores": 2, "cluster": {"workers": 3, "threads": 6}}
    assert config.Cpus.of(4, facts) == config.Cpus(4, 2, 6)
    assert config.machine_words(config.Cpus(4, 2, 6))["cluster"] == 6
    assert config.machine_words(4)["cluster"] == 0


# Who learns of it


def runner(scratch: Path, recorder: Recorder, cluster: Cluster) -> BenchRunner:
    return BenchRunner(
        root=ROOT,
        scratch=scratch,
        run_id="run",
        pythons={"one": Path(sys.executable)},
        supervisor=recorder,
        cluster=cluster,
    )


def test_only_processes_that_hand_tasks_to_it_are_told_where_it_is(tmp_path: Path) -> None:
    recorder = Recorder()
    made = runner(tmp_path, recorder, Cluster(address="tcp://node.lab:1"))
    made.carry_out("one", request(AT_ADDRESS), deadline_s=1.0, round_index=0)
    assert recorder.asked["environment"][ADDRESS] == "tcp://node.lab:1"
    made.carry_out("one", request(LOOP), deadline_s=1.0, round_index=0)
    assert ADDRESS not in recorder.asked["environment"]
    assert "node.lab" not in json.dumps(recorder.asked["job"])


def test_reason_and_last_lines_of_a_process_do_not_name_it(tmp_path: Path) -> None:
    lost = "timed out at tcp://node.lab:1"
    recorder = Recorder(
        Outcome(state="failed", reason=lost, last_lines=lost, leftovers=(lost,), elapsed_s=0.0, cpu_s=0.0)
    )
    ran = runner(tmp_path, recorder, Cluster(address="tcp://node.lab:1")).carry_out(
        "one", request(AT_ADDRESS), deadline_s=1.0, round_index=0
    )
    assert [ran.reason, ran.last_lines, *ran.leftovers] == [f"timed out at {HIDDEN}"] * 3


# What is told of one that cannot be used


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the look is to answer, and what it was asked with."""
    found: dict[str, Any] = {"answer": {"why": "", "workers": 2, "threads": 4}, "code": 0}

    def ask(*_: object, **options: object) -> tuple[Any, asking.Said]:
        found["options"] = options
        return found["answer"], asking.Said(found["code"], "")

    monkeypatch.setattr(asking, "ask", ask)
    return found


def test_a_look_gives_numbers_and_has_ten_seconds(asked: dict[str, Any]) -> None:
    assert seen_from(target(), Cluster(address=PLACE), root=ROOT) == {"workers": 2, "threads": 4}
    assert asked["options"]["longest_s"] == 10.0


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        ({"why": "no worker has come"}, 0, "from one: no worker has come"),
        (None, asking.TOO_LATE, "no answer within 10 s"),
        (None, 1, "asking it fails"),
    ],
)
def test_why_it_cannot_be_used_is_bad_input(asked: dict[str, Any], answer: object, code: int, told: str) -> None:
    asked |= {"answer": answer, "code": code}
    with pytest.raises(TargetError, match=told) as raised:
        seen_from(target(), Cluster(address=PLACE), root=ROOT)
    assert raised.value.exit_code == 1
    assert "node.lab" not in str(raised.value)


def test_a_target_without_dask_is_told_of() -> None:
    with pytest.raises(TargetError, match=r"distributed is not in the environment of one; .* --peers"):
        seen_from(target(peers={"distributed": None}), Cluster(address=PLACE), root=ROOT)


def test_workers_that_come_meanwhile_are_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([{"why": "", "workers": count, "threads": count} for count in (1, 2)])
    monkeypatch.setattr(asking, "ask", lambda *_, **__: (next(answers), asking.Said(0, "")))
    with pytest.raises(TargetError, match="workers come or go"):
        seen_from_all([target(), target()], Cluster(address=PLACE), root=ROOT)


@pytest.fixture
def door() -> Iterator[tuple[socket.socket, int]]:
    """A port where somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening, listening.getsockname()[1]


def test_where_nobody_listens_that_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(bench.RefusedError, match="nobody answers there"):
            bench._knock(f"tcp://127.0.0.1:{free.getsockname()[1]}")


def test_who_does_not_speak_first_is_no_scheduler(
    door: tuple[socket.socket, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "KNOCK_S", 0.1)
    with pytest.raises(bench.RefusedError, match="no scheduler of Dask's, or expects tls://"):
        bench._knock(f"tcp://127.0.0.1:{door[1]}")


def test_who_ends_the_connection_is_told_of_and_who_speaks_is_taken(door: tuple[socket.socket, int]) -> None:
    def answer(words: bytes) -> None:
        spoken, _ = door[0].accept()
        with spoken:
            spoken.sendall(words)

    for words in (b"", b"x"):
        thread = threading.Thread(target=answer, args=(words,))
        thread.start()
        if words:
            bench._knock(f"tcp://127.0.0.1:{door[1]}")
        else:
            with pytest.raises(bench.RefusedError, match="ends the connection at once"):
                bench._knock(f"tcp://127.0.0.1:{door[1]}")
        thread.join()


class Client:
    """Stands in for Dask's: workers and their threads, versions, and what each says its code is."""

    def __init__(self, workers: dict[str, int], *, python: str = "3.14.1", said: object = None) -> None:
        packages = {"python": "3.14.0.final.0", **dict.fromkeys(bench.LIBRARIES, "1")}
        other = packages | {"python": python}
        self.found = {"workers": {name: {"nthreads": threads} for name, threads in workers.items()}}
        self.known = {
            "client": {"packages": packages},
            "scheduler": {"packages": packages},
            "workers": {name: {"packages": other} for name in workers},
        }
        self.said = bench.code() if said is None else said
        self.scheduler = self

    def identity(self) -> None:
        raise AssertionError("asked through `sync`")

    def sync(self, *_: object, **__: object) -> dict[str, Any]:
        return self.found

    def get_versions(self) -> dict[str, Any]:
        return self.known

    def run(self, *_: object, **__: object) -> dict[str, object]:
        return dict.fromkeys(self.found["workers"], self.said)


def test_workers_and_threads_are_counted() -> None:
    assert bench._looked_at(Client({"a": 1, "b": 3})) == {"why": "", "workers": 2, "threads": 4}


@pytest.mark.parametrize(
    ("client", "told"),
    [
        (Client({}), "no worker has come"),
        (Client({"a": 1}, python="3.13.9.final.0"), r"a worker has Python 3\.13, and this interpreter 3\.14"),
        (Client({"a": 1}, said=ModuleNotFoundError("study")), "start them in the project's folder"),
        (Client({"a": 1}, said="other"), "another version of the study"),
    ],
)
def test_a_cluster_that_cannot_do_the_tasks_is_refused(client: Client, told: str) -> None:
    with pytest.raises(bench.RefusedError, match=told):
        bench._looked_at(client)


# For real

TRIED = """
import json, sys
from study.bench import cluster, registry
from study.bench.errors import WorkerFailedError
from study.cell import Cell

print(json.dumps(cluster.look()), flush=True)
for workers in (1, 2):
    point = Cell(pattern="map", kernel="square", backend="dask_address", workers=workers, tasks=5)
    session = registry.session_of(point)
    try:
        session.set_up()
        session.check()
        session.event(1)
        print("measured", flush=True)
        sys.stdin.readline()
        session.event(1)
    except WorkerFailedError as error:
        print(error, flush=True)
    try:
        session.tear_down()
    except WorkerFailedError as error:
        print(error, flush=True)
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    made = Started(tmp_path)
    yield made
    made.end()


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has 127.0.0.2 without being told")
def test_tasks_go_to_a_cluster_and_one_that_goes_away_fails_its_cell(started: Started) -> None:
    started.host(2, "node-a")
    names = {AUTHORITY: "ca.pem", CERTIFICATE: "cert.pem", KEY: "key.pem"}
    where = {ADDRESS: started.address, **{name: str(started.folder / file) for name, file in names.items()}}
    deadline_s = time.monotonic() + 60.0
    while True:
        with subprocess.Popen(
            [sys.executable, "-c", TRIED],
            cwd=ROOT, env={**os.environ, **where}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as program:  # fmt: skip
            assert program.stdout is not None
            seen = json.loads(program.stdout.readline())
            if not seen["why"]:
                assert program.stdout.readline() == "measured\n"
                started.scheduler.kill()
                said, complained = program.communicate("go on\n", timeout=60.0)
                break
            program.kill()
            assert time.monotonic() < deadline_s, seen
    assert seen == {"why": "", "workers": 1, "threads": 1}
    lost, unusable = said.splitlines()
    assert lost.startswith("the cluster did not do its tasks")
    assert unusable.startswith("the cluster cannot be used: its scheduler does not answer")
    assert "127.0.0" not in said + complained
