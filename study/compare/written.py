"""Comparisons as Markdown to paste, JSON for programs, and CSV for tables."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

from study.compare.comparison import of_kinds
from study.compare.shown import cells_shown, divided_by, plain_ratio, ratio_estimate, word_of
from study.compare.told import coverage, headline, level, moves, ratio_of, side_line
from study.errors import printable
from study.identity import fingerprint, traits_digest
from study.units import brief, count, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from study.compare.agreement import Agreement
    from study.compare.called import Alike, Compared, Ratio
    from study.compare.comparison import Comparison
    from study.compare.ladder import Side
    from study.compare.shown import Show
    from study.exits import Ending

SCHEMA = 1
COLUMNS = (
    "baseline", "other", "cell", "words", "kind", "unit", "a", "b", "n_a", "n_b", "ratio", "low", "high", "against_ratio",
    "against_low", "against_high", "called", "smallest_visible", "spoken_for", "chance", "fails",
)  # fmt: skip
"""Of the CSV; `a` and `b` are geometric means over processes."""


def json_of(
    found: Sequence[tuple[Comparison, Agreement | None, Sequence[str]]], ending: Ending | None, limit: float | None
) -> str:
    """Everything that was found, for a program."""
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "baseline": _side(found[0][0].first),
        "comparisons": [_comparison(made, agreed, notes) for made, agreed, notes in found],
        "limit": limit,
        "gate": ending,
    }
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def csv_of(found: Sequence[Comparison]) -> str:
    """A line for each cell of each comparison."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for made in found:
        for cell in made.cells:
            data = _cell(cell)
            against = data.pop("against_others") or {"ratio": None, "low": None, "high": None}
            n_a, n_b = data.pop("n")
            row = {**data, "n_a": n_a, "n_b": n_b, **{f"against_{name}": value for name, value in against.items()}}
            row |= {"baseline": made.first.name, "other": made.second.name}
            writer.writerow(["" if row[name] is None else row[name] for name in COLUMNS])
    return out.getvalue()


def markdown_of(
    found: Sequence[tuple[Comparison, Agreement | None, Sequence[str]]], ending: Ending | None, show: Show
) -> str:
    """A comparison to be pasted into a pull request."""
    blocks = []
    for made, agreed, notes in found:
        blocks += list(_blocks(made, agreed, notes, show))
    if ending is not None:
        blocks.append(f"**gate: {ending}**")
    return "\n\n".join(blocks) + "\n"


def _blocks(made: Comparison, agreed: Agreement | None, notes: Sequence[str], show: Show) -> Iterator[str]:
    yield f"### {_inline(made.first.name)} → {_inline(made.second.name)}: {made.comparability.standing}"
    yield _inline(headline(made))
    yield "\n".join(f"- {_inline(line)}" for line in (side_line("A", made.first), side_line("B", made.second), *notes))
    yield _inline(coverage(made))
    if made.alike is not None:
        middle = brief(ratio_estimate(made.alike.ratio, made.alike.cells), 3)
        yield _inline(f"B takes {middle} of A in the middle cell; {moves(made)}")
    if made.kinds:
        head = ("kind", "cells", "B ÷ A", "least", "most")
        rows = [
            (kind.words, count(kind.cells), *(brief(plain_ratio(ratio), 3) for ratio in kind[2:]))
            for kind in of_kinds(made.cells, divided_by(made, show))
        ]
        yield _table(head, rows)
    cells = cells_shown(made, show)
    if cells:
        rows = [
            (cell.both.words, level(cell, 0), level(cell, 1), ratio_of(cell, made, show), word_of(cell))
            for cell in cells
        ]
        yield _table(("cell", "A", "B", "B ÷ A", ""), rows)
    if agreed is not None and agreed.decided:
        differ = ", ".join(odd.claim for odd in agreed.differ)
        beside = f" Differ: {_inline(differ)}." if differ else ""
        decided = counted(agreed.decided, "statement is", "statements are")
        yield f"{decided} decided on both, {count(agreed.agree)} alike.{beside}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_inline, line)) + " |" for line in lines)


