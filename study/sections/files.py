"""Numbers of all runs as files: each row says which run it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.reports import DataFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from study.evidence import Evidence, Run, Study
    from study.findings import Estimate

    Row = dict[str, str | float | int | bool | Estimate | None]

Value = str | float | int | bool | None


def of_run(run: Run) -> Row:
    """The first columns of every file: which run a row is of."""
    return {"machine": run.machine, "run": run.id, "simulated": run.manifest.simulated}


def columns(record: object, names: str) -> Row:
    """What a record holds under these names, with spaces between them."""
    return {name: getattr(record, name) for name in names.split()}


def data_file(
    study: Study, name: str, about: str, rows: Callable[[Evidence], Iterable[Mapping[str, Value | Estimate]]]
) -> DataFile:
    """The rows of every target of every run that the report shows, in their order."""
    return DataFile(
        name=name,
        about=about,
        rows=tuple(
            {**of_run(run), "target": target, **row}
            for run in study.runs
            for target in run.targets
            for row in rows(run.of(target))
        ),
    )
