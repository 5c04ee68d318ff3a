"""What a person has set for libraries of their own work: ours draw and count one way only, whoever runs them where."""

from __future__ import annotations

import atexit
import functools
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path

_NAMES = re.compile(r"(MPL|MATPLOTLIB|NPY_|NUMPY_|PANDAS_|SCIPY_|PRIMA_|PYPARSING)\w*|SOURCE_DATE_EPOCH", re.IGNORECASE)
"""Variables that Matplotlib, NumPy, pandas, SciPy, fontTools and pyparsing read when they are imported or write a file."""


def forget() -> None:
    """Take those variables out of this process; Matplotlib keeps its cache in a folder of ours, made when it needs one."""
    for name in [name for name in os.environ if _NAMES.fullmatch(name)]:
        del os.environ[name]
    os.environ["MPL_IGNORE_SYSTEM_FONTS"] = "1"
    if folder := _folder():
        os.environ["MPLCONFIGDIR"] = folder


@functools.cache
def _folder() -> str:
    try:
        folder = Path(tempfile.gettempdir()) / f"parallel-python-study-{secrets.token_hex(8)}"
    except OSError:  # no folder for temporary files: then it looks for one itself
        return ""
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(folder)
