"""Whether a limit on this process leaves enough to work in: with too little some libraries wait for ever, others abort.

What is compared is address space (`ulimit -v`), of which a process needs far more than it fills: each thread reserves some.
"""

from __future__ import annotations

import os
import sys

from study.errors import StudyError
from study.units import size

TO_MEASURE_BYTES = 256 << 20
TO_REPORT_BYTES = 1152 << 20
"""Both are the peak of VmPeak (proc_pid_status(5)) over the stored runs on two CPUs, rounded up."""
A_THREAD_BYTES = 32 << 20
"""What a thread of typst or of NumPy's library reserves; with the report both start one for each CPU."""


def check_to_measure() -> None:
    """Refuse a limit under which planning or measuring would end in the middle; see `_check`."""
    _check(TO_MEASURE_BYTES, "to plan and to measure")


def check_to_report() -> None:
    """Refuse a limit under which the analysis or the report would end in the middle; see `_check`."""
    _check(TO_REPORT_BYTES + A_THREAD_BYTES * (os.cpu_count() or 1), "for the analysis and the report")


def _check(needed_bytes: int, what: str) -> None:
    """Refuse in a sentence what would end in the middle.

    Parameters
    ----------
    what : what it is needed for, such as 'to measure'.

    Raises
    ------
    StudyError
        naming the limit and what is needed.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Unix only

    for name, option in (("RLIMIT_AS", "-v"), ("RLIMIT_DATA", "-d")):
        limit, _ = resource.getrlimit(getattr(resource, name))
        if resource.RLIM_INFINITY != limit < needed_bytes:
            raise StudyError(
                f"the limit on memory (ulimit {option}) is {size(limit)}, and {size(needed_bytes)} are needed {what}: raise it"
            )
