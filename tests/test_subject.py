"""Which run the report is about. Every run here is made up, and none lies on the disk unless a test says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study import store
from study.errors import ReportError, UsageError
from study.evidence.subject import MANY, NEAREST, Selection, reported, shown
from study.store import RoundRecord, TargetRecord
from tests.builders import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from study.evidence import Run
    from study.evidence.light import Outline, Stored

EPYC: dict[str, Any] = {"cpu_model": "AMD EPYC", "logical_cpus": 2}
XEON: dict[str, Any] = {"cpu_model": "Intel Xeon", "logical_cpus": 2}


def a_run(
    name: str,
    *,
    cells: int = 500,
    day: int = 1,
    facts: dict[str, Any] | None = None,
    rounds: int = 10,
    bench: str = "now",
    target: str = "one",
    target_facts: dict[str, Any] | None = None,
    **changes: Any,
) -> store.RunFolder:
    """The run 'machine/id' of so many cells, finished on this day of a month that never was."""
    fields: dict[str, Any] = {
        "state": "finished",
        "simulated": False,
        "machine": EPYC if facts is None else facts,
        "started": f"2026-01-{day:02}T00:00:00Z",
        "finished": f"2026-01-{day:02}T01:00:00Z",
        "digests": {"bench": bench, "lock": "l"},
        "targets": [TargetRecord(name=target, facts=target_facts or {})],
        "rounds": [RoundRecord(index=index, attempt=0, order=[], elapsed_s=1.0) for index in range(rounds)],
    }
    made = manifest((), **(fields | changes))
    made.cells = [
        store.CellRecord(
            cell=f"c{index}", curve=0, experiment="q1", asked_by=[], tier="core", target=target, state="done"
        )
        for index in range(cells)
    ]
    return store.RunFolder(Path("results") / name, made)


def stale(manifest: Outline) -> frozenset[tuple[str, str]]:
    """Every cell of a run of another bench than the present one."""
    return frozenset() if manifest.digests["bench"] == "now" else frozenset({("one", "every cell")})


def names(folders: Sequence[store.RunFolder], **choice: Any) -> list[str]:
    return [folder.name for folder in shown(folders, Selection(stale=stale, **choice))]


HOUR = a_run("mine/hour", day=2)
SHORT = a_run("mine/short", cells=35, day=9)


def test_two_minutes_of_one_question_do_not_take_the_page_from_the_hour() -> None:
    assert names([SHORT, HOUR], own=("mine",)) == ["mine/hour"]


def test_on_a_new_machine_the_page_is_about_it_and_not_about_a_fuller_strangers() -> None:
    strangers = [a_run("kvm/hour", day=20, facts=XEON), a_run("vm/hour", day=21, facts=XEON | {"logical_cpus": 16})]
    assert names([*strangers, SHORT], own=("mine",))[0] == "mine/short"
    quick = a_run("mine/quick", cells=9, rounds=5, quick=True)
    assert names([*strangers, quick], own=("mine",))[0] == "mine/quick"


def test_a_stranger_with_equal_hardware_is_a_stranger() -> None:
    assert names([a_run("kvm/hour", day=20), SHORT], own=("mine",))[0] == "mine/short"


def test_a_machine_that_was_renamed_keeps_its_fullest_run_and_its_name_on_other_hardware_does_not_count() -> None:
    fuller = a_run("before/hour", day=2)
    assert names([fuller, SHORT], own=("mine", "before"))[0] == "before/hour"
    assert names([a_run("kvm/hour", day=20), SHORT], own=("without-a-run-yet", "mine"))[0] == "mine/short"
    other = a_run("mine/other", cells=600, day=1, facts=XEON)
    assert names([other, SHORT], own=("mine",))[0] == "mine/short"


def test_where_no_machine_is_this_one_the_fullest_run_leads() -> None:
    assert names([SHORT, a_run("kvm/hour", facts=XEON)])[0] == "kvm/hour"


@pytest.mark.parametrize(
    "lesser",
    [
        {"simulated": True, "machine": {"simulated": True}},
        {"rounds": 9, "quick": True},
        {"rounds": 5},  # it does not say that it is quick
        {"state": "measuring", "finished": ""},
        {"bench": "before"},
        {"finished": "9999-12-31T23:59:59Z"},
        {"finished": "yesterday"},
        {"started": "2026-01-21T00:00:00Z"},  # ended before it began
    ],
    ids=str,
)
def test_no_lesser_run_takes_the_page_over_however_full_and_new_it_is(lesser: dict[str, Any]) -> None:
    odd = a_run("mine/odd", cells=900, **({"day": 20} | lesser))
    for own in ((), ("mine",)):
        assert names([odd, HOUR], own=own)[0] == "mine/hour"
        assert names([odd], own=own) == ["mine/odd"]  # there is no better one


def test_made_up_times_under_this_machines_name_do_not_hide_a_strangers_measured_ones() -> None:
    fake = a_run("mine/fake", cells=900, simulated=True, facts={"simulated": True})
    assert names([fake, a_run("kvm/hour", facts=XEON)], own=("mine",))[0] == "kvm/hour"


def test_a_run_of_newer_code_takes_the_place_of_a_fuller_one_of_older_code() -> None:
    assert names([a_run("mine/old", bench="before", day=1), SHORT], own=("mine",))[0] == "mine/short"


def test_the_others_follow_machine_by_machine_newest_first_and_each_build_of_a_name_has_its_own() -> None:
    debug = {"config_args": ["--with-pydebug"]}
    runs = [
        HOUR,
        a_run("mine/earlier", day=1, facts=XEON),
        a_run("vm/a", day=5, facts=XEON | {"logical_cpus": 16}),
        a_run("mine/debug", day=4, target_facts=debug),
    ]
    assert names(runs, own=("mine",)) == ["mine/hour", "mine/debug", "vm/a", "mine/earlier"]
    again = a_run("vm/again", day=1, facts=XEON | {"logical_cpus": 16}, target="two")
    assert names([*runs, again], own=("mine",)) == ["mine/hour", "mine/debug", "vm/a", "vm/again", "mine/earlier"]


def test_of_very_many_machines_those_that_are_most_like_the_first_are_shown() -> None:
    far = [a_run(f"far{number}/run", day=20, facts={"cpu_model": f"Other {number}"}) for number in range(MANY)]
    near = [
        a_run(f"near{number}/run", day=number + 1, facts=EPYC | {"memory_bytes": 1 << (30 + number)})
        for number in range(3)
    ]
    few = a_run("near9/run", day=25, cells=3, facts=EPYC | {"memory_bytes": 1 << 40})
    found = names([HOUR, *far, *near, few], own=("mine",))
    assert found[0] == "mine/hour"
    assert len(found) == 1 + NEAREST
    assert {"near0/run", "near1/run", "near2/run", "near9/run"} < set(found)
    assert names([HOUR, *far[: MANY - 1]], own=("mine",)) == ["mine/hour", *names(far[: MANY - 1])]


@given(st.permutations(range(6)))
@settings(max_examples=50)
def test_the_choice_does_not_depend_on_the_order_of_the_runs(order: list[int]) -> None:
    runs = [HOUR, SHORT, a_run("kvm/a", facts=XEON), a_run("kvm/b", facts=XEON), a_run("x/s", facts={}), a_run("y/s")]
    assert names([runs[index] for index in order]) == names(runs)


def test_what_is_asked_for_leads_and_of_a_machine_its_best_run() -> None:
    runs = [HOUR, SHORT, a_run("kvm/a", facts=XEON), a_run("kvm/b", cells=3, facts=XEON)]
    assert names(runs, own=("mine",), about=frozenset({SHORT.path}))[:2] == ["mine/short", "mine/hour"]
    kvm = frozenset(run.path for run in runs if run.machine == "kvm")
    assert names(runs, own=("mine",), about=kvm)[0] == "kvm/a"


def analysed(folder: Stored) -> Run | None:
    return None if folder.id.startswith("broken") else cast("Run", folder.name)


def test_the_next_best_takes_the_place_of_a_run_that_cannot_be_read() -> None:
    broken = [a_run(f"mine/broken{number}", cells=900 + number) for number in range(3)]
    found = reported([*broken, SHORT, HOUR], Selection(stale=stale, own=("mine",)), analysed)
    assert [str(run) for run in found.runs] == ["mine/hour"]
    assert reported([], Selection(stale=stale), analysed).runs == ()
    with pytest.raises(ReportError, match="names no run that can be reported"):
        reported([*broken, HOUR], Selection(stale=stale, about=frozenset({broken[0].path})), analysed)


@pytest.mark.parametrize(
    ("own", "about", "words"),
    [
        (("mine",), None, "run hour, this machine's fullest run of the present code; 1 other run is stored"),
        ((), None, "run hour, the fullest run of the present code that is stored"),
        ((), frozenset({SHORT.path}), "run short, asked for with --about"),
    ],
)
def test_the_page_says_what_it_is_about_and_that_there_is_more(own: Any, about: Any, words: str) -> None:
    choice = Selection(stale=stale, own=own, about=about)
    assert words in reported([HOUR, SHORT], choice, analysed).why


def test_a_name_that_is_not_there_is_answered_with_the_nearest_and_with_what_there_is(tmp_path: Path) -> None:
    made = store.RunFolder.create(tmp_path, "laptop", manifest())
    other = store.RunFolder.create(tmp_path, "server", manifest())
    assert store.runs_named(tmp_path, "laptop") == [made.path]
    assert store.runs_named(tmp_path, f"server/{other.id}") == [other.path]
    for about, words in (
        ("labtop", "did you mean 'laptop'"),
        ("zzz", "there are laptop, server"),
        (f"laptop/{made.id[:-1]}", f"did you mean '{made.id}'"),
        ("../laptop", "no run of a machine of that name"),
    ):
        with pytest.raises(UsageError, match=words):
            store.runs_named(tmp_path, about)
