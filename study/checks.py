"""Named checks of the machine before, of every round during, and of a whole run after measuring. Pure.

Every threshold is a constant with its source. A check warns and says what to do; only disturbed rounds are acted upon.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

from study.findings import Check
from study.identity import interpreter
from study.machine import ALIKE, Machine
from study.units import count, counted, duration, percent, plain, ratio, seconds, share, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from study.stats import Trends

OWN_CHOICE = "this study's choice"

FOREIGN_CPU_LIMIT = 0.1
"""CPUs. A foreign job of one CPU moved cells by −49 to +33 % where the method was tried; in proportion, a tenth of
a CPU moves them by a few percent."""
STEAL_LIMIT_CPUS = 0.1
"""CPUs. What the hypervisor gives to others is foreign CPU time that only shows elsewhere: the same limit …"""
STEAL_LIMIT_SHARE = 0.01
"""… or, on a machine with more than ten CPUs, one percent of them, where a tenth of a CPU is no longer felt."""
SWAPPED_PAGES_LIMIT = 256
"""Pages in a round, 1 MiB of the usual 4 KiB: a study's own memory is never swapped, a few stray pages may be."""
CLOCK_JUMP_LIMIT_S = 1.0
"""Time servers slew smaller differences; a larger one is a step, or the machine was suspended."""
DISTURBED_SHARE_LIMIT = 0.2
DRIFT_LIMIT_T = 4.0
"""Welch's t between the halves; ±4 is exceeded by chance in less than 1 of 100 runs of ten rounds."""
TIMER = "timer"
"""The check of the shortest value, which the self-audit asks for by its name."""
TIMER_COSTS = 20
"""Timer overhead below 5 % (Hoefler & Belli, SC'15)."""
SLOWEST_TIMER_S = 1e-6
"""A clock read through a system call; where the kernel maps it into the process it costs a twentieth of that."""
LOAD_LIMIT = 0.5
SHM = "/dev/shm"  # noqa: S108 - only its name
SHM_LIMIT_BYTES = 64 << 20
"""What Docker gives a container; the 8 MiB arguments of four workers and their answers fit."""
SWAP_USED_LIMIT_BYTES = 256 << 20


def before_measuring(facts: Machine | Mapping[str, Any]) -> tuple[Check, ...]:
    """What was known of the machine before the first process. A fact that could not be read is not judged."""
    machine = facts if isinstance(facts, Machine) else msgspec.convert(facts, Machine)
    return tuple(found for check in _BEFORE if (found := check(machine)) is not None)


def _all_cpus_allowed(machine: Machine) -> Check | None:
    quota, allowed = machine.quota_cpus, machine.affinity_cpus
    if quota is None or allowed is None:
        return None
    limited = isinstance(quota, int | float) and quota < allowed
    message = "the control group does not limit CPU time below the CPUs we may run on"
    if limited:
        message = f"the control group allows {float(quota):.3g} of the {counted(allowed, 'CPU')} we may run on"
    return Check(
        name="CPU quota",
        passed=not limited,
        message=message,
        threshold="quota at least as large as the number of CPUs",
        source="Linux kernel documentation, control groups: a group that has used its quota up stands still",
        remedy="raise the quota (docker run --cpus), or read the results as those of a throttled machine",
    )


def _no_isolated_cpus(machine: Machine) -> Check | None:
    if machine.isolated_cpus is None:
        return None
    isolated = machine.isolated_cpus
    return Check(
        name="isolated CPUs",
        passed=not isolated,
        message=f"CPUs {isolated} are isolated" if isolated else "no CPU is isolated",
        threshold="none",
        source="Linux kernel documentation, isolcpus: the scheduler does not spread processes over isolated CPUs",
        remedy="start without isolcpus=, or give the study other CPUs (taskset): workers may all sit on one CPU",
    )


