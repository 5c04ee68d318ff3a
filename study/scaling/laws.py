"""The bounds of the field as plain formulas, and which of them a machine can identify."""

from __future__ import annotations

import itertools

from study.scaling.mapping import at_least_one
from study.stats import inputs


def amdahl_speedup(serial_fraction: float, workers: float) -> float:
    """Upper bound 1 / (f + (1 − f)/p) on the speedup when a fraction f of the work cannot be shared.

    Parameters
    ----------
    serial_fraction : float
        f, in [0, 1].
    workers : float
        p, or the measured capacity in its place; at least 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        outside these ranges.

    Notes
    -----
    Amdahl, AFIPS 1967.
    """
    _fraction(serial_fraction)
    at_least_one(workers)
    return 1.0 / (serial_fraction + (1.0 - serial_fraction) / workers)


def gustafson_scaled_speedup(serial_fraction: float, workers: float) -> float:
    """Scaled speedup p − s·(p − 1) of work that grows with p, s being the serial share of the parallel run's time.

    Parameters
    ----------
    serial_fraction : float
        s, in [0, 1].
    workers : float
        p, at least 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        outside these ranges.

    Notes
    -----
    Gustafson, CACM 31 (1988): weak scaling.
    """
    _fraction(serial_fraction)
    at_least_one(workers)
    return workers - serial_fraction * (workers - 1.0)


def usl_throughput(workers: float, rate_of_one: float, contention: float, coherence: float) -> float:
    """Throughput γN / (1 + α(N − 1) + βN(N − 1)) of the universal scalability law.

    Parameters
    ----------
    workers : float
        N, at least 1.
    rate_of_one : float
        γ, in any unit of rate, 0 or more.
    contention, coherence : float
        α and β, 0 or more. With β = 0 it is Amdahl's law with f = α.

    Returns
    -------
    float
        In the unit of `rate_of_one`.

    Raises
    ------
    ValueError
        outside these ranges.

    Notes
    -----
    Gunther, Guerrilla Capacity Planning (2007). A formula for bounds: nothing here fits it to a few points.
    """
    at_least_one(workers)
    alpha, beta = inputs.nonnegative(contention, "contention"), inputs.nonnegative(coherence, "coherence")
    loss = 1.0 + alpha * (workers - 1.0) + beta * workers * (workers - 1.0)
    return inputs.nonnegative(rate_of_one, "rate_of_one") * workers / loss


def limits_sentence(usable_cpus: int) -> str:
    """Say which models this many CPUs can identify, and why no more.

    Parameters
    ----------
    usable_cpus : int
        At least 1. Worker counts are the powers of two up to it, and itself.

    Returns
    -------
    str
        One or two sentences for the report.

    Raises
    ------
    ValueError
        for fewer than one CPU.

    Notes
    -----
    A model with k parameters needs more than k worker counts before data can contradict it (Burnham & Anderson 2002;
    Hoefler & Belli, SC 2015, rule 11, for bounds instead of fits).
    """
    at_least_one(usable_cpus)
    powers = itertools.takewhile(lambda count: count <= usable_cpus, (2**exponent for exponent in itertools.count()))
    levels = sorted({*powers, usable_cpus})
    if len(levels) == 1:
        return (
            "One usable CPU cannot show parallel speedup: a second worker only takes turns with the first. "
            "What remains is overhead, which is measured; nothing is said about scaling."
        )
    last = levels[-1]
    if len(levels) == 2:
        return (
            f"Two worker counts, 1 and {last}, allow speedup, efficiency and Karp–Flatt's serial fraction. No curve of "
            "Amdahl or of the universal scalability law is drawn, because either passes through two points whatever "
            f"they are, and nothing is said beyond {last} workers."
        )
    counts = ", ".join(map(str, levels[:-1])) + f" and {last}"
    shown = f"{len(levels)} worker counts, {counts}, allow speedup, efficiency and Karp–Flatt's serial fraction at each"
    if len(levels) == 3:
        return (
            f"{shown}; Amdahl's law could be fitted as a description only, with a single degree of freedom left to "
            "contradict it, so that growing overhead cannot be told from it, and nothing is said beyond "
            f"{last} workers."
        )
    if len(levels) == 4 or last < 8:
        return (
            f"{shown}, and a fit of Amdahl's law; whether overhead also grows with the workers cannot be told from so "
            f"few counts, and nothing is said beyond {last} workers."
        )
    return (
        f"{shown}; Amdahl's law and models with growing overhead could be told apart if data favour one clearly, "
        f"and nothing may be said beyond {2 * last} workers, twice the largest count measured."
    )


def _fraction(value: float) -> None:
    """Refuse what is not in [0, 1]."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"serial_fraction={value!r}: expected a number in [0, 1]")
