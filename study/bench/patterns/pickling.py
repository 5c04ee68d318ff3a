"""Messages: what pickling and unpickling alone cost, without any transport."""

from __future__ import annotations

import time

from study.bench.errors import WrongAnswerError
from study.bench.patterns import Session, seconds
from study.bench.payloads import OUT_OF_BAND, dumps_out_of_band, payload, same


class Pickling(Session):
    """Parts `dumps` and `loads`, with the pickler and the protocol that multiprocessing uses; out of band with protocol 5."""

    def set_up(self) -> None:
        """Make the message."""
        self._message = payload(self.cell.form, self.cell.payload_bytes)

    def event(self, loops: int) -> dict[str, float]:
        """Pickle and unpickle, `loops` times; the last copy is looked at."""
        import pickle
        from multiprocessing.reduction import ForkingPickler

        if self.cell.form == OUT_OF_BAND:
            return self._out_of_band(loops)
        dumps, loads, message = ForkingPickler.dumps, pickle.loads, self._message
        dumps_ns = loads_ns = 0
        copy: object = None
        for _ in range(loops):
            begun_ns = time.perf_counter_ns()
            data = dumps(message)
            dumped_ns = time.perf_counter_ns()
            copy = loads(data)
            loads_ns += time.perf_counter_ns() - dumped_ns
            dumps_ns += dumped_ns - begun_ns
        self._compare(copy)
        return seconds(dumps=dumps_ns, loads=loads_ns)

    def _out_of_band(self, loops: int) -> dict[str, float]:
        import pickle

        loads, message = pickle.loads, self._message
        dumps_ns = loads_ns = 0
        copy: object = None
        for _ in range(loops):
            begun_ns = time.perf_counter_ns()
            data, blocks = dumps_out_of_band(message)
            dumped_ns = time.perf_counter_ns()
            copy = loads(data, buffers=blocks)
            loads_ns += time.perf_counter_ns() - dumped_ns
            dumps_ns += dumped_ns - begun_ns
        self._compare(copy)
        return seconds(dumps=dumps_ns, loads=loads_ns)

    def _compare(self, copy: object) -> None:
        if not same(copy, self._message):
            raise WrongAnswerError(f"{self.cell.text!r}: what was unpickled differs from what was pickled")
