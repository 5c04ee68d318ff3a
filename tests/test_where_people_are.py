"""The command line in odd places: a notebook, nohup, no home, no /proc, closed streams, little memory. Real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from study import store
from tests import terminals

ROOT = Path(__file__).parent.parent
STUDY = [sys.executable, "-m", "study"]
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix")


def simulated(verb: str, results: Path, *more: str) -> list[str]:
    return [*STUDY, verb, "--simulated", "--results", str(results), "--budget", "2m", "--only", "q6", *more]


def ran(command: list[str], **rest: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300, **rest)


def without_a_traceback(found: subprocess.CompletedProcess[str], code: int) -> str:
    assert found.returncode == code, found.stderr
    assert "Traceback" not in found.stderr
    return found.stderr


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one simulated run of one question."""
    folder = tmp_path_factory.mktemp("runs")
    assert without_a_traceback(ran(simulated("run", folder)), 0) == ""
    return folder


SET_BY_OTHERS = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline", "MATPLOTLIBRC": os.devnull,
    "COLUMNS": "many", "TERM": "", "FORCE_COLOR": "1", "PYTHONSTARTUP": "nowhere", "SOURCE_DATE_EPOCH": "x",
    "HOME": "/dev/null", "MPLCONFIGDIR": "/dev/null", "XDG_CONFIG_HOME": "/dev/null", "NPY_DISABLE_CPU_FEATURES": "SSE2",
    "NPY_PROMOTION_STATE": "x", "PANDAS_COPY_ON_WRITE": "x", "SCIPY_ARRAY_API": "x", "PYPARSINGENABLEALLWARNINGS": "1",
}  # fmt: skip


