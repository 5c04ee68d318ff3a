"""A gate from a wish to its outcome: two arms measured in the same rounds, looked at, decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from study import identity
from study.config import TIERS
from study.errors import ResultsError, UsageError
from study.gate.decided import Alone, Decided, decided, standing
from study.gate.foretold import seconds_left
from study.gate.sharing import best_values, thinned
from study.run import prepared, run
from study.run.looks import Looking, means_of
from study.stats import sequential
from study.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.progress import Progress
    from study.run import Ended, Wishes
    from study.run.prepared import Prepared
    from study.store import CellRecord, GateRecord, RunFolder

BASE: Literal["base"] = "base"
HEAD: Literal["head"] = "head"
HOW = "a gate compares two arms: --arm base=python3.14 --arm head=python3.15"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWish:
    """What a gate is asked for beside a run's wishes: relative limit and margin, and how head differs where it is made up."""

    limit: float = 0.10
    same: float = 0.05
    slowed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """How a gate ended; `decided` is None where it was stopped before its end."""

    ended: Ended
    record: GateRecord | None
    decided: Decided | None


def gate(wishes: Wishes, wish: GateWish, progress: Progress) -> Gated:
    """Measure both arms until every cell is decided or the budget is spent.

    Raises
    ------
    UsageError
        if the arms are not two named base and head, or what is the same is not below the limit.
    """
    if not wish.same < wish.limit:
        raise UsageError(
            f"--same {percent(wish.same)} with --limit {percent(wish.limit)}: what is the same must lie below the limit"
        )
    if wish.slowed and not wishes.simulated:
        raise UsageError("--slowed makes times up: it goes with --simulated alone")
    if wishes.simulated and not wishes.arms:
        wishes = replace(wishes, made_up={f"simulated-{BASE}": 1.0, f"simulated-{HEAD}": 1.0 + wish.slowed})
    elif sorted(arm.label for arm in wishes.arms) != [BASE, HEAD] or wishes.pythons:
        raise UsageError(f"{HOW}; exactly these two names, and no --python")
    with prepared(wishes, progress) as made:
        _narrow(made, wish)
        ended = run(made, _looking(made, wish))
    folder = ended.folder
    if folder is None or not ended.finished:
        return Gated(ended=ended, record=None, decided=None)
    return Gated(ended=ended, record=folder.manifest.gate, decided=of_run(folder))


def of_run(folder: RunFolder) -> Decided:
    """What a gate that is stored decided; made again from its times."""
    record = folder.manifest.gate
    if record is None:
        raise UsageError(f"{folder.name} is no gate")
    if tuple(record.looks) != sequential.LOOKS:
        raise ResultsError(f"{folder.name}: looked at after {record.looks} rounds, by another version of the study")
    measured = means_of((sample.round_index, sample.attempt, sample) for sample in folder.load())
    means = {
        cell.key: measured[cell.key] for cell in folder.manifest.cells if cell.key in measured
    }  # in the order of the plan
    rounds = 1 + max((done.index for done in folder.manifest.rounds), default=-1)
    compared = decided(means, record, rounds)
    alone = tuple(_alone(folder.manifest.cells, record))
    broken = any(cell.failed for cell in alone)
    return replace(compared, alone=alone, verdict="not comparable" if broken else compared.verdict)


def _alone(cells: Sequence[CellRecord], record: GateRecord) -> Iterator[Alone]:
    """The cells that one arm has no times of, and why: of those that neither could measure nothing is said."""
    absent = {cell.key: cell for cell in cells if cell.state not in {"done", "outstanding"}}
    for text in dict.fromkeys(cell.cell for cell in cells):
        missing = [
            (arm, absent[target, text])
            for arm, target in ((BASE, record.base), (HEAD, record.head))
            if (target, text) in absent
        ]
        if len(missing) == 1:
            [(arm, cell)] = missing
            yield Alone(text, arm, f"{cell.state}: {cell.reason}", failed=cell.state in {"failed", "timed out"})


def _narrow(made: Prepared, wish: GateWish) -> None:
    """Leave what a gate is about: the headline, or what --only names; the third arm takes the place of the noise cells."""
    only = bool(made.wishes.only)
    made.experiments = tuple(
        experiment
        for experiment in made.experiments
        if (only or experiment.tier == TIERS[0])
        and (experiment.question != "noise" or (only and _named(made, experiment.id)))
    )
    made.digests["gate"] = identity.digest_of([wish.limit, wish.same, wish.slowed, list(sequential.LOOKS)])


def _named(made: Prepared, experiment: str) -> bool:
    return bool({experiment, "noise"} & set(made.wishes.only.split(",")))


def _looking(made: Prepared, wish: GateWish) -> Looking:
    names = {
        arm: target["name"] for arm in (BASE, HEAD) for target in made.targets if target["name"].endswith(f"-{arm}")
    }
    looking = Looking(
        base=names[BASE],
        head=names[HEAD],
        limit=wish.limit,
        same=wish.same,
        looks=sequential.LOOKS,
        settled=lambda means, rounds: standing(means, looking.record, rounds).settled,
        best_values=best_values,
        thinned=thinned,
        seconds_left=lambda means, rounds, events, scatter: seconds_left(
            standing(means, looking.record, rounds), looking.looks, (looking.same, looking.limit), events, scatter
        ),
    )
    return looking
