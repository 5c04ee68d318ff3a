"""The cost model on the page: its closed form over every way that makes sense, with the constants of one place.

`report/static/model.js` answers by the same rules, with the numbers of `Foreteller.told`. What the form of the page does not ask
is taken as nothing: imports, memory, uneven items, objects that are dear to pickle.
"""

from __future__ import annotations

import copy
import functools
import math
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from study.advise.model import ways
from study.advise.model.bounds import closed_form, item_in_worker_s, shares_of
from study.advise.model.choice import TOO_CLOSE, WORTH
from study.advise.model.constants import at_once
from study.advise.model.figures import ENVELOPE_BYTES, figures_of, lacks
from study.advise.model.intervals import MOST_SHORT, SHORT_S, STARTED, kin, unit_of
from study.advise.model.job import Carried, Job, Shares
from study.advise.model.judged import judged
from study.advise.model.ways import Possible, simpler_first, ways_of
from study.screens import Foretold
from study.sections.foretold import LEVEL, constants_at, errors_within, in_closed_form
from study.sections.left_to_say import of_servers, of_uneven_items
from study.sections.ways import default_method
from study.things import BACKENDS, START_METHODS
from study.things.handing import HANDING
from study.things.recipes import RECIPES, YOURS, written_for
from study.things.start_methods import SPAWN
from study.units import count, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from study.advise.model.bounds import Bounds
    from study.advise.model.figures import Figures
    from study.advise.model.intervals import Tried
    from study.advise.model.job import Constants, Points, Way
    from study.evidence import Evidence
    from study.screens import Loop, Pays

WAITS: Mapping[str, float] = {
    "Python code that computes": 0.0,
    "C code that releases the GIL (much of NumPy)": 0.0,
    "waiting": 1.0,
}
"""Kind of work -> share of its time that needs no CPU."""
_HELD_UP = {
    "start": "starting and ending the workers takes longer than all else",
    "parent": "the parent hands out as fast as one thread of it can",
    "pipes": "large messages go through the pipes one after the other",
    "CPUs": "busy: more workers would not help",
    "workers": "the workers are busy with the items",
}
_FAR = 0.5
"""Where half of a run's own jobs lie farther from what is foretold than this, nothing is foretold there."""
_FINER = 1.05
"""Smaller chunks are told where their last round is this much sooner: they differ by that alone, and constants do not matter."""
_EVEN = 1.01
"""Chunks within this take as long, so that the smallest are told: where items differ they share out best."""
_SHARES = ("starting and ending", "handing out", "data", "the items", "workers without an item at the end")


