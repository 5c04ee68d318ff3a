"""What the report tells its readers to copy: each program runs as it stands, below a function and items of the reader's."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from study.things.recipes import RECIPES, written_for

if TYPE_CHECKING:
    from pathlib import Path

ABOVE = "def f(item):\n    return item * item\n\n\nitems = list(range(20))\n\n\n"
BELOW = '\n\nif __name__ == "__main__":\n    print(results)\n'
WAYS = [
    (backend, method, chunksize)
    for backend in RECIPES
    for method in (("fork", "forkserver", "spawn") if "{method}" in RECIPES[backend] else ("",))
    for chunksize in ((0, 3) if "{chunks}" in RECIPES[backend] else (0,))
]


def printed(path: Path, text: str) -> str:
    """What a script prints that has the reader's lines around the text."""
    path.write_text(ABOVE + text + BELOW, encoding="utf-8")
    return subprocess.run([sys.executable, str(path)], check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.parametrize(("backend", "method", "chunksize"), WAYS)
def test_what_is_to_be_copied_runs_under_the_start_method_that_it_names(
    tmp_path: Path, backend: str, method: str, chunksize: int
) -> None:
    text = written_for(backend, 2, method, chunksize)
    assert "{" not in text
    assert (f'"{method}"' in text) == bool(method)
    if not can_run(text):
        ast.parse(text)
        pytest.skip("this interpreter has no such executor: its program was parsed")
    assert printed(tmp_path / "yours.py", text) == f"{[item * item for item in range(20)]}\n"


def can_run(text: str) -> bool:
    """Whether this interpreter has all that the program imports."""
    imports = "\n".join(line for line in text.splitlines() if line.startswith(("import ", "from ")))
    return subprocess.run([sys.executable, "-c", imports], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("backend", RECIPES)
def test_names_that_a_reader_fills_in_are_said_and_no_others_are_asked_for(backend: str) -> None:
    text = written_for(backend, 2, "", 0)
    tree = ast.parse(text)
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.name for alias in node.names}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert used - bound - {"list", "__name__"} == {"f", "items"}
    assert "f and items are yours" in text


@pytest.mark.parametrize("backend", RECIPES)
def test_no_line_is_longer_than_a_column_of_the_first_screen_holds(backend: str) -> None:
    text = written_for(backend, 128, "forkserver", 100_000)
    assert max(map(len, text.splitlines())) <= 70


def test_who_has_no_recipe_is_told_in_words_alone() -> None:
    assert written_for("a backend of a contributor", 2, "fork", 0) == ""
