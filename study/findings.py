"""The values that pass from the analysis to figures and report. Types only: no file, no clock, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.cell import Cell

Unit = Literal["s", "ratio", "share", "count", "byte"]
"""Of a number: seconds, a ratio of two like quantities, a share between 0 and 1, a count, bytes."""

SideBySide = Literal["nothing", "costs", "gains"]
"""What a sentence says of things that run at once: nothing, what they cost (one CPU shows it too), or what they gain from
several CPUs. `study.gate` says when the last two are left open."""

Decision = Literal["supported", "refuted", "no clear difference", "cannot be decided here"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval, or `None` and the reason why it cannot be had.

    Attributes
    ----------
    point, low, high : in `unit`; all three `None` together when the number cannot be had. `low`/`high` alone may be
        infinite where an interval is unbounded (Fieller), and `None` where only a range can be given.
    confidence : of the interval, such as 0.95.
    n : independent processes (or trials, for a share) behind it.
    estimand : 'average', 'typical', 'share', …
    method : how the interval was made, for the report's small print.
    reason : '' or why there is no number or no interval.
    """

    point: float | None
    low: float | None
    high: float | None
    n: int
    unit: Unit
    estimand: str
    method: str
    confidence: float = 0.95
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFinding:
    """What is known of one cell on one target.

    Attributes
    ----------
    name : the cell in words, for people ("one process under fork, start to end of join").
    experiments : ids of the experiments that asked for the cell.
    state : 'done', 'failed', 'timed out', 'skipped', 'left out' or 'outstanding'.
    reason : why it is not done; '' when done.
    process_means_s : one mean per process (round), seconds, in order of rounds; the unit of inference.
    smallest_effect : smallest relative change against an equal cell that these rounds would show (80 % power), or None.
    icc : share of the variance that lies between processes, or None.
    outcomes : integer outcomes summed over all processes (never times): name -> count.
    cpus_busy : CPU time ÷ elapsed time of the measured events, where one process did all the work; else None.
    """

    cell: Cell
    name: str
    target: str
    experiments: tuple[str, ...]
    tier: str
    state: str
    reason: str
    loops: int
    average: Estimate
    typical: Estimate
    process_means_s: tuple[float, ...]
    smallest_effect: float | None
    icc: float | None
    outcomes: Mapping[str, int]
    cpus_busy: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One claim, decided.

    Attributes
    ----------
    statement : the claim in words, as `claims.toml` has it.
    decision : see `Decision`.
    sentence : the finding, with number, interval, base and scope; computed, complete, ends with a full stop.
    strength : in words, how strong the evidence is ("10 paired rounds, both estimands agree, Holm p = 0.0001").
    average, typical : the estimate under both estimands; for a share `typical` is None.
    cells : canonical texts of the cells it came from.
    headline : whether this verdict stands for its question at the top of the report.
    gated : '' or why `study.gate` leaves it open although it was measured.
    """

    claim: str
    question: str
    statement: str
    decision: Decision
    sentence: str
    strength: str
    average: Estimate
    typical: Estimate | None
    cells: tuple[str, ...]
    target: str
    headline: bool
    gated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Strong scaling of one kernel on one backend at one worker count, against the serial call of the same tasks."""

    target: str
    kernel: str
    backend: str
    start_method: str
    workers: int
    oversubscribed: bool
    base_s: Estimate
    elapsed_s: Estimate
    speedup: Estimate
    efficiency: Estimate
    karp_flatt: Estimate
    capacity: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """How long one task must be before the parallel way is as fast as a plain loop (a lower bound: see `assumption`)."""

    target: str
    name: str
    tasks: int
    workers: int
    grain_s: Estimate
    assumption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen:
    """One order of the printed lines, such as '2134': in how many trials it came, and in which share of them."""

    order: str
    times: int
    share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """How often each order of the four printed lines was seen, and how many lines were torn."""

    target: str
    name: str
    start_method: str
    variant: str
    trials: int
    orders: tuple[OrderSeen, ...]
    in_order: Estimate
    torn: Estimate
    closing_line_last: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisePair:
    """One A/A pair or the injected arm: the same code under two labels."""

    target: str
    name: str
    noise_class: str
    kind: Literal["A/A", "injected"]
    ratio: Estimate
    expected: float
    recovered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Is the fixed plan (values and warm-ups per process) a good one? By class of cell."""

    target: str
    noise_class: str
    cells: int
    between_share: float | None
    optimal_values: int | None
    relative_efficiency: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A named check before, during or after measuring."""

    name: str
    passed: bool
    message: str
    threshold: str
    source: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """An interpreter under study: `name` is its short name, `facts` label -> value in words, `warnings` of what it is."""

    name: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPoint:
    """One estimate of a panel: the words that name it, and where it is drawn.

    Attributes
    ----------
    names : one word or phrase for each of the panel's `heads`.
    series : the line of a 'curves' panel, or the group of a 'rows' panel, that the point belongs to.
    thing : whose colour and marker it has: a key of `figures.style.THINGS`.
    x : the swept factor's value ('curves' only).
    means : one number per process, in the estimate's unit, where they are shown as small dots.
    """

    names: tuple[str, ...]
    series: str
    thing: str
    estimate: Estimate
    x: float | None = None
    means: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A figure and its table that one topic's analysis asks for; how it is drawn is the figures' business.

    Attributes
    ----------
    id : unique in a run and target, such as 'messages-latency'.
    topic : the section it stands in: a question of `study.config.QUESTIONS`.
    title : the finding, computed, with number, interval and base; where the gate leaves it open, what is shown and why.
    side_by_side : what the title says of things that ran at once.
    subtitle : what is shown, in which unit, from how many processes, and which way is better.
    kind : 'rows' (a dot with interval for each thing), 'curves' (lines over a swept number) or 'table'.
    x_label, x_unit : of the swept number: 'byte', 's', 'count' or '' ; `y_label` of the estimate.
    references : (label, value in the estimates' unit) of lines that the points are held against.
    notes : sentences below the figure: what the method assumes, what it cannot tell.
    reason : '' or why there is nothing to show.
    """

    id: str
    topic: str
    target: str
    title: str
    side_by_side: SideBySide
    subtitle: str
    kind: Literal["rows", "curves", "table"]
    heads: tuple[str, ...]
    points: tuple[PanelPoint, ...]
    y_label: str = ""
    x_label: str = ""
    x_unit: str = ""
    log_x: bool = False
    log_y: bool = False
    references: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One rule of a checklist of the field, judged by code on what a run holds; `source` is the checklist."""

    rule: str
    source: str
    outcome: Literal["pass", "fail", "not applicable"]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that users ask, and what this run answers.

    Attributes
    ----------
    id : number in the list; `weight` is 'MUST', 'SHOULD' or 'NOTE'.
    answer : computed sentence with number, interval, base and scope, or why this run has none.
    cells : canonical texts of the cells that it came from; empty where there is no answer.
    """

    id: int
    weight: str
    question: str
    answer: str
    answered: bool
    topic: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Cells `measured` of those `asked` for that can exist, over all interpreters; `which` in words, '' of all."""

    measured: int
    asked: int
    which: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFindings:
    """Everything the report says of one run on one machine.

    Attributes
    ----------
    machine, run_id : the folder names under `results/`.
    finished : ISO 8601 UTC time the run finished; of one that is not `complete`, when it was begun.
    quick : fewer than ten rounds of the headline tier.
    simulated, stale : times of a known law and no machine; measured by another version of the bench than the present.
    machine_card : label -> value, in words, in order; a fact that could not be read says so.
    config : experiment id -> its TOML text.
    disturbed_rounds : rounds that stayed disturbed after their repeats, of `rounds`.
    foreign_cpus : CPUs that others took meanwhile, averaged over the rounds that tell; None where none does.
    coverage : how much of what its experiments ask for was measured.
    floor_within : largest |relative difference| an A/A pair of this run is expected to show (95 %), or None.
    floors : noise class -> the same for cells of that class on the first target, or None where it has no pair.
    """

    machine: str
    run_id: str
    finished: str
    quick: bool
    simulated: bool
    stale: bool
    complete: bool
    commit: str
    rounds: int
    disturbed_rounds: int
    usable_cpus: int
    foreign_cpus: float | None
    coverage: Coverage
    budget_s: float
    elapsed_s: float
    seed: int
    machine_card: tuple[tuple[str, str], ...]
    targets: tuple[TargetFacts, ...]
    cells: tuple[CellFinding, ...]
    verdicts: tuple[Verdict, ...]
    scaling: tuple[Scaling, ...]
    break_even: tuple[BreakEven, ...]
    orders: tuple[Orders, ...]
    noise: tuple[NoisePair, ...]
    allocation: tuple[Allocation, ...]
    checks: tuple[Check, ...]
    floor_within: Estimate
    floors: Mapping[str, float | None]
    scaling_limits: str
    experiments: tuple[tuple[str, str, str, str], ...]
    """(id, question, title, tier) of every experiment."""
    config: Mapping[str, str]
    cpus: str = ""
    """CPU model and number of CPUs, '' where not readable: one machine's name may have been given to another."""
    panels: tuple[Panel, ...] = ()
    asked: tuple[Asked, ...] = ()
    audit: tuple[AuditRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One of the six questions, or a topic.

    `name` is its short name, where that is not the id; `programs` are (file name, source text) of runnable examples.
    """

    id: str
    title: str
    decision_for_reader: str
    programs: tuple[tuple[str, str], ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The runs in the order of the report: the verdicts at the top of the report are those of the first.

    `interpreters` are those of one run side by side, `machines` equal cells on different machines, `between` whole runs of
    the same code on one. `subject` says which run the report is about and why that one, and that there are others.
    """

    runs: tuple[RunFindings, ...]
    questions: tuple[Question, ...]
    topics: tuple[Question, ...] = ()
    interpreters: tuple[Panel, ...] = ()
    machines: tuple[Panel, ...] = ()
    between: tuple[Panel, ...] = ()
    validation: tuple[Panel, ...] = ()
    crosschecks: tuple[Panel, ...] = ()
    subject: str = ""
