"""`python -m study.bench.probe`: facts about the interpreter that runs it, as one JSON object; no path, no host."""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import json
import multiprocessing
import os
import platform
import re
import shlex
import sys
import sysconfig

from study.bench import floor
from study.things import PEERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

BUILD_OPTIONS = frozenset(
    {
        "--disable-gil",
        "--enable-bolt",
        "--enable-experimental-jit",
        "--enable-framework",
        "--enable-optimizations",
        "--enable-profiling",
        "--enable-shared",
        "--with-assertions",
        "--with-computed-gotos",
        "--with-lto",
        "--with-pydebug",
        "--with-tail-call-interp",
        "--with-trace-refs",
        "--with-valgrind",
        "--without-computed-gotos",
        "--without-mimalloc",
        "--without-pymalloc",
    }
)
"""Options of CPython's configure that change speed; every other one (and every path) is left out."""
OPTION_VALUES = frozenset({"full", "no", "thin", "yes", "yes-off", "interpreter"})


def build_options(config_args: str) -> list[str]:
    """The words of `CONFIG_ARGS` that are known and harmless, in alphabetic order."""
    found = set()
    for word in shlex.split(config_args):
        name, _, value = word.partition("=")
        if name in BUILD_OPTIONS:
            found.add(f"{name}={value}" if value in OPTION_VALUES else name)
    return sorted(found)


def version_of(package: str) -> str | None:
    """A package's version without importing it, or `None` where it is absent."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def jit_state() -> dict[str, bool] | None:
    """Whether the JIT is available and enabled (3.14 and later), or `None` where the interpreter cannot say."""
    jit = getattr(sys, "_jit", None)
    return None if jit is None else {"available": jit.is_available(), "enabled": jit.is_enabled()}


def frame_pointers(flags: str) -> bool:
    """Whether C code compiled with these flags keeps frame pointers; the last word counts, as for the compiler."""
    words = [word for word in shlex.split(flags) if word in {"-fomit-frame-pointer", "-fno-omit-frame-pointer"}]
    return words[-1:] == ["-fno-omit-frame-pointer"]


def x_options(given: Mapping[str, str | bool]) -> list[str]:
    """The `-X` options in alphabetic order, each with its value where this is a word: a path is left out."""
    return sorted(
        f"{name}={value}" if isinstance(value, str) and re.fullmatch(r"\w{1,20}", value, re.ASCII) else name
        for name, value in given.items()
        if re.fullmatch(r"\w{1,40}", name, re.ASCII)
    )


def thread_local_bytecode() -> bool | None:
    """Whether each thread specialises bytecode of its own, or `None` where there is no such thing (before 3.14, with the GIL)."""
    if not sysconfig.get_config_var("Py_GIL_DISABLED") or tuple(sys.version_info) < (3, 14):
        return None
    return "0" not in {os.environ.get("PYTHON_TLBC"), sys._xoptions.get("tlbc")}  # noqa: SLF001 - documented


def has_interpreters() -> bool:
    """Whether the library can make interpreters inside a process."""
    return importlib.util.find_spec("concurrent.interpreters") is not None


def facts() -> dict[str, Any]:
    """Everything the harness wants to know of a target."""
    process_cpu_count = getattr(os, "process_cpu_count", None)
    lazy_imports = getattr(sys, "get_lazy_imports", None)
    flags = (sysconfig.get_config_var(name) or "" for name in ("PY_CFLAGS", "PY_CFLAGS_NODIST"))
    return {
        "version": platform.python_version(),
        "version_info": list(sys.version_info),
        "implementation": platform.python_implementation().lower(),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "gil_enabled": bool(getattr(sys, "_is_gil_enabled", lambda: True)()),
        "jit": jit_state(),
        "config_args": build_options(sysconfig.get_config_var("CONFIG_ARGS") or ""),
        "compiler": platform.python_compiler(),
        "frame_pointers": frame_pointers(" ".join(flags)),
        "lazy_imports": str(lazy_imports()) if lazy_imports else None,
        "x_options": x_options(sys._xoptions),  # noqa: SLF001 - documented
        "thread_local_bytecode": thread_local_bytecode(),
        "gc_thresholds": list(gc.get_threshold()),
        "start_methods": multiprocessing.get_all_start_methods(),
        "default_start_method": multiprocessing.get_start_method(),
        "cpu_count": os.cpu_count(),
        "process_cpu_count": process_cpu_count() if process_cpu_count else None,
        "has_fork": floor.can_fork(),
        "has_posix_spawn": floor.can_posix_spawn(),
        "has_interpreters": has_interpreters(),
        "pyperf_version": version_of("pyperf"),
        "numpy_version": version_of("numpy"),
        "peers": {package: version_of(package) for package in PEERS},
        "hash_randomization": bool(sys.flags.hash_randomization),
        "dont_write_bytecode": sys.dont_write_bytecode,
    }


if __name__ == "__main__":
    print(json.dumps(facts(), sort_keys=True))  # noqa: T201 - this is what it is for
