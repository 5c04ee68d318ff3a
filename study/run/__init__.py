"""Plan + runner -> journal -> run folder: order, resume, validity. Never imports the bench."""

from __future__ import annotations

from study.run.session import Session, Wishes, session
from study.run.sitting import Ended, run

__all__ = ["Ended", "Session", "Wishes", "run", "session"]
