"""Cards of machines and interpreters: facts of a manifest in words. What could not be read says so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from study import checks
from study.identity import interpreter
from study.identity.interpreters import COLLECTOR
from study.units import count, duration, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from study.store import Manifest, TargetRecord

    Fact = tuple[str, str, Callable[[Any], str]]
    """Key, label, and what puts its value into words."""

NOT_READABLE = "not readable here"


def _plain(value: Any) -> str:  # noqa: ANN401 - a fact of a manifest
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value) or "none"
    if isinstance(value, int | float):
        return count(value)
    return str(value) or "none"


def machine_card(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """Label and value of every machine fact, the telling ones first; an absent fact says so."""
    if manifest.simulated:
        return (("Machine", "simulated: every time comes from a known law, none from a machine"),)
    rows = _rows(manifest.machine, _MACHINE)
    if manifest.changes:
        rows.append(("Changed between sittings (before / after)", "; ".join(manifest.changes)))
    rows.append(("CPUs that the study could use", count(manifest.usable_cpus)))
    rows.append(("Measured for", f"{duration(manifest.elapsed_s)} of a budget of {duration(manifest.budget_s)}"))
    return tuple(rows)


def _rows(facts: Mapping[str, Any], known: Iterable[Fact]) -> list[tuple[str, str]]:
    values = ((label, facts.get(key), words) for key, label, words in known)
    return [(label, NOT_READABLE if value is None else words(value)) for label, value, words in values]


def _limit(value: Any) -> str:  # noqa: ANN401 - a fact of a manifest
    return "no limit" if value == "unlimited" else _plain(value)


def _bytes(value: Any) -> str:  # noqa: ANN401 - a fact of a manifest
    return size(value) if isinstance(value, int | float) else _limit(value)


_MACHINE: tuple[Fact, ...] = (
    ("cpu_model", "Processor", _plain),
    ("arch", "Architecture", _plain),
    ("logical_cpus", "Logical CPUs", _plain),
    ("affinity_cpus", "CPUs by affinity", _plain),
    ("quota_cpus", "CPUs by control-group quota", _limit),
    ("physical_cores", "Physical cores", _plain),
    ("threads_per_core", "Hardware threads per core", _plain),
    ("smt", "Hardware threads (SMT), as the kernel says", _plain),
    ("cpu_classes", "Classes of CPUs", _plain),
    ("microcode", "Microcode", _plain),
    ("sockets", "Sockets", _plain),
    ("numa_nodes", "NUMA nodes", _plain),
    ("max_mhz", "Highest clock rate, MHz", _plain),
    ("governor", "Frequency governor", _plain),
    ("boost", "Boost clock", _plain),
    ("l1d_bytes", "L1 data cache", _bytes),
    ("l2_bytes", "L2 cache", _bytes),
    ("l3_bytes", "L3 cache", _bytes),
    ("memory_bytes", "Memory", _bytes),
    ("memory_limit_bytes", "Memory limit of the control group", _bytes),
    ("swap_bytes", "Swap", _bytes),
    ("shm_bytes", "Shared memory (/dev/shm)", _bytes),
    ("os_name", "Operating system", _plain),
    ("system", "System", _plain),
    ("kernel", "Kernel", _plain),
    ("libc", "C library", _plain),
    ("hypervisor", "Hypervisor", _plain),
    ("container", "Container", _plain),
    ("clocksource", "Clock source", _plain),
    ("transparent_huge_pages", "Transparent huge pages", _plain),
    ("aslr", "Address space randomisation", _plain),
    ("vulnerable", "Processor weaknesses left open", _plain),
    ("isolated_cpus", "Isolated CPUs", _plain),
    ("load_1min", "Load in the minute before", _plain),
    ("psi", "Pressure stall information kept", _plain),
    ("on_battery", "On battery", _plain),
    ("max_processes", "Most processes of the user", _limit),
    ("max_open_files", "Most open files of a process", _limit),
)


def _jit(value: Any) -> str:  # noqa: ANN401 - a fact of a manifest
    """`sys._jit` as the probe asked it."""
    if not isinstance(value, dict):
        return _plain(value)
    if not value.get("available"):
        return "not built in"
    return "enabled" if value.get("enabled") else "built in, not enabled"


_PROFILED = "--enable-optimizations"
_BY_MAKEFILE = "--with-computed-gotos"
"""Debian and Ubuntu give it, as configure does by itself; their makefile, and no option, asks for the profile."""


def without_profile(target: TargetRecord) -> bool:
    """Whether the interpreter is known to be built without profile-guided optimisation; one that does not tell is not."""
    arguments = target.facts.get("config_args")
    return isinstance(arguments, list) and not _given(_PROFILED, arguments) and not _given(_BY_MAKEFILE, arguments)


def build_in_words(target: TargetRecord) -> str:
    """`release build with PGO`: what kind of build an interpreter is, as far as it tells."""
    arguments, build = target.facts.get("config_args"), interpreter(target.facts)
    profile = ""
    if without_profile(target):
        profile = " without PGO"
    elif isinstance(arguments, list):
        profile = " with PGO" if _given(_PROFILED, arguments) else " of the distribution, PGO not told"
    return f"{'debug' if build.debug else 'release'} build{profile}"


def interpreter_in_words(target: TargetRecord) -> str:
    """`CPython 3.13.5 free-threaded`: an interpreter by its version and by what it does otherwise than most; else its name."""
    build, implementation = interpreter(target.facts), target.facts.get("implementation")
    if not build.version or not isinstance(implementation, str):
        return target.name
    parts = (
        _IMPLEMENTATIONS.get(implementation, implementation),
        build.version,
        f"free-threaded{', GIL on' if build.gil else ''}" if build.free_threaded else "",
        "with the JIT" if build.jit else "",
        f"({build.label})" if build.label and not build.free_threaded else "",
    )
    return " ".join(filter(None, parts))


_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}


def _built_with(option: str, arguments: list[str]) -> str:
    """Whether configure was given the option; a distribution may build so by other means, so that nothing given is no "no"."""
    if option in {word.partition("=")[0] for word in arguments}:
        return _plain(_given(option, arguments))
    return "not given; a distribution may do it by other means"


def _given(option: str, arguments: list[str]) -> bool:
    """Whether configure was given the option, and not with 'no'."""
    return any(word == option or word.startswith(f"{option}=") for word in {*arguments} - {f"{option}=no"})


def _settings(value: Any, sign: str = "=") -> str:  # noqa: ANN401 - a fact of a manifest
    """`NAME=value` of each variable."""
    return _plain([f"{name}{sign}{word}" for name, word in value.items()] if isinstance(value, dict) else value)


_TARGET: tuple[Fact, ...] = (
    ("version", "Version", _plain),
    ("implementation", "Implementation", _plain),
    ("free_threaded", "Free-threaded build", _plain),
    ("gil_enabled", "GIL enabled, after imports", _plain),
    ("jit", "JIT", _jit),
    ("config_args", "configure --enable-optimizations (PGO)", partial(_built_with, _PROFILED)),
    ("config_args", "configure --with-lto (LTO)", partial(_built_with, "--with-lto")),
    ("config_args", "Options of the build that bear on speed", _plain),
    ("compiler", "Compiler", _plain),
    ("frame_pointers", "Frame pointers kept by C code", _plain),
    ("gc_thresholds", "Garbage collector", _plain),
    ("thread_local_bytecode", "Specialised bytecode for each thread (TLBC)", _plain),
    ("lazy_imports", "Lazy imports", _plain),
    ("x_options", "-X options", _plain),
    ("default_start_method", "Default start method", _plain),
    ("start_methods", "Start methods", _plain),
    ("pyperf_version", "pyperf", _plain),
    ("numpy_version", "NumPy", _plain),
    ("untested", "Newer than the study knows", _plain),
    ("label", "Label of the arm", _plain),
    ("variables", "Variables that were set", _settings),
    ("packages", "Packages at other versions than the lock's", partial(_settings, sign="==")),
    ("libc", "C library", _plain),
)
_ASKED_LATER = frozenset({"untested", "variables", "packages", "libc", "frame_pointers", "gc_thresholds", "x_options"})
"""Facts that the first versions of the study did not ask for, or that are only there where somebody asked for them."""
_OF_SOME = frozenset({"lazy_imports", "thread_local_bytecode", "label"})
"""Facts that only some interpreters have: without one there is nothing to read."""


def _is_told(facts: Mapping[str, Any], key: str) -> bool:
    if key in _OF_SOME:
        return facts.get(key) not in {None, ""}
    return key in facts or key not in _ASKED_LATER


def interpreter_card(target: TargetRecord) -> tuple[tuple[str, str], ...]:
    """Label and value of the facts of one interpreter under study."""
    build = interpreter(target.facts)
    told = [fact for fact in _TARGET if _is_told(target.facts, fact[0])]
    rows = _rows({**target.facts, "gc_thresholds": build.settings.get(COLLECTOR)}, told)
    rows.insert(2, ("Debug build", _plain(build.debug)))
    return tuple(rows)


def warnings_of(target: TargetRecord) -> tuple[str, ...]:
    """What a reader must know of an interpreter before believing its times."""
    return tuple(check.message for check in checks.of_targets({target.name: target.facts}) if not check.passed)
