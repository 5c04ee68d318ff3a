"""`python -m tests.mutants`: what `nox -s mutants` runs."""

from __future__ import annotations

import sys

from tests.mutants.session import main

if __name__ == "__main__":
    sys.exit(main())
