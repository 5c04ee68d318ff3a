"""Experiments -> the points of their curves on a machine with so many CPUs, and the claims that none of them serves. Pure."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.cell import Cell, chunksize_of, parts_of, under_one_name
from study.config import (
    CLAIMS_FILE,
    CURVE,
    EVERY,
    FEW,
    FOLDER,
    POWERS,
    as_list,
    cell_of,
    curve,
    few,
    in_numbers,
    nearest,
    powers,
    refuse,
)
from study.counts import outcomes_of
from study.factors import of_the_process, refusal
from study.things import BACKENDS, START_METHODS
from study.things.backends import CALL
from study.things.patterns import MAP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.config import Choice, Claim, Cpus, Experiment, Scalar

_MOST_KEPT = 2**10
"""Experiments on machines whose curves are kept: interpreters and stored runs have the same few."""
_WORKERS = MappingProxyType({CURVE: curve, FEW: few, POWERS: powers})


@lru_cache(maxsize=_MOST_KEPT)
def curves_of(experiment: Experiment, cpus: Cpus | int) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """(Where it stands, the points) of each curve of an experiment, the baseline's first."""
    fixed = experiment.fixed.given()
    swept = experiment.swept.given() if experiment.swept else {}
    blocks = [(f"vary[{index}]", block.given()) for index, block in enumerate(experiment.vary)] or [("fixed", {})]
    if experiment.baseline is not None:
        blocks.insert(0, ("baseline", experiment.baseline.given()))
    found: dict[tuple[Cell, ...], str] = {}
    for place, block in blocks:
        for varied in _product({**fixed, **block}, cpus):
            choices = [{}] if place == "baseline" else list(_product(swept, cpus))
            points = tuple(dict.fromkeys(_cell(experiment, place, {**varied, **choice}, cpus) for choice in choices))
            found.setdefault(points, place)
    return tuple((place, points) for points, place in found.items())


def check_cells(experiments: Sequence[Experiment], cpus: Cpus | int) -> None:
    """Look at every cell that is asked for and not declared away.

    Raises
    ------
    ConfigError
        if no system can measure it, or one process not all of its curve.
    """
    for experiment in experiments:
        _check(experiment, cpus)


@lru_cache(maxsize=_MOST_KEPT)
def _check(experiment: Experiment, cpus: Cpus | int) -> None:
    """Look at those of one experiment; what passed once does so again."""
    for place, points in curves_of(experiment, cpus):
        wanted = [
            point for point in points if not all(declared_away(experiment, cell, cpus) for cell in part_cells(point))
        ]
        for point in wanted:
            if why := refusal(point):
                refuse(experiment.file, place, f"{point.text!r}: {why}")
        _check_process(experiment, wanted)


@lru_cache(maxsize=2**14)
def part_cells(point: Cell) -> tuple[Cell, ...]:
    """The cells of a point, one for each part of its event; interpreters and stored runs have the same few hundred."""
    return tuple(replace(point, part=part) for part in parts_of(point))


@lru_cache(maxsize=2**14)
def text_of(cell: Cell) -> str:
    """Its canonical text, made once, for the same reason."""
    return cell.text


def _check_process(experiment: Experiment, points: Sequence[Cell]) -> None:
    """Refuse a curve whose points need processes that are started in different ways."""
    for point in points[1:]:
        first, other = of_the_process(points[0]), of_the_process(point)
        if differ := ", ".join(name for name in first if first[name] != other[name]):
            refuse(
                experiment.file,
                "".join(f"swept.{name}" for name in (experiment.swept.given() if experiment.swept else {})),
                f"what is swept shares one process, and {points[0].text!r} and {point.text!r} need one each ({differ});"
                " list the values under [[vary]]",
            )


def _product(factors: Mapping[str, Choice], cpus: Cpus | int) -> Iterator[dict[str, Scalar]]:
    lists = [_values(name, choice, cpus) for name, choice in factors.items()]
    return (dict(zip(factors, values, strict=True)) for values in itertools.product(*lists))


