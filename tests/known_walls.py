"""Figures for a wall, with numbers as runs have them: for the tests of how forms are drawn."""

from __future__ import annotations

from study.forms import Bar, Course, Piece, Spot, WallBars, WallLines
from study.things import BACKENDS, START_METHODS
from study.things.looks import OPERATING_SYSTEM
from tests.synthetic_report import estimate

POOL, THREADS, EXECUTOR = (BACKENDS[name].look for name in ("pool", "threads", "process_executor"))
FORK, FORKSERVER, SPAWN = (START_METHODS[name].look for name in ("fork", "forkserver", "spawn"))
MS = 1e-3
MEASURED = "AMD EPYC, 2 CPUs, CPython 3.14.8, n = 10 fresh processes"


def _life(name: str, look: object, *parts_s: float) -> Bar:
    """A bar of parts, side by side, each with its number."""
    ends = [sum(parts_s[: number + 1]) for number in range(len(parts_s))]
    return Bar(
        name=name,
        look=look,  # type: ignore[arg-type]
        pieces=tuple(
            Piece(
                doing="works", begin=end - size, end=end, label=label, size=estimate(size, 0.9 * size, 1.2 * size, "s"),
                pale=label != "closed",
            )
            for label, size, end in zip(("made", "first map", "closed"), parts_s, ends, strict=True)
        ),
        whole=estimate(ends[-1], 0.95 * ends[-1], 1.1 * ends[-1], "s"),
    )  # fmt: skip


def _lane(group: str, number: int, busy: float | None) -> Bar:
    turns = tuple(Piece(doing="works", begin=begin * 5 * MS, end=(begin + 1) * 5 * MS) for begin in range(number, 6, 2))
    waits = tuple(
        Piece(doing="waits", begin=begin * 5 * MS, end=(begin + 1) * 5 * MS) for begin in range(1 - number, 6, 2)
    )
    whole = None if busy is None else estimate(busy, 0.99 * busy, 1.01 * busy, "CPU")
    return Bar(
        name=f"thread {number + 1}", look=THREADS, pieces=(*turns, *waits), group=group, whole=whole, said="CPUs busy"
    )


WALL_LIFE = WallBars(
    id="wall-life",
    title="Five squares in a pool of their own take 8.9 ms under fork, 29 ms under forkserver and 64 ms under spawn",
    caption="From nothing to the end of join.",
    bars=(
        _life("fork", FORK, 4.0 * MS, 3.1 * MS, 1.8 * MS),
        _life("forkserver", FORKSERVER, 13.3 * MS, 13.6 * MS, 2.1 * MS),
        _life("spawn", SPAWN, 9.6 * MS, 38.6 * MS, 15.6 * MS),
    ),
    source=MEASURED,
    x_label="time from nothing to the end of join()",
    x_unit="s",
)
WALL_TURNS = WallBars(
    id="wall-turns",
    title="Two threads of Python code keep one CPU busy, two that hash keep two",
    caption="Turns as long as a waiting thread was kept waiting.",
    bars=(
        _lane("2 threads, Python code", 0, 1.0),
        _lane("2 threads, Python code", 1, None),
        Bar(
            name="child", look=SPAWN, group="spawn",
            pieces=(
                Piece(doing="not yet", begin=0.0, end=20 * MS, label="nothing of the program runs"),
                Piece(doing="works", begin=20 * MS, end=25 * MS, label="runs", size=estimate(25 * MS, None, None, "s")),
            ),
        ),
    ),
    source="turns of 5.2 ms, as long as a waiting thread was kept waiting; CPUs busy are measured",
    modelled=True,
    x_label="time",
    x_unit="s",
)  # fmt: skip
WALL_SHARES = WallBars(
    id="wall-shares",
    title="A child that only reads a list of ints copies 80 % of it, of bytes next to nothing",
    caption="Share of the pages that were copied.",
    bars=tuple(
        Bar(
            name=name,
            look=FORK,
            pieces=(Piece(doing="works", begin=0.0, end=share),),
            whole=estimate(share, 0.9 * share, min(1.0, 1.1 * share), "share"),
        )
        for name, share in (("list of ints", 0.8), ("list of strings", 0.89), ("dict", 0.22), ("bytes", 0.0001))
    ),
    source=MEASURED,
    x_label="share of what is read that is copied",
    x_unit="share",
)
_LENGTHS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)


def _course(name: str, look: object, half_s: float, most: float = 1.0, *, dotted: bool = False) -> Course:
    spots = []
    for x in _LENGTHS:
        y = most * x / (x + half_s)
        spots.append(Spot(x=x, y=estimate(y, 0.9 * y, 1.1 * y, "share")))
    return Course(name=name, look=look, spots=tuple(spots), dotted=dotted)  # type: ignore[arg-type]


WALL_GRAIN = WallLines(
    id="wall-grain",
    title="Half of the workers' time is work from tasks of 2 µs on in a Pool, of 210 µs in a ProcessPoolExecutor",
    caption="Useful work over the time of all workers.",
    courses=(
        _course("Pool of 2, own chunks", POOL, 2e-6),
        _course("ProcessPoolExecutor of 2, tasks one by one", EXECUTOR, 2e-4),
        _course("2 threads", THREADS, 1e-5, 0.5),
        _course("without any cost", OPERATING_SYSTEM, 1e-9, dotted=True),
    ),
    source=MEASURED,
    x_label="useful work of one task",
    x_unit="s",
    y_label="share of the workers' time that is work",
    log_x=True,
    levels=(("half", 0.5),),
)
WALLS = (WALL_LIFE, WALL_TURNS, WALL_SHARES, WALL_GRAIN)
