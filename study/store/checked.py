"""What the types of a manifest cannot say: its parts fit each other, its words are known, its dates and facts can be."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from study.config import CLAIMS, CLAIMS_FILE, QUESTIONS, TIERS, claims_in, experiments_in
from study.errors import ConfigError, printable
from study.machine import Machine
from study.store.bounds import LARGEST, MOST_CPUS, NEWER, wrong_cell, wrong_fact, wrong_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from study.store.manifest import CellRecord, CurveRecord, GateRecord, Manifest

INVALID = "invalid.json.gz"
"""The suite of attempts at a round that another attempt stands for."""
CONFIG_BYTES = 2**20
"""All stored configuration together; the project's own has 60 KB."""


class _Target(msgspec.Struct):
    """The facts of an interpreter that the study uses; others may stand beside them."""

    version: str | None = None
    implementation: str | None = None
    compiler: str | None = None
    free_threaded: bool | None = None
    gil_enabled: bool | None = None
    hash_randomization: bool | None = None
    config_args: list[str] | None = None
    frame_pointers: bool | None = None
    gc_thresholds: list[int] | None = None
    lazy_imports: str | None = None
    thread_local_bytecode: bool | None = None
    x_options: list[str] | None = None
    label: str | None = None
    packages: dict[str, str] = {}
    start_methods: list[str] | None = None
    default_start_method: str | None = None
    has_fork: bool | None = None
    has_posix_spawn: bool | None = None
    has_interpreters: bool | None = None
    numpy_version: str | None = None
    pyperf_version: str | None = None
    peers: dict[str, str | None] = {}


class _HasFacts(Protocol):
    """An interpreter as a manifest or a summary has it."""

    @property
    def name(self) -> str:
        """Its short name."""

    @property
    def facts(self) -> dict[str, Any]:
        """What it said of itself."""


def check(manifest: Manifest) -> str:
    """The first thing that is wrong, with its key; '' if nothing."""
    return next(_faults(manifest), "")


def suite_file(record: CellRecord) -> str:
    """The name of the suite that holds the cell's times."""
    return f"{record.experiment}.{record.target}.json.gz"


def _faults(manifest: Manifest) -> Iterator[str]:
    yield from _named("started", [wrong_instant(manifest.started)])
    if manifest.finished or manifest.state == "finished":
        yield from _named("finished", [wrong_instant(manifest.finished)])
    yield from wrong_targets(manifest.targets)
    yield from _named("machine", [wrong_machine(manifest.machine)])
    if manifest.machine.get("usable_cpus") not in {None, manifest.usable_cpus}:
        yield "usable_cpus: another number than machine.usable_cpus"
    if not manifest.values:
        yield "values: 0; every process measures at least one"
    yield from _named("config", [_wrong_config(manifest.config)])
    targets = {target.name for target in manifest.targets}
    for number, curve in enumerate(manifest.curves):
        yield from _named(f"curves[{number}]", _of_curve(curve, targets))
    if manifest.gate is not None:
        yield from _named("gate", _of_gate(manifest.gate, targets))
    seen: set[tuple[str, str]] = set()
    for number, record in enumerate(manifest.cells):
        yield from _named(f"cells[{number}]", _of_cell(record, manifest.curves, targets))
        if record.key in seen:
            yield f"cells[{number}].cell: stands twice"
        seen.add(record.key)
    yield from _of_rounds(manifest)
    known = {suite_file(record) for record in manifest.cells} | {INVALID}
    yield from (
        f"files: {printable(repr(name), 100)} is not a file name of this run"
        for name in manifest.files
        if name not in known
    )
    if manifest.state == "finished":
        yield from _of_finished(manifest)


def _of_finished(manifest: Manifest) -> Iterator[str]:
    """What a run that goes on may lack, and a finished one may not."""
    yield from (
        f"files: {suite_file(record)} is missing, though cells[{number}] is done"
        for number, record in enumerate(manifest.cells)
        if record.state == "done" and suite_file(record) not in manifest.files
    )
    if not manifest.rounds and any(record.state == "done" for record in manifest.cells):
        yield "rounds: none, though cells are done"
    if not set(manifest.config) - {CLAIMS}:
        yield "config: no experiment, though the run is finished"


def _named(where: str, faults: Iterable[str]) -> Iterator[str]:
    yield from (f"{where}{'' if fault.startswith('.') else ': '}{fault}" for fault in faults if fault)


def wrong_targets(targets: Sequence[_HasFacts]) -> Iterator[str]:
    """What is wrong with interpreters under study, each with its key."""
    if len({target.name for target in targets}) < len(targets):
        yield "targets: two have the same name"
    for number, target in enumerate(targets):
        where = f"targets[{number}].facts"
        yield from _named(where, [wrong_fact(target.facts)])
        try:
            msgspec.convert(target.facts, _Target)
        except msgspec.ValidationError as error:
            yield f"{where}: {printable(str(error))}"


