"""Memory: what a program and its workers hold, and what a child copies of its parent's by only reading it."""

from __future__ import annotations

import gc

from study.bench import memory, registry
from study.bench.children import read_through, wait_for_word
from study.bench.contexts import context_of
from study.bench.errors import UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.patterns import Session
from study.things import BACKENDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from typing import Any

PAGE_BYTES = 4096
FROZEN, COLLECTED = "frozen", "collected"


class Memory(Session):
    """Parts `pss`, `uss`, `rss`: bytes of this process, its workers and their helpers, once all have done a task.

    PSS divides what is shared among those who share it; USS is what would be freed; RSS counts what is shared once for each.
    """

    def set_up(self) -> None:
        """Start the workers; each has done something before memory is read."""
        memory.of_process(memory.tree()[0])  # refuses where nothing can be read
        if self.cell.workers < 1:
            raise UnsupportedCellError(f"{self.cell.text!r}: there is no default here; give workers = 1 or more")
        record = BACKENDS[self.cell.backend]
        if record.hands_out:
            backend = self.resources.enter_context(registry.backend_of(self.cell))
            tasks = list(range(16 * self.cell.workers))
            backend.map(registry.kernel_of(self.cell).task, tasks, int(record.takes_chunksize))
            return
        if self.cell.backend == "threads":
            self._start_threads()
        else:
            self._start_processes()

    def _start_threads(self) -> None:
        import threading

        ended, ready = threading.Event(), threading.Barrier(self.cell.workers + 1)

        def work() -> None:
            ready.wait()
            ended.wait()

        threads = [threading.Thread(target=work) for _ in range(self.cell.workers)]
        for thread in threads:
            thread.start()
            self.resources.callback(thread.join)
        self.resources.callback(ended.set)
        ready.wait()

    def _start_processes(self) -> None:
        context = context_of(self.cell.start_method)
        for _ in range(self.cell.workers):
            ours, theirs = context.Pipe()
            worker = context.Process(target=wait_for_word, args=(theirs,))  # type: ignore[attr-defined]
            worker.start()
            theirs.close()
            self.resources.callback(ours.close)
            self.resources.callback(worker.join)
            self.resources.callback(ours.send, None)
            ours.recv()

    def event(self, loops: int) -> dict[str, float]:
        """Read the memory of the whole tree; `loops` is 1."""
        del loops
        found = [memory.of_process(pid) for pid in memory.tree()]
        pss, rss, clean, dirty, huge = (
            sum(each[name] for each in found)
            for name in ("Pss", "Rss", "Private_Clean", "Private_Dirty", "Private_Hugetlb")
        )
        return {"pss": float(pss), "uss": float(clean + dirty + huge), "rss": float(rss)}


class CopyOnWrite(Session):
    """Part `dirtied`: bytes that a forked child makes its own by reading an object that its parent made.

    From the growth of what is private to the child and written, the growth in a child that reads nothing is taken away; at
    least one page is reported, as a benchmark's value is above zero.
    """

    def set_up(self) -> None:
        """Make the object."""
        if self.cell.start_method != "fork" or not self.cell.parent_bytes:
            raise UnsupportedCellError(f"{self.cell.text!r}: only fork shares memory; give parent_bytes too")
        self._context = context_of(self.cell.start_method)
        self._held = held(self.cell.form, self.cell.parent_bytes)
        if self.cell.variant == FROZEN:
            gc.collect()
            gc.freeze()
            self.resources.callback(gc.unfreeze)

    def event(self, loops: int) -> dict[str, float]:
        """Fork a child that reads and one that does not; `loops` is 1."""
        del loops
        read, idle = (self._dirtied(reads=reads) for reads in (True, False))
        return {"dirtied": float(max(read - idle, PAGE_BYTES))}

    def _dirtied(self, *, reads: bool) -> int:
        ours, theirs = self._context.Pipe()
        collects = self.cell.variant != ""
        child = self._context.Process(target=read_through, args=(self._held if reads else (), collects, theirs))  # type: ignore[attr-defined]
        child.start()
        theirs.close()
        try:
            ours.recv()
            before = memory.of_process(child.pid or 0)["Private_Dirty"]
            ours.send(None)
            count = ours.recv()
            after = memory.of_process(child.pid or 0)["Private_Dirty"]
            ours.send(None)
        except EOFError:
            raise WorkerFailedError(f"{self.cell.text!r}: the child ended before it was told to") from None
        finally:
            child.join()
            _close(ours)
        if count != (len(self._held) if reads else 0):
            raise WrongAnswerError(f"{self.cell.text!r}: the child read {count} elements of {len(self._held)}")
        return after - before


def _close(connection: Connection) -> None:
    connection.close()


def held(form: str, size_bytes: int) -> Any:  # noqa: ANN401 - that is the point
    """An object of about so many bytes: one block for bytes and arrays; many objects for the others."""
    if form == "":
        return bytes(size_bytes)
    if form == "bytearray":
        return bytearray(size_bytes)
    if form == "array":
        import numpy as np

        return np.ones(size_bytes // 8)
    each = {"ints": 32 + 8, "strings": 64 + 8, "dict": 32 + 56 + 60}
    if form not in each:
        raise UnsupportedCellError(
            f"form {form!r} does not exist here; possible: '', bytearray, array, {', '.join(each)}"
        )
    count = size_bytes // each[form]
    if form == "ints":
        return [number + 1000 for number in range(count)]
    if form == "strings":
        return [f"text {number:010}" for number in range(count)]
    return {number + 1000: str(number) for number in range(count)}
