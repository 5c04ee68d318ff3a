"""The section of a question: its answer, one figure, plain words, statements; and folded below what they rest on."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from study.blocks import Folded, Item, Panel, Prose, Table, Terms
from study.reports import Section
from study.sections import drifting, elsewhere, spread
from study.sections.claims import verdicts
from study.sections.modules import identity_of
from study.sections.sittings import known_ratios
from study.sections.tables import row
from study.sections.words import Words, lead_of, words_of
from study.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from study.blocks import Block, Verdict
    from study.config import Experiment
    from study.evidence import Evidence, Run, Study, Summary
    from study.reports import DataFile
    from study.sections.modules import Question

_MOST_KEPT = 64
"""Questions of a run whose figures are kept: the self-audit looks at them too."""
_NOTHING = (
    "Nothing was measured for this question in this run. What the documentation says of it stands among the questions people"
    " ask."
)


def section(study: Study, module: Question) -> Section | None:
    """The section, or None of a topic that is not in the run."""
    run, record, identity = study.subject, module.RECORD, identity_of(module)
    if not stands(run, module):
        return None
    panels = list(drawn_first(panels_of(run, module.panels)))
    words = study.left_out.instead(
        f"words of {record.name}", lambda: words_of(run.of(run.targets[0]), identity), lambda _: Words()
    )
    decided = _told(study, identity)
    spread_out = record.always and bool(record.reader)
    lead = None if words.picture else lead_of(panels, words.lead)
    # Two topics stand beside each other.
    drawn = words.picture or (lead if lead is None or spread_out else replace(lead, span="half"))
    experiments = _asked_by(run, identity)
    tables = tables_of(run, module)
    first: tuple[Block, ...] = (drawn,) if drawn else tables
    known = first or any(verdict.measured for verdict in decided)
    nothing = () if known else (Prose(text=_NOTHING, kind="empty"),)
    blocks: tuple[Block, ...] = (
        *nothing,
        *spread.line(decided),
        *first,
        *spread.programs_beside_words(study, identity, record, words),
        *spread.statements(identity, decided),
        *(
            fold if spread_out else replace(fold, small="")  # which is the same of every topic
            for fold in spread.how_sure(
                run, identity, decided, [experiment.id for experiment in experiments], known_ratios(study, run)
            )
        ),
        *spread.further(identity, [panel for panel in panels if panel is not lead], tables if drawn else ()),
        _measured_for_it(identity, record.name, experiments, *_cells_of(run, identity)),
    )
    files: tuple[DataFile, ...] = ()
    if hasattr(module, "files"):
        with study.left_out.apart(f"files of {record.name}"):
            files = module.files(study)
    return Section(
        id=identity,
        name=record.name,
        title=f"{record.name} {record.title}",
        blocks=blocks,
        files=files,
        paper="spread" if spread_out else "topic",
        eyebrow=record.reader,
        answer=words.answer or (drawn.title if drawn else ""),
        lede=words.lede,
    )


def stands(run: Run, module: Question) -> bool:
    """Whether the question has a section: of a topic only what was asked, tried or shown."""
    record, identity = module.RECORD, identity_of(module)
    asked = record.always or record.programs or _decided(run, identity) or _cells_of(run, identity)[1]
    return bool(asked or panels_of(run, module.panels) or tables_of(run, module))


def _told(study: Study, identity: str) -> list[Verdict]:
    """The verdicts, beside those of other runs where these belong to them, and with the interpreter's name where it is needed."""
    run = study.subject
    decided = [elsewhere.told(verdict, run, study.runs) for verdict in _decided(run, identity)]
    several = len({verdict.target for verdict in decided}) > 1
    return [replace(verdict, on=verdict.target if several else "") for verdict in decided]


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


def panel_of(evidence: Evidence, panels: Callable[[Evidence], tuple[Panel, ...]], identity: str) -> Panel | None:
    """The figure of this target that is called so, of a question's; None where it has none."""
    number = evidence.run.targets.index(evidence.target) + 1
    wanted = f"{identity}-t{number}" if number > 1 else identity
    return next((panel for panel in panels_of(evidence.run, panels) if panel.id == wanted), None)


def drawn_first(panels: Sequence[Panel]) -> Iterator[Panel]:
    """What is shown, then what is not."""
    yield from (panel for panel in panels if not panel.reason)
    yield from (panel for panel in panels if panel.reason)


def _measured_for_it(
    identity: str, name: str, experiments: Sequence[Experiment], cells: Sequence[Summary], tried: Sequence[Summary]
) -> Folded:
    """The experiments, and every cell of theirs; folded."""
    items = tuple(("", f"{experiment.title} ({experiment.tier})") for experiment in experiments)
    asked = (Terms(items=items, form="list"),) if items else ()
    return Folded(
        id=f"{identity}-evidence",
        title="What was measured",
        small=counted(len(tried), "cell"),
        blocks=(*asked, _cells(identity, name, cells, tried)),
    )


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
    moves = drifting.mark(cell.process_means) if cell.done else ""
    return " · ".join(text for text in (f"on {cell.target}" if several else "", why, moves) if text)
