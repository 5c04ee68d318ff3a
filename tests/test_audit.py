"""Every rule of the self-audit passes where all is as it should be, and fails where it is not. Every number is made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np
import pytest

from study import checks, stats
from study.blocks import Panel, PanelPoint, Table, Terms
from study.cell import Cell
from study.config import parse_claims
from study.evidence.apart import LeftOut
from study.evidence.summaries import summaries
from study.findings import Check
from study.sections import method
from study.sections.allocations import Allocation
from study.sections.audit import LEAST_TESTS, Audited, audit
from study.sections.claims import of_target
from study.sections.sittings import Held, NextRun
from study.sections.speedups import speedups
from study.store import CellRecord, TargetRecord
from study.things.looks import SAME
from tests.made import Made
from tests.made_up_run import TARGET, measured, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from study.config import Claim
    from study.evidence import Run, Study, Summary
    from study.findings import Estimate

LOOP = Cell(pattern="map", kernel="fannkuch", tasks=4)
POOL = replace(LOOP, backend="pool", start_method="fork", workers=2)
BUSY = Cell(pattern="capacity", kernel="fannkuch", backend="processes", start_method="fork", tasks=4, part="busy")
CELLS = (LOOP, POOL, BUSY, replace(BUSY, workers=2), replace(BUSY, workers=2, part="skew"))
CLAIM = """
[[claim]]
id = "c{number}"
question = "Q1"
statement = "s"
estimand = "ratio"
of = {{ pattern = "map", kernel = "fannkuch", tasks = 4 }}
to = {{ pattern = "map", kernel = "fannkuch", backend = "pool", start_method = "fork", workers = 2, tasks = 4 }}
direction = "above"
threshold = 1.{number}
because = "so it is asked"
finding = "{{ratio}}"
"""
MEANS = [1.0, 1.02, 0.99, 1.01, 1.0, 1.03, 0.98, 1.005]


def as_it_should_be() -> Audited:
    """A run of a few cells of which nothing is wrong, and what a report says of it."""
    factors = dict(zip(CELLS, (4.0, 2.0, 1.0, 1.0, 0.1), strict=True))
    cells = [
        measured(cell, [factor * mean for mean in np.roll(MEANS, index)])
        for index, (cell, factor) in enumerate(factors.items())
    ]
    made = run(
        cells,
        simulated=False,
        commit="0123456789abcdef",
        dirty=False,
        machine={"aslr": 2, "cpu_model": "Quick 9", "kernel": "6.1", "numa_nodes": None},
        targets=[TargetRecord(name=TARGET, facts={"hash_randomization": True})],
    )
    records = [
        CellRecord(
            cell=cell.text, curve=0, experiment="x", asked_by=["x"], tier="core", target=TARGET, state="done", loops=1
        )
        for cell in CELLS
    ]
    made = replace(made, summaries=summaries(records, made.cells, {}))
    claims = parse_claims("schema = 1\n" + "".join(CLAIM.format(number=number) for number in range(1, 1 + LEAST_TESTS)))
    made = replace(made, claims=claims)
    return Audited(
        run=made,
        verdicts=of_target(claims, made.of(TARGET)),
        scaling=speedups(made.of(TARGET)),
        panels=(panel(stats.average(MEANS, "s"), MEANS),),
        checks=(check(checks.TIMER),),
        allocations=(Allocation(noise_class="compute", cells=2, relative_efficiency=0.9, ends=(0.82, 1.0)),),
        doi="10.5281/zenodo.1",
        following=NextRun(5, Held(60, 100), Held(90, 100), Held(80, 100)),
    )


def panel(estimate: Estimate, means: list[float], x: float | None = 1.0) -> Panel:
    point = PanelPoint(names=("a",), look=SAME, estimate=estimate, means=tuple(means), x=x)
    return Panel(
        id="p", title="t", side_by_side="nothing", subtitle="s", kind="curves", heads=("what",), points=(point, point)
    )


def check(name: str, *, passed: bool = True) -> Check:
    return Check(name=name, passed=passed, message="m", threshold="t", source="s", remedy="r")


def cell_changed(shown: Audited, change: Callable[[Summary], Summary]) -> Audited:
    """The first cell's summary changed."""
    first, *others = shown.run.summaries
    return replace(shown, run=replace(shown.run, summaries=(change(first), *others)))


def verdict_changed(shown: Audited, **changes: Any) -> Audited:
    first, *others = shown.verdicts
    return replace(shown, verdicts=(replace(first, **changes), *others))


def run_changed(shown: Audited, **changes: Any) -> Audited:
    return replace(shown, run=replace(shown.run, **changes))


