"""The claims of the known run: thresholds other than 1, unequal floors, one unknown, several questions; and what is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from study.cell import Cell
from tests.known_run import chunked, handed, life, loop, memory, message, pool, work

if TYPE_CHECKING:
    from collections.abc import Sequence

Estimand = Literal["ratio", "difference", "value", "proportion"]
SUPPORTED, REFUTED, SAME, OPEN = "supported", "refuted", "no clear difference", "cannot be decided here"
SIGNS = {SUPPORTED: ("yes", "✔"), REFUTED: ("no", "✘"), SAME: ("same", "≈"), OPEN: ("open", "?")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A claim, and how a run with these numbers must decide it, for which reason."""

    id: str
    question: str
    estimand: Estimand
    cells: tuple[Cell, ...]
    direction: str
    threshold: float | None
    decision: str
    because: str = ""
    headline: bool = False
    outcome: str = ""
    per: str = ""
    measured: bool = True

    @property
    def statement(self) -> str:
        """What is claimed, unlike that of every other claim."""
        return f"The statement of {self.id}."

    @property
    def toml(self) -> str:
        """The claim as `claims.toml` has it."""
        said = {"ratio": "{of} to {to} is {ratio}", "difference": "{of} to {to} is {difference}",
                "value": "it is {value}", "proportion": "{count} of {trials} is {share}"}[self.estimand]  # fmt: skip
        lines = [
            f'id = "{self.id}"', f'question = "{self.question}"', f'statement = "{self.statement}"',
            f'estimand = "{self.estimand}"', f'direction = "{self.direction}"', f'finding = "In {self.id} {said}"',
            *(f"{side} = {_selector(cell)}" for side, cell in zip(("of", "to"), self.cells, strict=False)),
        ]  # fmt: skip
        lines += [f"threshold = {self.threshold!r}"] if self.threshold is not None else []
        lines += ["headline = true"] if self.headline else []
        lines += [f'outcome = "{self.outcome}"'] if self.outcome else []
        lines += [f'per = "{self.per}"'] if self.per else []
        return "\n".join(["[[claim]]", *lines, ""])


def _selector(cell: Cell) -> str:
    words = {name: getattr(cell, name) for name in Cell.__slots__ if name != "text"}
    plain = Cell(pattern=cell.pattern)
    return (
        "{ "
        + ", ".join(
            f"{name} = {value!r}".replace("'", '"')
            for name, value in words.items()
            if name == "pattern" or value != getattr(plain, name)
        )
        + " }"
    )


def _ratio(
    identity: str, question: str, of: Cell, to: Cell, threshold: float, decision: str, because: str = "", *,
    direction: str = "above", headline: bool = False,
) -> Known:  # fmt: skip
    return Known(
        id=identity, question=question, estimand="ratio", cells=(of, to), direction=direction, threshold=threshold,
        decision=decision, because=because, headline=headline,
    )  # fmt: skip


def _share(
    identity: str, of: Cell, outcome: str, direction: str, decision: str, *, threshold: float | None = None,
    headline: bool = False, question: str = "Q6",
) -> Known:  # fmt: skip
    return Known(
        id=identity, question=question, estimand="proportion", cells=(of,), direction=direction, threshold=threshold,
        decision=decision, outcome=outcome, headline=headline,
    )  # fmt: skip


PRINTERS = Cell(pattern="four_printers", backend="processes", start_method="fork", workers=4, tasks=4)

CLAIMS: tuple[Known, ...] = (
    _ratio("q1-four", "Q1", loop(), work("fannkuch", "pool"), 4.0, REFUTED),
    _ratio("q1-gain", "Q1", loop(), work("fannkuch", "pool"), 2.0, SUPPORTED, headline=True),
    Known(
        id="q1-busy", question="Q1", estimand="value", cells=(work("fannkuch", "threads"),), direction="below",
        threshold=1.5, outcome="cpu_time_us", per="elapsed_us", decision=SUPPORTED,
    ),
    _ratio("q2-unknown", "Q2", message("processes", 64), life("", "first"), 1.0, SUPPORTED),
    _ratio(
        "q2-large-message", "Q2", message("processes", 1048576), message("processes", 65536), 11.42, OPEN,
        "not beyond chance once all tests of the question are counted",
    ),
    _ratio(
        "q2-middle", "Q2", message("processes", 65536), message("processes", 64), 2.34, OPEN,
        "not beyond chance once all tests of the question are counted",
    ),
    _ratio("q3-alike", "Q3", life("forkserver"), life("forkserver", "first"), 1.0, SAME, "that equal cells show here"),
    _ratio("q3-spawn-costs-more", "Q3", life("spawn"), life("fork"), 10.0, SUPPORTED),
    _ratio(
        "q4-chunks", "Q4", chunked("pool", 1), chunked("pool", 8), 5.95, OPEN,
        "beyond the threshold by no more than equal cells differ here",
    ),
    _ratio("q4-two-classes", "Q4", loop(), handed("map", "fork"), 930.0, SAME, "that equal cells show here"),
    _ratio("q5-faster", "Q5", pool("fork", "total"), pool("spawn", "total"), 0.05, REFUTED, direction="below"),
    Known(
        id="q5-map-itself", question="Q5", estimand="ratio", cells=(loop("square", 6), loop("square", 5)), direction="above",
        threshold=1.0, decision=OPEN, because="the run did not include it", measured=False,
    ),
    Known(
        id="q5-later", question="Q5", estimand="difference", cells=(pool("fork", "total"), pool("fork", "create")),
        direction="above", threshold=0.002, decision=SUPPORTED, headline=True,
    ),
    _share("q6-always", PRINTERS, "in_order", "always", REFUTED),
    _share("q6-last", PRINTERS, "closing_line_last", "always", SUPPORTED),
    _share("q6-often", PRINTERS, "in_order", "above", SUPPORTED, threshold=0.5, headline=True),
    _share("q6-never", life("fork", "start"), "child_change_seen", "never", SUPPORTED),
    _ratio("q6-alone", "Q6", message("threads", 1048576), message("threads", 64), 1.215, SUPPORTED),
    _ratio("memory-spawn", "memory", memory("spawn"), memory("fork"), 1.5, SUPPORTED),
)  # fmt: skip
"""In the order of the file: the headline of Q1 is not its first, Q2, Q3 and Q4 have none."""
HEADLINES = {
    "Q1": "q1-gain",
    "Q2": "q2-unknown",
    "Q3": "q3-alike",
    "Q4": "q4-chunks",
    "Q5": "q5-later",
    "Q6": "q6-often",
}
"""Question -> the claim that stands for it at the top of the page."""


def claims_text(claims: Sequence[Known] = CLAIMS) -> str:
    """The claims as TOML."""
    return "\n".join(["schema = 1", *(claim.toml for claim in claims)])
