"""Numbers of all runs as a file: each row says which run and which interpreter it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import DataFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from study.evidence import Evidence, Study
    from study.findings import Estimate

Value = str | float | int | bool | None


def data_file(
    study: Study, name: str, about: str, rows: Callable[[Evidence], Iterable[Mapping[str, Value | Estimate]]]
) -> DataFile:
    """The rows of every target of every run that the report shows, in their order."""
    return DataFile(
        name=name,
        about=about,
        rows=tuple(
            {"machine": run.machine, "run": run.id, "simulated": run.manifest.simulated, "target": target, **row}
            for run in study.runs
            for target in run.targets
            for row in rows(run.of(target))
        ),
    )
