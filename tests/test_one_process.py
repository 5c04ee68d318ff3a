"""Cells that share a process: each finds there what it would find in one of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from study import config
from study.curves import check_cells, unmeasured
from study.errors import ConfigError
from study.plan import expand
from study.run.jobs import job
from study.run.runner import BenchRunner, environment_of
from study.supervise import Supervisor
from tests.configs import EVERYTHING, experiment

ROOT = Path(__file__).parent.parent


def parsed(block: str, swept: str) -> config.Experiment:
    return config.parse_experiment(f"{experiment(block)}[swept]\n{swept}\n", "mine")


@pytest.mark.parametrize(
    ("block", "swept", "said"),
    [
        ('pattern = "map"\nbackend = "call"\nkernel = "matmul"', "library_threads = [0, 2]", "library_threads"),
        (
            'pattern = "four_printers"\nbackend = "processes"\nstart_method = "fork"\nworkers = 4\ntasks = 4',
            'variant = ["", "unbuffered"]',
            "PYTHONUNBUFFERED",
        ),
        ('pattern = "process_lifecycle"', 'backend = ["threads", "interpreters"]', "PYTHONPATH"),
    ],
)
def test_what_a_process_is_started_with_cannot_be_swept_inside_one(block: str, swept: str, said: str) -> None:
    place = f"swept.{swept.partition(' ')[0]}"
    with pytest.raises(ConfigError, match=rf"mine\.toml: {place}: .*need one each \({said}\).*\[\[vary\]\]"):
        expand([parsed(block, swept)], 2, [EVERYTHING])
    varied = config.parse_experiment(experiment(f"{block}\n{swept}"), "mine")
    assert len(expand([varied], 2, [EVERYTHING]).curves) == 2


def test_what_is_declared_away_needs_no_process() -> None:
    text = experiment('pattern = "map"\nbackend = "call"\nkernel = "matmul"') + "[swept]\nlibrary_threads = [0, 2]\n"
    skip = '[[skip]]\nwhen = { library_threads = 2 }\nreason = "nobody would"\n'
    assert len(expand([config.parse_experiment(text + skip, "mine")], 2, [EVERYTHING]).curves) == 1


@pytest.mark.parametrize("usable_cpus", [1, 2, 16])
def test_every_cell_of_a_curve_gets_the_environment_that_it_would_get_alone(usable_cpus: int, tmp_path: Path) -> None:
    runner = BenchRunner(root=ROOT, scratch=tmp_path, run_id="r", pythons={}, supervisor=Supervisor())
    texts = config.read_texts(ROOT / "experiments")
    for curve in expand(config.experiments_in(texts), usable_cpus, [EVERYTHING]).curves:
        together, *alone = (
            environment_of(work, "r") | runner._path_of_interpreters(work)
            for work in (
                job(one, mode="calibrate", seed=1)
                for one in (curve, *(replace(curve, cells=(cell,)) for cell in curve.cells))
            )
        )
        assert all(one == together for one in alone), curve.id


def test_no_tasks_for_no_workers_is_refused_in_an_experiment_and_in_a_claim() -> None:
    block = 'pattern = "map"\nbackend = "pool"\nstart_method = "fork"\nworkers = 0\ntasks = "per_worker"'
    mine = config.parse_experiment(experiment(block), "mine")
    with pytest.raises(ConfigError, match=r"mine\.toml: vary\[0\]: .*tasks 0 is not possible"):
        check_cells([mine], 2)
    claim = f"""
schema = 1
[[claim]]
id = "mine"
question = "Q1"
statement = "s"
estimand = "value"
of = {{ {block.replace(chr(10), ", ")} }}
direction = "above"
finding = "{{value}}"
"""
    with pytest.raises(ConfigError, match=r"claims\.toml: mine\.of: .*tasks 0 is not possible"):
        unmeasured(config.parse_claims(claim), [], 2)