def manifest_changed(shown: Audited, **changes: Any) -> Audited:
    return run_changed(shown, manifest=msgspec.structs.replace(shown.run.manifest, **changes))


def rows_changed(shown: Audited, **changes: Any) -> Audited:
    return replace(shown, scaling=tuple(replace(row, **changes) for row in shown.scaling))


def geometric(estimate: Estimate) -> Estimate:
    """The same number, which says that it was averaged on a logarithmic scale."""
    return replace(estimate, estimand="ratio of geometric means")


def ratios(shown: Audited) -> NDArray[np.float64]:
    """Round by round."""
    of, to = (shown.run.cells[TARGET, cell.text].means for cell in (LOOP, POOL))
    return np.asarray(of / to)


def without_reason(claim: Claim) -> Claim:
    return msgspec.structs.replace(claim, because="")


def moved(estimate: Estimate | None, **ends: float) -> Estimate:
    assert estimate is not None
    return replace(estimate, **ends)  # type: ignore[arg-type]


def without(estimate: Estimate) -> Estimate:
    """No number, and nobody says why."""
    return replace(estimate, point=None, low=None, high=None, method="")


def bare(estimate: Estimate) -> Estimate:
    """A number without an interval, and nobody says why."""
    return replace(estimate, low=None, high=None)


WRONG: tuple[tuple[str, Callable[[Audited], Audited]], ...] = (
    ("R1", lambda shown: rows_changed(shown, base_s=without(shown.scaling[0].base_s))),
    ("R2", lambda shown: cell_changed(shown, lambda cell: replace(cell, state="failed", reason=""))),
    ("R3", lambda shown: replace(shown, panels=(panel(geometric(stats.average(MEANS, "s")), MEANS),))),
    ("R3", lambda shown: cell_changed(shown, lambda cell: replace(cell, average=geometric(cell.average)))),
    ("R4", lambda shown: verdict_changed(shown, average=stats.average(ratios(shown), "ratio"))),
    ("R4", lambda shown: rows_changed(shown, speedup=stats.average(ratios(shown), "ratio"))),
    ("R4", lambda shown: rows_changed(shown, efficiency=stats.average(ratios(shown), "share"))),
    ("R4", lambda shown: replace(shown, panels=(panel(stats.average(MEANS, "CPU"), MEANS),))),
    ("R5", lambda shown: verdict_changed(shown, average=bare(shown.verdicts[0].average))),
    ("R5", lambda shown: rows_changed(shown, karp_flatt=bare(shown.scaling[0].karp_flatt))),
    ("R5", lambda shown: replace(shown, panels=(panel(replace(bare(stats.average(MEANS, "s")), reason="r"), MEANS),))),
    ("R6", lambda shown: verdict_changed(shown, typical=moved(shown.verdicts[0].typical, low=0.9))),
    ("R6", lambda shown: verdict_changed(shown, typical=None)),
    (
        "R6",
        lambda shown: verdict_changed(
            shown, average=moved(shown.verdicts[0].average, low=0.1, point=0.2, high=0.3), decision="refuted"
        ),
    ),
    ("R7", lambda shown: verdict_changed(shown, paired=False)),
    ("R7", lambda shown: verdict_changed(shown, p_holm=None)),
    ("R8", lambda shown: cell_changed(shown, lambda cell: replace(cell, average=stats.average([9.0] * 8, "s")))),
    ("R9", lambda shown: manifest_changed(shown, machine={**shown.run.manifest.machine, "kernel": None})),
    (
        "R10",
        lambda shown: run_changed(shown, summaries=[cell for cell in shown.run.summaries if cell.cell.part != "skew"]),
    ),
    ("R11", lambda shown: rows_changed(shown, capacity=without(shown.scaling[0].capacity))),
    (
        "R11",
        lambda shown: replace(
            shown, scaling=(*shown.scaling, replace(shown.scaling[0], capacity=without(shown.scaling[0].capacity)))
        ),
    ),
    ("R12", lambda shown: replace(shown, panels=(panel(stats.average(MEANS, "s"), MEANS, x=None),))),
    ("Repetition", lambda shown: replace(shown, allocations=(replace(shown.allocations[0], ends=(0.6, 0.79)),))),
    ("The machine", lambda shown: run_changed(shown, disturbed_rounds=1)),
    ("The machine", lambda shown: replace(shown, checks=(*shown.checks, check("power", passed=False)))),
    ("The set-up", lambda shown: manifest_changed(shown, machine={**shown.run.manifest.machine, "aslr": 0})),
    (
        "The set-up",
        lambda shown: manifest_changed(shown, targets=[TargetRecord(name=TARGET, facts={"hash_randomization": False})]),
    ),
    ("Claims", lambda shown: run_changed(shown, claims=tuple(map(without_reason, shown.run.claims)))),
    ("Available", lambda shown: replace(shown, doi="")),
    ("Functional", lambda shown: manifest_changed(shown, dirty=True)),
    ("The interval", lambda shown: replace(shown, following=NextRun(5, Held(90, 100), Held(89, 100)))),
    ("Functional", lambda shown: manifest_changed(shown, commit="")),
    ("Functional", lambda shown: manifest_changed(shown, state="measuring")),
    ("Functional", lambda shown: run_changed(shown, stale=frozenset({("one", "c")}))),
)
"""Beginning of a rule, and what breaks it alone."""
WRONG_TOGETHER: tuple[tuple[str, Callable[[Audited], Audited]], ...] = (
    ("Timer", lambda shown: replace(shown, checks=(check(checks.TIMER, passed=False),))),
    ("The set-up", lambda shown: run_changed(shown, cells={})),
)
"""The same where another rule breaks too."""


