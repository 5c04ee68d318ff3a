"""A main module that imports next to nothing."""

from __future__ import annotations

import sys

from study.bench.hosts import lives

if __name__ == "__main__":
    lives.main(sys.argv[1:])
