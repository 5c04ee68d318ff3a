"""`python -m tests.fuzz`: what `nox -s fuzz` runs."""

from __future__ import annotations

import sys

from tests.fuzz.session import main

if __name__ == "__main__":
    sys.exit(main())
