"""One child at a time: its session, its deadline, its output, and the end of everything it leaves behind."""

from __future__ import annotations

from study.supervise.leftovers import end_leftovers
from study.supervise.supervisor import Outcome, Supervisor
from study.supervise.temporary import temporary_folder
from study.supervise.tree import RUN_ID, can_be_seen

__all__ = ["RUN_ID", "Outcome", "Supervisor", "can_be_seen", "end_leftovers", "temporary_folder"]
