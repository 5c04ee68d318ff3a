"""Functions that go wrong, each in its own way: what `advise` is tried on. Nothing of the study is imported here."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOR_EVER_S = 600.0
twenty = list(range(20))
hundred = list(range(100))
nothing: list[int] = []
number = 7
held = [{"name": "lock", "handle": {"inner": [threading.Lock()]}}]


def endless() -> Iterator[int]:
    """Items without an end."""
    at = 0
    while True:
        yield at
        at += 1


def broken_items() -> Iterator[int]:
    """Items of which the third cannot be had."""
    yield from (1, 2)
    raise OSError("the disk is gone")


def harmless(item: object) -> object:
    """Do nothing."""
    return item


def raises_at_seven(item: int) -> int:
    """Fail at one item."""
    if item == 7:
        raise ValueError("seven is not allowed")
    return item


class SpeechlessError(Exception):
    """One that cannot be shown."""

    def __str__(self) -> str:
        """Fail once more."""
        raise RuntimeError("no words")


class Unshown:
    """A thing that cannot be shown."""

    def __repr__(self) -> str:
        """Fail."""
        raise RuntimeError("no words")


unshown = [Unshown() for _ in range(20)]


def raises_without_words(item: object) -> object:
    """Fail at once, and at being shown."""
    raise SpeechlessError(item)


def takes_two_and_unshown(first: object, second: object, more: object = unshown[0]) -> object:
    """Want two arguments, beside one whose default cannot be shown."""
    return first, second, more


def never_returns(item: int) -> int:
    """Wait for what never comes."""
    time.sleep(FOR_EVER_S)
    return item


def spins_for_ever(item: int) -> int:
    """Compute without an end."""
    while True:
        item += 1


def exits_hard(item: int) -> int:
    """End the process behind everybody's back."""
    os._exit(3 + 0 * item)


def exits_quietly(item: int) -> int:
    """End the process, and say that all is well."""
    os._exit(0 * item)


def exits_politely(item: int) -> int:
    """End the program as a script would."""
    sys.exit(f"no more after {item}")


def dies(item: int) -> int:
    """Read where nothing is."""
    ctypes.string_at(0 * item)
    return item


def kills_itself(item: int) -> int:
    """Be killed as by the system."""
    os.kill(os.getpid(), signal.SIGKILL)
    return item


def prints(item: int) -> int:
    """Talk."""
    print("hello from", item)
    return item


def prints_without_end(item: int) -> int:
    """Talk and talk."""
    while True:
        print("x" * 100_000, item)


def forks(item: int) -> int:
    """Fork, and let the copy go on as if it were the process."""
    os.fork()
    return item


def leaves_a_thread(item: int) -> int:
    """Start a thread that goes on."""
    threading.Thread(target=time.sleep, args=(FOR_EVER_S,), name="left-behind").start()
    return item


def leaves_a_process(item: int) -> int:
    """Start a program that goes on."""
    subprocess.Popen([shutil.which("sleep") or "sleep", str(FOR_EVER_S)])
    return item


def returns_a_lock(item: int) -> dict[str, Any]:
    """Return what cannot be sent."""
    return {"item": item, "lock": threading.Lock()}


def returns_much(item: int) -> bytes:
    """Return 40 MiB."""
    return bytes(40 << 20) + bytes(item % 2)


def returns_nothing(item: int) -> None:
    """Change what nobody else sees."""
    twenty[item % len(twenty)] += 0


def takes_two(first: int, second: int) -> int:
    """Want more than an item."""
    return first + second


def takes_none() -> int:
    """Want no item."""
    return 1


def naps(item: int) -> int:
    """Take long, for a test."""
    time.sleep(0.6)
    return item


def belongs_to_a_thread(item: int) -> int:
    """Work where the program began and nowhere else, as a connection of sqlite3 does."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("made in another thread")
    return item


def closes_everything(item: int) -> int:
    """Close what others have opened, as a careless daemon does."""
    os.closerange(3, 64)
    return item


def goes_elsewhere(item: int) -> int:
    """Change the folder."""
    os.chdir("/")
    return item


async def is_async(item: int) -> int:
    """Do nothing yet."""
    return item


def generates(item: int) -> Iterator[int]:
    """Do nothing yet, either."""
    yield item


def _made() -> Callable[[int], int]:
    def closure(item: int) -> int:
        return item + number

    return closure


class Thing:
    """Has a method, and something that cannot be sent."""

    def __init__(self) -> None:
        """Hold a lock."""
        self.inner = {"lock": threading.Lock()}

    def method(self, item: int) -> int:
        """Want an object."""
        return item + len(self.inner)


nameless = lambda item: item + 1  # noqa: E731 - this is what is tried
closure = _made()
thing = Thing()


def returns_a_lock_now_and_then(item: int) -> object:
    """Return what can be sent, but for some items."""
    return threading.Lock() if item in {8, 9, 11} else item
