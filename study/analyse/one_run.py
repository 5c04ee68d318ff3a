"""One run folder -> everything the report says of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from study import checks, config, gate, scaling, stats
from study.analyse import topics
from study.analyse.asked import asked_of
from study.analyse.audit import audit
from study.analyse.card import machine_card, target_facts
from study.analyse.derived import break_even_of, orders_of, scaling_of
from study.analyse.noise import allocation, floor_of_run, floors, halves_of, noise_pairs
from study.cell import Cell, unit_of
from study.claims import Evidence, decide_claims
from study.evidence.coverage import coverage_of
from study.evidence.hardware import cpus_of
from study.findings import CellFinding, Check, Estimate, RunFindings
from study.identity import fingerprint
from study.names import cell_name
from study.plan import ROUNDS
from study.table import CellData, cells_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.findings import Unit
    from study.store import CellRecord, RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    folder: RunFolder
    cells: Mapping[tuple[str, str], CellData]
    missing: Mapping[tuple[str, str], str]
    foreign_cpus: float | None

    def topics(self, target: str) -> topics.Evidence:
        """What the topics' analyses see of one target."""
        return topics.Evidence(
            cells=self.cells,
            missing=self.missing,
            target=target,
            usable_cpus=self.folder.manifest.usable_cpus,
            foreign_cpus=self.foreign_cpus,
        )


def run_findings(folder: RunFolder, *, bench_digest: str) -> RunFindings:
    """Analyse one run.

    Parameters
    ----------
    bench_digest : digest of the bench as it is now; a run of another bench is stale.

    Raises
    ------
    StudyError
        if a file of the run is not what this study writes.
    """
    manifest = folder.manifest
    cells = cells_of(folder.load())
    missing = {(record.target, record.cell): f"{record.state}: {record.reason}" if record.reason else record.state
               for record in manifest.cells if (record.target, record.cell) not in cells}  # fmt: skip
    names = [target.name for target in manifest.targets]
    claims = config.claims_in(manifest.config)
    experiments = config.experiments_in(manifest.config)
    counted = [record for record in manifest.rounds if not record.replaced]
    foreign_cpus = gate.foreign_cpus(record.foreign_cpus for record in counted)
    disturbed = sum(1 for record in counted if record.disturbed)
    context = _Context(folder=folder, cells=cells, missing=missing, foreign_cpus=foreign_cpus)
    verdicts = tuple(
        verdict
        for name in names
        for verdict in decide_claims(
            claims,
            Evidence(
                cells=cells,
                missing=missing,
                floors=floors(cells, name),
                usable_cpus=manifest.usable_cpus,
                foreign_cpus=foreign_cpus,
            ),
            name,
        )
    )
    found = RunFindings(
        machine=folder.machine,
        run_id=folder.id,
        finished=manifest.finished or manifest.started,
        quick=manifest.quick or len(counted) < ROUNDS,
        simulated=manifest.simulated,
        stale=manifest.digests.get("bench") != bench_digest,
        complete=manifest.state == "finished",
        commit=manifest.commit + ("+" if manifest.dirty else ""),
        rounds=len(counted),
        disturbed_rounds=disturbed,
        usable_cpus=manifest.usable_cpus,
        foreign_cpus=foreign_cpus,
        coverage=coverage_of(manifest, experiments),
        budget_s=manifest.budget_s,
        elapsed_s=manifest.elapsed_s,
        seed=manifest.seed,
        machine_card=machine_card(manifest),
        targets=tuple(target_facts(target) for target in manifest.targets),
        cells=tuple(_cell_finding(record, context) for record in _in_order(manifest.cells)),
        verdicts=verdicts,
        scaling=tuple(one for name in names for one in scaling_of(cells, name, manifest.usable_cpus)),
        break_even=tuple(one for name in names for one in break_even_of(cells, name, manifest.usable_cpus)),
        orders=tuple(one for name in names for one in orders_of(cells, name)),
        noise=tuple(one for name in names for one in noise_pairs(cells, name)),
        allocation=tuple(one for name in names for one in allocation(cells, manifest, name)),
        checks=_checks(context, disturbed, len(counted)),
        floor_within=floor_of_run(cells, names[0]),
        floors=floors(cells, names[0]),
        scaling_limits=scaling.limits_sentence(manifest.usable_cpus),
        experiments=tuple((one.id, one.question, one.title, one.tier) for one in experiments),
        config=dict(manifest.config),
        cpus=cpus_of(fingerprint(manifest.machine)),
        panels=tuple(panel for name in names for panel in topics.panels_of(context.topics(name))),
        asked=asked_of(verdicts, {each.name: each.facts for each in manifest.targets}, manifest.machine),
    )
    return replace(found, audit=audit(found, manifest, cells))