def _quiet_before(machine: Machine) -> Check | None:
    if machine.load_1min is None:
        return None
    return Check(
        name="load before",
        passed=machine.load_1min <= LOAD_LIMIT,
        message=f"in the minute before, {plain(machine.load_1min)} tasks wanted to run on average",
        threshold=f"at most {plain(LOAD_LIMIT)}",
        source=OWN_CHOICE,
        remedy="end what else runs; right after an installation the load is the installation's",
    )


def _room_for_shared_memory(machine: Machine) -> Check | None:
    if machine.shm_bytes is None:
        return None
    return Check(
        name="shared memory",
        passed=machine.shm_bytes >= SHM_LIMIT_BYTES,
        message=f"{SHM} has {size(machine.shm_bytes)}",
        threshold=f"at least {size(SHM_LIMIT_BYTES)}",
        source="Docker's default; a process that writes beyond the end is killed by SIGBUS",
        remedy="give the container more (docker run --shm-size)",
    )


def _steady_frequency(machine: Machine) -> Check | None:
    if machine.governor is None:
        return None
    return Check(
        name="frequency governor",
        passed="powersave" not in machine.governor,
        message=f"CPU frequency is governed by: {machine.governor}",
        threshold="not powersave",
        source="Linux kernel documentation, CPU performance scaling",
        remedy="cpupower frequency-set -g performance",
    )


def _memory_suffices(machine: Machine) -> Check | None:
    if machine.swap_used_bytes is None:
        return None
    return Check(
        name="swap",
        passed=machine.swap_used_bytes <= SWAP_USED_LIMIT_BYTES,
        message=f"{size(machine.swap_used_bytes)} of swap in use before the start",
        threshold=f"at most {size(SWAP_USED_LIMIT_BYTES)}",
        source=OWN_CHOICE,
        remedy="end what holds the memory",
    )


def _mains_power(machine: Machine) -> Check | None:
    if machine.on_battery is None:
        return None
    return Check(
        name="power",
        passed=not machine.on_battery,
        message="runs on its battery" if machine.on_battery else "runs on mains power",
        threshold="mains power",
        source="on battery, processors are slowed down",
        remedy="plug the machine in",
    )


def _cpus_of_one_class(machine: Machine) -> Check | None:
    if machine.cpu_classes is None:
        return None
    alike = machine.cpu_classes == ALIKE
    return Check(
        name="CPUs of different classes",
        passed=alike,
        message="all CPUs are of one class" if alike else f"classes of CPUs: {machine.cpu_classes}",
        threshold="one class",
        source="Linux kernel documentation, capacity-aware scheduling: a task takes longer on a smaller CPU",
        remedy="keep the study to CPUs of one class (taskset -c), or read speedups as those of a mixture: a worker more"
        " may be a slower one",
    )


_BEFORE: tuple[Callable[[Machine], Check | None], ...] = (
    _all_cpus_allowed,
    _no_isolated_cpus,
    _quiet_before,
    _room_for_shared_memory,
    _steady_frequency,
    _memory_suffices,
    _mains_power,
    _cpus_of_one_class,
)


def of_targets(targets: Mapping[str, Mapping[str, Any]]) -> tuple[Check, ...]:
    """What is known of the interpreters under study; what an older run was not asked is judged as far as it can be.

    Parameters
    ----------
    targets : short name -> facts of a manifest; `debug` and `untested` are bools, `variables` maps names to values.
    """
    return tuple(_of_targets(targets))


