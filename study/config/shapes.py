"""What stands in the files: experiments, claims, and the words they may use."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from study.things import START_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

TIERS = ("headline", "core", "extended")
EVERY = "every"
"""As a start method: each of fork, forkserver and spawn."""
CURVE, FEW = "curve", "few"
"""As numbers of workers: at most six, 1, 2, 4, half, the cores and all CPUs; and three of them."""
POWERS = "powers"
"""1, 2, 4, … and all CPUs: in runs of earlier versions, which carry their experiments; a present one has `curve`."""
CLUSTER = "cluster"
"""As a number of workers: the threads of the cluster at the address that is named; 0 where none is."""
WORKER_WORDS = ("cpus", CURVE, FEW, "oversubscribed", CLUSTER)
SEVERAL: Mapping[tuple[str, str], int] = MappingProxyType(
    {("workers", CURVE): 6, ("workers", FEW): 3, ("workers", POWERS): 12, ("start_method", EVERY): len(START_METHODS)}
)
"""(Factor, word) -> the most values that it stands for; `powers` on a machine of 1024 CPUs."""
TASK_WORDS = ("balanced", "per_worker", "filling", "long", "share", "many", "script")
ROUNDS = 10
"""Rounds of every run that is not quick. Of ten, t widens an interval by 15 % against the normal; of five, by 42 %."""
FEWEST_ROUNDS = 6
"""Of ten, for a curve: its points lend each other strength."""
LAST_RANK = 1000
"""Of an experiment that gives none: after all that do."""
FOLDER = "experiments"
OWN_FOLDER = "own"
"""In it: experiments with a function of the reader's, which no other run has."""
ITEMS = '"items"'
"""In their texts: how many items the function is called with."""
RESTATED = "the statement says"
"""Begins a reason that is none: the threshold is there because the statement has it."""
CLAIMS = "claims"
CLAIMS_FILE = f"{CLAIMS}.toml"

Scalar = str | int
Choice = Scalar | list[Scalar]


class Factors(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The factors of a cell; a list means each of its values in turn. `None`: not given here."""

    pattern: str | None = None
    kernel: str | list[str] | None = None
    backend: str | list[str] | None = None
    start_method: str | list[str] | None = None
    workers: Choice | None = None
    tasks: Choice | None = None
    chunksize: int | list[int] | None = None
    tasks_per_child: int | list[int] | None = None
    payload_bytes: int | list[int] | None = None
    result_bytes: int | list[int] | None = None
    variant: str | list[str] | None = None
    api: str | list[str] | None = None
    channel: str | list[str] | None = None
    form: str | list[str] | None = None
    placement: str | list[str] | None = None
    spins: int | list[int] | None = None
    parent_bytes: int | list[int] | None = None
    library_threads: Choice | None = None
    label: str | list[str] | None = None

    def given(self) -> dict[str, Choice]:
        """The factors that are given, by name."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name) is not None}


class Skip(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Cells that are declared away, and why; the report shows the reason."""

    when: Factors
    reason: str


class Experiment(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True, kw_only=True):
    """One question to the machine: what is fixed, what is swept inside a process, what varies, and how soon it counts.

    `rank` orders the experiments of a tier: a smaller one is admitted first. `rounds` is in how many of ten rounds it
    takes part: fewer than ten for curves. Of one text there is one (`parse_experiment`), and none is like another.
    """

    schema: Literal[1]
    question: str
    title: str
    tier: str
    rank: int = LAST_RANK
    rounds: int = ROUNDS
    fixed: Factors = Factors()
    vary: list[Factors] = []
    swept: Factors | None = None
    baseline: Factors | None = None
    skip: list[Skip] = []
    id: str = ""
    text: str = ""

    @property
    def file(self) -> str:
        """What messages call it."""
        return f"{FOLDER}/{self.id}.toml"


class Further(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test: what a claim has, and what a claim that says more than one number shows has further ones of; see `Claim`."""

    estimand: Literal["ratio", "difference", "value", "proportion"]
    of: dict[str, Scalar]
    finding: str
    direction: Literal["above", "below", "always", "never"]
    to: dict[str, Scalar] | None = None
    outcome: str = ""
    per: str = "trials"
    per_task: bool = False
    threshold: float = 1.0
    because: str = ""


class Claim(Further, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One statement that a run decides.

    Attributes
    ----------
    estimand : 'ratio' (of `of` to `to`), 'difference' (`of` minus `to`, seconds), 'value' (of `of`), 'proportion'.
    of, to : the cells, every factor that differs from a cell's default named; `part` picks the timed part.
    outcome, per : integer outcomes; a proportion is outcome/trials, a value with both is outcome/per of each process.
    per_task : whether the times of a ratio are those of one task of each: jobs of different numbers of tasks are compared.
    because : why the threshold is there, half a sentence; needed where equal is not the threshold (`is_neutral`).
    direction : 'above' or 'below' the threshold; for a universal proportion 'always' or 'never'.
    finding : the sentence of the report with names in braces; `sentences.NAMES` has those of each estimand.
    also : further tests: the claim holds where all of them do.
    """

    id: str
    question: str
    statement: str
    scope: str = ""
    headline: bool = False
    also: list[Further] = []

    @property
    def tests(self) -> tuple[Claim, ...]:
        """The claim with its own test alone, then each further test as a claim that states the same."""
        shared: dict[str, Any] = {
            "id": self.id,
            "question": self.question,
            "statement": self.statement,
            "scope": self.scope,
        }
        further = (
            Claim(**shared | msgspec.structs.asdict(test) | {"id": f"{self.id}+{number}"})
            for number, test in enumerate(self.also, 1)
        )
        return msgspec.structs.replace(self, also=[]), *further

    @property
    def is_neutral(self) -> bool:
        """Whether the threshold says by itself why it is there: equal, or a single counterexample."""
        equal = {"ratio": 1.0, "difference": 0.0}.get(self.estimand)
        return self.direction in {"always", "never"} or self.threshold == equal

    @property
    def restates(self) -> bool:
        """Whether the reason of the threshold is no more than that the statement has it."""
        return self.because.startswith(RESTATED) and not {":", ";"} & set(self.because)


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file of all claims."""

    schema: Literal[1]
    claim: list[Claim]