def _lasts(cell: Cell) -> bool:
    """Whether a value of the cell is a stretch of time that the clock must resolve; a skew may be next to nothing."""
    return unit_of(cell) == "second" and cell.part != "skew"


def _in_order(records: list[CellRecord]) -> list[CellRecord]:
    """By question's file, target and cell, so that the tables read well whatever the order of measuring was."""
    tiers = {tier: index for index, tier in enumerate(config.TIERS)}
    return sorted(
        records, key=lambda one: (one.experiment == "noise", tiers[one.tier], one.experiment, one.target, one.cell)
    )


def _cell_finding(record: CellRecord, context: _Context) -> CellFinding:
    cell = Cell.parse(record.cell)
    data = context.cells.get((record.target, record.cell))
    state = record.state
    unit: Unit = "byte" if unit_of(cell) == "byte" else "s"
    if data is None:
        reason = record.reason or "the run was stopped before its first round"
        empty = Estimate(
            point=None, low=None, high=None, n=0, unit=unit, estimand="average", method="", reason=f"{state}: {reason}"
        )
        return _finding(record, cell, state=state, reason=reason, average=empty, typical=empty)
    return _finding(
        record,
        cell,
        state="done" if state == "outstanding" else state,
        reason=record.reason,
        average=stats.average(data.means, unit),
        typical=stats.typical(data.means, unit),
        data=data,
    )


def _finding(
    record: CellRecord, cell: Cell, *, state: str, reason: str, average: Estimate, typical: Estimate,
    data: CellData | None = None,
) -> CellFinding:  # fmt: skip
    totals: Counter[str] = Counter() if data is None else data.totals
    return CellFinding(
        cell=cell,
        name=cell_name(cell),
        target=record.target,
        experiments=tuple(record.asked_by),
        tier=record.tier,
        state=state,
        reason=reason,
        loops=record.loops,
        average=average,
        typical=typical,
        process_means_s=() if data is None else tuple(float(mean) for mean in data.means),
        smallest_effect=None if data is None else stats.smallest_effect(data.means),
        icc=None if data is None else stats.icc(data.values),
        outcomes=dict(totals),
        cpus_busy=None if data is None else _cpus_busy(data),
    )


def _cpus_busy(data: CellData) -> Estimate | None:
    """CPU time ÷ elapsed time, the process as the unit."""
    shares = [
        counted["cpu_time_us"] / counted["elapsed_us"]
        for counted in data.outcomes
        if counted.get("elapsed_us") and "cpu_time_us" in counted
    ]
    return stats.average(shares, "count") if len(shares) == len(data.outcomes) and min(shares) > 0 else None


def _checks(context: _Context, disturbed: int, rounds: int) -> tuple[Check, ...]:
    """What was checked of the machine before, of every round, and of the run as a whole."""
    manifest = context.folder.manifest
    if manifest.simulated:
        return ()
    found = list(checks.before_measuring(manifest.machine))
    found += checks.of_targets({target.name: target.facts for target in manifest.targets})
    found.append(checks.same_state(manifest.changes))
    found.append(checks.disturbed_share(disturbed, rounds))
    found.append(checks.drift(halves_of(context.cells)))
    shortest = min(
        (
            float(data.values.min()) * record.loops
            for record in manifest.cells
            if record.loops
            and _lasts(Cell.parse(record.cell))
            and (data := context.cells.get((record.target, record.cell))) is not None
        ),
        default=None,
    )
    found.append(checks.shortest_value(shortest))
    return tuple(found)
