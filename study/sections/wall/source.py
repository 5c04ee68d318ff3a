"""What stands in a figure for a wall below its title: whose numbers they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.evidence.hardware import cpus_of
from study.forms.base import is_known
from study.identity import fingerprint
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from study.evidence import Evidence
    from study.findings import Estimate

SIMULATED = "SIMULATED"


def place_of(evidence: Evidence) -> str:
    """`AMD EPYC, 2 CPUs; cpython-3.14.8`: the machine and the interpreter; of a simulated run that it is."""
    manifest = evidence.run.manifest
    machine = cpus_of(fingerprint(manifest.machine)) or evidence.run.machine
    return "; ".join((*([SIMULATED] if manifest.simulated else []), machine, evidence.target))


def source_of(
    evidence: Evidence,
    numbers: Iterable[Estimate | None],
    one: str = "fresh process",
    several: str = "fresh processes",
) -> str:
    """The same with how many fresh processes, or what else these numbers count, stand behind them."""
    known = [number for number in numbers if number is not None and is_known([number])]
    sizes = sorted({number.n for number in known})
    if not sizes:
        return place_of(evidence)
    least = f"{count(sizes[0])} to " if len(sizes) > 1 else ""
    return f"{place_of(evidence)}; averages over {least}{counted(sizes[-1], one, several)}"
