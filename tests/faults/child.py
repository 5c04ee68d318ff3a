"""A child that goes wrong in the way its first argument names: what the supervisor is tried on."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

FOR_EVER_S = 600.0


def sleep_for_ever() -> None:
    """Outlive every test."""
    time.sleep(FOR_EVER_S)


def note_pid() -> None:
    """Append this process' number to the file named by PIDS, for the test to look it up."""
    with Path(os.environ["PIDS"]).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")


def fork_a_sleeper(*, session: bool = False, twice: bool = False) -> None:
    """Fork a process that sleeps for ever, and return once it has noted its number."""
    noted, ready = os.pipe()
    if os.fork() == 0:
        if session:
            os.setsid()
        if twice and os.fork():
            os._exit(0)
        note_pid()
        os.write(ready, b"x")
        sleep_for_ever()
    os.read(noted, 1)


def ends_well() -> None:
    """Print and end."""
    print("all is well")


def waits_a_moment() -> None:
    """Burn some time of a child of its own."""
    subprocess.run([sys.executable, "-c", "sum(range(10_000_000))"], check=True)


def gives_a_wrong_answer() -> None:
    """End as the bench does when a cell fails."""
    print("Traceback: many lines", file=sys.stderr)
    print("WrongAnswer: square of 3 is 9 and not 8", file=sys.stderr)
    sys.exit(1)


def crashes() -> None:
    """Die of a segmentation fault."""
    os.environ.pop("PYTHONFAULTHANDLER", None)
    faulthandler._sigsegv()  # type: ignore[attr-defined] # the stubs leave it out


def hangs() -> None:
    """Never end."""
    note_pid()
    print("before it hangs", flush=True)
    sleep_for_ever()


def hangs_deaf() -> None:
    """Never end, and hear no polite signal; neither does its child."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    fork_a_sleeper()
    hangs()


def hangs_in_a_pool() -> None:
    """Hang while two workers of a pool hang too."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(time.sleep, [FOR_EVER_S] * 2)


def leaves_a_grandchild() -> None:
    """End well, and leave a forked process."""
    fork_a_sleeper()


def leaves_a_grandchild_in_another_session() -> None:
    """End well, and leave a process that left the session."""
    fork_a_sleeper(session=True)


def leaves_a_daemon() -> None:
    """End well, and leave an orphan in another session."""
    fork_a_sleeper(session=True, twice=True)


def leaves_a_daemon_without_a_mark() -> None:
    """End well, and leave an orphan in another session that has an empty environment."""
    program = f"import time; print(flush=True); time.sleep({FOR_EVER_S})"
    sleeper = subprocess.Popen([sys.executable, "-c", program], env={}, start_new_session=True, stdout=subprocess.PIPE)
    assert sleeper.stdout is not None
    sleeper.stdout.readline()
    with Path(os.environ["PIDS"]).open("a", encoding="ascii") as file:
        file.write(f"{sleeper.pid}\n")
    os._exit(0)


def leaves_a_tracker() -> None:
    """End well, the resource tracker and the fork server still ending by themselves."""
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=ends_well)
    process.start()
    process.join()
    os._exit(0)


def prints_a_megabyte() -> None:
    """Print a megabyte, then a last line."""
    for number in range(1 << 14):
        print(f"{number:063}")
    print("the last line")


def prints_for_ever() -> None:
    """Never stop printing."""
    note_pid()
    while True:
        print("x" * 1023)


def prints_dirt() -> None:
    """Print what could steer a terminal, then fail."""
    sys.stdout.buffer.write(b"\x1b]0;title\x07 \xff \xe2\x80\xae reversed\n")
    sys.stdout.flush()
    sys.exit(3)


def tells_its_signals() -> None:
    """Print how it inherited its signals."""
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGHUP))


if __name__ == "__main__":
    globals()[sys.argv[1]]()
