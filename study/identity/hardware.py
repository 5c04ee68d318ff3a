"""A machine is its hardware: a fingerprint of stored facts. What is set on that hardware is its state.

A fact that could not be read fits anything, so that a run in a container that hides some files still is a run of its
machine. Hence fitting is no equivalence: a run of which little could be read may fit two machines that do not fit each
other. `alike` never lets such a run join them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from study.identity.digests import digest_of
from study.units import count, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Value = str | int | float | bool

MEMORY_APART = 0.04
"""Share by which the memory that kernels report may differ on one machine: what they keep for themselves (crash
kernel, graphics) varies by a few per cent; sizes that are sold differ by more."""
UNNAMED = "yes, unnamed"
"""A hypervisor whose name could not be read: it may be any, but not none."""
_LONGEST = 100
_GIB = 1 << 30
_SAME_ARCH = {"amd64": "x86_64", "arm64": "aarch64"}
"""Systems name one architecture differently: Windows and macOS -> Linux."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a machine's hardware, or of its state: (fact, value) pairs in a fixed order; the unread left out."""

    known: tuple[tuple[str, Value], ...]

    def get(self, fact: str) -> Value | None:
        """The value of a fact, None where it could not be read."""
        return dict(self.known).get(fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    """How a fact is called, read, compared and told. `read` gives None for what is not of its kind."""

    label: str
    read: Callable[[Any], Value | None]
    same: Callable[[Any, Any], bool] = lambda one, other: bool(one == other)
    words: Callable[[Any], str] = str
    coarse: Callable[[Any], Value] = lambda value: value


def _text(value: Any) -> str | None:  # noqa: ANN401 - a fact of a manifest
    """One line of at most 100 characters that can be printed."""
    if not isinstance(value, str):
        return None
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(value.split()))
    return plain[:_LONGEST] or None


def _arch(value: Any) -> str | None:  # noqa: ANN401 - a fact of a manifest
    text = _text(value)
    return None if text is None else _SAME_ARCH.get(text.lower(), text.lower())


def _classes(value: Any) -> str | None:  # noqa: ANN401 - a fact of a manifest
    """How many CPUs each class has; their clock rates change with the firmware's settings."""
    text = _text(value)
    return None if text is None else re.sub(r" (?:at|of) [^,]*", "", text)


def _number(value: Any) -> int | None:  # noqa: ANN401 - a fact of a manifest
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _scalar(value: Any) -> Value | None:  # noqa: ANN401 - a fact of a manifest
    return _text(value) if isinstance(value, str) else value if isinstance(value, int | float) else None


def _yes(value: Any) -> str:  # noqa: ANN401 - a scalar
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _same_memory(one: int, other: int) -> bool:
    return abs(one - other) <= MEMORY_APART * max(one, other)


def _same_words(one: str, other: str) -> bool:
    """Whether two texts are the same but for the case of their letters."""
    return one.casefold() == other.casefold()


def _same_hypervisor(one: str, other: str) -> bool:
    return _same_words(one, other) or (UNNAMED in {one, other} and "none" not in {one.casefold(), other.casefold()})


_HARDWARE = {
    "simulated": _Fact(label="times", read=bool, words=lambda value: "made up" if value else "measured"),
    "arch": _Fact(label="architecture", read=_arch),
    "cpu_model": _Fact(label="CPU model", read=_text, same=_same_words, coarse=str.casefold),
    "logical_cpus": _Fact(label="logical CPUs", read=_number, words=count),
    "threads_per_core": _Fact(label="threads per core", read=_number, words=count),
    "cpu_classes": _Fact(label="classes of CPUs", read=_classes),
    "l2_bytes": _Fact(label="L2 cache", read=_number, words=size),
    "l3_bytes": _Fact(label="L3 cache", read=_number, words=size),
    "memory_bytes": _Fact(
        label="memory",
        read=_number,
        same=_same_memory,
        words=lambda value: f"{round(value / _GIB)} GiB",
        coarse=lambda value: round(value / _GIB),
    ),
    "numa_nodes": _Fact(label="NUMA nodes", read=_number, words=count),
    "hypervisor": _Fact(label="hypervisor", read=_text, same=_same_hypervisor),
}
_STATE = {
    name: _Fact(label=label, read=_scalar, words=_yes)
    for name, label in (
        ("system", "system"),
        ("os_name", "operating system"),
        ("kernel", "kernel"),
        ("libc", "C library"),
        ("microcode", "microcode"),
        ("container", "container"),
        ("affinity_cpus", "CPUs by affinity"),
        ("quota_cpus", "CPU quota"),
        ("cpuset", "CPUs of the control group"),
        ("memory_limit_bytes", "memory limit"),
        ("governor", "frequency governor"),
        ("boost", "boost clock"),
        ("smt", "hardware threads (SMT)"),
        ("on_battery", "on battery"),
        ("isolated_cpus", "isolated CPUs"),
        ("clocksource", "clock source"),
        ("transparent_huge_pages", "transparent huge pages"),
        ("aslr", "address space randomisation"),
        ("vulnerable", "processor weaknesses left open"),
    )
}
_FACTS = _HARDWARE | _STATE
_NEARLY = frozenset({"memory_bytes", "hypervisor"})
"""Of which two values that are not equal may fit."""
HARDWARE = frozenset(_HARDWARE)
"""The facts that a fingerprint is made of."""


