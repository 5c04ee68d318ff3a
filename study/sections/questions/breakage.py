"""What breaks, and what the caller sees of it; what a pool takes of a generator before it gives anything back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from study.blocks import Item, Table
from study.evidence import ANY
from study.reports import Record
from study.sections.build import grouped, place_of
from study.sections.said import joined
from study.sections.tables import row
from study.sections.ways import ANY_JOB, way_name
from study.things.broken import CASES, ENDS, RAISED, USABLE
from study.things.programs import BREAKAGE, GENERATOR_TAKEN
from study.units import count, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.blocks import Panel
    from study.evidence import CellData, Evidence

RECORD = Record(
    order=324,
    name="What breaks",
    title="What does the caller see when something breaks?",
    reader="Which pool tells me, and which one waits for ever?",
)
_TRIALS = "trials"
_WORST = "hangs"
_HOW = (
    "Eight tasks through a map, one in a message; in one of them it happens. hangs: the map had not returned six seconds after"
    " the pool was ready. loses answers: it returned without all answers. goes on: it returned them all. Small: the class of the"
    " exception, and whether the same pool did another map right afterwards."
)


def panels(evidence: Evidence) -> tuple[Panel, ...]:
    """No figure: what the caller sees is a word, and what was taken a number."""
    del evidence
    return ()


def tables(evidence: Evidence) -> tuple[Table, ...]:
    """A row for each thing that breaks, a column for each pool; and the items taken from a generator."""
    broken = evidence.find(BREAKAGE.name, **ANY_JOB, variant=ANY)
    taken = evidence.find(GENERATOR_TAKEN.name, **ANY_JOB, variant=ANY, api=ANY)
    return *_broken(sorted(broken, key=place_of)), *_taken(sorted(taken, key=place_of))


def _broken(tried: Sequence[CellData]) -> tuple[Table, ...]:
    pools = grouped(tried, way_name)
    if not pools:
        return ()
    by_case = {name: {data.cell.variant: data for data in cells} for name, cells in pools.items()}
    return (
        _narrow(by_case),
        Table(
            id="breakage-broken",
            only="screen",
            caption=_finding(tried),
            label="What the caller sees when something breaks",
            heads=(("What happens", "text"), *((name, "text") for name in pools)),
            rows=tuple(row(case.words, *(_seen(by_case[name].get(case.name)) for name in pools)) for case in CASES),
            notes=(_HOW,),
        ),
    )


def _narrow(by_case: Mapping[str, Mapping[str, CellData]]) -> Table:
    """The same for a column of paper: pools that end alike share a row, and who leaves the caller without an answer is first."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for case in CASES:
        for name, cells in by_case.items():
            if (data := cells.get(case.name)) is not None:
                seen = _seen(data)
                rows.setdefault((case.words, str(seen.value), seen.small), []).append(name)
    hang = {case.words for case in CASES for cells in by_case.values() if _hangs(cells.get(case.name))}
    return Table(
        id="breakage-narrow",
        only="paper",
        caption="What the caller sees when something breaks",
        heads=(("What happens, to whom", "text"), ("What the caller sees", "text")),
        rows=tuple(
            row(Item(value=case, small=", ".join(names)), Item(value=seen, small=small))
            for (case, seen, small), names in sorted(rows.items(), key=lambda found: found[0][0] not in hang)
        ),
        notes=(_HOW,),
    )


def _hangs(data: CellData | None) -> bool:
    return data is not None and bool(data.totals.get(_WORST))


def _seen(data: CellData | None) -> Item:
    """What came of it, the most frequent first."""
    if data is None:
        return Item(value="–")
    totals = data.totals
    trials = totals.get(_TRIALS, 0)
    ends = sorted(((totals.get(end, 0), words) for end, words in ENDS.items() if totals.get(end)), reverse=True)
    kinds = [name.removeprefix(RAISED) for name, times in totals.items() if name.startswith(RAISED) and times]
    words = ends[0][1] if len(ends) == 1 else ", ".join(f"{words} in {times} of {trials}" for times, words in ends)
    after = totals.get(USABLE, 0)
    usable = (
        "usable afterwards"
        if after == trials
        else "not usable afterwards"
        if not after
        else f"usable in {after} of {trials}"
    )
    return Item(value=words, small=", ".join((*kinds, usable)))


def _finding(tried: Sequence[CellData]) -> str:
    """Who leaves the caller without an answer, and that the others tell."""
    hangs = [data for data in tried if _hangs(data)]
    if not hangs:
        return f"Of {counted(len(tried), 'way')} to break a pool none left its caller waiting"
    words = {case.name: case.words for case in CASES}
    named = grouped(hangs, lambda data: words[data.cell.variant])
    told = "; ".join(f"where {case}: {', '.join(map(way_name, cells))}" for case, cells in named.items())
    return f"The caller had no answer when its time was over {told}"


def _taken(tried: Sequence[CellData]) -> tuple[Table, ...]:
    if not tried:
        return ()

    def call(data: CellData) -> str:
        buffered = GENERATOR_TAKEN.variants[data.cell.variant].words
        return ", ".join(filter(None, (way_name(data), data.cell.api or "map", buffered)))

    def share(data: CellData, outcome: str) -> int | None:
        trials = data.totals.get(_TRIALS, 0)
        return round(data.totals.get(outcome, 0) / trials) if trials else None

    fewest = min(share(data, "items_later") or 0 for data in tried)
    least = [call(data) for data in tried if (share(data, "items_later") or 0) == fewest]
    return (
        Table(
            id="breakage-generators",
            caption=(
                f"Before anybody asks for a second result, {joined(least)} {'has' if len(least) == 1 else 'have'} taken"
                f" {count(fewest)} of 10 000 items, the fewest of all"
            ),
            label="Items taken from a generator of 10 000 before the first result",
            heads=(
                ("Call", "text"),
                ("At the first result", "num"),
                ("A fifth of a second later", "num"),
                ("Trials", "num"),
            ),
            rows=tuple(
                row(call(data), share(data, "items_first"), share(data, "items_later"), data.totals.get(_TRIALS, 0))
                for data in tried
            ),
            notes=(
                "Averages over the trials, each in a process of its own; what is taken lies in memory until it is done.",
            ),
        ),
    )