def _values(name: str, choice: Choice, cpus: Cpus | int) -> list[Scalar]:
    values: list[Scalar] = []
    for value in as_list(choice):
        if name == "workers" and value in _WORKERS:
            values += _WORKERS[str(value)](cpus)
        elif name == "start_method" and value == EVERY:
            values += START_METHODS
        else:
            values.append(value)
    return values


def _cell(experiment: Experiment, place: str, factors: Mapping[str, Scalar], cpus: Cpus | int) -> Cell:
    backend = BACKENDS[str(factors.get("backend", CALL.name))]
    if backend.kind == "loop":  # it has its own share of a job, whoever else has how many
        factors = {name: value for name, value in factors.items() if name != "workers"}
    values = in_numbers(factors, cpus)
    if not backend.takes_start_method:
        values.pop("start_method", None)
    elif not values.get("start_method"):
        possible = f"{', '.join(START_METHODS)}, 'default' or 'every'"
        refuse(experiment.file, place, f"backend {backend.name!r}: needs a start_method ({possible})")
    try:
        return under_one_name(Cell(**values))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        refuse(experiment.file, place, str(error))


def declared_away(experiment: Experiment, cell: Cell, cpus: Cpus | int) -> str:
    """The reason why the experiment does not want this cell of its own, or ''."""
    for skip in experiment.skip:
        given = skip.when.given()
        if all(_matches(cell, name, choice, cpus) for name, choice in given.items()):
            return skip.reason
    return ""


def _matches(cell: Cell, name: str, choice: Choice, cpus: Cpus | int) -> bool:
    """Whether the cell's factor is one of these, words such as 'cpus' and 'every' replaced as they are in cells."""
    beside: dict[str, Scalar] = {"kernel": cell.kernel, "workers": cell.workers, "spins": cell.spins}
    values = (in_numbers({**beside, name: value}, cpus)[name] for value in _values(name, choice, cpus))
    own = {chunksize_of(cell)} if name == "chunksize" else set()
    return not {getattr(cell, name), *own}.isdisjoint(values)


def unmeasured(claims: Sequence[Claim], experiments: Sequence[Experiment], cpus: Cpus | int) -> tuple[str, ...]:
    """The ids of claims that name a cell which no experiment asks for on this machine: they will stay undecided.

    Raises
    ------
    ConfigError
        if a claim names a cell that no system can measure.
    """
    asked = {
        cell
        for experiment in experiments
        for _, points in curves_of(experiment, cpus)
        for point in points
        for cell in part_cells(point)
    }
    file = f"{FOLDER}/{CLAIMS_FILE}"
    found: list[str] = []
    for identity, test in ((claim.id, test) for claim in claims for test in claim.tests):
        cells: list[Cell] = []
        for side, selector in (("of", test.of), ("to", test.to)):
            if selector is None:
                continue
            cell = cell_of(selector, cpus, file, f"{test.id}.{side}")
            if why := refusal(cell):
                refuse(file, f"{test.id}.{side}", f"{cell.text!r}: {why}")
            _check_outcomes(test, cell, file)
            cells.append(cell)
            if cell not in asked and identity not in found:
                found.append(identity)
        _check_lengths(test, cells, file)
    return tuple(found)


def _check_lengths(claim: Claim, cells: Sequence[Cell], file: str) -> None:
    """Refuse to hold maps of different numbers of tasks beside each other: the longer job would be said to be slower."""
    maps = {cell.pattern for cell in cells} == {MAP.name}
    if maps and len({cell.tasks for cell in cells}) > 1 and not claim.per_task:
        refuse(file, claim.id, "'of' and 'to' are maps of different numbers of tasks; say per_task = true")


def _check_outcomes(claim: Claim, cell: Cell, file: str) -> None:
    """Refuse what no cell of the kind counts: the claim would stay undecided however often it is measured."""
    possible = outcomes_of(cell)
    for key in ("outcome", "per") if claim.outcome else ():
        word = getattr(claim, key)
        if word not in possible:
            counted = f"it counts {', '.join(possible)}" if possible else "it counts nothing"
            refuse(
                file, f"{claim.id}.{key}", f"{word!r} is no count of {cell.text!r}; {counted}{nearest(word, possible)}"
            )
