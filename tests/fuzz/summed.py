"""Summaries and names of runs made wrong, and what comparing does with those that are believed."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from study import store
from study.compare import history_told, written
from study.compare.comparison import Wish, compared
from study.compare.history import history_of
from study.compare.ladder import Side
from study.compare.shown import Show
from study.compare.told import gate_lines, lines_of
from study.store import summary
from study.store.files import as_text
from tests.fuzz import mutate
from tests.kept_runs import kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

_RUNS = 7
_NAMES: dict[str, Any] = {"schema": 1, "baselines": {"before": "laptop/20260101t120000z-00000001", "a": "b/c"}}


class Summed:
    """Carries out inputs of summaries in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Nothing is there yet."""
        self.results = folder / "summed"
        self.kinds: dict[str, Callable[[Random], None]] = {"summary": self._summary, "names of runs": self._names}

    def _summary(self, rng: Random) -> None:
        manifest, data, others = _right(self.results)
        raw = json.loads(data)
        wrong = (
            mutate.of_json(raw, rng).encode("utf-8", "surrogatepass")
            if rng.random() < 0.8
            else mutate.of_bytes(data, rng)
        )
        found = summary.decode(as_text(wrong, "summary.json"), "laptop", "wrong", manifest, "summary.json")
        mine = Side(run=found, target=next(iter(found.targets)))
        theirs = Side(run=others[-1], target=next(iter(others[-1].targets)))
        for one, other in ((mine, theirs), (theirs, mine)):
            made = compared(one, other, Wish(limit=0.2, anyway=True), [*others, found], dict)
            lines_of(made, Show(every=True, normalised="middle"), None, ())
            list(gate_lines(made, 0.2, ""))
            written.json_of([(made, None, ())], made.gate, 0.2)
            written.csv_of([made])
        histories = history_of([*others, found])
        history_told.lines_of(histories)
        history_told.json_of(histories)

    def _names(self, rng: Random) -> None:
        _right(self.results)
        data = mutate.of_json(_NAMES, rng).encode("utf-8", "surrogatepass")
        if rng.random() < 0.2:
            data = mutate.of_bytes(json.dumps(_NAMES).encode(), rng)
        (self.results / "baselines.json").write_bytes(data)
        store.baselines(self.results)


@cache
def _right(results: Path) -> tuple[bytes, bytes, tuple[store.RunSummary, ...]]:
    """The manifest and the summary of one run, and the runs beside it."""
    folder, *others = [kept(results, number=number) for number in range(1, _RUNS + 1)]
    data = (folder.path / summary.NAME).read_bytes()
    return (folder.path / "manifest.json").read_bytes(), data, tuple(store.summary_of(other.path) for other in others)