class Foreteller:
    """What foretells loops at one place."""

    def __init__(
        self,
        constants: Constants,
        possible: Possible,
        slowed: Mapping[str, Mapping[int, float]],
        about: str,
        within: Mapping[str, tuple[float, float]] | None = None,
        default: str = "",
    ) -> None:
        """Of constants, what the interpreter has, kind of work -> processes -> time beside others ÷ alone, and errors.

        `default` is the start method that it takes by itself, '' where that is not known.
        """
        self.constants, self.possible, self.slowed, self.about = constants, possible, slowed, about
        self.within = within or {}
        self.method_words = {method: _said_of(method, default) for method in possible.start_methods}
        self.close = TOO_CLOSE
        self.carriers = tuple(BACKENDS[name].look.label for name in HANDING if self.knows(name))
        self.simpler = tuple(backend.look.label for backend in BACKENDS.values() if backend.kind == "thread")

    def answer(self, loop: Loop) -> Foretold | None:
        """The way to take; None of loops that have no length, of other kinds, and where no way is known."""
        job = self.job_of(loop)
        known = [] if job is None else list(self.times(loop))
        if job is None or not known:
            return None
        fastest_s = min(seconds for seconds, _ in known)
        worth = [pair for pair in known if pair[0] < WORTH * job.loop_s]
        close = [pair for pair in worth or known if pair[0] <= TOO_CLOSE * fastest_s]
        told_s, way = _shared_out(min(close, key=lambda pair: simpler_first(pair[1], self.possible)), close)
        figures = figures_of(job, way, self.constants)
        found = closed_form(figures)
        pays: Pays = "yes" if worth else "no" if job.loop_s < WORTH * fastest_s else "open"
        methods: dict[str, float] = {}
        best: dict[str, tuple[float, str]] = {}
        for seconds, other in known:
            if other.backend == way.backend and other.start_method != way.start_method:
                methods[other.start_method] = min(seconds, methods.get(other.start_method, seconds))
            elif other.backend != way.backend and (other.backend not in best or seconds < best[other.backend][0]):
                best[other.backend] = seconds, words(other)
        return Foretold(
            pays=pays,
            loop_s=job.loop_s,
            seconds=told_s,
            fastest_s=fastest_s,
            who=words(way) if worth else f"The plain loop; the best of the others is {words(way)}",
            code=self._here(code_for(way)) if worth else RECIPES[_loop()],
            shares=tuple(zip(_SHARES, _parted(figures, found), strict=True)),
            why=self._held_up[found.bound],
            others=tuple((said, seconds) for seconds, said in best.values()),
            ends_s=self._ends_s(way, told_s),
            method=way.start_method if worth else "",
            methods=tuple(methods.items()),
            chunks=self._chunks_of(way) if worth else "",
        )

    @property
    def _held_up(self) -> dict[str, str]:
        """What holds a way up, with the CPUs of this place."""
        cpus = self.constants.cpus
        here = {1: "the one CPU here is", 2: "both CPUs here are"}.get(cpus, f"all {count(cpus)} CPUs here are")
        return {**_HELD_UP, "CPUs": f"{here} {_HELD_UP['CPUs']}"}

    def _here(self, code: str) -> str:
        """A program that says how many CPUs its number of workers is for."""
        return code.replace(
            YOURS, f"# f and items are yours, above, f as a def. {counted(self.constants.cpus, 'CPU')} here."
        )

    def _ends_s(self, way: Way, told_s: float) -> tuple[float, float] | None:
        """Between which times the way lies, by the errors of its nearest kin."""
        ends = next((self.within[name] for name in kin(way) if name in self.within), None)
        if ends is None:
            return None
        unit = unit_of(way, told_s, 0.0)
        return told_s * math.exp(ends[0] * unit), told_s * math.exp(ends[1] * unit)

    left_out = (
        "imports, a fork server's own start, memory, uneven items, dear pickling: for these, nox -s advise"
        " (How to reproduce)"
    )
    """What the model knows nothing of."""

    begun: Mapping[str, str] = MappingProxyType({})
    """Start method -> a sentence on what its first process takes besides."""
    uneven = ""
    """What was measured of chunks where items take different times; '' of nothing."""

    def beside(self, *, begun: Mapping[str, str], uneven: str) -> Foreteller:
        """The same, with what was measured of things that it leaves out."""
        found = copy.copy(self)
        found.begun, found.uneven = begun, uneven
        return found

    @property
    def own_chunks(self) -> str:
        """What is said of a size that the library takes by itself."""
        return "; ".join(filter(None, ("the library's own", self.uneven)))

    def _chunks_of(self, way: Way) -> str:
        """In which chunks items are handed out; '' of who takes no size."""
        if not BACKENDS[way.backend].takes_chunksize:
            return ""
        each = counted(way.chunksize, "item")
        return f"{each}, {self.own_chunks}" if way.is_own else each

    def judged_by(self, said: str) -> Foreteller:
        """The same, with a sentence behind what it says of itself."""
        found = copy.copy(self)
        found.about = " ".join(filter(None, (self.about, said)))
        return found

    def job_of(self, loop: Loop) -> Job | None:
        """The loop as the model has it; None where it knows nothing of such."""
        if loop.kind not in WAITS or loop.length_s <= 0.0:
            return None
        return Job(
            items=loop.items,
            item_s=(loop.length_s,),
            waits=WAITS[loop.kind],
            argument=Carried(size_bytes=float(loop.sent_bytes)),
            result=Carried(size_bytes=float(loop.returned_bytes)),
            at_once=self.slowed[loop.kind],
        )

    def times(self, loop: Loop, backend: str = "", start_method: str = "") -> Iterator[tuple[float, Way]]:
        """Seconds of every way that can be foretold, or of those of one backend and start method."""
        job = self.job_of(loop)
        if job is None or (self._carries(loop) and not self.constants.transfer):
            return
        for way in _ways(job.items, job.waits, self.possible):
            if backend and (way.backend, way.start_method) != (backend, start_method):
                continue
            if not self.knows(way.backend) or lacks(job, way, self.constants):
                continue
            if not self._carries(loop) or HANDING[way.backend].through_pipe:
                yield closed_form(figures_of(job, way, self.constants)).seconds, way

    def knows(self, backend: str) -> bool:
        """Whether the closed form has it: workers beside the program, in chunks of one size."""
        return backend in self.constants.handed and not HANDING[backend].settles and BACKENDS[backend].kind != "thread"

    def first_way(self) -> tuple[str, str] | None:
        """The simplest backend that is known, with the first start method of which its start is."""
        for backend in filter(self.knows, HANDING):
            for method in ("", *self.possible.start_methods):
                if (backend, method) in self.constants.starts:
                    return backend, method
        return None

    @staticmethod
    def _carries(loop: Loop) -> bool:
        return bool(loop.sent_bytes or loop.returned_bytes)

    def told(self) -> dict[str, Any]:
        """All numbers that the page's script counts with, and the words that it says."""
        constants = self.constants
        return {
            "about": self.about,
            "left_out": self.left_out,
            "carriers": self.carriers,
            "simpler": self.simpler,
            "too_close": TOO_CLOSE,
            "worth": WORTH,
            "finer": _FINER,
            "even": _EVEN,
            "few_cpus": ways.FEW_CPUS,
            "most_that_wait": ways.MOST_THAT_WAIT,
            "waiting": ways.WAITING,
            "envelope_bytes": ENVELOPE_BYTES,
            "cpus": constants.cpus,
            "pipe_bytes": constants.pipe_bytes,
            "one_at_a_time": constants.one_at_a_time,
            "transfer": _pairs(constants.transfer),
            "placement_s": constants.placement_s.value,
            "methods": self.possible.start_methods,
            "waits": {kind: WAITS[kind] for kind in self.slowed},
            "slowed": {kind: sorted(known.items()) for kind, known in self.slowed.items()},
            "backends": [self._backend(name) for name in HANDING if self.knows(name)],
            "loop_code": RECIPES[_loop()],
            "held_up": self._held_up,
            "method_words": self.method_words,
            "begun": dict(self.begun),
            "own_chunks": self.own_chunks,
            "shares": _SHARES,
            "within": self.within,
            "level": percent(LEVEL),
            "short_s": SHORT_S,
            "most_short": MOST_SHORT,
        }

    def _backend(self, name: str) -> dict[str, Any]:
        backend, handing, handed = BACKENDS[name], HANDING[name], self.constants.handed[name]
        starts = {
            method: {
                "workers": start.workers,
                "made_s": start.made_s.value,
                "first_s": start.first_s.value,
                "each_s": start.each_s.value,
                "end_s": start.end_s.value,
                "each_made_s": start.each_made_s.value,
                "each_end_s": start.each_end_s.value,
                "boot_s": start.boot_s.value,
            }
            for (own, method), start in self.constants.starts.items()
            if own == name and method in (self.possible.start_methods if backend.takes_start_method else ("",))
        }
        return {
            "name": name,
            "kind": backend.kind,
            "starts_slowly": backend.kind in STARTED,
            "label": backend.look.label,
            "code": self._here(RECIPES.get(name, "")),
            "through_pipe": handing.through_pipe,
            "ahead": -1 if handing.ahead is None else handing.ahead,
            "chunks_itself": backend.chunks_itself,
            "takes_chunksize": backend.takes_chunksize,
            "busy_s": handed.busy_s,
            "parent_s": [handed.saturated.parent_s.value, handed.busy.parent_s.value],
            "worker_s": [handed.saturated.worker_s.value, handed.busy.worker_s.value],
            "starts": starts,
        }


