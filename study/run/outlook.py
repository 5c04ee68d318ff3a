"""`plan`: what would be measured, how long it takes here, what it can show, and what is left out. In words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import store
from study.cell import noise_class
from study.plan import ASSUMED_CV, QUICK_ROUNDS, ROUNDS, rounds_of, smallest_effect_planned
from study.units import counted, duration, percent

if TYPE_CHECKING:
    from study.plan import Plan
    from study.run.prepared import Prepared


def outlook(made: Prepared) -> str:
    """The plan in words, one line per experiment and per cell."""
    expansion = made.expansion()
    plan, spent_s = made.calibrated(expansion)
    if made.stopping:
        return "Stopped while calibrating; what is calibrated is kept."
    spread = store.Calibration(
        made.wishes.results / made.machine_name, lambda _: None
    ).spread  # said when it was planned
    lines = [_summary(made, plan, spent_s)]
    order = dict.fromkeys(curve.experiment for curve in plan.curves)
    titles = {experiment.id: experiment.title for experiment in made.experiments}
    for name in order:
        curves = [curve for curve in plan.curves if curve.experiment == name]
        cost_s = sum((plan.costs[curve.id].process_s for curve in curves), 0.0)
        rounds = max(curve.rounds for curve in curves)
        share = f", in {rounds} of {ROUNDS} rounds" if rounds < ROUNDS else ""
        lines.append(f"\n{name} ({curves[0].tier}, {duration(cost_s)} a round{share}): {titles[name]}")
        for curve in curves:
            for cell in curve.cells:
                known = spread.get(f"{cell.text} @ {curve.target}")
                cv = ASSUMED_CV[noise_class(cell)] if known is None else known
                effect = percent(smallest_effect_planned(cv, max(rounds_of(curve, plan), 2)))
                source = "assumed spread" if known is None else "spread of its last run"
                lines.append(f"  {cell.text} @ {curve.target}: shows changes from {effect} ({source})")
    if plan.absent:
        lines.append("\nNot measured:")
        reasons: dict[tuple[str, str, str], int] = {}
        for absence in plan.absent:
            key = (absence.experiment, absence.state, absence.reason)
            reasons[key] = reasons.get(key, 0) + 1
        lines += [
            f"  {name}: {counted(count, 'cell')} {state}: {reason}" for (name, state, reason), count in reasons.items()
        ]
    return "\n".join(lines)


def _summary(made: Prepared, plan: Plan, spent_s: float) -> str:
    cells = sum(len(curve.cells) for curve in plan.curves)
    takes_s = spent_s + plan.rounds * plan.round_s
    quick = f", quick: fewer than {ROUNDS} rounds fit" if plan.quick else ""
    least = QUICK_ROUNDS if plan.quick else ROUNDS
    calibrated = f"calibrated just now ({duration(spent_s)})" if spent_s > 1 else "from the stored calibration"
    return (
        f"{made.machine_name}: {counted(len(plan.curves), 'process', 'processes')} a round for {counted(cells, 'cell')},"
        f" {duration(plan.round_s)} a round,"
        f" {plan.rounds} rounds (at least {least}{quick}); about {duration(takes_s)} of {duration(made.wishes.budget_s)};"
        f" costs {calibrated}"
    )
