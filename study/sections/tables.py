"""What several sections' tables and files have: labels with values, estimates with their names, the columns of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Item, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from study.blocks import Column
    from study.evidence import Run
    from study.findings import Estimate


def of_run(run: Run) -> dict[str, str | bool]:
    """The first columns of every file: which run a row is of."""
    return {"machine": run.machine, "run": run.id, "simulated": run.manifest.simulated}


def facts(identity: str, caption: str, pairs: Iterable[tuple[str, str]]) -> Table:
    """Labels and values."""
    return Table(
        id=identity,
        caption=caption,
        heads=(("What", "text"), ("Value", "text")),
        rows=tuple((Item(value=label), Item(value=value)) for label, value in pairs),
        empty="Nothing could be read here.",
    )


def numbers(
    identity: str,
    *,
    title: str,
    subtitle: str,
    heads: Sequence[str],
    rows: Iterable[tuple[Sequence[str], Estimate]],
    notes: Sequence[str] = (),
) -> Table:
    """Estimates with their intervals and numbers of processes, each behind its names, a name for each of `heads`."""
    named: tuple[tuple[str, Column], ...] = tuple((head.capitalize(), "text") for head in heads)
    return Table(
        id=identity,
        caption=f"{title}. {subtitle}.",
        heads=(*named, ("Number and interval", "num"), ("n", "num")),
        rows=tuple(
            (*(Item(value=name) for name in names), Item(value=estimate, with_reason=True), Item(value=estimate.n))
            for names, estimate in rows
        ),
        notes=tuple(notes),
    )
