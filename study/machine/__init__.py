"""What this host is, and what it was doing meanwhile. Any fact may be absent; none names the host or its user."""

from __future__ import annotations

from study.machine.activity import Activity, Meanwhile
from study.machine.cgroup import UNLIMITED
from study.machine.cpus import ALIKE
from study.machine.facts import Machine, describe, usable_cpus
from study.machine.names import check_machine_name, default_machine_name, numbered

__all__ = [
    "ALIKE",
    "UNLIMITED",
    "Activity",
    "Machine",
    "Meanwhile",
    "check_machine_name",
    "default_machine_name",
    "describe",
    "numbered",
    "usable_cpus",
]
