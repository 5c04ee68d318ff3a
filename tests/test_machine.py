from __future__ import annotations

import dataclasses
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from study import machine
from study.errors import UsageError
from study.machine import UNLIMITED, Activity, Machine, facts
from study.machine.surroundings import container, hypervisor

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux' files")

V2_MOUNT = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw"
V1_MOUNTS = """\
33 31 0:30 {root} /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
34 31 0:31 {root} /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
35 31 0:32 {root} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"""
V1_GROUPS = "4:memory:{own}\n3:cpuset:{own}\n2:cpu,cpuacct:{own}\n0::/"


class Host:
    """A made-up machine: files below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write_all(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n", encoding="utf-8")

    def describe(self) -> Machine:
        return machine.describe(self.root)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host without any file on which eight CPUs may be used."""
    monkeypatch.setattr(facts, "affinity", lambda: frozenset(range(8)))
    return Host(tmp_path)


def test_a_quota_of_version_2_may_sit_in_any_group_above(host: Host) -> None:
    host.write_all(
        {
            "proc/self/cgroup": "0::/user.slice/app/inner",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/user.slice/cpu.max": "350000 100000",
            "sys/fs/cgroup/user.slice/app/cpu.max": "max 100000",
            "sys/fs/cgroup/user.slice/app/inner/cpu.max": "600000 100000",
            "sys/fs/cgroup/user.slice/app/inner/cpuset.cpus.effective": "0-3,7",
            "sys/fs/cgroup/user.slice/memory.max": "1073741824",
            "sys/fs/cgroup/user.slice/app/inner/memory.max": "max",
        }
    )
    found = host.describe()
    assert (found.quota_cpus, found.usable_cpus) == (3.5, 3)
    assert (found.memory_limit_bytes, found.cpuset) == (1 << 30, "0-3,7")


def test_a_quota_of_version_1_is_read_beside_an_empty_version_2(host: Host) -> None:
    host.write_all(
        {
            "proc/self/cgroup": V1_GROUPS.format(own="/job/7"),
            "proc/self/mountinfo": V1_MOUNTS.format(root="/"),
            "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "50000",
            "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/cpu,cpuacct/job/7/cpu.cfs_quota_us": "-1",
            "sys/fs/cgroup/cpu,cpuacct/job/7/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/cpuset/job/7/cpuset.effective_cpus": "2",
            "sys/fs/cgroup/memory/job/7/memory.limit_in_bytes": "9223372036854771712",
            "sys/fs/cgroup/unified/cgroup.procs": "1",
        }
    )
    found = host.describe()
    assert (found.quota_cpus, found.usable_cpus) == (0.5, 1)
    assert (found.memory_limit_bytes, found.cpuset) == (UNLIMITED, "2")


@pytest.mark.parametrize("mount_root", ["/", "/docker/abc"])
def test_in_a_container_the_limit_is_found_where_the_group_is_mounted(host: Host, mount_root: str) -> None:
    host.write_all(
        {
            "proc/self/cgroup": V1_GROUPS.format(own="/docker/abc"),
            "proc/self/mountinfo": V1_MOUNTS.format(root=mount_root),
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "200000",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
        }
    )
    found = host.describe()
    assert (found.quota_cpus, found.usable_cpus, found.container) == (2.0, 2, "docker")


def test_a_group_outside_of_our_namespace_reads_as_the_mounted_one(host: Host) -> None:
    host.write_all(
        {
            "proc/self/cgroup": "0::/../../elsewhere",
            "proc/self/mountinfo": V2_MOUNT,
            "sys/fs/cgroup/cpu.max": "100000 100000",
        }
    )
    assert host.describe().quota_cpus == 1.0


def test_without_a_quota_the_affinity_decides(host: Host) -> None:
    host.write_all({"proc/self/cgroup": "0::/", "proc/self/mountinfo": V2_MOUNT, "sys/fs/cgroup/cgroup.procs": "1"})
    found = host.describe()
    assert (found.quota_cpus, found.memory_limit_bytes, found.usable_cpus) == (UNLIMITED, UNLIMITED, 8)


@linux
def test_on_a_host_that_tells_nothing_every_fact_is_absent(host: Host) -> None:
    found = msgspec.to_builtins(host.describe())
    known_anyway = {"arch", "system", "kernel", "logical_cpus", "affinity_cpus", "usable_cpus", "psi"}
    known_anyway |= {"max_processes", "max_open_files", "libc"}
    assert {name for name, value in found.items() if value is not None} <= known_anyway
    assert found["usable_cpus"] == 8


