"""What runs in a worker whose tasks carry data; kept apart, as a spawned worker imports this module."""

from __future__ import annotations

from functools import lru_cache
from itertools import count

from study.bench.payloads import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.shared_memory import SharedMemory
    from typing import Any

PAGE_BYTES = 4096


_turns = count()


@lru_cache(maxsize=1)
def _prepared(form: str, result_bytes: int, together: int) -> tuple[Any, ...]:
    """Answers made once in each worker, as many as go back together: a pickle holds the same object only once."""
    return tuple(payload(form, result_bytes) for _ in range(together))


def answer(form: str, result_bytes: int, together: int, message: Any) -> tuple[int, Any]:  # noqa: ANN401 - whatever was sent
    """How many elements came, and the data that go back."""
    return len(message), _prepared(form, result_bytes, together)[next(_turns) % together]


held: Any = b""
"""What all tasks read: by fork from the parent, or put here as a worker starts."""
_block: SharedMemory | None = None


def hold(data: Any) -> None:  # noqa: ANN401 - bytes, or a view of them
    """Keep what all tasks read."""
    global held  # noqa: PLW0603 - what an initializer is for
    held = data


def attach(name: str) -> None:
    """Keep the shared memory of this name; what stands behind the data in its last page is zero."""
    global _block  # noqa: PLW0603 - what an initializer is for
    from multiprocessing.shared_memory import SharedMemory

    _block = SharedMemory(name=name)  # kept: it would take its memory along
    hold(_block.buf)


def read(data: Any, index: int) -> int:  # noqa: ANN401 - bytes, or a view of them
    """A byte of every page, added up; the task's number says which."""
    return sum(memoryview(data)[index::PAGE_BYTES])


def read_argument(argument: tuple[Any, int]) -> int:
    """Read the data that came with the task."""
    return read(*argument)


def read_held(index: int) -> int:
    """Read the data that are there."""
    return read(held, index)
