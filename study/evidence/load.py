"""Runs in `results/` -> what a report is made of. Looks at stored runs only, never at the present machine."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from study import store
from study.errors import ReportError
from study.evidence.apart import LeftOut
from study.evidence.code import stale_cells
from study.evidence.light import Light
from study.evidence.run import Run, run_of, times_of
from study.evidence.subject import Selection, done, reported, shown
from study.identity import Sources
from study.store.outcomes import SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from study.evidence.code import Key
    from study.evidence.light import Outline, Stored
    from study.evidence.run import Times

    Reader = Callable[[], Times]

_MOST_LISTED = 12
_MANY = 400
"""From so many cells on it pays to have half of them read elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """All that a report is made of, read.

    Attributes
    ----------
    runs : those that the report shows whole, the one that it is about first; runs are never pooled.
    why : which run it is about, and why that one, in words.
    sound : all runs that can be read, those that are not shown too, as far as their summaries know them.
    outcomes : 'validation' and 'crosschecks' -> what is stored of them, None where nothing is.
    root : the folder of the project: example programs are shown from there.
    lock_digest : digest of the locked dependencies of the report.
    left_out : what cannot be read or analysed; sections add what they find.
    """

    runs: tuple[Run, ...]
    why: str
    sound: tuple[Stored, ...]
    outcomes: Mapping[str, Mapping[str, Any] | None]
    root: Path
    lock_digest: str
    left_out: LeftOut

    @property
    def subject(self) -> Run:
        """The run that the report is about."""
        return self.runs[0]


class _Stale:
    """The stale cells of each run, which is asked more than once; outlines live as long as their runs."""

    def __init__(self, sources: Sources) -> None:
        """Against these sources."""
        self._sources = sources
        self._known: dict[int, frozenset[Key]] = {}

    def of(self, manifest: Outline) -> frozenset[Key]:
        """What another version of the programs measured."""
        if id(manifest) not in self._known:
            self._known[id(manifest)] = stale_cells(manifest, self._sources)
        return self._known[id(manifest)]


def _far_half(runs: Sequence[Stored]) -> Sequence[Stored]:
    """The last of these runs, so many that reading them takes as long as reading the others; none where all are soon read."""
    cells = [len(done(run)) for run in runs]
    if sum(cells) < _MANY:
        return ()
    return runs[min(range(1, len(runs) + 1), key=lambda first: max(sum(cells[:first]), sum(cells[first:]))) :]


def study_of(
    results: Path,
    root: Path,
    about: str = "",
    *,
    lock_digest: str,
    aside: Callable[[Sequence[Reader]], Sequence[Reader]] = lambda readers: readers,
) -> Study:
    """Every run that the report shows, in its order, and what else is stored; what is refused, and why, is in `left_out`.

    Parameters
    ----------
    about : '' or MACHINE[/RUN], what the report shall be about.
    aside : begins to read runs elsewhere, where it can; what it gives has the times of each when it is asked for.

    Raises
    ------
    ReportError
        if there is no run to report.
    UsageError
        if `about` names no run.
    """
    named = frozenset(store.runs_named(results, about)) if about else None
    left_out = LeftOut()
    folders: list[Light] = []
    for path in store.run_folders(results):
        with left_out.apart(store.run_name(path)):
            folders.append(Light.of(path))
    own: tuple[str, ...] = ()
    with left_out.apart("machine.json"):
        own = store.own_names(results)
    stale = _Stale(Sources(root))

    def read(run: Stored) -> Run | None:
        def whole() -> Run:
            folder = run.folder if isinstance(run, Light) else store.RunFolder.open(run.path)
            return run_of(folder, stale=stale.of(folder.manifest), read=begun.get(run.path))

        return left_out.instead(run.name, whole, lambda _: None)

    choice = Selection(stale=stale.of, own=own, about=named)
    far = _far_half(shown(folders, choice))
    begun = dict(zip((run.path for run in far), aside([functools.partial(times_of, run) for run in far]), strict=True))
    try:
        chosen = reported(folders, choice, read)
    except ReportError as error:
        raise ReportError("; ".join((str(error), *left_out.reasons))) from None
    if not chosen.runs:
        if chosen.sound:
            names = ", ".join(sorted(folder.name for folder in chosen.sound)[:_MOST_LISTED])
            raise ReportError(
                f"{results.name}/ holds no run but contributed ones, and none of these is what a report is about unless it is"
                f" asked for: {'; '.join((f'name one with --about MACHINE[/RUN]; there are {names}', *left_out.reasons))}"
            )
        if left_out.reasons:
            raise ReportError(f"{results.name}/ holds no run that can be reported: {'; '.join(left_out.reasons)}")
        raise ReportError(f"{results.name}/ holds no run to report; run the study first: nox -s study")
    outcomes: dict[str, dict[str, Any] | None] = dict.fromkeys(SESSIONS)
    for name in SESSIONS:
        with left_out.apart(f"{name}.json"):
            outcomes[name] = store.load_outcome(results, name)
    return Study(
        runs=chosen.runs,
        why=chosen.why,
        sound=chosen.sound,
        outcomes=outcomes,
        root=root,
        lock_digest=lock_digest,
        left_out=left_out,
    )