def _of_targets(targets: Mapping[str, Mapping[str, Any]]) -> Iterator[Check]:
    debug = [name for name, facts in targets.items() if interpreter(facts).debug]
    yield Check(
        name="release build",
        passed=not debug,
        message=f"{', '.join(debug)} {'are debug builds' if len(debug) > 1 else 'is a debug build'}"
        if debug
        else "no interpreter is a debug build",
        threshold="no debug build",
        source="CPython documentation, configure --with-pydebug: checks at run time that a release does not make",
        remedy="measure a release build: its times are others, and not all by the same factor",
    )
    if any(isinstance(facts.get("untested"), bool) for facts in targets.values()):
        newer = [name for name, facts in targets.items() if facts.get("untested") is True]
        yield Check(
            name="interpreter known",
            passed=not newer,
            message=f"{', '.join(newer)} {'are' if len(newer) > 1 else 'is'} newer than the study knows"
            if newer
            else "the study knows every interpreter's version",
            threshold="a version that the study was tried with",
            source=OWN_CHOICE,
            remedy="use a newer version of the study; what it says of start methods and limits may not hold here",
        )
    counts = {name: dict(interpreter(facts).variables).get("PYTHON_CPU_COUNT") for name, facts in targets.items()}
    limited = {name: count for name, count in counts.items() if count and count != "default"}
    if any(counts.values()):
        yield Check(
            name="CPUs as Python counts them",
            passed=not limited,
            message=f"PYTHON_CPU_COUNT={' and '.join(sorted(set(limited.values())))} is set for {', '.join(limited)}: from"
            " CPython 3.13 on, pools take it for the number of CPUs"
            if limited
            else "PYTHON_CPU_COUNT is set to its default",
            threshold="not set",
            source="CPython documentation, PYTHON_CPU_COUNT: overrides os.cpu_count() and os.process_cpu_count()",
            remedy="unset it, or read what is measured of default worker counts as that of this setting",
        )


def same_state(changes: Sequence[str]) -> Check:
    """Whether a run that was interrupted went on in the state that it was begun in. `changes`: what changed, in words."""
    return Check(
        name="state of the machine",
        passed=not changes,
        message=f"changed between sittings (before / after): {'; '.join(changes)}"
        if changes
        else "it stayed as it was",
        threshold="no change between sittings",
        source=OWN_CHOICE,
        remedy="measure again with --fresh: this run holds times of two states, and is compared with no other",
    )


def disturbances_of_round(
    meanwhile: Mapping[str, float | None], *, usable_cpus: int, leftovers: Sequence[str] = ()
) -> tuple[str, ...]:
    """What disturbed a round, or one process, in words; empty when it is valid.

    Pressure stall time is no reason: more workers than CPUs, which are studied, make it themselves.

    Parameters
    ----------
    meanwhile : the fields of `study.machine.Meanwhile` by name, summed over a round; absent or None is not judged.
    leftovers : what processes left behind, in words.
    """
    return tuple(_disturbances(meanwhile, usable_cpus, leftovers))


def _disturbances(meanwhile: Mapping[str, float | None], usable_cpus: int, leftovers: Sequence[str]) -> Iterator[str]:
    elapsed_s = meanwhile.get("elapsed_s") or 0.0
    if elapsed_s > 0:
        foreign_cpus = (meanwhile.get("foreign_cpu_s") or 0.0) / elapsed_s
        if foreign_cpus > FOREIGN_CPU_LIMIT:
            yield f"other programs used {foreign_cpus:.2f} CPUs"
        stolen_cpus = (meanwhile.get("steal_s") or 0.0) / elapsed_s
        if stolen_cpus > max(STEAL_LIMIT_CPUS, STEAL_LIMIT_SHARE * usable_cpus):
            yield f"the hypervisor withheld {stolen_cpus:.2f} CPUs"
    throttled = meanwhile.get("throttled") or 0
    if throttled > 0:
        yield f"the CPU quota ran out {counted(round(throttled), 'time')}"
    swapped = meanwhile.get("swapped_pages") or 0
    if swapped > SWAPPED_PAGES_LIMIT:
        yield f"{counted(round(swapped), 'page')} were swapped"
    jump_s = abs(meanwhile.get("clock_jump_s") or 0.0)
    if jump_s > CLOCK_JUMP_LIMIT_S:
        yield f"the clock was set, or the machine suspended, by {duration(jump_s)}"
    if leftovers:
        yield f"{counted(len(leftovers), 'process', 'processes')} had to be ended after their cell"


