"""The lock that keeps two studies apart: whatever lies in its place, it says so at once."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from study import store
from study.errors import LockedError, ResultsError
from study.lab.crosscheck import crosscheck
from study.store.lock import NAME, machine_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such lock")
SOMEBODY = 12345
HOLDER = """
import fcntl, os, pathlib, pwd, sys
sys.path.insert(0, sys.argv[1])
from study import errors, store
user = int(sys.argv[3])
if user:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
try:
    with store.one_at_a_time(pathlib.Path(sys.argv[2])):
        print("held", flush=True)
        sys.stdin.read()
except errors.StudyError as error:
    print(error)
"""
needs_root = pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can be somebody else")


def held(lock: Path, user: int = 0) -> subprocess.Popen[str]:
    """Another process that has the lock, perhaps of another user."""
    command = [sys.executable, "-c", HOLDER, str(ROOT), str(lock), str(user)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_studies_at_once_are_refused_and_the_first_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=rf"process {other.pid}\b.*--lock"), store.one_at_a_time(lock):
            pass
        other.communicate("")
    with store.one_at_a_time(lock):
        pass


def test_the_lock_of_another_user_is_held_without_writing_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock"
    lock.write_bytes(b"")
    opened = os.open

    def refused(path: Path, flags: int, mode: int = 0o777) -> int:
        if path == lock and flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", refused)
    with store.one_at_a_time(lock):
        assert lock.read_bytes() == b""
        with pytest.raises(LockedError), store.one_at_a_time(lock):
            pass


def test_on_a_full_disk_a_lock_holds_without_saying_who_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with store.one_at_a_time(tmp_path / "lock"), pytest.raises(LockedError), store.one_at_a_time(tmp_path / "lock"):
        pass


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux shows who holds a lock")
def test_who_holds_a_lock_that_names_nobody_is_asked_of_the_kernel(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        lock.write_bytes(b"")
        with pytest.raises(LockedError, match=rf"process {other.pid} of user"), store.one_at_a_time(lock):
            pass
        other.communicate("")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link(path: Path) -> None:
    (path.parent / "precious").write_text("mine", encoding="utf-8")
    path.symlink_to(path.parent / "precious")


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def a_file(path: Path) -> None:
    path.write_text("somebody's notes", encoding="utf-8")


def a_second_name(path: Path) -> None:
    (path.parent / "precious").write_bytes(b"")
    os.link(path.parent / "precious", path)


@pytest.mark.parametrize("make", [a_pipe, a_folder, a_link, a_socket, a_file, a_second_name])
def test_what_is_no_lock_is_named_with_its_owner_and_stays_as_it_is(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    lock = tmp_path / "lock"
    make(lock)
    before = lock.lstat()
    with (
        pytest.raises(ResultsError, match=rf"not a file of this study.*belongs to user .*{os.getuid()}.*--lock DIR"),
        store.one_at_a_time(lock),
    ):
        pass
    after = lock.lstat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may look into: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@needs_root
@pytest.mark.parametrize("make", [a_pipe, a_folder, a_file, Path.touch])
def test_another_user_is_told_whose_the_thing_is_and_what_to_do(
    open_folder: Path, make: Callable[[Path], None]
) -> None:
    lock = open_folder / "lock"
    make(lock)
    lock.chmod(0o600)
    with held(lock, SOMEBODY) as other:
        said, _ = other.communicate("", timeout=60)
    assert "belongs to user root (0): remove it, or ask them to" in said
    assert "--lock DIR" in said


@needs_root
def test_a_lock_that_may_only_be_read_keeps_another_user_apart_all_the_same(open_folder: Path) -> None:
    lock = open_folder / "lock"
    lock.touch(0o644)
    with held(lock, SOMEBODY) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=rf"process {other.pid} of user {SOMEBODY}"), store.one_at_a_time(lock):
            pass
        other.communicate("")


def test_the_lock_lies_where_lock_says(tmp_path: Path) -> None:
    assert machine_lock(tmp_path) == tmp_path / NAME
    command = [sys.executable, "-m", "study", "plan", "--results", str(tmp_path / "r"), "--lock", str(tmp_path)]
    with store.one_at_a_time(tmp_path / NAME):
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 3
    assert f"process {os.getpid()}" in ran.stderr


def test_a_machine_without_a_folder_for_temporary_files_is_told_of_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", none)
    with pytest.raises(ResultsError, match=r"TMPDIR.*--lock"):
        machine_lock(None)


def test_cross_checks_wait_for_no_study_and_measure_beside_none(tmp_path: Path) -> None:
    said: list[str] = []
    with store.one_at_a_time(tmp_path / NAME), pytest.raises(LockedError):
        crosscheck(ROOT, tmp_path, lock=tmp_path, rounds=1, say=said.append)
    assert said == []


@pytest.mark.parametrize("stands", ["a file", "a folder of the outcome's name"])
def test_cross_checks_find_out_before_they_measure_that_nothing_can_be_kept(tmp_path: Path, stands: str) -> None:
    results = tmp_path / "results"
    if stands == "a file":
        results.write_bytes(b"")
    else:
        (results / "crosschecks.json").mkdir(parents=True)
    said: list[str] = []
    with pytest.raises(ResultsError, match="--results"):
        crosscheck(ROOT, results, lock=tmp_path, rounds=1, say=said.append)
    assert said == []
