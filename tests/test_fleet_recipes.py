"""The ways to many machines that need no engine, carried out as the README has them, with stand-ins for ssh and nox."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "study" / "fleet" / "README.md").read_text(encoding="utf-8")
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the recipes are for shells of Unix"),
    pytest.mark.slow,
]
NOX = """#!/bin/sh
while [ "$1" != -s ]; do shift; done
verb=$2
shift 2
[ "$1" = -- ] && shift
case $verb in
  study) set -- run "$@" --simulated --only q3-process --budget 1m ;;
  bundle) set -- bundle "$@" --simulated ;;
  add) set -- add "$@" --simulated --results {added} ;;
esac
PYTHONPATH={root} exec {python} -m study "$@"
"""
"""What is made up is made of it all: a study without its report, and results of their own to add to."""
SSH = """#!/bin/sh
cd {hosts}/"$1" && exec sh -c "$2"
"""
SCP = """#!/bin/sh
eval cp {hosts}/"${{1%%:*}}/${{1#*:}}" "$2"
"""


def block(title: str, language: str) -> str:
    """The code of a section."""
    _, _, section = README.partition(f"\n## {title}")
    found = re.search(rf"```{language}\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert found, title
    return found[1]


@dataclass(frozen=True)
class Place:
    """A folder with checkouts in it, each of which has a `nox` that stands in."""

    folder: Path

    @property
    def added(self) -> Path:
        return self.folder / "added"

    def checkout(self, name: str) -> Path:
        made = self.folder / name
        self.script(made / ".venv" / "bin" / "nox", NOX)
        return made

    def script(self, path: Path, text: str) -> None:
        words = {"added": self.added, "root": ROOT, "python": sys.executable, "hosts": self.folder / "hosts"}
        path.parent.mkdir(parents=True, exist_ok=True)
        quoted = {name: shlex.quote(str(word)) for name, word in words.items()}
        path.write_text(text.format(**quoted), encoding="utf-8")
        path.chmod(0o755)

    def runs(self, text: str, where: Path, **variables: str) -> None:
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-eu", "-c", text],  # noqa: S607 - the shell that PATH has
            cwd=where,
            env={**os.environ, "PATH": path, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        logs = [log.read_text(encoding="utf-8") for log in where.glob("*.log")]
        assert done.returncode == 0, [done.stdout, done.stderr, *logs]

    def machines(self) -> list[str]:
        return sorted(path.parent.parent.name for path in self.added.glob("*/*/contributed.json"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_ssh_in_a_loop(place: Place) -> None:
    for name in ("node-a", "node-b", "node-c"):
        place.checkout(f"hosts/{name}/parallel-python-study")
    here = place.checkout("here")
    place.script(place.folder / "bin" / "ssh", SSH)
    place.script(place.folder / "bin" / "scp", SCP)
    place.runs(block("ssh", "sh"), here)
    assert place.machines() == ["node-a", "node-b", "node-c"]
    place.runs(".venv/bin/nox -s add -- ./*.study", here)
    assert place.machines() == ["node-a", "node-b", "node-c"]


def test_a_job_array_of_slurm(place: Place) -> None:
    shared = place.checkout("shared")
    for number in ("0", "1"):
        place.runs(block("Slurm", "sh"), place.folder, SLURM_SUBMIT_DIR=str(shared), SLURM_ARRAY_TASK_ID=number)
    (told,) = re.findall(r"`(\.venv/bin/nox -s add -- spool-bundles[^`]*)`", README)
    place.runs(told, shared)
    assert place.machines() == ["node-0", "node-1"]


@pytest.mark.parametrize(
    ("title", "line", "name", "variable"),
    [
        ("GitHub Actions", r"^ *- run: (.*)$", "github-x64", "${{ matrix.machine }}"),
        ("GitLab CI", r"^    - (?!MACHINE)(.*)$", "lab-a", "$MACHINE"),
    ],
)
def test_a_matrix_of_ci(place: Place, title: str, line: str, name: str, variable: str) -> None:
    text = block(title, "yaml")
    assert name in text
    steps = [step.replace(variable, name) for step in re.findall(line, text, re.MULTILINE)]
    made = [step for step in steps if "pip install" not in step]
    assert len(made) == len(steps) - 1
    checkout = place.checkout(name)
    place.runs("\n".join(made), checkout)
    place.runs(".venv/bin/nox -s add -- bundles/*.study", checkout)
    assert place.machines() == [name]
