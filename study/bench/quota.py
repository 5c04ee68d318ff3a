"""A CPU quota for this process and its children, through a control group of our own; Linux, where we may make one."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path

from study.bench.errors import UnsupportedCellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PERIOD_US = 100_000


@contextmanager
def cpu_quota(cpus: float) -> Iterator[None]:
    """No more CPU time than that of `cpus` CPUs inside the block, counted over 100 ms.

    Raises
    ------
    UnsupportedCellError
        where this system has no control groups, or does not let us make one.
    """
    group = _own_group() / f"study-{os.getpid()}"
    quota_us = round(cpus * PERIOD_US)
    try:
        group.mkdir()
    except OSError as error:
        raise UnsupportedCellError(f"no control group for a CPU quota can be made here ({error.strerror})") from None
    try:
        try:
            if (group / "cpu.cfs_quota_us").exists():
                (group / "cpu.cfs_period_us").write_text(str(PERIOD_US), encoding="ascii")
                (group / "cpu.cfs_quota_us").write_text(str(quota_us), encoding="ascii")
            else:
                (group / "cpu.max").write_text(f"{quota_us} {PERIOD_US}", encoding="ascii")
            (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        except OSError as error:
            raise UnsupportedCellError(f"no CPU quota can be set here ({error.strerror})") from None
        try:
            yield
        finally:
            for pid in (group / "cgroup.procs").read_text(encoding="ascii").split():  # helpers of the library, too
                with suppress(OSError):
                    (group.parent / "cgroup.procs").write_text(pid, encoding="ascii")
    finally:
        group.rmdir()


def _own_group() -> Path:
    """The folder of the group that this process is in, of version 1 where the CPUs are counted there, else version 2."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UnsupportedCellError("this system has no control groups, so there is no CPU quota to set") from None
    version_2 = None
    for line in lines:
        _, controllers, own = line.split(":", 2)
        if "cpu" in controllers.split(","):
            folder = Path("/sys/fs/cgroup", controllers, own.strip("/"))
            if folder.is_dir():
                return folder
        if not controllers:
            version_2 = Path("/sys/fs/cgroup", own.strip("/"))
    if version_2 is None or not version_2.is_dir():
        raise UnsupportedCellError("this system's control groups cannot be seen, so there is no CPU quota to set")
    return version_2
