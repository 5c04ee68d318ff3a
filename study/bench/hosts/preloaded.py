"""What a forkserver is told to import before it forks; it remembers in which process that was."""

from __future__ import annotations

import os

import numpy

IMPORTED_IN = os.getpid()