def failing(shown: Audited) -> list[str]:
    return [row.rule for row in audit(shown) if row.outcome == "fail"]


def test_where_all_is_as_it_should_be_every_rule_passes() -> None:
    rows = audit(as_it_should_be())
    assert [row for row in rows if row.outcome != "pass"] == []
    assert len({row.rule for row in rows}) == len(rows) == 20
    assert all(row.source and row.evidence for row in rows)


@pytest.mark.parametrize(("rule", "change"), WRONG, ids=[f"{index}-{rule}" for index, (rule, _) in enumerate(WRONG)])
def test_a_rule_fails_where_it_is_broken_and_no_other_does(rule: str, change: Callable[[Audited], Audited]) -> None:
    (broken,) = failing(change(as_it_should_be()))
    assert broken.startswith(rule)


@pytest.mark.parametrize(("rule", "change"), WRONG_TOGETHER, ids=[rule for rule, _ in WRONG_TOGETHER])
def test_a_rule_fails_where_it_is_broken_beside_others(rule: str, change: Callable[[Audited], Audited]) -> None:
    assert any(broken.startswith(rule) for broken in failing(change(as_it_should_be())))


def test_no_rule_is_without_a_way_to_break_it() -> None:
    ways = tuple(rule for rule, _ in (*WRONG, *WRONG_TOGETHER))
    assert all(row.rule.startswith(ways) for row in audit(as_it_should_be()))


@pytest.mark.parametrize("following", [None, NextRun(1, Held(0, 0), Held(0, 0)), NextRun(4, Held(1, 9), Held(0, 0))])
def test_with_too_few_sittings_it_is_not_shown_that_an_interval_holds_the_next_run(following: NextRun | None) -> None:
    (judged,) = [row for row in audit(replace(as_it_should_be(), following=following)) if "next run" in row.rule]
    assert (judged.outcome, judged.evidence.endswith("not shown")) == ("not applicable", True)


def test_what_a_perfect_interval_of_one_sitting_would_hold_stands_beside_what_it_held() -> None:
    following = NextRun(5, Held(49, 100), Held(95, 100), still=0.83)
    (judged,) = [row for row in audit(replace(as_it_should_be(), following=following)) if "next run" in row.rule]
    assert "holds another's mean in 49 % (83 % where nothing moves)" in judged.evidence


def test_what_is_not_measured_is_told_apart_from_what_has_intervals_and_is_not_averaged() -> None:
    judged = {row.rule.partition(":")[0]: row for row in audit(as_it_should_be())}
    assert ("measured" in judged["R4"].rule, "measured" in judged["R5"].rule) == (True, True)
    assert judged["R4"].evidence.endswith("those of predictions and of runs that are compared are not of it")
    assert judged["R5"].evidence.endswith("models and predictions are not among them")


def test_reasons_that_only_repeat_the_statement_are_counted_apart() -> None:
    def restated(claim: Claim) -> Claim:
        return msgspec.structs.replace(claim, threshold=10.0, because="the statement says ten times")

    shown = as_it_should_be()
    changed = run_changed(shown, claims=tuple(map(restated, shown.run.claims)))
    (judged,) = [row for row in audit(changed) if row.rule.startswith("Claims")]
    typed = [claim for claim in shown.run.claims if claim.direction in {"above", "below"}]
    assert typed
    assert judged.evidence.endswith(f"0 without a reason, {len(typed)} with none but that the statement says so")


