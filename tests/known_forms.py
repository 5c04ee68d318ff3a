"""A figure of each form, with numbers as runs have them: for the tests of how forms are drawn."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.forms import (
    Act,
    Case,
    Course,
    Crew,
    Equal,
    Fall,
    Filled,
    Lane,
    Lanes,
    Life,
    Loss,
    Map,
    Pair,
    Part,
    Pile,
    Promise,
    Rate,
    Rates,
    Region,
    Remark,
    Ring,
    Sitting,
    Speedup,
    Spell,
    Spot,
    Squares,
    Stack,
    Stretch,
    Strip,
    Sweep,
)
from study.things import BACKENDS, CHANNELS, START_METHODS
from study.things.looks import INJECTED, OPERATING_SYSTEM, SAME
from tests.known_past import HISTORY
from tests.known_walls import WALLS
from tests.synthetic_report import estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from study.findings import Estimate, Unit
    from study.forms import Form
    from study.things import Look

LOOP, POOL, THREADS = BACKENDS["call"].look, BACKENDS["pool"].look, BACKENDS["threads"].look
FORK, FORKSERVER, SPAWN = (START_METHODS[name].look for name in ("fork", "forkserver", "spawn"))
MS, US = 1e-3, 1e-6


def near(point: float, unit: Unit = "s", part: float = 0.04) -> Estimate:
    """A number with an interval of a few per cent."""
    return estimate(point, point * (1 - part), point * (1 + part), unit)


def unknown(unit: Unit = "CPU") -> Estimate:
    """A number that was not measured."""
    return estimate(None, None, None, unit, "the processor time of the workers is not read")


def look_of(channel: str) -> Look:
    """How what is sent through a channel looks."""
    look = CHANNELS[channel].look
    assert look is not None
    return look


def act(name: str, look: Look, start_s: float, first_s: float, whole_s: float, words: str) -> Act:
    """The life of a child."""
    parent = Lane(
        who="parent",
        stretches=(
            Stretch(doing="works", until=near(start_s), label="start() returns"),
            Stretch(doing="waits", until=near(whole_s), label="the parent waits in join()"),
        ),
    )
    child = Lane(
        who="child",
        stretches=(
            Stretch(doing="not yet", until=near(first_s), label=words),
            Stretch(doing="works", until=near(whole_s), label="from its first instruction on"),
        ),
    )
    return Act(name=name, look=look, lanes=(parent, child), whole=near(whole_s))


LIFE = Life(
    id="life",
    title="A thread costs 59 µs, a forked process 1.3 ms, a spawned one 26 ms",
    caption="To scale. Upper bar: the parent; lower bar: the child, hatched until its first instruction.",
    acts=(
        act("spawn", SPAWN, 0.6 * MS, 21.7 * MS, 25.9 * MS, "a new Python starts and imports the program"),
        act("forkserver", FORKSERVER, 1.5 * MS, 6.1 * MS, 6.51 * MS, "its server forks: nothing to import"),
        act("fork", FORK, 255 * US, 1.01 * MS, 1.32 * MS, "a copy of the parent; memory shared until written"),
        act("thread", THREADS, 53.9 * US, 21.8 * US, 59.2 * US, "the system makes the thread"),
    ),
)

STACK = Stack(
    id="stack",
    title="A pool for five squares takes 7.6 ms under fork",
    caption="Time from nothing to the end of join; the three parts add up.",
    piles=tuple(
        Pile(
            name=name,
            look=look,
            parts=tuple(
                Part(label=label, size=near(size * MS))
                for label, size in zip(("make the pool", "the first map", "close and join"), sizes, strict=True)
            ),
            whole=near(sum(sizes) * MS),
        )
        for name, look, sizes in (
            ("fork", FORK, (3.10, 3.55, 0.95)),
            ("forkserver", FORKSERVER, (8.66, 3.30, 2.87)),
            ("spawn", SPAWN, (6.58, 23.2, 7.49)),
        )
    ),
)


def _turns(length_s: float) -> tuple[tuple[Spell, ...], ...]:
    first = (
        Spell(doing="works", begin_s=0.0, end_s=length_s, label="A"),
        Spell(doing="waits", begin_s=length_s, end_s=2 * length_s),
        Spell(doing="works", begin_s=2 * length_s, end_s=3 * length_s, label="B"),
        Spell(doing="not yet", begin_s=3 * length_s, end_s=4 * length_s),
    )
    second = (
        Spell(doing="waits", begin_s=0.0, end_s=length_s),
        Spell(doing="works", begin_s=length_s, end_s=2 * length_s, label="C"),
        Spell(doing="waits", begin_s=2 * length_s, end_s=3 * length_s),
        Spell(doing="works", begin_s=3 * length_s, end_s=4 * length_s, label="D"),
    )
    return first, second


LANES = Lanes(
    id="lanes",
    title="With the GIL two threads take turns; without it they run side by side",
    caption="Each letter is one task; blocks have the length that a task takes alone.",
    illustration="which thread runs when.",
    cpus=2,
    crews=(
        Crew(
            name="plain loop", words="one thread", look=LOOP, group="CPython 3.13 with the GIL", whole=near(15.9 * MS),
            busy=near(1.0, "CPU"),
            lanes=(
                tuple(
                    Spell(doing="works", begin_s=number * 3.975 * MS, end_s=(number + 1) * 3.975 * MS, label=letter)
                    for number, letter in enumerate("ABCD")
                ),
            ),
        ),
        Crew(
            name="2 threads", words="take turns", look=THREADS, group="CPython 3.13 with the GIL", whole=near(17.0 * MS),
            busy=near(1.0, "CPU"), against=near(0.94, "ratio"), lanes=_turns(4.25 * MS),
        ),
        Crew(
            name="Pool of 2", words="side by side", look=POOL, group="CPython 3.13t: the same source, built without the GIL",
            whole=near(12.9 * MS), busy=unknown(), against=near(1.74, "ratio"), lanes=_turns(3.2 * MS),
        ),
    ),
)  # fmt: skip

SQUARES = Squares(
    id="squares",
    title="On 16 CPUs: one at work, or thirteen",
    caption="Each square is a CPU, filled by the share of the time it was at work.",
    cpus=16,
    rows=(
        Filled(
            name="16 threads, with the GIL", words="pure Python", look=THREADS, busy=near(1.01, "CPU"),
            against=near(0.96, "ratio"),
        ),
        Filled(
            name="16 threads, without the GIL", words="pure Python", look=THREADS, busy=near(12.8, "CPU"),
            against=near(9.3, "ratio"),
        ),
        Filled(name="Pool of 16, with the GIL", words="pure Python", look=POOL, busy=unknown(), against=near(10.9, "ratio")),
    ),
)  # fmt: skip

SIZES = (1.0, 64.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 2.0**20, 2.0**22, 2.0**24, 2.0**26)
SWEEP = Sweep(
    id="sweep",
    title="Up to 32 KiB a message costs 20 to 80 µs whatever its size",
    caption="Bands: 95 % intervals of 15 fresh processes.",
    x_label="size of the message",
    x_unit="byte",
    y_label="one way, half a round trip",
    courses=tuple(
        Course(
            name=name, look=look, spots=tuple(Spot(x=size, y=near(floor_s + size * byte_s)) for size in SIZES),
        )
        for name, look, floor_s, byte_s in (
            ("os.pipe, raw bytes", OPERATING_SYSTEM, 24e-6, 9e-8),
            ("Queue", look_of("queue"), 50e-6, 2.31e-9),
            ("Pipe(duplex=False)", FORK, 36e-6, 2.1e-9),
            ("Pipe()", look_of("pipe_duplex"), 31e-6, 1.8e-9),
            ("shared memory", look_of("shared_memory"), 23e-6, 6e-10),
            ("between threads", THREADS, 28e-6, 0.0),
        )
    ),
    regions=(
        Region(label="up to 32 KiB: the price of waking the other side, whatever the size", tint="yes", end=32768.0),
        Region(label="64 KiB", tint="warn", begin=32768.0, end=65536.0),
        Region(label="beyond: every byte is copied, in pieces", tint="no", begin=65536.0),
    ),
    remarks=(
        Remark(text="16 times the bytes, 16 times the time", course="os.pipe, raw bytes", x=2.0**22),
        Remark(text="a reference is handed over, nothing is copied", course="between threads", x=2.0**24),
    ),
)  # fmt: skip

SPEEDUP = Speedup(
    id="speedup",
    title="Sixteen CPUs give 10 to 11 times, by processes or by threads without the GIL",
    caption="Dots: averages of 10 fresh processes; hollow: without the GIL.",
    cpus=16,
    missing=(2, 4, 8),
    capacity=(Spot(x=16.0, y=near(14.2, "ratio")),),
    courses=(
        Course(
            name="Pool, with the GIL", look=POOL,
            spots=(Spot(x=1.0, y=near(0.97, "ratio")), Spot(x=16.0, y=near(10.4, "ratio", 0.18))),
        ),
        Course(name="Pool, without the GIL", look=POOL, spots=(Spot(x=16.0, y=near(11.1, "ratio", 0.17)),), hollow=True),
        Course(name="threads, without the GIL", look=THREADS, spots=(Spot(x=16.0, y=near(11.2, "ratio", 0.16)),), hollow=True),
        Course(
            name="threads, with the GIL", look=THREADS,
            spots=(Spot(x=1.0, y=near(1.0, "ratio")), Spot(x=16.0, y=near(1.07, "ratio", 0.16))),
        ),
    ),
)  # fmt: skip

SPEEDUP_HALF = Speedup(
    id="speedup-half",
    title="Four threads that wait are 3.85 times as fast on two CPUs",
    caption="Dotted: tasks that wait.",
    span="half",
    cpus=2,
    capacity=(Spot(x=1.0, y=near(1.0, "ratio", 0.01)), Spot(x=2.0, y=near(1.995, "ratio", 0.01))),
    courses=tuple(
        Course(
            name=name, look=look, dotted=dotted,
            spots=tuple(Spot(x=float(x), y=near(y, "ratio")) for x, y in zip((1, 2, 4), ys, strict=True)),
        )
        for name, look, dotted, ys in (
            ("threads that wait", THREADS, True, (0.99, 1.97, 3.85)),
            ("Pool", POOL, False, (0.95, 1.75, 1.46)),
            ("threads", THREADS, False, (0.98, 0.96, 0.95)),
        )
    ),
)  # fmt: skip

FALL = Fall(
    id="fall",
    title="The GIL took the second CPU",
    caption="Factors multiply to the efficiency.",
    span="half",
    look=THREADS,
    whole="two whole CPUs",
    losses=(
        Loss(label="hardware", factor=near(0.998, "ratio", 0.001)),
        Loss(label="pool and tasks", factor=near(0.973, "ratio", 0.01)),
        Loss(label="balance", factor=near(0.986, "ratio", 0.01)),
        Loss(label="the GIL and the rest", factor=near(0.5, "ratio", 0.01), loud=True),
    ),
    left="left over",
    kept=near(0.998 * 0.973 * 0.986 * 0.5, "share", 0.01),
    result="speedup 0.96",
)

LENGTHS = tuple(1e-6 * 10 ** (number / 2) for number in range(11))
PAYLOADS = tuple(4.0**number for number in range(13))


def gain_of(length_s: float, payload: float) -> float:
    """How many times as fast a pool of two is, by a simple law."""
    return length_s / (length_s / 2 + 1.2e-6 + payload * 1.6e-9)


MAP = Map(
    id="map",
    title="A pool of two pays from tasks of 2.4 µs on, if little is sent",
    caption="Solid: break-even. Ring: your loop.",
    span="half",
    look=POOL,
    xs=LENGTHS,
    ys=PAYLOADS,
    gains=tuple(tuple(gain_of(length_s, payload) for length_s in LENGTHS) for payload in PAYLOADS),
    x_label="useful work of one task",
    y_label="bytes sent with each task",
    pays="a pool is faster",
    fails="the plain loop is faster",
    levels=(1.5,),
    cases=(
        Case(label="your loop", x=2e-3, y=51200.0, own=True),
        Case(label="16 of 1 ms", x=1e-3, y=64.0, measured=near(1.9, "ratio")),
    ),
)

EQUAL = Equal(
    id="equal",
    title="Equal code, measured twice: no difference seen",
    caption="Bars: 95 % intervals of 15 paired rounds, widest first.",
    span="half",
    pairs=(
        Pair(name="fork: whole life", look=SAME, ratio=near(1.0, "ratio", 0.015)),
        Pair(name="8 empty tasks, Pool of 2", look=SAME, ratio=near(0.917, "ratio", 0.13)),
        Pair(name="64 B there and back", look=SAME, ratio=near(1.001, "ratio", 0.055)),
        Pair(name="5.0 % put in", look=INJECTED, ratio=near(1.051, "ratio", 0.013), truth=1.05),
        Pair(name="5.0 % put in, on 16 CPUs", look=INJECTED, ratio=near(0.98, "ratio", 0.2), truth=1.05),
    ),
)

STRIP = Strip(
    id="strip",
    title="Eleven sittings of the same code: 1.65 to 1.75",
    caption="Dot: one round; bar: average of a sitting.",
    span="half",
    look=SPAWN,
    y_label="times as fast as the plain loop",
    sittings=tuple(
        Sitting(
            name=f"27 Nov 0{hour}:4{hour}",
            rounds=tuple(1.7 + 0.01 * hour + 0.03 * (round_ - 3) for round_ in range(7)),
            average=near(1.7 + 0.01 * hour, "ratio", 0.025),
            shown=hour == 4,
        )
        for hour in range(8)
    ),
)

RATES = Rates(
    id="rates",
    title="Promises of the method, on simulated studies whose truth is known: 1 broken",
    caption="Each dot is one promise under one kind of noise, with its exact interval.",
    promises=(
        Promise(
            name="The interval holds the truth", words="4 promises, at least 95 %", at=0.95, side="at least", ends=(0.92, 1.0),
            rates=(
                Rate(label="three modes", found=estimate(0.94, 0.928, 0.949, "share"), outcome="broken"),
                Rate(label="lognormal", found=estimate(0.962, 0.953, 0.97, "share"), outcome="kept"),
                Rate(label="outliers", found=estimate(0.971, 0.963, 0.978, "share"), outcome="kept"),
                Rate(label="drift", found=estimate(0.954, 0.944, 0.963, "share"), outcome="not shown"),
            ),
        ),
        Promise(
            name="No law is fitted where two points cannot tell", words="2 promises, always", at=1.0, side="at least",
            ends=(0.8, 1.0),
            rates=(
                Rate(label="two counts", found=estimate(1.0, 0.998, 1.0, "share"), outcome="kept"),
                Rate(label="one count", found=estimate(1.0, 0.998, 1.0, "share"), outcome="kept"),
            ),
        ),
        Promise(
            name="Equal things are called different", words="2 promises, at most 5 %", at=0.05, side="at most", ends=(0.0, 0.08),
            rates=(
                Rate(label="lognormal", found=estimate(0.011, 0.007, 0.017, "share"), outcome="kept"),
                Rate(label="outliers", found=estimate(0.021, 0.015, 0.028, "share"), outcome="kept"),
            ),
        ),
    ),
)  # fmt: skip

RING = Ring(
    id="ring",
    title="A pool takes 20 000 times as long as the loop over five squares",
    caption="To scale.",
    small=Pile(name="plain loop", look=LOOP, parts=(), whole=near(380e-9), words="five squares"),
    large=Pile(name="Pool under fork", look=FORK, parts=(), whole=near(7.6 * MS), words="made, used once, closed"),
)

FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.id: form
        for form in (
            LIFE, STACK, LANES, SQUARES, SWEEP, SPEEDUP, SPEEDUP_HALF, FALL, MAP, EQUAL, STRIP, HISTORY, RATES, RING,
            *WALLS,
        )
    }
)  # fmt: skip
"""Id -> a figure; each form is among them."""
