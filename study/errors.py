"""What a user can mend: every error here names what is wrong, where, and how to put it right."""

from __future__ import annotations

import errno
from types import MappingProxyType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITS: Mapping[int | None, str] = MappingProxyType(
    {
        errno.EMFILE: "raise the limit on open files (ulimit -n)",
        errno.ENFILE: "the whole system has too many open files; end what holds them",
        errno.EFBIG: "raise the limit on the size of a file (ulimit -f)",
    }
)
"""Number of an error of the system that a limit makes -> how to mend it."""
LONGEST_LINE = 4000
"""Characters of a line of a message: more is no sentence."""


def printable(text: str, longest: int = 300) -> str:
    """`text` on one line: what could steer a terminal or reorder a page as an escape, cut to `longest` characters."""
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def told(name: str, error: Exception) -> str:
    """Why `name` is not there, on one line that names it once: what the error says, or of what kind it is."""
    text = str(error)
    if not isinstance(error, StudyError):
        said = ": ".join(filter(None, (type(error).__name__, printable(text, 200))))
        text = f"{said} while it was analysed: a defect of the study or a damaged file; left out"
    return text if text.startswith(name) else f"{name}: {text}"


class StudyError(Exception):
    """An error that a user can mend. `exit_code` is what `python -m study` then returns.

    Its text is safe to print, whatever file or program it quotes: only its line feeds act.
    """

    exit_code = 3

    def __str__(self) -> str:
        return "\n".join(printable(line, LONGEST_LINE) for line in super().__str__().split("\n"))


class UsageError(StudyError):
    """The command line or a configuration file asks for something impossible."""

    exit_code = 1


class ConfigError(UsageError):
    """`experiments/*.toml` is wrong: the message names file, key path, what was expected and the nearest right key."""


class TargetError(UsageError):
    """A target interpreter cannot be studied."""


class ResultsError(StudyError):
    """A file under `results/` is not what it should be. Nothing was overwritten."""


class LockedError(StudyError):
    """Another study is measuring on this machine."""


class ReportError(StudyError):
    """The report cannot be written."""
