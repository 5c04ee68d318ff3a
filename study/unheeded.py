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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = re.compile(r"(MPL|MATPLOTLIB|NPY_|NUMPY_|PANDAS_|SCIPY_|PRIMA_|PYPARSING)\w*|SOURCE_DATE_EPOCH", re.IGNORECASE)
"""Variables that Matplotlib, NumPy, pandas, SciPy, fontTools and pyparsing read when they are imported or write a file."""
_taken: dict[str, str] = {}
"""What was taken out, as it was."""
_ours: dict[str, str] = {}
"""What we have set in its place."""


def forget() -> None:
    """Take those variables out of this process; Matplotlib keeps its cache in a folder of ours, made when it needs one."""
    for name in [name for name in os.environ if _NAMES.fullmatch(name)]:
        value = os.environ.pop(name)
        if _ours.get(name) != value:
            _taken[name] = value
    _ours["MPL_IGNORE_SYSTEM_FONTS"] = "1"
    if folder := _folder():
        _ours["MPLCONFIGDIR"] = folder
    os.environ.update(_ours)


def as_before(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment with those variables as the person has set them: for programs of their own."""
    kept = {name: value for name, value in environment.items() if _ours.get(name) != value}
    return {**kept, **_taken}


@functools.cache
def _folder() -> str:
    try:
        folder = Path(tempfile.gettempdir()) / f"parallel-python-study-{secrets.token_hex(8)}"
    except OSError:  # no folder for temporary files: then it looks for one itself
        return ""
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(folder)
