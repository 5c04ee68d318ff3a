"""The coordinator: asks each host once, waits, fetches what was made, and adds it. Killed at any moment, it goes on."""

from __future__ import annotations

import hashlib
import time
from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

from study import store
from study.errors import StudyError, printable
from study.fleet import tasks
from study.fleet.engine import Engine, RefusedError, SchedulerLostError, WorkerLostError, answered
from study.fleet.host import code_digest
from study.fleet.journal import Added, Done, FleetJournal, Made, Wrong, journal_of, now_text
from study.fleet.roll import Roll
from study.fleet.words import CHUNK_BYTES, Finished, Order
from study.store.adding import add
from study.units import counted, size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from study.fleet.engine import Task
    from study.fleet.roll import Host
    from study.fleet.wish import FleetWish

LOOKS_EVERY_S = 1.0
COMES_BACK_S = 60.0
"""How long a host, or the scheduler, that is gone is waited for."""
AGAIN = "Run the same command again to go on"


class Ended(IntEnum):
    """How a fleet ended; the numbers are those that the command ends with."""

    WHOLE = 0
    IN_PART = 2
    INTERRUPTED = 130


def fleet(wish: FleetWish, say: Callable[[str], None]) -> Ended:
    """A study on each host, and every bundle in the results.

    Raises
    ------
    StudyError
        if nothing can be asked: no scheduler, no worker, no journal.
    """
    with store.alone_with_fleets(wish.journal):
        journal = journal_of(wish)
        coordinator = Coordinator(wish, journal, say)
        try:
            return Ended.WHOLE if coordinator.run() else Ended.IN_PART
        except KeyboardInterrupt:
            say(
                "Stopped waiting. The hosts measure on, and what they finish stays in their spools (end their workers to end"
                f" them). {AGAIN}, or with --collect to fetch what is finished"
            )
            return Ended.INTERRUPTED


