"""Nobody hears it any more: a measurement goes on, is kept, and ends with the code that it would have ended with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from study import store

ROOT = Path(__file__).parent.parent
STUDY = [sys.executable, "-m", "study"]
UNHEARD = [
    pytest.param('"$@" | head -n 1', id="a reader that leaves"),
    pytest.param('"$@" > /dev/full', id="a full disk under the log"),
    pytest.param('"$@" > /dev/full 2> /dev/full', id="a full disk under all"),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("shell", UNHEARD)
@pytest.mark.parametrize("verb", ["run", "study"])
def test_a_measurement_that_nobody_hears_goes_on_and_is_kept(tmp_path: Path, verb: str, shell: str) -> None:
    wanted = [*STUDY, verb, "--simulated", "--results", str(tmp_path), "--budget", "2m", "--only", "q6"]
    unheard = ["bash", "-o", "pipefail", "-c", shell, "bash", *wanted]
    found = subprocess.run(unheard, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert found.returncode == 0, found.stderr
    if "2>" not in shell:
        assert found.stderr.count("\n") == 1
        assert "gets lost from now on" in found.stderr
    assert [store.RunFolder.open(path).manifest.state for path in store.run_folders(tmp_path)] == ["finished"]
    assert (tmp_path / "report" / "index.html").exists() == (verb == "study")
