"""What a spawned child imports is part of what it costs to start: nothing but what the cell names may be there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from study.bench import registry
from study.cell import Cell
from study.things import KERNELS

ROOT = Path(__file__).parents[2]
HEAVY = {"pyperf", "psutil", "numpy", "pandas", "matplotlib", "jinja2", "msgspec", "rich", "scipy", "typst"}
PACKAGES = {"": set(), "numpy": {"numpy"}, "pandas": {"pandas", "numpy"}}
"""What a kernel needs -> what its children then have, and no other child."""
PARENT_ONLY = {"study.cell", "study.bench.registry", "study.bench.job", "study.bench.timing", "study.bench.suite"}
PROGRAM = """
import importlib.util, json, multiprocessing, sys
from study.bench import registry
from study.cell import Cell

sys.modules["__main__"].__spec__ = importlib.util.find_spec("study.bench.measure")
kernel = registry.kernel_of(Cell(pattern="map", kernel=sys.argv[1]))
pool = multiprocessing.get_context("spawn").Pool(1)
pool.map(kernel.task, kernel.arguments(1))
pool.apply(eval, ("__import__('study.bench.children') and None",))
print(json.dumps(pool.apply(eval, ("[*__import__('sys').modules]",))))
pool.close()
pool.join()
"""


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_spawned_child_imports_nothing_but_its_task(kernel: str) -> None:
    command = [sys.executable, "-c", PROGRAM, kernel]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    modules = set(json.loads(done.stdout))
    ours = {name for name in modules if name.partition(".")[0] == "study"}
    assert registry.kernel_of(Cell(pattern="map", kernel=kernel)).task.__module__ in ours
    assert "__mp_main__" in modules, "the child did not import the program that is timed, so this test proves nothing"
    package = KERNELS[kernel].package
    assert modules & HEAVY == PACKAGES[package]
    assert package or "typing" not in modules, "what is only there for a type checker costs each child milliseconds"
    assert ours & PARENT_ONLY == set()
    assert not {name for name in ours if name.startswith("study.things")}
    assert not {name for name in ours if name.startswith(("study.bench.patterns", "study.bench.backends"))}
