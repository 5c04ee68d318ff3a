"""The bounds of the field as plain formulas, and which of them a machine can identify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.scaling.mapping import at_least_one

if TYPE_CHECKING:
    from collections.abc import Sequence


def limits_sentence(counts: Sequence[int]) -> str:
    """Say which models these numbers of workers can identify, and why no more.

    Parameters
    ----------
    counts : sequence of int
        At least one, each at least 1; the largest is the number of usable CPUs.

    Returns
    -------
    str
        One or two sentences for the report.

    Raises
    ------
    ValueError
        for no count, or one below 1.

    Notes
    -----
    A model with k parameters needs more than k worker counts before data can contradict it (Burnham & Anderson 2002;
    Hoefler & Belli, SC 2015, rule 11, for bounds instead of fits).
    """
    levels = sorted(set(counts))
    at_least_one(min(levels, default=0))
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
            f"they are, and no law is told beyond {last} workers."
        )
    listed = ", ".join(map(str, levels[:-1])) + f" and {last}"
    shown = f"{len(levels)} worker counts, {listed}, allow speedup, efficiency and Karp–Flatt's serial fraction at each"
    if len(levels) == 3:
        return (
            f"{shown}; Amdahl's law could be fitted as a description only, with a single degree of freedom left to "
            "contradict it, so that growing overhead cannot be told from it, and no law is told beyond "
            f"{last} workers."
        )
    if len(levels) == 4 or last < 8:
        return (
            f"{shown}, and a fit of Amdahl's law; whether overhead also grows with the workers cannot be told from so "
            f"few counts, and no law is told beyond {last} workers."
        )
    return (
        f"{shown}; Amdahl's law and models with growing overhead could be told apart if data favour one clearly, "
        f"and no law is told beyond {last} workers."
    )
