"""The folder of a report: what is not ours stays, what is ours is replaced, and nothing is half done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from study.errors import ReportError
from study.report import place

ROOT = Path(__file__).parent.parent
FIRST = {"index.html": "<title>one</title>", "report.pdf": "%PDF one", "data/cells.csv": "1\n", "data/old.csv": "1\n"}
SECOND = {"index.html": "<title>two</title>", "report.pdf": "%PDF two", "data/cells.csv": "2\n", "data/new.csv": "2\n"}


def write(out: Path, files: dict[str, str]) -> None:
    """A report of these files, put where reports are put."""
    with place.making(out) as made:
        (made / "data").mkdir()
        for name, text in files.items():
            (made / name).write_text(text, encoding="utf-8")
        place.put(made, out)


def standing(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
        for path in out.rglob("*")
        if path.is_file() and path.name != place.MARKER
    }


def test_a_report_takes_the_place_of_the_one_before_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    for files in (FIRST, SECOND, {name: text for name, text in SECOND.items() if name != "report.pdf"}):
        write(tmp_path, files)
        assert standing(tmp_path) == files
    assert sorted(path.name for path in tmp_path.iterdir()) == [place.MARKER, "data", "index.html"]


def test_a_file_that_is_packed_now_takes_the_place_of_the_plain_one(tmp_path: Path) -> None:
    packed = {**FIRST, "data/cells.csv.gz": "packed"}
    del packed["data/cells.csv"]
    for files in (FIRST, packed, FIRST):
        write(tmp_path, files)
        assert standing(tmp_path) == files


@pytest.mark.parametrize("name", ["index.html", "report.pdf", "data/thesis.csv"])
@pytest.mark.parametrize("after", [False, True], ids=["no report was there", "a report was there and was removed"])
def test_what_somebody_else_put_there_is_refused_with_its_name_and_stays(
    tmp_path: Path, name: str, *, after: bool
) -> None:
    if after:
        write(tmp_path, FIRST)
        for path in [tmp_path / each for each in FIRST]:
            path.unlink()
        (tmp_path / "data").rmdir()
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("precious", encoding="utf-8")
    if after and name.startswith("data/"):
        write(tmp_path, SECOND)  # a folder `data` that was ours is shared, as long as no name is taken
        assert standing(tmp_path) == {**SECOND, name: "precious"}
        return
    with pytest.raises(ReportError, match=name.partition("/")[0]):
        write(tmp_path, SECOND)
    assert standing(tmp_path) == {name: "precious"}


def test_files_of_the_users_inside_our_data_survive(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    (tmp_path / "data" / "thesis.csv").write_text("precious", encoding="utf-8")
    (tmp_path / "data" / "old.csv").write_text("changed by hand", encoding="utf-8")
    write(tmp_path, SECOND)
    assert standing(tmp_path) == {**SECOND, "data/thesis.csv": "precious", "data/old.csv": "changed by hand"}


def test_a_file_of_the_users_with_the_name_of_one_to_be_written_is_refused(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    (tmp_path / "data" / "new.csv").write_text("precious", encoding="utf-8")
    with pytest.raises(ReportError, match=r"data/new\.csv: is not of this study"):
        write(tmp_path, SECOND)
    assert standing(tmp_path) == {**FIRST, "data/new.csv": "precious"}


@pytest.mark.parametrize("name", ["index.html", "report.pdf", "data", "data/cells.csv", place.MARKER])
@pytest.mark.parametrize("before", [False, True], ids=["empty", "after a report"])
def test_a_link_is_refused_and_never_followed(tmp_path: Path, name: str, *, before: bool) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (elsewhere / "file").write_text("precious", encoding="utf-8")
    if before:
        write(out, FIRST)
        (out / name).rename(tmp_path / "away")
    target = elsewhere if name == "data" else elsewhere / "file"
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).symlink_to(target)
    with pytest.raises(ReportError, match=r"Nothing was changed"):
        write(out, SECOND)
    assert standing(elsewhere) == {"file": "precious"}
    assert (out / name).is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("name", ["index.html", "data", place.MARKER])
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(ReportError, match=name):
        write(tmp_path, FIRST)


def test_a_report_from_before_there_was_a_marker_is_known_by_its_page(tmp_path: Path) -> None:
    head = '<meta content="default-src &#39;none&#39;">\n<title>What parallel Python costs, and what it gives</title>\n'
    page = f'{head}<style></style><a href="data/cells.csv">cells.csv</a>'
    pdf = "%PDF /Creator(Typst 0.15.1) What parallel Python costs, and what it gives"
    old = {"index.html": page, "report.pdf": pdf, "data/cells.csv": "1\n"}
    (tmp_path / "data").mkdir()
    for name, text in {**old, "data/thesis.csv": "precious"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    write(tmp_path, SECOND)
    assert standing(tmp_path) == {**SECOND, "data/thesis.csv": "precious"}


def test_the_committed_report_is_ours() -> None:
    owned = place.claim(ROOT / "report")
    assert {"index.html", "report.pdf", "data/cells.csv.gz"} <= set(owned)


@pytest.mark.parametrize("before", [{}, FIRST], ids=["first report", "second report"])
@pytest.mark.parametrize("moves", range(8))
def test_a_kill_at_any_move_leaves_a_page_that_can_be_read_and_the_next_report_whole(
    tmp_path: Path, before: dict[str, str], moves: int
) -> None:
    out = tmp_path / "out"
    if before:
        write(out, before)
    program = (
        "import os, pathlib, sys; sys.path.insert(0, sys.argv[1]); from tests import test_place; left = int(sys.argv[3])\n"
        "def counted(self, to, move=pathlib.Path.replace):\n"
        "    global left\n"
        "    if not left: os._exit(9)\n"
        "    left -= 1\n"
        "    return move(self, to)\n"
        "pathlib.Path.replace = counted\n"
        "test_place.write(pathlib.Path(sys.argv[2]), test_place.SECOND)"
    )
    command = [sys.executable, "-c", program, str(ROOT), str(out), str(moves)]
    killed = subprocess.run(command, check=False, timeout=60).returncode
    assert killed == (9 if moves < 6 else 0)
    pages = {files["index.html"] for files in (before, SECOND) if files}
    if (out / "index.html").exists() or before:
        assert (out / "index.html").read_text(encoding="utf-8") in pages
    write(out, SECOND)
    assert standing(out) == SECOND
    assert not [path for path in out.iterdir() if path.is_dir() and path.name != "data"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no folders")
def test_two_reports_at_once_do_not_mix(tmp_path: Path) -> None:
    with place.making(tmp_path), pytest.raises(ReportError, match="another report is being written"):
        write(tmp_path, FIRST)


@pytest.mark.parametrize(
    "out",
    [
        "",
        "results",
        "results/machine",
        "results/machine/run",
        "results/new",
        "runs",
        "runs/m",
        "runs/m/x",
        "file",
    ],
)
def test_no_report_is_written_among_runs_or_over_the_project_or_a_file(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    run = tmp_path / "runs" / "m" / "run"
    run.mkdir(parents=True)
    with pytest.raises(ReportError, match="--out"):
        place.check(tmp_path / out, root=tmp_path, results=tmp_path / "runs", runs=[run])


@pytest.mark.parametrize("out", ["runs/new", "runs/new/report", "runs"])
def test_what_may_become_the_folder_of_the_machine_is_refused_before_it_is_measured(tmp_path: Path, out: str) -> None:
    with pytest.raises(ReportError, match="--out"):
        place.check(tmp_path / out, root=ROOT, results=tmp_path / "runs", runs=[], measuring=True)
    place.check(tmp_path / "runs" / "report", root=ROOT, results=tmp_path / "runs", runs=[], measuring=True)


@pytest.mark.parametrize("out", ["report", "runs/report", "runs/report/new", "runs/new", "elsewhere/new"])
def test_a_folder_of_its_own_may_lie_anywhere_else_and_is_not_made_yet(tmp_path: Path, out: str) -> None:
    run = tmp_path / "runs" / "m" / "run"
    run.mkdir(parents=True)
    place.check(tmp_path / out, root=tmp_path, results=tmp_path / "runs", runs=[run])
    assert not (tmp_path / out).exists()


def test_a_link_that_leads_to_itself_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ReportError, match="loop"):
        place.check(tmp_path / "loop", root=ROOT, results=tmp_path / "runs", runs=[])


def test_a_marker_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / place.MARKER).write_text("index.html\n", encoding="utf-8")
    with pytest.raises(ReportError, match="not what this study writes"):
        write(tmp_path, FIRST)


@pytest.mark.parametrize("changed", ["ends of lines", "mark before the text", "cut off", "cut off to zeros"])
def test_a_marker_that_was_changed_on_its_way_does_not_block_for_good(tmp_path: Path, changed: str) -> None:
    write(tmp_path, FIRST)
    data = (tmp_path / place.MARKER).read_bytes()
    new = {
        "ends of lines": data.replace(b"\n", b"\r\n"),
        "mark before the text": b"\xef\xbb\xbf" + data,
        "cut off": b"",
        "cut off to zeros": bytes(len(data)),
    }[changed]
    (tmp_path / place.MARKER).write_bytes(new)
    if changed.startswith("cut off"):
        with pytest.raises(ReportError, match="data: is not of this study"):
            write(tmp_path, SECOND)
        for name in FIRST:
            (tmp_path / name).unlink()
        (tmp_path / "data").rmdir()
    write(tmp_path, SECOND)
    assert standing(tmp_path) == SECOND


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write everywhere")
def test_data_that_cannot_be_written_is_found_before(tmp_path: Path) -> None:
    write(tmp_path / "o", FIRST)
    (tmp_path / "o" / "data").chmod(0o500)
    with pytest.raises(ReportError, match="data cannot be written"):
        place.check(tmp_path / "o", root=ROOT, results=tmp_path / "runs", runs=[])


def test_data_that_the_system_calls_not_writable_is_found_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "o", FIRST)
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "data")
    with pytest.raises(ReportError, match="data cannot be written"):
        place.check(tmp_path / "o", root=ROOT, results=tmp_path / "runs", runs=[])
