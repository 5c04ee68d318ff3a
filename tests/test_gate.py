"""The gate on a made-up machine: what it decides, when it stops, how it goes on, what it writes."""

from __future__ import annotations

import io
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from study import cli, store
from study.errors import ResultsError, UsageError
from study.evidence import subject
from study.evidence.run import run_of
from study.gate import GateWish, gate, json_of, junit_of, markdown_of, table_of
from study.gate.decided import Alone, Decided, decided, standing
from study.gate.measured import Gated, of_run
from study.progress import Progress
from study.run import Wishes, arms, looks
from study.run.gate_arms import AGAIN_EVERY
from study.sections.head import badges
from study.stats import sequential
from study.store import manifest as manifests

if TYPE_CHECKING:
    from pathlib import Path

    from study.run.looks import Means

ROOT = cli.ROOT
GATE = store.GateRecord(
    base="b-base", head="h-head", again="b-base-again", limit=0.1, same=0.05, looks=list(sequential.LOOKS)
)


def wishes(results: Path, budget_s: float = 1800.0, **more: object) -> Wishes:
    return replace(
        Wishes(root=ROOT, results=results, budget_s=budget_s, only="q3", simulated=True, seed=2),
        **more,  # type: ignore[arg-type]
    )


def quiet() -> Progress:
    return Progress(stream=io.StringIO())


def means(ratios: dict[str, float], rounds: int = 160, spread: float = 0.02) -> Means:
    """Times of cells whose head takes so many times as long."""
    rng = np.random.default_rng(5)
    found: Means = {}
    for cell, ratio in ratios.items():
        for target, times in ((GATE.base, 1.0), (GATE.head, ratio), (GATE.again, 1.0)):
            step = AGAIN_EVERY if target == GATE.again else 1
            found[target, cell] = {n: float(times * rng.lognormal(0.0, spread)) for n in range(0, rounds, step)}
    return found


SORT = "map kernel=sort tasks=4"


def exactly(ratio: float, rounds: int, spread: float) -> Means:
    """Times of one cell whose head takes exactly so many times as long, as the geometric mean over the rounds."""
    found = means({SORT: ratio}, rounds=rounds, spread=spread)
    base, head = (np.log(list(found[target, SORT].values())) for target in (GATE.base, GATE.head))
    off = float((head - base).mean()) - math.log(ratio)
    found[GATE.head, SORT] = {index: time * math.exp(-off) for index, time in found[GATE.head, SORT].items()}
    return found


CELLS = {"map kernel=fannkuch tasks=4": 1.2, "map kernel=nbody tasks=4": 1.0, "map kernel=sort tasks=4": 1.07}


@pytest.fixture(scope="module")
def slowed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Gated, Path]:
    results = tmp_path_factory.mktemp("slowed")
    return gate(wishes(results), GateWish(slowed=0.2), quiet()), results


def words(found: Decided) -> dict[str, str]:
    return {cell.cell: cell.word for cell in found.cells}


def test_each_cell_has_its_word() -> None:
    found = decided(means(CELLS), GATE, 160)
    assert list(words(found).values()) == ["slower", "the same", "slower"]
    assert [cell.ratio for cell in found.cells] == pytest.approx(list(CELLS.values()), rel=0.03)


def test_slower_by_less_than_the_limit_is_told_and_passes() -> None:
    assert decided(means({"map kernel=sort tasks=4": 1.07}), GATE, 160).verdict == "pass"
    assert decided(means({"map kernel=sort tasks=4": 1.2}), GATE, 160).verdict == "slower"


def test_what_could_not_have_seen_the_limit_is_blind() -> None:
    assert decided(means({"map kernel=sort tasks=4": 1.0}, rounds=10, spread=0.5), GATE, 10).verdict == "blind"


def test_arms_with_no_cell_in_common_cannot_be_compared() -> None:
    alone = {key: rounds for key, rounds in means(CELLS).items() if key[0] != GATE.head}
    assert decided(alone, GATE, 160).verdict == "not comparable"


