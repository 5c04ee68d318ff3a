"""What nobody foresaw, in a sentence: the last place where an error can be put into words."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path

from study.errors import LIMITS, printable

STUDY = Path(__file__).resolve().parent
TRACEBACK = "STUDY_TRACEBACK"
"""Variable with which the place in the code is shown as well."""
HOW_TO_SEE_WHERE = f"with {TRACEBACK}=1 the place in the code is shown"


def in_words(error: Exception) -> str:
    """What nobody foresaw, in a sentence: the machine's fault, as far as can be told, or the study's."""
    if isinstance(error, MemoryError):
        return (
            "there is not enough memory. What is measured is kept; free some (ulimit -v) and run the same command again"
        )
    said = printable(str(error))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"what there is to say cannot be written: {error.strerror}; free some room"
    if isinstance(error, OSError) and error.errno in LIMITS:
        return f"{said}: {LIMITS[error.errno]} and run the same command again. What is measured is kept"
    if isinstance(error, OSError) and error.errno is not None:
        return f"the system refuses something that is needed: {said}. What is measured is kept; {HOW_TO_SEE_WHERE}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(STUDY)
    ]
    where = (
        f" in {Path(frames[-1].filename).relative_to(STUDY.parent).as_posix()}, line {frames[-1].lineno}"
        if frames
        else ""
    )
    return (
        f"{type(error).__name__}{where}: {said or 'without a word'}. This is a defect of the study: please report it."
        f" What is measured is kept; {HOW_TO_SEE_WHERE}"
    )
