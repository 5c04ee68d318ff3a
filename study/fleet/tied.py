"""`python -m study.fleet.tied PARENT COMMAND…`: become COMMAND, which is told to end when the process PARENT is gone.

A worker of Dask that is killed tells nobody. On Linux the kernel does (prctl(2), PR_SET_PDEATHSIG): a study that gets SIGTERM
ends what it has started, and can be continued. Elsewhere the next task on that host ends what it finds.
"""

from __future__ import annotations

import os
import signal
import sys

from study.orphans import ends_with


def tied(command: list[str]) -> list[str]:
    """The command, tied to this process where the system can do that."""
    return (
        [sys.executable, "-m", "study.fleet.tied", str(os.getpid()), *command] if sys.platform == "linux" else command
    )


def main(parent: int, command: list[str]) -> None:
    """Ask the kernel, then become the command. A parent that was gone before is noticed by its number."""
    if not ends_with(parent, signal.SIGTERM):
        raise SystemExit("the worker that started this study is gone; nothing was measured")
    os.execv(command[0], command)  # noqa: S606 - the study's own command, made in `host`


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