def disturbed_share(disturbed: int, rounds: int) -> Check:
    """Whether most rounds were quiet. `disturbed` of `rounds` stayed disturbed after their repeats."""
    quiet = disturbed <= DISTURBED_SHARE_LIMIT * rounds
    return Check(
        name="disturbed rounds",
        passed=quiet,
        message=f"{disturbed} of {counted(rounds, 'round')} stayed disturbed by something else after their repeats",
        threshold=f"at most {share(DISTURBED_SHARE_LIMIT)}",
        source=OWN_CHOICE,
        remedy="measure again while nothing else runs",
    )


def drift(halves_t: float | None) -> Check:
    """Whether the machine stood still. `halves_t`: Welch's t between the halves of the run, None if it is too short."""
    known = halves_t is not None and not math.isnan(halves_t)
    moved = halves_t is not None and abs(halves_t) > DRIFT_LIMIT_T
    message = "too few rounds to tell"
    if known:
        message = f"second half against first half: t = {halves_t:.1f}"
    return Check(
        name="drift",
        passed=not moved,
        message=message,
        threshold=f"t within ±{plain(DRIFT_LIMIT_T)}",
        source="Welch's t; comparisons are paired within rounds and survive drift, averages do not",
        remedy="let the machine come to rest (temperature, other guests of the host), then measure again with --fresh",
    )


TRENDS = "cells that drift"
"""The check of how many cells climb or fall over the rounds, which what failed asks for by its name."""


def trends(found: Trends | None, most: str = "") -> Check:
    """Whether no more cells climb or fall over the rounds than chance makes.

    `found`: None where there are too few rounds; `most`: the largest cell that does, in words, '' for none.
    """
    message = "too few rounds to tell"
    if found is not None:
        message = (
            f"of {counted(len(found.r), 'cell')} {count(found.falling)} fall and {count(found.rising)} rise over the rounds,"
            f" where chance makes about {count(round(found.expected))} do either"
        )
    return Check(
        name=TRENDS,
        passed=found is None or found.beyond <= found.limit,
        message=f"{message}; most of all {most}" if most and found is not None and found.beyond else message,
        threshold="no more than 99 of 100 random orders of the same rounds show"
        + ("" if found is None else f": {count(found.limit)}"),
        source="permutation of whole rounds: what slows one round slows many cells, so that they are no independent trials",
        remedy="let the machine come to rest, then measure again with --fresh; intervals of cells that drift are too narrow",
    )


def control(*, scaled: bool | None, message: str, enough: float, share: float) -> Check:
    """Whether work that must scale did, where threads are said not to.

    `scaled`: None where that is open. `share`: that part of the gain which is `enough`.
    """
    return Check(
        name="positive control",
        passed=scaled is not False,
        message=message,
        threshold=f"at least {ratio(enough)} as many tasks a second: {percent(share)} of the gain that is possible",
        source=OWN_CHOICE,
        remedy="see whether another program or a limit holds the CPUs, then measure again with --fresh",
    )


def shortest_value(value_s: float | None, cell: str = "", timer_cost_s: float = SLOWEST_TIMER_S) -> Check:
    """Whether even the shortest timed stretch, one of this cell, is long against reading the clock twice."""
    whose = f" ({cell})" if cell else ""
    limit_s = TIMER_COSTS * timer_cost_s
    return Check(
        name=TIMER,
        passed=value_s is None or value_s >= limit_s,
        message="nothing was timed" if value_s is None else f"the shortest value lasted {seconds(value_s)}{whose}",
        threshold=f"at least {seconds(limit_s)}: {TIMER_COSTS} times what reading the clock may cost",
        source="Hoefler & Belli, SC'15: timer overhead below 5 %",
        remedy="more loops per value",
    )
