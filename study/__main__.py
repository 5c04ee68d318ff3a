"""`python -m study`."""

from __future__ import annotations

import gc
import io
import sys

from study.cli import main

if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A path or a unit that the terminal's encoding lacks is shown escaped; standard error does so by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    code = main()
    gc.freeze()  # the process ends: to look once more through all that it holds takes a tenth of a second or two
    sys.exit(code)
