"""Q6: four processes, each printing its own line, all joined, then a closing line; what arrives, in which order."""

from __future__ import annotations

import os
import select
import sys
import time
from functools import cache

from study.bench.children import print_and_wait, print_number
from study.bench.contexts import context_of
from study.bench.errors import EnvironmentMismatchError, UnsupportedCellError, WorkerFailedError, WrongAnswerError
from study.bench.patterns import Session, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.cell import Cell

NUMBERS = (1, 2, 3, 4)
LINES = tuple(f"Process {number}: {number}" for number in NUMBERS)
CLOSING = "Program execution completed."
UNBUFFERED = "unbuffered"
READ_BYTES = 65536
LINE_OF_A_CHECK = "Process 0: 0"


class FourPrinters(Session):
    """Standard output is a pipe that carries nothing else; it is read after every event.

    What a child prints that was told to print nothing is learned before, and looked away from.

    Outcomes of `trials` events: `lines_whole` (four whole lines, each once), `torn_events` (not so), `in_order`
    (1, 2, 3, 4), `order_1234` … `order_4321` (the order of whole lines), `closing_line_last`.
    """

    def __init__(self, cell: Cell) -> None:
        """Refuse another number of printers; 1 is what a cell says that does not mention it."""
        super().__init__(cell)
        self._chatter = ""
        for name in ("workers", "tasks"):
            if getattr(cell, name) not in {1, len(NUMBERS)}:
                raise UnsupportedCellError(f"{cell.text!r}: there are {len(NUMBERS)} printers; leave {name} out")

    def set_up(self) -> None:
        """Put the pipe in the place of standard output, before any forkserver is started that would inherit it."""
        self._context = context_of(self.cell.start_method)
        self._reader, writer = _pipe()
        sys.stdout.flush()
        outside = os.dup(1)
        self.resources.callback(os.close, outside)
        os.dup2(writer, 1)
        self.resources.callback(os.dup2, outside, 1)
        if sys.stdout.line_buffering:  # a terminal; under fork the children would inherit that
            sys.stdout.reconfigure(line_buffering=False)  # type: ignore[union-attr]
            self.resources.callback(sys.stdout.reconfigure, line_buffering=True)  # type: ignore[union-attr]

    def check(self) -> None:
        """See that a child's print is written through, or held back, as the variant says; then one whole event."""
        ours, theirs = self._context.Pipe()
        child = self._context.Process(target=print_and_wait, args=(0, theirs))  # type: ignore[attr-defined]
        child.start()
        theirs.close()
        try:
            ours.recv_bytes()
            written_through = LINE_OF_A_CHECK.encode() in self._drain()
            ours.send_bytes(b"end")
        except EOFError:
            raise WorkerFailedError(f"{self.cell.text!r}: a printer ended before it had printed") from None
        finally:
            child.join()
            ours.close()
        if written_through != (self.cell.variant == UNBUFFERED):
            found = "is written at once" if written_through else "waits in a buffer"
            raise EnvironmentMismatchError(
                f"{self.cell.text!r}: what a child prints {found}; PYTHONUNBUFFERED decides it and must be 1 for the"
                f" variant {UNBUFFERED!r} only"
            )
        self._chatter = self._learned()
        super().check()

    def _learned(self) -> str:
        """What a child that prints nothing prints all the same: an interpreter may greet whoever starts it."""
        self._drain()
        quiet = self._context.Process(target=time.sleep, args=(0,))  # type: ignore[attr-defined]
        quiet.start()
        quiet.join()
        return self._drain().decode(errors="replace")

    def event(self, loops: int) -> dict[str, float]:
        """Print, `loops` times; all output is looked at."""
        total_ns = 0
        for _ in range(loops):
            begun_ns = time.perf_counter_ns()
            printers = []
            for number in NUMBERS:
                printer = self._context.Process(target=print_number, args=(number,))  # type: ignore[attr-defined]
                printers.append(printer)
                printer.start()
            for printer in printers:
                printer.join()
            print(CLOSING, flush=True)  # noqa: T201 - printing is what Q6 studies
            total_ns += time.perf_counter_ns() - begun_ns
            if any(printer.exitcode for printer in printers):
                raise WorkerFailedError(f"{self.cell.text!r}: a printer ended with an exit code other than 0")
            self._look_at(self._read())
        return seconds(total=total_ns)

    def _read(self) -> str:
        """Everything up to the closing line, and whatever already stands behind it."""
        text = b""
        while CLOSING.encode() not in text:
            text += os.read(self._reader, READ_BYTES)
        return (text + self._drain()).decode(errors="replace")

    def _drain(self) -> bytes:
        text = b""
        while self._readable():
            text += os.read(self._reader, READ_BYTES)
        return text

    def _readable(self) -> bool:
        return bool(select.select([self._reader], [], [], 0)[0])

    def _look_at(self, text: str) -> None:
        """Count what the text is an example of; the letters themselves must all be there, and no other."""
        if sorted(text) != sorted("\n".join((*LINES, CLOSING, "")) + self._chatter * len(NUMBERS)):
            raise WrongAnswerError(f"{self.cell.text!r}: the printers wrote {text!r}")
        text = text.replace(self._chatter, "") if self._chatter else text
        lines = text.replace(f"{CLOSING}\n", "", 1).splitlines()
        whole = sorted(lines) == sorted(LINES)
        self.count("trials")
        self.count("closing_line_last", int(text.endswith(f"{CLOSING}\n")))
        self.count("lines_whole", int(whole))
        self.count("torn_events", int(not whole))
        self.count("in_order", int(tuple(lines) == LINES))
        if whole:
            self.count("order_" + "".join(str(NUMBERS[LINES.index(line)]) for line in lines))


@cache
def _pipe() -> tuple[int, int]:
    """(reader, writer) of the one pipe of this process: a running forkserver keeps the output it was started with."""
    return os.pipe()
