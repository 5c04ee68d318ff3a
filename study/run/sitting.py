"""One sitting of measuring: a run begun or continued, its rounds, and its end."""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import study
from study import identity, store
from study.cell import Cell
from study.errors import UsageError
from study.plan import MIN_TIME_S, VALUES, WARMUPS, Curve, Expansion, Plan
from study.run.changed import changed_since
from study.run.gate_arms import again_of, arms_of
from study.run.looks import Looking, Looks
from study.run.rounds import FAILURES_THAT_END, Rounds
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.run.prepared import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a sitting ended: the folder (None when stopped in calibration), whether it is finished, what failed."""

    folder: store.RunFolder | None
    finished: bool
    failed: tuple[str, ...]


def run(made: Prepared, looking: Looking | None = None) -> Ended:
    """Measure: continue this machine's unfinished run of the same plan, or begin a new one; a gate where there are looks."""
    store.drop_spent_journals(made.wishes.results, made.machine_name)
    folder = _continued(made)
    if folder is None:
        _tell_of_other_names(made)
        folder = _begun(made, looking)
    if folder is None:
        return Ended(folder=None, finished=False, failed=())
    folder.manifest.budget_s = made.wishes.budget_s
    rounds = _rounds(made, folder, looking)
    made.progress.begin("Measuring")
    whole = rounds.measure()
    folder.manifest.elapsed_s = rounds.spent_s
    folder.manifest.rounds = rounds.records()
    _settle_cells(folder, finished=whole)
    folder.save()
    if whole:
        made.progress.say("Writing the results")
        if folder.manifest.gate is None:  # whose processes differ in how many values they have
            _remember_spread(made, folder)
        folder.finish()
    failed = tuple(f"{record.cell} on {record.target}: {record.reason}" for record in folder.manifest.cells
                   if record.state in {"failed", "timed out"})  # fmt: skip
    return Ended(folder=folder, finished=whole, failed=failed)


def _rounds(made: Prepared, folder: store.RunFolder, looking: Looking | None) -> Rounds:
    made_of: Callable[..., Rounds] = Rounds if looking is None else partial(Looks, looking=looking)
    return made_of(folder, made.runner, made.progress, budget_s=made.wishes.budget_s, stopping=lambda: made.stopping)


def _continued(made: Prepared) -> store.RunFolder | None:
    folder = store.unfinished(made.wishes.results, made.machine_name, made.progress.say)
    if folder is None:
        return None
    if made.wishes.fresh:
        made.progress.say(f"--fresh: a new run is begun; the unfinished run {folder.name} stays as it is")
        return None
    changed = changed_since(folder.manifest, made)
    if changed:
        made.progress.say(
            f"the unfinished run {folder.name} is of another study ({'; '.join(changed)}: then / now); it stays as it is,"
            " and a new run is begun"
        )
        return None
    then, now = identity.fingerprint(folder.manifest.machine), identity.fingerprint(made.machine_facts)
    apart = identity.differences(then, now)
    if apart:
        made.progress.say(
            f"the unfinished run {folder.name} was measured on other hardware ({'; '.join(apart)}: then / now); it stays"
            " as it is, and a new run is begun"
        )
        return None
    _note_changes(made, folder)
    measured = counted(len(folder.journal().of_kind("process")), "process is", "processes are")
    made.progress.say(f"continuing {folder.name}: {measured} measured")
    return folder


def _tell_of_other_names(made: Prepared) -> None:
    """Say it where this very study was begun on this hardware under another name of this machine."""
    results = made.wishes.results
    if made.wishes.fresh or made.wishes.simulated:
        return
    now = identity.fingerprint(made.machine_facts)
    for name in store.own_names(results):
        folder = None if name == made.machine_name else store.unfinished(results, name)
        if folder is None or changed_since(folder.manifest, made):
            continue
        if identity.fits(identity.fingerprint(folder.manifest.machine), now):
            made.progress.say(
                f"the unfinished run {folder.name} is of this study and this hardware, under another name of this"
                f" machine; it stays as it is. To continue it instead, stop and add --machine {name}"
            )


def _note_changes(made: Prepared, folder: store.RunFolder) -> None:
    """Say and keep what was set otherwise when the run was begun, and what is known of its hardware only now."""
    manifest = folder.manifest
    changed = identity.differences(identity.state(manifest.machine), identity.state(made.machine_facts))
    if changed:
        made.progress.say(f"going on although the machine's state changed ({'; '.join(changed)}: then / now)")
    manifest.changes += [text for text in changed if text not in manifest.changes]
    # Another machine must not fit the run later because its first sitting could read little.
    manifest.machine |= {
        name: value
        for name, value in made.machine_facts.items()
        if name in identity.HARDWARE and manifest.machine.get(name) is None
    }
    folder.save()


