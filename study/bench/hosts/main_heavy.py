"""A main module that weighs what one does that imports pandas: much of the library, and memory in hundreds of mappings.

pandas 2 on Linux makes some 560 mappings and 43 MiB that are a process's own (measured in an empty program); this makes about
as many with the standard library alone, so that every target has it.
"""

from __future__ import annotations

import sys

from study.bench import mappings
from study.bench.hosts import lives, main_stdlib

HELD = mappings.of_many(26 * 1024 * 1024)

if __name__ == "__main__":
    lives.main(sys.argv[1:])
