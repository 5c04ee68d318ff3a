"""What the plan says needs NumPy is what the bench cannot do without it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from study.bench.patterns.program_lifecycle import HOSTS
from study.cell import FORMS, KERNELS
from study.plan import NEEDS_NUMPY

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
sys.modules["numpy"] = None
from study.bench import registry
from study.bench.errors import UnsupportedCellError
from study.bench.patterns.memory import held
from study.bench.payloads import payload
from study.cell import FORMS, KERNELS, Cell

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


def test_the_plan_knows_what_the_bench_cannot_do_without_numpy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert set(found["kernel"]) == NEEDS_NUMPY["kernel"] < set(KERNELS)
    assert set(found["form"]) == NEEDS_NUMPY["form"] < set(FORMS)


def test_the_plan_knows_the_programs_that_import_numpy() -> None:
    sources = {name: (ROOT / "study" / "bench" / "hosts" / f"{host}.py").read_text() for name, host in HOSTS.items()}
    assert {name for name, source in sources.items() if "import numpy" in source} == NEEDS_NUMPY["variant"]
