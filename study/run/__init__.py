"""Plan + runner -> journal -> run folder: order, resume, validity. Never imports the bench."""

from __future__ import annotations

from study.run.prepared import Wishes, prepared
from study.run.sitting import Ended, run
from study.targets.arms import arms

__all__ = ["Ended", "Wishes", "arms", "prepared", "run"]
