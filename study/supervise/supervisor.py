"""Runs one child at a time to its end, its deadline or an interruption; afterwards nothing of it is alive."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import psutil

if sys.platform != "win32":
    import resource

from study.errors import ResultsError, printable
from study.supervise import child, tree
from study.supervise.output import last_lines, last_word
from study.supervise.shared import Shared, names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

LARGEST_OUTPUT_BYTES = 64 << 20
GRACE_S = 1.0
"""Time for what ends by itself once its parent is gone: the resource tracker, the fork server, a pool's workers."""
CHECK_EVERY_S = 0.25
"""How often the output's size and shared memory are looked at: four short wake-ups a second do not show in what is
measured."""
STOPPED = "stopped by the user"

State = Literal["ok", "failed", "timed out", "interrupted"]
_Event = Literal["ended", "stop", "late", "too much output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a child.

    Attributes
    ----------
    reason : '' when ok, else why not, on one line.
    last_lines : the last lines of its output, printable characters only.
    elapsed_s : from before it was started to its end.
    cpu_s : user and system time of its whole tree, as far as the system tells.
    leftovers : what it had started and was still alive a second after its end; it has been ended since.
    """

    state: State
    reason: str
    last_lines: str
    elapsed_s: float
    cpu_s: float
    leftovers: tuple[str, ...] = ()


class Supervisor:
    """A context in which children are run, one at a time, and their orphans become ours."""

    def __init__(self, *, largest_output_bytes: int = LARGEST_OUTPUT_BYTES, grace_s: float = GRACE_S) -> None:
        """A child that prints more is ended; `grace_s` is what its descendants get to end by themselves."""
        self.largest_output_bytes = largest_output_bytes
        self.grace_s = grace_s
        self._stopped = False
        self._adopted_before = False
        # Event.set() takes a lock that the interrupted thread may hold; SimpleQueue.put() may be called in a handler.
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        self._adopted_before = tree.adopt_orphans(adopt=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tree.adopt_orphans(adopt=self._adopted_before)

    def stop_now(self) -> None:
        """Kill the child in flight with its tree, and start none any more. Safe in a signal handler or a thread."""
        self._stopped = True
        self._events.put("stop")

    def run(
        self, command: Sequence[str], *, environment: Mapping[str, str], cwd: Path, deadline_s: float, log: Path
    ) -> Outcome:
        """Run `command` in a session of its own, its whole output in `log`, and end whatever it leaves behind.

        Ctrl-C at the terminal does not reach it: the caller decides what an interruption means (`stop_now`).
        """
        events = self._events = queue.SimpleQueue()
        if self._stopped:
            return Outcome(state="interrupted", reason=STOPPED, last_lines="", elapsed_s=0.0, cpu_s=0.0)
        besides = tree.children()
        shared = Shared(environment.get(tree.RUN_ID, ""), besides=names())
        cpu_before_s, oom_before = _children_cpu_s(), _oom_kills()
        began_s = time.monotonic()
        try:
            process = child.start(command, environment, cwd, log)
        except OSError as error:
            reason = f"could not be started: {printable(error.strerror or type(error).__name__)}"
            return Outcome(state="failed", reason=reason, last_lines="", elapsed_s=0.0, cpu_s=0.0)

        def find() -> list[psutil.Process]:
            found = set(tree.descendants(besides=besides))
            found.update(tree.marked(environment[tree.RUN_ID]) if tree.RUN_ID in environment else ())
            return [one for one in found if one.pid != process.pid]

        event: _Event = "stop"  # what it stays if an exception comes while waiting
        leftovers: list[str] = []
        try:
            _start_thread(child.call_at_end, process, lambda: events.put("ended"))
            event = self._wait(events, began_s + deadline_s, log, shared)
            elapsed_s = time.monotonic() - began_s
            left = tree.wait_until_gone(find, grace_s=self.grace_s) if event == "ended" else []
            leftovers = [tree.in_words(one, process.pid) for one in left]
        finally:
            shared.look()
            if event != "ended" or leftovers:
                shared.look_into([process.pid, *(one.pid for one in find())])
            stuck = _end(process, find, at_once=event != "ended")
            shared.remove()
        leftovers += [f"{tree.in_words(one, process.pid)}, cannot be ended" for one in stuck]
        if event == "ended" and _size(log) > self.largest_output_bytes:
            event = "too much output"
        lines = last_lines(log)
        state, reason = self._judge(event, process.returncode, lines, deadline_s)
        if state == "failed" and _oom_kills() > oom_before:
            reason += " (the kernel ended a process for lack of memory)"
        return Outcome(
            state=state,
            reason=reason,
            last_lines="\n".join(lines),
            elapsed_s=elapsed_s,
            cpu_s=_children_cpu_s() - cpu_before_s,
            leftovers=tuple(leftovers),
        )

    def _wait(self, events: queue.SimpleQueue[_Event], deadline_s: float, log: Path, shared: Shared) -> _Event:
        """Sleep until something happens; nobody polls for the child's end."""
        while (left_s := deadline_s - time.monotonic()) > 0:
            try:
                return events.get(timeout=min(left_s, CHECK_EVERY_S))
            except queue.Empty:
                shared.look()
                if _size(log) > self.largest_output_bytes:
                    return "too much output"
        return "late"

    def _judge(self, event: _Event, code: int | None, lines: list[str], deadline_s: float) -> tuple[State, str]:
        if event == "stop":
            return "interrupted", STOPPED
        if event == "late":
            return "timed out", f"still running after {deadline_s:.1f} s"
        if event == "too much output":
            return "failed", f"printed more than {self.largest_output_bytes / (1 << 20):g} MiB"
        return ("ok", "") if code == 0 else ("failed", child.death(code, last_word(lines)))


def _start_thread(target: Callable[..., object], *arguments: object) -> None:
    try:
        threading.Thread(target=target, args=arguments, daemon=True).start()
    except RuntimeError as error:
        raise ResultsError(
            f"no thread can be started to watch over a process ({error}): raise the limit on memory or processes"
            " (ulimit -v, ulimit -u); every process so far is kept"
        ) from None


def _end(
    process: subprocess.Popen[bytes], find: Callable[[], list[psutil.Process]], *, at_once: bool
) -> list[psutil.Process]:
    """Kill and reap the child, its process group and everything found. Returns what cannot be ended."""
    doomed = find() if at_once else []  # where orphans are not adopted, they are lost once their parent is dead
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    stuck = []
    try:
        process.wait(timeout=tree.LONGEST_END_S)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(psutil.Error, OSError):  # where processes are not shown it cannot be named
            stuck.append(psutil.Process(process.pid))
    return stuck + tree.end_all(lambda: [*{*filter(psutil.Process.is_running, doomed), *find()}])


def _children_cpu_s() -> float:
    """User and system time of all our children that were reaped; on Windows the system does not say: 0."""
    if sys.platform == "win32":
        return 0.0
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _size(log: Path) -> int:
    """Bytes in a log; 0 for one that the child has removed."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


def _oom_kills() -> int:
    """How often the kernel has killed for lack of memory since it started; 0 where it does not say."""
    try:
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except OSError:
        pass  # not Linux, or hidden: then the reason says 'killed by SIGKILL' alone
    return 0
