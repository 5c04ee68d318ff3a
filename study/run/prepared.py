"""From the command line's wishes to all that planning and running need: texts, targets, a name, a runner, the lock."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from study import config, identity, machine, store, targets
from study.config import CLUSTER
from study.curves import check_cells, curves_of, unmeasured
from study.errors import UsageError
from study.plan import MIN_TIME_S, Expansion, Plan, TargetView, expand
from study.run.calibrate import UNSUPPORTED, calibrate
from study.run.naming import machine_name
from study.run.runner import BenchRunner, LawRunner, Runner, default_interpreter
from study.supervise import Supervisor, can_be_seen, end_leftovers, temporary_folder
from study.targets.arms import Arm
from study.targets.cluster import OPTION, Cluster, seen_from_all
from study.things import PEERS, START_METHODS
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

    from study.cell import Cell
    from study.plan import Curve
    from study.progress import Progress
    from study.run.runner import Ran

STOPPING = b"\nStopping after the process in flight; Ctrl-C again stops at once.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line asks for.

    Attributes
    ----------
    root : the project's folder, which holds `study/` and `experiments/`.
    results : the folder that runs are kept in.
    budget_s : seconds for calibration and rounds together.
    only : '' or questions and experiments ('q3', 'q1,q3-process') to restrict the run to; noise cells stay.
    pythons : target interpreters.
    arms : targets with names and variables of their own; without any and without `pythons`, the interpreter that runs
        the harness is the target.
    machine : '' or the machine's name.
    peers : whether the other libraries of the study are installed beside the targets.
    untested_python : whether targets newer than the study knows are measured.
    made_up : of a simulated run, name of each target -> how many times as long every second event takes on it; without
        any there is one target.
    cluster : where the scheduler is whose cluster is measured too; None where none is named.
    items : 0, or how many items a function of the reader's is called with: then it is what is measured, and nothing else.
    lock : the folder of the lock that keeps two studies apart; None is where temporary files lie.
    """

    root: Path
    results: Path
    budget_s: float
    only: str = ""
    pythons: tuple[Path, ...] = ()
    arms: tuple[Arm, ...] = ()
    machine: str = ""
    fresh: bool = False
    simulated: bool = False
    seed: int | None = None
    peers: bool = False
    untested_python: bool = False
    lock: Path | None = None
    made_up: Mapping[str, float] = field(default_factory=dict)
    items: int = 0
    cluster: Cluster | None = None


@dataclass(slots=True, kw_only=True)
class Prepared:
    """What planning and running share: experiments, targets, runner, and whether the user asked to stop."""

    wishes: Wishes
    progress: Progress
    texts: dict[str, str]
    experiments: tuple[config.Experiment, ...]
    machine_name: str
    machine_facts: dict[str, Any]
    usable_cpus: int
    targets: list[dict[str, Any]]
    digests: dict[str, str]
    sources: identity.Sources
    runner: Runner
    stopping: bool = field(default=False)

    @property
    def digest(self) -> str:
        """Digest of all that makes two runs the same study; the budget is not part of it."""
        return digest_of_study(self.digests, self.usable_cpus, simulated=self.wishes.simulated, seed=self.wishes.seed)

    def expansion(self) -> Expansion:
        """Everything the experiments ask for on these targets."""
        system = self.machine_facts.get("system")
        views = [TargetView.of(target["name"], target["facts"], system) for target in self.targets]
        found = expand(self.experiments, config.Cpus.of(self.usable_cpus, self.machine_facts), views)
        return replace(found, only=frozenset(named.id for named in _named(self.experiments, self.wishes.only)))

    def _keys(self, expansion: Expansion) -> dict[tuple[str, Cell], str]:
        """(Target, point) -> digest of all that its loops depend on: source, libraries, interpreter, machine."""
        hardware = identity.traits_digest(identity.fingerprint(self.machine_facts))
        shared = {
            target["name"]: [self.digests["lock"], target, self.usable_cpus, MIN_TIME_S, hardware]
            for target in self.targets
        }
        return {
            (curve.target, point): identity.digest_of([self.sources.digest(point), *shared[curve.target]])
            for curve in expansion.curves
            for point in curve.points
        }

    def calibrated(self, expansion: Expansion) -> tuple[Plan, float]:
        """The plan that the budget admits, and the seconds that calibrating took."""
        keys = self._keys(expansion)
        calibration = store.Calibration(self.wishes.results / self.machine_name, self.progress.say)
        count = 0

        def tell(curve: Curve, ran: Ran) -> None:
            nonlocal count
            if not count:
                self.progress.begin("Calibrating: how many loops make a value, once per machine")
            count += 1
            if UNSUPPORTED in ran.reason:
                self.progress.say(f"not here: {curve.id}: {ran.reason.partition(': ')[2]}")
            elif ran.state != "ok":
                self.progress.fail(f"{curve.id}, in calibration: {ran.reason}")
            self.progress.update(
                what=curve.id,
                done=count,
                total=len(expansion.curves),
                spent_s=self.runner.now_s() - began_s,
                left_s=None,
            )

        began_s = self.runner.now_s()
        return calibrate(
            expansion,
            keys=keys,
            calibration=calibration,
            runner=self.runner,
            budget_s=self.wishes.budget_s,
            stopping=lambda: self.stopping,
            tell=tell,
        )


