"""Every kernel: what one task does. A new one is its module in `study/bench/kernels/` and its record here."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from study.things.records import Kernel

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOME = "study.bench.kernels"
NUMPY = "numpy"
"""The package without which a kernel, a form or a program is left out; every other one is a peer's."""
ITERATION_S = 30e-9
"""About what an iteration of the kernels takes whose length is chosen, on any machine."""


def _work(
    name: str,
    words: str,
    module: str,
    simulated_s: float,
    *,
    package: str = "",
    releases_gil: bool = False,
    working_set_bytes: int = 0,
) -> Kernel:
    """A kernel whose time is work of a length of its own."""
    return Kernel(
        name=name,
        words=words,
        module=f"{_HOME}.{module}",
        package=package,
        releases_gil=releases_gil,
        waits=False,
        has_length=False,
        works=True,
        next_to_nothing=False,
        simulated_s=simulated_s,
        working_set_bytes=working_set_bytes,
    )


def _wait(name: str, words: str, module: str, simulated_s: float) -> Kernel:
    """A kernel whose time is waiting."""
    return _work(name, words, module, simulated_s, releases_gil=True)._replace(waits=True)


def _loop(name: str, words: str, module: str, simulated_s: float, *, of: Literal["nothing", "iterations"]) -> Kernel:
    """A kernel that does next to nothing, or as much as the cell says."""
    return Kernel(
        name=name,
        words=words,
        module=f"{_HOME}.{module}",
        package="",
        releases_gil=False,
        waits=False,
        has_length=of == "iterations",
        works=of == "iterations",
        next_to_nothing=True,
        simulated_s=simulated_s,
        working_set_bytes=0,
    )


NOOP = _loop("noop", "nothing", "noop:KERNEL", 1e-7, of="nothing")
SQUARE = _loop("square", "one square", "square:KERNEL", 2e-7, of="nothing")
FANNKUCH = _work("fannkuch", "fannkuch", "fannkuch:KERNEL", 5e-3)
NBODY = _work("nbody", "n-body", "nbody:KERNEL", 3e-3)
SIEVE = _work("sieve", "prime sieve", "sieve:KERNEL", 2.2e-3)
SHA256_8MIB = _work("sha256_8mib", "SHA-256 of 8 MiB", "sha256:KERNEL_8MIB", 4.5e-3, releases_gil=True)
SHA256_1KIB = _work("sha256_1kib", "SHA-256 of 1 KiB", "sha256:KERNEL_1KIB", 12e-3)
SLEEP = _wait("sleep", "sleep", "sleep:KERNEL", 10e-3)
REQUEST = _wait("request", "request to a server on this machine", "request:KERNEL", 5.3e-3)
FILE_HASH = _work("file_hash", "file of 1 MiB read and hashed", "file_hash:KERNEL", 1.5e-3, releases_gil=True)
JSON = _work("json", "JSON written and read", "json:KERNEL", 3e-3)
REGEX = _work("regex", "patterns in DNA", "regex:KERNEL", 2.5e-3)
ZLIB = _work("zlib", "zlib there and back", "zlib:KERNEL", 3.5e-3, releases_gil=True)
EP = _work("ep", "Gaussian pairs (NPB EP)", "ep:KERNEL", 2.5e-3, package=NUMPY, releases_gil=True)
SORT = _work("sort", "NumPy sort", "sort:KERNEL", 1.7e-3, package=NUMPY, releases_gil=True)
TRIAD = _work(
    "triad",
    "STREAM triad",
    "triad:KERNEL",
    1e-3,
    package=NUMPY,
    releases_gil=True,
    working_set_bytes=24 << 20,
)
TRIAD_192MIB = _work(
    "triad_192mib",
    "STREAM triad over 192 MiB",
    "triad:KERNEL_192MIB",
    20e-3,
    package=NUMPY,
    releases_gil=True,
    working_set_bytes=192 << 20,
)
MATMUL = _work("matmul", "matrix product", "matmul:KERNEL", 1.7e-3, package=NUMPY, releases_gil=True)
BINARY_TREES = _work("binary_trees", "binary tree", "binary_trees:KERNEL", 2e-3)
DICT = _work("dict", "dictionary of objects", "dict:KERNEL", 2e-3)
SPIN = _loop("spin", "integer loop", "spin:KERNEL", 1e-7, of="iterations")
RAGGED = _loop("ragged", "integer loop of uneven length", "ragged:KERNEL", 1e-7, of="iterations")
RAGGED_RISING = _loop(
    "ragged_rising", "integer loop of uneven length, shortest first", "ragged:KERNEL_RISING", 1e-7, of="iterations"
)
RAGGED_FALLING = _loop(
    "ragged_falling", "integer loop of uneven length, longest first", "ragged:KERNEL_FALLING", 1e-7, of="iterations"
)
REAL_JSON = _work("real_json", "JSON lines parsed", "real_json:KERNEL", 13e-3)
REAL_LOGS = _work("real_logs", "words of a log counted", "real_logs:KERNEL", 20e-3)
REAL_GZIP = _work("real_gzip", "a file packed by gzip", "real_gzip:KERNEL", 20e-3, releases_gil=True)
REAL_THUMBNAILS = _work(
    "real_thumbnails", "a thumbnail of an image", "real_thumbnails:KERNEL", 11e-3, package=NUMPY, releases_gil=True
)
REAL_MONTE_CARLO = _work("real_monte_carlo", "a simulation with random numbers", "real_monte_carlo:KERNEL", 25e-3)
REAL_GROUPBY = _work("real_groupby", "a table grouped by pandas", "real_groupby:KERNEL", 15e-3, package="pandas")
EVERYDAY = (REAL_JSON, REAL_LOGS, REAL_GZIP, REAL_THUMBNAILS, REAL_MONTE_CARLO, REAL_GROUPBY)
"""Tasks that a reader may have: files read, packed, made smaller; a simulation; a table grouped."""
COUNT_PRIVATE = _work("count_private", "reads of an own object", "count:KERNEL_PRIVATE", 2.5e-3)
COUNT_SHARED = _work("count_shared", "reads of one shared object", "count:KERNEL_SHARED", 2.5e-3)
SMALL_UFUNC = _work("small_ufunc", "NumPy calls on four numbers", "small_ufunc:KERNEL", 1.5e-3, package=NUMPY)
OWN = _work("own", "item of your function", "", 10e-3, releases_gil=True)._replace(module="study.own:KERNEL")
"""Whatever the reader names with `--function`; nothing is known of it, so nothing is refused for it beforehand."""

KERNELS: Mapping[str, Kernel] = MappingProxyType(
    {
        kernel.name: kernel
        for kernel in (
            NOOP,
            SQUARE,
            FANNKUCH,
            NBODY,
            SIEVE,
            SHA256_8MIB,
            SHA256_1KIB,
            SLEEP,
            REQUEST,
            FILE_HASH,
            JSON,
            REGEX,
            ZLIB,
            EP,
            SORT,
            TRIAD,
            TRIAD_192MIB,
            MATMUL,
            BINARY_TREES,
            DICT,
            SPIN,
            RAGGED,
            RAGGED_RISING,
            RAGGED_FALLING,
            *EVERYDAY,
            COUNT_PRIVATE,
            COUNT_SHARED,
            SMALL_UFUNC,
            OWN,
        )
    }
)
"""Name -> record, in the order in which kernels are shown."""
