"""Which factors go together, by what the records say of the things, so that a plan refuses what the bench would.

The bench keeps checks of its own, nearer to what they protect; `tests/contract/test_factors.py` holds both together. What only
the system decides (no fork, one CPU, an older Python) is no refusal: such cells are skipped, with that reason.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from study.cell import Cell
from study.things import (
    APIS,
    BACKENDS,
    CHANNELS,
    DEFAULT,
    FORMS,
    KERNELS,
    PATTERNS,
    START_METHODS,
    Rule,
)
from study.things.kernels import ITERATION_S
from study.things.labels import INJECTED
from study.things.variants import UNBUFFERED
from study.things.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from study.things import Value

ALWAYS = frozenset({"pattern", "backend", "start_method", "variant", "part", "label"})
"""Factors that every pattern has."""
_NO_DEFAULT = "there is no default number of workers; give 1 or more"
_AT_ONCE = "each worker takes its share at once; leave chunksize out"
_ONE_AT_A_TIME = "this call hands out one task at a time; leave chunksize out"
_AS_BYTES = "it carries one byte or more, as bytes"
_BESIDE = "bytes beside the pickle are sent through two simplex pipes"


_Thing = TypeVar("_Thing")


def _those(things: Mapping[str, _Thing], has: Callable[[_Thing], bool]) -> tuple[str, ...]:
    """The names of the things that have a trait."""
    return tuple(name for name, thing in things.items() if has(thing))


def _using(*factors: str) -> tuple[str, ...]:
    """The patterns that have all these factors."""
    return _those(PATTERNS, lambda pattern: pattern.uses >= set(factors))


def _words() -> Iterator[Rule]:
    """Words that exist: a cell can be made without config's checks."""
    yield from (Rule(factor, only=words) for factor, words in WORDS.items())
    yield Rule(
        "label",
        where={"pattern": _those(PATTERNS, lambda pattern: pattern.unit == "byte")},
        never=(INJECTED.name,),
        because="what is read once has no operations to miscount",
    )
    yield Rule("tasks", never=(0,), because="an event has a task or more; 'per_worker' needs a number of workers")


def _started() -> Iterator[Rule]:
    """Who starts the workers, and how many."""
    yield Rule(
        "start_method",
        where={"backend": _those(BACKENDS, lambda backend: backend.takes_start_method)},
        only=(*START_METHODS, DEFAULT),
        because="processes are started somehow",
    )
    yield Rule(
        "start_method",
        where={"backend": _those(BACKENDS, lambda backend: bool(backend.package))},
        only=("",),
        because="the library chooses how its workers start; leave start_method out",
    )
    for pattern in PATTERNS.values():
        yield from (rule._replace(where={"pattern": (pattern.name,), **rule.where}) for rule in pattern.limits)
    without_default = _those(BACKENDS, lambda backend: not backend.has_default_workers)
    yield Rule(
        "workers",
        where={"pattern": _using("workers"), "backend": without_default},
        never=(0,),
        because=_NO_DEFAULT,
    )


def _handed_out() -> Iterator[Rule]:
    """How tasks are handed out."""
    for backend in BACKENDS.values():
        where = {"pattern": _using("api"), "backend": (backend.name,)}
        yield Rule("api", where=where, only=("", *(api.name for api in backend.apis)))
        if not backend.takes_chunksize:
            where = {"pattern": _using("chunksize"), "backend": (backend.name,)}
            because = _ONE_AT_A_TIME if backend.hands_out else _AT_ONCE
            yield Rule("chunksize", where=where, only=(0,), because=because)
    alone = _those(APIS, lambda api: api.one_at_a_time)
    yield Rule("chunksize", where={"pattern": _using("api"), "api": alone}, only=(0,), because=_ONE_AT_A_TIME)
    yield Rule(
        "spins",
        where={"kernel": _those(KERNELS, lambda kernel: not kernel.has_length)},
        only=(0,),
        because="this kernel has a length of its own; leave spins out",
    )


