"""The parts of a question's section: its verdict in a line, program beside plain words, statements, and how sure they are."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from study.blocks import Code, Columns, Folded, Heading, Item, Prose, Table, Terms
from study.cell import Cell
from study.names import cell_name
from study.sections import drifting
from study.sections.tables import row
from study.stats import NOT_KNOWN
from study.units import NOT_AVAILABLE, chance, count, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from study.blocks import Block, Column, Panel, Verdict
    from study.evidence import Run, Study
    from study.findings import Estimate
    from study.reports import Record
    from study.sections.words import Words

    Ratios = Mapping[tuple[str, str], Estimate]

EXAMPLES = "study/bench/examples"
_NEXT: tuple[tuple[str, Column], ...] = (("Where the next sitting finds it", "num"),)
_NO_RATIOS: Ratios = MappingProxyType({})
_HAPPENS = "What happens, in plain words"


def line(decided: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The verdict that stands for the question, its headline, where it has a number: any other is beside the answer."""
    first = next((verdict for verdict in decided if verdict.headline), None)
    return () if first is None or first.average.point is None else (replace(first, form="line"),)


def programs_beside_words(study: Study, identity: str, record: Record, words: Words) -> tuple[Block, ...]:
    """The programs with what they print in the left column, the words in the right one; one below the other without either."""
    programs = _programs(study, identity, record, words.printed)
    told = tuple(Prose(text=paragraph) for paragraph in words.plain)
    right: tuple[Block, ...] = (Heading(id=f"{identity}-plain", text=_HAPPENS), *told) if told else ()
    return (Columns(left=programs, right=right),) if programs and right else (*programs, *right)


def _programs(study: Study, identity: str, record: Record, printed: Mapping[str, str]) -> tuple[Block, ...]:
    return tuple(
        Code(
            id=f"{identity}-program-{number}",
            title=f"The program: {name}",
            text=(study.root / EXAMPLES / name).read_text(encoding="utf-8"),
            printed=printed.get(name, ""),
        )
        for number, name in enumerate(record.programs, 1)
    )


def statements(identity: str, decided: Sequence[Verdict]) -> tuple[Block, ...]:
    """What was stated, what was measured, what was needed; what was not measured is told once, for the whole report."""
    known = [verdict for verdict in decided if verdict.measured]
    if not known:
        return ()
    table = Table(
        id=f"{identity}-statements",
        label=f"{counted(len(known), 'statement')}, what was measured, what was needed, and the verdict",
        caption="",
        folded=True,
        heads=(("Statement", "wide"), ("Measured", "num"), ("Needed", "text"), ("Verdict", "word")),
        rows=tuple(
            row(
                Item(value=verdict.statement, small=verdict.on),
                _number(verdict),
                verdict.needed,
                Item(value=verdict.decision, decision=verdict.decision),
            )
            for verdict in known
        ),
    )
    return Heading(id=f"{identity}-verdicts", text="Statements of this question"), table


def _number(verdict: Verdict) -> Item:
    """The number; of what could not be decided without one, nothing: the reason stands with how sure it is."""
    if verdict.average.point is None:
        return Item(value=None)
    return Item(value=verdict.number, small=verdict.read, sort=repr(verdict.average.point) if verdict.counts else "")


def how_sure(
    run: Run,
    identity: str,
    decided: Sequence[Verdict],
    experiments: Sequence[str],
    known_of_machine: Ratios = _NO_RATIOS,
) -> tuple[Folded, ...]:
    """Every verdict in full, what it rests on, and where the times lie; folded.

    Parameters
    ----------
    known_of_machine : (interpreter, statement) -> where the next sitting finds its ratio, of those of which that is known.
    """
    known = [verdict for verdict in decided if verdict.measured]
    if not known:
        return ()
    blocks: tuple[Block, ...] = (
        *known,
        *_moving(run, known),
        *_beside_chance(identity, known, known_of_machine),
        _rests_on(known),
        Prose(text=_whence(run, experiments), kind="small"),
    )
    small = f"{counted(run.rounds, 'round')}, {count(run.disturbed_rounds)} disturbed"
    return (Folded(id=f"{identity}-sure", title="How sure is this?", small=small, blocks=blocks),)


def _moving(run: Run, decided: Sequence[Verdict]) -> tuple[Prose, ...]:
    """Which of their cells climb or fall over the rounds."""
    said = drifting.told(run, ((verdict.target, text) for verdict in decided for text in verdict.cells))
    return (Prose(text=said, kind="small"),) if said else ()


def _rests_on(decided: Sequence[Verdict]) -> Terms:
    """The cells that each statement was decided by, in words."""
    cells = {verdict.statement: verdict.cells for verdict in decided}
    items = (
        (statement, "; ".join(cell_name(Cell.parse(text)) for text in texts)) for statement, texts in cells.items()
    )
    return Terms(items=tuple(items), form="list")


def _whence(run: Run, experiments: Sequence[str]) -> str:
    """Where every time lies that these numbers are made of."""
    files = f", in the files that begin with {', '.join(experiments)}" if experiments else ""
    return (
        f"Run {run.id} on {run.machine}, rounds in random order from seed {run.manifest.seed}. Every time that was measured:"
        f" results/{run.machine}/{run.id}/{files}."
    )


def _beside_chance(identity: str, decided: Sequence[Verdict], known_of_machine: Ratios) -> tuple[Table, ...]:
    """What verdicts rest on beside their intervals; where none had a test there is nothing to show."""
    tested = [verdict for verdict in decided if verdict.p_holm is not None]
    following = [known_of_machine.get((verdict.target, verdict.claim)) for verdict in tested]
    several = any(following)
    table = Table(
        id=f"{identity}-how-sure",
        label="How sure these verdicts are",
        caption="Verdicts beside what equal cells differ by, and beside chance",
        heads=(
            ("Statement", "wide"),
            ("Verdict", "word"),
            ("Number", "num"),
            *_NEXT[:several],
            ("Times what equal cells differ by", "num"),
            ("p (Holm)", "word"),
        ),
        rows=tuple(
            row(
                Item(value=verdict.statement, small=verdict.on),
                Item(value=verdict.decision, decision=verdict.decision),
                _number(verdict),
                *(following_one,)[:several],
                _times(verdict.times_floor),
                Item(value=chance(verdict.p_holm), sort=repr(verdict.p_holm)),
            )
            for verdict, following_one in zip(tested, following, strict=True)
        ),
        only="screen",
        notes=(
            "p: of the test against the threshold, corrected for all tests of the question.",
            *(() if several else (f"There are too few other sittings of this code on this machine: {NOT_KNOWN}.",)),
        ),
    )
    return (table,) if tested else ()


def _times(number: float | None) -> Item:
    return Item(
        value=NOT_AVAILABLE if number is None else count(_two_digits(number)),
        sort="" if number is None else repr(number),
    )


def _two_digits(number: float) -> float:
    """So many times as much is an order of magnitude: of it two digits are told, of a small one a decimal."""
    return round(number) if 10 <= number < 100 else float(f"{number:.2g}")


def further(identity: str, panels: Sequence[Panel], tables: Sequence[Table]) -> tuple[Folded, ...]:
    """The other figures, and what was counted; folded."""
    blocks: tuple[Block, ...] = (*panels, *tables)
    drawn = sum(not panel.reason and not panel.null for panel in panels)
    told = [counted(drawn, "figure")] if drawn else []
    told += [counted(len(tables), "table")] if tables else []
    title = "More figures and tables"
    return (Folded(id=f"{identity}-further", title=title, small=", ".join(told), blocks=blocks),) if blocks else ()