def test_what_was_decided_stays_whatever_is_measured_after_it() -> None:
    found = means({"map kernel=sort tasks=4": 1.2})
    first = decided(found, GATE, 10)
    for index in range(10, 160):
        found[GATE.head, "map kernel=sort tasks=4"][index] = 0.1
    assert decided(found, GATE, 160).cells == first.cells


@pytest.mark.parametrize(
    ("ratio", "spread", "rounds", "word", "verdict", "said"),
    [
        (1.3, 0.02, 10, "slower", "slower", "slower"),
        (1.12, 0.05, 40, "slower", "slower", "slower, perhaps by less than 10 %"),
        (1.085, 0.05, 40, "slower", "blind", "slower, perhaps by more than 10 %"),
        (1.06, 0.02, 10, "slower", "pass", "slower, not by more than 10 %"),
        (1.0, 0.01, 10, "the same", "pass", "the same within 5 %"),
    ],
)
def test_a_slower_cell_passes_only_where_its_whole_interval_lies_below_the_limit(
    ratio: float, spread: float, rounds: int, word: str, verdict: str, said: str
) -> None:
    found = decided(exactly(ratio, rounds, spread), GATE, rounds)
    assert (found.cells[0].word, found.verdict) == (word, verdict)
    assert table_of(found, GATE).splitlines()[1].endswith(f"  {said}")


def test_a_cell_that_is_called_near_the_limit_is_measured_on() -> None:
    stood = standing(exactly(1.1, 40, 0.05), GATE, 40)
    assert stood.outcomes[SORT].rounds == 40
    assert stood.settled == frozenset()
    assert standing(exactly(1.4, 40, 0.05), GATE, 40).outcomes[SORT].rounds == 10


def test_a_cell_with_modes_that_move_is_no_pass() -> None:
    found = means({SORT: 0.99}, rounds=160, spread=0.001)
    for index in (index for index in range(160) if index % 9 > 4):
        found[GATE.head, SORT][index] *= 1.35
    told = decided(found, GATE, 160)
    assert (told.cells[0].word, told.verdict) == ("not decided", "blind")


def test_rounds_that_one_arm_lacks_are_not_used() -> None:
    found = means({"map kernel=sort tasks=4": 1.2})
    del found[GATE.base, "map kernel=sort tasks=4"][3]
    assert decided(found, GATE, 10).cells[0].rounds == 9


def test_under_five_pairs_nothing_is_said() -> None:
    cell = decided(means({"map kernel=sort tasks=4": 3.0}, rounds=4), GATE, 4).cells[0]
    assert (cell.word, cell.low, cell.could_see) == ("not decided", None, None)


def test_equal_code_that_differs_is_counted() -> None:
    found = means(CELLS)
    cell = next(iter(CELLS))
    found[GATE.again, cell] = dict.fromkeys(found[GATE.again, cell], 2.0)
    told = decided(found, GATE, 160)
    assert (told.equal_called, told.equal) == (1, 3)


def test_a_simulated_gate_calls_what_was_slowed_and_nothing_else(slowed: tuple[Gated, Path]) -> None:
    found = slowed[0].decided
    assert found is not None
    called = {cell.cell: cell.ratio for cell in found.cells if cell.word != "the same"}
    assert 0 < len(called) < len(found.cells)
    assert all(ratio is not None and ratio == pytest.approx(1.2, rel=0.1) for ratio in called.values())
    assert found.verdict == "slower"