class Coordinator:
    """One fleet, from here to its end."""

    def __init__(self, wish: FleetWish, journal: FleetJournal, say: Callable[[str], None]) -> None:
        """`say` gets a line for each change."""
        self.wish = wish
        self.journal = journal
        self.say = say
        self.roll = Roll(wish, journal, code_digest(), say)
        self._began_s = time.monotonic()

    def run(self) -> bool:
        """Go on until every host is settled; whether all of them are added."""
        self.say(f"Fleet {self.journal.fleet}: journal in {self.journal.folder}")
        self._take_up()
        if self.wish.collect and self.roll.hosts and all(host.state == "added" for host in self.roll.hosts.values()):
            return self._summed_up()
        engine = Engine.connected(self.wish.scheduler, self.wish.certificates)
        while True:
            try:
                self._follow(engine)
                break
            except SchedulerLostError as error:
                self.say(f"{error}: waited for, {COMES_BACK_S:.0f} s")
                self.roll.forget_workers()
            finally:
                engine.close()
            engine = self._connected_again()
        return self._summed_up()

    def _connected_again(self) -> Engine:
        """The scheduler, if it comes back in time."""
        deadline_s = time.monotonic() + COMES_BACK_S
        while True:
            try:
                engine = Engine.connected(self.wish.scheduler, self.wish.certificates)
            except SchedulerLostError as error:
                if time.monotonic() > deadline_s:
                    raise SchedulerLostError(
                        f"{error}. What is measured stays in the hosts' spools: start scheduler and workers. {AGAIN}"
                    ) from None
                time.sleep(LOOKS_EVERY_S)
            else:
                self.say("the scheduler is back")
                return engine

    def _take_up(self) -> None:
        """What an earlier coordinator of this fleet has done, and what it had fetched but not added."""
        for host in self.roll.hosts.values():
            if host.token in self.journal.added:
                host.state = "added"
            elif path := self.journal.bundle(host.token):
                self._add(host, path)
        if self.roll.hosts:
            done = sum(host.state == "added" for host in self.roll.hosts.values())
            self.say(f"going on: {done} of {counted(len(self.roll.hosts), 'host')} added")

    def _follow(self, engine: Engine) -> None:
        """Until nothing is to be waited for."""
        if loud := engine.loud():
            self.say(
                f"the scheduler was not started as study/fleet/README.md tells ({', '.join(loud)}): what it does of its own"
                " accord may begin a study again, which then goes on, or leave a host out"
            )
        self.roll.wait_anew()
        while True:
            self.roll.see(engine, engine.workers())
            for host in list(self.roll.hosts.values()):
                self._move(engine, host)
            if self._settled():
                return
            time.sleep(LOOKS_EVERY_S)

    def _settled(self) -> bool:
        now_s = time.monotonic()
        if self.roll.looking:
            return False
        nobody = not self.roll.hosts and not self.roll.refused
        if nobody or set(self.wish.hosts) - self.roll.names:
            return now_s - self._began_s > COMES_BACK_S and self._all_settled(now_s)
        return self._all_settled(now_s)

    def _all_settled(self, now_s: float) -> bool:
        return all(
            host.settled or (host.worker is None and now_s - host.absent_since_s > COMES_BACK_S)
            for host in self.roll.hosts.values()
        )

    def _move(self, engine: Engine, host: Host) -> None:
        """One step with one host, if one can be taken."""
        if host.worker is None:
            return
        if host.state == "waiting":
            asked = tasks.fetchable if self.wish.collect else tasks.make
            host.task = engine.begin(asked, host.worker.address, self._order(host))
            host.state = "measuring"
            self.say(f"{host.label}: asked {'what lies in its spool' if self.wish.collect else 'to measure'}")
        elif host.state == "measuring" and host.task is not None and host.task.ended:
            self._take(host, host.task)
        if host.state == "made":
            self._fetch(engine, host, host.worker.address)

    def _order(self, host: Host) -> tasks.Answer:
        order: tasks.Answer = msgspec.to_builtins(
            Order(
                fleet=self.journal.fleet,
                label=host.label,
                budget_s=self.wish.budget_s,
                options=self.wish.options,
                simulated=self.wish.simulated,
                spool=self.wish.spool,
            )
        )
        return order

    def _take(self, host: Host, task: Task) -> None:
        """What the host has answered."""
        host.task = None
        try:
            answer = task.result()
            found = answered(answer, Finished)
        except WorkerLostError as error:
            self.roll.lose(host, str(error))
            return
        except RefusedError as error:
            self._fail(host, str(error))
            return
        self.journal.write(Made(host=host.token, bundle=found, at=now_text()))
        host.state = "made"
        self.say(f"{host.label}: measured; its bundle of {size(found.size)} lies in its spool")

    def _fetch(self, engine: Engine, host: Host, address: str) -> None:
        """The second step, which may be taken again and again: the bundle, in pieces, and into the results."""
        path = self.journal.bundle(host.token)
        if path is None:
            try:
                data = self._fetched(engine, host, address)
            except WorkerLostError as error:
                self.roll.lose(host, str(error))
                return
            except RefusedError as error:
                self._fail(host, str(error))
                return
            path = self.journal.keep_bundle(host.token, data)
        self._add(host, path)

    def _fetched(self, engine: Engine, host: Host, address: str) -> bytes:
        """The bundle that was told of: as large as it said, and with its digest."""
        wanted = self.journal.made[host.token]
        told = msgspec.to_builtins(wanted)
        data = bytearray()
        while len(data) < wanted.size:
            piece = engine.begin(tasks.chunk, address, self._order(host), told, len(data)).result()
            if not isinstance(piece, bytes) or not 0 < len(piece) <= CHUNK_BYTES:
                break
            data += piece
        if len(data) != wanted.size or hashlib.sha256(data).hexdigest() != wanted.sha256:
            raise RefusedError(f"what came of {wanted.name} is not what the host had told of")
        return bytes(data)

    def _add(self, host: Host, path: Path) -> None:
        """Into the results, looked at as any stranger's."""
        try:
            added = add(self.wish.results, path, simulated=self.wish.simulated)
        except StudyError as error:
            self._fail(host, f"its bundle {path} was fetched, and cannot be added: {error}")
            return
        self.journal.write(
            Added(host=host.token, sha256=self.journal.made[host.token].sha256, run=added.run, at=now_text())
        )
        host.state = "added"
        self.say(f"{host.label}: {'added' if added.state == 'added' else 'stands already'} as {added.run}")
        for note in added.notes:
            self.say(f"  {note}")

    def _fail(self, host: Host, why: str) -> None:
        host.state, host.reason = "failed", why
        self.journal.write(Wrong(host=host.token, reason=printable(why, 900), at=now_text()))
        self.say(f"{host.label}: failed: {why}")

    def _summed_up(self) -> bool:
        """Say what there is and what is left to do."""
        hosts = self.roll.hosts.values()
        missing = sorted(set(self.wish.hosts) - self.roll.names)
        if not hosts and not self.roll.refused and not missing:
            raise StudyError(
                f"no worker has come to {self.wish.scheduler} in {COMES_BACK_S:.0f} s: start one on each host;"
                " study/fleet/README.md tells how"
            )
        added = sum(host.state == "added" for host in hosts)
        self.say(f"{added} of {counted(len(hosts), 'host')} added to {self.wish.results}")
        wrong = {host.label: host.reason or "no worker of it came" for host in hosts if host.state != "added"}
        wrong |= self.roll.refused | dict.fromkeys(missing, "no worker of that name came")
        for name, why in wrong.items():
            self.say(f"  not yet {name}: {why}")
        if wrong:
            self.say(
                f"What they have measured is kept. {AGAIN}; with --fresh a fleet begins without a host that never comes back"
            )
            return False
        self.journal.write(Done(at=now_text()))
        self.say("`nox -s report` sets them beside each other, `nox -s compare` two of them")
        return True
