"""Facts that tell machines apart: classes of CPUs, microcode, SMT, C library, WSL; and what is checked of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from study import checks, machine
from study.machine import cpus, elsewhere, surroundings

if TYPE_CHECKING:
    from pathlib import Path

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux' files")


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")


def of_each(name: str, *values: int | None) -> dict[str, str]:
    """A file of every CPU; None: the CPU is there and the file is not."""
    files = {f"{cpus.CPUS}/cpu{cpu}/{name}": str(value) for cpu, value in enumerate(values) if value is not None}
    return files | {f"{cpus.CPUS}/cpu{cpu}/uevent": "" for cpu in range(len(values))}


def rates(*mhz: int | None) -> dict[str, str]:
    return of_each("cpufreq/cpuinfo_max_freq", *(None if each is None else each * 1000 for each in mhz))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (rates(*[4600] * 8, *[3400] * 4), "8 at 4600 MHz, 4 at 3400 MHz"),
        (
            rates(*[4600] * 8, *[3400] * 4) | {"sys/devices/cpu_core/cpus": "0-7", "sys/devices/cpu_atom/cpus": "8-11"},
            "8 at 4600 MHz, 4 at 3400 MHz",
        ),
        ({"sys/devices/cpu_core/cpus": "0-3", "sys/devices/cpu_atom/cpus": "4-5"}, "4, 2"),
        (rates(4700, 4700, 4600, 4600, 4550), "alike"),  # favoured cores are no class of their own
        (of_each("cpu_capacity", 446, 446, 1024, 1024), "2, 2"),
        (of_each("cpu_capacity", 1024, 1024), "alike"),
        (of_each("cpu_capacity", 1024, 871, 1024, 871, 446), "2, 2, 1"),
        (of_each("cpu_capacity", None, None) | {"sys/devices/cpu/type": "4"}, "alike"),
        (of_each("cpu_capacity", 1024, 1024, 1024) | rates(4600, 4600, 3400), "2 at 4600 MHz, 1 at 3400 MHz"),
        (rates(4600, 3400, None, None) | {f"{cpus.CPUS}/online": "0-1"}, "1 at 4600 MHz, 1 at 3400 MHz"),
        (rates(4600, None), None),  # what is known of some CPUs only says nothing
        ({}, None),
    ],
)
def test_classes_of_cpus_are_told_by_their_sizes(tmp_path: Path, files: dict[str, str], expected: str | None) -> None:
    write(tmp_path, files)
    assert cpus.classes(tmp_path) == expected


@linux
def test_microcode_and_smt_are_read_and_odd_words_are_not_quoted(tmp_path: Path) -> None:
    write(tmp_path, {"proc/cpuinfo": "microcode\t: 0xd0003f5", f"{cpus.CPUS}/smt/control": "off"})
    found = machine.describe(tmp_path)
    assert (found.microcode, found.smt) == ("0xd0003f5", "off")
    write(tmp_path, {"proc/cpuinfo": "microcode\t: of Jane", f"{cpus.CPUS}/smt/control": "\x1b[31m"})
    found = machine.describe(tmp_path)
    assert (found.microcode, found.smt) == (None, None)


@linux
def test_musl_is_told_from_glibc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36"))
    assert surroundings.libc(tmp_path) == "glibc 2.36"
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    assert surroundings.libc(tmp_path) is None
    write(tmp_path, {"lib/ld-musl-x86_64.so.1": ""})
    assert surroundings.libc(tmp_path) == "musl"


def test_wsl_is_named_by_its_kernels_release(tmp_path: Path) -> None:
    write(
        tmp_path, {"proc/cpuinfo": "flags : hypervisor", "proc/sys/kernel/osrelease": "6.6.87-microsoft-standard-WSL2"}
    )
    assert surroundings.hypervisor(tmp_path) == "WSL2"
    write(tmp_path, {"proc/sys/kernel/osrelease": "6.1.0-18-amd64"})
    assert surroundings.hypervisor(tmp_path) == "yes, unnamed"


@pytest.mark.skipif(sys.platform == "darwin", reason="made up for the others")
def test_macos_is_asked_for_what_python_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "machdep.cpu.brand_string": "Apple M9",
        "hw.nperflevels": "2",
        "hw.perflevel0.logicalcpu": "8",
        "hw.perflevel1.logicalcpu": "2",
        "hw.l2cachesize": "4194304",
    }
    monkeypatch.setattr(elsewhere, "_sysctl", said.get)
    assert (elsewhere.cpu_model(), elsewhere.cpu_classes(), elsewhere.l2_bytes()) == ("Apple M9", "8, 2", 4 << 20)


@linux
def test_logical_cpus_are_not_what_a_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4242)  # as under PYTHON_CPU_COUNT
    assert machine.describe(tmp_path).logical_cpus != 4242


def test_a_hybrid_processor_and_a_debug_build_are_warned_of() -> None:
    found = {one.name: one for one in checks.before_measuring({"cpu_classes": "8 at 4600 MHz, 4 at 3400 MHz"})}
    hybrid = found["CPUs of different classes"]
    assert not hybrid.passed
    assert "8 at 4600 MHz" in hybrid.message
    assert all(one.passed for one in checks.before_measuring({"cpu_classes": "alike"}))
    targets = checks.of_targets({"cpython-3.13.5": {}, "old": {"config_args": ["--with-pydebug"]}})
    assert [(one.name, one.message) for one in targets if not one.passed] == [("release build", "old is a debug build")]
    assert all(one.passed for one in checks.of_targets({"cpython-3.13.5": {"config_args": ["--enable-optimizations"]}}))


def test_a_state_that_changed_between_sittings_is_warned_of() -> None:
    assert checks.same_state([]).passed
    changed = checks.same_state(["kernel: 6.1 / 6.18"])
    assert not changed.passed
    assert "kernel: 6.1 / 6.18" in changed.message