def test_what_there_is_nothing_of_is_not_judged() -> None:
    shown = replace(as_it_should_be(), scaling=(), verdicts=(), panels=(), checks=(), allocations=())
    rules = {row.rule.partition(":")[0] for row in audit(run_changed(shown, summaries=())) if row.outcome[:3] == "not"}
    assert rules >= {"R1", "R3", "R4", "R6", "R7", "R8", "R11", "R12", "Timer"}


@pytest.mark.parametrize("ends", [(0.7, 0.97), None])
def test_a_plan_that_may_be_as_good_as_promised_or_not_is_not_judged(ends: tuple[float, float] | None) -> None:
    shown = as_it_should_be()
    worse = replace(shown.allocations[0], noise_class="start", relative_efficiency=0.83, ends=ends)
    (judged,) = [
        row
        for row in audit(replace(shown, allocations=(*shown.allocations, worse)))
        if row.rule.startswith("Repetition")
    ]
    assert judged.outcome.startswith("not")
    assert "83 % as efficient as the optimum for the class where it is worst, start, " in judged.evidence
    assert judged.evidence.endswith("of too few rounds" if ends is None else "70 % to 97 % as far as its rounds tell")


def test_a_simulated_run_is_not_audited() -> None:
    assert audit(manifest_changed(as_it_should_be(), simulated=True)) == ()


def test_few_comparisons_need_no_correction() -> None:
    shown = as_it_should_be()
    few = replace(shown, verdicts=shown.verdicts[: LEAST_TESTS - 1])
    assert failing(verdict_changed(few, p_holm=None)) == []


# The section that it stands in


def section_of(made: Run, root: Path) -> dict[str, Table]:
    """Tables of the method by id."""
    study = Made(sound=(), subject=made, root=root, lock_digest="0123456789abcdef0123", left_out=LeftOut())
    blocks = method.section(cast("Study", study)).blocks
    return {block.id: block for block in blocks if isinstance(block, Table)}


def test_the_audit_shows_failures_first_and_counts_them(tmp_path: Path) -> None:
    found = section_of(as_it_should_be().run, tmp_path)["audit-table"]
    outcomes = [str(row[0].value) for row in found.rows]
    failed = outcomes.count("fail")
    assert failed > 0
    assert outcomes == sorted(outcomes, key=("fail", "pass", "not applicable").index)
    assert found.caption == f"Self-audit: 20 rules, {failed} failed"


@pytest.mark.parametrize(
    ("text", "outcome"), [("doi: 10.5281/zenodo.1\n", "pass"), ("doi:\n", "fail"), ("title: a doi: b\n", "fail")]
)
def test_an_archive_is_what_the_citation_names(text: str, outcome: str, tmp_path: Path) -> None:
    (tmp_path / method.CITATION).write_text("cff-version: 1.2.0\n" + text, encoding="utf-8")
    rows = section_of(as_it_should_be().run, tmp_path)["audit-table"].rows
    (found,) = [row for row in rows if str(row[1].value).startswith("Available")]
    assert found[0].value == outcome


def test_the_method_says_how_rare_a_kind_of_process_may_be_to_be_missed(tmp_path: Path) -> None:
    made = replace(as_it_should_be().run, rounds=10)
    study = Made(sound=(), subject=made, root=tmp_path, lock_digest="0", left_out=LeftOut())
    (rules,) = [block for block in method.section(cast("Study", study)).blocks if isinstance(block, Terms)]
    said = dict(rules.items)["Rare kinds of process."]
    assert said.startswith("Of a kind of process that fewer than 31 % are, 10 processes of a cell draw none")


def test_how_numbers_were_made_is_counted_by_estimand_and_method(tmp_path: Path) -> None:
    rows = [[item.value for item in row] for row in section_of(as_it_should_be().run, tmp_path)["methods-table"].rows]
    (made,) = [(str(method), number) for kind, method, number in rows if kind == "average"]
    assert made[0].startswith("arithmetic mean over fresh processes, Student's t on 7 degrees of freedom")
    assert made[1] == len(CELLS)
    assert rows == sorted(rows, key=lambda row: row[:2])


def test_what_a_run_is_says_its_seed_and_how_many_rounds_were_disturbed(tmp_path: Path) -> None:
    made = replace(as_it_should_be().run, disturbed_rounds=3)
    facts = {str(row[0].value): row[1].value for row in section_of(made, tmp_path)["run-facts"].rows}
    assert facts["rounds"] == "8, of which 3 stayed disturbed"
    assert facts["commit of the study"] == "0123456789abcdef"
    assert facts["digest of the locked dependencies"] == "0123456789abcdef …"
    assert facts["budget"] == "10 min 0 s"