def test_a_report_is_the_same_whatever_a_notebook_or_a_shell_has_set(results: Path, tmp_path: Path) -> None:
    written = []
    (scratch := tmp_path / "scratch").mkdir()
    odd = [SET_BY_OTHERS, {"SOURCE_DATE_EPOCH": ""}, {"SOURCE_DATE_EPOCH": "1000000000"}]
    for number, environment in enumerate([{}, *odd]):
        out = tmp_path / str(number)
        report = [*STUDY, "report", "--results", str(results), "--out", str(out)]
        said = without_a_traceback(ran(report, env={**os.environ, **environment, "TMPDIR": str(scratch)}), 0)
        assert said == ""
        written.append({path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert all(one == written[0] for one in written)
    assert list(scratch.iterdir()) == []  # Matplotlib's cache was ours, and is gone


@unix
@pytest.mark.parametrize(("verb", "closed"), [("run", ">&-"), ("run", "2>&-"), ("study", ">&- 2>&- <&-")])
def test_a_run_and_its_report_need_no_open_stream(tmp_path: Path, verb: str, closed: str) -> None:
    more = ["--out", str(tmp_path / "o")] if verb == "study" else []
    command = simulated(verb, tmp_path / "r", *more)
    without_a_traceback(ran(["sh", "-c", f'"$@" {closed}', "sh", *command]), 0)
    assert (tmp_path / "o" / "index.html").exists() == (verb == "study")
    assert not (tmp_path / "r" / ".lock").read_bytes()  # what is said does not land in a file that took the number


@unix
@pytest.mark.parametrize("limit_kib", [60_000, 150_000, 200_000, 300_000, 600_000])
def test_with_little_memory_a_sentence_ends_it_and_nothing_waits(results: Path, tmp_path: Path, limit_kib: int) -> None:
    report = [*STUDY, "report", "--results", str(results), "--out", str(tmp_path / "o")]
    found = ran(["sh", "-c", f'ulimit -v {limit_kib}; "$@"', "sh", *report])
    assert "memory" in without_a_traceback(found, 3)
    study = simulated("study", tmp_path / "r", "--out", str(tmp_path / "o"))
    found = ran(["sh", "-c", f'ulimit -v {limit_kib}; "$@"', "sh", *study])
    assert "memory" in without_a_traceback(found, 3)
    assert not (tmp_path / "r").exists()  # found out before anything was measured


def started(command: list[str], ignored: list[signal.Signals], **rest: Any) -> subprocess.Popen[bytes]:
    """A run started as a shell starts one under nohup or in the background."""

    def ignore() -> None:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)

    return subprocess.Popen(command, cwd=ROOT, preexec_fn=ignore, **rest)  # noqa: PLW1509 - no thread is running here


def finished(results: Path) -> bool:
    return [store.RunFolder.open(path).manifest.state for path in store.run_folders(results)] == ["finished"]


@unix
def test_what_was_ignored_from_the_start_does_not_stop_a_run(tmp_path: Path) -> None:
    ignored = [signal.SIGHUP, signal.SIGINT]
    command = simulated("run", tmp_path)
    with started(command, ignored, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith((b"Calibrating", b"Measuring")):
                for number in ignored:
                    process.send_signal(number)
        assert process.wait(timeout=300) == 0
    assert finished(tmp_path)


@unix
def test_a_hang_up_that_was_not_ignored_stops_a_run_which_can_go_on(tmp_path: Path) -> None:
    command = [*STUDY, "run", "--simulated", "--results", str(tmp_path), "--budget", "20m"]
    with started(command, [], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(b"Measuring"):
                process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=300) == 130


@unix
def test_a_terminal_that_is_closed_does_not_stop_a_run_that_ignores_it(tmp_path: Path) -> None:
    ours, its = terminals.opened()
    command = simulated("run", tmp_path)
    process = started(command, [signal.SIGHUP], stdin=its, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    said = b""
    while b"Calibrating" not in said:
        said += os.read(ours, 1 << 16)
    os.close(ours)  # what a terminal does when its window is closed
    assert process.wait(timeout=300) == 0
    assert finished(tmp_path)


NOBODY = """
import os, sys
from study import cli
from study.store import scrub

def run(name):
    return cli.main(["run", "--simulated", "--results", f"{sys.argv[1]}/{name}", "--budget", "2m", "--only", "q6"])

scrub("known")
run("known")  # whatever it imports, it may not be able to read any more as somebody else
os.chmod(sys.argv[1], 0o777)
os.setgroups([])
os.setgid(12345)
os.setuid(12345)
os.environ.pop("HOME", None)
scrub.__globals__["private_words"].cache_clear()
assert scrub("nothing to hide") == "nothing to hide"
sys.exit(run("unknown"))
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can be somebody else")
def test_a_user_without_a_name_and_a_home_can_measure() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to others
        without_a_traceback(ran([sys.executable, "-c", NOBODY, folder]), 0)
        assert finished(Path(folder, "unknown"))


def without_proc() -> list[str]:
    """A command under which /proc is an empty folder, or nothing where that cannot be had."""
    hidden = ["unshare", "--mount", "--map-root-user", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    try:
        works = subprocess.run([*hidden, "test", "!", "-e", "/proc/self"], check=False, capture_output=True).returncode
    except OSError:
        return []
    return [] if works else hidden


SUPERVISED = """
import os, pathlib, sys, tempfile
sys.path.insert(0, os.getcwd())
from study.supervise import Supervisor, can_be_seen, end_leftovers
print(can_be_seen(), end_leftovers("a run"))
with tempfile.TemporaryDirectory() as folder, Supervisor() as supervisor:
    for program, limit_s in ("pass", 60.0), ("raise SystemExit(3)", 60.0), ("import time; time.sleep(60)", 1.0):
        ran = supervisor.run(
            [sys.executable, "-c", program], environment={"STUDY_RUN_ID": "a run"}, cwd=pathlib.Path(folder),
            deadline_s=limit_s, log=pathlib.Path(folder, "log"),
        )
        print(ran.state)
"""


def test_without_proc_it_plans_measures_and_watches_over_its_processes(tmp_path: Path) -> None:
    if not (hidden := without_proc()):
        pytest.skip("/proc cannot be hidden here")
    found = ran([*hidden, sys.executable, "-c", SUPERVISED])
    without_a_traceback(found, 0)
    assert found.stdout.split("\n")[:4] == ["False 0", "ok", "failed", "timed out"]
    without_a_traceback(ran([*hidden, *simulated("run", tmp_path)]), 0)
    assert finished(tmp_path)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        ("RuntimeError('\\x1b[2Jodd')", r"RuntimeError in study/stand_in.py, line 3: \x1b[2Jodd. This is a defect"),
        ("MemoryError()", "not enough memory"),
        ("RecursionError('deep')", "This is a defect of the study"),
        ("PermissionError(13, 'Permission denied', 'x')", "the system refuses"),
    ],
)
def test_what_nobody_foresaw_is_a_sentence_and_a_traceback_on_request(raised: str, said: str) -> None:
    source = f"def odd(options):\n\n    raise {raised}\n"
    program = (
        "import sys; from study import cli\n"
        f"names = {{}}; exec(compile({source!r}, str(cli.ROOT / 'study' / 'stand_in.py'), 'exec'), names)\n"
        "cli._selfbench = names['odd']\n"
        "sys.exit(cli.main(['selfbench']))"
    )
    command = [sys.executable, "-c", program]
    assert said in without_a_traceback(ran(command), 3)
    assert "Traceback" in ran(command, env={**os.environ, "STUDY_TRACEBACK": "1"}).stderr
