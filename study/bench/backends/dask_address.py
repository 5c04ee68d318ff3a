"""dask.distributed on a cluster that is there already, at an address: nothing is started for it, and nothing of it is ended."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from importlib import import_module

from study.bench import cluster
from study.bench.backends import Backend, peers
from study.bench.backends.dask import gathered
from study.bench.errors import UnsupportedCellError, WorkerFailedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from study.bench.backends import Task

_END_S = 10.0
"""What a thread gets that was told to end."""


class DaskAddressBackend(Backend):
    """A `distributed.Client` of the scheduler that the environment names.

    `workers` are all threads of the cluster. Its workers are waited for here: elsewhere they would be told apart by their
    processes' numbers, which on two hosts can be the same. So it says that it works in this process.
    """

    in_this_process = True

    def __init__(self, start_method: str, workers: int) -> None:
        """Refuse what a cluster that is there does not leave to its users."""
        super().__init__(start_method, workers)
        if start_method:
            raise UnsupportedCellError("a cluster chooses how its workers start; leave start_method out")
        if not workers or not cluster.given():
            raise UnsupportedCellError("no cluster is named")

    def __enter__(self) -> Self:
        """Connect; every worker answers once."""
        try:
            self._client = cluster.connected()
        except cluster.RefusedError as error:
            raise WorkerFailedError(f"the cluster cannot be used: {error}") from None
        try:
            threads = sum(cluster.threads_of(self._client).values())
            answers = len(self._client.run(_nothing))
        except _gone() as error:
            self.__exit__(None, None, None)
            raise WorkerFailedError(f"the cluster does not answer any more ({type(error).__name__})") from None
        if threads != self.workers or not answers:
            self.__exit__(None, None, None)
            raise WorkerFailedError(
                f"the cluster has {threads} threads now, and {self.workers} when the run was planned"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave; the cluster stays."""
        try:
            self._client.close(timeout=cluster.CONNECT_S)
        except _gone() as lost:
            if kind is None:
                raise WorkerFailedError(f"the cluster went away ({type(lost).__name__})") from None
        peers._renew_offload_executor()  # noqa: SLF001 - of the same library, and their source is that of other cells
        for thread in threading.enumerate():
            if thread.name.startswith("Profile"):
                thread.join(_END_S)

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer; the text of what went wrong is not passed on, for it would name addresses."""
        try:
            return gathered(self._client, task, arguments, chunksize)
        except _gone() as error:
            raise WorkerFailedError(
                f"the cluster did not do its tasks: it went away, or failed ({type(error).__name__})"
            ) from None


def _nothing() -> None:
    """Show that a worker is there."""


def _gone() -> tuple[type[BaseException], ...]:
    """What Dask's client raises when scheduler, worker or the client itself is not there any more."""
    closed = import_module("distributed.client").ClosedClientError
    scheduler = import_module("distributed.scheduler")
    lost = (scheduler.KilledWorker, scheduler.NoValidWorkerError, closed)
    return OSError, RuntimeError, asyncio.CancelledError, concurrent.futures.CancelledError, *lost
