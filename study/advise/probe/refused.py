"""Why a part cannot be measured, as facts that the harness puts into a sentence."""

from __future__ import annotations

import importlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST_TEXT = 300
LONGEST_VALUE = 60
FOLDER = os.path.dirname(os.path.abspath(__file__))
IMPORTS = os.path.dirname(os.path.abspath(importlib.__file__))


class RefusedError(Exception):
    """What was refused: `facts["what"]` says of which kind, the rest is for its sentence."""

    def __init__(self, what: str, **facts: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
        """Keep the facts."""
        super().__init__(what)
        self.facts = {"what": what, **facts}


def in_one_line(error: BaseException) -> str:
    """The last line of its traceback: `ValueError: no such thing`."""
    try:
        said = str(error).strip()
    except Exception:  # an error of the reader's own may not even be shown
        said = ""
    first = said.splitlines()[0] if said else ""
    name = type(error).__name__
    return f"{name}: {first}"[:LONGEST_TEXT] if first else name


def place_of(error: BaseException) -> str:
    """`file.py, line 7`: where it was raised, the innermost frame that is neither the probe's nor an import's; '' without one.

    Nor of a SyntaxError, which names its place itself.
    """
    found = ""
    if isinstance(error, SyntaxError):
        return found
    step = error.__traceback__
    while step is not None:
        path = step.tb_frame.f_code.co_filename
        if os.path.dirname(path) not in {FOLDER, IMPORTS} and not path.startswith("<frozen "):
            found = f"{os.path.basename(path)}, line {step.tb_lineno}"
        step = step.tb_next
    return found


def signature_in_words(signature: object) -> str:
    """A signature as Python shows it; its names alone where a default cannot be shown."""
    try:
        return str(signature)
    except Exception:  # the reader's own __repr__
        return f"({', '.join(getattr(signature, 'parameters', ()))})"


def shown(value: object) -> str:
    """A value as Python shows it, short; its type where it cannot be shown."""
    try:
        text = repr(value)
    except Exception:  # the reader's own __repr__
        text = f"a {type(value).__name__}"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