def _sent() -> Iterator[Rule]:
    """What is sent through what, and what is held."""
    sending = _using("channel")
    sent = _those(FORMS, lambda form: form.byte_factor is not None)
    yield Rule("form", where={"pattern": _using("form", "payload_bytes")}, only=sent)
    held = _those(FORMS, lambda form: form.copied_share is not None)
    yield Rule("form", where={"pattern": _using("form", "parent_bytes")}, only=held)
    partners = [backend for backend in BACKENDS.values() if backend.partners]
    for backend in partners:
        between = tuple(channel.name for channel in CHANNELS.values() if backend.kind in channel.modules)
        yield Rule("channel", where={"pattern": sending, "backend": (backend.name,)}, only=between)
    beside = {"pattern": sending, "form": _those(FORMS, lambda form: form.beside_pickle)}
    yield Rule("channel", where=beside, only=_those(CHANNELS, lambda channel: channel.takes_buffers), because=_BESIDE)
    processes = tuple(backend.name for backend in partners if backend.kind == "process")
    yield Rule("backend", where=beside, only=processes, because=_BESIDE)
    as_bytes = {"pattern": sending, "channel": _those(CHANNELS, lambda channel: channel.bytes_only)}
    yield Rule("form", where=as_bytes, only=("",), because=_AS_BYTES)
    yield Rule("payload_bytes", where=as_bytes, never=(0,), because=_AS_BYTES)
    yield Rule(
        "start_method",
        where={"pattern": sending, "channel": _those(CHANNELS, lambda channel: channel.inherited)},
        only=_those(START_METHODS, lambda method: method.copies_parent),
        because="a raw pipe is inherited by fork",
    )
    yield Rule(
        "placement",
        where={
            "pattern": _using("placement"),
            "backend": tuple(backend.name for backend in partners if backend.kind != "process"),
        },
        only=("",),
        because="only a partner process can be put on a CPU of its own",
    )


RULES: tuple[Rule, ...] = (*_words(), *_started(), *_handed_out(), *_sent())


def _breaks(cell: Cell, rule: Rule) -> bool:
    """Whether the cell is one that cannot be."""
    if any(getattr(cell, name) not in values for name, values in rule.where.items()):
        return False
    value = getattr(cell, rule.factor)
    return value in rule.never or (bool(rule.only) and value not in rule.only)


def of_the_process(cell: Cell) -> dict[str, str]:
    """What the process of a cell is started with, by the name of what asks for it: no two cells of one process may differ."""
    return {
        "library_threads": str(cell.library_threads or 1),
        "PYTHONUNBUFFERED": "1" if cell.variant == UNBUFFERED.name else "",
        "PYTHONPATH": "the study" if BACKENDS[cell.backend].needs_interpreters else "",
    }


def refusal(cell: Cell) -> str:
    """Why no system can measure this cell: which factor it is, and what is possible; '' where nothing is wrong."""
    pattern = PATTERNS.get(cell.pattern)
    if pattern is None:
        return f"the pattern {cell.pattern!r} does not exist; possible: {_listed(tuple(PATTERNS))}"
    for name, possible in (("backend", pattern.backends), ("variant", tuple(pattern.variants))):
        if getattr(cell, name) not in possible:
            return f"{name} {getattr(cell, name)!r} does not exist for {cell.pattern}; possible: {_listed(possible)}"
    for field in fields(Cell):
        used = field.name in ALWAYS or field.name in pattern.uses
        if not used and getattr(cell, field.name) != field.default:
            has = ", ".join(sorted(pattern.uses)) or "no factor of its own"
            return f"the pattern {cell.pattern} has no {field.name} (it has {has}); leave it out"
    return next((_sentence(rule, cell) for rule in RULES if _breaks(cell, rule)), "") or _too_long(cell)


EVENT_S = 20.0
"""An event of more cannot be calibrated: it is done twice at least, and the process ends a minute after its nominal time."""
MOST_AT_ONCE = 1024


def serial_s(cell: Cell) -> float:
    """Nominal seconds of all tasks of an event, one after the other."""
    return cell.tasks * (KERNELS[cell.kernel].simulated_s + cell.spins * ITERATION_S)


def _too_long(cell: Cell) -> str:
    """Why an event cannot end in time, however well its workers share it; '' where it can."""
    workers = 1 if BACKENDS[cell.backend].kind == "loop" else cell.workers or MOST_AT_ONCE
    least_s = cell.tasks * cell.spins * ITERATION_S / workers
    if least_s <= EVENT_S:
        return ""
    return (
        f"tasks × spins: at some {ITERATION_S * 1e9:.0f} ns an iteration an event takes {least_s:.0f} s or more;"
        f" {EVENT_S:.0f} s at most, so that it can be calibrated"
    )


def _sentence(rule: Rule, cell: Cell) -> str:
    with_what = " and ".join(f"{name} {getattr(cell, name)!r}" for name in rule.where if name != rule.factor)
    possible = f"; possible: {_listed(rule.only)}" if rule.only else ""
    reason = f" ({rule.because})" if rule.because else ""
    place = f" for {with_what}" if with_what else ""
    return f"{rule.factor} {getattr(cell, rule.factor)!r} is not possible{place}{possible}{reason}"


def _listed(values: Iterable[Value]) -> str:
    return ", ".join(map(repr, values))
