"""The arms of a gate: two that are compared, and the first once more, which tells what equal code looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study import store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.store import CurveRecord, TargetRecord

AGAIN = "again"
"""Label of the third arm: the first once more."""
AGAIN_EVERY = 4
"""The third arm is in every fourth round: it tells what equal code looks like, and costs an eighth."""
PAIR = 2
"""Arms that are compared."""
APART = 2.0
"""Times as long: an event of head that differs more gets loops of its own."""


def arms_of(
    curves: Sequence[CurveRecord], gate: store.GateRecord, event_s: Mapping[tuple[str, str], float]
) -> tuple[list[CurveRecord], list[str]]:
    """The curves that both arms have, with loops of base for both, and those of the third arm; and what to tell.

    Parameters
    ----------
    event_s : (target, point) -> seconds of an event, as calibrated.
    """
    of_base = {tuple(record.cells): record for record in curves if record.target == gate.base}
    of_head = {tuple(record.cells): record for record in curves if record.target == gate.head}
    found, told = [], []
    for cells, base in of_base.items():
        head = of_head.get(cells)
        if head is None:
            continue
        for point, loops in base.loops.items():
            times = event_s[gate.head, point] / event_s[gate.base, point]
            if 1.0 / APART <= times <= APART:
                head.loops[point] = loops
            else:
                told.append(f"{point}: an event of head takes {times:.2g} times as long, so it has loops of its own")
        head.long = [point for point in base.long if point in head.loops]
        again = store.CurveRecord(
            **{name: getattr(base, name) for name in base.__struct_fields__}
            | {"target": gate.again, "id": base.id.removesuffix(gate.base) + gate.again}
        )
        found += [base, head, again]
    return found, told


def again_of(targets: Sequence[TargetRecord], gate: store.GateRecord) -> TargetRecord:
    """The third arm's record: the facts of the first under another label."""
    base = next(target for target in targets if target.name == gate.base)
    return store.TargetRecord(name=gate.again, facts={**base.facts, "label": AGAIN})
