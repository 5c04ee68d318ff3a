"""What no bench can measure is refused by the plan, with the place, the cell and what is possible."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from study import config
from study.cell import Cell
from study.curves import curves_of, unmeasured
from study.errors import ConfigError
from study.factors import refusal
from study.lab.simulate.law import Law, event_s, true_time_s
from study.plan import expand
from study.progress import Progress
from study.run import Wishes, prepared
from study.things import BACKENDS, PATTERNS
from tests.configs import CLAIM, EVERYTHING, TO, experiment, stored_configs
from tests.measurable import measurable

ROOT = Path(__file__).parent.parent


def claim(of: str, to: str) -> str:
    return CLAIM.replace('of = { pattern = "map", backend = "call" }', f"of = {{ {of} }}").replace(
        TO, f"to = {{ {to} }}"
    )


EIGHT = 'pattern = "map", backend = "call", tasks = 8'


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('pattern = "map"\nbackend = "call"\npayload_bytes = 10485760', ["payload_bytes", "it has api, chunksize"]),
        ('pattern = "ping_pong"\nbackend = "call"', ["backend 'call'", "'processes', 'threads', 'interpreters'"]),
        ('pattern = "ping_pong"\nbackend = "threads"\nchannel = "queue"', ["channel 'queue'", "'thread_queue'"]),
        ('pattern = "map"\nbackend = "call"\nvariant = "warm"', ["variant 'warm'", "'cold'"]),
        (
            'pattern = "contend"\nbackend = "threads"',
            ["variant ''", "'own', 'lock', 'value', 'array', 'manager', 'queue'"],
        ),
        ('pattern = "map"\nbackend = "threads"\nchunksize = 4', ["chunksize 4", "leave chunksize out"]),
        ('pattern = "map"\nbackend = "threads"\nworkers = 0', ["workers 0", "no default number"]),
        ('pattern = "map"\nbackend = "thread_executor"\napi = "imap"', ["api 'imap'", "possible: '', 'submit'"]),
        ('pattern = "map"\nbackend = "call"\nkernel = "json"\nspins = 9', ["spins 9", "leave spins out"]),
        ('pattern = "pickling"\nbackend = "call"\nform = "ints"', ["form 'ints'", "'list', 'dict'"]),
        (
            'pattern = "copy_on_write"\nbackend = "processes"\nstart_method = "spawn"\nparent_bytes = 4096',
            ["start_method 'spawn'", "only fork shares memory"],
        ),
        (
            'pattern = "process_lifecycle"\nbackend = "process_executor"\nstart_method = "fork"',
            ["backend 'process_executor'", "'os_fork'"],
        ),
        (
            'pattern = "map"\nbackend = "process_executor"\nstart_method = "fork"\ntasks_per_child = 1',
            ["tasks_per_child 1", "refuses max_tasks_per_child under fork"],
        ),
    ],
)
def test_a_plan_refuses_what_no_bench_can_measure(block: str, said: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        expand([config.parse_experiment(experiment(block), "mine")], 2, [EVERYTHING])
    message = str(caught.value)
    assert message.startswith("experiments/mine.toml: vary[0]: '")
    for words in said:
        assert words in message


def test_the_baseline_and_the_swept_factor_are_looked_at_too() -> None:
    block = 'pattern = "map"\nbackend = "call"'
    swept = "\n[swept]\npayload_bytes = [0, 64]\n"
    with pytest.raises(ConfigError, match=r"vary\[0\]: 'map payload_bytes=64': the pattern map has no payload_bytes"):
        expand([config.parse_experiment(experiment(block) + swept, "mine")], 2, [EVERYTHING])
    baseline = '\n[baseline]\npattern = "stream"\n'
    with pytest.raises(ConfigError, match="baseline: 'stream': backend 'call' does not exist for stream"):
        expand([config.parse_experiment(experiment(block) + baseline, "mine")], 2, [EVERYTHING])


def test_what_an_experiment_declares_away_is_not_refused() -> None:
    block = 'pattern = "contend"\nbackend = "threads"\nworkers = "cpus"\nvariant = ["lock", "manager"]'
    skip = '\n[[skip]]\nwhen = { workers = "cpus", variant = "manager" }\nreason = "nobody would"\n'
    found = expand([config.parse_experiment(experiment(block) + skip, "mine")], 3, [EVERYTHING])
    assert [absence.reason for absence in found.absent] == ["nobody would"]
    assert [cell.text for curve in found.curves for cell in curve.cells] == [
        "contend backend=threads workers=3 variant=lock"
    ]


@pytest.mark.parametrize("usable_cpus", [1, 2, 3, 16, 96])
def test_every_committed_experiment_can_be_planned(usable_cpus: int) -> None:
    texts = config.read_texts(ROOT / "experiments")
    assert expand(config.experiments_in(texts), usable_cpus, [EVERYTHING]).curves


def test_what_a_stored_run_asked_for_can_be_read_even_where_the_present_bench_refuses_it() -> None:
    for texts in stored_configs():
        assert all(list(curves_of(asked, 2)) for asked in config.experiments_in(texts))


def wishes(folder: Path, texts: dict[str, str]) -> Wishes:
    """The wish for a simulated run of these experiments, in a folder with nothing of the project but what it needs."""
    (folder / "experiments").mkdir()
    for name, text in texts.items():
        (folder / "experiments" / f"{name}.toml").write_text(text, encoding="utf-8")
    (folder / "study").symlink_to(ROOT / "study")
    (folder / "requirements-target.txt").write_text("", encoding="utf-8")
    return Wishes(root=folder, results=folder / "made-up", budget_s=60.0, simulated=True)


def test_a_session_begins_with_the_refusal_before_any_target_is_made_ready(tmp_path: Path) -> None:
    wish = wishes(tmp_path, {"mine": experiment('pattern = "map"\nbackend = "call"\npayload_bytes = 1')})
    wish = replace(wish, simulated=False, pythons=(tmp_path / "no-such-python",), lock=tmp_path)
    with pytest.raises(ConfigError, match=r"mine\.toml: vary\[0\]"), prepared(wish, Progress()):
        pass


def test_a_session_says_which_claims_it_cannot_decide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = claim(EIGHT, 'pattern = "map", backend = "threads", workers = 3, tasks = 8')
    texts = {"mine": experiment('pattern = "map"\nbackend = "call"\ntasks = 8'), "claims": asked}
    with prepared(wishes(tmp_path, texts), Progress()):
        pass
    said = capsys.readouterr()
    assert "undecided for want of a cell that an experiment measures here: one" in said.out + said.err


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_cell_that_is_not_refused_can_be_simulated(pattern: str) -> None:
    for cell in measurable(pattern, seed=1, count=5):
        planned_method = cell.start_method if BACKENDS[cell.backend].takes_start_method else ""
        planned = replace(cell, start_method=planned_method)
        assert event_s(planned.point, Law()) > 0.0
        assert true_time_s(planned, Law()) > 0.0


def test_the_same_refusal_reads_well_for_a_cell_of_its_own() -> None:
    assert refusal(Cell(pattern="map")) == ""
    assert refusal(Cell(pattern="mapp")).startswith(
        "the pattern 'mapp' does not exist; possible: 'process_lifecycle', "
    )
    assert "kernel 'nothing' is not possible" in refusal(Cell(pattern="map", kernel="nothing"))


def test_a_claim_on_a_cell_that_no_experiment_measures_is_named_and_one_that_cannot_be_is_refused() -> None:
    texts = {
        "mine": experiment('pattern = "map"\nbackend = ["call", "threads"]\nworkers = "cpus"\ntasks = 8'),
        "claims": claim(EIGHT, 'pattern = "map", backend = "threads", workers = "cpus", tasks = 8'),
    }
    experiments = config.experiments_in(texts)
    assert unmeasured(config.claims_in(texts), experiments, 2) == ()
    typo = texts["claims"].replace('"cpus", tasks = 8', "3, tasks = 8")
    assert unmeasured(config.parse_claims(typo), experiments, 2) == ("one",)
    wrong = texts["claims"].replace('"cpus", tasks = 8', '"cpus", tasks = 8, chunksize = 2')
    with pytest.raises(ConfigError, match=r"claims\.toml: one\.to: '.*chunksize=2': chunksize 2 is not possible"):
        unmeasured(config.parse_claims(wrong), experiments, 2)


@pytest.mark.parametrize("usable_cpus", [1, 2, 3, 16, 96])
def test_every_committed_claim_can_be_decided(usable_cpus: int) -> None:
    texts = config.read_texts(ROOT / "experiments")
    assert unmeasured(config.claims_in(texts), config.experiments_in(texts), usable_cpus) == ()


@pytest.mark.parametrize(("tasks", "workers", "fits"), [(1, 1, True), (4, 1, False), (4, 8, True), (1000, 8, False)])
def test_an_event_that_cannot_be_calibrated_in_time_is_refused(tasks: int, workers: int, fits: bool) -> None:
    cell = Cell(pattern="map", kernel="spin", backend="threads", workers=workers, tasks=tasks, spins=5 * 10**8)
    assert (refusal(cell) == "") == fits
    assert fits or "tasks × spins" in refusal(cell)
