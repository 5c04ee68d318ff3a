"""What the plan must know of a target interpreter, and why a target cannot have a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from study.cell import variant_of
from study.factors import EVENT_S, serial_s
from study.things import BACKENDS, FORMS, KERNELS, NUMPY, PATTERNS, START_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.cell import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetView:
    """What the plan must know of a target interpreter; `system` is as `platform.system()` has it, '' where nobody said."""

    name: str
    start_methods: tuple[str, ...]
    has_fork: bool
    has_posix_spawn: bool
    has_interpreters: bool = False
    has_numpy: bool = True
    has_gil: bool = True
    packages: tuple[str, ...] = ()
    system: str = ""

    @classmethod
    def of(cls, name: str, facts: Mapping[str, Any], system: object) -> TargetView:
        """The view of a target with these facts; what an older run was not asked is taken to be there."""
        return cls(
            name=name,
            start_methods=tuple(facts.get("start_methods") or START_METHODS),
            has_fork=bool(facts.get("has_fork", True)),
            has_posix_spawn=bool(facts.get("has_posix_spawn", True)),
            has_interpreters=bool(facts.get("has_interpreters")),
            has_numpy=bool(facts.get("numpy_version", True)),
            has_gil=facts.get("gil_enabled") is not False,
            packages=tuple(package for package, version in (facts.get("peers") or {}).items() if version),
            system=str(system or ""),
        )


def why_absent(cell: Cell, target: TargetView, usable_cpus: int) -> str:
    """Why this target cannot have the cell, or ''."""
    return _missing(cell, target) or _too_many(cell, target, usable_cpus) or _too_long(cell, target)


def packages_of(cell: Cell) -> frozenset[str]:
    """What has to be in the environment of a target for this cell, beside the standard library."""
    variant = variant_of(cell)
    packages = {KERNELS[cell.kernel].package, BACKENDS[cell.backend].package, FORMS[cell.form].package}
    return frozenset(packages | {variant.package if variant else ""}) - {""}


def _missing(cell: Cell, target: TargetView) -> str:
    """Why this target cannot have the cell, or ''."""
    backend = BACKENDS[cell.backend]
    if cell.start_method in START_METHODS and cell.start_method not in target.start_methods:
        return f"the start method {cell.start_method} does not exist for {target.name} on this system"
    if backend.system_call and not getattr(target, f"has_{backend.system_call}"):
        return f"os.{backend.system_call} does not exist for {target.name} on this system"
    if backend.needs_interpreters and not target.has_interpreters:
        return f"{target.name} has no concurrent.interpreters (CPython 3.14 and later)"
    packages = packages_of(cell)
    if NUMPY in packages and not target.has_numpy:
        return f"NumPy is not in the environment of {target.name}: there is no ready-made wheel for it"
    absent = sorted(packages - {NUMPY, *target.packages})
    if absent:
        return f"{absent[0]} is not in the environment of {target.name}; it is installed with --peers, if it is ready-made for it"
    return ""


def _too_many(cell: Cell, target: TargetView, usable_cpus: int) -> str:
    """Why this target cannot have so many workers, or ''."""
    limit = BACKENDS[cell.backend].on_windows
    if limit is None or target.system != "Windows":
        return ""
    workers = cell.workers or (1 if limit.default_fits else usable_cpus)
    if workers <= limit.most:
        return ""
    return f"Windows cannot wait for {workers} processes at once: {limit.most} workers are the most of a {cell.backend}"


def _too_long(cell: Cell, target: TargetView) -> str:
    """Why an event of threads that take turns cannot end in time, or ''."""
    kernel, pattern = KERNELS[cell.kernel], PATTERNS[cell.pattern]
    at_once = kernel.releases_gil or kernel.waits or not target.has_gil
    if BACKENDS[cell.backend].kind != "thread" or at_once or not {"tasks", "kernel"} <= pattern.uses:
        return ""
    takes_s = serial_s(cell)
    if takes_s <= EVENT_S:
        return ""
    return (
        f"under the GIL threads take turns: an event of so much work takes {takes_s:.0f} s, and one of more than {EVENT_S:.0f} s"
        " cannot be calibrated"
    )
