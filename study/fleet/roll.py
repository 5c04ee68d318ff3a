"""Which hosts there are, and which worker speaks for each: one, however many run there and whatever they are called."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import study
from study import machine
from study.certificates import HOW
from study.errors import UsageError, printable
from study.fleet import tasks
from study.fleet.engine import ANSWER_S, RefusedError, WorkerLostError, answered
from study.fleet.journal import Seen, now_text
from study.fleet.words import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from study.fleet.engine import Engine, Task, Worker
    from study.fleet.journal import FleetJournal
    from study.fleet.wish import FleetWish

State = Literal["waiting", "measuring", "made", "added", "failed", "lost"]


@dataclass(slots=True)
class Host:
    """A host of the fleet.

    Attributes
    ----------
    token : what it is told by; `label` is what it is called.
    state : 'waiting' to be asked, 'measuring', 'made' (its bundle lies in its spool), 'added'; or 'failed', 'lost'.
    worker : who speaks for it; None where nobody does.
    absent_since_s : since when nobody does.
    """

    token: str
    label: str
    state: State = "waiting"
    worker: Worker | None = None
    task: Task | None = None
    reason: str = ""
    absent_since_s: float = 0.0

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be done with it now."""
        return self.state in {"added", "failed"}


@dataclass(slots=True)
class _Asked:
    """What a worker was asked before it belongs to a host: whether it finds the study, then which host it is on."""

    task: Task
    finds: bool
    since_s: float = field(default_factory=time.monotonic)

    @property
    def late(self) -> bool:
        """Whether an idle worker would have answered."""
        return time.monotonic() - self.since_s > ANSWER_S


class Roll:
    """The hosts, those of the journal first."""

    def __init__(self, wish: FleetWish, journal: FleetJournal, code: str, say: Callable[[str], None]) -> None:
        """`code` is the digest of the study here; a host that has another is refused."""
        self.wish = wish
        self.journal = journal
        self.code = code
        self.say = say
        self.hosts = {token: Host(token, label) for token, label in journal.labels.items()}
        self.refused: dict[str, str] = {}
        self.names: set[str] = set()
        self._looks: dict[str, _Asked] = {}
        self._known: set[str] = set()
        self._spare: set[str] = set()
        self._told: set[str] = set()

    def see(self, engine: Engine, workers: Mapping[str, Worker]) -> None:
        """Note who has come and who has gone."""
        for gone in (self._known | self._looks.keys()) - workers.keys():
            self._known.discard(gone)
            self._looks.pop(gone, None)
        for host in self.hosts.values():
            if host.worker is not None and host.worker.address not in workers:
                self.lose(host, "its worker is gone")
        for address, worker in workers.items():
            if self.wish.hosts and worker.name not in self.wish.hosts:
                continue
            self.names.add(worker.name)
            if address not in self._known and address not in self._looks:
                self._looks[address] = _Asked(engine.begin(find_spec, address, study.__name__), finds=False)
        for address, asked in list(self._looks.items()):
            if asked.task.ended:
                del self._looks[address]
                self._known.add(address)
                self._hear(engine, workers[address], asked)
            elif asked.late and address not in self._told:
                self._told.add(address)
                self.say(f"{workers[address].name}: its worker is at work on something else, an earlier task perhaps")

    def _hear(self, engine: Engine, worker: Worker, asked: _Asked) -> None:
        """A worker has answered. Of a function that it cannot import it would die, so it was asked for the study first."""
        try:
            answer = asked.task.result()
            if asked.finds:
                self._meet(worker, answered(answer, Look))
            elif answer is None:
                self._refuse(worker, f"it does not find the study: start it in the project's folder; {HOW}")
            else:
                look = engine.begin(tasks.look, worker.address, self.wish.spool)
                self._looks[worker.address] = _Asked(look, finds=True)
        except WorkerLostError:
            self._known.discard(worker.address)  # gone next time, or asked again
        except RefusedError as error:
            self._refuse(worker, printable(str(error), 600))

    @property
    def looking(self) -> bool:
        """Whether a worker has not said yet which host it is on; one that is busy is waited for, but not to collect."""
        return any(not (asked.late and self.wish.collect) for asked in self._looks.values())

    def lose(self, host: Host, why: str) -> None:
        """Nobody speaks for this host any more; another worker there may."""
        if host.worker is not None:
            self._known.discard(host.worker.address)
        if host.task is not None:
            host.task.forget()
        host.worker, host.task, host.absent_since_s = None, None, time.monotonic()
        self._known -= self._spare
        self._spare.clear()
        host.reason = why
        if host.state in {"waiting", "measuring"}:
            host.state = "lost"
            self.say(f"{host.label}: lost: {why}. What it has measured stays there")

    def forget_workers(self) -> None:
        """The scheduler is gone, and all that was known through it."""
        self._looks.clear()
        for host in self.hosts.values():
            if host.worker is not None:
                self.lose(host, "the scheduler is gone")
        self._known.clear()

    def wait_anew(self) -> None:
        """The scheduler is there: from now on it counts how long a host is absent."""
        for host in self.hosts.values():
            host.absent_since_s = time.monotonic()

    def _meet(self, worker: Worker, found: Look) -> None:
        """A worker has said which host it is on."""
        if found.code != self.code:
            self._refuse(worker, "its code of the study is not that of the coordinator; take the same commit on both")
            return
        beside = next((host for host in self.hosts.values() if self._speaks_for(host, worker, found.host)), None)
        if beside is not None:
            self._spare.add(worker.address)
            self.say(f"{worker.name}: is on the host of {beside.label}, where one study at a time is enough; not used")
            return
        host = self.hosts.get(found.host) or self._enrolled(found.host, worker)
        host.worker = worker
        self.refused.pop(worker.name, None)
        if host.state == "lost":
            host.state = "waiting"
            self.say(f"{host.label}: is back")
        loud = [*(["a nanny"] if worker.nanny else []), *found.loud]
        if loud:
            self.say(
                f"{host.label}: its worker was not started as study/fleet/README.md tells ({', '.join(loud)}): it may disturb"
                " what is measured"
            )

    @staticmethod
    def _speaks_for(host: Host, worker: Worker, token: str) -> bool:
        """Whether a host has a worker already, and this one is beside it: by the spool or by the address."""
        return host.worker is not None and (host.token == token or host.worker.host == worker.host)

    def _enrolled(self, token: str, worker: Worker) -> Host:
        """A host that was not here before, under a label that no other has."""
        try:
            label = machine.check_machine_name(worker.name.lower())
        except UsageError:
            label = f"host-{token[:4]}"
        taken = {host.label for host in self.hosts.values()}
        numbered = (machine.numbered(label, number) for number in itertools.count(2))
        free = next(name for name in itertools.chain((label,), numbered) if name not in taken)
        host = self.hosts[token] = Host(token, free)
        self.journal.write(Seen(host=token, label=free, at=now_text()))
        return host

    def _refuse(self, worker: Worker, why: str) -> None:
        self.refused[worker.name] = why
        self.say(f"{worker.name}: cannot be used: {why}")
