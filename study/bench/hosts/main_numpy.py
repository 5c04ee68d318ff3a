"""A main module that imports NumPy."""

from __future__ import annotations

import sys

import numpy

from study.bench.hosts import lives

if __name__ == "__main__":
    lives.main(sys.argv[1:])
