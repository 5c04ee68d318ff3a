"""Runs the parts of the probe, each in a fresh process under a supervisor, and hears what they say, however they end."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.advise.reader import environment
from study.errors import ResultsError
from study.machine import Activity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.advise.reader import Reader
    from study.advise.wish import AdviseWish
    from study.machine import Meanwhile
    from study.supervise import Outcome, Supervisor

PROBE = Path(__file__).resolve().parent / "probe" / "main.py"
MARK = ".at"
"""Ending of the file in which the probe marks the item that it works on."""
MOST_BYTES = 32 << 20
"""Of an answer: what is longer was not written by the probe alone."""
MOST_OUTPUT_BYTES = 16 << 20
"""Of what the function may print in one part."""
START_S = 30.0
"""For an interpreter to start on a slow machine, beside what is known to take long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one part of the probe said, and how it ended.

    Attributes
    ----------
    done : what it found; None where it did not come to an end.
    refused : why it refused, as facts; None where it did not.
    begun : the last step that it began; '' for none.
    first : seconds of the first call, where there was one and it returned.
    at : the item that was worked on last; -1 where none was.
    twice : how many copies of the process came out of a call.
    deadline_s : how long it was allowed to take.
    """

    part: str
    outcome: Outcome
    meanwhile: Meanwhile
    deadline_s: float
    done: Mapping[str, Any] | None = None
    refused: Mapping[str, Any] | None = None
    begun: str = ""
    first: Mapping[str, float] = field(default_factory=dict)
    at: int = -1
    twice: int = 0

    @property
    def printed(self) -> str:
        """The last lines that the reader's code printed."""
        return self.outcome.last_lines

    @property
    def foreign_share(self) -> float:
        """CPUs that others kept busy meanwhile; what the hypervisor took is among it. 0 where the system does not say."""
        taken_s = (self.meanwhile.foreign_cpu_s or 0.0) + (self.meanwhile.steal_s or 0.0)
        return taken_s / self.meanwhile.elapsed_s if self.meanwhile.elapsed_s > 0 else 0.0


class Asker:
    """Puts orders to the probe in the reader's interpreter, one after the other."""

    def __init__(self, *, reader: Reader, wish: AdviseWish, folder: Path, run_id: str, supervisor: Supervisor) -> None:
        """`folder` is ours alone: orders, answers and the output of the reader's code lie there meanwhile."""
        self.reader = reader
        self.wish = wish
        self.folder = folder
        self.run_id = run_id
        self.supervisor = supervisor
        self.asked = 0

    def ask(self, part: str, order: Mapping[str, Any], *, deadline_s: float, path: str = "") -> Heard:
        """Carry out one part. `path` is put in front of PYTHONPATH.

        Raises
        ------
        ResultsError
            if there is no room to work in.
        KeyboardInterrupt
            if it was stopped.
        """
        whole = {
            **order,
            "part": part,
            "folder": str(self.wish.folder),
            "function": self.wish.function,
            "items": self.wish.source,
        }
        written, answer, log = (self.folder / name for name in ("order.json", "answer.jsonl", "log.txt"))
        try:
            for left in (answer, Path(f"{answer}{MARK}")):
                left.unlink(missing_ok=True)
            written.write_text(json.dumps(whole), encoding="utf-8")
        except OSError as error:
            raise ResultsError(f"no room to work in ({error.strerror}): free some, or set TMPDIR to a folder") from None
        variables = environment(self.run_id)
        if path:
            variables["PYTHONPATH"] = os.pathsep.join(filter(None, (path, variables.get("PYTHONPATH", ""))))
        before = Activity.now()
        outcome = self.supervisor.run(
            [str(self.reader.python), str(PROBE), str(written), str(answer)],
            environment=variables,
            cwd=self.wish.folder,
            deadline_s=deadline_s,
            log=log,
        )
        self.asked += 1
        if outcome.state == "interrupted":
            raise KeyboardInterrupt
        return _heard(part, outcome, Activity.now().since(before), deadline_s, answer)


def _heard(part: str, outcome: Outcome, meanwhile: Meanwhile, deadline_s: float, answer: Path) -> Heard:
    said: dict[str, Any] = {"twice": 0, "begun": ""}
    for line in _lines(answer):
        for kind, facts in line.items():
            said[kind] = said["twice"] + 1 if kind == "twice" else facts
    return Heard(
        part=part,
        outcome=outcome,
        meanwhile=meanwhile,
        deadline_s=deadline_s,
        done=_facts(said.get("done")),
        refused=_facts(said.get("refused")),
        begun=str(said["begun"]),
        first=_facts(said.get("first")) or {},
        at=_marked(Path(f"{answer}{MARK}")),
        twice=said["twice"],
    )


def _facts(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _lines(answer: Path) -> list[dict[str, Any]]:
    """What stands in an answer, line by line; a line that is torn, or none of the probe's, is passed over."""
    try:
        with answer.open("rb") as file:
            text = file.read(MOST_BYTES)
    except OSError:
        return []
    found: list[dict[str, Any]] = []
    for line in text.split(b"\n"):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(line)
            if isinstance(value, dict):
                found.append(value)
    return found


def _marked(mark: Path) -> int:
    """The item that was worked on last, -1 for none."""
    try:
        return int.from_bytes(mark.read_bytes()[:8], "little") - 1
    except OSError:
        return -1
