"""Why a timed process gives no result. The harness records the name and the sentence."""

from __future__ import annotations

from study.errors import StudyError


class JobError(StudyError):
    """The job file asks for something that cannot be measured."""


class UnsupportedCellError(JobError):
    """The cell names a combination that does not exist: the message says which factor and what is possible."""


class EnvironmentMismatchError(StudyError):
    """The environment seen inside the process is not the one the job promises."""


class WrongAnswerError(StudyError):
    """A task, an order or an echo was not what it must be; nothing was timed, or the times are worthless."""


class WorkerFailedError(StudyError):
    """A process or thread under study ended without doing its work; its own last words stand above on stderr."""


class LeftBehindError(StudyError):
    """A pattern was torn down, and a child process or a thread is still there."""


def last_words(complained: str) -> str:
    """The last line that a program wrote before it ended."""
    return (complained.strip().splitlines() or ["it said nothing"])[-1]
