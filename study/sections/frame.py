"""The section of a question: what a reader decides with it, its programs, verdicts, figures, and the cells behind them."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Code, Heading, Item, Panel, Prose, Section, Table, Terms
from study.sections import elsewhere
from study.sections.claims import verdicts
from study.sections.modules import identity_of
from study.sections.tables import row
from study.units import NOT_AVAILABLE, chance, count, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from study.blocks import Block, DataFile, Verdict
    from study.config import Experiment
    from study.evidence import Evidence, Run, Study, Summary
    from study.sections.modules import Question

EXAMPLES = "study/bench/examples"
_MOST_KEPT = 64
"""Questions of a run whose figures are kept: the self-audit looks at them too."""


def section(study: Study, module: Question) -> Section | None:
    """The section, or None of a topic that is not in the run."""
    run, record, identity = study.subject, module.RECORD, identity_of(module)
    if not stands(run, module):
        return None
    blocks: list[Block] = [Prose(text=record.reader, kind="reader")]
    for number, name in enumerate(record.programs, 1):
        text = (study.root / EXAMPLES / name).read_text(encoding="utf-8")
        blocks.append(Code(id=f"{identity}-program-{number}", title=f"The program: {name}", text=text))
    decided = _decided(run, identity)
    several = len({verdict.target for verdict in decided}) > 1
    blocks.append(Heading(id=f"{identity}-verdicts", text="What was found"))
    decided = [elsewhere.told(verdict, run, study.runs) for verdict in decided]
    decided = [replace(verdict, on=verdict.target if several else "") for verdict in decided]
    blocks += decided
    blocks += _how_sure(identity, decided)
    if not decided:
        blocks.append(Prose(text="No statement of this question was put to this run.", kind="empty"))
    blocks += drawn_first(panels_of(run, module.panels))
    blocks += tables_of(run, module)
    blocks.append(Heading(id=f"{identity}-evidence", text="What was measured for it"))
    if experiments := _asked_by(run, identity):
        items = tuple(("", f"{experiment.title} ({experiment.tier})") for experiment in experiments)
        blocks.append(Terms(items=items, form="list"))
    blocks.append(_cells(identity, record.name, *_cells_of(run, identity)))
    files: tuple[DataFile, ...] = ()
    if hasattr(module, "files"):
        with study.left_out.apart(f"files of {record.name}"):
            files = module.files(study)
    return Section(
        id=identity, name=record.name, title=f"{record.name} {record.title}", blocks=tuple(blocks), files=files
    )


def stands(run: Run, module: Question) -> bool:
    """Whether the question has a section: of a topic only what was asked, tried or shown."""
    record, identity = module.RECORD, identity_of(module)
    asked = record.always or record.programs or _decided(run, identity) or _cells_of(run, identity)[1]
    return bool(asked or panels_of(run, module.panels) or tables_of(run, module))


def _decided(run: Run, identity: str) -> list[Verdict]:
    return [verdict for verdict in verdicts(run) if verdict.question.lower() == identity]


def _asked_by(run: Run, identity: str) -> list[Experiment]:
    return [experiment for experiment in run.experiments if experiment.question.lower() == identity]


def _cells_of(run: Run, identity: str) -> tuple[list[Summary], list[Summary]]:
    """The cells that the question asked for, and those of them that were tried."""
    own = {experiment.id for experiment in _asked_by(run, identity)}
    cells = [summary for summary in run.summaries if own & set(summary.experiments)]
    return cells, [cell for cell in cells if cell.process_means or cell.state in {"failed", "timed out"}]


def tables_of(run: Run, module: Question) -> tuple[Table, ...]:
    """The tables of every target, of a question that has some; their captions name the target where there are several."""
    if not hasattr(module, "tables"):
        return ()
    several = len(run.targets) > 1
    return tuple(
        replace(table, id=f"{table.id}-t{number}", caption=f"{table.caption} ({target})") if several else table
        for number, target in enumerate(run.targets, 1)
        for table in module.tables(run.of(target))
    )


@functools.lru_cache(maxsize=_MOST_KEPT)
def panels_of(run: Run, panels: Callable[[Evidence], tuple[Panel, ...]]) -> tuple[Panel, ...]:
    """A question's figures of each target; those of the second and the following have the target's number behind their id."""
    return tuple(
        replace(panel, id=f"{panel.id}-t{number}") if number > 1 else panel
        for number, target in enumerate(run.targets, 1)
        for panel in panels(run.of(target))
    )


def drawn_first(panels: Sequence[Panel]) -> Iterator[Panel]:
    """What is shown, then what is not."""
    yield from (panel for panel in panels if not panel.reason)
    yield from (panel for panel in panels if panel.reason)


def _times(number: float | None) -> Item:
    return Item(value=NOT_AVAILABLE if number is None else count(number), sort="" if number is None else repr(number))


def _how_sure(identity: str, decided: Sequence[Verdict]) -> tuple[Table, ...]:
    """What verdicts rest on beside their intervals; where none had a test there is nothing to show."""
    tested = [verdict for verdict in decided if verdict.p_holm is not None]
    table = Table(
        id=f"{identity}-how-sure",
        label="How sure these verdicts are",
        caption="Verdicts beside what equal cells differ by, and beside chance",
        heads=(
            ("Statement", "wide"),
            ("Verdict", "word"),
            ("Number", "num"),
            ("Times what equal cells differ by", "num"),
            ("p (Holm)", "word"),
        ),
        rows=tuple(
            row(
                Item(value=verdict.statement, small=verdict.on),
                Item(value=verdict.decision, decision=verdict.decision),
                verdict.number,
                _times(verdict.times_floor),
                Item(value=chance(verdict.p_holm), sort=repr(verdict.p_holm)),
            )
            for verdict in tested
        ),
        folded=True,
        only="screen",
        notes=("p: of the test against the threshold, corrected for all tests of the question.",),
    )
    return (table,) if tested else ()


def _cells(identity: str, name: str, cells: Sequence[Summary], tried: Sequence[Summary]) -> Table:
    others = len(cells) - len(tried)
    more = f"; {counted(others, 'more was', 'more were')} not, for the reasons given below" if others else ""
    several = len({cell.target for cell in tried}) > 1
    return Table(
        id=f"{identity}-cells",
        caption=f"The cells of {name} that were measured{more}",
        heads=(
            ("Cell", "wide"),
            ("Average", "num"),
            ("Typical", "num"),
            ("Processes", "num"),
            ("Smallest effect of one test", "num"),
        ),
        rows=tuple(
            row(
                Item(value=cell.name, small=_aside(cell, several=several)),
                cell.average,
                cell.typical,
                len(cell.process_means),
                Item(share=cell.smallest_effect),
            )
            for cell in tried
        ),
        empty="No cell of this question is in this run.",
    )


def _aside(cell: Summary, *, several: bool) -> str:
    """The target where there are several, and why there is no number, or none with an interval."""
    why = f"{cell.state}: {cell.reason}" if not cell.done else cell.average.reason
    return " · ".join(text for text in (f"on {cell.target}" if several else "", why) if text)