def make_two_cores(host: Host) -> None:
    for cpu in range(4):
        folder = f"sys/devices/system/cpu/cpu{cpu}"
        host.write_all(
            {
                f"{folder}/topology/core_cpus_list": f"{cpu % 2},{cpu % 2 + 2}",
                f"{folder}/topology/physical_package_id": "0",
                f"{folder}/cpufreq/cpuinfo_max_freq": str(3_000_000 + 100_000 * cpu),
                f"{folder}/cpufreq/scaling_governor": "powersave" if cpu else "performance",
            }
        )


def test_the_processor_is_described(host: Host) -> None:
    make_two_cores(host)
    caches = [("1", "Data", "48K"), ("1", "Instruction", "32K"), ("2", "Unified", "2M"), ("3", "Unified", "36608K")]
    for index, (level, kind, size) in enumerate(caches):
        folder = f"sys/devices/system/cpu/cpu0/cache/index{index}"
        host.write_all({f"{folder}/level": level, f"{folder}/type": kind, f"{folder}/size": size})
    host.write_all(
        {
            "proc/cpuinfo": "processor\t: 0\nmodel name\t: A Processor\nflags\t\t: fpu hypervisor\n",
            "sys/devices/system/cpu/online": "0-3",
            "sys/devices/system/cpu/isolated": "",
            "sys/devices/system/cpu/intel_pstate/no_turbo": "0",
            "sys/devices/system/cpu/vulnerabilities/one": "Vulnerable: no microcode",
            "sys/devices/system/cpu/vulnerabilities/two": "Mitigation: something",
            "sys/devices/system/node/node0/cpulist": "0-3",
            "sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never",
        }
    )
    found = host.describe()
    assert (found.cpu_model, found.logical_cpus) == ("A Processor", 4)
    assert (found.physical_cores, found.threads_per_core, found.sockets, found.numa_nodes) == (2, 2, 1, 1)
    assert (found.max_mhz, found.governor, found.boost) == (3300.0, "performance, powersave", True)
    assert (found.l1d_bytes, found.l2_bytes, found.l3_bytes) == (48 << 10, 2 << 20, 36608 << 10)
    assert (found.isolated_cpus, found.vulnerable) == ("", 1)
    assert (found.hypervisor, found.transparent_huge_pages) == ("yes, unnamed", "madvise")


@linux
def test_memory_and_load_are_read(host: Host) -> None:
    host.write_all(
        {
            "proc/meminfo": "MemTotal:  2048 kB\nSwapTotal:  1024 kB\nSwapFree:   1000 kB",
            "proc/loadavg": "0.25 0.1 0.05 1/100 4242",
            "proc/pressure/cpu": "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000",
            "etc/os-release": 'NAME="X"\nPRETTY_NAME="X 12 (word)"',
            "sys/class/power_supply/BAT0/status": "Discharging",
        }
    )
    found = host.describe()
    assert (found.memory_bytes, found.swap_bytes, found.swap_used_bytes) == (2048 << 10, 1024 << 10, 24 << 10)
    assert (found.load_1min, found.psi, found.os_name, found.on_battery) == (0.25, True, "X 12 (word)", True)


def test_firmware_that_names_its_owner_is_not_quoted(host: Host) -> None:
    host.write_all({"proc/cpuinfo": "flags : hypervisor", "sys/class/dmi/id/sys_vendor": "Jane Doe's cluster"})
    assert hypervisor(host.root) == "yes, unnamed"
    host.write_all({"sys/class/dmi/id/sys_vendor": "Amazon EC2"})
    assert hypervisor(host.root) == "Amazon EC2"


def test_a_strange_container_is_not_quoted(host: Host) -> None:
    host.write_all({"run/systemd/container": "jane@host", "proc/self/cgroup": "0::/"})
    assert container(host.root) == "none seen"


def test_this_machine_is_described_without_saying_whose_it_is() -> None:
    found = machine.describe()
    text = msgspec.json.encode(found).decode()
    assert found.usable_cpus == machine.usable_cpus() >= 1
    assert found.arch == platform.machine()
    for private in (socket.gethostname(), str(Path.home()), str(Path.cwd())):
        assert f'"{private}"' not in text
    assert "/home/" not in text


def test_a_description_survives_its_way_through_a_file() -> None:
    found = machine.describe()
    assert msgspec.json.decode(msgspec.json.encode(found), type=Machine) == found