def _traits(facts: Mapping[str, Any], table: Mapping[str, _Fact]) -> Traits:
    found = ((name, fact.read(facts.get(name))) for name, fact in table.items())
    return Traits(tuple((name, value) for name, value in found if value is not None))


def fingerprint(facts: Mapping[str, Any]) -> Traits:
    """What hardware the stored facts of a machine tell of. Made-up times are of no hardware and fit none.

    Parameters
    ----------
    facts : `machine` of a manifest, or the fields of `study.machine.Machine`. What is absent, None or of another kind
        counts as unread. Clock rates and load are no part of it: they jitter.
    """
    return _traits(facts, _HARDWARE)


def state(facts: Mapping[str, Any]) -> Traits:
    """What was set on the hardware: kernel, governor, quota, microcode, C library and what else can be changed."""
    return _traits(facts, _STATE)


def differences(one: Traits, other: Traits) -> tuple[str, ...]:
    """What differs, in words ('CPU model: AMD EPYC / Intel Xeon'), the first's value first; empty where the two fit."""
    mine, theirs = dict(one.known), dict(other.known)
    return tuple(
        f"{fact.label}: {' / '.join(_apart(fact, mine[name], theirs[name]))}"
        for name, fact in _FACTS.items()
        if name in mine and name in theirs and not fact.same(mine[name], theirs[name])
    )


def _apart(fact: _Fact, one: Value, other: Value) -> tuple[str, str]:
    """Two values in words; where the words are the same, as they stand in the manifest."""
    words = fact.words(one), fact.words(other)
    return words if words[0] != words[1] else (str(one), str(other))


def fits(one: Traits, other: Traits) -> bool:
    """Whether nothing that is known of both differs. Symmetric, but not transitive: see `alike`."""
    theirs = dict(other.known)
    return all(_FACTS[name].same(value, theirs[name]) for name, value in one.known if name in theirs)


def in_words(traits: Traits) -> tuple[tuple[str, str], ...]:
    """What is known, as a person reads it: (label, value) in a fixed order."""
    return tuple((_FACTS[name].label, _FACTS[name].words(value)) for name, value in traits.known)


def labels() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What facts of the hardware, and of its state, are called by `in_words`."""
    return tuple(fact.label for fact in _HARDWARE.values()), tuple(fact.label for fact in _STATE.values())


def same_hardware(one: Traits, other: Traits) -> bool:
    """Whether two machines of different names are the same hardware, as far as can be told.

    They fit, and the CPU model of both is known: what is hardly described is nobody else's.
    """
    return fits(one, other) and None not in {one.get("cpu_model"), other.get("cpu_model")}


def filled(one: Traits, other: Traits) -> Traits:
    """`one`, with what could not be read of it taken from `other`."""
    values = dict(other.known) | dict(one.known)
    return Traits(tuple((name, values[name]) for name in _FACTS if name in values))


def latest(newest_first: Iterable[Traits]) -> Traits | None:
    """The hardware behind a name, from its runs; None without any.

    The newest run says what it is. What could not be read there is taken from older ones that fit it; a run of other
    hardware under the same name counts for nothing.
    """
    known: Traits | None = None
    for one in newest_first:
        if known is None:
            known = one
        elif fits(known, one):
            known = filled(known, one)
    return known


def alike(found: Iterable[Traits]) -> dict[Traits, frozenset[Traits]]:
    """Which of these are one and the same, whatever their order.

    Two are together where they fit the very same others. So all of a group fit each other, and one of which so little
    is known that it fits two which do not fit each other stays out of both groups, instead of joining them.

    Returns
    -------
    dict
        each -> its group.
    """
    known = frozenset(found)
    neighbours = {
        one: frozenset(other for other in part if fits(one, other)) for part in _parted(known) for one in part
    }
    groups: dict[frozenset[Traits], set[Traits]] = {}
    for one, near in neighbours.items():
        groups.setdefault(near, set()).add(one)
    return {one: frozenset(groups[near]) for one, near in neighbours.items()}


def _parted(known: frozenset[Traits]) -> list[list[Traits]]:
    """Parts of which no two fit: by the facts that all know and that must be equal. Keeps many machines from n² questions."""
    every = [(traits, dict(traits.known)) for traits in known]
    exact = [name for name in _FACTS if name not in _NEARLY and all(name in values for _, values in every)]
    parts: dict[tuple[Value, ...], list[Traits]] = {}
    for traits, values in every:
        parts.setdefault(tuple(_FACTS[name].coarse(values[name]) for name in exact), []).append(traits)
    return list(parts.values())


def traits_digest(traits: Traits) -> str:
    """SHA-256 of the known facts, memory in whole GiB: the same on one machine each time that all of it is read."""
    return digest_of([(name, _FACTS[name].coarse(value)) for name, value in traits.known])