def _inline(text: str) -> str:
    """Text from results as text: nothing in it is markup."""
    plain = printable(text.replace("\u202f", " "), 2000)
    for letter, shown in (
        ("\\", "\\\\"),
        ("|", "\\|"),
        ("<", "&lt;"),
        ("`", "\\`"),
        ("*", "\\*"),
        ("[", "\\["),
        ("_", "\\_"),
    ):
        plain = plain.replace(letter, shown)
    return plain


def _side(side: Side) -> dict[str, Any]:
    head = side.run.head
    return {
        "machine": side.run.machine,
        "run": side.run.id,
        "target": side.target,
        "fingerprint": traits_digest(fingerprint(head.machine)),
        "ended": head.ended,
        "rounds": head.rounds,
        "disturbed_rounds": head.disturbed_rounds,
        "quick": head.quick,
        "simulated": head.simulated,
        "contributed": side.run.contributed,
    }


def _comparison(made: Comparison, agreed: Agreement | None, notes: Sequence[str]) -> dict[str, Any]:
    shared, alarms = made.common, made.alarms
    return {
        "verdict": made.comparability.standing,
        "says": made.comparability.says,
        "other": _side(made.second),
        "target": made.first.target,
        "facts": [
            {"fact": fact.fact, "kind": fact.about, "a": fact.first, "b": fact.second}
            for fact in made.comparability.facts
        ],
        "notes": list(notes),
        "coverage": {
            "both": len(shared.both),
            "only_a": shared.only_first,
            "only_b": shared.only_second,
            "other_programs": shared.other_programs,
            "other_loops": shared.other_loops,
        },
        "middle": _middle(made.alike, made),
        "kinds": [
            {"kind": kind.words, "cells": kind.cells, "median": kind.middle, "low": kind.least, "high": kind.most}
            for kind in made.kinds
        ],
        "cells": [_cell(cell) for cell in made.cells],
        "uncalled": made.uncalled,
        "left_open": made.left_open,
        "answers": None
        if agreed is None
        else {
            "decided": agreed.decided,
            "agree": agreed.agree,
            "differ": [
                {"claim": odd.claim, "a": odd.first.decision, "b": odd.second.decision} for odd in agreed.differ
            ],
        },
        "false_alarms": None
        if alarms is None
        else {
            "pairs": alarms.pairs,
            "runs": alarms.runs,
            "failed": alarms.false.point,
            "failed_at_most": alarms.false.high,
            "found": alarms.found.point,
            "spoken_for": alarms.spoken,
            "cells": alarms.cells,
        },
        "chance": made.chance,
        "gate": made.gate,
    }


def _middle(alike: Alike | None, made: Comparison) -> dict[str, Any] | None:
    if alike is None:
        return None
    between = [None if side.movement is None else side.movement.most - 1.0 for side in made.earlier]
    moved = {"a": between[0], "b": between[1]}
    return {**_numbers(alike.ratio), "cells": alike.cells, "beyond_own_movement": alike.moved, "between_runs": moved}


def _cell(cell: Compared) -> dict[str, Any]:
    both = cell.both
    return {
        "cell": both.text,
        "words": both.words,
        "kind": both.kind,
        "unit": both.unit,
        "a": math.exp(both.first.mean),
        "b": math.exp(both.second.mean),
        "n": [both.first.processes, both.second.processes],
        **_numbers(cell.ratio),
        "against_others": None if cell.against is None else _numbers(cell.against),
        "called": word_of(cell) or None,
        "smallest_visible": cell.smallest,
        "spoken_for": cell.spoken,
        "chance": cell.chance,
        "fails": cell.fails,
    }


def _numbers(ratio: Ratio) -> dict[str, float | None]:
    low, high = (end if end is not None and math.isfinite(end) else None for end in (ratio.low, ratio.high))
    return {"ratio": ratio.point, "low": low, "high": high}
