"""Two processes that share the tests out must find the very same ones, whenever each of them looks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent


def test_a_test_has_the_same_name_in_every_process(request: pytest.FixtureRequest) -> None:
    """Names made from the clock, from random numbers or from the order in a set differ between workers, now and then."""
    variables = {**os.environ, "PYTHONHASHSEED": "12345"}
    command = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True)
    elsewhere = set(done.stdout.splitlines())
    here = [item.nodeid for item in request.session.items]
    assert here
    assert [name for name in here if name not in elsewhere] == []
