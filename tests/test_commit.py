"""Which commit a run is of, and when its code is no commit's."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from study.identity.digests import commit

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid")
    done = subprocess.run(["git", "-C", str(folder), *who, *words], capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()


def test_a_run_is_of_a_commit_and_dirty_only_where_source_differs_from_it(tmp_path: Path) -> None:
    assert commit(tmp_path) == ("", True)
    git(tmp_path, "init", "--quiet")
    assert commit(tmp_path) == ("", True)
    source = tmp_path / "source.py"
    source.write_text("1\n", encoding="utf-8")
    git(tmp_path, "add", "source.py")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    head = git(tmp_path, "rev-parse", "HEAD")
    assert commit(tmp_path) == (head, False)
    for name in ("results", "report"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "written.txt").write_text("by a run\n", encoding="utf-8")
    assert commit(tmp_path) == (head, False)
    source.write_text("2\n", encoding="utf-8")
    assert commit(tmp_path) == (head, True)
