"""A second process, forked with all that this one has, where there is a CPU for it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, cast

from study import garbage
from study.errors import ReportError
from study.orphans import ends_with
from study.things.start_methods import FORK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext


def spare_cpus() -> int:
    """CPUs beside the one that this process keeps busy; 0 where no other can begin with what is loaded.

    More processes than these take turns with this one, which has most to do; `meanwhile` is one more, for what is soon done.
    """
    return len(os.sched_getaffinity(0)) - 1 if sys.platform == "linux" else 0


def context() -> ForkContext:
    """Whose processes begin with all that this one has."""
    return cast("ForkContext", multiprocessing.get_context(FORK.name))


def begun(parent: int) -> None:
    """What a forked helper does first: it ends with its parent, however that is ended, and looks after what it makes itself."""
    if not ends_with(parent, signal.SIGKILL):
        os._exit(1)
    garbage.only_of_now_on()


@contextlib.contextmanager
def forking() -> Iterator[None]:
    """What is forked in the block hears no Ctrl-C, which a terminal sends to all: this process does, and ends the others.

    Newer Pythons warn of threads at a fork: those of a library of linear algebra, which no process here calls.
    """
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


@contextlib.contextmanager
def beside(what: str, work: Callable[[], None], *, pays: bool) -> Iterator[None]:
    """Work that is done while the block runs, or after it where two processes do not pay; its error comes at the block's end.

    Parameters
    ----------
    what : is made, for the sentence that says that it was not.
    pays : whether there is so much to do that a process for it is worth its start.

    Raises
    ------
    ReportError
        where the process was ended from outside; else what the work raises.
    """
    if not (pays and spare_cpus()):
        yield
        work()
        return
    here, there = context().Pipe(duplex=False)
    with forking():
        helper = context().Process(target=_done, args=(os.getpid(), work, there), daemon=True)
        helper.start()
    there.close()
    try:
        yield
    except BaseException:
        helper.kill()
        raise
    else:
        error = _told(here, what)
    finally:
        helper.join()
        here.close()
    if error is not None:
        raise error


def _told(here: Connection, what: str) -> Exception | None:
    """What the other process said at its end."""
    try:
        error: Exception | None = here.recv()
    except EOFError:
        error = ReportError(f"{what} could not be made: its process was ended; is there memory enough?")
    return error


def _done(parent: int, work: Callable[[], None], there: Connection) -> None:
    """Carry it out, and tell the error that ended it."""
    begun(parent)
    try:
        work()
    except Exception as error:  # noqa: BLE001 - raised where the work was asked for
        there.send(error)
    else:
        there.send(None)
