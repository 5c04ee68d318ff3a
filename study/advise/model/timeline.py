"""What the time of each worker went to. Averaged over the workers the parts are those of the whole, and nothing is left over."""

from __future__ import annotations

import math

from study.advise.model.job import Shares


class Timeline:
    """Every worker's time from 0 on, part by part.

    `all_taken_s` and `last_done_s` are set by who keeps it: when the last chunk was taken, and when the last worker was done.
    """

    def __init__(self, workers: int, made_s: float) -> None:
        """Nobody has begun; before `made_s` nothing is handed out."""
        self.all_taken_s = self.last_done_s = 0.0
        self._made_s = made_s
        self._since_s = [0.0] * workers
        self._has_begun = [False] * workers
        self._start_s = self._dispatch_s = self._transport_s = self._work_s = self._starved_s = 0.0

    def started(self, worker: int, now_s: float) -> None:
        """Until now it began."""
        self._start_s += self._passed(worker, now_s)
        self._has_begun[worker] = True

    def found(self, worker: int, now_s: float) -> None:
        """Until now it had nothing to do."""
        begun_s = self._since_s[worker]
        self._starved(begun_s, begun_s + self._passed(worker, now_s))

    def computed(self, worker: int, now_s: float, parts_s: tuple[float, float, float]) -> None:
        """Until now it computed: so much CPU time for dispatch, for transport, for items."""
        passed_s, whole_s = self._passed(worker, now_s), math.fsum(parts_s)
        dispatch, transport, work = [part_s / whole_s for part_s in parts_s] if whole_s > 0.0 else [1.0, 0.0, 0.0]
        self._dispatch_s += passed_s * dispatch
        self._transport_s += passed_s * transport
        self._work_s += passed_s * work

    def waited(self, worker: int, now_s: float) -> None:
        """Until now its items waited."""
        self._work_s += self._passed(worker, now_s)

    def carried(self, worker: int, now_s: float) -> None:
        """Until now a message was on its way, or waited for one."""
        self._transport_s += self._passed(worker, now_s)

    def shares(self, end_s: float, of_parent_s: tuple[float, float]) -> Shares:
        """The parts at the end. Who had nothing to do waited for the parent: for its dispatch and transport, in proportion."""
        imbalance_s = 0.0
        for since_s, has_begun in zip(self._since_s, self._has_begun, strict=True):
            if not has_begun:
                self._start_s += end_s
                continue
            self._starved(since_s, max(since_s, self.all_taken_s))
            imbalance_s += max(0.0, self.last_done_s - max(since_s, self.all_taken_s))
            self._starved_s += end_s - max(since_s, self.last_done_s)
        dispatch_s, transport_s = of_parent_s
        whole_s, workers = dispatch_s + transport_s, len(self._since_s)
        to_dispatch, to_transport = (dispatch_s / whole_s, transport_s / whole_s) if whole_s > 0.0 else (0.0, 0.0)
        to_imbalance = 0.0 if whole_s > 0.0 else 1.0
        return Shares(
            start_s=self._start_s / workers,
            dispatch_s=(self._dispatch_s + self._starved_s * to_dispatch) / workers,
            transport_s=(self._transport_s + self._starved_s * to_transport) / workers,
            work_s=self._work_s / workers,
            imbalance_s=(imbalance_s + self._starved_s * to_imbalance) / workers,
        )

    def _passed(self, worker: int, now_s: float) -> float:
        """Seconds since the worker's last note, which is now."""
        passed_s = now_s - self._since_s[worker]
        self._since_s[worker] = now_s
        return passed_s

    def _starved(self, begun_s: float, end_s: float) -> None:
        """Nothing to do between these moments: before the parent hands out this belongs to the start."""
        before_s = max(0.0, min(end_s, self._made_s) - begun_s)
        self._start_s += before_s
        self._starved_s += end_s - begun_s - before_s