def _begun(made: Prepared, looking: Looking | None) -> store.RunFolder | None:
    expansion = made.expansion()
    plan, spent_s = made.calibrated(expansion)
    if made.stopping:
        return None
    commit, dirty = identity.commit(made.wishes.root)
    curves = [_curve_record(curve, plan) for curve in plan.curves]
    gate = None if looking is None else looking.record
    targets = [store.TargetRecord(name=target["name"], facts=target["facts"]) for target in made.targets]
    if gate is not None:
        if plan.quick:
            raise UsageError("the budget does not pay the rounds before the first look; give more with --budget")
        events = {
            (curve.target, point): seconds
            for curve in plan.curves
            for point, seconds in plan.costs[curve.id].event_s.items()
        }
        curves, told = arms_of(curves, gate, events)
        for text in told:
            made.progress.say(text)
        targets.append(again_of(targets, gate))
    seed = made.wishes.seed if made.wishes.seed is not None else random.SystemRandom().randrange(2**32)
    manifest = store.Manifest(
        schema=1,
        state="measuring",
        study_version=study.__version__,
        commit=commit,
        dirty=dirty,
        digest=made.digest,
        digests=made.digests,
        started=store.now_text(),
        simulated=made.wishes.simulated,
        quick=plan.quick,
        budget_s=made.wishes.budget_s,
        elapsed_s=spent_s,
        seed=seed,
        rounds_planned=plan.rounds,
        values=VALUES,
        warmups=WARMUPS,
        min_time_s=MIN_TIME_S,
        usable_cpus=made.usable_cpus,
        machine=made.machine_facts,
        targets=targets,
        gate=gate,
        config=made.texts,
        curves=curves,
        cells=_cell_records(expansion, plan, curves, made.sources),
    )
    return store.RunFolder.create(made.wishes.results, made.machine_name, manifest)


def _curve_record(curve: Curve, plan: Plan) -> store.CurveRecord:
    cost = plan.costs[curve.id]
    return store.CurveRecord(
        id=curve.id,
        experiment=curve.experiment,
        question=curve.question,
        tier=curve.tier,
        target=curve.target,
        cells=[cell.text for cell in curve.cells],
        loops=dict(cost.loops),
        process_s=cost.process_s,
        long=list(cost.long),
        rounds=curve.rounds,
    )


def _cell_records(
    expansion: Expansion, plan: Plan, curves: list[store.CurveRecord], sources: identity.Sources
) -> list[store.CellRecord]:
    """Every cell of the plan, measured or not, each with its state and its reason."""
    records = [
        store.CellRecord(
            cell=text,
            curve=index,
            experiment=curve.experiment,
            asked_by=list(expansion.asked_by.get((curve.target, text), (curve.experiment,))),
            tier=curve.tier,
            target=curve.target,
            state="outstanding",
            loops=curve.loops[Cell.parse(text).point.text],
            digest=sources.digest(Cell.parse(text)),
        )
        for index, curve in enumerate(curves)
        for text in curve.cells
    ]
    records += [
        store.CellRecord(
            cell=absence.cell.text,
            curve=-1,
            experiment=absence.experiment,
            asked_by=list(expansion.asked_by[absence.target, absence.cell.text]),
            tier=absence.tier,
            target=absence.target,
            state=absence.state,
            reason=absence.reason,
        )
        for absence in plan.absent
    ]
    return records


def _settle_cells(folder: store.RunFolder, *, finished: bool) -> None:
    """Give every cell the state that the journal shows."""
    entries = folder.journal().of_kind("process")
    for record in folder.manifest.cells:
        if record.curve < 0:
            continue
        mine = [entry for entry in entries if entry["curve"] == record.curve]
        bad = [entry for entry in mine if entry["state"] != "ok"]
        good = [entry for entry in mine if entry["state"] == "ok"]
        if len(bad) >= FAILURES_THAT_END or (bad and not good):
            record.state = bad[-1]["state"]
            record.reason = f"in round {bad[-1]['round'] + 1}: {bad[-1]['reason']}"
        elif good:
            record.state, record.reason = "done", ""
        elif finished:
            record.state, record.reason = "left out", "the budget ran out before its first round"


def _remember_spread(made: Prepared, folder: store.RunFolder) -> None:
    """Keep each cell's spread between processes, so that the next plan can say what effects it will show."""
    calibration = store.Calibration(made.wishes.results / made.machine_name, made.progress.say)
    means: dict[str, list[float]] = {}
    for sample in folder.load():
        means.setdefault(f"{sample.cell.text} @ {sample.target}", []).append(statistics.fmean(sample.values))
    for name, found in means.items():
        if len(found) > 1:
            spread = statistics.stdev(found) / statistics.fmean(found)
            if math.isfinite(spread):
                calibration.spread[name] = spread
    calibration.save()
