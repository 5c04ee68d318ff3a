"""One child at a time: its session, its deadline, its output, and the end of everything it leaves behind."""

from __future__ import annotations

from study.supervise.supervisor import Outcome, Supervisor
from study.supervise.tree import RUN_ID, can_be_seen, end_leftovers

__all__ = ["RUN_ID", "Outcome", "Supervisor", "can_be_seen", "end_leftovers"]
