"""The code that an answer ends with, pasted into a file of the reader's folder: it runs as it stands there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from study.advise.model.job import Way
from study.advise.pasting import GUARD, code_of
from study.advise.wish import AdviseWish, checked
from study.things import BACKENDS
from study.things.written import WRITTEN
from tests.advise import made_up

MODULE = (
    "def twice(item):\n    return 2 * item\n\n\ndef items():\n    return list(range(12))\n\n\n"
    "def nothing():\n    return 7\n"
)
WISHES = {
    "items of a function": ({"function": "mine:twice", "items": "mine:items"}, [2 * item for item in range(12)]),
    "items of a file": (
        {"function": "mine:twice", "items_file": Path("items.jsonl")},
        [2 * item for item in range(5)],
    ),
    "calls without an item": ({"function": "mine:nothing", "repeat": 6}, [7] * 6),
}
WAYS = [
    Way(backend=backend, start_method=method, workers=1 if written.shape == "loop" else 2, chunksize=2, is_own=own)
    for backend, written in WRITTEN.items()
    for method in (("fork", "forkserver", "spawn") if BACKENDS[backend].takes_start_method else ("",))
    for own in ((True, False) if written.chunk else (True,))
]


def _is_plain(way: Way) -> bool:
    """Of each backend one way, under spawn where it starts processes: what items come from is told in front of it."""
    return way.is_own and way.start_method in {"", "spawn"}


@pytest.mark.parametrize(
    ("asked", "way"),
    [(asked, way) for asked in WISHES for way in WAYS if asked == "items of a function" or _is_plain(way)],
    ids=lambda value: value if isinstance(value, str) else f"{value.backend}-{value.start_method}-{value.is_own}",
)
def test_what_is_told_to_be_written_runs_as_it_is_pasted(tmp_path: Path, asked: str, way: Way) -> None:
    given, wanted = WISHES[asked]
    wish = AdviseWish(folder=tmp_path, **given)  # type: ignore[arg-type]
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "items.jsonl").write_text("".join(f"{item}\n" for item in range(5)), encoding="utf-8")
    code = code_of(way, wish, items_called=True)
    imports = "\n".join(line for line in code.splitlines() if line.startswith(("import ", "from ")))
    if subprocess.run([sys.executable, "-c", imports], cwd=tmp_path, check=False, capture_output=True).returncode:
        compile(code, "pasted.py", "exec")
        pytest.skip("this interpreter has no such executor: the code was compiled")
    (tmp_path / "pasted.py").write_text(f"{code}\n{GUARD}\n    print(results)\n", encoding="utf-8")
    command = [sys.executable, "pasted.py"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"{wanted}\n"


def test_the_reader_s_own_names_stand_in_it() -> None:
    assert "from well import computes, items" in code_of(Way(backend="pool"), made_up.WISH, items_called=True)


def test_the_file_of_the_items_is_opened_where_it_lies(tmp_path: Path) -> None:
    """From the folder where the function is, in which a reader pastes it; by its whole name where it lies elsewhere."""
    folder = tmp_path / "project"
    for place in (folder / "data", tmp_path / "elsewhere"):
        place.mkdir(parents=True)
        (place / "lines.jsonl").write_text("1\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere" / "lines.jsonl"
    for named, opened in ((Path("data/lines.jsonl"), "data/lines.jsonl"), (elsewhere, elsewhere.as_posix())):
        wish = checked(AdviseWish(function="mine:twice", items_file=named, folder=folder))
        assert f"open({opened!r}, " in code_of(WAYS[0], wish, items_called=False)
