"""The bounds of the field as plain formulas, and which of them a machine can identify."""

from __future__ import annotations

import itertools

from study.scaling.mapping import at_least_one


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
