"""The sitecustomize of an interpreter made by `slowed.py`: named work goes on for so much of the time that it has taken."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

BY = 0.0
"""How much longer, relative; `slowed.py` writes it."""
SLOWED_MAPS = {("fannkuch", "call"), ("fannkuch", "pool"), ("fannkuch", "threads"), ("sha256_8mib", "threads")}
SLOWED_LIVES = {"fork": {"start", "first", "join"}, "spawn": {"first", "join"}, "forkserver": {"first", "join"}}
SHARE_AT_FIRST = 0.8
"""Of a life that has passed at the child's first instruction, until one has been seen."""


def burn(begun_ns: int, by: float = BY) -> None:
    """Go on for `by` of the time since then."""
    now_ns = time.monotonic_ns()
    ends_ns = now_ns + int(by * (now_ns - begun_ns))
    while time.monotonic_ns() < ends_ns:
        pass


def longer(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, which then burns."""

    def slowed(*args: Any, **kwargs: Any) -> Any:
        begun_ns = time.monotonic_ns()
        answer = call(*args, **kwargs)
        burn(begun_ns)
        return answer

    return slowed


class Later:
    """What a child is to do, some time after it could have begun with it; pickled as its module's class."""

    def __init__(self, target: Callable[..., object]) -> None:
        self.target = target
        self.begun_ns = 0

    def __call__(self, *args: object) -> None:
        burn(self.begun_ns)
        self.target(*args)


class Life:
    """A process in its parent's hands: what is slowed of it is slowed as its parts are timed, one on top of the other."""

    def __init__(self, make: Callable[..., Any], session: Any, told: dict[str, Any]) -> None:
        self.session = session
        self.parts = SLOWED_LIVES[session.cell.start_method]
        self.later = Later(told["target"])
        self.child = make(**(told | {"target": self.later}))

    @property
    def exitcode(self) -> int | None:
        exitcode: int | None = self.child.exitcode
        return exitcode

    def start(self) -> None:
        self.later.begun_ns = begun_ns = time.monotonic_ns()
        self.child.start()
        if "start" in self.parts:
            burn(begun_ns)

    def join(self) -> None:
        """Burn for what came after the first instruction: what came before has been slowed in the child."""
        self.child.join()
        self.joined_ns = time.monotonic_ns() - self.later.begun_ns
        burn(self.later.begun_ns, BY * (1.0 - self.session.share_at_first))


def slow_life(session: Any) -> None:
    """Give the session children whose lives are slowed, and let it learn when their first instruction comes."""
    session.share_at_first = SHARE_AT_FIRST
    set_up, stamp = session.set_up, session._stamp

    def slowed_set_up() -> None:
        set_up()
        make = session._make
        session._make = lambda **told: Life(make, session, told)

    def slowed_stamp(life: Life) -> int:
        first_ns: int = stamp(life)
        session.share_at_first = (first_ns - life.later.begun_ns) / life.joined_ns
        return first_ns

    session.set_up, session._stamp = slowed_set_up, slowed_stamp


def slow(registry: Any) -> None:
    """Slow what the registry makes from now on."""
    session_of, backend_of = registry.session_of, registry.backend_of

    def slowed_session(cell: Any) -> Any:
        session = session_of(cell)
        if cell.pattern == "process_per_task":
            session._all_tasks = longer(session._all_tasks)
        elif cell.pattern == "process_lifecycle" and cell.start_method in SLOWED_LIVES and not cell.variant:
            slow_life(session)
        return session

    def slowed_backend(cell: Any) -> Any:
        backend = backend_of(cell)
        if cell.pattern == "map" and (cell.kernel, cell.backend) in SLOWED_MAPS:
            backend.map = longer(backend.map)
        return backend

    registry.session_of, registry.backend_of = slowed_session, slowed_backend


class Finder:
    """Waits for the study's registry, slows what it makes, and is gone."""

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> Any:
        if name != "study.bench.registry":
            return None
        sys.meta_path.remove(Finder)
        from importlib.util import find_spec

        spec: Any = find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            run(module)
            slow(module)

        spec.loader.exec_module = exec_module
        return spec


if "study.bench.measure" in sys.orig_argv or "STUDY_SLOWED" in os.environ:
    sys.meta_path.insert(0, Finder)
