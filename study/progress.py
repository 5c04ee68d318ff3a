"""What the person sees while it measures: a live block on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

from study import terminal
from study.errors import printable
from study.units import duration

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

BETWEEN_LINES_S = 15.0
"""Plain output says something at least this often."""
SHOWN_FAILURES = 5


class Progress:
    """Elapsed time, time left, what is being measured, what has failed so far.

    Nothing is drawn by a thread of its own: the screen changes between two processes, never while one is timed.
    """

    def __init__(self, stream: TextIO | None = None, passed_over: frozenset[int] = terminal.CLOSED) -> None:
        """Write to `stream` (standard output); live only where it is a terminal. `terminal.outliving` has the rest."""
        self.stream = stream or sys.stdout
        self.passed_over = passed_over
        self.live: Live | None = None
        self.failures: list[str] = []
        self.started_s = time.monotonic()
        self._last_line_s = 0.0
        self._headline = ""

    def say(self, text: str) -> None:
        """A line that stays."""
        if self.live is None:
            terminal.say(text, self.stream, self.passed_over)
            return
        with terminal.outliving(self.stream):
            self.live.console.print(terminal.harmless(text), markup=False, highlight=False)

    def begin(self, headline: str) -> None:
        """Begin a phase, such as 'Calibrating' or 'Measuring'."""
        self._headline = headline
        if self.stream.isatty() and self.live is None:
            from rich.console import Console  # noqa: PLC0415 - only where there is a terminal to draw on
            from rich.live import Live  # noqa: PLC0415

            self.live = Live(console=Console(file=self.stream), auto_refresh=False, transient=True)
            with terminal.outliving(self.stream):
                self.live.start()
        if self.live is None:
            self.say(headline)

    def fail(self, text: str) -> None:
        """Note a failure; it stays in view."""
        self.failures.append(printable(text))
        self.say(f"  failed: {text}")

    def update(self, *, what: str, done: int, total: int, spent_s: float, left_s: float | None) -> None:
        """Show where things are: `done` of `total` processes, what is next, and the time left."""
        share = done / total if total else 0.0
        left = "" if left_s is None else f", about {duration(max(left_s, 0.0))} left"
        status = f"{self._headline}: {done} of {total} processes, {duration(spent_s)} elapsed{left}"
        if self.live is not None:
            from rich.console import Group  # noqa: PLC0415
            from rich.padding import Padding  # noqa: PLC0415
            from rich.progress_bar import ProgressBar  # noqa: PLC0415
            from rich.text import Text  # noqa: PLC0415

            lines: list[RenderableType] = [
                Text(status),
                Padding(ProgressBar(total=1.0, completed=min(share, 1.0), width=60), 0),  # its own line
                Text(f"now: {printable(what)}"),
            ]
            if self.failures:
                lines.append(Text(f"failed so far: {len(self.failures)}"))
                lines += [Text(f"  {failure}") for failure in self.failures[-SHOWN_FAILURES:]]
            with terminal.outliving(self.stream):
                self.live.update(Group(*lines), refresh=True)
        elif time.monotonic() - self._last_line_s >= BETWEEN_LINES_S or done == total:
            self._last_line_s = time.monotonic()
            failed = f", {len(self.failures)} failed" if self.failures else ""
            self.say(f"  {status}{failed}; now: {what}")

    def close(self) -> None:
        """Give the terminal back."""
        if self.live is not None:
            with terminal.outliving(self.stream):
                self.live.stop()
            self.live = None
