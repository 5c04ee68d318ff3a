"""A harness that a test kills, interrupts or starts deaf while its child hangs. Arguments: fault, log, run id."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from study.supervise import Supervisor

if TYPE_CHECKING:
    from types import FrameType


def main(fault: str, log: str, run_id: str) -> None:
    """Supervise one child; a second Ctrl-C ends it."""
    interruptions = 0
    with Supervisor() as supervisor:

        def handle(number: int, frame: FrameType | None) -> None:
            nonlocal interruptions
            interruptions += 1
            os.write(1, f"interruption {interruptions}\n".encode())  # not print: the signal may come inside one
            if interruptions > 1:
                supervisor.stop_now()

        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, handle)
        outcome = supervisor.run(
            [sys.executable, str(Path(__file__).with_name("child.py")), fault],
            environment={**os.environ, "STUDY_RUN_ID": run_id},
            cwd=Path.cwd(),
            deadline_s=60.0,
            log=Path(log),
        )
    print(f"{outcome.state}: {outcome.reason}|{outcome.last_lines}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
