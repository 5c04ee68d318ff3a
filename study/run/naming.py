"""The name that a run's machine goes by: the one it had, unless the hardware under that name is another."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from study import identity, machine, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIMULATED = "simulated"


def machine_name(results: Path, asked: str, present: identity.Traits, say: Callable[[str], None]) -> str:
    """The name of the present machine in these results; remembered, and told where it is not the expected one.

    That is the name asked for, else the last one remembered for this hardware, else the last one remembered, else one
    made of the hardware. Where other hardware bears it, a name asked for is numbered; else it is the name that the only
    runs of the same hardware have, or one made of the hardware.

    Parameters
    ----------
    asked : '' or the name that the user gave.
    present : fingerprint of the present machine.
    say : told why a name is not used.

    Raises
    ------
    UsageError
        if the name asked for can be no folder.
    """
    simulated = present.get("simulated") is True
    known = () if simulated else _known(results, asked)
    default = SIMULATED if simulated else _default(present)
    wanted = machine.check_machine_name(asked or next(iter(known), default))
    stored = store.hardware_of(results, wanted)
    name = wanted
    had = next((remembered for remembered in known if _is_its_name(results, remembered, present)), None)
    if stored is not None and (apart := identity.differences(stored, present)):
        others = () if asked else _only_one_alike(results, present)
        name = had or next(iter(others), None) or _free(results, asked or default, present)
        bearer = (
            f"the runs under the name {wanted} were measured on"
            if wanted in store.machines(results)
            else f"the name {wanted} is that of"
        )
        say(
            f"{bearer} other hardware ({'; '.join(apart)}: there / here)."
            f" What lies there stays as it is; this machine goes on as {name}"
        )
    elif not asked:
        name = had or wanted
    if not simulated:
        store.remember_name(results, name, present)
    return name


def _known(results: Path, asked: str) -> tuple[str, ...]:
    """The names that these results remember; where one is asked for, they do not matter."""
    return () if asked else store.own_names(results)


def _default(present: identity.Traits) -> str:
    token = identity.traits_digest(present)[:4]
    return machine.default_machine_name(
        str(present.get("arch") or "unknown"), int(present.get("logical_cpus") or 1), token
    )


def _is_its_name(results: Path, name: str, present: identity.Traits) -> bool:
    stored = store.hardware_of(results, name)
    return stored is not None and identity.fits(stored, present)


def _only_one_alike(results: Path, present: identity.Traits) -> tuple[str, ...]:
    """The name under which the same hardware has runs; none where several have."""
    found = tuple(
        name
        for name in store.machines(results)
        if (stored := store.hardware_of(results, name)) is not None and identity.same_hardware(stored, present)
    )
    return found if len(found) == 1 else ()


def _free(results: Path, name: str, present: identity.Traits) -> str:
    """The name, or the first of '<name>-2', '<name>-3' … that other hardware does not bear."""
    numbered = (machine.numbered(name, number) for number in itertools.count(2))
    for one in itertools.chain((name,), numbered):
        stored = store.hardware_of(results, one)
        if stored is None or identity.fits(stored, present):
            return one
    raise AssertionError("there is no last number")