def _pairs(points: Points) -> list[tuple[float, float]]:
    return [(place, number.value) for place, number in points]


@functools.lru_cache(maxsize=256)
def _ways(items: int, waits: float, possible: Possible) -> tuple[Way, ...]:
    """Every way that is tried: loops of all lengths have the same."""
    return tuple(ways_of(items, waits, possible))


@functools.lru_cache(maxsize=32)
def foreteller_of(evidence: Evidence) -> Foreteller | None:
    """With the constants of one place; None where they do not suffice for any way."""
    constants = constants_at(evidence)
    known = {method for backend, method in constants.starts if backend in constants.handed}
    if not known:
        return None
    default = default_method(evidence)
    methods = sorted((method for method in START_METHODS if method in known), key=lambda method: method != default)
    possible = Possible(cpus=constants.cpus, start_methods=tuple(methods), has_interpreters=True)
    slowed = {kind: at_once(evidence, waits=waits > 0.0) for kind, waits in WAITS.items()}
    tried = in_closed_form(evidence)
    if tried and judged(tried).typical > _FAR:
        return None
    within = errors_within(tried)
    found = Foreteller(constants, possible, slowed, _about(tried, within), within, default)
    if found.first_way() is None:
        return None
    return found.beside(begun=of_servers(evidence), uneven=of_uneven_items(evidence))