def test_what_is_decided_is_measured_no_more(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    manifest = store.RunFolder.open(path).manifest
    sizes = [len(record.order) for record in manifest.rounds]
    assert len(manifest.rounds) in sequential.LOOKS or sizes[-1] < sizes[1]
    of_again = [n for n, curve in enumerate(manifest.curves) if manifest.gate and curve.target == manifest.gate.again]
    having = [record.index for record in manifest.rounds if set(of_again) & set(record.order)]
    assert all(index % AGAIN_EVERY == 0 for index in having)


def test_both_arms_have_the_same_loops(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    loops: dict[str, set[int]] = {}
    for record in store.RunFolder.open(path).manifest.cells:
        if record.curve >= 0:
            loops.setdefault(record.cell, set()).add(record.loops)
    assert all(len(found) == 1 for found in loops.values())


def test_each_event_has_values_of_its_own_from_the_first_look_on(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    folder = store.RunFolder.open(path)
    of_event: dict[str, set[int]] = {}
    of_cell: dict[tuple[str, str], int] = {}
    for curve in folder.manifest.curves:
        of_event.setdefault(curve.cells[0], set()).add(curve.values)
        of_cell |= dict.fromkeys(((curve.target, text) for text in curve.cells), curve.values)
    assert all(len(values) == 1 for values in of_event.values())
    assert any(values != folder.manifest.values for [values] in of_event.values())
    for sample in folder.load():
        late = sample.round_index >= sequential.LOOKS[0]
        assert len(sample.values) == (of_cell[sample.target, sample.name] if late else folder.manifest.values)


def test_the_end_is_foretold_and_told(tmp_path: Path) -> None:
    said = io.StringIO()
    gated = gate(wishes(tmp_path), GateWish(slowed=0.2), Progress(stream=said))
    assert gated.ended.finished
    lines = said.getvalue().splitlines()
    assert sum("at the spread seen all are decided after about" in line for line in lines) >= 1
    assert sum(line.startswith("  ended after") for line in lines) == 1


def test_a_stored_gate_decides_alike(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    assert of_run(store.RunFolder.open(path)) == slowed[0].decided


def test_a_stopped_gate_goes_on_to_the_same_end(tmp_path: Path, slowed: tuple[Gated, Path]) -> None:
    before = looks.Looks._measure_curve
    counted = 0

    def stopped(self: looks.Looks, number: int, index: int, attempt: int) -> bool:
        nonlocal counted
        counted += 1
        return counted % 150 != 0 and before(self, number, index, attempt)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looks.Looks, "_measure_curve", stopped)
        sittings = [gate(wishes(tmp_path), GateWish(slowed=0.2), quiet())]
        while sittings[-1].decided is None:
            sittings.append(gate(wishes(tmp_path), GateWish(slowed=0.2), quiet()))
    assert len(store.run_folders(tmp_path)) == 1
    assert len(sittings) > 1
    assert slowed[0].decided is not None
    assert words(sittings[-1].decided) == words(slowed[0].decided)
    first, again = (store.RunFolder.open(store.run_folders(results)[0]).manifest for results in (slowed[1], tmp_path))
    assert [curve.values for curve in first.curves] == [curve.values for curve in again.curves]


def test_a_gate_is_not_taken_for_a_run(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    folder = store.RunFolder.open(path)
    choice = subject.Selection(stale=lambda _manifest: frozenset())
    with_gate = subject.rank(folder, choice)
    folder.manifest.gate = None
    assert subject.rank(folder, choice) > with_gate


def test_a_gate_that_is_reported_is_shown_as_one(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    run = run_of(store.RunFolder.open(path))
    assert any("a gate" in text for _, text, _ in badges(run))
    run.manifest.gate = None
    assert not any("a gate" in text for _, text, _ in badges(run))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"head": "x"}, "none of the run's targets"), ({"looks": [20, 10]}, "more rounds"), ({"limit": -1.0}, "limit")],
)
def test_a_wrong_record_of_a_gate_is_refused(slowed: tuple[Gated, Path], wrong: dict[str, object], said: str) -> None:
    [path] = store.run_folders(slowed[1])
    text = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    text["gate"] |= wrong
    with pytest.raises(ResultsError, match=said):
        manifests.decode(json.dumps(text), "manifest.json")


@pytest.mark.parametrize("asked", [[], ["base=python3"], ["base=python3", "other=python3"]])
def test_other_arms_than_base_and_head_are_refused(tmp_path: Path, asked: list[str]) -> None:
    with pytest.raises(UsageError, match="--arm base="):
        gate(wishes(tmp_path, simulated=False, arms=arms(asked)), GateWish(), quiet())


def test_the_table_ends_with_the_word() -> None:
    lines = table_of(decided(means(CELLS), GATE, 160), GATE).splitlines()
    assert lines[-1] == "gate: slower"
    assert lines[-2] == "equal code called different: 0 of 3 cells"
    assert [line.split("  ")[-1].strip() for line in lines[1:4]] == [
        "slower", "the same within 5 %", "slower, not by more than 10 %",
    ]  # fmt: skip


def test_the_table_says_which_mean_and_what_its_interval_and_its_words_are_of() -> None:
    found = decided(means(CELLS), GATE, 160)
    for text in (table_of(found, GATE), markdown_of(found, GATE)):
        head = text.splitlines()[0]
        assert "ratio (geometric)" in head
        assert "95 % over looks" in head
        assert "the ratio is the geometric mean over rounds" in text
        assert "the same of each cell by itself" in text


def test_json_holds_what_it_was_decided_from() -> None:
    found = decided(means(CELLS), GATE, 160)
    data = json.loads(json_of(found, GATE))
    assert data["gate"] == "slower"
    for cell in data["cells"]:
        assert cell["ratio"] == pytest.approx(math.exp(cell["mean"]))
        assert {"rounds", "mean", "deviation", "look", "level"} <= cell.keys()


def test_a_cell_that_one_arm_cannot_measure_is_listed_with_the_reason(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    folder = store.RunFolder.open(path)
    gate_record = folder.manifest.gate
    assert gate_record is not None
    lost, neither = "map kernel=sort tasks=4", "map kernel=ep tasks=4"
    for cell, target in ((lost, gate_record.head), (neither, gate_record.head), (neither, gate_record.base)):
        folder.manifest.cells.append(
            store.CellRecord(
                cell=cell, curve=-1, experiment="q3", asked_by=[], tier="headline", target=target,
                state="skipped", reason="no numpy",
            )
        )  # fmt: skip
    found = of_run(folder)
    assert found.alone == (Alone(lost, "head", "skipped: no numpy"),)
    assert json.loads(json_of(found, gate_record))["not_compared"][0]["cell"] == lost
    for text in (table_of(found, gate_record), markdown_of(found, gate_record), junit_of(found, gate_record)):
        assert "not compared: head has no times of it (skipped: no numpy)" in text


def test_the_cells_stand_in_the_order_of_the_plan(slowed: tuple[Gated, Path]) -> None:
    [path] = store.run_folders(slowed[1])
    manifest = store.RunFolder.open(path).manifest
    assert slowed[0].decided is not None
    assert manifest.gate is not None
    planned = [record.cell for record in manifest.cells if record.target == manifest.gate.base]
    assert [cell.cell for cell in slowed[0].decided.cells] == planned


def test_junit_fails_what_fails_the_gate() -> None:
    found = decided(means(CELLS), GATE, 160)
    suite = ET.fromstring(junit_of(found, GATE))  # noqa: S314 - written two lines above
    failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]
    assert failed == ["map kernel=fannkuch tasks=4"]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")


def test_markdown_has_a_row_for_each_cell() -> None:
    text = markdown_of(decided(means(CELLS), GATE, 160), GATE)
    assert sum(line.startswith("| map ") for line in text.splitlines()) == 3


def test_the_exit_code_and_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {name: tmp_path / f"out.{name}" for name in ("json", "markdown", "junit")}
    asked = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    code = cli.main(
        [
            "gate",
            "--simulated",
            "--slowed",
            "20%",
            "--only",
            "q3",
            "--seed",
            "1",
            "--results",
            str(tmp_path / "r"),
            *asked,
        ]
    )
    assert code == 4
    assert capsys.readouterr().out.splitlines()[-1] == "gate: slower"
    assert json.loads(files["json"].read_text(encoding="utf-8"))["gate"] == "slower"
    assert all(str(tmp_path) not in path.read_text(encoding="utf-8") for path in files.values())


@pytest.mark.parametrize("text", ["10", "0%", "x%", "-5%", "2000%", ""])
def test_what_is_no_share_is_refused(text: str, tmp_path: Path) -> None:
    assert cli.main(["gate", "--simulated", "--results", str(tmp_path), f"--limit={text}"]) == 1
