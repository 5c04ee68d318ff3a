"""What the tests of the page do where there is no browser: they are skipped, and the summary says so in words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FEW = ("tests/test_page_script.py", "-k", "filter")


def pytest_with(chromium: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests of the page's filter with `path` alone to look for programs in."""
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *FEW)
    variables = {**os.environ, "CHROMIUM": chromium, "PATH": str(path)}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def skipped(done: subprocess.CompletedProcess[str]) -> int:
    """How many tests pytest itself says were skipped: all of those that were chosen."""
    last = re.search(r"^(\d+) skipped, \d+ deselected in", done.stdout, re.MULTILINE)
    assert last, done.stdout
    return int(last[1])


def program(path: Path) -> Path:
    """A program that is no browser: it says something and ends."""
    path.write_text("#!/bin/sh\necho 'this one is a stub' >&2\nexit 1\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_where_no_browser_is_found_its_tests_are_skipped_counted_and_a_remedy_named(tmp_path: Path) -> None:
    done = pytest_with("", tmp_path)
    assert done.returncode == 0, done.stdout
    assert f"{skipped(done)} tests of the page were skipped, for they need a browser: none was found." in done.stdout
    assert "To run them, install chromium" in done.stdout


def test_one_that_does_not_start_is_none_and_says_why(tmp_path: Path) -> None:
    program(tmp_path / "chromium")
    done = pytest_with("", tmp_path)
    assert done.returncode == 0, done.stdout
    assert (
        f"{skipped(done)} tests of the page were skipped, for they need a browser: the one found does not start"
        in done.stdout
    )
    assert "this one is a stub" in done.stdout


def test_one_that_was_named_must_start(tmp_path: Path) -> None:
    done = pytest_with(str(program(tmp_path / "mine")), tmp_path)
    assert done.returncode == 1
    assert "this one is a stub" in done.stdout
    assert "skipped" not in done.stdout