def digest_of_study(digests: Mapping[str, str], usable_cpus: int, *, simulated: bool, seed: int | None) -> str:
    """What `Prepared.digest` is made of; `seed` is the one that was asked for, None where none was."""
    asked = {name: digest for name, digest in digests.items() if name != "core"}  # cells have their own
    return identity.digest_of([asked, usable_cpus, "simulated" if simulated else "", seed])


def named_once(only: str) -> str:
    """The names in `only` as they enter the digest of a run: whatever their order and case, the same text."""
    return ",".join(sorted({name.strip().lower() for name in only.split(",") if name.strip()}))


def chosen(experiments: tuple[config.Experiment, ...], only: str) -> tuple[config.Experiment, ...]:
    """The experiments that `only` names, and the noise cells that every run carries."""
    if not only:
        return experiments
    wanted = set(named_once(only).split(","))
    known = {experiment.question.lower() for experiment in experiments} | {experiment.id for experiment in experiments}
    for name in sorted(wanted - known):
        hint = config.nearest(name, sorted(known)) or f"; there are {', '.join(sorted(known))}"
        raise UsageError(f"--only {name}: no such question or experiment{hint}")
    named = _named(experiments, only)
    return tuple(experiment for experiment in experiments if experiment in named or experiment.question == "noise")


def _named(experiments: Sequence[config.Experiment], only: str) -> list[config.Experiment]:
    """The experiments that `only` names, by question or by their own name."""
    wanted = set(named_once(only).split(","))
    return [experiment for experiment in experiments if wanted & {experiment.id, experiment.question.lower()}]


@contextlib.contextmanager
def prepared(wishes: Wishes, progress: Progress) -> Iterator[Prepared]:
    """Everything a run needs, made ready; the machine's lock held; Ctrl-C turned into a polite stop."""
    wishes = _checked(wishes)
    texts = _texts(wishes)
    claims = config.with_reasons(config.claims_in(texts))  # a wrong claim is found now, not after ten minutes
    every = config.experiments_in(texts)
    experiments = chosen(every, wishes.only)
    own = wishes.simulated and wishes.lock is None  # what is made up disturbs nobody
    with contextlib.ExitStack() as stack:
        if not own:
            stack.enter_context(store.one_at_a_time(store.machine_lock(wishes.lock)))
        store.check_writable(wishes.results)
        mark = stack.enter_context(store.alone_in(wishes.results))
        here = machine.describe()
        usable = here.usable_cpus or 1
        facts = {"simulated": True} if wishes.simulated else msgspec.to_builtins(here)
        cpus = config.Cpus.of(usable, facts)
        name = machine_name(wishes.results, wishes.machine, identity.fingerprint(facts), progress.say)
        check_cells(every, cpus)
        if idle := unmeasured(claims, every, cpus):
            progress.say(f"undecided for want of a cell that an experiment measures here: {', '.join(idle)}")
        locks = [
            wishes.root / name for name in ("requirements-target.txt", *(["requirements-peers.txt"] * wishes.peers))
        ]
        described = _simulated_targets(tuple(wishes.made_up) or ("simulated",)) if wishes.simulated else []
        ready: list[targets.Target] = []
        if not wishes.simulated:
            _end_what_a_killed_run_left(wishes, name, mark, progress.say)
            stack.enter_context(temporary_folder(mark))
            ready = _ready(wishes, locks, progress.say)
            described = [{"name": target.name, "facts": dict(target.facts)} for target in ready]
            if wishes.cluster:
                facts[CLUSTER] = seen_from_all(ready, wishes.cluster, root=wishes.root)
                check_cells(every, config.Cpus.of(usable, facts))
        runner = (
            _law_runner(usable, wishes.made_up, experiments)
            if wishes.simulated
            else _bench_runner(wishes, name, _run_id(mark), ready, stack)
        )
        sources = identity.Sources(wishes.root)
        made = Prepared(
            wishes=wishes,
            progress=progress,
            texts=texts,
            experiments=experiments,
            machine_name=name,
            machine_facts=facts,
            usable_cpus=usable,
            targets=described,
            digests={
                **identity.digests(wishes.root, texts, described, wishes.only, locks, sources.core),
                **({CLUSTER: identity.digest_of(facts[CLUSTER])} if CLUSTER in facts else {}),
            },
            sources=sources,
            runner=runner,
        )
        stack.enter_context(_polite_stop(made))
        try:
            yield made
        finally:
            progress.close()
            shutil.rmtree(_scratch(wishes, name), ignore_errors=True)


def _texts(wishes: Wishes) -> dict[str, str]:
    """The experiments: the study's own, or those of a function of the reader's, with the number of its items."""
    if not wishes.items:
        return config.read_texts(wishes.root / config.FOLDER)
    texts = config.read_texts(wishes.root / config.FOLDER / config.OWN_FOLDER)
    return {name: text.replace(config.ITEMS, str(wishes.items)) for name, text in texts.items()}


