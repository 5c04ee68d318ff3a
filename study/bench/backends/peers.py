"""What others offer for the same: joblib with its loky workers, dask.distributed's executor, mpire. Measured when installed."""

from __future__ import annotations

import threading
from importlib import import_module

from study.bench.backends import Backend
from study.bench.errors import UnsupportedCellError
from study.things import BACKENDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Any, Self

    from study.bench.backends import Task


class _PeerBackend(Backend):
    """What the peers share: a name, a package, and workers that are processes."""

    in_this_process = False
    NAME = ""

    def __init__(self, start_method: str, workers: int) -> None:
        """Refuse what these libraries do not leave to their users."""
        super().__init__(start_method, workers)
        if start_method or workers < 1:
            raise UnsupportedCellError(f"{self.NAME} chooses how workers start; leave start_method out, give workers")
        package = BACKENDS[self.NAME].package
        try:
            self._library: Any = import_module(package)
        except ImportError:
            raise UnsupportedCellError(f"{package} is not installed in the target's environment") from None


class LokyBackend(_PeerBackend):
    """`joblib.Parallel`, its workers kept from call to call; without a chunksize it chooses its batches itself."""

    NAME = "loky"

    def __enter__(self) -> Self:
        """Nothing yet: the workers start with the first tasks."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the workers, which would otherwise wait for more."""
        import_module("joblib.externals.loky").get_reusable_executor().shutdown(wait=True)

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, as the library's manual does it."""
        parallel = self._library.Parallel(n_jobs=self.workers, backend="loky", batch_size=chunksize or "auto")
        delayed = self._library.delayed(task)
        answers: list[object] = parallel(delayed(argument) for argument in arguments)
        return answers


class MpireBackend(_PeerBackend):
    """`mpire.WorkerPool`, its workers kept from call to call; without a chunksize it chooses its batches itself."""

    NAME = "mpire"

    def __enter__(self) -> Self:
        """Make the pool; its workers start with the first tasks."""
        import_module("tqdm").tqdm.monitor_interval = 0  # no thread for bars that nobody asked for, which would stay
        self._pool = self._library.WorkerPool(n_jobs=self.workers, keep_alive=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the workers finish and wait for them; those that have failed are ended."""
        if kind is None:
            self._pool.stop_and_join()
        self._pool.terminate()

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer, as the library's manual does it."""
        answers: list[object] = self._pool.map(task, arguments, chunk_size=chunksize or None)
        return answers


class DaskBackend(_PeerBackend):
    """The executor of a `distributed.Client` on a `LocalCluster` of single-threaded worker processes."""

    NAME = "dask"

    def __enter__(self) -> Self:
        """Start scheduler and workers; no dashboard."""
        self._cluster = self._library.LocalCluster(
            n_workers=self.workers, threads_per_worker=1, processes=True, dashboard_address=None
        )
        self._client = self._library.Client(self._cluster)
        self._client.wait_for_workers(self.workers)
        self._executor = self._client.get_executor(pure=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End scheduler and workers."""
        self._executor.shutdown()
        self._client.close()
        self._cluster.close()
        _renew_offload_executor()
        for thread in threading.enumerate():
            if thread.name.startswith(
                ("Profile", "AsyncProcess")
            ):  # watchers, which end a moment after they were told to
                thread.join(10.0)

    def map(self, task: Task, arguments: Sequence[int], chunksize: int) -> list[object]:
        """Every task's answer; each is a task of the scheduler's."""
        if chunksize:
            raise UnsupportedCellError("dask hands out one task at a time; chunksize must be 0")
        return list(self._executor.map(task, arguments))


def _renew_offload_executor() -> None:
    """End the library's own idle thread, which would stay; the next cluster finds a new executor in its place."""
    from concurrent.futures import ThreadPoolExecutor

    utilities = import_module("distributed.utils")
    executor = getattr(utilities, "_offload_executor", None)
    if executor is not None:
        executor.shutdown(wait=True)
        utilities._offload_executor = ThreadPoolExecutor(1, thread_name_prefix="Dask-Offload")  # type: ignore[attr-defined]  # noqa: SLF001