def _shared_out(told: tuple[float, Way], close: Sequence[tuple[float, Way]]) -> tuple[float, Way]:
    """The same workers with smaller chunks, where these share few long items out better."""
    seconds, way = told
    finer = [
        pair
        for pair in close
        if replace(pair[1], chunksize=way.chunksize, is_own=way.is_own) == way and pair[1].chunksize < way.chunksize
    ]
    least_s = min((pair[0] for pair in finer), default=seconds)
    if seconds < _FINER * least_s:
        return told
    return min((pair for pair in finer if pair[0] <= _EVEN * least_s), key=lambda pair: pair[1].chunksize)


def _parted(figures: Figures, found: Bounds) -> Shares:
    """Where the seconds go, as a reader has them.

    Starting is as long as it is without data, though the first message may be sent meanwhile. A last chunk that is not full
    is waited for as if it were, which is no handing out.
    """
    shares = shares_of(figures, found)
    alone_s = max(figures.made_s, figures.first_s + figures.each_s * (figures.workers - 1) / 2.0)
    hidden_s = min(shares.transport_s, max(0.0, alone_s + figures.placement_s + figures.end_s - found.start_s))
    rest_s = shares.dispatch_s + shares.transport_s - hidden_s
    missing = figures.chunks * figures.chunk - figures.items
    idle_s = min(rest_s, missing * item_in_worker_s(figures) / figures.workers)
    left = 1.0 - idle_s / rest_s if rest_s > 0.0 else 1.0
    return Shares(
        start_s=shares.start_s + hidden_s,
        dispatch_s=shares.dispatch_s * left,
        transport_s=(shares.transport_s - hidden_s) * left,
        work_s=shares.work_s,
        imbalance_s=shares.imbalance_s + idle_s,
    )


def _said_of(method: str, default: str) -> str:
    """What speaks for a start method and against it, as “What to decide” has it."""
    threads = "not for a program that has threads" if START_METHODS[method].copies_parent else "safe beside threads"
    threads = threads if method == SPAWN.name else f"{threads}, not on Windows"
    return f"the default here, {threads}" if method == default else threads


def _about(tried: Sequence[Tried], within: Mapping[str, tuple[float, float]]) -> str:
    """What the model is made of, and what its brackets are; how near it comes is said where it is known."""
    jobs = f"{percent(LEVEL)} of {counted(len(tried), 'job')} of this run"
    brackets = f"; in [ ] lay {jobs}" if within else ""
    return f"From this run's costs of starting, handing out, sending{brackets}."


def of_own_jobs(evidence: Evidence) -> str:
    """How near the model came to jobs of the run that its constants are of: said where nothing else is known; '' of none."""
    tried = in_closed_form(evidence)
    if not tried:
        return ""
    near = f"half of its own {counted(len(tried), 'job')} within {percent(judged(tried).typical)}"
    return f"{near[:1].upper()}{near[1:]}, which is easier than a function that nobody has measured."


def _loop() -> str:
    return next(name for name in HANDING if BACKENDS[name].kind == "loop")


def words(way: Way) -> str:
    """`Pool of 2 workers, fork, chunks of 25`."""
    chunks = "" if way.is_own else f"chunks of {count(way.chunksize)}"
    who = f"{BACKENDS[way.backend].look.label} of {counted(way.workers, 'worker')}"
    return ", ".join(filter(None, (who, way.start_method, chunks)))


def code_for(way: Way) -> str:
    """What to write."""
    return written_for(way.backend, way.workers, way.start_method, 0 if way.is_own else way.chunksize)