def _ready(wishes: Wishes, locks: Sequence[Path], say: Callable[[str], None]) -> list[targets.Target]:
    """The targets that are asked for; without any, the interpreter that runs the harness."""

    def made(arm: Arm) -> targets.Target:
        return targets.prepare(
            arm,
            root=wishes.root,
            lock=locks[0],
            peers=locks[-1] if wishes.peers else None,
            untested=wishes.untested_python,
            say=say,
        )

    asked = [*(Arm(python=python) for python in wishes.pythons), *wishes.arms]
    return targets.ready(asked or [Arm(python=Path(default_interpreter()))], made)


def _checked(wishes: Wishes) -> Wishes:
    committed, results = (Path(os.path.realpath(folder)) for folder in (wishes.root / "results", wishes.results))
    inside = committed in (results, *results.parents)
    if wishes.simulated and inside:
        raise UsageError("--simulated writes made-up times: name a folder outside results/ with --results DIR")
    asked = {
        "--python": wishes.pythons,
        "--arm": wishes.arms,
        "--peers": wishes.peers,
        "--untested-python": wishes.untested_python,
        OPTION: wishes.cluster,
    }
    for option, given in asked.items():
        if wishes.simulated and given:
            raise UsageError(
                f"{option} and --simulated: no interpreter is measured in a made-up run; leave one of them out"
            )
    if wishes.cluster and not wishes.peers:
        raise UsageError(
            f"{OPTION}: goes with --peers, which installs dask.distributed beside the interpreters; write both"
        )
    return replace(wishes, only=named_once(wishes.only))


def _scratch(wishes: Wishes, name: str) -> Path:
    return wishes.results / name / ".scratch"


def _simulated_targets(names: Sequence[str]) -> list[dict[str, Any]]:
    facts = {
        "version": "simulated",
        "start_methods": list(START_METHODS),
        "has_fork": True,
        "has_posix_spawn": True,
        "has_interpreters": True,
        "numpy_version": "simulated",
        "peers": dict.fromkeys(PEERS, "simulated"),
        "simulated": True,
    }
    return [{"name": name, "facts": facts} for name in names]


def _law_runner(
    usable_cpus: int, made_up: Mapping[str, float] = MappingProxyType({}), experiments: Sequence[config.Experiment] = ()
) -> Runner:
    """The made-up machine has as many CPUs as the study plans with: more workers than that gain nothing."""
    from study.lab.simulate import Law, SimulatedRunner  # noqa: PLC0415 - only simulated runs need it

    law = Law(cpus=usable_cpus)
    found = {
        point for experiment in experiments for _, points in curves_of(experiment, usable_cpus) for point in points
    }
    every_second = sorted(point.text for point in found)[1::2]
    laws = {name: replace(law, factors=dict.fromkeys(every_second, slower)) for name, slower in made_up.items()}
    return LawRunner(SimulatedRunner(law), laws)


def _run_id(mark: str) -> str:
    """What the processes of all runs in these results carry: whoever holds the lock of the results may end them."""
    return f"study-{mark}"


def _end_what_a_killed_run_left(wishes: Wishes, name: str, mark: str, say: Callable[[str], None]) -> None:
    if not can_be_seen():
        say("this system does not show its processes (/proc): what a killed process leaves behind cannot be found")
    ended = end_leftovers(_run_id(mark))
    for known in (name, *store.own_names(wishes.results)):  # under an earlier name it may have been killed as well
        shutil.rmtree(_scratch(wishes, known), ignore_errors=True)
    if ended:
        say(f"ended {counted(ended, 'process', 'processes')} that an earlier run had left behind")


def _bench_runner(
    wishes: Wishes, name: str, run_id: str, prepared: Sequence[targets.Target], stack: contextlib.ExitStack
) -> Runner:
    return BenchRunner(
        root=wishes.root,
        scratch=_scratch(wishes, name),
        run_id=run_id,
        pythons={target.name: target.python for target in prepared},
        variables={target.name: target.variables for target in prepared},
        supervisor=stack.enter_context(Supervisor()),
        cluster=wishes.cluster,
    )


@contextlib.contextmanager
def _polite_stop(made: Prepared) -> Iterator[None]:
    """First Ctrl-C: stop after the process in flight. Second, or SIGTERM or SIGHUP: stop at once.

    A signal that was ignored before, as `nohup` ignores SIGHUP and a shell SIGINT in the background, stays ignored.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        if made.stopping or number != signal.SIGINT:
            made.runner.stop_now()
        elif not made.stopping:
            with contextlib.suppress(OSError):  # the terminal may have gone
                os.write(2, STOPPING)  # not print: the signal may have come in the middle of one
        made.stopping = True

    numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.getsignal(number) for number in numbers}
    heeded = {number: handler for number, handler in before.items() if handler not in {signal.SIG_IGN, None}}
    for number in heeded:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)
