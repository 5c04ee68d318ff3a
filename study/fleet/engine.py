"""The one module that speaks to Dask: which workers there are, a task on one of them, what became of it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from study.certificates import HOW
from study.errors import StudyError, UsageError, printable
from study.fleet import quiet
from study.fleet.tasks import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable

    from study.certificates import Certificates

T = TypeVar("T")
CONNECT_S = 20.0
ANSWER_S = 30.0
"""How long an answer may take that costs the other side no work."""
TALKATIVE = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")
"""Loggers that would write beside our lines what we say in words."""


class SchedulerLostError(StudyError):
    """The scheduler does not answer, or not any more."""


class WorkerLostError(StudyError):
    """The worker that had the task is gone."""


class RefusedError(StudyError):
    """The worker could not run the task at all."""


def answered(answer: Any, kind: type[T]) -> T:  # noqa: ANN401 - whatever came
    """What a task of `tasks` has answered, as what it should be.

    Raises
    ------
    RefusedError
        if it is a sentence that says why not, or nothing of the kind.
    """
    if isinstance(answer, dict) and FAILED in answer:
        raise RefusedError(str(answer[FAILED]))
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        raise RefusedError(f"it answers what cannot be: {printable(str(error))}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker as its scheduler knows it: where it is reached, its host's address, its name, whether it has a nanny."""

    address: str
    host: str
    name: str
    nanny: bool


class Task:
    """A function that runs on one worker, once."""

    def __init__(self, future: Any, worker: str) -> None:  # noqa: ANN401 - Dask's types are not there for mypy
        """`future` is Dask's."""
        self._future = future
        self.worker = worker

    @property
    def ended(self) -> bool:
        """Whether there is a result, or it is known that none will come."""
        return self._future.status not in {"pending", "lost"}

    def result(self, longest_s: float = ANSWER_S) -> Any:  # noqa: ANN401 - what the function returns
        """What the function returned; waits for it.

        Raises
        ------
        WorkerLostError
            if the worker is gone or does not answer.
        RefusedError
            if it could not run the function.
        """
        import distributed  # noqa: PLC0415 - as in `connected`
        from distributed.scheduler import KilledWorker, NoValidWorkerError  # noqa: PLC0415

        try:
            return self._future.result(timeout=longest_s)
        except (KilledWorker, NoValidWorkerError):
            raise WorkerLostError("its worker was killed or cut off") from None
        except (distributed.CancelledError, concurrent.futures.CancelledError, asyncio.CancelledError):
            raise WorkerLostError("its worker does not answer") from None
        except Exception as error:  # noqa: BLE001 - whatever happened there is told as that
            raised_there = self._future.status == "error"  # as by a full disk: whoever asked again would get it again
            if isinstance(error, OSError) and not raised_there:
                raise WorkerLostError("its worker does not answer") from None
            if isinstance(error, ModuleNotFoundError) or "deserializ" in str(error):
                raise RefusedError(
                    "the scheduler or the worker does not find the study, or has other versions of Python or Dask: start both in"
                    f" the project's folder; {HOW}"
                ) from None
            if isinstance(error, StudyError):
                raise RefusedError(str(error)) from None
            raise RefusedError(f"{type(error).__name__}: {printable(str(error), 200)}") from None

    def forget(self) -> None:
        """Take it back where it has not begun; one that runs is not stopped by this, and leaves its bundle."""
        with contextlib.suppress(*_gone()):  # who is gone has nothing to be taken back from
            self._future.cancel()


class Engine:
    """A connection to a scheduler."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - as above
        """`client` is Dask's."""
        self._client = client

    @classmethod
    def connected(cls, address: str, certificates: Certificates) -> Engine:
        """Connect, encrypted, each side showing a certificate.

        Raises
        ------
        UsageError
            if Dask is not installed, or the certificates cannot be used.
        SchedulerLostError
            if nobody answers who has a certificate of the same authority.
        """
        try:
            from distributed import Client, Security  # noqa: PLC0415 - an extra; and slow to import
        except ModuleNotFoundError as error:
            raise UsageError(
                f"Dask is not installed ({error}): `nox -s fleet` installs what a fleet needs; {HOW}"
            ) from None
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        security = Security(
            require_encryption=True,
            tls_ca_file=str(certificates.authority),
            tls_client_cert=str(certificates.certificate),
            tls_client_key=str(certificates.key),
        )
        try:
            security.get_connection_args("client")
        except (OSError, ValueError) as error:
            raise UsageError(f"the certificates cannot be used: {printable(str(error))}; {HOW}") from None
        try:
            return cls(Client(address, security=security, timeout=CONNECT_S, set_as_default=False))
        except (OSError, RuntimeError, asyncio.CancelledError):
            raise SchedulerLostError(
                f"no scheduler answers at {address}: is it there, and are its certificate and ours of one authority? {HOW}"
            ) from None

    def workers(self) -> dict[str, Worker]:
        """Address -> worker, of all that are there.

        Raises
        ------
        SchedulerLostError
            if the scheduler does not answer.
        """
        found = self._answer(
            self._client.sync, self._client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER_S
        )
        return {
            address: Worker(
                address=address, host=str(facts["host"]), name=str(facts["name"]), nanny=facts["nanny"] is not None
            )
            for address, facts in found["workers"].items()
        }

    def loud(self) -> list[str]:
        """The scheduler's settings that are not those of `dask.yaml`."""
        from dask import config  # noqa: PLC0415 - as in `connected`

        present = self._answer(self._client.run_on_scheduler, config.get, "distributed")
        return quiet.apart(present, quiet.AT_THE_SCHEDULER)

    def begin(self, function: Callable[..., Any], worker: str, *arguments: object) -> Task:
        """Let one worker run a function: there and nowhere else, once and not again."""
        if self._client.status != "running":
            raise SchedulerLostError("the scheduler is gone")
        try:
            future = self._client.submit(
                function, *arguments, workers=[worker], allow_other_workers=False, pure=False, retries=0
            )
        except Exception as error:  # noqa: BLE001 - a client that was closed meanwhile has many ways to say so
            raise SchedulerLostError(f"the scheduler is gone ({type(error).__name__})") from None
        return Task(future, worker)

    def _answer(self, question: Callable[..., Any], *arguments: object, **options: object) -> Any:  # noqa: ANN401
        if self._client.status != "running":
            raise SchedulerLostError("the scheduler is gone")
        try:
            return question(*arguments, **options)
        except (OSError, RuntimeError, asyncio.CancelledError) as error:
            raise SchedulerLostError(f"the scheduler does not answer ({type(error).__name__})") from None

    def close(self) -> None:
        """Leave. What runs on the hosts goes on there."""
        with contextlib.suppress(*_gone()):  # who is gone needs no farewell
            self._client.close(timeout=CONNECT_S)


def _gone() -> tuple[type[BaseException], ...]:
    """What a client of Dask raises when the other side, or the client itself, is not there any more."""
    from distributed.client import ClosedClientError  # noqa: PLC0415 - as in `connected`

    return OSError, RuntimeError, asyncio.CancelledError, concurrent.futures.CancelledError, ClosedClientError
