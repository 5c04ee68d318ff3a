"""`summary.json`: what comparing needs of a run, of its very times or of none."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from study import store
from study.errors import ResultsError
from study.store import summary
from study.table import cells_of
from tests.builders import LOOP, POOL, process, round_end, run_folder, suite
from tests.kept_runs import CELLS, EPYC, FACTS, PYTHON, SOURCE, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WRONG: tuple[Callable[[dict[str, Any]], object], ...] = (
    lambda raw: raw.update(schema=2),
    lambda raw: raw.update(surprise=1),
    lambda raw: raw.pop("head"),
    lambda raw: raw["head"].update(started="2019-01-01T00:00:00Z"),
    lambda raw: raw["head"].update(finished="yesterday"),
    lambda raw: raw["head"].update(disturbed_rounds=11),
    lambda raw: raw["head"].update(rounds=-1),
    lambda raw: raw["head"]["machine"].update(logical_cpus=-2),
    lambda raw: raw["head"]["machine"].update(memory_bytes="much"),
    lambda raw: raw["targets"].append(raw["targets"][0]),
    lambda raw: raw["targets"].clear(),
    lambda raw: raw["targets"][0]["facts"].update(version=3),
    lambda raw: raw["targets"][0].update(name="../../x"),
    lambda raw: raw["targets"][0]["rows"][0].append(1),
    lambda raw: raw["targets"][0]["rows"].append(raw["targets"][0]["rows"][0]),
    lambda raw: raw["targets"][0]["rows"][0].__setitem__(0, 10**5),
    lambda raw: raw["targets"][0]["rows"][0].__setitem__(5, 7),
    lambda raw: raw["targets"][0]["rows"][0].__setitem__(1, 1e9),
    lambda raw: raw["targets"][0]["rows"][0].__setitem__(2, -0.1),
    lambda raw: raw["targets"][0]["rows"][0].__setitem__(2, None),
    lambda raw: raw["targets"][0]["rows"][0].__setitem__(3, 0),
    lambda raw: raw["targets"][0]["rows"][0].__setitem__(3, 1),
    lambda raw: raw["cells"].__setitem__(0, "no cell at all"),
    lambda raw: raw["cells"].__setitem__(0, raw["cells"][1]),
    lambda raw: raw.update(sources=["<script>"]),
)


def file_of(folder: store.RunFolder) -> Path:
    return folder.path / "summary.json"


def changed(folder: store.RunFolder, change: Callable[[dict[str, Any]], object]) -> None:
    raw = json.loads(file_of(folder).read_text(encoding="utf-8"))
    change(raw)
    file_of(folder).write_text(json.dumps(raw), encoding="utf-8")


def test_a_finished_run_has_a_summary_of_the_logarithms_of_its_process_means(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, [LOOP, POOL], rounds=3)
    folder.finish()
    assert file_of(folder).is_file()
    found = store.summary_of(folder.path)
    level = found.targets["one"].levels[LOOP.text]
    logs = np.log([(1.0 + index + 1.5 + 2.0) / 3 for index in range(3)])
    assert level.mean == pytest.approx(logs.mean(), rel=1e-12)
    assert level.variance == pytest.approx(logs.var(ddof=1), rel=1e-9)
    assert level.squared_error == pytest.approx(logs.var(ddof=1) / 3, rel=1e-9)
    assert (level.processes, level.loops, level.source) == (3, 4, "b")
    assert found.name == folder.name
    assert found.measured == 2


def test_a_summary_says_of_a_run_what_its_manifest_says(tmp_path: Path) -> None:
    folder = kept(tmp_path, facts=EPYC, disturbed=2)
    head = store.summary_of(folder.path).head
    manifest = folder.manifest
    for name in ("state", "commit", "dirty", "digests", "started", "finished", "simulated", "quick", "values", "warmups",
                 "usable_cpus", "machine", "changes", "study_version", "elapsed_s"):  # fmt: skip
        assert getattr(head, name) == getattr(manifest, name), name
    assert (head.rounds, head.disturbed_rounds, head.is_gate) == (10, 2, False)
    assert head.ended == manifest.finished
    assert store.summary_of(folder.path).targets[PYTHON].facts == FACTS


def test_the_levels_are_those_that_the_report_computes_from_the_times(tmp_path: Path) -> None:
    folder = kept(tmp_path)
    levels = store.summary_of(folder.path).targets[PYTHON].levels
    cells = cells_of(folder.load())
    assert set(levels) == {text for _, text in cells} == {cell.text for cell in CELLS}
    for (_, text), data in cells.items():
        logs = np.log(data.means)
        assert levels[text].mean == pytest.approx(logs.mean(), rel=1e-12)
        assert levels[text].variance == pytest.approx(logs.var(ddof=1), rel=1e-9)
        assert levels[text].source == SOURCE


def test_a_stored_summary_is_that_which_is_made_anew(tmp_path: Path) -> None:
    folder = kept(tmp_path)
    stored = store.summary_of(folder.path)
    file_of(folder).unlink()
    made = store.summary_of(folder.path)
    assert (made.head, made.targets, made.name) == (stored.head, stored.targets, stored.name)
    assert not file_of(folder).exists()  # reading writes nothing


def test_a_stored_summary_is_taken_without_looking_at_the_times(tmp_path: Path) -> None:
    folder = kept(tmp_path)
    for path in folder.path.glob("*.json.gz"):
        path.write_bytes(b"no suite")
    assert store.summary_of(folder.path).measured == len(CELLS)


def test_a_summary_of_another_manifest_is_not_believed(tmp_path: Path) -> None:
    folder, other = kept(tmp_path, number=1), kept(tmp_path, number=2)
    true = store.summary_of(folder.path)
    file_of(folder).write_bytes(file_of(other).read_bytes())
    assert store.summary_of(folder.path).targets == true.targets
    assert store.summary_of(other.path).targets != true.targets


@pytest.mark.parametrize("change", WRONG, ids=map(str, range(len(WRONG))))
def test_a_summary_that_this_study_would_not_write_is_refused_and_made_anew(
    tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    folder = kept(tmp_path)
    true = store.summary_of(folder.path)
    changed(folder, change)
    with pytest.raises(ResultsError, match=r"summary\.json"):
        summary.decode(
            file_of(folder).read_text(encoding="utf-8"),
            folder.machine,
            folder.id,
            (folder.path / "manifest.json").read_bytes(),
            "summary.json",
        )
    assert store.summary_of(folder.path).targets == true.targets


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"null", b" " * (5 << 20)])
def test_what_is_no_summary_at_all_is_as_good_as_none(tmp_path: Path, data: bytes) -> None:
    folder = kept(tmp_path)
    true = store.summary_of(folder.path)
    file_of(folder).write_bytes(data)
    assert store.summary_of(folder.path).targets == true.targets


def test_a_link_in_the_place_of_a_summary_is_not_followed(tmp_path: Path) -> None:
    folder, other = kept(tmp_path, number=1), kept(tmp_path, number=2)
    true = store.summary_of(folder.path)
    file_of(folder).unlink()
    file_of(folder).symlink_to(file_of(other))
    assert store.summary_of(folder.path).targets == true.targets


def test_a_run_that_goes_on_is_summed_up_from_what_it_has(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, rounds=2)
    found = store.summary_of(folder.path)
    assert (found.head.state, found.head.ended) == ("measuring", found.head.started)
    assert found.targets["one"].levels[LOOP.text].processes == 2


def test_a_cell_that_failed_or_has_one_process_is_told_as_that(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, [LOOP, POOL], rounds=1)
    folder.manifest.cells[0].state = "done"
    folder.manifest.cells[1].state, folder.manifest.cells[1].reason = "failed", "in round 2: exit code 1"
    folder.finish()
    levels = store.summary_of(folder.path).targets["one"].levels
    assert list(levels) == [LOOP.text]
    assert levels[LOOP.text].variance is None
    assert levels[LOOP.text].squared_error is None


def test_of_processes_with_unequal_numbers_of_values_the_first_of_each_count(tmp_path: Path) -> None:
    folder = kept(tmp_path)
    samples = [
        replace(sample, values=sample.values + (sample.values * 9 if sample.round_index else ()))
        for sample in folder.load()
    ]
    found = store.summarised("laptop", "run", folder.manifest, samples)
    assert found.targets == store.summary_of(folder.path).targets


def test_a_finishing_that_was_cut_off_before_its_summary_is_mended_by_the_next_run(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, rounds=2)
    journal = (folder.path / "journal.jsonl").read_bytes()
    folder.finish()
    whole = file_of(folder).read_bytes()
    file_of(folder).unlink()
    (folder.path / "journal.jsonl").write_bytes(journal)
    store.drop_spent_journals(tmp_path, "machine")
    assert file_of(folder).read_bytes() == whole
    assert not (folder.path / "journal.jsonl").exists()


def test_finishing_twice_gives_the_same_summary(tmp_path: Path) -> None:
    first, second = kept(tmp_path / "a"), kept(tmp_path / "b")
    assert file_of(first).read_bytes() == file_of(second).read_bytes()


def test_a_round_that_was_measured_again_counts_once(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, rounds=1)
    journal = folder.journal()
    journal.append(process(0, 0, None, attempt=1) | {"state": "ok", "reason": "", "suite": suite(LOOP, [4.0] * 3)})
    journal.append(round_end(0, attempt=1))
    level = store.summary_of(folder.path).targets["one"].levels[LOOP.text]
    assert level.processes == 1
    assert level.mean == pytest.approx(math.log(4.0))