def _of_gate(gate: GateRecord, targets: set[str]) -> Iterator[str]:
    arms = {"base": gate.base, "head": gate.head, "again": gate.again}
    yield from (f".{arm}: {name!r} is none of the run's targets" for arm, name in arms.items() if name not in targets)
    if len(set(arms.values())) < len(arms):
        yield ": two arms are one target"
    if any(later <= earlier for earlier, later in itertools.pairwise(gate.looks)):
        yield ".looks: each is after more rounds than the one before"


def wrong_machine(facts: dict[str, Any]) -> str:
    """What is wrong with the facts of a machine; '' if nothing."""
    wrong = wrong_fact(facts)
    if wrong:
        return wrong
    try:
        machine = msgspec.convert(facts, Machine)
    except msgspec.ValidationError as error:
        return printable(str(error))
    for name in Machine.__struct_fields__:
        value = getattr(machine, name)
        if name.endswith("_cpus") and isinstance(value, int | float) and value > MOST_CPUS:
            return f"{name}: more than {MOST_CPUS} CPUs"
        if name.endswith("_bytes") and isinstance(value, int | float) and value > LARGEST["byte"] * 1e4:
            return f"{name}: no machine has as many"
    return ""


def _wrong_config(config: Mapping[str, str]) -> str:
    if sum(map(len, config.values())) > CONFIG_BYTES:
        return f"more than {CONFIG_BYTES} characters"
    return _wrong_texts(tuple(config.items()))


@lru_cache(maxsize=4)
def _wrong_texts(texts: tuple[tuple[str, str], ...]) -> str:
    """What is wrong with the experiments and claims of a run; many runs have the same."""
    config = dict(texts)
    try:
        experiments_in(config)
        claims_in(config)
    except ConfigError as error:
        return f"{printable(str(error))}. {NEWER[0].upper()}{NEWER[1:]}"
    except (RecursionError, ValueError, OverflowError) as error:  # texts that no reader of TOML takes
        return f"the experiments or {CLAIMS_FILE} cannot be read ({type(error).__name__})"
    return ""


def _of_curve(curve: CurveRecord, targets: set[str]) -> Iterator[str]:
    yield from _known_words(curve, targets)
    if curve.question not in QUESTIONS:
        yield f".question: {curve.question!r} is unknown; {NEWER}"
    for number, text in enumerate(curve.cells):
        yield from _named(f".cells[{number}]", [wrong_cell(text)])
    if len(set(curve.cells)) < len(curve.cells):
        yield ".cells: one stands twice"
    if odd := set(curve.long) - set(curve.loops):
        yield f".long: {printable(repr(min(odd)), 100)} is no point of the curve"
    for text in curve.loops:
        yield from _named(".loops", [wrong_cell(text)])


def _known_words(record: CurveRecord | CellRecord, targets: set[str]) -> Iterator[str]:
    if record.target not in targets:
        yield f".target: {record.target!r} is none of the run's targets"
    if record.tier not in TIERS:
        yield f".tier: {record.tier!r} is unknown; {NEWER}"


def _of_cell(record: CellRecord, curves: list[CurveRecord], targets: set[str]) -> Iterator[str]:
    yield from _named(".cell", [wrong_cell(record.cell)])
    yield from _known_words(record, targets)
    if record.curve >= len(curves):
        yield f".curve: there is no curve {record.curve}"
    elif record.curve >= 0:
        curve = curves[record.curve]
        if record.cell not in curve.cells or record.target != curve.target:
            yield f".curve: curve {record.curve} does not measure this cell"


def _of_rounds(manifest: Manifest) -> Iterator[str]:
    curves = len(manifest.curves)
    least = -1 - manifest.usable_cpus  # the study's own processes seem to take more than all of them, by jitter
    seen: set[tuple[int, int]] = set()
    for number, record in enumerate(manifest.rounds):
        if record.foreign_cpus is not None and record.foreign_cpus < least:
            yield f"rounds[{number}].foreign_cpus: {record.foreign_cpus:g} is less than can be"
        if wrong_order(record.order, curves):
            yield f"rounds[{number}].order: not an order of the run's {curves} curves"
        if (record.index, record.attempt) in seen:
            yield f"rounds[{number}]: stands twice"
        seen.add((record.index, record.attempt))


def wrong_order(order: list[int], curves: int) -> bool:
    """Whether it is no order of curves: an index twice, or one that no curve has."""
    return len(set(order)) < len(order) or any(not 0 <= number < curves for number in order)