def write_counters(host: Host, *, user: int, steal: int, throttled: int, swapped: int, waited_us: int) -> None:
    host.write_all(
        {
            "proc/self/cgroup": "0::/job",
            "proc/self/mountinfo": V2_MOUNT,
            "proc/stat": f"cpu  9999 0 0 0 0 0 0 9\ncpu0 {user} 10 20 5 7 1 2 {steal} {user} 0\ncpu9 {swapped} 0 0",
            "sys/fs/cgroup/job/cpu.stat": f"usage_usec 5\nnr_periods 9\nnr_throttled {throttled}",
            "proc/pressure/cpu": f"some avg10=0.00 avg60=0.00 avg300=0.00 total={waited_us}\nfull total=0",
            "proc/vmstat": f"pswpin {swapped}\npswpout 1",
        }
    )


@linux
def test_what_went_on_between_two_snapshots_is_their_difference(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.machine.activity.affinity", lambda: frozenset({0}))
    monkeypatch.setattr("study.machine.activity._own_cpu_s", lambda: 1.0)
    ticks_per_s = os.sysconf("SC_CLK_TCK")
    write_counters(host, user=1000, steal=100, throttled=3, swapped=5, waited_us=1_000_000)
    before = Activity.now(host.root)
    user, steal = 1000 + ticks_per_s, 100 + 2 * ticks_per_s
    write_counters(host, user=user, steal=steal, throttled=7, swapped=15, waited_us=1_500_000)
    monkeypatch.setattr("study.machine.activity._own_cpu_s", lambda: 1.25)
    meanwhile = Activity.now(host.root).since(before)
    assert meanwhile.foreign_cpu_s == pytest.approx(0.75)
    assert meanwhile.steal_s == pytest.approx(2.0)
    assert (meanwhile.throttled, meanwhile.swapped_pages) == (4, 10)
    assert meanwhile.psi_some_s == pytest.approx(0.5)


def test_a_clock_that_was_set_shows() -> None:
    before = Activity.now()
    later = dataclasses.replace(before, monotonic_s=before.monotonic_s + 2.0, wall_s=before.wall_s - 3598.0)
    assert later.since(before).elapsed_s == pytest.approx(2.0)
    assert later.since(before).clock_jump_s == pytest.approx(-3600.0)


@linux
def test_coarse_ticks_never_make_foreign_time_negative(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.machine.activity.affinity", lambda: frozenset({0}))
    write_counters(host, user=1000, steal=0, throttled=0, swapped=0, waited_us=0)
    before = Activity.now(host.root)
    sum(range(100_000))
    assert Activity.now(host.root).since(before).foreign_cpu_s == 0.0


@linux
@pytest.mark.parametrize("stat", ["", "cpu 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0"])
def test_counters_that_a_sandbox_hides_read_as_unknown(host: Host, stat: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.machine.activity.affinity", lambda: frozenset({0}))
    host.write_all({"proc/stat": stat})
    now = Activity.now(host.root)
    meanwhile = now.since(now)
    unknown = (meanwhile.foreign_cpu_s, meanwhile.steal_s, meanwhile.throttled)
    assert (*unknown, meanwhile.psi_some_s, meanwhile.swapped_pages) == (None,) * 5


@linux
def test_a_program_of_another_parent_is_foreign_and_our_own_child_is_not() -> None:
    burn = "import time; t = time.process_time()\nwhile time.process_time() - t < 0.5: pass"
    before = Activity.now()
    subprocess.run([sys.executable, "-c", burn], check=True)
    own = Activity.now()
    assert (own.own_s or 0.0) - (before.own_s or 0.0) >= 0.5
    burn += "\nprint(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", burn], stdin=-1, stdout=-1) as foreign:
        assert foreign.stdout is not None
        foreign.stdout.readline()  # it has burnt its time and lives on: nothing of it counts as ours yet
        meanwhile = Activity.now().since(own)
        foreign.communicate(b"\n")
    assert (meanwhile.foreign_cpu_s or 0.0) >= 0.4


@pytest.mark.parametrize(
    ("arch", "expected"), [("x86_64", "x86-64-2cpu-9f3a"), ("AMD64", "amd64-2cpu-9f3a"), ("", "unknown-2cpu-9f3a")]
)
def test_the_default_name_is_made_of_what_the_machine_is(arch: str, expected: str) -> None:
    assert machine.check_machine_name(machine.default_machine_name(arch, 2, "9f3a")) == expected


@pytest.mark.parametrize("name", ["", "-a", "A", "a/b", "..", "a b", "a\n", "ä", "a" * 41])
def test_a_name_that_is_no_folder_everywhere_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="a-z, 0-9 and '-' are allowed"):
        machine.check_machine_name(name)
