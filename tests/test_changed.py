"""Why an unfinished run is not gone on with: exactly what differs from what is asked for now. All facts are made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from study import identity, store
from study.cell import Cell
from study.run import run
from study.run.changed import changed_since
from tests.builders import EXPERIMENT, manifest
from tests.test_naming import EPYC, prepared, stored
from tests.test_run import CELLS

if TYPE_CHECKING:
    from pathlib import Path

    from study.run.prepared import Prepared

TEXTS = {"q1-a": "a", "q1-b": "b"}
FACTS: dict[str, Any] = {"version": "3.14.1", "numpy_version": "2.4"}


def asked(
    results: Path,
    *,
    texts: dict[str, str] = TEXTS,
    only: str = "q1",
    lock: str = "l",
    facts: dict[str, Any] = FACTS,
    names: tuple[str, ...] = ("one",),
    usable_cpus: int = 2,
    simulated: bool = False,
    seed: int | None = None,
    core: str = "c",
    cluster: dict[str, int] | None = None,
) -> Prepared:
    """A study with these settings."""
    made = prepared(results, EPYC)
    made.wishes = replace(made.wishes, only=only, simulated=simulated, seed=seed)
    made.texts, made.usable_cpus = texts, usable_cpus
    made.targets = [{"name": name, "facts": facts} for name in names]
    made.machine_facts = {**made.machine_facts, **({"cluster": cluster} if cluster else {})}
    made.digests = {
        "config": identity.digest_of([texts, only]),
        "lock": lock,
        "core": core,
        "targets": identity.digest_of(made.targets),
        **({"cluster": identity.digest_of(cluster)} if cluster else {}),
    }
    return made


def begun(made: Prepared, seed: int = 5) -> dict[str, Any]:
    """What the manifest of a run holds that was begun as this study."""
    return {
        "digest": made.digest,
        "digests": made.digests,
        "config": made.texts,
        "seed": seed,
        "usable_cpus": made.usable_cpus,
        "simulated": False,
        "targets": [store.TargetRecord(**target) for target in made.targets],
    }


def manifest_of(made: Prepared) -> store.Manifest:
    """The manifest of such a run, its cells measured by the present programs."""
    found = manifest(CELLS, **begun(made))
    for record in found.cells:
        record.digest = made.sources.digest(Cell.parse(record.cell))
    return found


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "a file is another": ({"texts": TEXTS | {"q1-b": "c"}}, "files: experiments/q1-b.toml"),
    "a file is new": ({"texts": TEXTS | {"q1-c": "c"}}, "files: experiments/q1-c.toml"),
    "many files are new": (
        {"texts": {f"q{number}": "x" for number in range(3)}},
        "files: experiments/q0.toml, experiments/q1.toml, experiments/q1-a.toml and 2 more",
    ),
    "others are chosen": ({"only": "q2"}, "experiments that were chosen: others / q2"),
    "all are chosen": ({"only": ""}, "experiments that were chosen: others / all"),
    "the libraries": ({"lock": "m"}, "locked libraries of the interpreters (a lock file, or --peers)"),
    "a fact": ({"facts": FACTS | {"numpy_version": "2.5"}}, "numpy_version of one: 2.4 / 2.5"),
    "an interpreter": ({"names": ("two",)}, "interpreters: one / two"),
    "the order of interpreters": ({"names": ("two", "one")}, "interpreters: one / two, one"),
    "the CPUs": ({"usable_cpus": 4}, "usable CPUs: 2 / 4"),
    "a cluster": ({"cluster": {"workers": 2, "threads": 4}}, "cluster: none / 2 workers, 4 threads"),
    "the times": ({"simulated": True}, "times: measured / made up"),
    "the seed": ({"seed": 5}, "--seed: not given / 5"),
}


@pytest.mark.parametrize(("changes", "said"), CHANGES.values(), ids=CHANGES.keys())
def test_what_differs_is_said_and_nothing_else(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    found = manifest_of(asked(tmp_path))
    assert changed_since(found, asked(tmp_path)) == ()
    assert changed_since(found, asked(tmp_path, **changes)) == (said,)


def test_a_seed_that_was_asked_for_is_told_from_one_that_was_drawn(tmp_path: Path) -> None:
    found = manifest_of(asked(tmp_path, seed=5))
    assert changed_since(found, asked(tmp_path, seed=5)) == ()
    assert changed_since(found, asked(tmp_path)) == ("--seed: 5 / not given",)
    assert changed_since(found, asked(tmp_path, seed=6, usable_cpus=4)) == ("usable CPUs: 2 / 4", "--seed: 5 / 6")


def test_a_change_of_the_programs_is_said_with_the_cells_whatever_else_changed(tmp_path: Path) -> None:
    found = manifest_of(asked(tmp_path))
    first, *_ = found.cells
    first.digest = "0" * 16
    programs = f"programs that measure 1 of {len(found.cells)} cells: {first.cell}"
    assert changed_since(found, asked(tmp_path, core="d")) == (programs,)
    assert changed_since(found, asked(tmp_path, usable_cpus=4)) == ("usable CPUs: 2 / 4", programs)
    first.curve = -1
    assert changed_since(found, asked(tmp_path)) == ()


def test_a_study_of_which_nothing_known_differs_is_of_another_version(tmp_path: Path) -> None:
    found = msgspec.structs.replace(manifest_of(asked(tmp_path)), digest="another", study_version="0.3")
    (said,) = changed_since(found, asked(tmp_path))
    assert said.startswith("version of this study: 0.3")


def test_the_run_that_stays_is_named_with_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {"q5": EXPERIMENT}
    settings = begun(asked(tmp_path, texts=texts))
    del settings["simulated"]
    stored(tmp_path, "box", EPYC, **settings)
    assert run(asked(tmp_path, texts=texts, lock="m", seed=5)).folder is None
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "is of another study (locked libraries of the interpreters (a lock file, or --peers); --seed: not given / 5"
        in said
    )
    assert "it stays as it is, and a new run is begun" in said
