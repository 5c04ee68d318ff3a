"""Payload: tasks that do nothing but carry data, there and back; and data that all tasks read, brought once or with each."""

from __future__ import annotations

import time
from functools import partial

from study.bench import carried, registry
from study.bench.errors import UnsupportedCellError, WrongAnswerError
from study.bench.patterns import Session, seconds
from study.bench.payloads import payload, same
from study.cell import chunksize_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


class PayloadMap(Session):
    """`tasks` tasks, each with an argument and an answer of so many bytes; the event is one map over a pool that lives on.

    Every task has objects of its own: a pickle holds the same object only once. Answers are made before.
    """

    def set_up(self) -> None:
        """Make arguments and the right answer, and enter the backend."""
        cell = self.cell
        self._arguments: list[Any] = [payload(cell.form, cell.payload_bytes) for _ in range(cell.tasks)]
        self._task = partial(carried.answer, cell.form, cell.result_bytes, chunksize_of(cell) or 1)
        self._right = payload(cell.form, cell.result_bytes)
        self._backend = self.resources.enter_context(registry.backend_of(self.cell))

    def check(self) -> None:
        """Twice, so that every worker has made its answer; each answer is compared with the right one."""
        self.event(1)
        for _, came_back in self._map():
            if not same(came_back, self._right):
                raise WrongAnswerError(f"{self.cell.text!r}: an answer is not the data that were sent back")

    def _map(self) -> list[Any]:
        return self._backend.map(self._task, self._arguments, self.cell.chunksize)

    def event(self, loops: int) -> dict[str, float]:
        """Map, `loops` times; how much came there and back is looked at in all of the last answers."""
        answers: list[Any] = []
        begun_ns = time.perf_counter_ns()
        for _ in range(loops):
            answers = self._map()
        elapsed_ns = time.perf_counter_ns() - begun_ns
        right = (len(self._arguments[0]), len(self._right))
        if [(there, len(back)) for there, back in answers] != [right] * self.cell.tasks:
            raise WrongAnswerError(f"{self.cell.text!r}: not every argument came, or not every answer came back")
        return seconds(total=elapsed_ns)


BY_ARGUMENT, BY_INITIALIZER, BY_GLOBAL, BY_SHARED_MEMORY = "", "initializer", "global", "shared_memory"


class SameData(Session):
    """All tasks read the same data: a Pool made, one map, closed and joined; parts `create`, `map`, `total`.

    Variants: sent with each task; given to each worker by its initializer; `global`, a forked worker's from its parent;
    `shared_memory`, copied once into a block that each worker attaches to.
    """

    def set_up(self) -> None:
        """Make the data, and know the answers."""
        cell = self.cell
        if cell.workers < 1 or not cell.payload_bytes:
            raise UnsupportedCellError(f"{cell.text!r}: there must be data, and workers = 1 or more")
        if cell.variant == BY_GLOBAL and cell.start_method != "fork":
            raise UnsupportedCellError(f"{cell.text!r}: only a forked worker has what its parent holds")
        self._data = payload("", cell.payload_bytes)
        self._right = [carried.read(self._data, index) for index in range(cell.tasks)]

    def event(self, loops: int) -> dict[str, float]:
        """Bring the data, let all tasks read them, `loops` times; all answers are looked at."""
        event = self._with_shared_memory if self.cell.variant == BY_SHARED_MEMORY else self._without
        create_ns = map_ns = total_ns = 0
        for _ in range(loops):
            begun_ns = time.perf_counter_ns()
            created_ns, mapped_ns, answers = event()
            total_ns += time.perf_counter_ns() - begun_ns
            create_ns += created_ns - begun_ns
            map_ns += mapped_ns - created_ns
            if answers != self._right:
                raise WrongAnswerError(f"{self.cell.text!r}: a task read something else than the data")
        return seconds(create=create_ns, map=map_ns, total=total_ns)

    def _without(self) -> tuple[int, int, list[Any]]:
        tasks = range(self.cell.tasks)
        if self.cell.variant == BY_ARGUMENT:
            return self._mapped(carried.read_argument, [(self._data, index) for index in tasks])
        if self.cell.variant == BY_INITIALIZER:
            return self._mapped(carried.read_held, tasks, partial(carried.hold, self._data))
        carried.hold(self._data)
        try:
            return self._mapped(carried.read_held, tasks)
        finally:
            carried.hold(b"")

    def _with_shared_memory(self) -> tuple[int, int, list[Any]]:
        from multiprocessing.shared_memory import SharedMemory

        block = SharedMemory(create=True, size=self.cell.payload_bytes)
        try:
            block.buf[: self.cell.payload_bytes] = self._data  # type: ignore[index]
            attach = partial(carried.attach, block.name)
            return self._mapped(carried.read_held, range(self.cell.tasks), attach)
        finally:
            block.close()
            block.unlink()

    def _mapped(
        self, task: Callable[[Any], int], arguments: Sequence[Any], initializer: Callable[[], None] | None = None
    ) -> tuple[int, int, list[Any]]:
        """When the pool was made, when its map was done, and the answers; the pool is closed and joined."""
        backend = registry.backend_of(self.cell)
        if not hasattr(backend, "initializer"):
            raise UnsupportedCellError(f"{self.cell.text!r}: only a pool's workers begin with an initializer")
        backend.initializer = initializer
        with backend as pool:
            created_ns = time.perf_counter_ns()
            answers = pool.map(task, arguments, 1)
            mapped_ns = time.perf_counter_ns()
        return created_ns, mapped_ns, answers
