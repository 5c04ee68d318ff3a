"""What the plan says needs NumPy is what the bench cannot do without it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from study.things import FORMS, KERNELS, NUMPY
from study.things.patterns import PROGRAM_LIFECYCLE

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
sys.modules["numpy"] = None
from study.bench import registry
from study.bench.errors import UnsupportedCellError
from study.bench.patterns.memory import held
from study.bench.payloads import payload
from study.cell import Cell
from study.things import FORMS, KERNELS

def fails(do):
    try:
        do()
    except ImportError:
        return True
    except UnsupportedCellError:
        return False
    return False

def run(name):
    kernel = registry.kernel_of(Cell(pattern="map", kernel=name))
    kernel.task(kernel.arguments(1, int(kernel.has_length))[0])

print(json.dumps({
    "kernel": [name for name in KERNELS if fails(lambda: run(name))],
    "form": [name for name in FORMS if fails(lambda: payload(name, 64)) or fails(lambda: held(name, 64))],
}))
"""


def test_the_records_know_what_the_bench_cannot_do_without_numpy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert set(found["kernel"]) == {kernel.name for kernel in KERNELS.values() if kernel.package in {NUMPY, "pandas"}}
    assert set(found["form"]) == {form.name for form in FORMS.values() if form.package == NUMPY}
    assert found["kernel"]
    assert found["form"]


def test_the_records_know_the_programs_that_import_numpy() -> None:
    variants = PROGRAM_LIFECYCLE.variants.values()
    files = {variant.name: ROOT.joinpath(*variant.module.split(".")).with_suffix(".py") for variant in variants}
    importing = {name for name, path in files.items() if "import numpy" in path.read_text(encoding="utf-8")}
    assert importing == {variant.name for variant in variants if variant.package == NUMPY}
    assert importing
