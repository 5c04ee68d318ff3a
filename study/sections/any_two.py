"""Any two places set against each other: the headline cells that both have, what differs between them, or why they are not."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from study import stats
from study.blocks import Prose
from study.cell import noise_class
from study.evidence.code import codes_of
from study.evidence.summaries import time_or_size
from study.identity import differences, fingerprint, state
from study.names import cell_name
from study.reports import Record, Section
from study.screens import Against, AnyTwo, Ratio
from study.sections.machine_pairs import is_plain_loop
from study.sections.places import stored
from study.sections.run_pairs import can_be_compared
from study.table import paired, per_task
from study.units import brief, count, counted, multiple, percent, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from study.evidence import CellData, Study
    from study.findings import Estimate
    from study.sections.places import Stored

RECORD = Record(order=425, name="Any two", title="Any two set against each other", part="Machines")
_UNKNOWN = stats.run_component([], [])
_MOST_PLACES = 8
"""Of which every pair is made: further ones would make the page long for pairs that nobody asks for."""
_PAIRED = (
    "Both were measured in the same rounds of one run: each ratio is of averages, paired by round. A plain loop counts by"
    " task."
)
_APART = (
    "The two share no rounds: each ratio is of geometric means, and its interval also holds what a machine moves from run to run,"
    f" taken to be {percent(_UNKNOWN.tau)} on either side, which is assumed and not measured. It describes these two runs and"
    " decides nothing. A plain loop counts by task."
)
_NOT_EQUAL = "the programs that were timed are not the same in these two runs"
_ONE_ALONE = "Only one machine and interpreter is stored: there is nothing to set against it."
_DEBUG = "a debug build is never set beside a release: all that differs would be the build"
_ABOUT = {
    "start": "starting and ending",
    "message": "messages and data",
    "dispatch": "handing out tasks",
    "compute": "computing",
    "memory": "memory",
}
"""Class of noise -> what cells of it are about, for a reader."""


class Known(NamedTuple):
    """A headline cell at one place, a plain loop by its task, and the source that timed it."""

    data: CellData
    code: str


def section(study: Study) -> Section:
    """All pairs of the first places."""
    places = stored(study)[:_MOST_PLACES]
    if len(places) < 2:
        blocks = (Prose(text=_ONE_ALONE, kind="empty"),)
        return Section(id="any-two", name=RECORD.name, title=RECORD.title, blocks=blocks)
    cells = {place.place.id: _headline(place) for place in places}
    pairs = []
    for first, second in itertools.combinations(places, 2):
        with study.left_out.apart(f"{second.place.name} beside {first.place.name}"):
            pairs.append(_against(first, second, cells[first.place.id], cells[second.place.id]))
    found = AnyTwo(id="any-two-chosen", places=tuple(place.place for place in places), pairs=tuple(pairs))
    said = (
        f"{places[1].place.name} over {places[0].place.name}: {pair.refused or pair.summary}." for pair in pairs[:1]
    )
    paper = tuple(Prose(text=text, only="paper") for text in said)
    return Section(id="any-two", name=RECORD.name, title=RECORD.title, blocks=(found, *paper))


def _headline(place: Stored) -> dict[str, Known]:
    """Text of a cell -> what is known of it there."""
    wanted = {record.cell for record in place.run.manifest.cells if record.tier == "headline"}
    codes = codes_of(place.run.manifest)
    found: dict[str, Known] = {}
    for (target, text), data in place.run.cells.items():
        if target == place.target and text in wanted and can_be_compared(data):
            loop = is_plain_loop(data.cell)
            key = f"{data.cell.pattern} {data.cell.kernel} loop" if loop else text
            found.setdefault(key, Known(per_task(data) if loop else data, codes.get((target, text), "")))
    return found


def _against(first: Stored, second: Stored, here: dict[str, Known], there: dict[str, Known]) -> Against:
    same_run = first.run is second.run
    both = [text for text in here if text in there and here[text].code == there[text].code]
    debug = first.build.debug != second.build.debug
    ratios = () if debug else tuple(_ratios(here, there, both, same_run=same_run))
    refused = _DEBUG if debug else ""
    if not ratios and not refused:
        shared = here.keys() & there.keys()
        refused = _NOT_EQUAL if shared else "no headline cell was measured in both"
    return Against(
        first=first.place.id,
        second=second.place.id,
        summary=_summary(ratios),
        ratios=ratios,
        facts=tuple(_facts(first, second)),
        how=_PAIRED if same_run else _APART,
        refused=refused,
    )


def _ratios(here: dict[str, Known], there: dict[str, Known], both: list[str], *, same_run: bool) -> Iterator[Ratio]:
    """The second over the first, of every cell that both have, in the order of the first."""
    for text in both:
        base, other = here[text].data, there[text].data
        found = _ratio(other, base, same_run=same_run)
        if found.point is None or not math.isfinite(found.point) or found.point <= 0:
            continue
        about = noise_class(base.cell)
        yield Ratio(
            group=_ABOUT.get(about, about),
            name=cell_name(base.cell),
            here=_average(base),
            there=_average(other),
            ratio=found.point,
            low=_finite(found.low),
            high=_finite(found.high),
            text=multiple(found),
        )


def _ratio(other: CellData, base: CellData, *, same_run: bool) -> Estimate:
    if same_run:
        return stats.ratio_of_averages_paired(*paired(other, base))
    return stats.between(other.means, base.means, _UNKNOWN, _UNKNOWN).ratio


def _average(data: CellData) -> str:
    return brief(stats.average(data.means, time_or_size(data.cell)), 3)


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _summary(ratios: tuple[Ratio, ...]) -> str:
    """The middle of all, and how many have their whole interval on one side of equal."""
    if not ratios:
        return ""
    middle = float(np.exp(np.median(np.log([found.ratio for found in ratios]))))
    more = sum(found.low is not None and found.low > 1.0 for found in ratios)
    less = sum(found.high is not None and found.high < 1.0 for found in ratios)
    below = counted(less, "has its", "have their")
    return (
        f"the middle of {counted(len(ratios), 'equal cell')} is {ratio(middle)} as much; {below} whole"
        f" interval below 1, {count(more)} above"
    )


def _facts(first: Stored, second: Stored) -> Iterator[tuple[str, str, str]]:
    """What differs, as 'what: at the first / at the second' says it."""
    machines = first.run.manifest.machine, second.run.manifest.machine
    said = (
        *differences(fingerprint(machines[0]), fingerprint(machines[1])),
        *differences(state(machines[0]), state(machines[1])),
        *first.build.beside(second.build),
    )
    versions = first.build.version, second.build.version
    if versions[0] != versions[1]:
        yield "version", *versions
    for words in said:
        what, _, values = words.partition(": ")
        here, _, there = values.partition(" / ")
        yield what, here, there
